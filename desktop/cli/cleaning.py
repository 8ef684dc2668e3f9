"""`hygiene`, `duplicates`, `merge`: what wants mending, what may be one, and making it one."""

from __future__ import annotations

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.i18n import _, date_text, ngettext, number_text

_KINDS = ("clients", "items")


def add(commands: Commands) -> None:
    hygiene = commands.add("hygiene", _hygiene, _("what wants to be put in order before the month ends"))
    hygiene.add_argument("--all", action="store_true", help=_("also what was put off until a later day"))
    duplicates = commands.add("duplicates", _duplicates, _("clients or items that may be one"))
    duplicates.add_argument(
        "kind", nargs="?", choices=_KINDS, default="clients", metavar="KIND", help=", ".join(_KINDS)
    )
    merge = commands.add("merge", _merge, _("make two clients or items one; undo takes it back"), writes=True)
    merge.add_argument("kind", choices=_KINDS, metavar="KIND", help=", ".join(_KINDS))
    merge.add_argument("keep", metavar="KEEP", help=_("the code that stays"))
    merge.add_argument("absorb", metavar="ABSORB", help=_("the code that goes into it"))
    merge.add_argument(
        "--take",
        metavar="FIELD",
        action="append",
        help=_("a field whose value comes from the one that goes; without any, only gaps are filled"),
    )


def _hygiene(call: Call) -> None:
    from desktop.services.hygiene import hygiene

    with call.book() as book:
        found = hygiene(book, call.today)
    shown = [one for one in found if call.arguments.all or one.postponed is None]
    data = {
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "subject": one.subject,
                "name": one.name,
                "message": one.message,
                "remedy": one.remedy,
                "field": one.field,
                "postponed": one.postponed,
            }
            for one in shown
        ],
        "postponed": sum(one.postponed is not None for one in found),
    }
    rows = [
        (one.severity, one.name, f"{one.message} {one.remedy}", date_text(one.postponed) if one.postponed else "")
        for one in shown
    ]
    titles = ("", _("Of"), _("What wants mending"), _("Put off until"))
    call.answer(data, lambda: table(titles, rows, empty=_("Everything is in order.")))


def _duplicates(call: Call) -> None:
    from desktop.services.duplicates import find_clients, find_items

    find = find_clients if call.arguments.kind == "clients" else find_items
    with call.book() as book:
        found = find(book, call.progress)
    data = {
        "groups": [
            {
                "score": group.score,
                "reasons": list(group.reasons),
                "members": [{"code": one.code, "name": one.name, "detail": one.detail} for one in group.members],
            }
            for group in found
        ]
    }
    rows = [
        (
            f"{group.score} %" if place == 0 else "",
            one.code,
            one.name,
            one.detail,
            ", ".join(group.reasons) if place == 0 else "",
        )
        for group in found
        for place, one in enumerate(group.members)
    ]
    titles = (">" + _("Likely"), _("Code"), _("Name"), "", _("Why"))
    call.answer(data, lambda: table(titles, rows, empty=_("Nothing looks double.")))


def _merge(call: Call) -> None:
    from desktop.services.catalogue import item_id
    from desktop.services.clients import client_id
    from desktop.services.merging import merge_clients, merge_items

    arguments = call.arguments
    of_clients = arguments.kind == "clients"
    merge, named = (merge_clients, client_id) if of_clients else (merge_items, item_id)
    with call.book() as book:
        keep, absorb = named(book, arguments.keep), named(book, arguments.absorb)
        merged = merge(book, keep, absorb, take=arguments.take, actor=call.actor)
    data = {
        "kept": merged.kept,
        "absorbed": merged.absorbed,
        "fields": list(merged.fields),
        "moved": {name: count for name, count in merged.moved.items() if count},
        "stayed": merged.stayed,
    }

    def told() -> str:
        rows = sum(merged.moved.values())
        lines = [
            ngettext(
                "{absorbed} is {kept} now; {count} row moved.", "{absorbed} is {kept} now; {count} rows moved.", rows
            ).format(absorbed=merged.absorbed, kept=merged.kept, count=number_text(rows)),
            *(sentence[:1].upper() + sentence[1:] + "." for sentence in merged.stayed),
        ]
        return "\n".join(lines)

    call.answer(data, told)
