"""What the form of a billable lets a person choose from, read by a worker before it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from db.engine import Book
from desktop.i18n import _
from desktop.services.billables import one_off, time_entry
from desktop.services.catalogue import items
from desktop.services.clients import client
from desktop.services.lists.agreements import AgreementList
from desktop.services.lists.billables import Kind, source
from desktop.services.lists.clients import ClientList
from desktop.services.people import people
from desktop.ui.editors import Choice

# Work of an ended agreement may be written down after its end; one that is switched off bills nothing.
_STATES = frozenset({"active", "trial", "paused", "not_started", "ended"})


class Owner(NamedTuple):
    """A client or an agreement as a form offers it. An agreement that has ended is not `running`."""

    id: int
    text: str
    currency: str
    running: bool = True


@dataclass(frozen=True)
class Around:
    """`record` is None for what is new; `agreements` are those of its client."""

    kind: Kind
    record: Mapping[str, Any] | None
    clients: Sequence[Owner]
    agreements: Sequence[Owner]
    items: Sequence[Choice]
    people: Sequence[str]


def around(book: Book, today: date, kind: Kind, row_id: int | None) -> Around:
    """Raises UserError where the row is gone."""
    found: Mapping[str, Any] | None = None
    if row_id is not None:
        _kind, own_id = source(row_id)
        found = time_entry(book, own_id) if kind == "time" else one_off(book, own_id)
    clients = _clients(book, today)
    if found is not None and all(one.id != found["client_id"] for one in clients):
        # What an archived client owes may still be put right.
        archived = client(book, found["client_id"])
        clients.append(Owner(archived["id"], f"{archived['name']} · {archived['code']}", archived["currency"]))
    own_item = found["item_id"] if found else None
    return Around(
        kind,
        found,
        clients,
        agreements_of(book, today, found["client_id"], found["agreement_id"]) if found else (),
        [
            (one["id"], f"{one['name']} · {one['code']}")
            for one in items(book, archived=True)
            if one["active"] or one["id"] == own_item
        ],
        [str(one["name"]) for one in people(book)],
    )


def agreements_of(book: Book, today: date, client_id: int, own: int | None = None) -> list[Owner]:
    """A client's agreements, those that run first; `own` is among them even where it is switched off."""
    listing = AgreementList(book, today)
    ids = list(listing.ids("", _STATES | {f"client:{client_id}"}, "", False))
    rows = listing.rows(ids if own is None or own in ids else [*ids, own])
    owners = [
        Owner(key, _agreement_text(row), str(row["currency"]), row["state"] not in ("ended", "inactive"))
        for key, row in rows.items()
    ]
    return sorted(owners, key=lambda one: (not one.running, one.text.casefold()))


def _clients(book: Book, today: date) -> list[Owner]:
    listing = ClientList(book, today)
    ids = listing.ids("", frozenset(), "", False)
    rows = listing.rows(ids)
    return [Owner(key, f"{rows[key]['name']} · {rows[key]['code']}", str(rows[key]["currency"])) for key in ids]


def _agreement_text(row: Mapping[str, object]) -> str:
    text = f"{row['code']} · {row['title']}"
    if row["state"] == "ended":
        return _("{agreement} (ended)").format(agreement=text)
    return _("{agreement} (switched off)").format(agreement=text) if row["state"] == "inactive" else text
