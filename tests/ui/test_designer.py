"""The designer: what is changed is seen at once on the firm's own invoices, and nothing is lost by chance."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.template import COLUMNS, FACTS, Block, Layout
from desktop.services.changes import changes
from desktop.ui.designer.compare import ComparePage
from desktop.ui.designer.page import DesignerPage, open_designer
from desktop.ui.designer.rows import SECTIONS, properties
from desktop.ui.designer.texts import wrong_fields
from desktop.ui.pdf_pages import page_texts
from desktop.ui.settings.templates import TemplatesSection
from tests.ui.program import Driver
from tests.ui.templates import designer, press, sample, sample_window, section
from tests.ui.test_access import nameless

__all__ = ["designer", "sample", "section"]


@pytest.fixture(scope="module")
def program(
    request: pytest.FixtureRequest, qapp: QApplication, tmp_path_factory: pytest.TempPathFactory, sample: Path
) -> Iterator[Driver]:
    """One window for all that is looked at here: nothing of it is written to the book."""
    driver = sample_window(QtBot(request), qapp, tmp_path_factory.mktemp("window"), sample)
    yield driver
    driver.end()


@pytest.fixture
def drive(program: Driver) -> Iterator[Driver]:
    before = len(changes(program.desk.book, 10_000))
    yield program
    page = program.window.page
    if isinstance(page, ComparePage):
        program.window.back()
        page = program.window.page
    if isinstance(page, DesignerPage):
        page.draft.mark_saved(page.draft.look)
        program.window.back()
    if program.window.shell.theme.zoom != 100:
        program.window.shell.theme.set_zoom(100)
    program.window.resize(1280, 720)
    program.settle()
    assert len(changes(program.desk.book, 10_000)) == before


def drawn(drive: Driver, page: DesignerPage) -> str:
    """The words of the preview, once it shows the newest look."""
    drive.settle()
    drive.until(lambda: not page.preview.page.busy and bool(page.preview.page.pdf))
    return "\n".join(page_texts(page.preview.page.pdf))


# --- the live preview


def test_a_change_is_seen_and_taken_back(drive: Driver, designer: DesignerPage) -> None:
    before = designer.preview.page.pdf
    shelf = designer.panel.columns.shelf
    assert "Quantity" in drawn(drive, designer)
    shelf.choose("quantity")
    QTest.keyClick(shelf, Qt.Key.Key_Space)
    assert "Quantity" not in drawn(drive, designer)
    designer.acts["designer.undo"].trigger()
    assert "Quantity" in drawn(drive, designer)
    assert designer.preview.page.pdf == before
    assert ("quantity", True) in shelf.entries
    designer.acts["designer.redo"].trigger()
    assert "Quantity" not in drawn(drive, designer)


def test_the_newest_change_wins_and_few_are_drawn(drive: Driver, designer: DesignerPage) -> None:
    asked = []
    designer.preview.page.drawn.connect(lambda: asked.append(1))
    for place in range(40):
        designer.draft.set(accent=f"#0000{place:02X}")
    drawn(drive, designer)
    assert len(asked) <= 3
    designer.draft.set(page="LETTER")
    drawn(drive, designer)
    assert pypdfium2.PdfDocument(designer.preview.page.pdf).get_page_size(0) == pytest.approx((612, 792), abs=0.5)


def test_every_subject_kind_and_language_is_drawn(drive: Driver, designer: DesignerPage) -> None:
    bar = designer.preview.bar
    found = {bar._subjects[place].what for place in range(len(bar._subjects))}
    assert {"short", "long", "sample"} <= found
    for place in range(len(bar._subjects)):
        bar.subject.put(place)
        bar.changed.emit()
        assert drawn(drive, designer)
    bar.language.put("de")
    bar.changed.emit()
    assert "Rechnung" in drawn(drive, designer)
    for kind in ("credit_note", "statement", "cover_letter"):
        bar.kind.put(kind)
        bar.changed.emit()
        drive.settle()
        drive.until(lambda: not designer.preview.page.busy)
        assert designer.preview.page.pdf or designer.preview.page.words


def test_the_preview_stays_where_the_person_looks(drive: Driver, designer: DesignerPage) -> None:
    page = designer.preview.page
    for _step in range(4):
        page.zoom_in()
    page.verticalScrollBar().setValue(300)
    designer.draft.set(accent="#AA0000")
    drawn(drive, designer)
    assert page.verticalScrollBar().value() == 300


# --- the panel


def test_every_property_of_a_layout_has_a_field(designer: DesignerPage) -> None:
    for name in ("page", *SECTIONS):
        for one in properties(name):
            assert designer.panel.rows(name).field(one) is not None
    everywhere = {one for name in ("page", *SECTIONS) for one in properties(name)}
    lists = {"blocks", "facts", "columns", "texts"}
    assert everywhere | lists == set(Layout.__dataclass_fields__)


def test_blocks_move_by_keyboard_and_button(drive: Driver, designer: DesignerPage) -> None:
    blocks = designer.panel.blocks
    blocks.body.choose("totals")
    before = designer.draft.layout.order()
    QTest.keyClick(blocks.body, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    after = designer.draft.layout.order()
    assert after.index("totals") == before.index("totals") - 1
    assert blocks.body.current == "totals"
    designer.panel.open("blocks")
    press(blocks, "Down")
    assert designer.draft.layout.order() == before
    drawn(drive, designer)
    # At the upper end nothing moves.
    blocks.body.setCurrentRow(0)
    QTest.keyClick(blocks.body, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert designer.draft.layout.order() == before


def test_blocks_are_switched_and_styled(drive: Driver, designer: DesignerPage) -> None:
    blocks = designer.panel.blocks
    blocks.body.choose("totals")
    style = blocks.style_of
    style.size_of.setText("12")
    style.size_of.changed.emit()
    style.bold.put(True)
    style.bold.changed.emit()
    style.side.put("left")
    style.side.changed.emit()
    style.colour.put("own")
    style.colour.changed.emit()
    style.own_colour.put("#123456")
    style.own_colour.changed.emit()
    style.space.setText("-4")
    style.space.changed.emit()
    assert designer.draft.layout.block("totals") == Block("totals", True, 12, True, "#123456", "left", -4)
    blocks.fixed.choose("page_numbers")
    QTest.keyClick(blocks.fixed, Qt.Key.Key_Space)
    assert not designer.draft.layout.block("page_numbers").shown
    assert style.block == "page_numbers"
    drawn(drive, designer)


def test_a_length_beyond_its_bounds_is_marked_and_not_taken(designer: DesignerPage) -> None:
    field = designer.panel.rows("page").field("margin_left")
    field.setText("5")  # type: ignore[attr-defined]
    field.changed.emit()  # type: ignore[attr-defined]
    assert designer.draft.layout.margin_left == 25
    assert field.property("wrong")
    assert field.accessibleDescription() == "From 10 to 60."
    field.put_length(25)  # type: ignore[attr-defined]
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert designer.draft.layout.margin_left == 26
    assert not field.property("wrong")


def test_columns_and_facts_are_chosen_moved_and_named(drive: Driver, designer: DesignerPage) -> None:
    columns = designer.panel.columns
    assert {name for name, _shown in columns.shelf.entries} == set(COLUMNS)
    columns.shelf.choose("net")
    QTest.keyClick(columns.shelf, Qt.Key.Key_Space)
    # The table cannot do without it.
    assert ("net", True) in columns.shelf.entries
    columns.title.setText("Sum")
    columns.title.changed.emit()
    columns.width_of.setText("33")
    columns.width_of.changed.emit()
    assert [(one.title, one.width) for one in designer.draft.layout.columns if one.column == "net"] == [("Sum", 33)]
    assert "Sum" in drawn(drive, designer)
    facts = designer.panel.facts.shelf
    assert {name for name, _shown in facts.entries} == set(FACTS)
    facts.choose("client_code")
    QTest.keyClick(facts, Qt.Key.Key_Space)
    assert "client_code" not in designer.draft.layout.facts


def test_texts_take_fields_and_mark_unknown_ones(drive: Driver, designer: DesignerPage) -> None:
    texts = designer.panel.texts
    designer.panel.open("texts")
    press(texts, "Add a text")
    texts.place.put("intro")
    texts.place.changed.emit()
    texts.text.setPlainText("Hello ")
    texts.text.moveCursor(texts.text.textCursor().MoveOperation.End)
    (client,) = [one for one in texts.insert.menu().actions() if one.menu() and one.text() == "The client"]
    menu = client.menu()
    assert isinstance(menu, QMenu)
    (name,) = [one for one in menu.actions() if "{client.name}" in one.text()]
    name.trigger()
    assert designer.draft.layout.texts[-1].text == "Hello {client.name}"
    assert "Hello " in drawn(drive, designer)
    assert "{client.name}" not in drawn(drive, designer)
    assert texts.problem.isHidden()
    texts.text.setPlainText("Hello {name}")
    assert texts.problem.text() == "There is no field {name}. Is {client.name} meant?"
    assert texts.text.accessibleDescription() == texts.problem.text()
    # What is half typed is shown, not refused.
    assert "Hello ‹name›" in drawn(drive, designer)
    texts.text.setPlainText("Hello {client.name")
    assert texts.problem.text() == "“{client.name” lacks one of its two braces."
    assert "Hello ‹client.name" in drawn(drive, designer)
    press(texts, "Remove")
    assert designer.draft.layout == designer.draft.saved.layout


@pytest.mark.parametrize(
    "typed, meant",
    [("due", "due_date"), ("naem", "client.name"), ("amout", "amount"), ("website", "firm.website"), ("zzz", None)],
)
def test_what_is_meant(typed: str, meant: str | None) -> None:
    (said,) = wrong_fields("{" + typed + "} {number}")
    assert said.startswith(f"There is no field {{{typed}}}.")
    assert (f"Is {{{meant}}} meant?" in said) == (meant is not None)


@pytest.mark.parametrize("name", ["columns", "blocks", "texts"])
def test_a_section_that_is_opened_comes_into_view(drive: Driver, designer: DesignerPage, name: str) -> None:
    panel = designer.panel
    panel.verticalScrollBar().setValue(0)
    panel.folds[name].heading.click()
    drive.settle()
    fold, room = panel.folds[name], panel.viewport().height()
    top = fold.mapTo(panel.viewport(), QPoint()).y()
    # The whole of it, or its beginning at the very top.
    assert top >= 0
    assert top < 20 or top + fold.height() <= room


def test_a_section_opened_on_leaving_harms_nothing(drive: Driver, designer: DesignerPage) -> None:
    designer.panel.folds["texts"].heading.click()
    drive.window.back()
    drive.settle()
    assert not isinstance(drive.window.page, DesignerPage)


def test_letters_of_a_word_are_one_step(designer: DesignerPage) -> None:
    texts = designer.panel.texts
    designer.panel.open("texts")
    press(texts, "Add a text")
    texts.text.setFocus()
    QTest.keyClicks(texts.text, "Thanks")
    assert designer.draft.layout.texts[-1].text == "Thanks"
    designer.draft.undo()
    assert designer.draft.layout.texts[-1].text == ""
    designer.draft.undo()
    assert not designer.draft.dirty


def test_a_logo_that_is_no_picture_is_told(drive: Driver, designer: DesignerPage, tmp_path: Path) -> None:
    bad = tmp_path / "logo.png"
    bad.write_bytes(b"\x89PNG\r\n\x1a\nno")
    before = designer.draft.look
    designer.panel.logo.take(bad)
    drive.settle()
    assert designer.draft.look == before
    assert "cannot be read as a picture" in drive.window.notices.sentence
    designer.panel.open("logo")
    press(designer.panel.logo, "Without a logo")
    assert designer.draft.look.logo == b""
    press(designer.panel.logo, "Take the firm’s")
    drive.settle()
    assert designer.draft.look == before


# --- leaving, comparing


def test_leaving_asks_for_what_is_not_saved(drive: Driver, designer: DesignerPage) -> None:
    designer.draft.set(accent="#AA0000")
    drive.window.back()
    assert drive.window.page is designer
    assert "not saved yet" in designer.notice.sentence
    drive.window.go("clients")
    assert drive.window.page is designer
    assert not drive.window.close()
    drive.window.go("clients")
    drive.settle()
    press(designer.notice, "Drop the changes")
    drive.settle()
    assert drive.window.here == "clients"
    assert drive.window.page is not designer


def test_leaving_is_free_when_nothing_changed(drive: Driver, designer: DesignerPage) -> None:
    designer.draft.set(accent="#AA0000")
    designer.draft.undo()
    drive.window.back()
    assert drive.window.page is not designer


def test_versions_are_compared_side_by_side(drive: Driver, designer: DesignerPage) -> None:
    designer.draft.set(table="zebra", margin_left=30)
    designer.acts["designer.compare"].trigger()
    drive.settle()
    page = drive.window.page
    assert isinstance(page, ComparePage)
    drive.until(lambda: all(side.page.pdf and not side.page.busy for side in page.sides))
    assert page.sides[0].page.pdf != page.sides[1].page.pdf
    told = [page.words.item(row).text() for row in range(page.words.count())]
    assert told == ["Left margin: 25 mm → 30 mm", "Look of the table: Fine lines → Striped rows"]
    assert nameless(page) == []
    press(page, "Go on with the left version")
    drive.settle()
    assert drive.window.page is designer
    assert not designer.draft.dirty
    designer.draft.undo()
    assert designer.draft.layout.margin_left == 30


# --- whoever cannot see the window or use a mouse


def test_all_of_the_designer_can_be_heard(drive: Driver, designer: DesignerPage) -> None:
    for name in designer.panel.folds:
        designer.panel.open(name)
    drive.settle()
    press(designer.panel.texts, "Add a text")
    designer.panel.blocks.style_of.colour.put("own")
    designer.panel.blocks.style_of.colour.changed.emit()
    drive.settle()
    assert nameless(designer) == []
    interface = QAccessible.queryAccessibleInterface(designer.panel.blocks.body)
    assert interface.text(QAccessible.Text.Name).startswith("Blocks of the page")


def test_tab_goes_down_the_panel_and_then_to_the_preview(drive: Driver, designer: DesignerPage) -> None:
    reached: list[QWidget] = []
    designer.panel.setFocus()
    while (now := drive.window.focusWidget()) is not None and designer.isAncestorOf(now) and now not in reached:
        reached.append(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
    parts = ["panel" if designer.panel.isAncestorOf(one) else "preview" for one in reached]
    assert all(designer.preview.isAncestorOf(one) for one in reached[parts.index("preview") :])
    assert parts == sorted(parts)
    assert parts.count("panel") > 10
    assert parts.count("preview") >= 6


@pytest.mark.parametrize("zoom, width", [(200, 1280), (80, 900), (100, 900)])
def test_nothing_is_cut_off_in_narrow_windows_and_at_any_zoom(
    drive: Driver, section: TemplatesSection, zoom: int, width: int
) -> None:
    drive.window.shell.theme.set_zoom(zoom)
    drive.window.resize(width, 720)
    open_designer(drive.desk, section.current)
    drive.until(lambda: isinstance(drive.window.page, DesignerPage))
    page = drive.window.page
    assert isinstance(page, DesignerPage)
    for name in page.panel.folds:
        page.panel.open(name)
    drive.settle()
    seen = page.panel.viewport().width()
    body = page.panel.widget()
    assert body is not None
    assert body.width() <= seen
    for field in body.findChildren(QWidget):
        if field.isVisible() and field.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            right = field.mapTo(body, field.rect().topRight()).x()
            assert right <= body.width(), field.accessibleName()
