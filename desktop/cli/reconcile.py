"""`reconcile`: statements come in, and what is sure of their lines books itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands
from desktop.cli.bank_names import account_id
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.i18n import _, date_text, money_text, ngettext, number_text, percent_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.bank.passes import Matched, PassResult
    from desktop.services.bank.taken import TakenIn

_SHOWN = 50


def add(commands: Commands) -> None:
    parser = commands.add(
        "reconcile", _reconcile, _("take statements in, and book what is sure of their lines"), writes=True
    )
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help=_("statements of the bank; without any, the lines that wait already")
    )
    parser.add_argument("--preview", action="store_true", help=_("tell what would happen and write nothing"))
    parser.add_argument("--account", metavar="IBAN", help=_("whose statement it is, where the file does not say"))
    parser.add_argument("--profile", metavar="NAME", help=_("read a table's columns as they were mapped once"))
    parser.add_argument(
        "--all-or-nothing", action="store_true", help=_("take nothing in where something of a file is rejected")
    )


def _reconcile(call: Call) -> int:
    from desktop.services.bank.reconciling import run_pass

    arguments = call.arguments
    with call.book() as own, _worked_on(call, own) as book:
        taken = _take_in(call, book)
        refused = taken is not None and arguments.all_or_nothing and bool(taken.rejected)
        done = run_pass(
            book,
            actor=call.actor,
            today=call.today,
            line_ids=() if refused else None,
            preview=arguments.preview,
            report=call.progress,
        )
    call.answer(_data(taken, done), lambda: _text(taken, done, preview=arguments.preview))
    return 1 if refused or (taken is not None and taken.rejected) or done.parked else 0


@contextmanager
def _worked_on(call: Call, book: Book) -> Iterator[Book]:
    """The book itself; for a preview a copy that is thrown away."""
    if not call.arguments.preview:
        yield book
        return
    from desktop.services.bank.trying_out import tried_out

    with tried_out(book, call.progress) as copy:
        yield copy


def _take_in(call: Call, book: Book) -> TakenIn | None:
    arguments = call.arguments
    if not arguments.files:
        return None
    from desktop.services.bank.profiles import profile_named
    from desktop.services.bank.statements import take_in

    return take_in(
        book,
        [call.path(file) for file in arguments.files],
        actor=call.actor,
        today=call.today,
        account_id=account_id(book, arguments.account) if arguments.account else None,
        profile=profile_named(book, arguments.profile) if arguments.profile else None,
        all_or_nothing=arguments.all_or_nothing,
        report=call.progress,
    )


def _data(taken: TakenIn | None, done: PassResult) -> dict[str, Any]:
    return {
        "lines": taken.lines if taken else done.lines,
        "duplicates": taken.known if taken else 0,
        "new": taken.new if taken else 0,
        "rejected": [
            {
                "file": one.file,
                "row": one.place,
                "column": one.column,
                "value": one.value,
                "problem": one.problem,
                "remedy": one.remedy,
            }
            for one in (taken.rejected if taken else ())
        ],
        "problems": list(taken.problems) if taken else [],
        "pass": done.number or None,
        "looked_at": done.lines,
        "matched": done.matched,
        "suggested": done.suggested,
        "unmatched": done.unmatched,
        "parked": [{"line": one.line_id, "problem": one.message, "remedy": one.remedy} for one in done.parked],
        "matches": [_match(one) for one in done.matches],
    }


def _match(one: Matched) -> dict[str, Any]:
    from desktop.saying import put

    return {
        "line": one.line_id,
        "date": one.booked_on.isoformat(),
        "party": one.party,
        "text": one.text,
        "state": one.state,
        "kind": one.kind,
        "invoices": [name for name, _amount in one.invoices],
        "allocated": [
            {"number": name, "amount": major_text(amount, one.invoice_currency)} for name, amount in one.invoices
        ],
        "amount": major_text(one.amount, one.currency),
        "currency": one.currency,
        "score": one.score / 1_000_000,
        "reasons": [put(said) for said in one.reasons],
    }


def _text(taken: TakenIn | None, done: PassResult, *, preview: bool) -> str:
    from desktop.saying import put
    from desktop.services.bank.taken import summary

    said = []
    if taken is not None:
        said.append(summary(taken))
        said += [f"{one.file} {one.place}: {one.problem} {one.remedy}".strip() for one in taken.rejected[:_SHOWN]]
        said += taken.problems
    rows = [
        [
            date_text(one.booked_on),
            one.party,
            money_text(one.amount, one.currency),
            ", ".join(name for name, _amount in one.invoices),
            _state(one.state),
            percent_text(one.score // 10_000),
            put(one.reasons[0]) if one.reasons else "",
        ]
        for one in done.matches[:_SHOWN]
    ]
    if rows:
        said.append(
            table([_("Day"), _("Party"), ">" + _("Amount"), _("Pays"), _("State"), ">" + _("Score"), _("Why")], rows)
        )
    if len(done.matches) > _SHOWN:
        more = len(done.matches) - _SHOWN
        said.append(ngettext("and {count} more", "and {count} more", more).format(count=number_text(more)))
    said += [f"{one.message} {one.remedy}".strip() for one in done.parked[:_SHOWN]]
    counts = {
        "matched": number_text(done.matched),
        "suggested": number_text(done.suggested),
        "unmatched": number_text(done.unmatched),
    }
    words = (
        _("{matched} would book themselves, {suggested} have a suggestion, {unmatched} none.")
        if preview
        else _("{matched} booked, {suggested} wait with a suggestion, {unmatched} without.")
    )
    said.append(words.format(**counts))
    if done.number:
        said.append(
            _("All that this pass booked is taken back by: sheaf bank BOOK undo --pass {number} --reason TEXT").format(
                number=done.number
            )
        )
    return "\n".join(said)


def _state(state: str) -> str:
    return {"booked": _("booked"), "sure": _("sure"), "suggested": _("suggested")}[state]
