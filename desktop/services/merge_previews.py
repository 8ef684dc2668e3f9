"""What a merge would do, before it is done: both sides field by field, what would move, and what would cost more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Client, Item
from desktop.i18n import N_n, _, money_text, ngettext, number_text, percent_text
from desktop.services.merge_fields import FieldPair, client_fields, item_fields, pairs
from desktop.services.records import found, record

# Each with one and many, as a sentence tells them.
_CLIENT_MOVES: Final = (
    (N_n("{count} agreement", "{count} agreements"), "SELECT count(*) FROM agreement WHERE client_id = ?"),
    (N_n("{count} contact", "{count} contacts"), "SELECT count(*) FROM contact WHERE client_id = ?"),
    (N_n("{count} address", "{count} addresses"), "SELECT count(*) FROM address WHERE client_id = ?"),
    (N_n("{count} price of its own", "{count} prices of its own"), "SELECT count(*) FROM rate WHERE client_id = ?"),
    (
        N_n("{count} unbilled time entry", "{count} unbilled time entries"),
        "SELECT count(*) FROM time_entry WHERE client_id = ? AND invoice_id IS NULL",
    ),
    (
        N_n("{count} unbilled charge", "{count} unbilled charges"),
        "SELECT count(*) FROM one_off WHERE client_id = ? AND invoice_id IS NULL",
    ),
    (N_n("{count} note", "{count} notes"), "SELECT count(*) FROM note WHERE subject = 'client' AND subject_id = ?"),
    (
        N_n("{count} file", "{count} files"),
        "SELECT count(*) FROM attachment WHERE subject = 'client' AND subject_id = ?",
    ),
)
_CLIENT_STAYS: Final = (
    (N_n("{count} document", "{count} documents"), "SELECT count(*) FROM invoice WHERE client_id = ?"),
    (N_n("{count} payment", "{count} payments"), "SELECT count(*) FROM payment WHERE client_id = ?"),
)
_ITEM_MOVES: Final = (
    (
        N_n("{count} line of agreements", "{count} lines of agreements"),
        "SELECT count(*) FROM agreement_line WHERE item_id = ?",
    ),
    (N_n("{count} price", "{count} prices"), "SELECT count(*) FROM rate WHERE item_id = ?"),
    (
        N_n("{count} unbilled time entry", "{count} unbilled time entries"),
        "SELECT count(*) FROM time_entry WHERE item_id = ? AND invoice_id IS NULL",
    ),
    (
        N_n("{count} unbilled charge", "{count} unbilled charges"),
        "SELECT count(*) FROM one_off WHERE item_id = ? AND invoice_id IS NULL",
    ),
    (
        N_n("{count} unbilled usage record", "{count} unbilled usage records"),
        "SELECT count(*) FROM usage WHERE item_id = ? AND invoice_id IS NULL",
    ),
    (N_n("{count} note", "{count} notes"), "SELECT count(*) FROM note WHERE subject = 'item' AND subject_id = ?"),
    (N_n("{count} file", "{count} files"), "SELECT count(*) FROM attachment WHERE subject = 'item' AND subject_id = ?"),
)
_ITEM_STAYS: Final = (
    (
        N_n("{count} line of documents", "{count} lines of documents"),
        "SELECT count(*) FROM invoice_line WHERE item_id = ?",
    ),
)


# Fields that refer to a row, with where its name stands.
_NAMED: Final = {
    "segment_id": ("segment", "name"),
    "salesperson_id": ("person", "name"),
    "template_id": ("template", "name"),
    "tax_code_id": ("tax_code", "name"),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two that may become one. `moves` and `stays` are figures in words, `cautions` sentences to read first."""

    keep: str
    absorb: str
    fields: tuple[FieldPair, ...]
    moves: tuple[str, ...]
    stays: tuple[str, ...]
    cautions: tuple[str, ...]


def compare_clients(book: Book, keep: int, absorb: int) -> Comparison:
    """What merging the second into the first would do. UserError where one of them is gone."""
    with book.reading() as session:
        one: Client = found(session, Client, keep, _("The client"))
        other: Client = found(session, Client, absorb, _("The client"))
        connection = session.connection()
        cautions = _prices(connection, "client_id", keep, absorb, one.code)
        if one.currency != other.currency:
            cautions.append(
                _("{code} is billed in {currency}; its agreements keep their currency.").format(
                    code=other.code, currency=other.currency
                )
            )
        if (one.terms, one.delivery, one.segment_id) != (other.terms, other.delivery, other.segment_id):
            cautions.append(_("Agreements without terms of their own take those chosen here."))
        return Comparison(
            f"{one.code} {one.name}",
            f"{other.code} {other.name}",
            _readable(connection, pairs(client_fields(), record(one), record(other)), one.currency, other.currency),
            _figures(connection, _CLIENT_MOVES, absorb),
            _figures(connection, _CLIENT_STAYS, absorb),
            tuple(cautions),
        )


def compare_items(book: Book, keep: int, absorb: int) -> Comparison:
    """As compare_clients."""
    with book.reading() as session:
        one: Item = found(session, Item, keep, _("The item"))
        other: Item = found(session, Item, absorb, _("The item"))
        connection = session.connection()
        cautions = _prices(connection, "item_id", keep, absorb, one.code)
        by_list = connection.exec_driver_sql(
            "SELECT count(*) FROM agreement_line WHERE item_id = ? AND unit_price IS NULL", (absorb,)
        ).scalar_one()
        if by_list and one.price != other.price:
            cautions.append(
                ngettext(
                    "{count} line takes its price from the catalogue and will cost what {code} costs.",
                    "{count} lines take their price from the catalogue and will cost what {code} costs.",
                    by_list,
                ).format(count=number_text(by_list), code=one.code)
            )
        if one.tax_code_id != other.tax_code_id:
            cautions.append(_("The tax of the two differs; what is billed from now on has the one chosen here."))
        return Comparison(
            f"{one.code} {one.name}",
            f"{other.code} {other.name}",
            _readable(connection, pairs(item_fields(), record(one), record(other)), one.currency, other.currency),
            _figures(connection, _ITEM_MOVES, absorb),
            _figures(connection, _ITEM_STAYS, absorb),
            tuple(cautions),
        )


def _readable(
    connection: Connection, fields: tuple[FieldPair, ...], kept: str | None, absorbed: str | None
) -> tuple[FieldPair, ...]:
    return tuple(
        replace(
            one,
            keep_text=_text(connection, one.name, one.keep, kept),
            absorb_text=_text(connection, one.name, one.absorb, absorbed),
        )
        for one in fields
    )


def _text(connection: Connection, name: str, value: Any, currency: str | None) -> str:
    """A value as people read it; empty where there is none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in _NAMED:
        table, column = _NAMED[name]
        return str(connection.exec_driver_sql(f"SELECT {column} FROM {table} WHERE id = ?", (value,)).scalar() or "")
    if name == "credit_limit":
        return money_text(value, str(currency))
    if name == "withholding":
        return percent_text(value * 100)
    if isinstance(value, Decimal):
        return number_text(value)
    return str(value).replace("_", " ") if name in ("tax_treatment", "delivery", "kind") else str(value)


def _figures(
    connection: Connection, questions: tuple[tuple[tuple[str, str], str], ...], absorb: int
) -> tuple[str, ...]:
    told = []
    for forms, sql in questions:
        count = int(connection.exec_driver_sql(sql, (absorb,)).scalar_one())
        if count:
            told.append(ngettext(*forms, count).format(count=number_text(count)))
    return tuple(told)


def _prices(connection: Connection, column: str, keep: int, absorb: int, code: str) -> list[str]:
    """Where both have cards for the same, those of the kept one count."""
    other = "item_id" if column == "client_id" else "client_id"
    rows: Any = connection.exec_driver_sql(
        f"""SELECT count(*) FROM (SELECT DISTINCT {other}, currency FROM rate WHERE {column} = ?
        INTERSECT SELECT DISTINCT {other}, currency FROM rate WHERE {column} = ?)""",
        (keep, absorb),
    ).scalar_one()
    if not rows:
        return []
    return [
        ngettext(
            "{count} card of prices gives way to that of {code}.",
            "{count} cards of prices give way to those of {code}.",
            rows,
        ).format(count=number_text(rows), code=code)
    ]
