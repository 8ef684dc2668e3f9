"""Where one pair of eyes is not enough: above which amounts, and for which changes, a second person decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Final, Literal

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.access import Vouched, may
from desktop.domain.money import major_text, to_minor
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.access.signing_in import sign_in
from desktop.services.book_settings import keep_setting
from desktop.services.changes import Change, change
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


class SecondNeeded(UserError):
    """Above what one person decides alone; `amount` is in the firm's minor units, None where no rate tells it."""

    def __init__(self, kind: Kind, amount: int | None, above: str) -> None:
        sentences: dict[Kind, str] = {
            "write_off": _("Above {above} a second person agrees to what is written off."),
            "refund": _("Above {above} a second person agrees to what is paid back."),
            "credit_note": _("Above {above} a second person agrees to what is credited."),
            "payment_order": _("Above {above} a second person agrees to what the bank is ordered."),
            "configuration": _("A second person agrees to this change."),
        }
        super().__init__(
            sentences[kind].format(above=above),
            _("Have somebody else who may approve agree to it; in a command by --agreed-by NAME."),
        )
        self.kind = kind
        self.amount = amount


def check_second(book: Book, made: Change, kind: Kind, amount: int | None, *, subject: str, subject_id: int) -> None:
    """Within the change of an act: SecondNeeded where nobody but its own actor has agreed to it; else who did is kept.

    `amount` as in needs_second.
    """
    if not needs_second_within(made.connection, kind, amount=amount, actor=made.actor):
        return
    vouched = book.vouched
    if vouched is None or (vouched.kind, vouched.amount) != (kind, amount) or vouched.name == made.actor:
        above = money_text(_above(made.connection, kind) or 0, _currency(made.connection))
        raise SecondNeeded(kind, amount, above)
    # It was for this one time.
    book.vouched = None
    made.record(subject, subject_id, "seconded", None, {"by": vouched.name})


def vouch(book: Book, needed: SecondNeeded, name: str, passphrase: str, *, actor: str) -> Vouched:
    """A second person agrees to what was refused; set it as `book.vouched` and do the same once more.

    Where people sign in the passphrase proves them. UserError where it does not, for the actor, and for somebody who
    may not approve.
    """
    if name.strip() == actor:
        raise UserError(
            _("{name} cannot be the second person too.").format(name=actor), _("Have somebody else agree to it.")
        )
    if book.guarded:
        second = book.acting(None)
        role: str | None = sign_in(second, name, passphrase).role
    else:
        with book.reading() as session:
            role = (
                session.connection()
                .exec_driver_sql("SELECT role FROM person WHERE name = ? AND active", (name.strip(),))
                .scalar()
            )
        if role is None:
            raise UserError(
                _("Nobody of this name works with the book: {name}.").format(name=name.strip()),
                _("Add the people under Settings, People."),
            )
    if not may(role or "", "approve"):
        raise UserError(
            _("{name} may not approve.").format(name=name.strip()), _("Ask an owner or a bookkeeper of the book.")
        )
    return Vouched(name.strip(), needed.kind, needed.amount)


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
