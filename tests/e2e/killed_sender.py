"""Kills senders of mail at many points, sends on, and compares the outbox with what the server took.

python -m tests.e2e.killed_sender BOOK FOLDER SEED COUNT prints one JSON object. The server is a process of its
own that notes each message before it answers.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from db.book_files import open_book
from db.engine import Book
from db.schema import MailAccount
from desktop.delivery.mail.line import Line
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.delivery.deciding import settle_uncertain
from desktop.services.delivery.mail import sending
from desktop.services.delivery.mail.accounts import post_for
from desktop.services.delivery.mail.sent import Sent
from tests.contracts import ANNE, rows
from tests.e2e.killing import Step, killed, traced
from tests.servers.sink import Sink, sink

# Two documents are rendered in the process itself, which starts no others that would outlive it.
vars(sending).update(_FIRST=2, _CHUNK=2)


def go(book: Book) -> Sent:
    return sending.send(book, actor=ANNE, post_for=post_for(book), report=lambda _done, _total, _text: None)


def watched(step: Callable[[], None]) -> None:
    """From now on tell each thing that is said to the server and heard from it, before and after it."""
    say, hear = Line.say, Line._line

    def told_say(self: Line, data: bytes, seconds: float) -> None:
        step()
        say(self, data, seconds)
        step()

    def told_hear(self: Line, until: float) -> bytes:
        heard = hear(self, until)
        step()
        return heard

    Line.say, Line._line = told_say, told_hear  # type: ignore[method-assign]


def opened(path: Path, step: Step) -> Book:
    """The book, with each statement and each word to the server and from it told as a step."""
    book = open_book(path, driver=traced(step))
    watched(lambda: step(""))
    return book


def killed_at(path: Path, at: int, seconds: float | None = None) -> bool:
    """Send until a step, or for so many seconds; whether it was killed before its end."""
    return killed(lambda step: opened(path, step), go, at, seconds)


def undisturbed(path: Path) -> tuple[int, float]:
    """(steps of a sending, its seconds), of a child that is as warm as the victims."""
    counting, told = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if not child:
        steps = 0

        def step(_what: str) -> None:
            nonlocal steps
            steps += 1

        with opened(path, step) as book:
            steps = 0
            go(book)
        os.write(told, str(steps).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return int(os.read(counting, 100)), time.perf_counter() - started


def states(book: Book) -> dict[str, str]:
    """Where each document stands, by its number."""
    return dict(rows(book, "SELECT title, state FROM delivery WHERE current = 1"))


def _documents(book: Book, lines: list[str]) -> Counter[str]:
    """How often the server took each document, by the mails that the book knows."""
    mails = {
        message: [one for (one,) in rows(book, "SELECT title FROM delivery WHERE mailing_id = ?", key)]
        for key, message in rows(book, "SELECT id, message_id FROM mailing")
    }
    found: Counter[str] = Counter()
    for line in lines:
        found.update(mails.get(line.split(" ")[0], [f"unknown {line}"]))
    return found


def looked_at(book: Book, server: Sink, since: int, wrong: list[str], where: str) -> Counter[str]:
    """Go on after a kill; what the books and the server do not agree about goes to `wrong`."""
    sending.recover(book)
    stand = states(book)
    for title in _documents(book, server.lines()[since:]):
        if stand.get(title) not in ("sent", "uncertain"):
            wrong.append(f"{where}: {title} was taken and is {stand.get(title)}")
    done = go(book)
    stand = states(book)
    taken = _documents(book, server.lines()[since:])
    wrong += [f"{where}: {document} was taken {count} times" for document, count in taken.items() if count > 1]
    wrong += [f"{where}: {title} is {state}" for title, state in stand.items() if state not in ("sent", "uncertain")]
    wrong += [
        f"{where}: {title} was not taken" for title, state in stand.items() if state == "sent" and not taken[title]
    ]
    if done.waiting or done.failed:
        wrong.append(f"{where}: {done}")
    wrong += [f"{where}: {problem}" for problem in check(book).problems]
    return Counter(stand.values())


def settled(book: Book, server: Sink, since: int, wrong: list[str], where: str) -> None:
    """A person looks into the server's log and says of each uncertain one whether it arrived; then all is whole."""
    taken = _documents(book, server.lines()[since:])
    for key, title in rows(book, "SELECT id, title FROM delivery WHERE state = 'uncertain'"):
        # One mail may hold several: the first one speaks for all.
        if states(book)[title] == "uncertain":
            settle_uncertain(book, [key], bool(taken[title]), actor=ANNE)
    go(book)
    taken = _documents(book, server.lines()[since:])
    wrong += [f"{where}: {title} ends {state}" for title, state in states(book).items() if state != "sent"]
    wrong += [f"{where}: {title} was taken {taken[title]} times" for title in states(book) if taken[title] != 1]
    wrong += [f"{where}: {problem}" for problem in check(book).problems]


def main() -> None:
    source, folder, seed, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    chance = random.Random(seed)
    wrong: list[str] = []
    ends: Counter[str] = Counter()
    kills = 0
    with sink(folder / "taken") as server:
        with open_book(source) as book, change(book, ANNE, "Move the server") as made:
            made.update(MailAccount, 1, port=server.port)
        with open_book(Path(shutil.copyfile(source, folder / "warm.sheaf"))) as book:
            go(book)
        steps, took = undisturbed(Path(shutil.copyfile(source, folder / "undisturbed.sheaf")))
        for k in range(count):
            path = Path(shutil.copyfile(source, folder / f"victim-{k}.sheaf"))
            since = len(server.lines())
            # Every fifth by the clock, the others step by step through the whole; every fourth is killed once more.
            at = 0 if k % 5 == 0 else 1 + k * steps // count
            kills += killed_at(path, at, chance.random() * took if not at else None)
            if k % 4 == 0:
                kills += killed_at(path, chance.randint(1, steps))
            with open_book(path) as book:
                where = f"step {at} of {steps}"
                ends += looked_at(book, server, since, wrong, where)
                settled(book, server, since, wrong, where)
            path.unlink()
    print(json.dumps(_told(kills, steps, ends, wrong)))


def _told(kills: int, steps: int, ends: Counter[str], wrong: list[str]) -> dict[str, Any]:
    return {"kills": kills, "steps": steps, "ends": ends, "wrong": wrong}


if __name__ == "__main__":
    main()
