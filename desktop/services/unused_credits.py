"""Unused days credited on later documents: what they took of an invoice, and what is left of its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from db.queries.rows import ids_text
from desktop.domain.billing import Draft, Line, line_amount
from desktop.domain.document import RESIDUE_WORDS
from desktop.domain.money import SCALE, scaled, to_major
from desktop.services.changes import Change
from desktop.services.ledger import Ledger

_TAKEN = """SELECT x.corrects_line_id, x.base_quantity,
  sum(CASE d.kind WHEN 'credit_note' THEN x.quantity ELSE -x.quantity END),
  sum(CASE d.kind WHEN 'credit_note' THEN x.net ELSE -x.net END)
 FROM invoice_line o JOIN invoice_line x ON x.corrects_line_id = o.id JOIN invoice d ON d.id = x.invoice_id
 JOIN charge u ON u.invoice_id = x.invoice_id AND u.position = x.position AND u.kind = 'unused'
 WHERE o.invoice_id = ? AND (d.kind = 'credit_note' OR
  (NOT EXISTS (SELECT 1 FROM invoice_line y WHERE y.corrects_line_id = x.id)
   AND d.payable > (SELECT coalesce(sum(k.payable), 0) FROM invoice k WHERE k.corrects_id = d.id)))
 GROUP BY x.corrects_line_id, x.base_quantity"""


class Taken(NamedTuple):
    """Credited of one line: units over a base quantity, as many as there are bases, and the net in minor units."""

    units: tuple[tuple[int, int], ...]
    net: int

    def with_part(self, quantity: int, base: int, net: int) -> Taken:
        """With more of the line taken, added up where it is over the same base."""
        units = {own: units for units, own in self.units}
        units[base] = units.get(base, 0) + quantity
        return Taken(tuple((total, own) for own, total in units.items()), self.net + net)


class Corrected(NamedTuple):
    """The one invoice whose unused days a credit note of a run takes back, its date and its exchange rate."""

    id: int
    number: str
    issue_date: str
    firm_rate: int | None


def taken_as_unused(connection: Connection, invoice_id: int) -> dict[int, Taken]:
    """What later documents credited of an invoice's lines and no credit note took back again, by id of the line."""
    found: dict[int, Taken] = {}
    for line_id, base, quantity, net in connection.exec_driver_sql(_TAKEN, (invoice_id,)):
        before = found.get(line_id, Taken((), 0))
        found[line_id] = Taken((*before.units, (quantity, base)), before.net + net)
    return found


def rest_of(line: Line, taken: Taken, currency: str) -> Line:
    """What is left of a line after days of it were credited: the other days, at the price of all."""
    net = line.net - taken.net
    if len(taken.units) == 1 and line.base_quantity in (SCALE, taken.units[0][1]):
        ((quantity, base),) = taken.units
        left = line.quantity * (base // line.base_quantity) - quantity
        price = line.unit_price
    else:
        left, base, price = SCALE, SCALE, scaled(to_major(net, currency))
    allowance = line_amount(left, price, base, currency) - net
    return line._replace(
        quantity=left,
        base_quantity=base,
        unit_price=price,
        allowance=allowance,
        allowance_reason=(line.allowance_reason or RESIDUE_WORDS) if allowance else "",
        charge=0,
        net=net,
    )


def corrected_invoices(connection: Connection, drafts: Iterable[tuple[int, Draft]]) -> Mapping[int, Corrected]:
    """By id of the draft, for those below nothing whose credited lines are all of one invoice."""
    lines = {
        key: draft_id
        for draft_id, draft in drafts
        if draft.gross < 0
        for key in (line.corrects_line_id for line in draft.lines)
        if key is not None
    }
    if not lines:
        return {}
    rows = connection.exec_driver_sql(
        """SELECT l.id, i.kind, i.id, i.number, i.issue_date, i.firm_rate FROM invoice_line l
        JOIN invoice i ON i.id = l.invoice_id WHERE l.id IN (SELECT value FROM json_each(?))""",
        (ids_text(lines),),
    )
    found: dict[int, set[Corrected | None]] = {}
    for line_id, kind, *invoice in rows:
        # A credit note may have charged something, too; it is none that another one takes back.
        found.setdefault(lines[line_id], set()).add(None if kind == "credit_note" else Corrected(*invoice))
    return {draft_id: one for draft_id, (one, *others) in found.items() if one is not None and not others}


def settle_corrected(made: Change, notes: Sequence[tuple[int, str, date]]) -> None:
    """Let credit notes (id, number of their invoice, day) settle what is open of it; the rest is the client's."""
    ledger = Ledger(made)
    for note_id, number, on in notes:
        (credit,) = ledger.credits("c.credit_note_id = ?", (note_id,))
        for due in ledger.named_dues([number]):
            part = min(due.open, credit.open)
            if part:
                ledger.settle(due, credit, part, on)
    ledger.flush()
