"""What the rail shows: the firm, and how many things of each place need a person."""

from __future__ import annotations

from dataclasses import dataclass

from db.engine import Book


@dataclass(frozen=True, slots=True)
class Overview:
    """`waiting` counts by place: drafts held or failed, and unused money of clients."""

    firm: str
    currency: str
    waiting: dict[str, int]


def overview(book: Book) -> Overview:
    with book.reading() as session:
        connection = session.connection()
        firm, currency = connection.exec_driver_sql("SELECT name, currency FROM firm").one()
        drafts = connection.exec_driver_sql("SELECT count(*) FROM draft WHERE state IN ('held', 'failed')").scalar_one()
        credits = connection.exec_driver_sql(
            "SELECT count(*) FROM open_credit WHERE open > 0 AND payment_id IS NOT NULL"
        ).scalar_one()
    return Overview(str(firm), str(currency), {"runs": int(drafts), "payments": int(credits)})
