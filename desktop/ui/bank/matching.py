"""What the open lines may be, kept in memory: matched in the background, and anew only where something was booked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.jobs import Job, Lane, Report, State
from desktop.services.bank.parts import Booked
from desktop.services.bank.proposing import Proposals, proposals
from desktop.services.lists.bank_lines import client_names
from desktop.ui.desk import Desk

# What booking a bank line, or taking it back, writes.
BANKED: Final = frozenset({"bank", "payments", "invoices", "clients"})


class _Matched(NamedTuple):
    ticket: int
    found: Proposals
    clients: Mapping[int, str]


class Matching(QObject):
    """Follows the book for a page: `changed` says that other readings are known."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._page: QWidget | None = None
        self.found: Proposals | None = None
        self.clients: Mapping[int, str] = {}
        self._stale = True
        self._ticket = 0
        self._job: Job | None = None
        self._following: Job | None = None
        self._booked: list[Booked] = []
        self._own = False
        desk.shell.jobs.changed.connect(self._hear)

    def stand_by(self, page: QWidget) -> None:
        """Live as long as this page, and match anew while it is seen."""
        self.setParent(page)
        self._page = page

    @property
    def busy(self) -> bool:
        """Whether all lines are matched at this moment."""
        return self._job is not None

    def look(self) -> None:
        """The page is seen: match what has not been matched, or not since something else was written."""
        if self._stale and self._job is None:
            self.match()

    def match(self) -> None:
        """Match all open lines anew, in the background; what was under way is dropped."""
        if self._job is not None:
            self._job.cancel()
        self._stale = False
        self._booked.clear()
        self._ticket += 1
        book, today, ticket = self._desk.book, self._desk.today(), self._ticket

        def work(report: Report) -> _Matched:
            found = proposals(book, today=today, report=report)
            return _Matched(ticket, found, _names(self._desk, found))

        self._job = Job(_("Matching bank lines"), work)
        self._job.ended.connect(self._end)
        self._desk.shell.jobs.start(self._job, self._take)

    def follow(self, booked: Iterable[Booked]) -> None:
        """This page booked lines just now: only what they touched is matched anew. Called before the write is told."""
        self._own = True
        self._booked += booked
        self._begin_following()

    def _begin_following(self) -> None:
        if not self._booked or self._following is not None or self.found is None or self._job is not None:
            return
        booked, self._booked = tuple(self._booked), []
        book, found, ticket = self._desk.book, self.found, self._ticket

        def work(_report: object) -> _Matched:
            after = found.after(book, booked)
            return _Matched(ticket, after, _names(self._desk, after))

        # Whoever books one line after the other goes first.
        self._following = Job("", work, lane=Lane.LATER, quiet=True)
        self._following.ended.connect(self._end_following)
        self._desk.shell.jobs.start(self._following, self._take)

    def _take(self, answer: object) -> None:
        assert isinstance(answer, _Matched)
        if answer.ticket == self._ticket:
            self.found, self.clients = answer.found, answer.clients
            self.changed.emit()

    def _end(self, job: object) -> None:
        if job is not self._job:
            return
        assert isinstance(job, Job)
        self._job = None
        # Stopped or failed, it is tried again when the page is next gone to.
        self._stale = self._stale or job.state is not State.DONE
        if self._stale and job.state is State.DONE:
            self.match()
        else:
            self._begin_following()
            self.changed.emit()

    def _end_following(self, job: object) -> None:
        if job is self._following:
            self._following = None
            self._begin_following()

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if not changes & BANKED:
            return
        if self._own:
            self._own = False
            return
        self._stale = True
        if self._page is not None and self._page.isVisible():
            self.match()


def _names(desk: Desk, found: Proposals) -> dict[int, str]:
    """All clients that what is open and what may come back names."""
    with desk.book.reading() as session:
        owners = {one.client_id for one in found.items.values()} | {one.client_id for one in found.past.values()}
        read = {one.client_id for line_id in found.lines for one in found.of(line_id)}
        return client_names(session.connection(), owners | read)
