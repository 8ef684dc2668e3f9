"""Sends what waits in the outbox by mail: each mail once, whatever ends the program in between.

Mails are taken in one transaction, as many as go in a moment, handed to their servers one by one, and their answers
written in the next one, which takes the mails after them. How far it came stands beside the book meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from datetime import date, datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from db.engine import Book
from db.queries import delivery as queries
from desktop.delivery.mail.server import NotSent, Unclear
from desktop.documents.batch import RenderPool
from desktop.domain.delivery import EMAIL, FAILED, SENT, UNCERTAIN, WAITING
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.delivery.kept import keep_sealed
from desktop.services.delivery.mail.answers import not_sent, taken, unclear
from desktop.services.delivery.mail.claiming import Claimed, Result, claim, refuse, settle, still_waiting
from desktop.services.delivery.mail.composing import Composed, Ready, compose, still_so
from desktop.services.delivery.mail.outgoing import Accounts
from desktop.services.delivery.mail.readying import ready_to_go
from desktop.services.delivery.mail.recovering import recover_sending
from desktop.services.delivery.mail.sent import Post, PostFor, Report, Sent
from desktop.services.delivery.mail.under_way import Marks
from desktop.services.sandbox.refusing import refuse_in_sandbox

# Documents that are made ready at once: few at first, so that the first mail goes soon.
_FIRST: Final = 10
_CHUNK: Final = 100
# Longer than this a limit is not waited for: the next call goes on.
_LONGEST_WAIT: Final = timedelta(seconds=90)
_SECONDS_BETWEEN_LOOKS: Final = 0.2
# Mails that are taken at once, if they go in so short a time: after a power cut each of them asks a person.
_MOST_AT_ONCE: Final = 16
_SECONDS_AT_ONCE: Final = 0.1
_UNTOUCHED: Final = Result(WAITING, None, counted=False)

# Who ends the sending waits so long for the answer to the mail on its way, and as long again for the line to be cut.
_SECONDS_FOR_THE_LAST: Final = 10.0
_SECONDS_FOR_THE_CUT: Final = 5.0

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
    refuse_in_sandbox(book)
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
    """Settle what a dead process left under way; how many documents are uncertain by it. Nothing while a thread of this
    process sends."""
    turn = _turn(book)
    if not turn.acquire(blocking=False):
        return 0
    try:
        return recover_sending(book)
    finally:
        turn.release()


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
        self._report = report
        self._stack = stack
        self._chosen = chosen
        self._left = limit
        self._run = _run_id(book, run) if run else None
        self._queue: deque[list[int]] = deque()
        self._aside: dict[int, deque[int]] = {}
        self._accounts = Accounts(book, post_for)
        # Its own thread talks with the server, so that whoever ends the sending is heard meanwhile.
        self._line = ThreadPoolExecutor(1, "line")
        # Mails that are taken in the book: some while those before them are handed over; and what became of them.
        self._claimed: deque[Claimed] = deque()
        self._going: deque[Claimed] = deque()
        self._on_line: Claimed | None = None
        self._results: list[tuple[Claimed, Result]] = []
        self._talking: Future[None] | None = None
        self._ending = self._given_up = False
        self._at_once = 1
        self._settling = threading.RLock()
        self._telling = threading.Lock()
        self._sent = self._messages = self._done = self._total = 0

    def all(self, *, by_itself: bool) -> Sent:
        book = self._book
        recover_sending(book)
        self._queue.extend(ready_to_go(book, run_id=self._run, ids=self._chosen))
        self._total = sum(map(len, self._queue))
        with book.reading() as session:
            connection = session.connection()
            (self._uid,) = connection.exec_driver_sql("SELECT uid FROM book").one()
            if by_itself:
                self._accounts.spare(connection)
        self._marks = self._stack.enter_context(Marks(book.path))
        try:
            self._stack.callback(self._line.shutdown, wait=False)
            self._stack.callback(self._accounts.close)
            with ThreadPoolExecutor(1, "mails") as ahead:
                try:
                    self._run_through(ahead)
                except BaseException:
                    self._wind_up()
                    raise
                finally:
                    ahead.shutdown(wait=True, cancel_futures=True)
        finally:
            self._take_back()
            self._marks.remove()
        return self._told()

    def _run_through(self, ahead: ThreadPoolExecutor) -> None:
        coming = self._next(ahead, _FIRST)
        while coming is not None:
            composed = self._wait_for(coming)
            following = self._next(ahead, _CHUNK)
            self._take(composed)
            waiting = deque(composed.ready)
            while waiting:
                if self._left is not None or self._at_once == 1 or not self._accounts.unlimited():
                    # What may go next depends on what went.
                    self._join()
                if self._left == 0:
                    return
                self._send(self._next_few(waiting))
            if not following:
                self._join()
            coming = following or self._next(ahead, _CHUNK) or self._after_a_pause(ahead)

    def _wait_for(self, coming: Future[Composed]) -> Composed:
        while not wait([coming], _SECONDS_BETWEEN_LOOKS).done:
            # What is known of the last mails is not kept waiting with it.
            self._take_back()
            self._tell()
        return coming.result()

    def _next(self, ahead: ThreadPoolExecutor, most: int) -> Future[Composed] | None:
        """Have the next documents made ready; None where none can go now."""
        ids: list[int] = []
        for account, waiting in self._aside.items():
            if self._accounts.room(account) != 0:
                while waiting and len(ids) < most:
                    ids.append(waiting.popleft())
        while self._queue and len(ids) < most:
            ids += self._queue.popleft()
        if not ids:
            return None
        today = self._today()
        return ahead.submit(
            compose, self._book, ids, today=today, room=self._accounts.room, pool=self.pool, book_uid=self._uid
        )

    def _after_a_pause(self, ahead: ThreadPoolExecutor) -> Future[Composed] | None:
        """Wait until an account may send again, unless that is long."""
        accounts = self._accounts
        waiting = [key for key, ids in self._aside.items() if ids and key not in accounts.problems]
        if not waiting:
            return None
        until = min(accounts.free_at(account) for account in waiting)
        if until - self._now() > _LONGEST_WAIT:
            for account in waiting:
                accounts.full(account)
            return None
        # The answers of the last mails are not kept waiting with the others.
        self._take_back()
        pause = threading.Event()
        while (left := (until - self._now()).total_seconds()) > 0:
            self._tell(_("Waiting: this account may send only so many messages a minute"))
            pause.wait(min(left, _SECONDS_BETWEEN_LOOKS))
        return self._next(ahead, _CHUNK)

    def _take(self, composed: Composed) -> None:
        """Write down what cannot go, and put aside what has to wait."""
        for account, ids in composed.aside:
            self._aside.setdefault(account, deque()).extend(ids)
        if composed.homeless:
            self._accounts.homeless()
        if composed.refused:
            with self._book.writing() as session:
                for ids, why in composed.refused:
                    refuse(session.connection(), ids, why, now=self._book.now, actor=self._actor)

    def _next_few(self, waiting: deque[Ready]) -> list[Ready]:
        """The mails to take at once: those that may go now."""
        few: list[Ready] = []
        most = self._at_once if self._left is None else min(self._at_once, self._left)
        rooms: dict[int, int | None] = {}
        while waiting and len(few) < most:
            ready = waiting.popleft()
            account = ready.letter.account_id
            if self._accounts.opened(account) is None:
                continue
            room = rooms[account] if account in rooms else self._accounts.room(account)
            if room == 0:
                self._aside.setdefault(account, deque()).extend(ready.letter.delivery_ids)
                continue
            rooms[account] = None if room is None else room - 1
            few.append(ready)
        return few

    def _send(self, few: list[Ready]) -> None:
        self._tell()
        if few:
            self._claim(few)
        self._join()
        if self._claimed:
            self._going, self._claimed = self._claimed, deque()
            self._talking = self._line.submit(self._talk)

    def _talk(self) -> None:
        """Hand over what is taken, one mail after the other, in the thread of the line."""
        started, count = time.monotonic(), 0
        # Another thread may take back the last one in between.
        with suppress(IndexError):
            while self._going and not self._ending:
                if count:
                    self._tell()
                self._send_one(self._going.popleft())
                count += 1
        # Nobody decides about what is taken: on a slow line that is one mail, on a fast one some.
        pace = (time.monotonic() - started) / max(1, count)
        self._at_once = max(1, min(_MOST_AT_ONCE, int(_SECONDS_AT_ONCE / pace))) if self._marks.trusted else 1

    def _join(self) -> None:
        """Wait until what is taken is handed over. On a line that turns out slow only the mail on it stays taken."""
        while (talking := self._talking) is not None:
            if wait([talking], _SECONDS_BETWEEN_LOOKS).done:
                self._talking = None
                talking.result()
            else:
                self._take_back()
                self._tell()

    def _wind_up(self) -> None:
        """Begin no other mail, and wait for the answer to the one on the line, but not without end."""
        self._ending = True
        if (talking := self._talking) is None or wait([talking], _SECONDS_FOR_THE_LAST).done:
            return
        if (claimed := self._on_line) is not None:
            self._accounts.cut(claimed.letter.account_id)
            if not wait([talking], _SECONDS_FOR_THE_CUT).done:
                # Whatever its thread finds out after this comes too late.
                self._given_up = True
                self._results.append((claimed, unclear()))

    def _send_one(self, claimed: Claimed) -> None:
        account = claimed.letter.account_id
        post = self._accounts.opened(account)
        if post is None:
            self._results.append((claimed, _UNTOUCHED))
            return
        self._done += len(claimed.letter.delivery_ids)
        self._left = None if self._left is None else self._left - 1
        self._accounts.count(account)
        self._on_line = claimed
        result, fault = self._hand_over(post, claimed)
        self._on_line = None
        if self._given_up:
            return
        self._results.append((claimed, result))
        self._accounts.answered(account, clear=result.state != UNCERTAIN, fault=fault)
        if result.state == SENT:
            self._marks.taken(claimed.mail.message_id, result.code, str(result.answer.figures.get("text", "")))
        else:
            # No mark holds it.
            self._settle_known()

    def _claim(self, few: list[Ready]) -> None:
        """Write the answers of the mails before and take these, in one transaction."""
        with self._settling:
            known = list(self._results)
            with self._book.writing() as session:
                connection = session.connection()
                now = self._book.now
                states = self._settle(connection, known, now)
                still = [ready for ready in few if still_so(connection, ready, today=self._today())]
                claimed = claim(connection, [ready.letter for ready in still], now=now)
                taken_ids = {one.letter.delivery_ids for one in claimed}
                going = [ready for ready in still if ready.letter.delivery_ids in taken_ids]
                files = [file for ready in going for file in ready.kept]
                keep_sealed(connection, files, actor=self._actor, now=now)
                self._marks.claimed([one.mail.message_id for one in claimed])
                # What reads otherwise by now is made anew; of a mail that lost a document the rest goes without it.
                left = [ready.letter.delivery_ids for ready in few if ready.letter.delivery_ids not in taken_ids]
                waiting = still_waiting(connection, [key for ids in left for key in ids]) if left else {}
                again = [own for ids in left if (own := [key for key in ids if key in waiting])]
            self._settled(known, states)
        self._claimed.extend(claimed)
        self._queue.extend(again)

    def _hand_over(self, post: Post, claimed: Claimed) -> tuple[Result, UserError | NotSent | None]:
        """What became of the mail, and what is wrong with the account, if anything is."""
        try:
            self._marks.begun(claimed.mail.message_id)
        except BaseException:
            self._going.appendleft(claimed)
            raise
        try:
            return taken(post.send(claimed.mail)), None
        except NotSent as error:
            return not_sent(error), error if error.account else None
        except Unclear:
            return unclear(), None
        except UserError as error:
            return _UNTOUCHED, error
        except BaseException:
            # Nobody knows how far it came.
            self._results.append((claimed, unclear()))
            raise

    def _settle(self, connection: Connection, known: list[tuple[Claimed, Result]], now: str) -> list[str]:
        results = [(claimed.attempt, result) for claimed, result in known]
        return settle(connection, results, now=now, actor=self._actor)

    def _settled(self, known: list[tuple[Claimed, Result]], states: list[str]) -> None:
        """Once they stand in the book."""
        for (claimed, _result), state in zip(known, states, strict=True):
            if state == SENT:
                self._sent += len(claimed.letter.delivery_ids)
                self._messages += 1
        del self._results[: len(known)]

    def _settle_known(self) -> None:
        with self._settling:
            if known := list(self._results):
                with self._book.writing() as session:
                    states = self._settle(session.connection(), known, self._book.now)
                self._settled(known, states)

    def _take_back(self) -> None:
        """Write the answers, and let what was not begun wait for another turn."""
        back: list[Claimed] = []
        for taken_ones in (self._going, self._claimed):
            with suppress(IndexError):
                while True:
                    back.append(taken_ones.popleft())
        self._results.extend((one, _UNTOUCHED) for one in back)
        self._settle_known()
        self._queue.extendleft(list(one.letter.delivery_ids) for one in reversed(back))

    def _tell(self, text: str = "") -> None:
        with self._telling:
            self._report(self._done, self._total, text or _("Sending"))

    def _now(self) -> datetime:
        return self._book.clock()

    def _today(self) -> date:
        return self._now().astimezone().date()

    def _told(self) -> Sent:
        with self._book.writing() as session:
            self._accounts.resume(session.connection())
        with self._book.reading() as session:
            connection = session.connection()
            standing = queries.counts(connection, self._run, self._chosen)
            following = queries.next_due(connection)
        later = [following, *(one.until for one in self._accounts.problems.values())]
        return Sent(
            self._sent,
            standing.get((EMAIL, FAILED), 0),
            standing.get((EMAIL, WAITING), 0),
            standing.get((EMAIL, UNCERTAIN), 0),
            self._messages,
            tuple(self._accounts.problems.values()),
            min(filter(None, later), default=""),
        )


def _run_id(book: Book, number: str) -> int:
    with book.reading() as session:
        found = queries.run_id(session.connection(), number)
    if found is None:
        raise UserError(_("There is no run {run} in this book.").format(run=number), _("See the list of runs."))
    return found
