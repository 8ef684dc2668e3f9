"""Saving in the designer: a version with a note, and nothing that does not print."""

from __future__ import annotations

from desktop.services.templates import versions
from desktop.ui.designer.page import DesignerPage
from desktop.ui.designer.saving import SaveDialog
from tests.ui.program import Driver
from tests.ui.templates import count, designer, drive, press, sample, section
from tests.ui.test_access import nameless

__all__ = ["designer", "drive", "sample", "section"]


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
