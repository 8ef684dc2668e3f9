"""`privacy`: what the book knows of a person is given to them, erased, and proposed to go when nothing keeps it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.privacy.planning import ErasurePlan

_ACTIONS = ("due", "export", "erase", "list", "periods")


def add(commands: Commands) -> None:
    privacy = commands.add("privacy", _privacy, _("a person's data: export, erase, see what may go"), writes=True)
    privacy.add_argument("action", nargs="?", choices=_ACTIONS, default="due")
    privacy.add_argument("client", nargs="?", metavar="CLIENT", help=_("the client's code"))
    privacy.add_argument("--contact", metavar="NAME", help=_("only this contact of the client"))
    privacy.add_argument("--to", metavar="FILE", help=_("the .zip file of an export"))
    privacy.add_argument("--reason", metavar="TEXT", help=_("why it is erased, such as who asked for it and when"))
    privacy.add_argument("--preview", action="store_true", help=_("only tell what would be erased"))
    privacy.add_argument("--retention", action="store_true", help=_("it goes because nothing has to keep it any more"))
    privacy.add_argument("--as-of", type=day, metavar="DATE", help=_("by default today"))
    privacy.add_argument("--documents", type=_years, metavar="YEARS", help=_("keep invoices and payments so long"))
    privacy.add_argument("--letters", type=_years, metavar="YEARS", help=_("keep letters and e-mails so long"))


def _years(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("“{text}” is not a whole number").format(text=text)) from None


def _privacy(call: Call) -> None:
    with call.book() as book:
        {"due": _due, "export": _export, "erase": _erase, "list": _list, "periods": _periods}[call.arguments.action](
            call, book
        )


def _who(call: Call, book: Book) -> tuple[int, int | None]:
    from desktop.services.clients import client, client_id

    if not call.arguments.client:
        raise UserError(_("It is not said whose data."), _("Name the client by its code."))
    key = client_id(book, call.arguments.client)
    wanted = call.arguments.contact
    if wanted is None:
        return key, None
    for one in client(book, key)["contacts"]:
        if str(one["name"]).casefold() == wanted.strip().casefold():
            return key, int(one["id"])
    raise UserError(
        _("{client} has no contact “{name}”.").format(client=call.arguments.client, name=wanted),
        _("See the client's contacts."),
    )


def _export(call: Call, book: Book) -> None:
    from desktop.services.privacy.exporting import export_person

    if not call.arguments.to:
        raise UserError(_("It is not said which file to write."), _("Name one by --to FILE."))
    client, contact = _who(call, book)
    made = export_person(book, client, call.path(call.arguments.to), contact_id=contact, today=call.today)
    call.answer(
        {"file": str(made.path), "rows": dict(made.rows), "documents": made.documents},
        lambda: _("{file} is written. Open index.html in it to read it.").format(file=made.path),
    )


def _plan_data(plan: ErasurePlan) -> dict[str, Any]:
    return {
        "name": plan.called,
        "now": plan.now,
        "kept_until": plan.until,
        "statute": plan.statute or None,
        "obstacles": list(plan.obstacles),
        "parts": [{"what": p.group, "now": p.now, "later": p.later, "until": p.until} for p in plan.parts],
    }


def _plan_text(plan: ErasurePlan) -> str:
    rows = [
        [part.group, number_text(part.now), number_text(part.later), date_text(part.until) if part.until else ""]
        for part in plan.parts
    ]
    told = table(
        [_("What"), ">" + _("Goes now"), ">" + _("Has to stay"), _("Until")], rows, empty=_("Nothing is left.")
    )
    return "\n".join([plan.called, told, *plan.obstacles])


def _erase(call: Call, book: Book) -> None:
    from desktop.services.privacy.erasing import erase
    from desktop.services.privacy.planning import plan_erasure

    client, contact = _who(call, book)
    today = call.arguments.as_of or call.today
    if call.arguments.preview:
        plan = plan_erasure(book, client, contact_id=contact, today=today)
        call.answer(_plan_data(plan), lambda: _plan_text(plan))
        return
    if today > call.today:
        raise UserError(_("Nothing can be erased ahead of its day."), _("Leave out --as-of, or add --preview."))
    kind = "retention" if call.arguments.retention else "request"
    done = erase(
        book, client, contact_id=contact, reason=call.arguments.reason or "", kind=kind, actor=call.actor, today=today
    )
    data = {
        "erasure": done.number,
        "rows": dict(done.rows),
        "kept_until": done.until,
        "statute": done.statute or None,
        "backups": [str(path) for path in done.backups],
        "overwritten": done.overwritten,
    }

    def text() -> str:
        said = [
            _("{number}: {rows} rows were emptied or deleted.").format(
                number=done.number, rows=number_text(sum(done.rows.values()))
            )
        ]
        if done.until:
            said.append(_("What the law still keeps may go after {day}.").format(day=date_text(done.until)))
        if not done.overwritten:
            said.append(_("The file was in use, so that deleted pages may still stand in it: erase once more later."))
        if done.backups:
            said.append(_("These backups still hold what was erased:"))
            said += [f"  {path}" for path in done.backups]
        return "\n".join(said)

    call.answer(data, text)


def _due(call: Call, book: Book) -> None:
    from desktop.services.privacy.retaining import due

    plans = due(book, today=call.arguments.as_of or call.today)
    call.answer(
        {"due": [_plan_data(plan) for plan in plans]},
        lambda: (
            "\n\n".join(map(_plan_text, plans)) or _("Nothing may go: what the book knows is needed or kept by law.")
        ),
    )


def _list(call: Call, book: Book) -> None:
    from desktop.services.privacy.retaining import erasures

    rows = erasures(book)
    data = [
        {"number": r.number, "kind": r.kind, "reason": r.reason, "at": r.at, "actor": r.actor, "rows": dict(r.rows)}
        for r in rows
    ]
    call.answer(
        {"erasures": data},
        lambda: table(
            [_("Erasure"), _("When"), _("Who"), _("Why"), ">" + _("Rows")],
            [
                [
                    r.number,
                    r.at.replace("T", " ").removesuffix("Z"),
                    r.actor,
                    r.reason,
                    number_text(sum(r.rows.values())),
                ]
                for r in rows
            ],
            empty=_("Nothing was erased yet."),
        ),
    )


def _periods(call: Call, book: Book) -> None:
    from desktop.services.privacy.planning import rules_of
    from desktop.services.privacy.retaining import set_periods

    documents, letters = call.arguments.documents, call.arguments.letters
    if documents is not None or letters is not None:
        set_periods(book, documents=documents, letters=letters, actor=call.actor)
    found = rules_of(book)
    data = {
        "documents": found.retention.documents,
        "letters": found.retention.letters,
        "statute": found.law.statute or None,
        "country": found.country,
    }
    call.answer(
        data,
        lambda: _("Documents and payments {documents} years, letters and e-mails {letters} years ({law}).").format(
            documents=found.retention.documents,
            letters=found.retention.letters,
            law=found.law.statute or _("as set for the book"),
        ),
    )
