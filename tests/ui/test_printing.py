"""What goes to the printer: every page of every document, drawn in a worker, that can be stopped between pages."""

from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from desktop.jobs import Cancelled
from desktop.ui.pdf_pages import page_picture, page_sizes
from desktop.ui.printing import paint_documents
from tests.ui.test_pdf_view import made_pdf


def to_file(path: Path) -> QPrinter:
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    return printer


def strongest(pdf: bytes, page: int) -> str:
    """The colour of the middle, which compression changes by a shade."""
    seen = page_picture(pdf, page, 0.5).pixelColor(150, 200)
    parts = {"red": seen.red(), "green": seen.green(), "blue": seen.blue()}
    return max(parts, key=lambda name: parts[name])


def test_every_page_of_every_document_is_printed(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "printed.pdf"
    told: list[tuple[int, int]] = []
    count = paint_documents(
        to_file(path),
        [lambda: made_pdf("red", "green"), lambda: made_pdf("blue")],
        lambda done, total, _text: told.append((done, total)),
    )
    assert count == 3
    assert told == [(0, 2), (1, 2), (2, 2)]
    printed = path.read_bytes()
    assert len(page_sizes(printed)) == 3
    assert [strongest(printed, page) for page in range(3)] == ["red", "green", "blue"]


def test_a_range_of_pages_is_printed_alone(qapp: QApplication, tmp_path: Path) -> None:
    path = tmp_path / "printed.pdf"
    printer = to_file(path)
    printer.setPrintRange(QPrinter.PrintRange.PageRange)
    printer.setFromTo(2, 2)
    assert paint_documents(printer, [lambda: made_pdf("red", "green", "blue")], lambda *_: None) == 1
    assert strongest(path.read_bytes(), 0) == "green"


def test_a_stop_takes_effect_between_documents(qapp: QApplication, tmp_path: Path) -> None:
    made: list[int] = []

    def report(done: int, _total: int, _text: str) -> None:
        if done == 1:
            raise Cancelled

    def make() -> bytes:
        made.append(1)
        return made_pdf("red")

    with pytest.raises(Cancelled):
        paint_documents(to_file(tmp_path / "printed.pdf"), [make, make], report)
    assert made == [1]
