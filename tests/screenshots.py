"""Pictures of every page in light and dark at two scales: `python3 dev.py screenshots [FOLDER] [--readme]`.

The sample firm of a fixed day stands behind them, so that a picture changes only when the window does. `--language`,
`--size` and `--scale` show the window as others have it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DAY = date(2026, 11, 30)
SIZE = (1440, 840)
SCALES = ("1", "2")
# What the README shows.
README = ("today", "review", "clients", "invoices")
_SETTLE_MS = 400


def take(book_path: Path, folder: Path, mode: str, scale: str, language: str, size: tuple[int, int]) -> None:
    """Drive the program in this process; the scale was set before Qt began."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from desktop.app import Program
    from desktop.i18n import set_language
    from desktop.services.books import open_
    from desktop.services.runs import plan
    from desktop.ui.desk import Desk
    from desktop.ui.page import Page
    from desktop.ui.places import places
    from desktop.ui.runs.review import ReviewPage

    set_language(language)

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    program = Program(app, folder / f"window-{mode}-{scale}.ini")
    program.theme.set_mode(mode)  # type: ignore[arg-type]
    window = program.window
    window.resize(*size)
    window.show()

    def settle() -> None:
        for _ in range(2):
            loop = QEventLoop()
            QTimer.singleShot(_SETTLE_MS, loop.quit)
            loop.exec()
            while program.jobs.busy:
                app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)

    def picture(name: str) -> None:
        settle()
        window.grab().save(str(folder / f"{name}-{mode}{'' if scale == '1' else '@' + scale}.png"))

    program.greet()
    picture("welcome")
    book = open_(book_path)
    with book.reading() as session:
        planned = session.connection().exec_driver_sql("SELECT max(id) FROM run WHERE state = 'review'").scalar()
    run_id = planned or plan(book, through=DAY, issue_date=DAY, actor="Mara Vogt", now=book.now).id
    program.furnish(book)
    desk = program.desk
    assert isinstance(desk, Desk)
    desk.today = lambda: DAY
    for place in places(desk):
        page = window.go(place.name)
        settle()
        if isinstance(page, Page) and page.model.rowCount():
            page.table.select([page.model.ids[0]])
        picture(place.name)
    window.go("runs")
    review = ReviewPage(desk, run_id)
    window.push(review)
    settle()
    if review.model.rowCount():
        review.table.select([review.model.ids[0]])
    picture("review")
    settle()
    program.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "screenshots")
    parser.add_argument("--readme", action="store_true", help="renew the pictures of the README")
    parser.add_argument("--language", default="en", help="of the window: en, de, es, fr or hi")
    parser.add_argument("--size", default="{}x{}".format(*SIZE), help="of the window in pixels at scale 1")
    parser.add_argument("--scale", nargs="+", default=SCALES, help="1 is 100 %%")
    parser.add_argument("--take", nargs=3, metavar=("BOOK", "MODE", "SCALE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    folder: Path = chosen.folder
    folder.mkdir(parents=True, exist_ok=True)
    if chosen.take:
        book, mode, scale = chosen.take
        take(Path(book), folder, mode, scale, chosen.language, (width, height))
        return
    from desktop.services.sample import make_sample

    with tempfile.TemporaryDirectory() as work:
        book_path = Path(work) / "Brandt & Partner.sheaf"
        make_sample(book_path, today=DAY)
        for scale in chosen.scale:
            for mode in ("light", "dark"):
                environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
                arguments = [str(folder), "--language", chosen.language, "--size", chosen.size]
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
