"""First steps: from an empty book to the first invoices, each step known as done from the book itself."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.i18n import _, number_text
from desktop.jobs import Job, Lane
from desktop.services.first_steps import STEPS, FirstSteps, first_steps, write_example_clients
from desktop.ui.desk import Desk
from desktop.ui.guide.step import StepRow, rule

_WIDTH = 760
_MARGIN = 24


class GuidePage(QWidget):
    """`sample` opens the sample firm."""

    def __init__(self, desk: Desk, sample: Callable[[], object]) -> None:
        super().__init__()
        self.desk = desk
        self._sample = sample
        self.setObjectName("guide")
        self.title = _("First steps")
        self._facts = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._facts.setProperty("role", "secondary")
        self.rows = self._steps()
        self._build()
        desk.shell.jobs.changed.connect(self._hear)
        self._ask()

    def _steps(self) -> dict[str, StepRow]:
        theme = self.desk.shell.theme
        told = (
            (_("Your firm"), "", (_("Complete the firm"), self._firm), None),
            (
                _("Your logo"),
                _("It stands at the top of each invoice. You can leave it for later."),
                (_("Choose a logo"), self._firm),
                None,
            ),
            (
                _("Your first clients"),
                _("Bring in a list from a spreadsheet; Sheaf finds out which column is what and shows it first."),
                (_("Import clients…"), self._clients),
                (_("Save an example file…"), self._example),
            ),
            (
                _("What you sell"),
                _("Each service has one name, one unit and one tax code, so that it never stands under two names."),
                (_("New item…"), self._item),
                None,
            ),
            (
                _("Your first agreement"),
                _("What a client is billed, how often, and at which price. Runs do the rest."),
                (_("New agreement…"), self._agreement),
                None,
            ),
            (
                _("Your first run"),
                _("Sheaf finds what is due and shows each invoice. Nothing is issued before you say so."),
                (_("Plan the first run…"), self._run),
                None,
            ),
        )
        return {
            step: StepRow(theme, number, title, words, act, more)
            for number, (step, (title, words, act, more)) in enumerate(zip(STEPS, told, strict=True), 1)
        }

    def _build(self) -> None:
        px = self.desk.shell.theme.px
        title = QLabel(self.title, textFormat=Qt.TextFormat.PlainText)
        title.setProperty("role", "title")
        card = QFrame()
        card.setProperty("role", "card")
        card.setMaximumWidth(px(_WIDTH))
        inside = QVBoxLayout(card)
        inside.setContentsMargins(20, 10, 20, 10)
        inside.setSpacing(0)
        for place, row in enumerate(self.rows.values()):
            if place:
                inside.addWidget(rule())
            inside.addWidget(row)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for text, act in (
            (_("Look at the sample firm"), self._sample),
            (_("Do not show this again"), self._dismiss),
        ):
            button = QPushButton(text)
            button.setProperty("role", "link")
            button.setAutoDefault(False)
            button.clicked.connect(lambda _on=False, act=act: act())
            foot.addWidget(button)
        foot.addStretch(1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(_MARGIN, 18, _MARGIN, 16)
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(self._facts)
        column.addSpacing(10)
        column.addWidget(card)
        column.addSpacing(6)
        column.addLayout(foot)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setAccessibleName(self.title)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    # What the book says

    def _hear(self, _changes: object) -> None:
        self._ask()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.rows["firm"].button.setFocus()

    def _ask(self) -> None:
        book = self.desk.book
        self.desk.shell.jobs.ask(lambda: first_steps(book), self._show)

    def _show(self, found: object) -> None:
        assert isinstance(found, FirstSteps)
        said = _("{done} of {all} done. Each step is known as done from the book itself; take them in any order.")
        if found.complete:
            said = _("All done. Help, First steps brings this back.")
        self._facts.setText(said.format(done=number_text(len(found.done)), all=number_text(len(STEPS))))
        self.rows["firm"].say(_firm_words(found))
        following = next((step for step in STEPS if step not in found.done), "")
        for step, row in self.rows.items():
            row.show_state(step in found.done, following=step == following)

    @property
    def facts(self) -> str:
        return self._facts.text()

    # The steps

    def _firm(self) -> None:
        from desktop.ui.settings.firm import FirmSection

        self.desk.shell.push(FirmSection(self.desk))

    def _clients(self) -> None:
        from desktop.ui.importing.dialog import ask_import

        ask_import(self.desk, self, "clients")

    def _example(self) -> None:
        dialog = QFileDialog(self, _("Save an example file"), "", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile("{name}.csv".format(name=_("example clients")))
        dialog.fileSelected.connect(self.save_example)
        dialog.open()

    def save_example(self, name: str) -> None:
        """Write the example, and say what to do with it."""
        self.desk.shell.jobs.start(
            Job(
                _("Saving an example file"),
                lambda _report: write_example_clients(Path(name)),
                lane=Lane.SIDE,
                quiet=True,
            ),
            lambda _done: self.desk.shell.notices.say(
                _("The example is saved."), _("Put your clients in place of the invented ones, then import the file.")
            ),
        )

    def _item(self) -> None:
        from desktop.ui.settings.items import ItemsSection

        section = ItemsSection(self.desk)
        self.desk.shell.push(section)
        section.new()

    def _agreement(self) -> None:
        from desktop.ui.agreements.form import edit_agreement

        edit_agreement(self.desk, self, None, lambda _one: None)

    def _run(self) -> None:
        from desktop.ui.runs.begin import begin_run
        from desktop.ui.runs.review import ReviewPage

        desk = self.desk
        begin_run(desk, self, lambda one: desk.shell.push(ReviewPage(desk, one)))

    def _dismiss(self) -> None:
        self.desk.shell.memory.put(_memory_key(self.desk), True)
        self.desk.shell.back()
        self.desk.shell.notices.say(_("Help, First steps brings it back."), tone="note")


def _firm_words(found: FirstSteps) -> str:
    words = {
        "street": _("street"),
        "city": _("city"),
        "tax_id": _("tax ID"),
        "iban": _("bank account"),
    }
    if not found.missing:
        return _("Address, tax ID and bank account stand on each invoice.")
    return _("Address, tax ID and bank account stand on each invoice. Still missing: {fields}.").format(
        fields=", ".join(words[name] for name in found.missing)
    )


def _memory_key(desk: Desk) -> str:
    return f"guided/{zlib.crc32(str(desk.book.path).encode()):08x}"


def show_guide(desk: Desk, sample: Callable[[], object]) -> None:
    """Show the first steps above the place where one is."""
    desk.shell.push(GuidePage(desk, sample))


def guide_if_new(desk: Desk, sample: Callable[[], object]) -> None:
    """Show the first steps in a book that has issued nothing, unless they were put away there."""
    if desk.shell.memory.get(_memory_key(desk)):
        return
    book = desk.book

    def found(steps: object) -> None:
        assert isinstance(steps, FirstSteps)
        if "run" not in steps.done:
            show_guide(desk, sample)

    desk.shell.jobs.ask(lambda: first_steps(book), found)
