"""Why a draft bills another amount than the invoice before it: in sentences, the largest difference first."""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from desktop.documents.words import words_for
from desktop.domain.billing import Draft
from desktop.domain.billing.lines import divide
from desktop.domain.line_differences import BilledLine, LineDifference, line_differences
from desktop.domain.money import unscaled
from desktop.i18n import _, current_locale, money_text, ngettext, number_text, percent_text

# More sentences than these nobody reads beside a row; the smaller ones are told as one sum.
_MOST_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Why:
    """What stands beside a draft: the headline with how much more or less than which invoice, then line by line.

    `before` is the net of that invoice in minor units, None where there is none.
    """

    headline: str
    sentences: tuple[str, ...] = ()
    before: int | None = None


def why_different(connection: Connection, draft_id: int) -> Why:
    """Compared with the last invoice of the same agreement that was not taken back; empty words for a draft gone."""
    row = connection.exec_driver_sql(
        "SELECT kind, client_id, currency, body, invoice_id FROM draft WHERE id = ?", (draft_id,)
    ).fetchone()
    if row is None:
        return Why("")
    draft = Draft.from_body(row[0], row[1], row[2], json.loads(row[3]))
    if not draft.agreement_ids:
        return Why("")
    last = _last_invoice(connection, draft.agreement_ids[0], draft.currency, row[4])
    if last is None:
        return Why(_("The first invoice of this agreement."))
    invoice_id, number, net = last
    differences = line_differences(_of_draft(draft), _of_invoice(connection, invoice_id))
    return Why(_headline(draft.net, net, number, draft.currency), _sentences(differences, draft.currency), net)


def _last_invoice(
    connection: Connection, agreement_id: int, currency: str, before: int | None
) -> tuple[int, str, int] | None:
    """(id, number, net); `before` is the invoice that the draft became, if it is issued already."""
    row = connection.exec_driver_sql(
        """SELECT h.id, h.number, h.net FROM invoice h WHERE h.agreement_id = ? AND h.kind IN ('invoice', 'final')
        AND h.currency = ? AND (? IS NULL OR h.id < ?)
        AND h.payable > (SELECT coalesce(sum(k.payable), 0) FROM invoice k WHERE k.corrects_id = h.id)
        ORDER BY h.issue_date DESC, h.id DESC LIMIT 1""",
        (agreement_id, currency, before, before),
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]), int(row[2]))


def _thing(line_id: int | None, item_id: int | None, heading: str, text: str) -> Hashable:
    """A line of the agreement, else an item, else the words themselves: a one-off has nothing else."""
    if line_id is not None:
        return ("line", line_id, item_id)
    return ("item", item_id) if item_id is not None else ("text", heading, text)


def _of_draft(draft: Draft) -> list[BilledLine]:
    return [
        BilledLine(
            _thing(line.agreement_line_id, line.item_id, line.heading, line.description),
            line.description,
            f"{line.period_start}–{line.period_end}",
            line.quantity,
            line.unit,
            line.unit_price,
            line.base_quantity,
            line.net,
        )
        for line in draft.lines
    ]


def _of_invoice(connection: Connection, invoice_id: int) -> list[BilledLine]:
    return [
        BilledLine(_thing(row[0], row[1], row[2], row[3]), row[3], f"{row[4]}–{row[5]}", *row[6:])
        for row in connection.exec_driver_sql(
            """SELECT agreement_line_id, item_id, heading, description, period_start, period_end, quantity, unit,
            unit_price, base_quantity, net FROM invoice_line WHERE invoice_id = ? ORDER BY position""",
            (invoice_id,),
        )
    ]


def _headline(net: int, before: int, number: str, currency: str) -> str:
    change = net - before
    if not change:
        return _("As much as {invoice}, the one before.").format(invoice=number)
    was = money_text(before, currency)
    if before > 0:
        percent = percent_text(divide(abs(change) * 100, before))
        said = _("Why {percent} more than {invoice} ({amount}):")
        if change < 0:
            said = _("Why {percent} less than {invoice} ({amount}):")
        return said.format(percent=percent, invoice=number, amount=was)
    said = _("Why {change} more than {invoice} ({amount}):")
    if change < 0:
        said = _("Why {change} less than {invoice} ({amount}):")
    return said.format(change=money_text(abs(change), currency), invoice=number, amount=was)


def _sentences(differences: Sequence[LineDifference], currency: str) -> tuple[str, ...]:
    told = list(differences)
    # One left over is told as itself: a sentence of "1 smaller one" says less in as much room.
    shown = told if len(told) <= _MOST_SENTENCES else told[: _MOST_SENTENCES - 1]
    words = [_sentence(one, currency) for one in shown]
    rest = told[len(shown) :]
    if rest:
        said = ngettext("{count} smaller difference: {change}.", "{count} smaller differences: {change}.", len(rest))
        words.append(said.format(count=len(rest), change=_signed(sum(one.change for one in rest), currency)))
    return tuple(words)


def _sentence(one: LineDifference, currency: str) -> str:
    """One difference with its figures; `change` stands last, so that the amounts can be added up by eye."""
    match one.kind:
        case "new" if one.price is not None and one.quantity:
            said = _("{name} is new: {quantity} {unit} at {price} ({change}).")
        case "new":
            said = _("{name} is new ({change}).")
        case "gone":
            said = _("{name} is not on this one ({change}).")
        case "quantity":
            said = _("{name}: {difference} {unit} more at {price} ({change}).")
            if one.quantity < one.quantity_before:
                said = _("{name}: {difference} {unit} less at {price} ({change}).")
        case "price":
            said = _("{name}: the price rose from {price_before} to {price} ({change}).")
            if (one.price or 0) < (one.price_before or 0):
                said = _("{name}: the price fell from {price_before} to {price} ({change}).")
        case "spans":
            said = ngettext(
                "{name}: {spans} period instead of {spans_before} ({change}).",
                "{name}: {spans} periods instead of {spans_before} ({change}).",
                one.spans,
            )
        case "days":
            said = _("{name}: only a part of the period is charged on one of the two ({change}).")
        case _:
            said = _("{name}: {quantity} {unit} instead of {quantity_before}, prices or discounts differ ({change}).")
            if one.quantity == one.quantity_before:
                said = _("{name}: prices or discounts differ ({change}).")
    units = words_for(current_locale())
    told = one.quantity - one.quantity_before if one.kind == "quantity" else one.quantity
    return said.format(
        name=one.name,
        unit=units.unit(one.unit, unscaled(told)),
        quantity=number_text(unscaled(one.quantity)),
        quantity_before=number_text(unscaled(one.quantity_before)),
        difference=number_text(unscaled(abs(one.quantity - one.quantity_before))),
        price=number_text(unscaled(one.price or 0)),
        price_before=number_text(unscaled(one.price_before or 0)),
        spans=number_text(one.spans),
        spans_before=number_text(one.spans_before),
        change=_signed(one.change, currency),
    ).replace("  ", " ")


def _signed(amount: int, currency: str) -> str:
    text = money_text(amount, currency)
    return f"+{text}" if amount > 0 else text
