"""The texts that a template says in its own words, with fields that are filled in from the document."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from desktop.documents.flow import Flow
from desktop.domain.template import TEXT_PLACES, Layout

_FIELD = re.compile(r"\{([^{}]*)\}")
# Those that are the same on every document of a seller.
_SHARED = "firm."


def _plain(name: str) -> Callable[[Flow], str]:
    return lambda flow: str(getattr(flow.document, name, "") or "")


def _money(name: str) -> Callable[[Flow], str]:
    def found(flow: Flow) -> str:
        minor: Any = getattr(flow.document, name, None)
        return "" if minor is None else flow.writer.money(minor)

    return found


def _period(flow: Flow) -> str:
    start, end = flow.document.period_start, flow.document.period_end
    return flow.writer.span(start, end) if start and end else ""


def _due(flow: Flow) -> str:
    return flow.writer.day(flow.document.due_date) if flow.document.due_date else ""


def _of(party: str, name: str) -> Callable[[Flow], str]:
    return lambda flow: str(getattr(getattr(flow.document, party), name))


_VALUES: Mapping[str, Callable[[Flow], str]] = {
    "number": lambda flow: flow.document.number or (flow.words.draft if flow.draft else ""),
    "title": lambda flow: flow.title,
    "date": lambda flow: flow.writer.day(flow.document.issue_date),
    "due_date": _due,
    "period": _period,
    "amount": _money("payable"),
    "net": _money("net"),
    "tax": _money("tax"),
    "gross": _money("gross"),
    "currency": _plain("currency"),
    "po_number": _plain("po_number"),
    "reference": _plain("buyer_reference"),
    "agreement": _plain("agreement"),
    "project": _plain("project"),
    "corrects": _plain("corrects"),
    "level": _plain("level"),
    "client.country": lambda flow: flow.writer.country(flow.document.buyer.country),
    **{f"client.{name}": _of("buyer", name) for name in ("name", "contact", "code", "city", "tax_id")},
    **{
        f"firm.{name}": _of("seller", name)
        for name in ("name", "contact", "email", "phone", "website", "city", "tax_id")
    },
}


class Text:
    """A text cut at its fields once, because it is said on every document. `own` is whether it says something that
    differs from document to document of a seller."""

    __slots__ = ("_pieces", "own")

    def __init__(self, text: str) -> None:
        pieces = _FIELD.split(text)
        names = pieces[1::2]
        self.own = any(not name.startswith(_SHARED) for name in names)
        self._pieces: list[str | Callable[[Flow], str]] = [
            _VALUES.get(piece, _braced(piece)) if at % 2 else piece for at, piece in enumerate(pieces)
        ]

    def said(self, flow: Flow) -> str:
        return "".join([piece if isinstance(piece, str) else piece(flow) for piece in self._pieces])


def _braced(name: str) -> Callable[[Flow], str]:
    return lambda _flow: "{" + name + "}"


def texts_of(layout: Layout, kind: str, language: str) -> dict[str, Text]:
    """The template's own texts for documents of a kind, by the place where they stand."""
    found = ((place, layout.text(place, kind, language)) for place in TEXT_PLACES)
    return {place: Text(text) for place, text in found if text}
