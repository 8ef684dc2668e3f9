"""Signs by which a payer is known again: learned from a line once, forgotten when they mislead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import Connection

from db.engine import Book
from db.queries.families import head_of
from db.schema import LearnedPayer
from desktop.domain.references import bare_iban
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.change_sets import Change
from desktop.services.changes import change

Kind = Literal["account", "name", "text"]
KINDS: Final[tuple[Kind, ...]] = ("account", "name", "text")
# A shorter text stands in too many lines to tell whose they are.
_LEAST: Final = 4


@dataclass(frozen=True, slots=True)
class Sign:
    """What of a line tells its payer: an account, a name, or words that stand in its text."""

    kind: Kind
    value: str
    client_id: int


@dataclass(frozen=True, slots=True)
class Learned:
    """A sign in the list, with the client that it tells; `at` is UTC text."""

    id: int
    kind: Kind
    value: str
    client_id: int
    client: str
    client_name: str
    at: str
    actor: str


def signs(book: Book, line_id: int, client_id: int) -> tuple[Sign, ...]:
    """What can be learned from a line for a client, account first; nothing that is known for it already."""
    with book.reading() as session:
        connection = session.connection()
        row = connection.exec_driver_sql(
            "SELECT party_account, party FROM bank_line WHERE id = ?", (line_id,)
        ).fetchone()
        head = head_of(connection, client_id)
        found = [] if row is None else [Sign("account", row[0], head), Sign("name", row[1], head)]
        return tuple(
            sign for sign in map(_compared, found) if len(sign.value) >= _LEAST and not _is_known(connection, sign)
        )


def learned(book: Book) -> list[Learned]:
    """All that was learned, by client."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT p.id, p.kind, p.value, c.id, c.code, c.name, p.at, p.actor FROM learned_payer p
            JOIN client k ON k.id = p.client_id JOIN client c ON c.id = coalesce(k.merged_into_id, k.id)
            ORDER BY c.name, c.id, p.kind, p.value"""
        )
        return [Learned(*row) for row in rows]


def learn(book: Book, found: Iterable[Sign], *, actor: str) -> int:
    """Keep signs; how many are new. UserError for one too short to tell anybody apart."""
    with change(book, actor, "") as made:
        count = keep_signs(made, found)
        said = ngettext("Learn {count} sign of a payer", "Learn {count} signs of payers", count)
        made.summary = said.format(count=number_text(count))
    return count


def keep_signs(made: Change, found: Iterable[Sign]) -> int:
    """As `learn`, within the caller's change."""
    count = 0
    for sign in map(_compared, found):
        if len(sign.value) < _LEAST:
            raise UserError(
                _("“{text}” is too short to know a payer by.").format(text=sign.value),
                _("Take more of the name or of the text."),
            )
        if not _is_known(made.connection, sign):
            made.insert(
                LearnedPayer,
                kind=sign.kind,
                value=sign.value,
                client_id=sign.client_id,
                at=made.at,
                actor=made.actor,
            )
            count += 1
    return count


def forget(book: Book, learned_id: int, *, actor: str) -> None:
    """UserError where it is forgotten already."""
    with change(book, actor, _("Forget a sign of a payer")) as made:
        if made.session.get(LearnedPayer, learned_id) is None:
            raise UserError(_("This sign is forgotten already."), _("Reload the list."))
        made.delete(LearnedPayer, learned_id)


def sign_kind(text: str) -> Kind:
    """UserError for a word that is none."""
    if text not in KINDS:
        raise UserError(
            _("“{text}” is no sign of a payer.").format(text=text),
            _("There are: {list}.").format(list=", ".join(KINDS)),
        )
    return text


def _compared(sign: Sign) -> Sign:
    """As it is kept: an account without spaces, words in small letters with single spaces."""
    value = bare_iban(sign.value) if sign.kind == "account" else " ".join(sign.value.split()).casefold()
    return Sign(sign.kind, value, sign.client_id)


def _is_known(connection: Connection, sign: Sign) -> bool:
    row = connection.exec_driver_sql(
        "SELECT 1 FROM learned_payer WHERE kind = ? AND value = ? AND client_id = ?",
        (sign.kind, sign.value, sign.client_id),
    ).fetchone()
    return row is not None
