"""Settings, Templates: pictures, versions, files, and which template prints for whom."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from desktop.services.templates import choices, rename_template, templates
from desktop.ui.designer.page import DesignerPage
from desktop.ui.designer.uses import UsesPage
from desktop.ui.dialog import FormDialog
from desktop.ui.settings.templates import TemplatesSection
from tests.ui.program import Driver
from tests.ui.templates import count, drive, sample, section
from tests.ui.test_access import nameless

__all__ = ["drive", "sample", "section"]


def test_the_list_shows_pictures_and_versions(drive: Driver, section: TemplatesSection) -> None:
    known = templates(drive.desk.book)
    assert section.gallery.count() == len(known) >= 6
    drive.until(lambda: len(section.gallery.pictures) == len(known))
    for place in range(len(known)):
        # The whole page is to be seen, not a strip of it.
        seen = section.gallery.visualItemRect(section.gallery.item(place))
        assert seen.height() > section.gallery.iconSize().height()
    (default,) = [one for one in known if one.is_default]
    assert section.current == default.id
    assert "default" in section.gallery.currentItem().text()
    assert section.versions.count() == count(drive, default.id)
    assert nameless(section) == []


def test_a_long_name_leaves_its_room_to_the_version(drive: Driver, section: TemplatesSection) -> None:
    name = "Letters to clients beyond the ocean, in the new colours"
    rename_template(drive.desk.book, section.current, name, actor="test")
    section.gallery.show_rows(templates(drive.desk.book))
    item = section.gallery.currentItem()
    shown, marks = item.text().splitlines()
    assert shown.endswith("…")
    assert section.gallery.fontMetrics().horizontalAdvance(shown) < section.gallery.gridSize().width()
    assert marks.startswith("version")
    assert item.toolTip() == name
    assert str(item.data(Qt.ItemDataRole.AccessibleTextRole)).startswith(name)


def test_a_copy_opens_in_the_designer(drive: Driver, section: TemplatesSection) -> None:
    section.acts["templates.new"].trigger()
    drive.settle()
    (dialog,) = drive.window.findChildren(FormDialog)
    dialog.form.editor("name").put("Quay")
    dialog.accept()
    drive.until(lambda: isinstance(drive.window.page, DesignerPage))
    assert drive.window.page.found.row.name == "Quay"  # type: ignore[union-attr]


def test_a_file_goes_out_and_comes_in(drive: Driver, section: TemplatesSection, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    section.export_to(section.row.version_id, path)
    drive.settle()
    before = section.gallery.count()
    section.import_from(path)
    drive.settle()
    drive.until(lambda: section.gallery.count() == before + 1)
    path.write_text(path.read_text(encoding="utf-8").replace('"page": "A4"', '"page": "A9"'), encoding="utf-8")
    section.import_from(path)
    drive.settle()
    assert "one.json, line 6, column 5: “A9” is not one of" in drive.window.notices.sentence
    assert section.gallery.count() == before + 1


def test_a_template_in_use_is_not_removed(drive: Driver, section: TemplatesSection) -> None:
    before = section.gallery.count()
    section._remove(section.row)
    drive.settle()
    assert section.gallery.count() == before
    assert "document" in drive.window.notices.sentence


def test_which_template_prints_is_chosen_in_a_table(drive: Driver, section: TemplatesSection) -> None:
    other = next(one for one in templates(drive.desk.book) if not one.is_default)
    section.acts["templates.uses"].trigger()
    drive.settle()
    page = drive.window.page
    assert isinstance(page, UsesPage)
    page.add()
    drive.settle()
    (dialog,) = [one for one in drive.window.findChildren(FormDialog) if one.isVisible()]
    dialog.form.editor("kind").put("reminder")
    dialog.form.editor("language").put("fr")
    dialog.form.editor("template_id").put(other.id)
    dialog.accept()
    drive.settle()
    drive.until(lambda: page.model.rowCount() == 2)
    assert [(one.kind, one.language, one.template) for one in choices(drive.desk.book)][1:] == [
        ("reminder", "fr", other.name)
    ]
    page.table.select([page.model.ids[1]])
    drive.settle()
    page.acts["uses.remove"].trigger()
    drive.settle()
    drive.until(lambda: page.model.rowCount() == 1)
    page.table.select([page.model.ids[0]])
    drive.settle()
    # The firm needs one for everything.
    assert not page.acts["uses.remove"].isEnabled()


def test_choices_are_searched(drive: Driver, section: TemplatesSection) -> None:
    section.acts["templates.uses"].trigger()
    drive.settle()
    page = drive.window.page
    assert isinstance(page, UsesPage)
    assert page.model.rowCount() == 1
    page.search.setText("nothing of this name")
    drive.settle()
    drive.until(lambda: page.model.rowCount() == 0)
    page.search.setText("firm")
    drive.settle()
    drive.until(lambda: page.model.rowCount() == 1)
    assert [one for one in drive.window.findChildren(FormDialog) if one.isVisible()] == []
