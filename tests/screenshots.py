"""Pictures of every page and dialog in light and dark at two scales: `python3 dev.py screenshots [FOLDER] [--readme]`.

The sample firm of a fixed day stands behind them, so that a picture changes only when the window does. `--language`,
`--size` and `--scale` show the window as others have it, `--pages` leaves out what pages open.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.ui.actions import Actions

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 30)
SIZE = (1440, 840)
SCALES = ("1", "2")
# What the README shows.
README = ("today", "review", "clients", "invoices", "outbox", "designer")
# Ask what lies outside the window: the system's own dialogs, another process.
OUTSIDE = {"book.new", "book.open", "book.sample", "book.quit", "book.backup", "book.check", "book.verify"}
_SETTLE_MS = 150


class Camera:
    """The program over a book in one look, walked through page by page."""

    def __init__(self, book_path: Path, folder: Path, mode: str, scale: str, size: tuple[int, int]) -> None:
        from PySide6.QtWidgets import QApplication

        from desktop.app import Program
        from desktop.services.books import open_

        app = QApplication.instance() or QApplication(sys.argv[:1])
        assert isinstance(app, QApplication)
        self.app = app
        self.folder = folder
        self.ending = f"-{mode}{'' if scale == '1' else '@' + scale}.png"
        self.program = Program(app, folder / f"window-{mode}-{scale}.ini")
        self.program.theme.set_mode(mode)  # type: ignore[arg-type]
        self.window = self.program.window
        self.window.resize(*size)
        self.window.show()
        self.program.greet()
        self.picture("welcome")
        self.book = open_(book_path)
        self.program.furnish(self.book)
        desk = self.program.desk
        assert desk is not None
        self.desk = desk
        desk.today = lambda: DAY

    def settle(self) -> None:
        from PySide6.QtCore import QEventLoop, QTimer

        for _ in range(2):
            loop = QEventLoop()
            QTimer.singleShot(_SETTLE_MS, loop.quit)
            loop.exec()
            while self.program.jobs.busy:
                self.app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def picture(self, name: str, what: QWidget | None = None) -> None:
        self.settle()
        (what or self.window).grab().save(str(self.folder / f"{name}{self.ending}"))

    def choose_first(self, page: QWidget) -> None:
        from desktop.ui.page import Page

        self.settle()
        if isinstance(page, Page) and page.model.rowCount():
            page.table.select([page.model.ids[0]])
            self.settle()

    def push(self, name: str, page: QWidget) -> None:
        self.window.push(page)
        self.choose_first(page)
        self.picture(name)

    def pages(self) -> None:
        from desktop.ui.places import places

        for place in places(self.desk):
            self.choose_first(self.window.go(place.name))
            self.picture(place.name)

    def review(self) -> None:
        from desktop.services.runs import plan
        from desktop.ui.runs.review import ReviewPage

        planned = self._number("SELECT max(id) FROM run WHERE state = 'review'")
        if not planned:
            planned = plan(self.book, through=DAY, issue_date=DAY, actor="Mara Vogt", now=self.book.now).id
        self.window.go("runs")
        page = ReviewPage(self.desk, planned)
        self.push("review", page)
        self.questions("review", page.acts)

    def beside(self) -> None:
        """What is opened from a page and stands in its place, or above all of them."""
        from desktop.ui.bank.statements import StatementsPage
        from desktop.ui.document_page import DocumentPage, invoice_paper
        from desktop.ui.palette.palette import show_palette
        from desktop.ui.runs.result import ResultPage

        self.window.go("invoices")
        invoice, number = self._row("SELECT id, number FROM invoice WHERE number <> '' ORDER BY id DESC LIMIT 1")
        self.push("document", DocumentPage(self.desk, invoice_paper(self.desk, int(str(invoice)), str(number))))
        self.window.go("runs")
        self.push("result", ResultPage(self.desk, self._number("SELECT max(id) FROM run WHERE state = 'done'")))
        self.push("statements", StatementsPage(self.desk))
        self.window.go("today")
        self.window.acts["help.steps"].trigger()
        self.picture("guide")
        self.window.go("today")
        show_palette(self.window, self.desk)
        self.questions_shown("palette")

    def designer(self) -> None:
        from desktop.ui.designer.page import open_designer
        from desktop.ui.settings.page import SettingsPage

        page = self.window.go("settings")
        assert isinstance(page, SettingsPage)
        page.show_section("templates")
        self.settle()
        open_designer(self.desk, self._number("SELECT id FROM template WHERE name = 'Modern'"))
        self.settle()
        self.picture("designer")

    def stories(self) -> None:
        """What stands behind the tabs of a pane."""
        from PySide6.QtWidgets import QTabBar

        for name in ("clients", "invoices"):
            page = self.window.go(name)
            self.choose_first(page)
            for bar in page.findChildren(QTabBar):
                for tab in range(1, bar.count() if bar.isVisibleTo(self.window) else 0):
                    bar.setCurrentIndex(tab)
                    self.picture(f"{name}-tab-{tab}")

    def settings(self) -> None:
        from desktop.ui.actions import Actions
        from desktop.ui.settings.page import SettingsPage, sections

        page = self.window.go("settings")
        assert isinstance(page, SettingsPage)
        for section in sections(self.desk):
            page.show_section(section.name)
            self.picture(f"settings-{section.name}")
        for section in sections(self.desk):
            for acts in page.show_section(section.name).findChildren(Actions):
                self.questions(f"settings-{section.name}", acts)

    def ledger(self) -> None:
        from desktop.ui.actions import Actions
        from desktop.ui.ledger.page import LedgerPage, tabs

        page = self.window.go("ledger")
        assert isinstance(page, LedgerPage)
        for place in tabs(self.desk):
            tab = page.show_tab(place.name)
            self.choose_first(tab)
            self.picture(f"ledger-{place.name}")
            for acts in tab.findChildren(Actions):
                self.questions(f"ledger-{place.name}", acts)

    def asked(self) -> None:
        """What each page asks."""
        from desktop.ui.places import places

        self.questions("window", self.window.acts)
        for place in places(self.desk):
            page = self.window.go(place.name)
            self.choose_first(page)
            if (acts := getattr(page, "acts", None)) is not None:
                self.questions(place.name, acts)

    def questions(self, where: str, acts: Actions) -> None:
        """The dialog of every action that asks something first."""
        below = len(self.window._pushed)
        for name in acts.ids:
            action = acts[name]
            if name in OUTSIDE or "…" not in action.text() or not action.isEnabled():
                continue
            action.trigger()
            self.settle()
            self.questions_shown(f"{where}-{name.rpartition('.')[2]}")
            while len(self.window._pushed) > below:
                self.picture(f"{where}-{name.rpartition('.')[2]}")
                self.window.back()

    def questions_shown(self, name: str) -> None:
        from PySide6.QtWidgets import QDialog, QFileDialog

        for dialog in self.app.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                if not isinstance(dialog, QFileDialog):
                    self.picture(f"dialog-{name}", dialog)
                dialog.reject()
                # What was typed is only given up at the second asking.
                dialog.close()
        self.settle()

    def _row(self, sql: str) -> Sequence[object]:
        with self.book.reading() as session:
            found = session.connection().exec_driver_sql(sql).one()
        return list(found)

    def _number(self, sql: str) -> int:
        return int(str(self._row(sql)[0] or 0))

    def end(self) -> None:
        self.settle()
        self.program.end()


def take(
    book_path: Path, folder: Path, mode: str, scale: str, language: str, size: tuple[int, int], *, whole: bool = False
) -> None:
    """Drive the program in this process; the scale was set before Qt began. `whole` also opens what pages open."""
    from desktop.i18n import set_language

    set_language(language)
    camera = Camera(book_path, folder, mode, scale, size)
    camera.pages()
    if whole:
        camera.stories()
        camera.beside()
        camera.settings()
        camera.ledger()
        camera.asked()
    camera.designer()
    camera.review()
    camera.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--readme", action="store_true", help="renew the pictures of the README")
    parser.add_argument("--language", default="en", help="of the window: en, de, es, fr or hi")
    parser.add_argument("--size", default="{}x{}".format(*SIZE), help="of the window in pixels at scale 1")
    parser.add_argument("--scale", nargs="+", default=SCALES, help="1 is 100 %%")
    parser.add_argument("--pages", action="store_true", help="only the pages, not what they open")
    parser.add_argument("--take", nargs=3, metavar=("BOOK", "MODE", "SCALE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    folder: Path = chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    if chosen.take:
        book, mode, scale = chosen.take
        take(Path(book), folder, mode, scale, chosen.language, (width, height), whole=not chosen.pages)
        return
    from desktop.services.sample import make_sample

    with tempfile.TemporaryDirectory() as work:
        book_path = Path(work) / "Brandt & Partner.sheaf"
        make_sample(book_path, today=DAY)
        for scale in chosen.scale:
            for mode in ("light", "dark"):
                environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
                arguments = [str(folder), "--language", chosen.language, "--size", chosen.size]
                arguments += ["--pages"] if chosen.pages else []
                arguments += ["--take", str(book_path), mode, scale]
                subprocess.run([sys.executable, "-m", "tests.screenshots", *arguments], check=True, env=environment)
    for leftover in folder.glob("window-*.ini"):
        leftover.unlink()
    if chosen.readme:
        pictures = ROOT / "resources" / "pictures"
        pictures.mkdir(exist_ok=True)
        for name in README:
            shutil.copyfile(folder / f"{name}-light.png", pictures / f"{name}-light.png")
    print(f"The pictures lie in {folder}.")


if __name__ == "__main__":
    main()
