"""`statements`: what the bank told, taken in from its files, and whether its statements follow one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands
from desktop.cli.bank_names import account_id
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.i18n import _, date_text, money_text, pgettext

if TYPE_CHECKING:
    from desktop.services.bank.gaps import Gap
    from desktop.services.bank.statement_list import StatementRow
    from desktop.services.bank.statements import TakenIn

_SHOWN = 50


def add(commands: Commands) -> None:
    parser = commands.add(
        "statements", _statements, _("take in bank statements; without files list those that are in"), writes=True
    )
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help=_("CAMT.052 to .054, MT940, MT942, OFX, QIF or CSV; or a zip of them")
    )
    parser.add_argument(
        "--account", metavar="IBAN", help=_("whose they are, by IBAN or number, where the files do not say")
    )
    parser.add_argument("--profile", metavar="NAME", help=_("how the columns of a CSV are read; otherwise recognised"))
    parser.add_argument("--profiles", action="store_true", help=_("list the profiles of CSV files"))
    parser.add_argument("--forget-profile", metavar="NAME", help=_("forget a profile that was kept"))
    parser.add_argument("--preview", action="store_true", help=_("tell what would happen and write nothing"))
    parser.add_argument("--all-or-nothing", action="store_true", help=_("take in nothing where anything is rejected"))


def _statements(call: Call) -> int:
    if call.arguments.profiles or call.arguments.forget_profile:
        return _profiles(call)
    return _take_in(call) if call.arguments.files else _list(call)


def _take_in(call: Call) -> int:
    from desktop.services.bank.profiles import profile_named
    from desktop.services.bank.statements import preview, take_in

    arguments = call.arguments
    paths = [call.path(file) for file in arguments.files]
    with call.book() as book:
        account = account_id(book, arguments.account) if arguments.account else None
        profile = profile_named(book, arguments.profile) if arguments.profile else None
        if arguments.preview:
            taken = preview(book, paths, today=call.today, account_id=account, profile=profile, report=call.progress)
        else:
            taken = take_in(
                book,
                paths,
                actor=call.actor,
                today=call.today,
                account_id=account,
                profile=profile,
                all_or_nothing=arguments.all_or_nothing,
                report=call.progress,
            )
    call.answer(taken_data(taken), lambda: taken_text(taken, preview=arguments.preview))
    if taken.rejected and arguments.all_or_nothing:
        call.say(_("Nothing was taken in, because something is rejected."))
        return 1
    return 1 if taken.rejected and not taken.statements else 0


def taken_data(taken: TakenIn) -> dict[str, Any]:
    """What taking in came to, as commands answer it. Amounts are strings in major units."""
    return {
        "batches": list(taken.batches),
        "lines": taken.lines,
        "new": taken.new,
        "known": taken.known,
        "statements": [
            {
                "id": one.id,
                "file": file.name,
                "account": one.account,
                "format": one.format,
                "number": one.number,
                "currency": one.currency,
                "from": one.from_day,
                "to": one.to_day,
                "opening": _major(one.opening, one.currency),
                "closing": _major(one.closing, one.currency),
                "lines": one.lines,
                "new": one.new,
                "known": one.known,
            }
            for file in taken.files
            for one in file.statements
        ],
        "rejected": [
            {
                "file": one.file,
                "place": one.place,
                "column": one.column,
                "value": one.value,
                "problem": one.problem,
                "remedy": one.remedy,
            }
            for one in taken.rejected
        ],
        "problems": list(taken.problems),
        "gaps": [_gap_data(gap) for gap in taken.gaps],
    }


def taken_text(taken: TakenIn, *, preview: bool) -> str:
    from desktop.services.bank.gaps import said
    from desktop.services.bank.statements import summary

    rows = [
        [
            file.name,
            one.account,
            _days(one.from_day, one.to_day),
            _money(one.closing, one.currency),
            str(one.new),
            str(one.known),
        ]
        for file in taken.files
        for one in file.statements[:_SHOWN]
    ]
    parts = [
        table([_("File"), _("Account"), _("Days"), ">" + _("Closing balance"), ">" + _("New"), ">" + _("Known")], rows)
        if rows
        else "",
        _rejected(taken),
        "\n".join(taken.problems[:_SHOWN]),
        "\n".join(said(gap) for gap in taken.gaps[:_SHOWN]),
        summary(taken) + (" " + _("Nothing was written.") if preview else ""),
    ]
    return "\n\n".join(part for part in parts if part)


def _rejected(taken: TakenIn) -> str:
    if not taken.rejected:
        return ""
    rows = [
        [one.file, one.place, one.column, one.value[:40], one.problem, one.remedy] for one in taken.rejected[:_SHOWN]
    ]
    text = table([_("File"), _("Place"), _("Column"), _("Value"), _("Problem"), _("Remedy")], rows)
    more = len(taken.rejected) - _SHOWN
    return text + "\n" + _("… and {count} more; --json lists them all.").format(count=more) if more > 0 else text


def _list(call: Call) -> int:
    from desktop.services.bank.gaps import covered_until, gaps, said
    from desktop.services.bank.statement_list import statement_rows

    with call.book() as book:
        account = account_id(book, call.arguments.account) if call.arguments.account else None
        told = [one for one in statement_rows(book) if account in (None, one.account_id)]
        with book.reading() as session:
            found = gaps(session.connection(), account)
            reached = covered_until(session.connection(), account)
    call.answer(
        {
            "statements": [_told_data(one) for one in told],
            "gaps": [_gap_data(gap) for gap in found],
            "covered_until": reached,
        },
        lambda: "\n\n".join(part for part in (_told_text(told), "\n".join(said(gap) for gap in found)) if part),
    )
    return 0


def _profiles(call: Call) -> int:
    from desktop.services.bank.profiles import forget_profile, profiles

    with call.book() as book:
        if call.arguments.forget_profile:
            forget_profile(book, call.arguments.forget_profile, actor=call.actor)
        names = [one.name for one in profiles(book)]
    call.answer({"profiles": names}, lambda: "\n".join(names))
    return 0


def _told_data(one: StatementRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "account": one.account,
        "file": one.file_name,
        "format": one.format,
        "number": one.number,
        "currency": one.currency,
        "from": one.from_day,
        "to": one.to_day,
        "opening": _major(one.opening, one.currency),
        "closing": _major(one.closing, one.currency),
        "lines": one.lines,
        "booked": one.booked,
        "batch": one.batch,
        "gap": _gap_data(one.gap) if one.gap else None,
    }


def _told_text(told: list[StatementRow]) -> str:
    rows = [
        [
            one.account,
            _days(one.from_day, one.to_day),
            one.number,
            _money(one.opening, one.currency),
            _money(one.closing, one.currency),
            str(one.lines),
            str(one.booked),
            one.file_name,
        ]
        for one in told
    ]
    heads = [
        _("Account"),
        _("Days"),
        _("Number"),
        ">" + _("Opening balance"),
        ">" + _("Closing balance"),
        ">" + pgettext("bank", "Lines"),
        ">" + _("Booked"),
        _("File"),
    ]
    return table(heads, rows, empty=_("No statement is taken in yet. Give the files that the bank offers to download."))


def _gap_data(gap: Gap) -> dict[str, Any]:
    return {
        "account": gap.account_id,
        "statement": gap.statement_id,
        "kind": gap.kind,
        "from": gap.first,
        "to": gap.last,
        "amount": _major(gap.amount, gap.currency),
        "currency": gap.currency,
    }


def _days(first: Any, last: Any) -> str:
    if first is None or last is None:
        return ""
    return date_text(first) if first == last else f"{date_text(first)} – {date_text(last)}"


def _money(minor: int | None, currency: str) -> str:
    return "" if minor is None else money_text(minor, currency)


def _major(minor: int | None, currency: str) -> str | None:
    from desktop.domain.money import major_text

    return None if minor is None else major_text(minor, currency)
