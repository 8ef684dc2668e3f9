"""Help stands for each place, names what is really there, and opens where the person is."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from io import StringIO
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from desktop import paths
from desktop.importing.kinds import headers, kind_named
from desktop.paths import resource
from desktop.ui.about import About, parts, show_about
from desktop.ui.enclosed_text import EnclosedText
from desktop.ui.help import HelpWindow, show_help, topic_text, topics
from desktop.ui.main_window import MainWindow
from desktop.ui.page import Page
from desktop.ui.places import places
from desktop.ui.runs.review import ReviewPage
from desktop.ui.theme import DARK, LIGHT, Theme
from tests.books import new_book
from tests.ui.program import TODAY, Driver, add_retainers

_ROOT = Path(__file__).resolve().parents[2]
_KINDS = ("clients", "items", "rates", "agreements", "time", "charges", "opening")


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, new_book(tmp_path), tmp_path)
    made.settle()
    yield made
    made.end()


def _help(driver: Driver) -> HelpWindow:
    driver.window.acts["help.page"].trigger()
    (found,) = driver.window.findChildren(HelpWindow)
    return found


# What the pages say


def test_every_place_has_a_page_in_the_order_of_the_rail(driver: Driver) -> None:
    named = [place.name for place in places(driver.desk)]
    assert [topic.name for topic in topics() if topic.name in named] == named


def test_every_page_is_offered_and_every_offer_has_its_page() -> None:
    assert {file.stem for file in resource("help").glob("*.md")} == {topic.name for topic in topics()}


@pytest.mark.parametrize("name", [topic.name for topic in topics()])
def test_a_page_begins_with_a_title_and_its_links_lead_somewhere(name: str) -> None:
    text = topic_text(name)
    assert text.startswith("# ")
    assert text.count("\n# ") == 0
    assert set(re.findall(r"\]\(([^)]*)\)", text)) <= {topic.name for topic in topics()}


@pytest.mark.parametrize("kind", _KINDS)
def test_import_names_every_column_and_marks_those_that_are_needed(kind: str) -> None:
    (paragraph,) = re.findall(rf"^\*\*{kind.capitalize()}\*\*[^:]*: ([^.]*)\.", topic_text("import"), re.MULTILINE)
    listed = [name.strip() for name in paragraph.split(",")]
    assert [name.strip("*") for name in listed] == list(headers(kind))
    needed = {field.name for field in kind_named(kind).fields if field.required}
    assert {name.strip("*") for name in listed if name.startswith("**")} == needed


def test_the_command_line_page_names_every_command(tmp_path: Path) -> None:
    from desktop.cli import run

    said = StringIO()
    assert run(["--help"], out=said, err=said, folder=tmp_path) == 0
    listed = re.findall(r"^    ([a-z][a-z-]*)(?:  |$)", said.getvalue(), re.MULTILINE)
    assert "bill" in listed
    page = set(re.findall(r"`([a-z][a-z-]*)`", topic_text("commands")))
    assert page == set(listed)


@pytest.mark.parametrize("place", ["clients", "invoices", "outbox", "payments"])
def test_a_page_names_every_key_that_the_place_hints_at(driver: Driver, place: str) -> None:
    page = driver.window.go(place)
    driver.settle()
    assert isinstance(page, Page)
    keys = [keys for keys, _word in page.acts.hints()]
    assert keys
    assert [one for one in keys if f"**{one}**" not in topic_text(place)] == []


def test_the_page_of_runs_names_the_keys_of_the_review(driver: Driver) -> None:
    from desktop.services.runs import plan

    book = driver.desk.book
    add_retainers(book, 1)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    review = ReviewPage(driver.desk, run.id)
    driver.window.push(review)
    driver.settle()
    assert {keys for keys, _word in review.acts.hints()} == {"A", "H", "G", "E", "M", "N"}
    assert all(f"**{keys}**" in topic_text("runs") for keys in "AHGEMN")


# The window


def test_help_opens_at_the_place_that_is_shown(driver: Driver) -> None:
    driver.window.go("payments")
    driver.settle()
    shown = _help(driver)
    assert shown.isVisible()
    assert shown.topic == "payments"
    assert shown.page.document().firstBlock().text() == "Payments"


def test_help_that_is_open_turns_to_the_new_place(driver: Driver) -> None:
    first = _help(driver)
    assert first.topic == "today"
    driver.window.go("invoices")
    driver.settle()
    assert _help(driver) is first
    assert first.topic == "invoices"


def test_a_link_and_a_name_at_the_left_turn_the_page(driver: Driver, qtbot: QtBot) -> None:
    shown = _help(driver)
    shown.page.anchorClicked.emit(QUrl("settings"))
    assert shown.topic == "settings"
    button = next(one for one in shown.findChildren(QLabel) if one.text() == "Keys").parentWidget()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown.page.document().firstBlock().text() == "Keys"


def test_escape_closes_help_and_leaves_the_window_where_it_was(driver: Driver, qtbot: QtBot) -> None:
    shown = _help(driver)
    qtbot.waitUntil(shown.isActiveWindow)
    qtbot.keyClick(shown.page, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not driver.window.findChildren(HelpWindow))
    assert driver.window.here == "today"


def test_help_without_a_book_begins_at_the_beginning(window: MainWindow) -> None:
    show_help(window.shell, window)
    (shown,) = window.findChildren(HelpWindow)
    assert shown.topic == "start"


def test_the_text_follows_the_theme(window: MainWindow, theme: Theme) -> None:
    show_help(window.shell, window)
    (shown,) = window.findChildren(HelpWindow)
    shown.show_topic("start")

    def links() -> set[str]:
        found = set()
        block = shown.page.document().begin()
        while block.isValid():
            place = block.begin()
            while not place.atEnd():
                letters = place.fragment().charFormat()
                if letters.isAnchor():
                    found.add(letters.foreground().color().name().upper())
                place += 1
            block = block.next()
        return found

    assert links() == {LIGHT.accent}
    theme.set_mode("dark")
    assert links() == {DARK.accent}
    assert shown.page.document().firstBlock().text() == "First steps"


def test_lines_stay_short_however_wide_the_window_is(window: MainWindow) -> None:
    show_help(window.shell, window)
    (shown,) = window.findChildren(HelpWindow)
    widths = []
    for width in (620, 1600):
        shown.resize(width, 700)
        QApplication.processEvents()
        block = shown.page.document().begin().next()
        widths.append(shown.page.document().documentLayout().blockBoundingRect(block).width())
    assert widths[0] < widths[1] <= window.shell.theme.px(640)


# About


def test_about_names_every_library_that_the_program_needs() -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [re.split(r"[<>=!\[; ]", one)[0] for one in project["dependencies"]]
    told = {part.version for part in parts()}
    assert [name for name in needed if version(name) not in told] == []
    assert all(part.version and part.licence for part in parts())


def test_about_tells_the_licence_and_copies_the_versions(window: MainWindow) -> None:
    show_about(window)
    (about,) = window.findChildren(About)
    words = " ".join(label.text() for label in about.findChildren(QLabel))
    assert "MIT licence" in words
    assert "LGPL-3.0" in words
    about.copy()
    assert f"SQLAlchemy {version('SQLAlchemy')}" in QGuiApplication.clipboard().text()
    about.reject()


@pytest.mark.parametrize("frozen", [False, True])
def test_about_shows_what_is_new_and_the_licences(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, frozen: bool
) -> None:
    """Frozen they lie among the resources, in a checkout beside them."""
    if frozen:
        for name in ("CHANGELOG.md", "LICENCES.txt"):
            (tmp_path / name).write_text(f"{name} of the frozen program", encoding="utf-8")
        monkeypatch.setattr(paths, "resource", lambda name="": tmp_path / name)
    show_about(window)
    (about,) = window.findChildren(About)
    texts = {}
    for title in ("What is new", "Licences"):
        (button,) = [one for one in about.findChildren(QPushButton) if one.text() == title]
        button.click()
        (shown,) = about.findChildren(EnclosedText)
        (text,) = shown.findChildren(QPlainTextEdit)
        texts[title] = text.toPlainText()
        shown.reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    about.reject()
    if frozen:
        assert texts == {
            "What is new": "CHANGELOG.md of the frozen program",
            "Licences": "LICENCES.txt of the frozen program",
        }
    else:
        assert "Unreleased" in texts["What is new"]
        assert "MIT License" in texts["Licences"]
