"""Whom a request is about: a client with all that was merged into it, or one contact of a client."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.families import family
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.privacy.places import OF_CLIENT, OF_CONTACT, Place

_TELLING: Final = (
    "name",
    "contact",
    "email",
    "phone",
    "iban",
    "tax_id",
    "mandate",
    "account_number",
    "endpoint",
    "legal_id",
)


@dataclass(frozen=True, slots=True)
class Person:
    """`clients` are the ids of the client's family. `marks` are texts that tell of the person wherever they stand."""

    client_id: int
    contact_id: int | None
    called: str
    clients: tuple[int, ...]
    marks: tuple[str, ...]

    @property
    def places(self) -> tuple[Place, ...]:
        return OF_CLIENT if self.contact_id is None else OF_CONTACT

    def values(self, **more: Any) -> dict[str, Any]:
        """What the SQL of places is given."""
        name = self.called if self.contact_id is not None else ""
        return {
            "clients": json.dumps(self.clients),
            "marks": json.dumps(self.marks),
            "contact": self.contact_id,
            "name": name,
            **more,
        }


def person(connection: Connection, client_id: int, contact_id: int | None = None) -> Person:
    """UserError where there is no such client, or no such contact of it."""
    rows = connection.exec_driver_sql(f"SELECT id FROM client WHERE id IN {family(':id')}", {"id": client_id})
    clients = tuple(sorted(int(row[0]) for row in rows))
    if not clients:
        raise UserError(_("The client is not there any more."), _("Reload the list."))
    if contact_id is None:
        called = connection.exec_driver_sql("SELECT name FROM client WHERE id = ?", (client_id,)).scalar_one()
        subjects = _subjects(connection, clients)
    else:
        called = connection.exec_driver_sql(
            "SELECT name FROM contact WHERE id = ? AND client_id IN (SELECT value FROM json_each(?))",
            (contact_id, json.dumps(clients)),
        ).scalar()
        if called is None:
            raise UserError(_("The contact of the client is not there any more."), _("Reload the client."))
        subjects = [("contact", contact_id)]
    return Person(client_id, contact_id, str(called), clients, _marks(connection, subjects))


def _subjects(connection: Connection, clients: Iterable[int]) -> list[tuple[str, int]]:
    """The client's own rows, and those of contacts and addresses that were deleted before."""
    wanted = json.dumps(list(clients))
    found = [("client", key) for key in clients]
    for table in ("contact", "address"):
        rows = connection.exec_driver_sql(
            f"SELECT id FROM {table} WHERE client_id IN (SELECT value FROM json_each(:ids)) UNION"
            f" SELECT e.subject_id FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
            f" WHERE e.subject = '{table}' AND e.action IN ('insert', 'delete')"
            " AND coalesce(p.after, p.before) ->> 'client_id' IN (SELECT value FROM json_each(:ids))",
            {"ids": wanted},
        )
        found += [(table, int(row[0])) for row in rows if row[0] is not None]
    return found


def _marks(connection: Connection, subjects: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """What stands in the rows of the person, and what stood there before by the log."""
    found: set[str] = set()
    for table, key in subjects:
        row = connection.exec_driver_sql(f"SELECT * FROM {table} WHERE id = ?", (key,)).mappings().first()
        _take(found, dict(row) if row else {})
        for before, after in connection.exec_driver_sql(
            "SELECT p.before, p.after FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
            " WHERE e.subject = ? AND e.subject_id = ?",
            (table, key),
        ):
            for text in (before, after):
                told = json.loads(text) if text else {}
                _take(found, told if isinstance(told, dict) else {})
    return tuple(sorted(found, key=lambda text: (-len(text), text)))


def _take(found: set[str], row: dict[str, Any]) -> None:
    for name in _TELLING:
        text = row.get(name)
        if isinstance(text, str) and _tells(text.strip(), name):
            found.add(text.strip())


def _tells(text: str, column: str) -> bool:
    """Whether a text tells of one person alone: a first name or a word of every day would take from others too."""
    if "@" in text or len(re.sub(r"\D", "", text)) >= 5:
        return len(text) >= 5
    if column not in ("name", "contact"):
        return len(text) >= 6
    return len(text) >= 5 and (" " in text or len(text) >= 9)


def subjects_of(connection: Connection, who: Person) -> frozenset[tuple[str, int]]:
    """(table, id) of which every word that the log wrote is about the person."""
    if who.contact_id is not None:
        return frozenset({("contact", who.contact_id)})
    return frozenset(_subjects(connection, who.clients))
