"""Prints documents: asks for the printer, then draws their pages in a worker while the window goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPageLayout, QPainter
from PySide6.QtPrintSupport import QAbstractPrintDialog, QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QWidget

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, Report
from desktop.ui.pdf_pages import page_picture, page_sizes
from desktop.ui.shell import Shell

# Sharp to the eye on paper; the double would take four times the memory a page.
_MOST_DPI = 300
_POINTS = 72

Make = Callable[[], bytes]
Then = Callable[[str], object]


def print_documents(
    shell: Shell, parent: QWidget, title: str, documents: Sequence[Make], then: Then | None = None
) -> None:
    """Ask how to print, then do it; each document is a function that makes its PDF when its turn comes.

    `then` gets the printer's name once all pages went there; what went to a file is not on paper.
    """
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    dialog = QPrintDialog(printer, parent.window())
    dialog.setOption(QAbstractPrintDialog.PrintDialogOption.PrintPageRange, len(documents) == 1)
    dialog.accepted.connect(lambda: _start(shell, title, printer, documents, then))
    # The binding knows the class by its older method of the same name, which needs a receiver.
    QDialog.open(dialog)


def _start(shell: Shell, title: str, printer: QPrinter, documents: Sequence[Make], then: Then | None) -> None:
    def work(report: Report) -> int:
        return paint_documents(printer, documents, report)

    shell.jobs.start(
        Job(_("Printing {what}").format(what=title), work, lane=Lane.SIDE),
        lambda pages: _said(shell, printer, pages, then),
    )


def _said(shell: Shell, printer: QPrinter, pages: object, then: Then | None) -> None:
    assert isinstance(pages, int)
    said = ngettext("{count} page went to {printer}.", "{count} pages went to {printer}.", pages)
    where = printer.outputFileName() or printer.printerName()
    shell.notices.say(said.format(count=number_text(pages), printer=where))
    # A range may leave pages out: who printed only some of them says himself that the document is printed.
    whole = printer.printRange() is not QPrinter.PrintRange.PageRange
    if then is not None and whole and not printer.outputFileName():
        then(printer.printerName())


def paint_documents(printer: QPrinter, documents: Sequence[Make], report: Report) -> int:
    """Draw every page on the printer; how many there were. UserError where the printer cannot be used.

    A cancel takes effect between pages: what was drawn before is then not printed.
    """
    printer.setFullPage(True)
    painter: QPainter | None = None
    done = 0
    try:
        for place, make in enumerate(documents):
            report(place, len(documents), "")
            pdf = make()
            sizes = page_sizes(pdf)
            for page in _wanted(printer, len(sizes)):
                landscape = sizes[page].width > sizes[page].height
                turned = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
                printer.setPageOrientation(turned)
                if painter is None:
                    painter = QPainter()
                    if not painter.begin(printer):
                        raise UserError(
                            _("The printer cannot be used now."),
                            _("Look whether it is switched on, or print to a file."),
                        )
                elif not printer.newPage():
                    raise UserError(_("The printer stopped."), _("Look at the printer, then print again."))
                _paint(painter, printer, pdf, page)
                done += 1
        report(len(documents), len(documents), "")
    except BaseException:
        if painter is not None:
            printer.abort()
        raise
    finally:
        if painter is not None and painter.isActive():
            painter.end()
    return done


def _wanted(printer: QPrinter, count: int) -> Iterable[int]:
    if printer.printRange() is not QPrinter.PrintRange.PageRange:
        return range(count)
    first, last = printer.fromPage() or 1, printer.toPage() or count
    return range(max(first, 1) - 1, min(last, count))


def _paint(painter: QPainter, printer: QPrinter, pdf: bytes, page: int) -> None:
    resolution = min(printer.resolution(), _MOST_DPI)
    picture = page_picture(pdf, page, resolution / _POINTS)
    paper = QRectF(printer.pageLayout().fullRectPixels(printer.resolution()))
    factor = min(paper.width() / picture.width(), paper.height() / picture.height())
    width, height = picture.width() * factor, picture.height() * factor
    painter.drawImage(QRectF((paper.width() - width) / 2, (paper.height() - height) / 2, width, height), picture)
