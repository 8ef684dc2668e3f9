"""The composition root: shows the window, opens the book behind it, builds the pages and hands everything down."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QProcess, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop import log, paths
from desktop.i18n import _
from desktop.jobs import Job, Jobs, Lane
from desktop.ui.attention import Attention
from desktop.ui.garbage import Garbage
from desktop.ui.language import speak
from desktop.ui.main_window import MainWindow
from desktop.ui.memory import Memory
from desktop.ui.recent_books import RecentBook, recent_books, remember_book
from desktop.ui.recent_menu import RecentMenu
from desktop.ui.theme import ZOOMS, Density, Mode, Theme

if TYPE_CHECKING:
    from db.engine import Book
    from db.guard import SignedIn
    from desktop.services.handover import Command, HandoverServer
    from desktop.ui.access.lock import Lock
    from desktop.ui.desk import Desk

_LEAST_OFFSET = 32
_FILTER = "Sheaf (*.sheaf)"


def main(book: Path | None) -> int:
    """Open the window on a book, the one opened last, or the welcome page; the process's exit code."""
    log.start()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Sheaf")
    app.setDesktopFileName("sheaf")
    speak(app, Memory(_memory_file()))
    program = Program(app)
    program.window.show()
    # The event loop draws the window first; all that is heavy is imported behind it.
    QTimer.singleShot(0, lambda: program.begin(book))
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    code = app.exec()
    program.end()
    return code


# A run in its own thread gives the window its turn after so many seconds: with Python's own 5 ms a repaint, which asks
# for its turn a dozen times, took over 50 ms.
_TURN = 0.002
# How soon after midnight the pages follow.
_CLOCK_MS = 60_000


def _memory_file() -> Path:
    return paths.config_dir() / "window.ini"


class Program(QObject):
    """One book and its windows; the first of them greets while there is no book."""

    handed_over = Signal()  # a command of another process has ended
    came_by_clock = Signal(object)  # what came of work that nobody watched, in a sentence

    def __init__(self, app: QApplication, memory_file: Path | None = None) -> None:
        super().__init__()
        sys.setswitchinterval(_TURN)
        self._garbage = Garbage(self)
        self.memory = Memory(memory_file or _memory_file())
        self.theme = Theme(app, self._mode(), self._density(), self._zoom())
        self.jobs = Jobs()
        self.windows: list[MainWindow] = []
        self._make_window()
        self.handed_over.connect(self._announce, Qt.ConnectionType.QueuedConnection)
        self.came_by_clock.connect(self._tell_of_the_clock, Qt.ConnectionType.QueuedConnection)
        self.desk: Desk | None = None
        self._book: Book | None = None
        self._server: HandoverServer | None = None
        self._lock: Lock | None = None
        self._counting: Job | None = None
        self._count_again = False
        self._day: date | None = None
        self._clock = QTimer(self, interval=_CLOCK_MS)
        self._clock.timeout.connect(self._look_at_the_day)
        log.catch_bugs(self._show_bug)

    @property
    def window(self) -> MainWindow:
        """The window in front, or the one that was there first."""
        return next((one for one in self.windows if one.isActiveWindow()), self.windows[0])

    def _make_window(self) -> MainWindow:
        slot = next(number for number in range(1, 99) if all(one.slot != number for one in self.windows))
        window = MainWindow(self.theme, self.memory, Jobs(beside=self.jobs), slot)
        window.closed.connect(lambda: self._leave(window))
        Attention(window.shell.jobs, window)
        self.windows.append(window)
        return window

    def _show_bug(self, error: BaseException) -> None:
        """From any thread."""
        if self.windows:
            self.windows[0].notices.show_bug(error)

    def _zoom(self) -> int:
        stored = self.memory.get("zoom", 100)
        return stored if isinstance(stored, int) and ZOOMS[0] <= stored <= ZOOMS[-1] else 100

    def _mode(self) -> Mode:
        match self.memory.get("theme"):
            case "light":
                return "light"
            case "dark":
                return "dark"
        return "system"

    def _density(self) -> Density:
        return "compact" if self.memory.get("density") == "compact" else "comfortable"

    # The book

    def begin(self, book: Path | None) -> None:
        """Open a book, or greet."""
        recent = self.recent()
        if book is not None:
            self.open(book)
        elif recent:
            self.open(recent[0].path)
        else:
            self.greet()

    def recent(self) -> list[RecentBook]:
        """Books opened lately that are still there, the newest first."""
        return recent_books(self.memory)

    def greet(self) -> None:
        from desktop.ui.welcome import Welcome

        self.window.push(Welcome(self.theme, self.ask_new, self.ask_open, self.make_sample, self.recent(), self.open))

    def open(self, path: Path) -> None:
        """Open a book here, or in a window of its own where this one has a book already."""
        if self._book is not None:
            self._start_another(path)
            return
        from desktop.services import books

        self.window.shell.jobs.start(
            Job(_("Opening {name}").format(name=path.stem), lambda report: books.open_(path, report=report)),
            self._opened,
            self._refused,
        )

    def _opened(self, book: object) -> None:
        from db.engine import Book
        from desktop.ui.access.door import wait_at_the_door
        from desktop.ui.guide.page import guide_if_new

        assert isinstance(book, Book)
        if book.guarded and book.signed_in is None:
            self._book = book
            wait_at_the_door(self.window, book, self.memory, self.ask_open, self._opened)
            return
        self.furnish(book)
        assert self.desk is not None
        guide_if_new(self.desk, self.make_sample)

    def _refused(self, error: object) -> None:
        self.greet()
        self.window.notices.show_error(error)

    def _start_another(self, path: Path) -> None:
        arguments = [str(path)] if getattr(sys, "frozen", False) else ["-m", "desktop", str(path)]
        QProcess.startDetached(sys.executable, arguments)

    def ask_open(self) -> None:
        dialog = QFileDialog(self.window, _("Open a book"), str(paths.documents_dir()), _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.open(Path(name)))
        dialog.open()

    def ask_new(self) -> None:
        from desktop.ui.new_book import ask_new_book

        ask_new_book(self.window.shell, self.window, self._made)

    def _made(self, book: object) -> None:
        """A book that was just made and is open, here or, where this window has one, in another."""
        if self._book is None:
            self._opened(book)
            return
        from db.engine import Book

        assert isinstance(book, Book)
        book.close()
        self._start_another(book.path)

    def make_sample(self) -> None:
        """The sample firm in the documents folder; one made earlier is opened again."""
        from desktop.services.sample import make_sample

        path = paths.documents_dir() / _("Sheaf sample firm.sheaf")
        if path.is_file():
            self.open(path)
            return
        today = datetime.now().date()

        def work(report: Callable[[int, int, str], None]) -> Path:
            make_sample(path, today=today, report=report)
            return path

        self.window.shell.jobs.start(Job(_("Making the sample firm"), work), self._made_sample)

    def _made_sample(self, path: object) -> None:
        assert isinstance(path, Path)
        self.open(path)

    def furnish(self, book: object) -> None:
        """Bring in the pages once the book is open."""
        from db.engine import Book
        from desktop.services.handover import HandoverServer
        from desktop.ui.access.lock import Lock
        from desktop.ui.runs.issuing import offer_to_go_on

        assert isinstance(book, Book)
        self._book = book
        remember_book(self.memory, book.path, datetime.now())
        # A day begins with what needs somebody, wherever the last one ended.
        self.desk = self._furnish_window(self.windows[0], book, "today")
        for warning in book.warnings:
            self.window.notices.say(warning, tone="note")
        self._lock = Lock(book, lambda: self.windows, self._taken_over, self)
        self.jobs.changed.connect(self._lock.follow)
        self._take_turns()
        offer_to_go_on(self.desk)
        self._server = HandoverServer(book, self._execute)
        self.jobs.changed.connect(self._refresh_rail)
        self._ask_pressing()
        self._day = self.desk.today()
        self._clock.start()

    def lock(self) -> None:
        """Cover the windows until somebody signs in."""
        if self._lock is not None:
            self._lock.lock()

    def _taken_over(self, who: SignedIn) -> None:
        """Another person has signed in: their pages are built anew, and work from now on is theirs."""
        for window in self.windows:
            window.go("today")
            window.rebuild()
        self._announce()

    def _look_at_the_day(self) -> None:
        """A new day changes what is late and what is due on every page, though nobody wrote anything."""
        if self.desk is not None and self._day != self.desk.today():
            self._day = self.desk.today()
            self._announce()

    def _furnish_window(self, window: MainWindow, book: Book, first: str) -> Desk:
        from desktop.services.overview import overview
        from desktop.ui.desk import Desk
        from desktop.ui.importing.dropping import FileDrop
        from desktop.ui.places import actions, menus, places

        shell = window.shell
        desk = Desk(shell, book) if self.desk is None else Desk(shell, book, self.desk.today, self.desk.actor)
        window.clear()
        found = overview(book)
        shell.home_currency = found.currency
        window.furnish(places(desk), actions(desk, self, window), menus(), first)
        window.acts["book.recent"].setMenu(RecentMenu(self.recent, self.open, window))
        self._show_overview(found)
        window.setWindowTitle(f"{book.path.stem} – Sheaf")
        FileDrop(desk, window)
        return desk

    def new_window(self) -> None:
        """Another window on the same book, at the place where this one is."""
        book, before = self._book, self.window
        if book is None:
            return
        window = self._make_window()
        if not self.memory.bytes(window.memory_key).size():
            window.resize(before.size())
            window.move(before.pos() + QPoint(_LEAST_OFFSET, _LEAST_OFFSET))
        self._furnish_window(window, book, before.here)
        window.show()
        self._ask_pressing()

    def quit(self) -> None:
        """Close every window; the last one closes the book."""
        for window in reversed(list(self.windows)):
            window.close()

    def _take_turns(self) -> None:
        """One window takes in what comes into the watched folder, sends what is due, reads what came back, and follows
        print jobs."""
        from desktop.ui.desk import Desk
        from desktop.ui.importing.folder_watch import FolderWatch
        from desktop.ui.outbox.inbox_watch import InboxWatch
        from desktop.ui.outbox.postman import Postman
        from desktop.ui.outbox.print_watch import PrintWatch

        if isinstance(desk := self.windows[0].shell.desk, Desk) and desk.may("change"):
            FolderWatch(desk, self.windows[0])
            Postman(desk, self.windows[0])
            InboxWatch(desk, self.windows[0])
            PrintWatch(desk, self.windows[0])

    def _execute(self, command: Command) -> int:
        """A command that another process handed over; runs in a thread of its own."""
        from desktop.cli import run

        book = self._book
        began = "" if book is None else book.now
        code = run(
            command.argv,
            out=command.out,
            err=command.err,
            folder=command.folder,
            held=book,
            stop=command.stop,
            ask=command.ask,
        )
        self.handed_over.emit()
        if book is not None and command.argv[:1] == ["due"]:
            from desktop.services.schedules.results import ended_since
            from desktop.services.schedules.words import headline

            self.came_by_clock.emit(headline(ended_since(book, began)))
        return code

    def _tell_of_the_clock(self, sentence: object) -> None:
        if sentence and self.windows:
            self.windows[0].notices.say(str(sentence), tone="note")
            attention = self.windows[0].findChild(Attention)
            assert isinstance(attention, Attention)
            attention.call(str(sentence))

    def _announce(self) -> None:
        from desktop.ui.undoing.steps import EVERYTHING

        self.jobs.announce(EVERYTHING)

    def _refresh_rail(self, _changes: object) -> None:
        from desktop.services.overview import overview

        book = self._book
        if book is not None:
            self.jobs.ask(lambda: overview(book), self._show_overview, lane=Lane.HAND)
            self._ask_pressing()

    def _ask_pressing(self) -> None:
        """Count what is for today and what wants mending, in a lane where nobody waits; one question at a time, the
        last change counts."""
        from desktop.services.overview import pressing

        book, desk = self._book, self.desk
        if book is None or desk is None:
            return
        if self._counting is not None:
            self._count_again = True
            return
        day, now = desk.today(), desk.now
        self._counting = self.jobs.ask(lambda: pressing(book, day, now), self._show_pressing, lane=Lane.LATER)
        self._counting.ended.connect(self._pressing_asked)

    def _show_pressing(self, counts: object) -> None:
        assert isinstance(counts, dict)
        for window in self.windows:
            if window.rail is not None:
                for name, count in counts.items():
                    window.rail.count(name, count)

    def _pressing_asked(self, _job: object) -> None:
        self._counting = None
        if self._count_again:
            self._count_again = False
            self._ask_pressing()

    def _show_overview(self, found: object) -> None:
        from desktop.services.overview import Overview
        from desktop.ui.access.door import follow_person

        assert isinstance(found, Overview)
        if self._book is not None:
            follow_person(self.windows, self._book, self.memory)
        for window in self.windows:
            window.shell.home_currency = found.currency
            if window.rail is not None:
                window.rail.show_firm(found.firm, "")
                for name, count in found.waiting.items():
                    window.rail.count(name, count)

    # The end

    def _leave(self, window: MainWindow) -> None:
        """A window is closed; the last one takes the book with it."""
        if len(self.windows) == 1:
            self._close()
            return
        led = self.windows[0] is window
        self.windows.remove(window)
        window.shell.jobs.retire()
        window.deleteLater()
        if led:
            desk = self.windows[0].shell.desk
            self.desk = desk  # type: ignore[assignment]
            self._take_turns()

    def _close(self) -> None:
        """The last window is closed and nothing runs: bring the book into its one file."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.jobs.close()
        if self._book is not None:
            self._book.close()
            self._book = None

    def end(self) -> None:
        self._close()
        self._garbage.stop()
        log.stop()
