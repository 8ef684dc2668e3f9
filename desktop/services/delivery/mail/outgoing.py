"""The accounts of one sending: the line of each, how many messages it may send now, and what keeps it from that."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import delivery as queries
from desktop.delivery.mail.server import NotSent, Trouble
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.delivery.mail.account_faults import problem_of
from desktop.services.delivery.mail.halting import halt, halts, resume
from desktop.services.delivery.mail.sent import Post, PostFor, Problem
from desktop.services.delivery.mail.throttling import Pace, pace_of, to_come, utc_text

# Mails in a row that no answer came for: the next would fare no better, and each would ask a person.
_UNCLEAR_IN_A_ROW: Final = 2


class Accounts:
    """Accounts are named by their ids. One with a problem sends nothing more in this sending."""

    def __init__(self, book: Book, post_for: PostFor) -> None:
        self.problems: dict[int | None, Problem] = {}
        self._book = book
        self._post_for = post_for
        self._paces: dict[int, Pace] = {}
        self._lines: dict[int, ExitStack] = {}
        self._posts: dict[int, Post] = {}
        self._unclear: dict[int, int] = {}
        # One thread sees what may go next while another talks with the servers.
        self._guard = threading.RLock()

    def spare(self, connection: Connection) -> None:
        """Leave those alone that were refused a short while ago."""
        self.problems |= {key: one for key, one in halts(connection).items() if to_come(one.until, self._book.now)}

    def opened(self, account: int) -> Post | None:
        """The open line of an account; None where it has a problem, such as that it cannot be opened."""
        with self._guard:
            if account in self.problems:
                return None
            if account not in self._posts:
                line = ExitStack()
                try:
                    self._posts[account] = line.enter_context(self._post_for(account))
                except (UserError, Trouble) as error:
                    self._halt(account, error)
                    return None
                self._lines[account] = line
            return self._posts[account]

    def cut(self, account: int) -> None:
        """From another thread: end its line, whatever that waits for."""
        if (post := self._posts.get(account)) is not None:
            post.cut()

    def close(self) -> None:
        for account in list(self._lines):
            self._hang_up(account)

    def room(self, account: int) -> int | None:
        """How many messages it may send now; None for any number."""
        return 0 if account in self.problems else self._pace(account).room(self._now())

    def unlimited(self) -> bool:
        """Whether those that sent may send any number of messages."""
        return all(pace.room(self._now()) is None for pace in self._paces.values())

    def free_at(self, account: int) -> datetime:
        """When it may send the next one."""
        return self._pace(account).free_at(self._now())

    def count(self, account: int) -> None:
        """One more message goes."""
        self._pace(account).count(self._now())

    def answered(self, account: int, *, clear: bool, fault: UserError | NotSent | None) -> None:
        """Whether its server said what became of a mail, and what is wrong with the account, if anything is."""
        with self._guard:
            self._unclear[account] = 0 if clear else self._unclear.get(account, 0) + 1
            if not clear:
                self._hang_up(account)
            if fault is not None or self._unclear[account] >= _UNCLEAR_IN_A_ROW:
                self._halt(account, fault)

    def full(self, account: int) -> None:
        """It has sent all that it may for now."""
        with self._book.reading() as session:
            name, _minute, _day = queries.limits(session.connection(), account)
        self.problems[account] = Problem(
            account,
            _("“{account}” has sent all that it may for now.").format(account=name),
            _("The rest goes by itself later; the account's limits stand in the settings."),
            utc_text(self.free_at(account)),
        )

    def homeless(self) -> None:
        """There is a mail that no account could send."""
        self.problems[None] = Problem(
            None, _("No e-mail account is set up."), _("Add one in the settings, under e-mail accounts.")
        )

    def resume(self, connection: Connection) -> None:
        """Note of those that sent that they do."""
        resume(connection, [key for key, count in self._unclear.items() if not count and key not in self.problems])

    def _halt(self, account: int, error: UserError | Trouble | None) -> None:
        """Let an account rest; its mails wait, and nothing of it is their fault."""
        self._hang_up(account)
        problem, wants_person = problem_of(self._book, account, error)
        with self._book.writing() as session:
            self.problems[account] = halt(session.connection(), problem, now=self._book.now, wants_person=wants_person)

    def _hang_up(self, account: int) -> None:
        self._posts.pop(account, None)
        if account in self._lines:
            self._lines.pop(account).close()

    def _pace(self, account: int) -> Pace:
        if account not in self._paces:
            with self._book.reading() as session:
                self._paces[account] = pace_of(session.connection(), account, self._now())
        return self._paces[account]

    def _now(self) -> datetime:
        return self._book.clock()
