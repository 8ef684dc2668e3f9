"""Credit notes: the only way to take back an issued invoice, whole or in part, and to issue it anew at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.crediting import (
    CreditFigures,
    Left,
    beyond,
    credit_amount,
    credit_lines,
    credit_whole,
    leaves_less_than_nothing,
)
from desktop.domain.journal import firm_factor, in_firm
from desktop.domain.money import scaled_to_percent
from desktop.errors import UserError
from desktop.i18n import _, money_text, percent_text
from desktop.services.access.second_pair import check_second
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.charging import Freed, free_charges
from desktop.services.credit_documents import Original, credit_document, original, reissue_document
from desktop.services.issuing import issue_documents
from desktop.services.ledger import Ledger
from desktop.services.limits import check_limit
from desktop.services.payments import reason_given


@dataclass(frozen=True, slots=True)
class CreditResult:
    """A credit note over `amount`, of which `settled` went to its own invoice; minor units of its currency.

    `applied` went to the invoice issued anew and `unapplied` is the client's credit; `released` counts the charges
    that may be billed again.
    """

    credit_note: str
    credit_note_id: int
    currency: str
    amount: int
    settled: int
    applied: int
    unapplied: int
    released: int
    reissued: str | None


def credit_invoice(
    book: Book,
    number: str,
    *,
    reason: str,
    actor: str,
    today: date,
    amount_gross: int | None = None,
    lines: Sequence[int] | None = None,
    reissue: bool = False,
    release: bool = False,
) -> CreditResult:
    """Credit an invoice: all that is left of it, the lines at these positions, or a gross amount in minor units.

    The credit settles what is open of the invoice first; the rest is the client's. With `release` what the lines
    billed may be billed again. With `reissue` the same lines are billed on a new invoice of today within the same
    transaction, and the rest of the credit settles it.
    UserError above what is left or the actor's limit, without a reason, and where an invoice cannot be taken back.
    """
    with change(book, actor, "", undoable=False) as made:
        reason = reason_given(reason)
        invoice = original(made.connection, number)
        figures = _figures(invoice, amount_gross, lines)
        _check_whole(invoice, figures, reissue=reissue, release=release)
        _check_deposit(made.connection, invoice)
        before = _by_actor(made.connection, invoice.id, made.actor)
        check_limit(made.connection, made.actor, "credit", before + figures.payable, _factor(invoice))
        worth = in_firm(before + figures.payable, _factor(invoice))
        check_second(book, made, "credit_note", worth, subject="invoice", subject_id=invoice.id)
        document = credit_document(made.connection, invoice, figures, reason, today)
        (note,) = issue_documents(made.connection, [document], actor=made.actor, now=made.at)
        charges = _release(made.connection, invoice, figures, note.id) if release or reissue else []
        made.record(
            "invoice", invoice.id, "credit", after={"credit_note": note.number, "reason": reason, "freed": len(charges)}
        )
        reissued = None
        if reissue:
            anew = reissue_document(made.connection, invoice, charges, today)
            (issued,) = issue_documents(made.connection, [anew], actor=made.actor, now=made.at)
            reissued = issued.number
        settled, applied, unapplied = _settle(made, number, note.id, reissued, note.issue_date)
        made.summary = _summary(number, note.number, reissued, figures.payable, invoice.currency)
    return CreditResult(
        credit_note=note.number,
        credit_note_id=note.id,
        currency=invoice.currency,
        amount=figures.payable,
        settled=settled,
        applied=applied,
        unapplied=unapplied,
        released=0 if reissue else len(charges),
        reissued=reissued,
    )


def plan_credit(
    book: Book, number: str, *, amount_gross: int | None = None, lines: Sequence[int] | None = None
) -> CreditFigures:
    """The figures that such a credit note would have; nothing is written. Same errors as credit_invoice."""
    with book.reading() as session:
        return _figures(original(session.connection(), number), amount_gross, lines)


def creditable(book: Book, number: str) -> Left:
    """What of an invoice is not credited yet."""
    with book.reading() as session:
        return original(session.connection(), number).left


@dataclass(frozen=True, slots=True)
class CreditableLine:
    """A line of an invoice with the net that is left of it, minor units; `left` is false where it was credited."""

    position: int
    description: str
    net: int
    left: bool


def creditable_lines(book: Book, number: str) -> tuple[str, int, tuple[CreditableLine, ...]]:
    """(currency, gross that is not credited yet, lines) of an invoice."""
    with book.reading() as session:
        invoice = original(session.connection(), number)
    still = {part.key for part in invoice.left.lines}
    lines = tuple(
        CreditableLine(line.position, line.description, invoice.rest.get(key, line).net, key in still)
        for key, line in invoice.lines.items()
    )
    return invoice.currency, invoice.left.payable, lines


def _figures(invoice: Original, amount: int | None, positions: Sequence[int] | None) -> CreditFigures:
    left = invoice.left
    if amount is not None and positions is not None:
        raise UserError(_("A credit note is for lines or for an amount, not for both."), _("Write two credit notes."))
    if left.payable <= 0:
        raise UserError(_("All of {number} was credited already.").format(number=invoice.number))
    if positions is not None:
        return _line_figures(invoice, positions)
    if amount is not None and not 0 < amount <= left.payable:
        raise UserError(
            _("{amount} cannot be credited: {left} is left of {number}.").format(
                amount=money_text(amount, invoice.currency),
                left=money_text(left.payable, invoice.currency),
                number=invoice.number,
            ),
            _("Leave the amount out to credit all that is left."),
        )
    if not any(left.groups.values()):
        raise UserError(
            _("Of {number} only {left} of rounding is left.").format(
                number=invoice.number, left=money_text(left.payable, invoice.currency)
            ),
            _("Write it off instead."),
        )
    return credit_whole(left) if amount is None else credit_amount(left, amount)


def _line_figures(invoice: Original, positions: Sequence[int]) -> CreditFigures:
    if not positions:
        raise UserError(_("No line is chosen."), _("Choose at least one, or credit an amount or all that is left."))
    by_position = {line.position: key for key, line in invoice.lines.items()}
    still = {part.key for part in invoice.left.lines}
    for position in positions:
        if position not in by_position:
            raise UserError(
                _("{number} has no line {position}; it has {count}.").format(
                    number=invoice.number, position=position, count=len(by_position)
                )
            )
        if by_position[position] not in still:
            raise UserError(
                _("Line {position} of {number} was credited already.").format(number=invoice.number, position=position),
                _("Leave it out."),
            )
    figures = credit_lines(invoice.left, [by_position[position] for position in positions])
    if figures.payable <= 0:
        raise UserError(
            _("These lines come to {amount}; a credit note must be above zero.").format(
                amount=money_text(figures.payable, invoice.currency)
            ),
            _("Add the lines that they reduce."),
        )
    group = beyond(invoice.left, figures)
    if group is not None:
        raise UserError(
            _("Of what {number} bills at {rate} only {left} net is left to credit; these lines are more.").format(
                number=invoice.number,
                rate=percent_text(scaled_to_percent(group[1])),
                left=money_text(invoice.left.groups.get(group, 0), invoice.currency),
            ),
            _("Add the lines that reduce it, or credit an amount."),
        )
    if leaves_less_than_nothing(invoice.left, figures):
        raise UserError(
            _("These lines come to more than is left of {number}, which is {left}.").format(
                number=invoice.number, left=money_text(invoice.left.payable, invoice.currency)
            ),
            _("Add the lines that reduce it, or credit an amount."),
        )
    return figures


def _check_whole(invoice: Original, figures: CreditFigures, *, reissue: bool, release: bool) -> None:
    if reissue and figures.payable != invoice.payable:
        raise UserError(
            _("Only an invoice that is credited whole can be issued anew; this would be {part} of {whole}.").format(
                part=money_text(figures.payable, invoice.currency), whole=money_text(invoice.payable, invoice.currency)
            ),
            _("Credit it in part without a new invoice, or make the new invoice by hand."),
        )
    if release and figures.payable != invoice.left.payable and any(part.key is None for part in figures.parts):
        raise UserError(_("An amount does not say what may be billed again."), _("Credit lines, or the whole invoice."))


def _check_deposit(connection: Connection, invoice: Original) -> None:
    if invoice.kind != "deposit":
        return
    row = connection.exec_driver_sql(
        "SELECT f.number FROM invoice_line d JOIN invoice f ON f.id = d.invoice_id WHERE d.deducts_id = ? "
        "AND f.kind <> 'credit_note' AND f.payable > (SELECT coalesce(sum(k.payable), 0) FROM invoice k "
        "WHERE k.corrects_id = f.id) LIMIT 1",
        (invoice.id,),
    ).fetchone()
    if row is not None:
        raise UserError(
            _("{final} deducts the deposit {number}.").format(final=row[0], number=invoice.number),
            _("Credit {final} first.").format(final=row[0]),
        )


def _by_actor(connection: Connection, invoice_id: int, actor: str) -> int:
    (total,) = connection.exec_driver_sql(
        "SELECT coalesce(sum(payable), 0) FROM invoice WHERE corrects_id = ? AND actor = ? AND run_id IS NULL",
        (invoice_id, actor),
    ).one()
    return int(total)


def _factor(invoice: Original) -> Any:
    return firm_factor(invoice.firm_rate, invoice.currency, invoice.firm_currency)


def _release(connection: Connection, invoice: Original, figures: CreditFigures, note_id: int) -> list[Freed]:
    """Reverse the charges of the lines taken back, so that they may be billed again; the charges as they were."""
    whole = any(part.key is None for part in figures.parts)
    positions = {invoice.lines[part.key].position for part in figures.parts if part.key is not None}
    return free_charges(connection, invoice.id, None if whole else positions, note_id)


def _settle(made: Change, number: str, note_id: int, reissued: str | None, on: date) -> tuple[int, int, int]:
    """Use the credit on its own invoice, then on the one issued anew: (settled, applied, left)."""
    ledger = Ledger(made)
    (credit,) = ledger.credits("c.credit_note_id = ?", (note_id,))
    used = []
    for document in (number, reissued):
        before = credit.open
        for due in ledger.invoice_dues(document) if document else ():
            part = min(due.open, credit.open)
            if part:
                ledger.settle(due, credit, part, on)
        used.append(before - credit.open)
    ledger.flush()
    return used[0], used[1], credit.open


def _summary(number: str, note: str, reissued: str | None, amount: int, currency: str) -> str:
    if reissued is None:
        return _("Credit {amount} of {number} by {note}").format(
            amount=money_text(amount, currency), number=number, note=note
        )
    return _("Credit {number} by {note} and issue it anew as {reissued}").format(
        number=number, note=note, reissued=reissued
    )
