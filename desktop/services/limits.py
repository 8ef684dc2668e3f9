"""Who may credit, write off or approve how much: a person's own limit, or the firm's for everyone else."""

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
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_not_negative
from desktop.services.problems import Problems

Act = Literal["credit", "write_off", "approval"]

# Setting of the book for people without a row of their own; a number of major units of the firm's currency.
SETTINGS: dict[Act, str] = {
    "credit": "limit.credit",
    "write_off": "limit.write_off",
    "approval": "limit.approval",
}
_LIMIT_FIELDS = ("credit_limit", "write_off_limit", "approval_limit")

SECOND_APPROVAL = "second_approval_above"
"""Setting of the book: above this many major units of the firm's currency an approval needs a second person."""


def limit_of(connection: Connection, actor: str, act: Act) -> int | None:
    """Minor units of the firm's currency, None for no limit."""
    person = connection.exec_driver_sql(f"SELECT {act}_limit FROM person WHERE name = ?", (actor,)).fetchone()
    if person is not None:
        return person[0]  # type: ignore[no-any-return]
    return _amount_set(connection, SETTINGS[act])


def _amount_set(connection: Connection, key: str) -> int | None:
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    value = None if row is None else json.loads(row[0], parse_float=Decimal)
    if value is None or value == "":
        return None
    (currency,) = connection.exec_driver_sql("SELECT currency FROM firm").one()
    return to_minor(Decimal(value), currency)


def second_approval_above(connection: Connection) -> int | None:
    """Above how much two people approve a draft, in minor units of the firm's currency; None where one is enough."""
    return _amount_set(connection, SECOND_APPROVAL)


def second_approval(book: Book) -> int | None:
    """As `second_approval_above`, for a page."""
    with book.reading() as session:
        return second_approval_above(session.connection())


def set_second_approval(book: Book, above: int | None, *, actor: str) -> None:
    """Set it in minor units of the firm's currency, or with None let one person be enough. ValidationError below 0."""
    with change(book, actor, _("Change what two people approve")) as made:
        problems = Problems()
        check_not_negative({SECOND_APPROVAL: above}, problems, SECOND_APPROVAL)
        problems.raise_any()
        _set_amount(made, SECOND_APPROVAL, above)


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
        for act, limit in limits.items():
            _set_amount(made, SETTINGS[act], limit)


def _set_amount(made: Change, key: str, amount: int | None) -> None:
    currency = str(made.connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
    stands = made.session.get(Setting, key) is not None
    if amount is None:
        if stands:
            made.delete(Setting, key)
        return
    text = major_text(amount, currency)
    if stands:
        made.update(Setting, key, value=text)
    else:
        made.insert(Setting, key=key, value=text)


def check_limit(connection: Connection, actor: str, act: Act, amount: int, factor: Decimal | None) -> None:
    """UserError where the amount, in minor units of a currency with that factor, is above the actor's limit.

    `amount` includes what the actor took off the same invoice before, so that parts do not pass where the whole
    would not.
    """
    refusal = limit_refusal(connection, actor, act, amount, factor)
    if refusal is not None:
        raise refusal


def limit_refusal(
    connection: Connection, actor: str, act: Act, amount: int, factor: Decimal | None
) -> UserError | None:
    """Why the actor may not, with who may; None where the amount is within the limit."""
    limit = limit_of(connection, actor, act)
    if limit is None:
        return None
    (currency,) = connection.exec_driver_sql("SELECT currency FROM firm").one()
    in_own = in_firm(amount, factor)
    if in_own is not None and in_own <= limit:
        return None
    remedy = _who_may(connection, act, in_own)
    if in_own is None:
        return UserError(
            _("{actor} has a limit in {currency}, and no exchange rate of that day is known.").format(
                actor=actor, currency=currency
            ),
            remedy,
        )
    sentences: dict[Act, str] = {
        "credit": _("{actor} may credit up to {limit} of an invoice; this makes it {amount}."),
        "write_off": _("{actor} may write off up to {limit} of an invoice; this makes it {amount}."),
        "approval": _("{actor} may approve up to {limit}; this is {amount}."),
    }
    return UserError(
        sentences[act].format(actor=actor, limit=money_text(limit, currency), amount=money_text(in_own, currency)),
        remedy,
    )


_MOST_NAMES = 5


def _who_may(connection: Connection, act: Act, amount: int | None) -> str:
    """Who has no limit below an amount of the firm's minor units, in a sentence; None is an amount nobody can tell."""
    enough = "" if amount is None else f"OR {act}_limit >= {int(amount)}"
    rows = connection.exec_driver_sql(f"SELECT name FROM person WHERE {act}_limit IS NULL {enough} ORDER BY name")
    names = [str(row[0]) for row in rows]
    if names:
        shown = ", ".join(names[:_MOST_NAMES]) + (" …" if len(names) > _MOST_NAMES else "")
        return _("Who may: {names}. The limits stand under Settings, People.").format(names=shown)
    return _("Ask someone with a higher limit; the limits stand under Settings, People.")
