"""The preview of a PDF: real pages, sharp, drawn off the window's thread, the newest question wins."""

import io
from collections.abc import Callable
from threading import Event

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from desktop.errors import UserError
from desktop.jobs import Jobs
from desktop.ui import pdf_pages
from desktop.ui.pdf_pages import page_picture, page_sizes, page_texts
from desktop.ui.pdf_view import PdfView
from desktop.ui.theme import Theme

Settle = Callable[[], None]


def made_pdf(*colors: str) -> bytes:
    """A PDF with a page in each colour, but for its margins."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    for color in colors:
        canvas.setFillColor(color)
        canvas.rect(50, 50, A4[0] - 100, A4[1] - 100, stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, jobs: Jobs) -> PdfView:
    made = PdfView(theme, jobs)
    qtbot.addWidget(made)
    made.resize(300, 440)
    made.show()
    qtbot.waitExposed(made)
    return made


def at(view: PdfView, x: int, y: int) -> QColor:
    return view.viewport().grab().toImage().pixelColor(x, y)


def shown(view: PdfView, settle: Settle, qtbot: QtBot, color: str) -> None:
    qtbot.waitUntil(lambda: at(view, 150, 150).name() == color)
    settle()


def test_pages_are_measured_and_drawn() -> None:
    pdf = made_pdf("red", "blue")
    sizes = page_sizes(pdf)
    assert [(round(one.width), round(one.height)) for one in sizes] == [(595, 842)] * 2
    picture = page_picture(pdf, 1, 2.0)
    assert (picture.width(), picture.height()) == (1191, 1684)
    assert picture.pixelColor(600, 800) == QColor("blue")
    assert picture.pixelColor(10, 10) == QColor("white")


def test_what_is_no_pdf_is_refused() -> None:
    with pytest.raises(ValueError, match="no PDF"):
        page_sizes(b"<html>")


def test_the_page_fills_the_width_with_white_margins(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    view.ask(lambda: made_pdf("red", "blue"))
    shown(view, settle, qtbot, "#ff0000")
    assert view.page_count == 2
    assert at(view, 10, 10).name() == "#ffffff"
    assert at(view, view.viewport().width() - 8, 200).name() == "#ffffff"
    assert view.horizontalScrollBar().maximum() == 0
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum())
    shown(view, settle, qtbot, "#0000ff")


def test_a_page_within_a_frame_fits_the_width_too(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    view.setStyleSheet("QAbstractScrollArea { border: 5px solid black; }")
    view.ask(lambda: made_pdf("red", "blue"))
    shown(view, settle, qtbot, "#ff0000")
    assert view.horizontalScrollBar().maximum() == 0
    view.fit_page()
    assert view.verticalScrollBar().pageStep() >= A4[1] * view.sharp_scale / view.devicePixelRatioF()


def test_zooming_draws_sharp_pages_and_fits_again(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    view.ask(lambda: made_pdf("red"))
    shown(view, settle, qtbot, "#ff0000")
    view.setFocus()
    for _press in range(3):
        qtbot.keyClick(view, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert view.horizontalScrollBar().maximum() > 100
    qtbot.waitUntil(lambda: view.pictures[0][0] == view.sharp_scale)
    scale, picture = view.pictures[0]
    assert picture.width() == pytest.approx(A4[0] * scale, abs=1)
    qtbot.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert view.horizontalScrollBar().maximum() == 0


def test_the_newest_question_wins(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    gate = Event()

    def slow() -> bytes:
        gate.wait(5)
        return made_pdf("red")

    view.ask(slow)
    view.ask(lambda: made_pdf("green"))
    shown_green = "#008000"
    qtbot.waitUntil(lambda: at(view, 150, 150).name() == shown_green)
    gate.set()
    settle()
    assert at(view, 150, 150).name() == shown_green


def test_a_pdf_that_cannot_be_made_says_why(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    def refuse() -> bytes:
        raise UserError("This draft has no buyer’s address.", "Add it to the client.")

    view.ask(refuse)
    settle()
    assert view.words == "This draft has no buyer’s address. Add it to the client."
    assert view.page_count == 0
    view.ask(lambda: made_pdf("red"))
    shown(view, settle, qtbot, "#ff0000")
    view.say("Choose a draft to see it.")
    assert view.page_count == 0


def test_many_small_pages_in_view_do_not_chase_each_other(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    view.resize(300, 2600)
    view.ask(lambda: made_pdf(*["red"] * 12))
    qtbot.waitUntil(lambda: view.page_count == 12)
    for _step in range(4):
        view.zoom_out()
    settle()
    qtbot.waitUntil(lambda: len(view.pictures) == 12)
    settle()
    drawn = {page: id(picture) for page, (_scale, picture) in view.pictures.items()}
    view.viewport().repaint()
    settle()
    assert {page: id(picture) for page, (_scale, picture) in view.pictures.items()} == drawn


def test_a_page_fits_whole_and_keeps_its_place_through_zooming(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    view.ask(lambda: made_pdf("red", "green", "blue"))
    shown(view, settle, qtbot, "#ff0000")
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_0, Qt.KeyboardModifier.ControlModifier)
    assert A4[1] * view.sharp_scale / view.devicePixelRatioF() <= view.height()
    view.go_to(1)
    assert view.page == 1
    view.zoom_in()
    assert view.page == 1
    qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.page == 2
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert view.page == 0
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert view.verticalScrollBar().value() > 0


def test_the_words_of_a_document_can_be_copied(view: PdfView, qtbot: QtBot, settle: Settle) -> None:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.drawString(100, 700, "Retainer for May")
    canvas.save()
    view.ask(file.getvalue)
    qtbot.waitUntil(lambda: view.page_count == 1)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle()
    assert QGuiApplication.clipboard().text() == "Retainer for May"


def test_whatever_is_opened_is_closed_by_the_thread_that_has_pdfium(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[tuple[str, bool]] = []

    def tells(name: str) -> Callable[[object], None]:
        real = getattr(pypdfium2.raw, name)

        def close(opened: object) -> None:
            closed.append((name, pdf_pages._pdfium.locked()))
            real(opened)

        return close

    names = {"FPDF_CloseDocument", "FPDF_ClosePage", "FPDFText_ClosePage", "FPDFBitmap_Destroy"}
    for name in names:
        monkeypatch.setattr(pypdfium2.raw, name, tells(name))
    pdf = made_pdf("#FF0000")
    page_sizes(pdf)
    page_texts(pdf)
    page_picture(pdf, 0, 1.0)
    assert {name for name, _alone in closed} == names
    assert [name for name, alone in closed if not alone] == []
