"""Where one pair of eyes is not enough: above which amounts, and for which changes, a second person decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.money import major_text, to_minor
from desktop.i18n import _
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.field_checks import check_not_negative
from desktop.services.problems import Problems

Kind = Literal["write_off", "refund", "credit_note", "payment_order", "configuration"]

KINDS: Final[tuple[Kind, ...]] = ("write_off", "refund", "credit_note", "payment_order", "configuration")
"""What a rule can be set for; a change of the configuration has no amount."""

PREFIX: Final = "access.second."
"""Settings of the book: above how many major units of the firm's currency a second person decides."""


def needs_second(book: Book, kind: Kind, *, amount: int | None = 0, actor: str) -> bool:
    """Whether a second person decides on this too, beside the actor.

    `amount` is in minor units of the firm's currency, of whatever sign; None, which no exchange rate tells, needs one.
    """
    with book.reading() as session:
        return needs_second_within(session.connection(), kind, amount=amount, actor=actor)


def needs_second_within(connection: Connection, kind: Kind, *, amount: int | None = 0, actor: str) -> bool:
    """As needs_second, within the caller's transaction."""
    above = _above(connection, kind)
    if above is None:
        return False
    if kind == "configuration":
        return True
    return amount is None or abs(amount) > above


def seconds_above(book: Book) -> dict[Kind, int | None]:
    """Each kind's limit in minor units of the firm's currency; None where one person is enough."""
    with book.reading() as session:
        connection = session.connection()
        return {kind: _above(connection, kind) for kind in KINDS}


def set_seconds_above(book: Book, limits: Mapping[Kind, int | None], *, actor: str) -> None:
    """Set the limits of these kinds. ValidationError below 0."""
    with change(book, actor, _("Change what takes a second person")) as made:
        problems = Problems()
        check_not_negative({PREFIX + kind: limit for kind, limit in limits.items()}, problems, *map(_key, limits))
        problems.raise_any()
        currency = _currency(made.connection)
        for kind, limit in limits.items():
            keep_setting(made, _key(kind), None if limit is None else major_text(limit, currency))


def _key(kind: Kind) -> str:
    return PREFIX + kind


def _above(connection: Connection, kind: Kind) -> int | None:
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (_key(kind),)).fetchone()
    value = None if row is None else json.loads(row[0], parse_float=Decimal)
    return None if value in (None, "") else to_minor(Decimal(value), _currency(connection))


def _currency(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
