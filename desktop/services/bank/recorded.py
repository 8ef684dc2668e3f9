"""Payments that were recorded by hand before the bank told of them: their line names them and books nothing anew."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from rapidfuzz import fuzz
from sqlalchemy import Connection

from desktop.domain.likeness import plain_words
from desktop.domain.matching.facts import Explanation, Line, OpenInvoice
from desktop.domain.references import bare_iban
from desktop.domain.wording import day, phrase
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.bank.at_hand import AtHand, OpenLine, Outcome
from desktop.services.bank.parts import RECORDED, Part

# So many days may lie between the day that a person wrote down and the bank's own.
_APART: Final = timedelta(10)
# Names this alike, in percent, are one.
_ALIKE: Final = 88
# A shorter number stands in other figures by chance.
_SHORTEST: Final = 5
_SCORE_NUMBER: Final = 990_000
_SCORE_NAME: Final = 900_000

# What a line brought and taking it back left behind was never recorded by hand.
_UNMATCHED: Final = """SELECT p.id, p.number, coalesce(c.merged_into_id, c.id), p.paid_on, p.currency,
  p.amount - coalesce(p.charges, 0), p.received, p.received_currency, p.reference, c.name, c.iban,
  (SELECT json_group_array(i.number) FROM allocation a JOIN invoice i ON i.id = a.invoice_id
    WHERE a.payment_id = p.id AND a.amount > 0)
FROM payment p JOIN client c ON c.id = p.client_id LEFT JOIN bank_account t ON t.id = p.account_id
WHERE p.paid_on BETWEEN ? AND ? AND p.method NOT IN ('opening', 'withholding', 'cash')
AND coalesce(t.kind, '') <> 'cash'
AND (p.reverses_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id))
AND NOT EXISTS (SELECT 1 FROM bank_match m JOIN reconciliation r ON r.id = m.reconciliation_id
  WHERE m.payment_id = p.id AND m.undone_at IS NULL AND r.undone_at IS NULL)
AND NOT EXISTS (SELECT 1 FROM bank_match m
  WHERE m.payment_id IN (p.id, p.reverses_id) AND m.undone_at IS NOT NULL AND NOT m.recorded)
ORDER BY p.id"""


@dataclass(frozen=True, slots=True)
class _Recorded:
    id: int
    number: str
    client_id: int
    paid_on: date
    reference: str
    name: str
    iban: str
    invoices: tuple[str, ...]


def recorded_before(
    connection: Connection, lines: Sequence[Line], items: Mapping[int, OpenInvoice]
) -> dict[int, Explanation]:
    """By line, the one payment, refund or reversal of the same amount that is in the book and that no line names yet.

    It is sure where the line's text names it, no other line does, and nothing is open of what it paid: else the money
    may be the next part. One of the same payer only is never sure, and none where the text names what is open.
    """
    if not lines:
        return {}
    days = [line.booked_on for line in lines]
    known = _unmatched(connection, min(days) - _APART, max(days) + _APART)
    still_open = {one.number for one in items.values()}
    named: dict[int, list[tuple[Line, _Recorded]]] = {}
    alike: list[tuple[Line, _Recorded]] = []
    for line in lines:
        fitting = [
            one for one in known.get((line.currency, line.amount), ()) if abs(one.paid_on - line.booked_on) <= _APART
        ]
        by_number = [one for one in fitting if _names(line, one)]
        of_payer = [] if by_number else [one for one in fitting if _same_payer(line, one)]
        if len(by_number) == 1:
            named.setdefault(by_number[0].id, []).append((line, by_number[0]))
        elif len(of_payer) == 1 and not _names_open(line, of_payer[0].client_id, items):
            alike.append((line, of_payer[0]))
    found: dict[int, Explanation] = {}
    for claims in named.values():
        for line, one in claims:
            sure = len(claims) == 1 and still_open.isdisjoint(one.invoices)
            found[line.id] = _explained(line, one, _SCORE_NUMBER, sure=sure)
    for line, one in alike:
        if one.id not in named:
            found[line.id] = _explained(line, one, _SCORE_NAME, sure=False)
    return found


def weighed(recorded: Explanation, others: tuple[Explanation, ...]) -> tuple[Explanation, ...]:
    """A recorded payment that is not sure, and what else its line may be, which is not sure either then."""
    return (recorded, *(replace(other, sure=False) for other in others[:4]))


def book_recorded_part(at_hand: AtHand, line: OpenLine, part: Part) -> Outcome:
    """Let the line name a payment that is there. UserError where it is another amount's, or another line names it."""
    assert part.payment_id is not None
    row = at_hand.made.connection.exec_driver_sql(
        """SELECT p.number, coalesce(c.merged_into_id, c.id), p.currency, p.amount - coalesce(p.charges, 0), p.received,
          p.received_currency, (SELECT l.booked_on FROM bank_match m JOIN reconciliation r ON r.id = m.reconciliation_id
            JOIN bank_line l ON l.id = m.line_id
            WHERE m.payment_id = p.id AND m.undone_at IS NULL AND r.undone_at IS NULL LIMIT 1)
        FROM payment p JOIN client c ON c.id = p.client_id WHERE p.id = ?""",
        (part.payment_id,),
    ).fetchone()
    if row is None:
        raise UserError(_("The payment is not in the book any more."), _("Reload the list."))
    number, client_id, currency, amount, received, received_currency, taken = row
    came = amount if currency == line.currency else received if received_currency == line.currency else None
    if taken is not None or part.payment_id in at_hand.named:
        raise UserError(
            _("Payment {number} is booked of another line already.").format(number=number),
            _("Take that line back first, or book this one anew."),
        )
    if came != part.amount:
        raise UserError(
            _("Payment {number} is {amount}, not {part}.").format(
                number=number,
                amount=money_text(amount, currency),
                part=money_text(part.amount, line.currency),
            ),
            _("Split the line, or reverse the payment and book the line anew."),
        )
    at_hand.named.add(part.payment_id)
    return Outcome(client_id, part.payment_id, payments=[number])


def _unmatched(connection: Connection, first: date, last: date) -> dict[tuple[str, int], list[_Recorded]]:
    """By currency and amount as the bank would tell them."""
    found: dict[tuple[str, int], list[_Recorded]] = {}
    for row in connection.exec_driver_sql(_UNMATCHED, (first.isoformat(), last.isoformat())):
        one = _Recorded(
            row[0], row[1], row[2], date.fromisoformat(row[3]), row[8], row[9], row[10], tuple(json.loads(row[11]))
        )
        found.setdefault((row[4], row[5]), []).append(one)
        if row[6] is not None and row[7]:
            found.setdefault((row[7], row[6]), []).append(one)
    return found


def _explained(line: Line, one: _Recorded, score: int, *, sure: bool) -> Explanation:
    said = phrase("Payment {number} of {day} is recorded already", number=one.number, day=day(one.paid_on))
    reasons = [said]
    if score == _SCORE_NUMBER:
        reasons.append(phrase("The line names what it was recorded with"))
    else:
        reasons.append(phrase("It is of {name} and of the same amount", name=one.name))
    return Explanation(line.id, RECORDED, score, one.client_id, returned=one.id, reasons=tuple(reasons), sure=sure)


def _names(line: Line, one: _Recorded) -> bool:
    text = _bare(f"{line.text} {line.reference} {line.end_to_end}")
    signs = [_bare(sign) for sign in (one.reference, *one.invoices)]
    return any(len(sign) >= _SHORTEST and sign in text for sign in signs)


def _names_open(line: Line, client_id: int, items: Mapping[int, OpenInvoice]) -> bool:
    """Whether the text names an open invoice of the client: then it is not the money that came before."""
    text = _bare(f"{line.text} {line.reference} {line.end_to_end}")
    return any(one.group == client_id and _bare(one.number) in text for one in items.values())


def _same_payer(line: Line, one: _Recorded) -> bool:
    if line.party_account and bare_iban(line.party_account) == bare_iban(one.iban):
        return True
    words = (" ".join(plain_words(line.party)), " ".join(plain_words(one.name)))
    return all(words) and fuzz.token_set_ratio(*words) >= _ALIKE


def _bare(text: str) -> str:
    return "".join(sign for sign in text.upper() if sign.isalnum())
