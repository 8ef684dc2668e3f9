"""The designer: what is changed is seen at once on the firm's own invoices, and nothing is lost by chance."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.domain.template import COLUMNS, FACTS, Block, Layout
from desktop.services.templates import versions
from desktop.ui.designer.compare import ComparePage
from desktop.ui.designer.page import DesignerPage, open_designer
from desktop.ui.designer.rows import SECTIONS, properties
from desktop.ui.designer.saving import SaveDialog
from desktop.ui.designer.texts import unknown_fields
from desktop.ui.pdf_pages import page_texts
from desktop.ui.settings.templates import TemplatesSection
from tests.ui.program import Driver
from tests.ui.templates import count, designer, drive, press, sample, section
from tests.ui.test_access import nameless, stops

__all__ = ["designer", "drive", "sample", "section"]


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
    assert menu is not None
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
    press(texts, "Remove")
    assert designer.draft.layout == designer.draft.saved.layout


@pytest.mark.parametrize(
    "typed, meant",
    [("due", "due_date"), ("naem", "client.name"), ("amout", "amount"), ("website", "firm.website"), ("zzz", None)],
)
def test_what_is_meant(typed: str, meant: str | None) -> None:
    (said,) = unknown_fields("{" + typed + "} {number}")
    assert said.startswith(f"There is no field {{{typed}}}.")
    assert (f"Is {{{meant}}} meant?" in said) == (meant is not None)


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


# --- saving, leaving, comparing


def test_saving_makes_a_version_with_a_note(drive: Driver, designer: DesignerPage) -> None:
    template_id, before = designer.found.row.id, count(drive, designer.found.row.id)
    designer.draft.set(accent="#AA0000")
    designer.acts["designer.save"].trigger()
    (dialog,) = drive.window.findChildren(SaveDialog)
    said = [label.text() for label in dialog.findChildren(type(designer._title))]
    assert any("Accent colour: #2457D6 → #AA0000" in one for one in said)
    assert nameless(dialog) == []
    dialog.note.setText("Red")
    dialog.accept()
    drive.until(lambda: not designer.draft.dirty)
    drive.settle()
    newest = versions(drive.desk.book, template_id)[0]
    assert (newest.note, count(drive, template_id)) == ("Red", before + 1)
    # A version that printed nothing yet is replaced, unless the person says otherwise.
    designer.draft.set(accent="#BB0000")
    designer.acts["designer.save"].trigger()
    (dialog,) = [one for one in drive.window.findChildren(SaveDialog) if one.isVisible()]
    assert dialog.replace.isVisible()
    dialog.accept()
    drive.until(lambda: not designer.draft.dirty)
    drive.settle()
    assert count(drive, template_id) == before + 1


def test_what_does_not_print_is_not_saved(drive: Driver, designer: DesignerPage) -> None:
    before = count(drive, designer.found.row.id)
    press_texts = designer.panel.texts
    designer.panel.open("texts")
    press(press_texts, "Add a text")
    press_texts.text.setPlainText("{nobody}")
    designer.acts["designer.save"].trigger()
    (dialog,) = drive.window.findChildren(SaveDialog)
    dialog.accept()
    drive.settle()
    assert dialog.isVisible()
    assert "no field “{nobody}”" in dialog._notice.sentence
    dialog.reject()
    assert designer.draft.dirty
    assert count(drive, designer.found.row.id) == before


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
    order = stops(designer)
    panel = [place for place, one in enumerate(order) if designer.panel.isAncestorOf(one)]
    preview = [place for place, one in enumerate(order) if designer.preview.isAncestorOf(one)]
    assert panel == list(range(panel[0], panel[-1] + 1))
    assert max(panel) < min(preview)


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
    assert body.width() <= seen
    for field in body.findChildren(QWidget):
        if field.isVisible() and field.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            right = field.mapTo(body, field.rect().topRight()).x()
            assert right <= body.width(), field.accessibleName()
    drive.window.shell.theme.set_zoom(100)
