"""Sends by itself while the window is open: after a run where the book says so, and always what a server put off.

It looks at the clock on the wall each time, so that it goes on after a sleep, and says nothing while all is well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.domain.delivery import FAILED, UNCERTAIN
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.delivery.handover.folders import waiting_for_folders
from desktop.services.delivery.mail.accounts import accounts
from desktop.services.delivery.mail.sending import recover
from desktop.services.delivery.mail.sent import Sent
from desktop.services.delivery.mail.throttling import to_come
from desktop.services.delivery.mail.waiting_mails import count_due, put_off, sends_by_itself
from desktop.services.lists.outbox import OutboxList
from desktop.services.records import Record
from desktop.ui.desk import Desk
from desktop.ui.outbox.deciding import OUTBOX
from desktop.ui.outbox.folder_filing import file_now
from desktop.ui.outbox.sending import Locked, ask_password, locked, start_sending, tell_sent

_EVERY_MS = 30_000
_FOLDERS_EVERY_MS = 60_000
# What a run has just issued is let settle: its own pages ask the book first.
_SOON_MS = 1_500


class _Look(NamedTuple):
    """`ids` are the mails that may go, of which there are `due`; none of them named is all. So many documents `stood`
    as failed and as uncertain before."""

    due: int
    ids: Sequence[int]
    locked: Locked
    files: int
    stood: tuple[int, int]


class Postman(QObject):
    """Belongs to one window of the book."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._looking: Job | None = None
        self._sending: Job | None = None
        self._asked: set[int] = set()
        # Until this moment, UTC text, nothing more can go: accounts are full, or refuse.
        self._rests_until = ""
        self._told: frozenset[str] = frozenset()
        self._stood = 0, 0
        self._files_rest = QTimer(self, singleShot=True, interval=_FOLDERS_EVERY_MS)
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.look)
        desk.shell.jobs.changed.connect(self._hear)
        self._timer.start()
        self._recover()

    # What was under way when the program ended

    def _recover(self) -> None:
        if not self._desk.may("change"):
            return
        book = self._desk.book
        job = Job("", lambda _report: recover(book), lane=Lane.MAIL, quiet=True)
        self._desk.shell.jobs.start(job, self._recovered)

    def _recovered(self, count: object) -> None:
        assert isinstance(count, int)
        if count:
            words = ngettext(
                "{count} document was on its way when Sheaf ended.",
                "{count} documents were on their way when Sheaf ended.",
                count,
            )
            self._desk.shell.jobs.announce(OUTBOX)
            self._desk.shell.notices.say(
                words.format(count=number_text(count)),
                _("They may have arrived or not. Nothing goes twice by itself: say what you know."),
                [(_("Decide"), self._decide)],
                tone="held",
            )
        self._soon.start()

    def _decide(self) -> None:
        self._desk.shell.go("outbox", filters=frozenset({"uncertain"}))

    # What is due

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        # What its own sending wrote makes nothing due.
        if self._sending is None and changes & {"runs", "invoices", "outbox", "firm", "clients"}:
            self._rests_until = ""
            self._soon.start()

    def look(self) -> None:
        """Send what is due: all of it, if the book says that the window does so by itself, else what was put off."""
        desk = self._desk
        if self._looking is not None or self._sending is not None or self._rests() or not desk.may("change"):
            return

        def work() -> _Look:
            # Without any account nothing can go: Today says so.
            by_itself, known = sends_by_itself(desk.book), bool(accounts(desk.book))
            ids = put_off(desk.book) if known and not by_itself else []
            due = count_due(desk.book) if known and by_itself else len(ids)
            files = waiting_for_folders(desk.book) if by_itself else 0
            counts = OutboxList(desk.book, desk.today()).counts() if due else {}
            stood = counts.get(FAILED, 0), counts.get(UNCERTAIN, 0)
            return _Look(due, ids, locked(desk, "", ids) if due else Locked((), ()), files, stood)

        self._looking = desk.shell.jobs.ask(work, self._take, lane=Lane.MAIL)
        self._looking.ended.connect(self._looked)

    def _rests(self) -> bool:
        return bool(self._rests_until) and to_come(self._rests_until, self._desk.now)

    def _looked(self, _job: object) -> None:
        self._looking = None

    def _take(self, found: object) -> None:
        assert isinstance(found, _Look)
        if found.files and not self._files_rest.isActive():
            # A folder that is away is not asked for every half minute.
            self._files_rest.start()
            self._sending = file_now(self._desk, self._window, by_itself=True)
            self._sending.ended.connect(self._sent)
            self._soon.start()
            return
        if not found.due:
            return
        waiting = [one for one in found.locked.passwords if one["id"] not in self._asked]
        if waiting:
            self._offer_to_ask(waiting[0], found.due)
            return
        self._stood = found.stood
        self._sending = start_sending(self._desk, ids=found.ids, by_itself=True, then=self._rest)
        self._sending.ended.connect(self._sent)

    def _offer_to_ask(self, account: Record, due: int) -> None:
        """Nobody is torn from their work by a dialog: the notice offers it, once for each account."""
        self._asked.add(account["id"])
        words = ngettext("{count} document waits to be sent.", "{count} documents wait to be sent.", due)
        self._desk.shell.notices.say(
            words.format(count=number_text(due)),
            _("“{account}” needs its password first.").format(account=account["name"]),
            [(_("Type the password…"), lambda: ask_password(self._desk, self._window, account, self.look))],
            tone="held",
        )

    def _rest(self, found: Sent) -> None:
        self._rests_until = found.next_at if found.waiting else ""
        # What stands since long is told by Today, not by every sending; a password was asked for already.
        problems = tuple(one for one in found.problems if one.account_id not in self._asked)
        told = frozenset(one.sentence for one in problems)
        failed, uncertain = self._stood
        if told - self._told or found.failed > failed or found.uncertain > uncertain:
            tell_sent(self._desk, replace(found, problems=problems))
        self._told = told

    def _sent(self, _job: object) -> None:
        self._sending = None
