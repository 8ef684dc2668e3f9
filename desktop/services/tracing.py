"""Where a figure comes from: a document whole, from its total to its lines, their source rows, prices and taxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.money import scaled_to_percent, unscaled
from desktop.domain.standing import status
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text


@dataclass(frozen=True, slots=True)
class Source:
    """One row of the book that a line bills, deducts or takes back.

    `kind` is recurring, time, one_off, deposit or credited; `name` the agreement, the entry's own id, or the document.
    The span is half-open; `amount` is net, minor units. `file` is the import that brought it, `reversed_by` the credit
    note that freed it to be billed again.
    """

    kind: str
    name: str
    detail: str
    day: date | None
    period_start: date | None
    period_end: date | None
    quantity: Decimal | None
    amount: int | None
    file: str = ""
    reversed_by: str = ""


@dataclass(frozen=True, slots=True)
class Price:
    """Where a unit price comes from: agreed, entry, client, card, list, hand, discount or missing; empty for none.

    `valid_from` and `up_to` (the tier's last quantity) are those of the line of the rate card, as far as it still
    stands.
    """

    source: str
    valid_from: date | None = None
    up_to: Decimal | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class LineStory:
    """net = round(quantity x unit_price / base_quantity) - allowance + charge (Peppol R120). Rate in percent."""

    position: int
    description: str
    detail: str
    item: str
    period_start: date | None
    period_end: date | None
    quantity: Decimal
    unit: str
    unit_price: Decimal
    base_quantity: Decimal
    allowance: int
    allowance_reason: str
    charge: int
    net: int
    price: Price
    category: str
    rate: Decimal
    tax_code: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class TaxStory:
    """tax = round(basis x rate), once a group (BR-CO-17). Rate in percent, `reason` where none is charged."""

    category: str
    rate: Decimal
    basis: int
    tax: int
    reason: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What settled a part of the document, or what a credit note settled: payment, credit, write_off or discount."""

    dated: date
    kind: str
    number: str
    amount: int


@dataclass(frozen=True, slots=True)
class Story:
    """A document; minor units of its currency, `period_end` the first day no longer in, `firm_rate` firm units for one.

    `open` is what is still due, of a credit note what is left of it. `approved_by` and `approval` are who released it
    from review and the note given then.
    """

    id: int
    number: str
    kind: str
    client: str
    client_name: str
    issue_date: date
    due_date: date
    tax_date: date
    period_start: date | None
    period_end: date | None
    terms: str
    po_number: str
    currency: str
    net: int
    tax: int
    gross: int
    prepaid: int
    rounding: int
    payable: int
    open: int
    status: str
    firm_currency: str
    firm_rate: Decimal | None
    firm_gross: int | None
    agreement: str
    run: str
    approved_by: str
    approval: str
    findings: tuple[str, ...]
    corrects: str
    corrected_by: tuple[str, ...]
    reason: str
    actor: str
    created_at: str
    lines: tuple[LineStory, ...]
    taxes: tuple[TaxStory, ...]
    settled: tuple[Settled, ...]


_HEAD = """SELECT i.*, c.code AS client, c.name AS client_name, coalesce(a.code, '') AS agreement,
 coalesce(r.number, '') AS run, coalesce(x.number, '') AS corrects,
 (SELECT coalesce(sum(o.open), 0) FROM open_item o WHERE o.invoice_id = i.id) AS due_open,
 (SELECT k.open FROM open_credit k WHERE k.credit_note_id = i.id) AS credit_open,
 (SELECT min(o.due_date) FROM open_item o WHERE o.invoice_id = i.id AND o.open > 0) AS next_due,
 (SELECT coalesce(sum(w.amount), 0) FROM write_off w WHERE w.invoice_id = i.id) AS lost,
 (SELECT coalesce(sum(k.payable), 0) FROM invoice k WHERE k.corrects_id = i.id) AS credited,
 i.id IN (SELECT d.invoice_id FROM dispute d WHERE d.closed_on IS NULL) AS disputed,
 d.id AS draft, coalesce(d.decided_by, '') AS decided_by, coalesce(d.decision_note, '') AS decision_note
 FROM invoice i JOIN client c ON c.id = i.client_id LEFT JOIN agreement a ON a.id = i.agreement_id
 LEFT JOIN run r ON r.id = i.run_id LEFT JOIN invoice x ON x.id = i.corrects_id
 LEFT JOIN draft d ON d.invoice_id = i.id WHERE i.number = ?"""

_LINES = """SELECT l.*, coalesce(t.code || ' ' || t.name, '') AS item, coalesce(k.name, '') AS tax_code,
 r.valid_from AS rate_from, r.up_to AS rate_up_to, coalesce(r.mode, '') AS rate_mode,
 coalesce(d.number, '') AS deducts, coalesce(x.position, 0) AS corrects_position, coalesce(y.number, '') AS corrects
 FROM invoice_line l LEFT JOIN item t ON t.id = l.item_id LEFT JOIN tax_code k ON k.id = l.tax_code_id
 LEFT JOIN rate r ON r.id = l.rate_id LEFT JOIN invoice d ON d.id = l.deducts_id
 LEFT JOIN invoice_line x ON x.id = l.corrects_line_id LEFT JOIN invoice y ON y.id = x.invoice_id
 WHERE l.invoice_id = ? ORDER BY l.position"""

_CHARGES = """SELECT h.*, coalesce(a.code, b.code, '') AS agreement, coalesce(n.position, 0) AS agreement_position,
 coalesce(n.description, '') AS agreed, coalesce(e.external_id, o.external_id, '') AS own_id,
 coalesce(e.work_date, o.due_date) AS day, coalesce(e.person, '') AS person, coalesce(e.note, '') AS note,
 coalesce(o.description, '') AS charged, coalesce(p.file_name, '') AS file, coalesce(v.number, '') AS reversal
 FROM charge h LEFT JOIN agreement_line n ON n.id = h.agreement_line_id
 LEFT JOIN agreement b ON b.id = n.agreement_id LEFT JOIN agreement a ON a.id = h.agreement_id
 LEFT JOIN time_entry e ON e.id = h.time_entry_id LEFT JOIN one_off o ON o.id = h.one_off_id
 LEFT JOIN import_batch p ON p.id = coalesce(e.batch_id, o.batch_id)
 LEFT JOIN invoice v ON v.id = h.reversed_by WHERE h.invoice_id = ? ORDER BY h.position, h.period_start, h.id"""

_SETTLED = """SELECT s.dated, s.kind, coalesce(p.number, n.number, '') AS number, s.amount FROM allocation s
 LEFT JOIN payment p ON p.id = s.payment_id LEFT JOIN invoice n ON n.id = s.credit_note_id
 WHERE s.invoice_id = ? ORDER BY s.dated, s.id"""

_USED = """SELECT s.dated, s.kind, i.number, s.amount FROM allocation s JOIN invoice i ON i.id = s.invoice_id
 WHERE s.credit_note_id = ? ORDER BY s.dated, s.id"""


def trace(book: Book, number: str, *, today: date) -> Story:
    """Everything behind a document. UserError for a number that the book does not have."""
    with book.reading() as session:
        connection = session.connection()
        head = connection.exec_driver_sql(_HEAD, (number,)).mappings().first()
        if head is None:
            raise UserError(
                _("There is no document {number}.").format(number=number),
                _("Check the number; the list of invoices finds it by a part."),
            )
        is_credit = head["kind"] == "credit_note"
        still_open = (head["credit_open"] or 0) if is_credit else head["due_open"]
        due = _day(head["next_due"]) or date.fromisoformat(head["due_date"])
        return Story(
            id=head["id"],
            number=head["number"],
            kind=head["kind"],
            client=head["client"],
            client_name=head["client_name"],
            issue_date=date.fromisoformat(head["issue_date"]),
            due_date=date.fromisoformat(head["due_date"]),
            tax_date=date.fromisoformat(head["tax_date"]),
            period_start=_day(head["period_start"]),
            period_end=_day(head["period_end"]),
            terms=head["terms"],
            po_number=head["po_number"],
            currency=head["currency"],
            net=head["net"],
            tax=head["tax"],
            gross=head["gross"],
            prepaid=head["prepaid"],
            rounding=head["rounding"],
            payable=head["payable"],
            open=still_open,
            status=status(
                head["kind"],
                head["payable"],
                still_open,
                due,
                today,
                disputed=bool(head["disputed"]),
                written_off=head["lost"],
                credited=head["credited"],
            ),
            firm_currency=head["firm_currency"],
            firm_rate=_figure(head["firm_rate"]),
            firm_gross=head["firm_gross"],
            agreement=head["agreement"],
            run=head["run"],
            approved_by=head["decided_by"],
            approval=head["decision_note"],
            findings=_findings(connection, head["draft"]),
            corrects=head["corrects"],
            corrected_by=_corrections(connection, head["id"]),
            reason=head["reason"],
            actor=head["actor"],
            created_at=head["created_at"],
            lines=_lines(connection, head["id"]),
            taxes=_taxes(connection, head["id"]),
            settled=_settled(connection, _USED if is_credit else _SETTLED, head["id"]),
        )


def arithmetic(line: LineStory) -> str:
    """How the net comes about, in figures: `12.5 hour x 145`, `3 x 29 days of 31`."""
    text = f"{number_text(line.quantity)} {line.unit}".strip() + f" × {number_text(line.unit_price)}"
    return f"{text} / {number_text(line.base_quantity)}" if line.base_quantity != 1 else text


def price_words(line: LineStory) -> str:
    """Where the unit price comes from, in a few words; empty for a line that has none of its own."""
    price = line.price
    words = {
        "agreed": _("price of the agreement"),
        "entry": _("rate of the entry itself"),
        "list": _("list price of the catalogue"),
        "hand": _("typed by hand"),
        "discount": _("discount as entered"),
    }
    if price.source in words:
        return words[price.source]
    if price.source not in ("card", "client"):
        return ""
    card = _("the client’s own rate card") if price.source == "client" else _("the rate card")
    if price.valid_from is None:
        return _("price of {card}, whose line is gone since").format(card=card)
    if price.up_to is not None:
        return _("price of {card} from {day}, tier up to {quantity}").format(
            card=card, day=date_text(price.valid_from), quantity=number_text(price.up_to)
        )
    return _("price of {card} from {day}").format(card=card, day=date_text(price.valid_from))


def _lines(connection: Connection, invoice_id: int) -> tuple[LineStory, ...]:
    charges: dict[int, list[Source]] = defaultdict(list)
    for row in connection.exec_driver_sql(_CHARGES, (invoice_id,)).mappings():
        charges[row["position"]].append(_charge(row))
    return tuple(
        _line(row, [*_other_sources(row), *charges[row["position"]]])
        for row in connection.exec_driver_sql(_LINES, (invoice_id,)).mappings()
    )


def _line(row: Any, sources: Iterable[Source]) -> LineStory:
    return LineStory(
        position=row["position"],
        description=row["description"],
        detail=row["detail"],
        item=row["item"],
        period_start=_day(row["period_start"]),
        period_end=_day(row["period_end"]),
        quantity=unscaled(row["quantity"]),
        unit=row["unit"],
        unit_price=unscaled(row["unit_price"]),
        base_quantity=unscaled(row["base_quantity"]),
        allowance=row["allowance"],
        allowance_reason=row["allowance_reason"],
        charge=row["charge"],
        net=row["net"],
        price=Price(row["price_source"], _day(row["rate_from"]), _figure(row["rate_up_to"]), row["rate_mode"]),
        category=row["category"],
        rate=scaled_to_percent(row["rate"]),
        tax_code=row["tax_code"],
        sources=tuple(sources),
    )


def _other_sources(row: Any) -> Iterable[Source]:
    if row["deducts"]:
        yield Source("deposit", row["deducts"], "", _day(row["detail"] or None), None, None, None, row["net"])
    if row["corrects"]:
        detail = _("line {position}").format(position=row["corrects_position"])
        yield Source("credited", row["corrects"], detail, None, None, None, None, row["net"])


def _charge(row: Any) -> Source:
    if row["kind"] == "recurring":
        position = _("line {position}").format(position=row["agreement_position"])
        name, detail = row["agreement"], f"{position} {row['agreed']}".strip()
    elif row["kind"] == "time":
        name, detail = row["own_id"], " · ".join(part for part in (row["person"], row["note"]) if part)
    else:
        name, detail = row["own_id"], row["charged"]
    return Source(
        kind=row["kind"],
        name=name,
        detail=detail,
        day=_day(row["day"]),
        period_start=_day(row["period_start"]),
        period_end=_day(row["period_end"]),
        quantity=unscaled(row["quantity"]),
        amount=row["amount"],
        file=row["file"],
        reversed_by=row["reversal"],
    )


def _taxes(connection: Connection, invoice_id: int) -> tuple[TaxStory, ...]:
    rows = connection.exec_driver_sql(
        "SELECT category, rate, basis, tax, exemption_text FROM invoice_tax WHERE invoice_id = ? ORDER BY id",
        (invoice_id,),
    )
    return tuple(
        TaxStory(category, scaled_to_percent(rate), basis, tax, text) for category, rate, basis, tax, text in rows
    )


def _settled(connection: Connection, question: str, invoice_id: int) -> tuple[Settled, ...]:
    rows = connection.exec_driver_sql(question, (invoice_id,))
    return tuple(Settled(date.fromisoformat(dated), kind, number, amount) for dated, kind, number, amount in rows)


def _findings(connection: Connection, draft_id: int | None) -> tuple[str, ...]:
    rows = connection.exec_driver_sql("SELECT message FROM finding WHERE draft_id = ? ORDER BY id", (draft_id,))
    return tuple(message for (message,) in rows)


def _corrections(connection: Connection, invoice_id: int) -> tuple[str, ...]:
    rows = connection.exec_driver_sql("SELECT number FROM invoice WHERE corrects_id = ? ORDER BY id", (invoice_id,))
    return tuple(number for (number,) in rows)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _figure(value: int | None) -> Decimal | None:
    return None if value is None else unscaled(value)
