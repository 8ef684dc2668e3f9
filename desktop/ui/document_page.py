"""One document as large as the window: read, zoom, print, save. Esc goes back to the row that it was opened from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.i18n import _, number_text, percent_text
from desktop.jobs import Job, Lane
from desktop.services.previews import draft_pdf, invoice_pdf, save_draft_pdf, save_pdf
from desktop.ui.actions import Action, Actions
from desktop.ui.bar import Hints
from desktop.ui.desk import Desk
from desktop.ui.elided_label import ElidedLabel
from desktop.ui.invoices.einvoices import save_einvoices
from desktop.ui.opening import offer_folder
from desktop.ui.outbox.print_ways import note_by_dialog
from desktop.ui.pdf_view import PdfView
from desktop.ui.printing import print_documents

_FOLDER = "pdf_folder"
_MARGIN = 24
# Percent of the size on paper at which a page opens where there is room.
_READABLE = 115


@dataclass(frozen=True)
class Paper:
    """What a document page shows: `make` gives the PDF, `save` writes it to a file, both off the window's thread.

    `invoice_id` is that of an issued document, which may leave the house as an e-invoice too.
    """

    title: str
    facts: str
    file_name: str
    make: Callable[[], bytes]
    save: Callable[[Path], None]
    invoice_id: int | None = None


def invoice_paper(desk: Desk, invoice_id: int, number: str, facts: str = "") -> Paper:
    """An issued document, as it went out."""
    book = desk.book
    return Paper(
        number,
        facts,
        f"{number.replace('/', '-')}.pdf",
        lambda: invoice_pdf(book, invoice_id),
        lambda path: save_pdf(book, invoice_id, path),
        invoice_id,
    )


def draft_paper(desk: Desk, draft_id: int, client: str, facts: str = "") -> Paper:
    """A draft as it would be issued, marked as one."""
    book = desk.book
    return Paper(
        client,
        facts,
        _("Draft {client}").format(client=client.replace("/", "-")) + ".pdf",
        lambda: draft_pdf(book, draft_id),
        lambda path: save_draft_pdf(book, draft_id, path),
    )


class DocumentPage(QWidget):
    """`more` are actions of whoever opened it; those named in `buttons` stand beside print and save."""

    def __init__(self, desk: Desk, paper: Paper, more: Iterable[Action] = (), buttons: Sequence[str] = ()) -> None:
        super().__init__()
        self.desk = desk
        self._paper = paper
        self.view = PdfView(desk.shell.theme, desk.shell.jobs)
        self.view.setProperty("role", "paper")
        self.view.open_at_most(_READABLE)
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.declare(self._offers())
        declared = list(more)
        self.acts.declare(one for one in declared if len(one.shortcut) != 1)
        self.acts.declare((one for one in declared if len(one.shortcut) == 1), scope=self.view)
        self.acts.failed.connect(desk.shell.notices.show_error)
        self._build(buttons)
        self.view.changed.connect(self._follow)
        desk.shell.jobs.changed.connect(self._hear)
        self.show_paper(paper)

    def _offers(self) -> list[Action]:
        there = lambda: bool(self.view.pdf)  # noqa: E731
        return [
            Action("document.zoom_out", _("Smaller"), self.view.zoom_out, "zoom-out", enabled=there),
            Action("document.zoom_in", _("Larger"), self.view.zoom_in, "zoom-in", enabled=there),
            Action("document.width", _("Fit width"), self.view.fit_width, "fit-width", enabled=there),
            Action("document.whole", _("Whole page"), self.view.fit_page, enabled=there),
            Action("document.print", _("Print…"), self.print, "print", "Ctrl+P", there),
            Action("document.save", _("Save as PDF…"), self.save, "save", "Ctrl+S", there),
            Action(
                "document.einvoice",
                _("Save as e-invoice…"),
                self.save_einvoice,
                shortcut="Ctrl+E",
                enabled=lambda: self._paper.invoice_id is not None,
            ),
        ]

    def _build(self, buttons: Sequence[str]) -> None:
        self._title, self._facts, self._place = (
            QLabel(textFormat=Qt.TextFormat.PlainText),
            ElidedLabel(),
            QLabel(textFormat=Qt.TextFormat.PlainText),
        )
        self._title.setProperty("role", "title")
        self._facts.setProperty("role", "secondary")
        self._place.setProperty("role", "secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._facts)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(words, 1)
        for place, one in enumerate(buttons):
            head.addWidget(self.acts.button(one, "main" if place == 0 else ""))
        tools = QHBoxLayout()
        tools.setSpacing(8)
        for one in ("zoom_out", "zoom_in", "width", "whole"):
            tools.addWidget(self.acts.button(f"document.{one}"))
        tools.addWidget(self._place)
        hints = [("Ctrl +", _("larger")), ("Ctrl −", _("smaller")), ("Ctrl 0", _("fit")), ("Esc", _("back"))]
        tools.addWidget(Hints([*self.acts.hints(), *hints], self.desk.shell.theme), 1)
        issued = ["einvoice"] if self._paper.invoice_id is not None else []
        for one in ("print", *issued, "save"):
            tools.addWidget(self.acts.button(f"document.{one}"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 0)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addLayout(tools)
        layout.addWidget(self.view, 1)

    # What is shown

    @property
    def paper(self) -> Paper:
        return self._paper

    def show_paper(self, paper: Paper) -> None:
        self._paper = paper
        self._title.setText(paper.title)
        self._facts.setText(paper.facts)
        self._facts.setVisible(bool(paper.facts))
        self.view.ask(paper.make)
        self._follow()

    def _follow(self) -> None:
        pages = self.view.page_count
        if pages:
            said = _("Page {page} of {pages} · {percent}")
            self._place.setText(
                said.format(
                    page=number_text(self.view.page + 1),
                    pages=number_text(pages),
                    percent=percent_text(self.view.percent),
                )
            )
        else:
            self._place.clear()
        self.acts.refresh()

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        # A draft was edited here; what is issued gives the same bytes again, and nothing is drawn anew.
        if "runs" in changes:
            self.view.ask(self._paper.make)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view.setFocus()

    # What can be done with it

    def print(self) -> None:
        pdf, invoice_id = self.view.pdf, self._paper.invoice_id
        issued = [] if invoice_id is None else [invoice_id]
        print_documents(
            self.desk.shell,
            self,
            self._paper.title,
            [lambda: pdf],
            (lambda name: note_by_dialog(self.desk, issued, name)) if issued else None,
        )

    def save(self) -> None:
        memory, paper = self.desk.shell.memory, self._paper
        start = memory.folder(_FOLDER)
        dialog = QFileDialog(self, _("Save {number}").format(number=paper.title), str(start), "PDF (*.pdf)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.selectFile(paper.file_name)
        dialog.fileSelected.connect(lambda name: self._save_to(paper, Path(name)))
        dialog.open()

    def save_einvoice(self) -> None:
        paper = self._paper
        if paper.invoice_id is not None:
            save_einvoices(self.desk, self, {paper.invoice_id: paper.title})

    def _save_to(self, paper: Paper, path: Path) -> None:
        shell = self.desk.shell
        shell.memory.put_folder(_FOLDER, path.parent)

        def said(_done: object) -> None:
            words = _("{file} is saved.").format(file=path.name)
            shell.notices.say(words, offers=[offer_folder(path.parent)])

        title = _("Saving {number}").format(number=paper.title)
        shell.jobs.start(Job(title, lambda _report: paper.save(path), lane=Lane.SIDE), said)
