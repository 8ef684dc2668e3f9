"""Who may credit or write off how much: a person's own limit, or the firm's for everyone else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Setting
from desktop.domain.journal import in_firm
from desktop.domain.money import major_text, to_minor
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.changes import change
from desktop.services.field_checks import check_not_negative
from desktop.services.problems import Problems

Act = Literal["credit", "write_off"]

# Setting of the book for people without a row of their own; a number of major units of the firm's currency.
SETTINGS: dict[Act, str] = {"credit": "limit.credit", "write_off": "limit.write_off"}
_LIMIT_FIELDS = ("credit_limit", "write_off_limit")


def limit_of(connection: Connection, actor: str, act: Act) -> int | None:
    """Minor units of the firm's currency, None for no limit."""
    person = connection.exec_driver_sql(f"SELECT {act}_limit FROM person WHERE name = ?", (actor,)).fetchone()
    if person is not None:
        return person[0]  # type: ignore[no-any-return]
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (SETTINGS[act],)).fetchone()
    value = None if row is None else json.loads(row[0], parse_float=Decimal)
    if value is None or value == "":
        return None
    (currency,) = connection.exec_driver_sql("SELECT currency FROM firm").one()
    return to_minor(Decimal(value), currency)


def limits_of_others(book: Book) -> dict[Act, int | None]:
    """What everyone without a row of their own may do; minor units of the firm's currency, None for no limit."""
    with book.reading() as session:
        connection = session.connection()
        # Nobody works under an empty name.
        return {act: limit_of(connection, "", act) for act in SETTINGS}


def set_limits_of_others(book: Book, limits: Mapping[Act, int | None], *, actor: str) -> None:
    """Set them. ValidationError for a limit below 0."""
    with change(book, actor, _("Change the limits of everyone else")) as made:
        problems = Problems()
        check_not_negative({f"{act}_limit": limit for act, limit in limits.items()}, problems, *_LIMIT_FIELDS)
        problems.raise_any()
        currency = str(made.connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
        for act, limit in limits.items():
            key = SETTINGS[act]
            stands = made.session.get(Setting, key) is not None
            if limit is None:
                if stands:
                    made.delete(Setting, key)
                continue
            text = major_text(limit, currency)
            if stands:
                made.update(Setting, key, value=text)
            else:
                made.insert(Setting, key=key, value=text)


def check_limit(connection: Connection, actor: str, act: Act, amount: int, factor: Decimal | None) -> None:
    """UserError where the amount, in minor units of a currency with that factor, is above the actor's limit.

    `amount` includes what the actor took off the same invoice before, so that parts do not pass where the whole
    would not.
    """
    limit = limit_of(connection, actor, act)
    if limit is None:
        return
    (currency,) = connection.exec_driver_sql("SELECT currency FROM firm").one()
    in_own = in_firm(amount, factor)
    if in_own is not None and in_own <= limit:
        return
    remedy = _("Ask someone with a higher limit; the limits stand under Settings, People.")
    if in_own is None:
        raise UserError(
            _("{actor} has a limit in {currency}, and no exchange rate of that day is known.").format(
                actor=actor, currency=currency
            ),
            remedy,
        )
    sentence = (
        _("{actor} may credit up to {limit} of an invoice; this makes it {amount}.")
        if act == "credit"
        else _("{actor} may write off up to {limit} of an invoice; this makes it {amount}.")
    )
    raise UserError(
        sentence.format(actor=actor, limit=money_text(limit, currency), amount=money_text(in_own, currency)), remedy
    )
