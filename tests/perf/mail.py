"""How long 2,000 mails with their PDFs take to a server on this computer, against a bare smtplib loop with one
connection that sends the same messages ready-made to the same server.

Run it from the root of the project: `.venv/bin/python -m tests.perf.mail`. The product renders, writes each mail out,
and keeps each in the book before and after; the server runs in a process of its own and only counts.
"""

from __future__ import annotations

import argparse
import json
import shutil
import smtplib
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from db.book_files import open_book
from db.engine import Book
from db.schema import MailAccount
from desktop.delivery.mail.message import Mail
from desktop.delivery.mail.server import Answer
from desktop.delivery.mail.writing import written
from desktop.documents.batch import RenderPool
from desktop.services.delivery.mail.accounts import post_for
from desktop.services.delivery.mail.sending import send
from desktop.services.runs import Scope, bill
from tests.books import new_book
from tests.perf.run import THROUGH, fill
from tests.servers.sink import sink

MAILS = 2000
REPEATS = 5


@dataclass(frozen=True)
class Ready:
    """A message as a bare loop sends it."""

    sender: str
    people: tuple[str, ...]
    content: bytes


def outbox(folder: Path, count: int) -> Path:
    """A book with so many invoices of eight lines that wait to be mailed."""
    with new_book(folder) as book:
        fill(book, count)
        with book.writing() as session:
            connection = session.connection()
            connection.exec_driver_sql("UPDATE client SET delivery = 'email', email = lower(code) || '@client.test'")
            account = {"uid": "bench", "position": 1, "name": "Office", "sender": "office@firm.test", "auth": "none"}
            connection.execute(insert(MailAccount), [account | {"host": "127.0.0.1", "port": 25, "security": "none"}])
        bill(book, through=THROUGH, issue_date=THROUGH, scope=Scope(), actor="bench", now=book.now)
        return book.path


class _Gatherer:
    def __init__(self) -> None:
        self.ready: list[Ready] = []

    def send(self, mail: Mail) -> Answer:
        self.ready.append(Ready(mail.sender, (*mail.to, *mail.cc, *mail.bcc), written(mail)))
        return Answer(250, "")

    def cut(self) -> None:
        return None


def messages(book: Book, pool: RenderPool) -> list[Ready]:
    """What the product would send, ready-made."""
    gatherer = _Gatherer()

    @contextmanager
    def opened(_account: int) -> Iterator[_Gatherer]:
        yield gatherer

    send(book, actor="bench", post_for=opened, report=_unheard, pool=pool)
    return gatherer.ready


def _unheard(_done: int, _total: int, _text: str) -> None:
    return None


def bare(ready: list[Ready], port: int) -> float:
    """Seconds of the bare loop."""
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for one in ready:
            server.sendmail(one.sender, one.people, one.content)
    return time.perf_counter() - started


def sent(source: Path, folder: Path, port: int, count: int, pool: RenderPool | None) -> float:
    """Seconds of the product, from the outbox to the last answer in the book."""
    path = Path(shutil.copyfile(source, folder / "sent.sheaf"))
    with open_book(path) as book:
        with book.writing() as session:
            session.connection().exec_driver_sql("UPDATE mail_account SET port = ?", (port,))
        started = time.perf_counter()
        done = send(book, actor="bench", post_for=post_for(book), report=_unheard, pool=pool)
        took = time.perf_counter() - started
    if done.messages != count:
        raise SystemExit(f"{done.messages} mails instead of {count}: {done}")
    path.unlink()
    return took


def measure(count: int, repeats: int) -> dict[str, float]:
    """Medians in seconds; floor and product take turns. The ratio is the product's rate to that of the bare loop."""
    with tempfile.TemporaryDirectory() as name, RenderPool() as pool:
        folder = Path(name)
        source = outbox(folder, count)
        copy = Path(shutil.copyfile(source, folder / "ready.sheaf"))
        with open_book(copy) as book:
            ready = messages(book, pool)
        loops, warm = [], []
        for number in range(repeats):
            with sink(folder / f"bare-{number}") as server:
                loops.append(bare(ready, server.port))
                taken = len(server.lines())
            if taken != count:
                raise SystemExit(f"The loop sent {taken} mails instead of {count}.")
            with sink(folder / f"sent-{number}") as server:
                warm.append(sent(source, folder, server.port, count, pool))
                if len(set(server.taken())) != count:
                    raise SystemExit("The server took a mail twice, or one is missing.")
        with sink(folder / "cold") as server:
            cold = sent(source, folder, server.port, count, None)
    floor, own = statistics.median(loops), statistics.median(warm)
    return {
        "bare_s": floor,
        "sent_s": own,
        "sent_with_pool_start_s": cold,
        "mails_per_s": count / own,
        "rate_to_bare": floor / own,
        "kilobytes": sum(len(one.content) for one in ready) / len(ready) / 1024,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=MAILS)
    parser.add_argument("--repeats", type=int, default=REPEATS)
    chosen = parser.parse_args()
    print(json.dumps({key: round(value, 4) for key, value in measure(chosen.count, chosen.repeats).items()}))


if __name__ == "__main__":
    main()
