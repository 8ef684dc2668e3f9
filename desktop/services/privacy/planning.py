"""What an erasure would take now, and what the law keeps until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.privacy import AT_ONCE, Retention, kept_until, retention_of
from desktop.i18n import _
from desktop.services.book_settings import book_settings
from desktop.services.privacy.person import Person, person
from desktop.services.privacy.places import Place

DOCUMENT_YEARS = "privacy.document_years"
LETTER_YEARS = "privacy.letter_years"


@dataclass(frozen=True, slots=True)
class Rules:
    """How long this firm keeps what, and what the law of its country asks for."""

    retention: Retention
    law: Retention
    country: str
    fiscal_start_month: int

    def until(self, kept_as: str, day: str) -> date:
        """The last day that something must be kept; what has no day is kept by nothing."""
        if kept_as == AT_ONCE or not day:
            return date.min
        return kept_until(date.fromisoformat(day), self.retention.years(kept_as), self.fiscal_start_month)


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of data in plain words: how many rows may go now, how many must stay and until when the last of them."""

    group: str
    now: int
    later: int
    until: date | None


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """`obstacles` are sentences on what stands against it, `statute` the law that keeps the rest."""

    client_id: int
    contact_id: int | None
    called: str
    parts: tuple[Part, ...]
    obstacles: tuple[str, ...]
    statute: str

    @property
    def now(self) -> int:
        return sum(part.now for part in self.parts)

    @property
    def until(self) -> date | None:
        """When everything may be gone; None where nothing has to wait."""
        return max((part.until for part in self.parts if part.until), default=None)


def rules_of(book: Book) -> Rules:
    """The law of the firm's country, unless the book sets other periods."""
    with book.reading() as session:
        country, month = session.connection().exec_driver_sql("SELECT country, fiscal_start_month FROM firm").one()
    law = retention_of(country)
    kept = book_settings(book)
    documents, letters = kept.get(DOCUMENT_YEARS), kept.get(LETTER_YEARS)
    if documents is None and letters is None:
        return Rules(law, law, country, month)
    own = Retention(
        law.documents if documents is None else int(documents), law.letters if letters is None else int(letters)
    )
    return Rules(own, law, country, month)


def plan_erasure(book: Book, client_id: int, *, contact_id: int | None = None, today: date) -> ErasurePlan:
    """What `erase` would do today; nothing is written. UserError where the client or contact is not there."""
    rules = rules_of(book)
    with book.reading() as session:
        connection = session.connection()
        who = person(connection, client_id, contact_id)
        parts: dict[str, Part] = {}
        for place, rows in rows_by_place(connection, who):
            until = [rules.until(place.kept_as, day) for day in rows.values()]
            kept = [one for one in until if one >= today]
            before = parts.get(place.group, Part(place.group, 0, 0, None))
            last = max([*kept, *([before.until] if before.until else [])], default=None)
            parts[place.group] = Part(place.group, before.now + len(until) - len(kept), before.later + len(kept), last)
        against = () if contact_id is not None else tuple(_obstacles(connection, who))
    told = tuple(Part(_(one.group), one.now, one.later, one.until) for one in parts.values() if one.now or one.later)
    return ErasurePlan(client_id, contact_id, who.called, told, against, rules.retention.statute)


def rows_by_place(connection: Connection, who: Person) -> Iterator[tuple[Place, Mapping[Any, str]]]:
    """Each place with its rows that still say something: their id, and the day from which they are kept."""
    values = who.values(number="", erasure=None)
    for place in who.places:
        said = " OR ".join(_says(column, blank) for column, blank in place.columns.items()) or "1"
        if place.table == "client":
            said += " OR NOT EXISTS (SELECT 1 FROM erased_row WHERE table_name = 'client' AND row_id = t.id)"
        rows = connection.exec_driver_sql(
            f"SELECT t.id, coalesce({place.day}, '') FROM {place.table} t WHERE ({place.rows}) AND ({said})"
            " ORDER BY t.id",
            values,
        )
        yield place, {row[0]: row[1] for row in rows}


def _says(column: str, blank: str) -> str:
    return "0" if ":" in blank and not blank.startswith("'") else f"t.{column} IS NOT {blank}"


def _obstacles(connection: Connection, who: Person) -> Iterator[str]:
    """What has to be settled first: who is owed something, or owes it, needs to be known."""
    values = {"clients": who.values()["clients"]}
    mine = "client_id IN (SELECT value FROM json_each(:clients))"
    for query, sentence in (
        (f"SELECT count(*) FROM open_item WHERE open > 0 AND {mine}", _("Amounts that are still open: {count}.")),
        (f"SELECT count(*) FROM open_credit WHERE open > 0 AND {mine}", _("Credits that are not used up: {count}.")),
        (f"SELECT count(*) FROM agreement WHERE active AND {mine}", _("Agreements that are active: {count}.")),
        (
            f"SELECT count(*) FROM draft WHERE state IN ('ready', 'held', 'approved', 'failed') AND {mine}",
            _("Drafts that wait in runs: {count}."),
        ),
        (
            f"SELECT count(*) FROM delivery WHERE state IN ('waiting', 'sending', 'uncertain') AND {mine}",
            _("Documents that are still on their way: {count}."),
        ),
        (
            "SELECT count(*) FROM payment_order_item i JOIN payment_order o ON o.id = i.order_id"
            f" WHERE i.state = 'ordered' AND o.state <> 'cancelled' AND i.{mine}",
            _("Debits and transfers on their way at the bank: {count}."),
        ),
    ):
        count = connection.exec_driver_sql(query, values).scalar_one()
        if count:
            yield sentence.format(count=count)
