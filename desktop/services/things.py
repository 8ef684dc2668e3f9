"""Things of the book as one line each, wherever they are looked for: a title and what tells it apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from desktop.i18n import _, date_text, money_text


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing of the book. `kind` is client, agreement, invoice, payment, run, item or view; `rank` as in
    domain.ranking, lower is better. A view's `page` is the place of the window that it belongs to."""

    kind: str
    id: int
    title: str
    detail: str
    rank: int
    page: str = ""

    @property
    def key(self) -> str:
        """Names it for good, such as `client:12`."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Source:
    """How things of one kind are read: a statement, the column of their id, and what is made of a row and a rank."""

    sql: str
    key: str
    make: Callable[[Any, int], Thing]


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _order(number: str) -> str:
    return _("PO {number}").format(number=number) if number else ""


def _client(row: Any, rank: int) -> Thing:
    return Thing("client", row[0], row[1], _joined(row[2], row[3], "" if row[4] else _("archived")), rank)


def _agreement(row: Any, rank: int) -> Thing:
    return Thing("agreement", row[0], row[1] or row[2], _joined(row[2], row[3], _order(row[4])), rank)


def _document(row: Any, rank: int) -> Thing:
    sign = -1 if row[2] == "credit_note" else 1
    day = date_text(date.fromisoformat(row[4]))
    return Thing(
        "invoice", row[0], row[1], _joined(row[3], money_text(sign * row[5], row[6]), day, _order(row[7])), rank
    )


def _payment(row: Any, rank: int) -> Thing:
    day = date_text(date.fromisoformat(row[3]))
    return Thing("payment", row[0], row[1], _joined(row[2], money_text(row[4], row[5]), day, row[6]), rank)


def _run(row: Any, rank: int) -> Thing:
    until = _("Through {day}").format(day=date_text(date.fromisoformat(row[2])))
    return Thing("run", row[0], row[1], until, rank)


def _item(row: Any, rank: int) -> Thing:
    return Thing("item", row[0], row[1], row[2], rank)


def _view(row: Any, rank: int) -> Thing:
    return Thing("view", row[0], row[1], "", rank, row[2])


CLIENTS: Final = Source("SELECT c.id, c.name, c.code, c.city, c.active FROM client c", "c.id", _client)
AGREEMENTS: Final = Source(
    """SELECT a.id, a.title, a.code, c.name, a.po_number, a.active
    FROM agreement a JOIN client c ON c.id = a.client_id""",
    "a.id",
    _agreement,
)
DOCUMENTS: Final = Source(
    """SELECT i.id, i.number, i.kind, c.name, i.issue_date, i.gross, i.currency, i.po_number, i.net
    FROM invoice i JOIN client c ON c.id = i.client_id""",
    "i.id",
    _document,
)
PAYMENTS: Final = Source(
    """SELECT p.id, p.number, c.name, p.paid_on, p.amount, p.currency, p.reference
    FROM payment p JOIN client c ON c.id = p.client_id""",
    "p.id",
    _payment,
)
RUNS: Final = Source("SELECT r.id, r.number, r.through FROM run r", "r.id", _run)
ITEMS: Final = Source("SELECT t.id, t.name, t.code FROM item t", "t.id", _item)
VIEWS: Final = Source("SELECT v.id, v.name, v.page FROM saved_view v", "v.id", _view)

SOURCES: Final = {
    "client": CLIENTS,
    "agreement": AGREEMENTS,
    "invoice": DOCUMENTS,
    "payment": PAYMENTS,
    "run": RUNS,
    "item": ITEMS,
    "view": VIEWS,
}
