"""Who gets a mail: the contacts of a client that want such mails, and the addresses that a person typed for one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from db.queries import mails as queries
from db.queries.rows import ids_text
from desktop.domain.mail_text import one_line
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.field_checks import is_email

PLACES: Final = ("to", "cc", "bcc")
REMINDING: Final = frozenset({"reminder", "notice", "statement", "payment_plan"})
"""The kinds of mail that go to whoever gets reminders, where somebody does."""
_BETWEEN: Final = re.compile(r"[,;\s]+")
# What a person may write before the addresses that get a copy: “a@b.c; cc: d@e.f”.
_PLACE: Final = re.compile(r"\b(to|cc|bcc)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recipients:
    """The bare addresses of one mail; `name` is the person whom it greets, empty where nobody is known."""

    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    name: str = ""

    def text(self) -> str:
        """As a person may write and change it; `typed_recipients` reads it."""
        said = ", ".join(self.to)
        for place, addresses in (("cc", self.cc), ("bcc", self.bcc)):
            if addresses:
                said += f"; {place}: " + ", ".join(addresses)
        return said


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """What mails have to know of a client; `withheld` is whether it keeps tax back for the state."""

    id: int
    code: str
    name: str
    contact: str
    email: str
    together: bool | None
    language: str
    withheld: bool


def client_facts(connection: Connection, client_ids: Collection[int]) -> dict[int, ClientFacts]:
    return {
        key: ClientFacts(
            key, code, name, contact, email, None if together is None else bool(together), language, rate > 0
        )
        for key, code, name, contact, email, together, language, rate in queries.clients(
            connection, ids_text(client_ids)
        )
    }


class AddressBook:
    """The contacts of some clients, asked for at once."""

    def __init__(self, connection: Connection, clients: dict[int, ClientFacts]) -> None:
        self._clients = clients
        self._contacts: dict[int, list[tuple[str, str, bool, bool, str]]] = defaultdict(list)
        for client, *contact in queries.contacts(connection, ids_text(clients)):
            self._contacts[client].append(tuple(contact))
        self._found: dict[tuple[int, bool], Recipients] = {}

    def recipients(self, client_id: int, kind: str) -> Recipients:
        """Who gets mails of a kind. Without anybody the client's own address; without that, nobody."""
        key = (client_id, kind in REMINDING)
        if key not in self._found:
            self._found[key] = self._looked_up(*key)
        return self._found[key]

    def _looked_up(self, client_id: int, reminding: bool) -> Recipients:
        client, contacts = self._clients[client_id], self._contacts.get(client_id, [])
        chosen = [one for one in contacts if one[3]] if reminding else []
        chosen = chosen or [one for one in contacts if one[2]]
        by_place: dict[str, list[str]] = defaultdict(list)
        for _name, email, _invoices, _reminders, place in chosen:
            by_place[place] += split(email)
        first = next((one[0] for one in chosen if one[4] == "to" and one[0]), client.contact)
        to = by_place["to"] or split(client.email)
        if not to:
            # A mail to nobody but in copy is none: whoever is known gets it openly.
            to, by_place["cc"] = by_place["cc"], []
        return named(to, by_place["cc"], by_place["bcc"], one_line(first))


def named(to: Iterable[str], cc: Iterable[str], bcc: Iterable[str], name: str = "") -> Recipients:
    """Each address once, in the first place that it has."""
    known: set[str] = set()
    places: list[tuple[str, ...]] = []
    for addresses in (to, cc, bcc):
        fresh = []
        for address in addresses:
            if address.casefold() not in known:
                known.add(address.casefold())
                fresh.append(address)
        places.append(tuple(fresh))
    return Recipients(places[0], places[1], places[2], name)


def split(text: str) -> list[str]:
    """The addresses in a text, apart by commas, semicolons or blanks."""
    return [one for one in _BETWEEN.split(text) if one]


def typed_recipients(text: str, name: str = "") -> Recipients:
    """What a person typed: addresses apart by commas, copies behind “cc:” and “bcc:”."""
    pieces = _PLACE.split(text)
    found: dict[str, list[str]] = {place: [] for place in PLACES}
    found["to"] += split(pieces[0])
    for place, addresses in zip(pieces[1::2], pieces[2::2], strict=True):
        found[place.lower()] += split(addresses)
    return named(found["to"], found["cc"], found["bcc"], name)


def checked_recipients(text: str) -> Recipients:
    """As `typed_recipients`. UserError where an address is none, and where nobody is named."""
    typed = typed_recipients(text)
    check_addresses((*typed.to, *typed.cc, *typed.bcc))
    if not typed.to:
        raise UserError(_("A mail needs somebody to go to."), _("Write at least one address."))
    return typed


def check_addresses(addresses: Sequence[str]) -> None:
    for address in addresses:
        if not is_email(address):
            raise UserError(
                _("“{text}” is not an e-mail address.").format(text=address),
                _("Write it like name@example.com, several apart by commas."),
            )
