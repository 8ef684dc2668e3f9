"""What matching must know of the book, loaded by a few queries: open lines, open items, payers and late payments."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.families import groups_of, heads
from desktop.domain.matching.facts import Line, OpenInvoice, PastPayment, Payer
from desktop.domain.payments import discount_allowed
from desktop.domain.references import bare_iban, qr_reference, rf_reference
from desktop.services.bank.conversions import believable
from desktop.services.withholding import expected_by_invoice

# A debit may come back for thirteen months (SEPA Core Rulebook 4.3.4): older payments are not looked at.
_PAST_DAYS: Final = 400

# What was taken back, alone or with its whole reconciliation, counts no more.
STANDING: Final = """SELECT m.line_id, sum(m.amount) AS booked FROM bank_match m
  JOIN reconciliation r ON r.id = m.reconciliation_id
  WHERE m.undone_at IS NULL AND r.undone_at IS NULL GROUP BY m.line_id"""

_LINES: Final = f"""SELECT l.id, l.amount, coalesce(s.booked, 0), l.currency, l.booked_on, l.party, l.party_account,
  l.text, l.reference, l.end_to_end, l.mandate, l.original_amount, l.original_currency, l.charges, l.returns,
  l.return_reason FROM bank_line l LEFT JOIN ({STANDING}) s ON s.line_id = l.id WHERE """

_ITEMS: Final = """SELECT o.id, o.invoice_id, o.client_id, i.number, o.instalment, o.currency, i.issue_date, o.due_date,
  o.amount, o.open, CASE WHEN o.plan_id IS NULL THEN i.discount END, i.discount_until, i.po_number,
  EXISTS (SELECT 1 FROM open_item e WHERE e.invoice_id = o.invoice_id AND e.instalment > 1)
FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE o.open > 0 ORDER BY o.due_date, o.id"""

_PAST: Final = """SELECT p.id, p.number, p.client_id, p.currency, p.amount, p.paid_on, p.reference,
  coalesce(l.party_account, ''), coalesce(l.end_to_end, ''), coalesce(l.mandate, ''), coalesce(q.end_to_end, '')
FROM payment p
LEFT JOIN bank_match m ON m.payment_id = p.id AND m.undone_at IS NULL AND m.kind = 'payment'
LEFT JOIN bank_line l ON l.id = m.line_id
LEFT JOIN payment_order_item q ON q.payment_id = p.id
WHERE p.amount > 0 AND p.paid_on >= date(?, ?) AND p.method NOT IN ('opening', 'withholding')
AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id) ORDER BY p.id"""

# Accounts from which one client alone has paid so far; an account that several pay from tells nobody.
_USED_ACCOUNTS: Final = """SELECT l.party_account, min(coalesce(c.merged_into_id, c.id)) FROM bank_match m
JOIN reconciliation r ON r.id = m.reconciliation_id JOIN bank_line l ON l.id = m.line_id
JOIN client c ON c.id = m.client_id
WHERE m.undone_at IS NULL AND r.undone_at IS NULL AND m.kind = 'payment' AND l.party_account <> ''
GROUP BY l.party_account HAVING count(DISTINCT coalesce(c.merged_into_id, c.id)) = 1"""


@dataclass(slots=True)
class Facts:
    """What is open on both sides at one moment. `heads` names the client that each merged one counts for.

    `settled` are the numbers of invoices of which nothing is open, each with its client's id.
    """

    lines: list[Line]
    items: dict[int, OpenInvoice]
    payers: list[Payer]
    past: dict[int, PastPayment]
    settled: dict[str, int]
    heads: Mapping[int, int] = field(default_factory=dict)


def load(connection: Connection, line_ids: Collection[int] | None = None) -> Facts:
    """All that an explanation of the open lines, or of these only, needs.

    Payments that a return may take back are loaded only where something returned or went out.
    """
    lines = believable(connection, open_lines(connection, line_ids))
    families = heads(connection)
    groups = groups_of(connection)
    outgoing = [line.booked_on for line in lines if line.amount < 0 or line.returns]
    return Facts(
        lines,
        open_items(connection, groups),
        _payers(connection, families, groups),
        _past(connection, min(outgoing), families) if outgoing else {},
        _settled(connection, families),
        families,
    )


def open_lines(connection: Connection, line_ids: Collection[int] | None = None) -> list[Line]:
    """Lines of which something is not booked, with what of them is left, the oldest first."""
    where, values = "l.state = 'open'", tuple[Any, ...]()
    if line_ids is not None:
        where += " AND l.id IN (SELECT value FROM json_each(?))"
        values = (json.dumps(list(line_ids)),)
    rows = connection.exec_driver_sql(f"{_LINES}{where} ORDER BY l.booked_on, l.id", values)
    return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    amount, booked = row[1], row[2]
    whole = not booked
    return Line(
        id=row[0],
        amount=amount - booked,
        currency=row[3],
        booked_on=date.fromisoformat(row[4]),
        party=row[5],
        party_account=row[6],
        text=row[7],
        reference=row[8],
        end_to_end=row[9],
        mandate=row[10],
        # What the payer was asked for is told of the whole line only.
        original=(row[11], row[12]) if whole and row[11] is not None and row[12] else None,
        charges=(row[13] or 0) if whole else 0,
        returns=bool(row[14]),
        return_reason=row[15],
    )


def open_items(connection: Connection, groups: Mapping[int, int]) -> dict[int, OpenInvoice]:
    """All that is open of invoices, by the id of the open item, the oldest due first."""
    rows = connection.exec_driver_sql(_ITEMS).fetchall()
    discounts = _discounts(connection, [row for row in rows if row[10]])
    withheld = expected_by_invoice(connection)
    ordered = _ordered(connection)
    swiss = _is_swiss(connection)
    found: dict[int, OpenInvoice] = {}
    for row in rows:
        key, invoice_id, client_id, number, open_ = row[0], row[1], row[2], row[3], row[9]
        kept = min(withheld.get(invoice_id, 0), open_)
        if kept:
            # The instalment that is due first bears what is expected of its invoice.
            withheld[invoice_id] -= kept
        references = [rf_reference(number)]
        if swiss:
            references.append(qr_reference(number))
        found[key] = OpenInvoice(
            id=key,
            invoice_id=invoice_id,
            client_id=client_id,
            group=groups.get(client_id, client_id),
            number=number,
            name=f"{number}/{row[4]}" if row[13] else number,
            currency=row[5],
            issued=date.fromisoformat(row[6]),
            due=date.fromisoformat(row[7]),
            amount=row[8],
            open=open_,
            discount=discounts.get(key, 0),
            discount_until=date.fromisoformat(row[11]) if row[10] and row[11] else None,
            withholding=kept,
            po_number=row[12],
            references=(*references, *ordered.get(key, ())),
        )
    return found


def _discounts(connection: Connection, rows: list[Any]) -> dict[int, int]:
    """What may still be kept back of each item, were it settled in time."""
    settled: dict[int, dict[str, int]] = {}
    for item, kind, amount in connection.exec_driver_sql(
        "SELECT open_item_id, kind, sum(amount) FROM allocation WHERE open_item_id IN (SELECT value FROM json_each(?))"
        " GROUP BY open_item_id, kind",
        (json.dumps([row[0] for row in rows]),),
    ):
        settled.setdefault(item, {})[kind] = amount
    found: dict[int, int] = {}
    for row in rows:
        own = settled.get(row[0], {})
        credited = own.get("credit", 0) + own.get("write_off", 0) + own.get("plan", 0)
        found[row[0]] = discount_allowed(row[8], credited, own.get("discount", 0), row[9], row[10])
    return found


def _ordered(connection: Connection) -> dict[int, tuple[str, ...]]:
    """The end-to-end ids under which open items are being debited."""
    rows = connection.exec_driver_sql(
        "SELECT open_item_id, end_to_end FROM payment_order_item WHERE state = 'ordered' AND open_item_id IS NOT NULL"
    )
    found: dict[int, tuple[str, ...]] = {}
    for item, end_to_end in rows:
        found[item] = (*found.get(item, ()), end_to_end)
    return found


def _is_swiss(connection: Connection) -> bool:
    rows = connection.exec_driver_sql("SELECT iban FROM bank_account").scalars()
    return any(bare_iban(iban)[:2] in ("CH", "LI") for iban in rows)


def _payers(connection: Connection, families: Mapping[int, int], groups: Mapping[int, int]) -> list[Payer]:
    """One a client that counts for itself, with the names and accounts of those merged into it."""
    signs: dict[int, dict[str, dict[str, None]]] = {}
    codes: dict[int, str] = {}

    def sign(client: int, kind: str, value: str) -> None:
        if value.strip():
            own = signs.setdefault(families.get(client, client), {})
            own.setdefault(kind, {})[value.strip()] = None

    for key, code, name, iban, account in connection.exec_driver_sql(
        "SELECT id, code, name, iban, account_number FROM client ORDER BY id"
    ):
        codes[key] = code
        sign(key, "name", name)
        sign(key, "account", bare_iban(iban))
        sign(key, "account", account)
    for kind, value, client in connection.exec_driver_sql("SELECT kind, value, client_id FROM learned_payer"):
        sign(client, kind, value)
    for account, client in connection.exec_driver_sql(_USED_ACCOUNTS):
        sign(client, "account", account)
    return [
        Payer(
            key,
            groups.get(key, key),
            codes[key],
            tuple(own.get("name", ())),
            tuple(own.get("account", ())),
            tuple(own.get("text", ())),
        )
        for key, own in signs.items()
    ]


def _settled(connection: Connection, families: Mapping[int, int]) -> dict[str, int]:
    rows = connection.exec_driver_sql(
        "SELECT i.number, i.client_id FROM invoice i WHERE i.kind <> 'credit_note'"
        " AND i.id NOT IN (SELECT o.invoice_id FROM open_item o WHERE o.open > 0)"
    )
    return {number: families.get(client, client) for number, client in rows}


def _past(connection: Connection, first: date, families: Mapping[int, int]) -> dict[int, PastPayment]:
    found: dict[int, PastPayment] = {}
    for row in connection.exec_driver_sql(_PAST, (first.isoformat(), f"-{_PAST_DAYS} days")):
        references = [text for text in (row[6], *row[8:]) if text]
        known = found.get(row[0])
        if known is not None:
            references = [*known.references, *references]
        found[row[0]] = PastPayment(
            id=row[0],
            number=row[1],
            client_id=families.get(row[2], row[2]),
            currency=row[3],
            amount=row[4],
            paid_on=date.fromisoformat(row[5]),
            party_account=row[7] or (known.party_account if known else ""),
            references=tuple(dict.fromkeys(references)),
        )
    return found
