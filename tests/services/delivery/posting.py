"""Documents that wait to be mailed by an account of a server on this computer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from db.engine import Book
from db.schema import MailAccount
from desktop.services.changes import change
from desktop.services.delivery.mail.accounts import post_for
from desktop.services.delivery.mail.sending import send
from desktop.services.delivery.mail.sent import Sent
from tests.contracts import ANNE, Contracts, rows

NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)


class Clock:
    """The book's own time, which a test moves."""

    def __init__(self, book: Book) -> None:
        self.now = NOON
        book.clock = lambda: self.now

    def go_on(self, **span: float) -> None:
        self.now += timedelta(**span)


def account(book: Book, port: int, **changes: Any) -> int:
    given = {
        "uid": f"account-{port}",
        "position": 1,
        "name": "Office",
        "sender": "office@firm.test",
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "auth": "none",
    }
    with change(book, ANNE, "Add an account") as made:
        return made.insert(MailAccount, **given | changes)


def documents(book: Book, count: int, **client: Any) -> list[int]:
    """So many clients with an invoice each, which waits to be mailed to c1@client.test and so on; the deliveries."""
    made = Contracts(book, dict(rows(book, "SELECT code, id FROM item")))
    known = rows(book, "SELECT count(*) FROM client")[0][0]
    for k in range(known + 1, known + count + 1):
        given = {"email": f"c{k}@client.test", "delivery": "email"} | client
        made.agreement(made.client(f"C{k}", **given), f"A{k}", {"unit_price": str(100 + k)})
    made.bill("2026-01-31")
    return [key for (key,) in rows(book, "SELECT id FROM delivery ORDER BY id")][-count:]


def go(book: Book, **more: Any) -> Sent:
    given: dict[str, Any] = {"actor": ANNE, "post_for": post_for(book), "report": unheard}
    return send(book, **given | more)


def unheard(_done: int, _total: int, _text: str) -> None:
    return None


def stopping_after(documents: int) -> Callable[[int, int, str], None]:
    """A report that stops once so many documents went."""

    def report(done: int, _total: int, _text: str) -> None:
        if done >= documents:
            raise KeyboardInterrupt

    return report


def standing(book: Book) -> list[tuple[Any, ...]]:
    """(state, tries, code) of each delivery."""
    return rows(book, "SELECT state, tries, code FROM delivery ORDER BY id")
