"""Sends what waits in the outbox by mail: each mail once, whatever ends the program in between.

A mail is taken in one transaction, handed to its server, and its answer written in the next one, which takes the
mail after it. Whatever is found half-way later may have arrived or not, and asks a person.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from db.engine import Book
from db.queries import delivery as queries
from desktop.delivery.mail.server import NotSent, Trouble, Unclear
from desktop.documents.batch import RenderPool
from desktop.domain.delivery import EMAIL, FAILED, SENDING, SENT, UNCERTAIN, WAITING
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.delivery.account_faults import problem_of
from desktop.services.delivery.answers import not_sent, taken, unclear
from desktop.services.delivery.claiming import Claimed, Result, claim, interrupted, refuse, settle
from desktop.services.delivery.composing import Composed, Ready, compose, still_so
from desktop.services.delivery.halting import halt, halts, resume
from desktop.services.delivery.kept import keep
from desktop.services.delivery.readying import ready_to_go
from desktop.services.delivery.sent import Post, PostFor, Problem, Report, Sent
from desktop.services.delivery.throttling import Pace, pace_of, utc_text

# Documents that are made ready at once: few at first, so that the first mail goes soon.
_FIRST: Final = 10
_CHUNK: Final = 100
# Longer than this a limit is not waited for: the next call goes on.
_LONGEST_WAIT: Final = timedelta(seconds=90)
_SECONDS_BETWEEN_LOOKS: Final = 0.2
# Mails in a row that no answer came for: the next would fare no better, and each would ask a person.
_UNCLEAR_IN_A_ROW: Final = 2

_guard = threading.Lock()
_turns: WeakKeyDictionary[Book, threading.Lock] = WeakKeyDictionary()


def send(
    book: Book,
    *,
    actor: str,
    post_for: PostFor,
    report: Report,
    pool: RenderPool | None = None,
    run: str = "",
    delivery_ids: Collection[int] = (),
    limit: int | None = None,
    by_itself: bool = False,
) -> Sent:
    """Send the mails that wait: all that are due, those of a run, or these deliveries alone; at most `limit` mails.

    `report(done, total, text)` counts documents; what it raises ends the sending between two mails, and what went
    until then is written. A pool of rendering processes serves nobody else meanwhile; without one this starts its own.
    `by_itself` is a timer's call, which leaves accounts alone that were refused a short while ago. Where another
    thread sends from the same book this waits for its end. UserError for a run that does not exist.
    """
    turn = _turn(book)
    while not turn.acquire(timeout=_SECONDS_BETWEEN_LOOKS):
        report(0, 0, _("Waiting for another sending to end"))
    try:
        with ExitStack() as stack:
            sending = _Sending(book, actor, post_for, report, stack, run=run, chosen=delivery_ids, limit=limit)
            sending.pool = pool or stack.enter_context(RenderPool())
            return sending.all(by_itself=by_itself)
    finally:
        turn.release()


def recover(book: Book) -> int:
    """Let what a dead process left under way be uncertain; how many documents that are. Nothing while a thread of this
    process sends."""
    turn = _turn(book)
    if not turn.acquire(blocking=False):
        return 0
    try:
        return _recover(book)
    finally:
        turn.release()


def _recover(book: Book) -> int:
    with book.reading() as session:
        found = session.connection().exec_driver_sql("SELECT 1 FROM mailing WHERE state = ?", (SENDING,)).fetchone()
    if found is None:
        return 0
    with book.writing() as session:
        return interrupted(session.connection(), now=book.now)


def _turn(book: Book) -> threading.Lock:
    with _guard:
        return _turns.setdefault(book, threading.Lock())


class _Sending:
    """One call of `send`."""

    pool: RenderPool

    def __init__(
        self,
        book: Book,
        actor: str,
        post_for: PostFor,
        report: Report,
        stack: ExitStack,
        *,
        run: str,
        chosen: Collection[int],
        limit: int | None,
    ) -> None:
        self._book = book
        self._actor = actor
        self._post_for = post_for
        self._report = report
        self._stack = stack
        self._chosen = chosen
        self._left = limit
        self._run = _run_id(book, run) if run else None
        self._queue: deque[list[int]] = deque()
        self._aside: dict[int, deque[int]] = {}
        self._paces: dict[int, Pace] = {}
        self._lines: dict[int, ExitStack] = {}
        self._posts: dict[int, Post] = {}
        self._problems: dict[int | None, Problem] = {}
        self._unclear: dict[int, int] = {}
        self._pending: tuple[Claimed, Result] | None = None
        self._sent = self._messages = self._done = self._total = 0

    def all(self, *, by_itself: bool) -> Sent:
        book = self._book
        _recover(book)
        self._queue.extend(ready_to_go(book, run_id=self._run, ids=self._chosen))
        self._total = sum(map(len, self._queue))
        with book.reading() as session:
            connection = session.connection()
            (self._uid,) = connection.exec_driver_sql("SELECT uid FROM book").one()
            if by_itself:
                self._problems |= {key: one for key, one in halts(connection).items() if one.until > book.now}
        try:
            self._stack.callback(self._close_lines)
            with ThreadPoolExecutor(1, "mails") as ahead:
                try:
                    self._run_through(ahead)
                finally:
                    ahead.shutdown(wait=True, cancel_futures=True)
        finally:
            self._flush()
        return self._told()

    def _run_through(self, ahead: ThreadPoolExecutor) -> None:
        coming = self._next(ahead, _FIRST)
        while coming is not None:
            composed = self._wait_for(coming)
            following = self._next(ahead, _CHUNK)
            self._take(composed)
            for ready in composed.ready:
                if self._left == 0:
                    return
                self._send_one(ready)
            coming = following or self._next(ahead, _CHUNK) or self._after_a_pause(ahead)

    def _wait_for(self, coming: Future[Composed]) -> Composed:
        while True:
            try:
                return coming.result(timeout=_SECONDS_BETWEEN_LOOKS)
            except NotYet:
                if coming.done():
                    raise
                self._tell()

    def _next(self, ahead: ThreadPoolExecutor, most: int) -> Future[Composed] | None:
        """Have the next documents made ready; None where none can go now."""
        ids: list[int] = []
        for account, waiting in self._aside.items():
            if account not in self._problems and self._room(account) != 0:
                while waiting and len(ids) < most:
                    ids.append(waiting.popleft())
        while self._queue and len(ids) < most:
            ids += self._queue.popleft()
        if not ids:
            return None
        today = self._today()
        return ahead.submit(compose, self._book, ids, today=today, room=self._room, pool=self.pool, book_uid=self._uid)

    def _after_a_pause(self, ahead: ThreadPoolExecutor) -> Future[Composed] | None:
        """Wait until an account may send again, unless that is long."""
        waiting = [key for key, ids in self._aside.items() if ids and key not in self._problems]
        if not waiting:
            return None
        until = min(self._pace(account).free_at(self._now()) for account in waiting)
        if until - self._now() > _LONGEST_WAIT:
            for account in waiting:
                self._problems[account] = self._full(account)
            return None
        # The answer of the last mail is not kept waiting with the others.
        self._flush()
        pause = threading.Event()
        while (left := (until - self._now()).total_seconds()) > 0:
            self._tell(_("Waiting: this account may send only so many messages a minute"))
            pause.wait(min(left, _SECONDS_BETWEEN_LOOKS))
        return self._next(ahead, _CHUNK)

    def _take(self, composed: Composed) -> None:
        """Write down what cannot go, and put aside what has to wait."""
        for account, ids in composed.aside:
            self._aside.setdefault(account, deque()).extend(ids)
        if composed.homeless and None not in self._problems:
            self._problems[None] = Problem(
                None, _("No e-mail account is set up."), _("Add one in the settings, under e-mail accounts.")
            )
        if composed.refused:
            with self._book.writing() as session:
                for ids, why in composed.refused:
                    refuse(session.connection(), ids, why, now=self._book.now, actor=self._actor)

    def _send_one(self, ready: Ready) -> None:
        account = ready.letter.account_id
        self._tell()
        if account in self._problems:
            return
        if self._pace(account).free_at(self._now()) > self._now():
            self._aside.setdefault(account, deque()).extend(ready.letter.delivery_ids)
            return
        post = self._post(account)
        if post is None:
            return
        claimed = self._claim(ready)
        if claimed is None:
            return
        self._done += len(claimed.delivery_ids)
        self._left = None if self._left is None else self._left - 1
        self._pace(account).count(self._now())
        result, fault = self._hand_over(post, claimed)
        self._pending = claimed, result
        self._unclear[account] = self._unclear.get(account, 0) + 1 if result.state == UNCERTAIN else 0
        if result.state == UNCERTAIN:
            self._hang_up(account)
        if fault is not None or self._unclear[account] >= _UNCLEAR_IN_A_ROW:
            self._halt(account, fault)

    def _claim(self, ready: Ready) -> Claimed | None:
        """Write the answer of the mail before and take this one, in one transaction."""
        with self._book.writing() as session:
            connection = session.connection()
            now = self._book.now
            state = self._settle(connection, now)
            claimed = None
            if still_so(connection, ready, today=self._today()):
                claimed = claim(connection, ready.letter, now=now)
                if claimed is not None:
                    keep(connection, ready.kept, now=now)
            else:
                self._queue.append(list(ready.letter.delivery_ids))
        self._settled(state)
        return claimed

    def _hand_over(self, post: Post, claimed: Claimed) -> tuple[Result, UserError | NotSent | None]:
        """What became of the mail, and what is wrong with the account, if anything is."""
        try:
            return taken(post.send(claimed.mail)), None
        except NotSent as error:
            return not_sent(error), error if error.account else None
        except Unclear:
            return unclear(), None
        except UserError as error:
            return Result(WAITING, None, counted=False), error
        except BaseException:
            # Nobody knows how far it came.
            self._pending = claimed, unclear()
            raise

    def _settle(self, connection: Connection, now: str) -> str:
        """The state of the mail before, which is written now; empty where there is none."""
        if self._pending is None:
            return ""
        return settle(connection, *self._pending, now=now, actor=self._actor)

    def _settled(self, state: str) -> None:
        """Once it stands in the book."""
        if self._pending is not None and state == SENT:
            self._sent += len(self._pending[0].delivery_ids)
            self._messages += 1
        self._pending = None

    def _flush(self) -> None:
        if self._pending:
            with self._book.writing() as session:
                state = self._settle(session.connection(), self._book.now)
            self._settled(state)

    def _post(self, account: int) -> Post | None:
        """The open line of an account; None where it cannot be had, which is told then."""
        if account not in self._posts:
            line = ExitStack()
            try:
                self._posts[account] = line.enter_context(self._post_for(account))
            except (UserError, Trouble) as error:
                self._halt(account, error)
                return None
            self._lines[account] = line
        return self._posts[account]

    def _hang_up(self, account: int) -> None:
        self._posts.pop(account, None)
        if account in self._lines:
            self._lines.pop(account).close()

    def _close_lines(self) -> None:
        for account in list(self._lines):
            self._hang_up(account)

    def _halt(self, account: int, error: UserError | Trouble | None) -> None:
        """Let an account rest; its mails wait, and nothing of it is their fault."""
        self._hang_up(account)
        problem, wants_person = problem_of(self._book, account, error)
        with self._book.writing() as session:
            self._problems[account] = halt(session.connection(), problem, now=self._book.now, wants_person=wants_person)

    def _full(self, account: int) -> Problem:
        with self._book.reading() as session:
            name, _minute, _day = queries.limits(session.connection(), account)
        until = self._pace(account).free_at(self._now())
        return Problem(
            account,
            _("“{account}” has sent all that it may for now.").format(account=name),
            _("The rest goes by itself later; the account's limits stand in the settings."),
            utc_text(until),
        )

    def _pace(self, account: int) -> Pace:
        if account not in self._paces:
            with self._book.reading() as session:
                self._paces[account] = pace_of(session.connection(), account, self._now())
        return self._paces[account]

    def _room(self, account: int) -> int | None:
        return 0 if account in self._problems else self._pace(account).room(self._now())

    def _tell(self, text: str = "") -> None:
        self._report(self._done, self._total, text or _("Sending"))

    def _now(self) -> datetime:
        return self._book.clock()

    def _today(self) -> date:
        return self._now().astimezone().date()

    def _told(self) -> Sent:
        with self._book.writing() as session:
            connection = session.connection()
            resume(connection, [key for key, count in self._unclear.items() if not count and key not in self._problems])
        with self._book.reading() as session:
            connection = session.connection()
            standing = queries.counts(connection, self._run, self._chosen)
            following = queries.next_due(connection)
        later = [following, *(one.until for one in self._problems.values())]
        return Sent(
            self._sent,
            standing.get((EMAIL, FAILED), 0),
            standing.get((EMAIL, WAITING), 0),
            standing.get((EMAIL, UNCERTAIN), 0),
            self._messages,
            tuple(self._problems.values()),
            min(filter(None, later), default=""),
        )


def _run_id(book: Book, number: str) -> int:
    with book.reading() as session:
        found = queries.run_id(session.connection(), number)
    if found is None:
        raise UserError(_("There is no run {run} in this book.").format(run=number), _("See the list of runs."))
    return found
