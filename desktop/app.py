"""The composition root: shows the window, opens the book behind it, builds the pages and hands everything down."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QProcess, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop import crashes, log, paths, starts
from desktop.i18n import _
from desktop.jobs import Job, Jobs, Lane
from desktop.starts import Start
from desktop.ui.attention import Attention, come_forward
from desktop.ui.garbage import Garbage
from desktop.ui.language import speak
from desktop.ui.looks import theme_of, window_title
from desktop.ui.main_window import MainWindow
from desktop.ui.memory import Memory
from desktop.ui.recent_books import RecentBook, recent_books, remember_book
from desktop.ui.recent_menu import RecentMenu
from desktop.ui.told_to_end import end_when_told

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.domain.access import SignedIn
    from desktop.services.handover import Command, HandoverServer
    from desktop.ui.access.lock import Lock
    from desktop.ui.desk import Desk

_LEAST_OFFSET = 32
_FILTER = "Sheaf (*.sheaf)"


def main(start: Start) -> int:
    """Open the window on a book, the one opened last, or the welcome page; the process's exit code."""
    log.start()
    if _is_open_already(start):
        return 0
    failed = starts.begun()
    crashes.gather_native(datetime.now())
    crashes.watch_native()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Sheaf")
    app.setDesktopFileName("sheaf")
    speak(app, Memory(_memory_file()))
    program = Program(app, safe=start.safe)
    program.window.show()
    # The event loop draws the window first; all that is heavy is imported behind it.
    QTimer.singleShot(0, lambda: program.begin(start, failed))
    QTimer.singleShot(_STANDS_MS, starts.stands)
    end_when_told(lambda: app.exit(0))
    code = app.exec()
    program.end()
    starts.stands()
    crashes.unwatch_native()
    return code


def _is_open_already(start: Start) -> bool:
    """Whether another window has the book of this start; it has come to the front then."""
    from desktop.services.showing import bring_forward

    recent = [] if start.book is not None or start.safe else recent_books(Memory(_memory_file()))
    book = start.book or (recent[0].path if recent else None)
    alone = start.read_only or start.encryption or start.restore is not None
    return book is not None and not alone and bring_forward(book)


# A run in its own thread gives the window its turn after so many seconds: with Python's own 5 ms a repaint, which asks
# for its turn a dozen times, took over 50 ms.
_TURN = 0.002
# A window that answers for so long has come up, however it ends.
_STANDS_MS = 10_000
# How soon after midnight the pages follow.
_CLOCK_MS = 60_000


def _memory_file() -> Path:
    return paths.config_dir() / "window.ini"


class Program(QObject):
    """One book and its windows; the first of them greets while there is no book."""

    handed_over = Signal()  # a command of another process has ended
    came_by_clock = Signal(object)  # what came of work that nobody watched, in a sentence
    wanted = Signal()  # another start wants this one's window

    def __init__(self, app: QApplication, memory_file: Path | None = None, *, safe: bool = False) -> None:
        """`safe`: nothing that is remembered holds, and nothing works by itself."""
        super().__init__()
        sys.setswitchinterval(_TURN)
        self._garbage = Garbage(self)
        self.safe = safe
        self.memory = Memory.of_nothing() if safe else Memory(memory_file or _memory_file())
        self.theme = theme_of(app, self.memory)
        self.jobs = Jobs()
        self.windows: list[MainWindow] = []
        self._make_window()
        self.handed_over.connect(self._announce, Qt.ConnectionType.QueuedConnection)
        self.came_by_clock.connect(self._tell_of_the_clock, Qt.ConnectionType.QueuedConnection)
        self.wanted.connect(self._come_forward, Qt.ConnectionType.QueuedConnection)
        self.desk: Desk | None = None
        self._book: Book | None = None
        self._server: HandoverServer | None = None
        self._lock: Lock | None = None
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

    # The book

    def begin(self, start: Start, failed: int = 0) -> None:
        """Open a book, or greet; `failed` starts before this one never stood."""
        from desktop.ui.trouble.safe_start import offer_safe_mode

        recent = self.recent()
        if failed >= starts.ENOUGH and not start.safe:
            offer_safe_mode(self, start, failed)
        elif start.restore is not None and start.book is not None:
            self.restore(start.restore, start.book)
        elif start.encryption and start.book is not None:
            self.encryption(start.book)
        elif start.book is not None:
            self.open(start.book, read_only=start.read_only)
        elif recent and not self.safe:
            self.open(recent[0].path)
        else:
            self.greet()

    def recent(self) -> list[RecentBook]:
        """Books opened lately that are still there, the newest first."""
        return recent_books(self.memory)

    def greet(self) -> None:
        from desktop.ui.welcome import Welcome

        self.window.push(Welcome(self.theme, self.ask_new, self.ask_open, self.make_sample, self.recent(), self.open))

    def open(self, path: Path, *, read_only: bool = False) -> None:
        """Open a book here, or in a window of its own where this one has a book already."""
        if self._book is not None:
            self.start_another(Start(path, self.safe, read_only))
            return
        from desktop.services import books

        title = _("Opening {name}").format(name=path.stem)
        self.window.shell.jobs.start(
            Job(title, lambda report: books.open_(path, read_only=read_only, report=report)),
            self._opened,
            lambda error: self._refused(path, error),
        )

    def restore(self, backup: Path, book: Path) -> None:
        """Put a backup in the place of a book and open it; where this window has it open, after this one has ended."""
        from desktop.ui.trouble.restoring import restore_and_open

        restore_and_open(self, backup, book, is_open=self._book is not None)

    def encryption(self, book: Path) -> None:
        """What can be done about the key of a book; where this window has it open, after this one has ended."""
        from desktop.ui.encryption.ways import offer_encryption

        offer_encryption(self, book, is_open=self._book is not None)

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

    def _refused(self, path: Path, error: object) -> None:
        from desktop.ui.trouble.refused import explain

        self.window.clear()
        if not explain(self, path, error):
            self.greet()
            self.window.notices.show_error(error)

    def start_another(self, start: Start) -> None:
        """A process of its own."""
        arguments = [] if getattr(sys, "frozen", False) else ["-m", "desktop"]
        QProcess.startDetached(sys.executable, arguments + start.arguments())

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
        self.start_another(Start(book.path, self.safe))

    def make_sample(self) -> None:
        from desktop.ui.sample_firm import open_sample_firm

        open_sample_firm(self.window.shell.jobs, self.open)

    def furnish(self, book: object) -> None:
        """Bring in the pages once the book is open."""
        from db.engine import Book
        from desktop.services.handover import HandoverServer
        from desktop.ui.access.lock import Lock
        from desktop.ui.configuration.coming_into_force import bring_into_force
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
        bring_into_force(self.desk)
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
        from desktop.ui.configuration.coming_into_force import bring_into_force

        if self.desk is not None and self._day != self.desk.today():
            self._day = self.desk.today()
            bring_into_force(self.desk)
            self._announce()

    def _furnish_window(self, window: MainWindow, book: Book, first: str) -> Desk:
        from desktop.services.overview import overview
        from desktop.ui.configuration.mark import mark_if_sandbox
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
        window.setWindowTitle(window_title(book, safe=self.safe))
        mark_if_sandbox(window, book)
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
        """One window does what comes by itself, but none where the book is only read or the start is to be safe."""
        from desktop.ui.desk import Desk
        from desktop.ui.trouble.refused import tell_of_damage
        from desktop.ui.turns import take_turns

        desk = self.windows[0].shell.desk
        if isinstance(desk, Desk) and not self.safe and not desk.book.read_only:
            take_turns(desk, self.windows[0], lambda found: tell_of_damage(self, found))

    def _execute(self, command: Command) -> int:
        """A command that another process handed over; runs in a thread of its own."""
        from desktop.cli import run
        from desktop.services.showing import SHOW, is_refused_in_safe_mode

        if command.argv == SHOW:
            self.wanted.emit()
            return 0
        if self.safe and is_refused_in_safe_mode(command):
            return 1
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

    def _come_forward(self) -> None:
        come_forward(self.window)

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
        from desktop.ui.pressing import Pressing

        if self.desk is not None and self._book is not None:
            counts = self.findChild(Pressing) or Pressing(self.jobs, lambda: self.windows, self)
            assert isinstance(counts, Pressing)
            counts.ask(self.desk)

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
            from desktop.services.backups.making import back_up_by_itself
            from desktop.services.backups.shelf import Why
            from desktop.ui.trouble.leaving import close_book

            for window in self.windows:
                # A large book takes seconds, and nobody should look at a window that no longer answers.
                window.hide()
            back_up_by_itself(self._book, Why.CLOSED, now=datetime.now(UTC))
            close_book(self._book)
            self._book = None

    def end(self) -> None:
        self._close()
        self._garbage.stop()
        log.stop()
