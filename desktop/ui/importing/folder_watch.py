"""Looks into the watched folder while the window is open, and tells what came of each file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.watching import Taken, Watch, WatchedFolder, take_in, watched_folder
from desktop.ui.desk import Desk
from desktop.ui.importing.result import IMPORTED, show_rejected, take_back_import

# Between two looks a file that is whole does not change; folders on a network send no word of new files.
_MS_BETWEEN_LOOKS = 3_000


class FolderWatch(QObject):
    """Lives as long as the window. A change of the setting is heard with the other changes of the firm."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._setting = WatchedFolder()
        self._watch: Watch | None = None
        self._busy = False
        self._told = ""
        self._system = QFileSystemWatcher(self)
        self._timer = QTimer(self, interval=_MS_BETWEEN_LOOKS)
        self._timer.timeout.connect(self.look)
        self._system.directoryChanged.connect(self._hear_folder)
        desk.shell.jobs.changed.connect(self._hear)
        self._ask()

    @property
    def folder(self) -> Path | None:
        """What is watched now."""
        return self._watch.folder if self._watch else None

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if "firm" in changes:
            self._ask()

    def _ask(self) -> None:
        book = self._desk.book
        self._desk.shell.jobs.ask(lambda: watched_folder(book), self._follow)

    def _follow(self, setting: object) -> None:
        assert isinstance(setting, WatchedFolder)
        if setting == self._setting:
            return
        self._setting = setting
        if self._system.directories():
            self._system.removePaths(self._system.directories())
        self._watch = Watch(setting.path) if setting.on and setting.path is not None else None
        self._told = ""
        if self._watch is None:
            self._timer.stop()
            return
        self._system.addPath(str(self._watch.folder))
        self._timer.start()
        self.look()

    def _hear_folder(self, _path: str) -> None:
        self.look()

    def look(self) -> None:
        """Look once, in a worker; files that are whole come in as a job of their own."""
        watch = self._watch
        if watch is None or self._busy or not self._desk.may("change"):
            return
        self._busy = True
        self._desk.shell.jobs.ask(watch.look, self._seen, self._failed, lane=Lane.SIDE)

    def _seen(self, found: object) -> None:
        assert isinstance(found, list | tuple)
        self._told = ""
        watch = self._watch
        if not found or watch is None:
            self._busy = False
            return
        desk, order = self._desk, self._setting.date_order
        book, actor, today = desk.book, desk.actor, desk.today()

        def work(report: Callable[[int, int, str], None]) -> list[Taken]:
            taken = []
            for path in found:
                taken.append(take_in(book, path, actor=actor, today=today, report=report, date_order=order))
                watch.handled(path, taken[-1])
            return taken

        job = Job(_("Importing from the watched folder"), work, IMPORTED)
        job.ended.connect(self._ended)
        desk.shell.jobs.start(job, self._tell)

    def _ended(self, _job: object) -> None:
        self._busy = False

    def _failed(self, error: object) -> None:
        """The folder cannot be read; said once until it can."""
        self._busy = False
        if isinstance(error, UserError) and str(error) == self._told:
            return
        self._told = str(error)
        self._desk.shell.notices.show_error(error)

    def _tell(self, taken: object) -> None:
        assert isinstance(taken, list)
        told: list[Taken] = [one for one in taken if one.state != "waiting"]
        if not told:
            return
        offers = []
        batches = [one.result.batch for one in told if one.result is not None and one.result.batch is not None]
        rejected = [one.result for one in told if one.result is not None and one.result.rejected]
        if len(batches) == 1:
            offers.append((_("Undo"), partial(take_back_import, self._desk, batches[0])))
        if len(rejected) == 1:
            offers.append((_("Show what was rejected"), partial(show_rejected, self._desk, self._window, rejected[0])))
        wrong = bool(rejected) or any(one.state == "refused" for one in told)
        what = told[0].sentence if len(told) == 1 else _many(told)
        more = "" if len(told) == 1 else "\n".join(one.sentence for one in told)
        self._desk.shell.notices.say(what, more, offers, tone="held" if wrong else "good")


def _many(told: list[Taken]) -> str:
    rows = sum(one.result.imported for one in told if one.result is not None)
    files = ngettext("{count} file of the watched folder", "{count} files of the watched folder", len(told))
    said = ngettext("{count} row imported", "{count} rows imported", rows)
    return f"{files.format(count=number_text(len(told)))}: {said.format(count=number_text(rows))}."
