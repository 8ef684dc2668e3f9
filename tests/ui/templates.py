"""The sample firm with its templates, for tests of the list and of the designer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.books import open_
from desktop.services.sample import make_sample
from desktop.services.templates import versions
from desktop.ui.designer.page import DesignerPage, open_designer
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.templates import TemplatesSection
from tests.ui.program import Driver

DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "sample.sheaf"
    make_sample(path, today=DAY, clients=8)
    return path


def sample_window(qtbot: QtBot, qapp: QApplication, folder: Path, sample: Path) -> Driver:
    """A window on a copy of the sample firm."""
    copy = folder / "firm.sheaf"
    copy.write_bytes(sample.read_bytes())
    driver = Driver(qtbot, qapp, open_(copy), folder)
    driver.desk.today = lambda: DAY
    driver.window.resize(1280, 720)
    driver.settle()
    return driver


@pytest.fixture
def drive(qtbot: QtBot, qapp: QApplication, tmp_path: Path, sample: Path) -> Iterator[Driver]:
    driver = sample_window(qtbot, qapp, tmp_path, sample)
    yield driver
    driver.end()


@pytest.fixture
def section(drive: Driver) -> TemplatesSection:
    page = drive.window.go("settings")
    assert isinstance(page, SettingsPage)
    section = page.show_section("templates")
    assert isinstance(section, TemplatesSection)
    drive.settle()
    return section


@pytest.fixture
def designer(drive: Driver, section: TemplatesSection) -> DesignerPage:
    open_designer(drive.desk, section.current)
    drive.until(lambda: isinstance(drive.window.page, DesignerPage))
    page = drive.window.page
    assert isinstance(page, DesignerPage)
    drive.settle()
    drive.until(lambda: not page.preview.page.busy and bool(page.preview.page.pdf))
    return page


def press(root: QWidget, text: str) -> None:
    (button,) = [one for one in root.findChildren(QPushButton) if one.text() == text and one.isVisible()]
    button.click()


def count(drive: Driver, template_id: int) -> int:
    """How many versions a template has."""
    return len(versions(drive.desk.book, template_id))
