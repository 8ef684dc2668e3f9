"""Who may credit or write off how much: a person's own limit, or the firm's for everyone else."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Literal

from sqlalchemy import Connection

from desktop.domain.journal import in_firm
from desktop.domain.money import to_minor
from desktop.errors import UserError
from desktop.i18n import _, money_text

Act = Literal["credit", "write_off"]

# Setting of the book for people without a row of their own; a number of major units of the firm's currency.
SETTINGS: dict[Act, str] = {"credit": "limit.credit", "write_off": "limit.write_off"}


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
