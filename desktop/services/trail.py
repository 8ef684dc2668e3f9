"""The way from an issued document's total to its lines, prices, taxes and sources, and to what settled it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.money import scaled_to_percent, unscaled
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import told
from desktop.services.instalments import Instalment, instalments
from desktop.services.open_amounts import split_instalment
from desktop.services.project_trail import milestone_details
from desktop.services.usage_trail import Counted, counted


@dataclass(frozen=True, slots=True)
class Source:
    """What a line bills: the span half-open, the amount net in minor units. `kind` is that of its charge.

    `detail` is what the source row says of itself (person, note, id, invoice whose days it credits); `reversed_by` is
    the document that freed it, `records` what a meter counted, at the first line of each of its periods.
    """

    kind: str
    id: int
    agreement: str
    start: date
    end: date
    quantity: Decimal
    amount: int
    detail: Mapping[str, Any]
    reversed_by: str
    records: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class CardRow:
    """The row of the rate card that priced a line; `client` is empty where it holds for everyone."""

    id: int
    client: str
    valid_from: date
    up_to: Decimal | None
    price: Decimal
    mode: str


@dataclass(frozen=True, slots=True)
class TrailLine:
    """A line with its sources; the span half-open, rate in percent, amounts in minor units."""

    position: int
    description: str
    detail: str
    heading: str
    item: str
    agreement: str
    start: date | None
    end: date | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    base_quantity: Decimal
    allowance: int
    allowance_reason: str
    charge: int
    net: int
    category: str
    rate: Decimal
    tax_code: str
    price_source: str
    card: CardRow | None
    deducts: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class TrailTax:
    category: str
    rate: Decimal
    basis: int
    tax: int
    exemption: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Settled:
    """An allocation: kind payment, credit, discount or write_off, by the document or payment of that number."""

    dated: date
    kind: str
    number: str
    amount: int


@dataclass(frozen=True, slots=True)
class Approved:
    """A finding that stood against the draft, and whether a person approved it."""

    code: str
    severity: str
    message: str
    approved: bool
    decided_by: str
    note: str


@dataclass(frozen=True, slots=True)
class Booked:
    """A posting; a debit is positive, minor units."""

    booked_on: date
    role: str
    amount: int


@dataclass(frozen=True, slots=True)
class Trail:
    """`head` has the frozen columns of the document, its client's code, its run and what it corrects."""

    head: Mapping[str, Any]
    seller: Mapping[str, Any]
    buyer: Mapping[str, Any]
    lines: tuple[TrailLine, ...]
    taxes: tuple[TrailTax, ...]
    due: tuple[Instalment, ...]
    settled: tuple[Settled, ...]
    findings: tuple[Approved, ...]
    journal: tuple[Booked, ...]


_HEAD = """SELECT i.*, c.code AS client, coalesce(r.number, '') AS run, coalesce(x.number, '') AS corrects,
 coalesce(a.code, '') AS agreement, s.data AS seller, b.data AS buyer FROM invoice i JOIN client c ON c.id = i.client_id
 JOIN party s ON s.id = i.seller_id JOIN party b ON b.id = i.buyer_id LEFT JOIN run r ON r.id = i.run_id
 LEFT JOIN invoice x ON x.id = i.corrects_id LEFT JOIN agreement a ON a.id = i.agreement_id WHERE i.number = ?"""

_LINES = """SELECT l.*, coalesce(t.code, '') AS item, coalesce(a.code, '') AS agreement,
 coalesce(x.code, '') AS tax_code, coalesce(d.number, '') AS deducts FROM invoice_line l
 LEFT JOIN item t ON t.id = l.item_id LEFT JOIN agreement_line g ON g.id = l.agreement_line_id
 LEFT JOIN agreement a ON a.id = g.agreement_id LEFT JOIN tax_code x ON x.id = l.tax_code_id
 LEFT JOIN invoice d ON d.id = l.deducts_id WHERE l.invoice_id = ? ORDER BY l.position"""

_SOURCES = """SELECT h.position, h.kind, coalesce(h.agreement_line_id, h.time_entry_id, h.one_off_id,
 h.milestone_id, h.commitment_id, h.credits_id) AS id,
 coalesce(a.code, '') AS agreement, h.period_start, h.period_end, h.quantity, h.amount, coalesce(n.number, '') AS freed,
 e.external_id AS entry, e.work_date, e.person, e.note, e.rate, o.external_id AS one_off, o.description, o.kind AS sort,
 g.description AS words, coalesce(v.number, '') AS credited FROM charge h LEFT JOIN agreement a ON a.id = h.agreement_id
 LEFT JOIN time_entry e ON e.id = h.time_entry_id LEFT JOIN one_off o ON o.id = h.one_off_id
 LEFT JOIN agreement_line g ON g.id = h.agreement_line_id LEFT JOIN invoice n ON n.id = h.reversed_by
 LEFT JOIN charge u ON u.id = h.credits_id LEFT JOIN invoice v ON v.id = u.invoice_id
 WHERE h.invoice_id = ? AND h.part_of_id IS NULL ORDER BY h.position, h.id"""

_SETTLED = """SELECT a.dated, a.kind, coalesce(p.number, n.number, ''), a.amount FROM allocation a
 LEFT JOIN payment p ON p.id = a.payment_id LEFT JOIN invoice n ON n.id = a.credit_note_id
 WHERE a.invoice_id = ? AND a.kind <> 'plan' ORDER BY a.dated, a.id"""

_FINDINGS = """SELECT f.code, f.severity, f.message, f.approved,
 coalesce(CASE f.code WHEN 'second_person' THEN d.seconded_by ELSE d.decided_by END, ''), d.decision_note
 FROM finding f JOIN draft d ON d.id = f.draft_id WHERE d.invoice_id = ? ORDER BY f.id"""

_JOURNAL = """SELECT e.booked_on, s.role, s.amount FROM journal_entry e JOIN posting s ON s.entry_id = e.id
 WHERE e.invoice_id = ? ORDER BY e.id, s.id"""


def trail(book: Book, number: str) -> Trail:
    """Everything about one document. UserError where there is none of that number."""
    with book.reading() as session:
        connection = session.connection()
        head = connection.exec_driver_sql(_HEAD, (number,)).mappings().first()
        if head is None:
            raise UserError(
                _("There is no document {number}.").format(number=number), _("List them with: sheaf invoices BOOK")
            )
        key = (head["id"],)
        sources = _sources(connection, head["id"])
        cards = _cards(connection, head["id"])
        lines = connection.exec_driver_sql(_LINES, key).mappings()
        return Trail(
            head=_head(dict(head)),
            seller=json.loads(head["seller"]),
            buyer=json.loads(head["buyer"]),
            lines=tuple(_line(dict(row), cards, sources.get(row["position"], ())) for row in lines),
            taxes=tuple(
                TrailTax(row[0], scaled_to_percent(row[1]), *row[2:])
                for row in connection.exec_driver_sql(
                    "SELECT category, rate, basis, tax, exemption_text, name FROM invoice_tax WHERE invoice_id = ?"
                    " ORDER BY id",
                    key,
                )
            ),
            due=instalments(connection, head["id"], number),
            settled=tuple(
                Settled(date.fromisoformat(row[0]), *row[1:]) for row in connection.exec_driver_sql(_SETTLED, key)
            ),
            findings=tuple(
                Approved(row[0], row[1], told(row[2]), bool(row[3]), row[4], row[5])
                for row in connection.exec_driver_sql(_FINDINGS, key)
            ),
            journal=tuple(
                Booked(date.fromisoformat(row[0]), row[1], row[2]) for row in connection.exec_driver_sql(_JOURNAL, key)
            ),
        )


def currency_of(book: Book, numbers: Sequence[str]) -> str:
    """The currency of the documents, or of the one whose instalment is named; the first one's, where they differ.

    UserError for an unknown number.
    """
    with book.reading() as session:
        for number in numbers:
            row = (
                session.connection()
                .exec_driver_sql(
                    "SELECT currency FROM invoice WHERE number IN (?, ?) ORDER BY number = ? DESC",
                    (number, split_instalment(number)[0], number),
                )
                .fetchone()
            )
            if row is None:
                raise UserError(
                    _("There is no document {number}.").format(number=number), _("List them with: sheaf invoices BOOK")
                )
            return str(row[0])
    raise ValueError("no numbers")


_DATES = ("issue_date", "tax_date", "due_date", "period_start", "period_end", "discount_until")
_KEYS = ("id", "client_id", "agreement_id", "run_id", "seller_id", "buyer_id", "template_version_id", "series_id")


def _head(row: dict[str, Any]) -> dict[str, Any]:
    for name in _DATES:
        row[name] = _day(row[name])
    row["discount"] = None if row["discount"] is None else scaled_to_percent(row["discount"])
    row["firm_rate"] = None if row["firm_rate"] is None else unscaled(row["firm_rate"])
    row["texts"] = json.loads(row["texts"])
    return {name: value for name, value in row.items() if name not in (*_KEYS, "seller", "buyer", "corrects_id")}


def _line(row: Mapping[str, Any], cards: Mapping[int, CardRow], sources: Sequence[Source]) -> TrailLine:
    return TrailLine(
        position=row["position"],
        description=row["description"],
        detail=row["detail"],
        heading=row["heading"],
        item=row["item"],
        agreement=row["agreement"] or next((source.agreement for source in sources if source.agreement), ""),
        start=_day(row["period_start"]),
        end=_day(row["period_end"]),
        quantity=unscaled(row["quantity"]),
        unit=row["unit"],
        unit_price=unscaled(row["unit_price"]),
        base_quantity=unscaled(row["base_quantity"]),
        allowance=row["allowance"],
        allowance_reason=row["allowance_reason"],
        charge=row["charge"],
        net=row["net"],
        category=row["category"],
        rate=scaled_to_percent(row["rate"]),
        tax_code=row["tax_code"],
        price_source=row["price_source"],
        card=cards.get(row["rate_id"]),
        deducts=row["deducts"],
        sources=tuple(sources),
    )


def _sources(connection: Connection, invoice_id: int) -> dict[int, list[Source]]:
    found: dict[int, list[Source]] = defaultdict(list)
    milestones = milestone_details(connection, invoice_id)
    records = counted(connection, invoice_id)
    for row in connection.exec_driver_sql(_SOURCES, (invoice_id,)).mappings():
        detail: dict[str, Any]
        if row["kind"] == "time":
            rate = None if row["rate"] is None else unscaled(row["rate"])
            detail = {"entry": row["entry"], "person": row["person"], "note": row["note"], "rate": rate}
        elif row["kind"] == "one_off":
            detail = {"charge": row["one_off"], "kind": row["sort"], "description": row["description"]}
        elif row["kind"] == "milestone":
            detail = milestones[row["id"]]
        elif row["kind"] == "unused":
            detail = {"invoice": row["credited"]}
        else:
            detail = {"description": row["words"]}
        found[row["position"]].append(
            Source(
                row["kind"],
                row["id"],
                row["agreement"],
                date.fromisoformat(row["period_start"]),
                date.fromisoformat(row["period_end"]),
                unscaled(row["quantity"]),
                row["amount"],
                {name: value for name, value in detail.items() if value not in (None, "")},
                row["freed"],
                tuple(records.pop(row["position"], ())) if row["kind"] == "usage" else (),
            )
        )
    return found


def _cards(connection: Connection, invoice_id: int) -> dict[int, CardRow]:
    """Rows of the card as they stand; a row that was taken off since is not there any more."""
    rows = connection.exec_driver_sql(
        "SELECT r.id, coalesce(c.code, ''), r.valid_from, r.up_to, r.price, r.mode FROM rate r"
        " LEFT JOIN client c ON c.id = r.client_id"
        " WHERE r.id IN (SELECT rate_id FROM invoice_line WHERE invoice_id = ?)",
        (invoice_id,),
    )
    return {
        row[0]: CardRow(
            row[0],
            row[1],
            date.fromisoformat(row[2]),
            None if row[3] is None else unscaled(row[3]),
            unscaled(row[4]),
            row[5],
        )
        for row in rows
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
