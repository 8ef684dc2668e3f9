"""What a person may choose for a line by hand: open items, or for what went out payments that may come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from desktop.domain.matching.facts import Line
from desktop.domain.money import major_text
from desktop.services.bank.proposing import Proposals

# Nobody reads on further than this; the search narrows it.
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """An open item with its due date, or a payment with its day; minor units."""

    id: int
    name: str
    client_id: int
    client: str
    day: date
    amount: int
    currency: str
    sought: str


def offered(found: Proposals, line_id: int, clients: Mapping[int, str], search: str = "") -> list[Offered]:
    """What fits the search; without one what the clients of the line's readings owe, the oldest first, then what comes
    nearest to its amount. `clients` are names by id.
    """
    line = found.lines.get(line_id)
    if line is None:
        return []
    all_of = list(_past(found, clients) if line.amount < 0 else _open(found, clients))
    words = [word.casefold() for word in search.split()]
    if words:
        return [one for one in all_of if all(word in one.sought for word in words)][:_MOST]
    named = {one.client_id for one in found.of(line_id) if one.client_id is not None}
    named |= {found.items[share.item_id].client_id for one in found.of(line_id) for share in one.shares}
    groups = {one.group for one in found.items.values() if one.client_id in named}
    own = named | {one.client_id for one in found.items.values() if one.group in groups}
    first = [one for one in all_of if one.client_id in own]
    rest = sorted(
        (one for one in all_of if one.client_id not in own), key=lambda one: (_distance(line, one), one.day, one.id)
    )
    return [*first, *rest][:_MOST]


def _distance(line: Line, one: Offered) -> tuple[bool, int]:
    return one.currency != line.currency, abs(abs(line.amount) - one.amount)


def _open(found: Proposals, clients: Mapping[int, str]) -> Iterator[Offered]:
    for one in found.items.values():
        client = clients.get(one.client_id, "")
        sought = " ".join((one.name, client, one.po_number, *one.references, *_written(one.open, one.currency)))
        yield Offered(one.id, one.name, one.client_id, client, one.due, one.open, one.currency, sought.casefold())


def _past(found: Proposals, clients: Mapping[int, str]) -> Iterator[Offered]:
    for one in reversed(list(found.past.values())):
        client = clients.get(one.client_id, "")
        sought = " ".join((one.number, client, *one.references, *_written(one.amount, one.currency)))
        yield Offered(
            one.id, one.number, one.client_id, client, one.paid_on, one.amount, one.currency, sought.casefold()
        )


def _written(minor: int, currency: str) -> tuple[str, str]:
    """An amount as people type it, with a point or a comma."""
    text = major_text(minor, currency)
    return text, text.replace(".", ",")
