"""Clients and items that may be one: found with their reasons, told apart for good, and shown side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final, Literal

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.duplicates import (
    ClientFace,
    Group,
    ItemFace,
    Pair,
    Reason,
    duplicate_clients,
    duplicate_items,
)
from desktop.i18n import _, number_text
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change

Kind = Literal["clients", "items"]
Report = Callable[[int, int, str], None]

# Pairs of ids, the lower first, that a person told apart.
SETTINGS: Final = {"clients": "duplicates.clients", "items": "duplicates.items"}


@dataclass(frozen=True, slots=True)
class Member:
    """One of a group, with what people know it by; `detail` is the place of a client, unit and price of an item."""

    id: int
    code: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows that may be one, the likeliest to stay first: the one with the most invoices or uses.

    `score` of 100, `reasons` in words, those of the best pair first.
    """

    members: tuple[Member, ...]
    score: int
    reasons: tuple[str, ...]


def find_clients(book: Book, report: Report | None = None) -> list[Duplicates]:
    """Groups of clients that may be one, the likeliest first. `report` hears (done, total, text) and may stop it."""
    with book.reading() as session:
        connection = session.connection()
        faces, members = _clients(connection)
        apart = told_apart(connection, "clients")
    return _told(duplicate_clients(faces, apart, _step(report)), members)


def find_items(book: Book, report: Report | None = None) -> list[Duplicates]:
    """As find_clients."""
    with book.reading() as session:
        connection = session.connection()
        faces, members = _items(connection)
        apart = told_apart(connection, "items")
    return _told(duplicate_items(faces, apart, _step(report)), members)


def tell_apart(book: Book, kind: Kind, ids: Collection[int], *, actor: str) -> None:
    """Remember that these are not one: none of their pairs is suggested again."""
    with change(book, actor, _("Tell {count} apart").format(count=number_text(len(set(ids))))) as made:
        known = told_apart(made.connection, kind) | set(combinations(sorted(set(ids)), 2))
        keep_setting(made, SETTINGS[kind], sorted(known))


def told_apart(connection: Connection, kind: Kind) -> set[tuple[int, int]]:
    """Pairs of ids, the lower first, that a person said are two."""
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (SETTINGS[kind],)).fetchone()
    return {(one, other) for one, other in json.loads(row[0])} if row else set()


def reason_text(reason: Reason) -> str:
    """Why two are thought to be one."""
    words = {
        "tax_id": _("the same tax ID {text}"),
        "iban": _("the same IBAN {text}"),
        "mail": _("the same mailbox {text}"),
        "phone": _("the same phone number"),
        "host": _("mail at {text}"),
        "name": _("names {share} % alike") if reason.share < 100 else _("the same name"),
        "postcode": _("the same postcode"),
        "city": _("the same city"),
        "street": _("the same street"),
        "code": _("codes alike"),
        "unit": _("the same unit"),
        "price": _("the same price"),
        "tax_code": _("the same tax"),
    }
    return words[reason.code].format(text=reason.text, share=reason.share)


def _step(report: Report | None) -> Callable[[int, int], None] | None:
    if report is None:
        return None
    return lambda done, total: report(done, total, _("Comparing"))


def _told(groups: Sequence[Group], members: dict[int, tuple[Member, int]]) -> list[Duplicates]:
    return [
        Duplicates(
            tuple(members[one][0] for one in sorted(group.ids, key=lambda one: (-members[one][1], one))),
            group.score,
            _reasons(group.pairs),
        )
        for group in groups
    ]


def _reasons(pairs: Sequence[Pair]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason_text(reason) for pair in pairs for reason in pair.reasons))


def _clients(connection: Connection) -> tuple[list[ClientFace], dict[int, tuple[Member, int]]]:
    contacts: dict[int, list[Any]] = {}
    for client, email, phone in connection.exec_driver_sql("SELECT client_id, email, phone FROM contact"):
        contacts.setdefault(client, []).append((email, phone))
    faces, members = [], {}
    for row in connection.exec_driver_sql(
        """SELECT id, code, name, country, street, postcode, city, tax_id, iban, email, phone, active,
        (SELECT count(*) FROM invoice i WHERE i.client_id = c.id)
        + (SELECT count(*) FROM agreement a WHERE a.client_id = c.id AND a.active)
        FROM client c WHERE merged_into_id IS NULL"""
    ):
        own = contacts.get(row[0], [])
        mails, phones = (row[9], *(mail for mail, _phone in own)), (row[10], *(phone for _mail, phone in own))
        faces.append(ClientFace(row[0], row[2], row[3], row[4], row[5], row[6], row[7], row[8], mails, phones))
        place = ", ".join(part for part in (row[6], row[3]) if part)
        # Who is archived is the one to go, however much was billed.
        members[row[0]] = (Member(row[0], row[1], row[2], place), row[12] if row[11] else -1)
    return faces, members


def _items(connection: Connection) -> tuple[list[ItemFace], dict[int, tuple[Member, int]]]:
    faces, members = [], {}
    for row in connection.exec_driver_sql(
        """SELECT i.id, i.name, i.code, i.unit, i.price, coalesce(i.currency, ''), coalesce(t.code, ''), i.active,
        (SELECT count(*) FROM invoice_line l WHERE l.item_id = i.id)
        + (SELECT count(*) FROM agreement_line l WHERE l.item_id = i.id)
        FROM item i LEFT JOIN tax_code t ON t.id = i.tax_code_id WHERE i.merged_into_id IS NULL"""
    ):
        faces.append(ItemFace(*row[:7]))
        members[row[0]] = (Member(row[0], row[2], row[1], row[3]), row[8] if row[7] else -1)
    return faces, members
