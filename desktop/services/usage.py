"""Units that meters counted: written down, corrected and deleted by hand as long as they are not billed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.queries.rows import ids_text
from db.schema import Agreement, AgreementLine, Invoice, Item, Usage
from desktop.domain.money import unscaled
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_exists, check_unique
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record
from desktop.services.usage_states import Row, usage_states

_OWN_FIELDS = frozenset({"invoice_id", "days"})
_DAY = timedelta(days=1)
_LONGEST = 10 * 366


@dataclass(frozen=True, slots=True)
class UsageRow:
    """A record of use; the span half-open, state unbilled, late (its period was billed), draft or billed."""

    id: int
    agreement_id: int
    agreement: str
    item: str
    start: date
    end: date
    quantity: Decimal
    note: str
    state: str
    run: str
    invoice: str


def usage(book: Book, usage_id: int) -> Record:
    """The record with `client_id`, and `invoice`, the number that billed it, empty while unbilled."""
    with book.reading() as session:
        row: Usage = found(session, Usage, usage_id, _("The record of use"))
        number = session.scalar(select(Invoice.number).where(Invoice.id == row.invoice_id))
        owner = session.get_one(Agreement, row.agreement_id)
        return record(row) | {"invoice": number or "", "client_id": owner.client_id}


def meters_of(book: Book, agreement_id: int) -> list[tuple[int, str]]:
    """(item id, name) of what an agreement's usage lines count, in their order."""
    with book.reading() as session:
        query = (
            select(Item.id, Item.name, Item.unit)
            .join(AgreementLine, AgreementLine.item_id == Item.id)
            .where(AgreementLine.agreement_id == agreement_id, AgreementLine.kind == "usage")
            .order_by(AgreementLine.position)
        )
        return list(
            {row[0]: (row[0], f"{row[1]} · {row[2]}" if row[2] else row[1]) for row in session.execute(query)}.values()
        )


def metered_agreements(book: Book) -> list[tuple[int, int, str]]:
    """(agreement id, client id, text) of the agreements that count anything."""
    with book.reading() as session:
        metered = select(AgreementLine.agreement_id).where(AgreementLine.kind == "usage")
        query = select(Agreement).where(Agreement.id.in_(metered), Agreement.active).order_by(Agreement.code)
        return [(row.id, row.client_id, f"{row.code} · {row.title}") for row in session.scalars(query)]


def record_usage(book: Book, values: Mapping[str, object], *, actor: str) -> int:
    """Add units that a meter counted over [start_date, end_date), by default one day. Raises ValidationError.

    A negative quantity takes back what was counted too high.
    """
    with change(book, actor, _("Record use")) as made:
        problems = Problems()
        given = {"agreement_id": None, "item_id": None, "start_date": None, "quantity": None} | dict(values)
        cleaned = _cleaned(made.session, given, problems, None)
        for name, sentence in (
            ("agreement_id", _("Choose an agreement.")),
            ("item_id", _("Choose what was counted.")),
            ("start_date", _("From which day on was it counted?")),
            ("quantity", _("How many units were counted? 0 says that there were none.")),
        ):
            if cleaned.get(name) is None and name not in problems.fields:
                problems.add(name, sentence)
        problems.raise_any()
        return made.insert(Usage, **cleaned)


def change_usage(book: Book, usage_id: int, values: Mapping[str, object], *, actor: str) -> None:
    """Correct an unbilled record; UserError once it is billed. A draft that counts it is checked again by its run."""
    with change(book, actor, _("Correct a record of use")) as made:
        before: Usage = found(made.session, Usage, usage_id, _("The record of use"))
        _refuse_billed(made.session, before)
        problems = Problems()
        cleaned = _cleaned(made.session, values, problems, before)
        problems.raise_any()
        made.update(Usage, usage_id, **cleaned)


def delete_usage(book: Book, usage_ids: Sequence[int], *, actor: str) -> int:
    """Delete unbilled records, all or none; how many. UserError for what is billed or counted by a draft."""
    with change(book, actor, _("Delete records of use")) as made:
        delete_usage_within(made, usage_ids)
        return len(usage_ids)


def delete_usage_within(made: Change, usage_ids: Sequence[int]) -> None:
    """As `delete_usage`, within the caller's change set."""
    if usage_ids:
        rows: list[Usage] = [found(made.session, Usage, one, _("The record of use")) for one in usage_ids]
        states = usage_states(
            made.connection,
            [Row(row.id, row.agreement_id, row.item_id, row.end_date, row.invoice_id, row.id) for row in rows],
        )
        for row in rows:
            _refuse_billed(made.session, row)
            if states[row.id].run:
                raise UserError(
                    _("It is on a draft of run {number}.").format(number=states[row.id].run),
                    _("Discard the draft first, or issue it."),
                )
            made.delete(Usage, row.id)


def _cleaned(session: Session, values: Mapping[str, object], problems: Problems, before: Usage | None) -> Record:
    if _OWN_FIELDS & values.keys():
        raise TypeError("only billing marks what is billed")
    given = {name: value for name, value in values.items() if name != "client_id"}
    if given.get("external_id") == "":
        given["external_id"] = None
    empty = [name for name, value in given.items() if value is None and name != "external_id"]
    cleaned = column_values(Usage, {name: value for name, value in given.items() if name not in empty}, problems)

    def now(name: str) -> date | None:
        value: date | None = cleaned.get(name, getattr(before, name) if before else None)
        return value

    start, end = now("start_date"), now("end_date")
    if start is not None and (end is None or "end_date" in empty):
        end = cleaned["end_date"] = start + _DAY
    if start is not None and end is not None:
        if end <= start:
            problems.add("end_date", _("Its last day lies before its first, {day}.").format(day=date_text(start)))
        elif (end - start).days > _LONGEST:
            problems.add("end_date", _("A record spans ten years at most."))
        cleaned["days"] = (end - start).days
    check_exists(session, Agreement, "agreement_id", cleaned, problems, _("The agreement"))
    check_exists(session, Item, "item_id", cleaned, problems, _("The item"))
    check_unique(session, Usage.external_id, cleaned, problems, _("a record"), before.id if before else None)
    if not problems.fields:
        _check_meter(session, cleaned, problems, before)
    return cleaned


def _check_meter(session: Session, values: Record, problems: Problems, before: Usage | None) -> None:
    """A line of the agreement counts the item on the record's last day; else no run would ever bill it."""
    named = {name: values.get(name, getattr(before, name) if before else None) for name in ("agreement_id", "item_id")}
    end = values.get("end_date", before.end_date if before else None)
    if None in named.values() or end is None:
        return
    owner = session.get_one(Agreement, named["agreement_id"])
    query = select(AgreementLine).where(AgreementLine.agreement_id == owner.id, AgreementLine.kind == "usage")
    lines = [line for line in session.scalars(query) if line.item_id == named["item_id"]]
    if not lines:
        problems.add("item_id", _("{code} has no line of usage for this item.").format(code=owner.code))
        return
    last = end - _DAY
    starts = [max(owner.start_date, line.start_date or owner.start_date) for line in lines]
    ends = [min(line.end_date or date.max, owner.end_date or date.max) for line in lines]
    if not any(start <= last < after for start, after in zip(starts, ends, strict=True)):
        problems.add(
            "end_date",
            _("{code} does not count this item on {day}.").format(code=owner.code, day=date_text(last)),
        )


def _refuse_billed(session: Session, row: Usage) -> None:
    if row.invoice_id is not None:
        number = session.scalar(select(Invoice.number).where(Invoice.id == row.invoice_id))
        raise UserError(
            _("It was billed on {number}.").format(number=number),
            _("Write a credit note that frees it, or record the difference as a record of its own."),
        )


def usage_rows(
    book: Book,
    *,
    agreement_id: int | None = None,
    item_id: int | None = None,
    first: date | None = None,
    last: date | None = None,
    billed: bool | None = None,
    limit: int = 1000,
) -> list[UsageRow]:
    """Records by their last day, the latest first: of a meter, with their last day in [first, last], billed or not."""
    where, values = ["1 = 1"], list[object]()
    for condition, value in (
        ("u.agreement_id = ?", agreement_id),
        ("u.item_id = ?", item_id),
        ("u.end_date > ?", first.isoformat() if first else None),
        ("u.end_date <= ?", (last + _DAY).isoformat() if last else None),
    ):
        if value is not None:
            where.append(condition)
            values.append(value)
    if billed is not None:
        where.append("u.invoice_id IS NOT NULL" if billed else "u.invoice_id IS NULL")
    with book.reading() as session:
        connection = session.connection()
        ids = [
            row[0]
            for row in connection.exec_driver_sql(
                f"SELECT u.id FROM usage u WHERE {' AND '.join(where)} ORDER BY u.end_date DESC, u.id DESC LIMIT ?",
                (*values, limit),
            )
        ]
        rows = connection.exec_driver_sql(
            """SELECT u.id, u.agreement_id, a.code, i.name, u.start_date, u.end_date, u.quantity, u.note, u.item_id,
            u.invoice_id, coalesce(v.number, '') FROM usage u JOIN agreement a ON a.id = u.agreement_id
            JOIN item i ON i.id = u.item_id LEFT JOIN invoice v ON v.id = u.invoice_id
            WHERE u.id IN (SELECT value FROM json_each(?)) ORDER BY u.end_date DESC, u.id DESC""",
            (ids_text(ids),),
        ).fetchall()
        states = usage_states(
            connection, [Row(row[0], row[1], row[8], date.fromisoformat(row[5]), row[9], row[0]) for row in rows]
        )
    return [
        UsageRow(
            row[0],
            row[1],
            row[2],
            row[3],
            date.fromisoformat(row[4]),
            date.fromisoformat(row[5]),
            unscaled(row[6]),
            row[7],
            states[row[0]].state,
            states[row[0]].run,
            row[10],
        )
        for row in rows
    ]
