"""A client's own page: the whole of it in tabs, from its account to what was ever changed of it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop.i18n import _, money_text, number_text
from desktop.services.attachments import count_attachments
from desktop.services.notes import count_notes
from desktop.ui.actions import Action, Actions
from desktop.ui.clients.facts import Known, groups, known, reason
from desktop.ui.clients.form import edit_client
from desktop.ui.clients.invoice_by_hand import invoice_by_hand
from desktop.ui.clients.reach import ReachSheet
from desktop.ui.clients.sheets import (
    account_sheet,
    agreements_sheet,
    deliveries_sheet,
    disputes_sheet,
    invoices_sheet,
    open_sheet,
    payments_sheet,
)
from desktop.ui.desk import Desk
from desktop.ui.facts import FactsView
from desktop.ui.handing_over import ask_pages
from desktop.ui.latest import Latest
from desktop.ui.letters.asking import ask_reminder, ask_statement
from desktop.ui.payments.record import record_payment
from desktop.ui.runs.review import ReviewPage
from desktop.ui.story.files import FilesTab
from desktop.ui.story.history import HistoryTab
from desktop.ui.story.notes import NotesTab
from desktop.ui.story.tab import StoryTab
from desktop.ui.table import Table

_MARGIN = 24
_FIRST = "account"
_READABLE = 760


@dataclass(frozen=True)
class _Part:
    name: str
    title: str
    widget: QWidget


class ClientPage(QWidget):
    """Shown above the clients; Esc goes back to them, Ctrl+Tab from tab to tab."""

    def __init__(self, desk: Desk, client_id: int) -> None:
        super().__init__()
        self.desk = desk
        self.shell = desk.shell
        self.client_id = client_id
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.failed.connect(desk.shell.notices.show_error)
        self.acts.declare(
            [
                Action("client.next", _("Next tab"), lambda: self.step(1), shortcut="Ctrl+Tab"),
                Action("client.previous", _("Previous tab"), lambda: self.step(-1), shortcut="Ctrl+Shift+Tab"),
                Action("client.edit", _("Edit…"), self.edit, "edit", "Ctrl+E"),
                Action("client.invoice", _("Invoice by hand…"), self.invoice),
                Action("client.pay", _("Record a payment…"), self.pay, "payment"),
                Action("client.statement", _("Statement of account…"), self.statement, "export"),
                Action("client.page", _("Account as a page…"), self.hand_over, "export"),
                Action("client.remind", _("Reminder letter…"), self.remind),
                Action("client.note", _("Write a note"), self.write_note, "note", "Ctrl+Shift+M"),
                Action("client.back", _("Back"), self.shell.back),
            ]
        )
        self._title, self._facts, self._reason = (
            QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText) for _part in range(3)
        )
        self._title.setProperty("role", "title")
        for label in (self._title, self._facts, self._reason):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._facts.setProperty("role", "secondary")
        self._reason.setProperty("role", "problem")
        self.overview = FactsView(desk.shell.theme)
        self.notes = NotesTab(desk, "client")
        self.files = FilesTab(desk, "client")
        self.history = HistoryTab(desk, "client")
        self.reach = ReachSheet(desk, client_id)
        self._parts = self._build_parts()
        self._latest = Latest(desk.shell.jobs, self)
        self._build()
        for tab in (self.notes, self.files, self.history):
            tab.show_thing(client_id)
        desk.shell.jobs.changed.connect(self._hear)
        self.open(_FIRST)
        self._ask()

    def _build_parts(self) -> list[_Part]:
        desk, one = self.desk, self.client_id
        return [
            _Part("overview", _("Overview"), _carded(self.overview)),
            _Part("account", _("Account"), account_sheet(desk, one)),
            _Part("open", _("Open items"), open_sheet(desk, one)),
            _Part("agreements", _("Agreements"), agreements_sheet(desk, one)),
            _Part("invoices", _("Invoices"), invoices_sheet(desk, one)),
            _Part("deliveries", _("Deliveries"), deliveries_sheet(desk, one)),
            _Part("payments", _("Payments"), payments_sheet(desk, one)),
            _Part("disputes", _("Disputes"), disputes_sheet(desk, one)),
            _Part("reach", _("Contacts and addresses"), self.reach),
            _Part("notes", _("Notes"), _carded(self.notes)),
            _Part("files", _("Files"), _carded(self.files)),
            _Part("history", _("History"), _carded(self.history)),
        ]

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title, 1)
        for name in ("client.back", "client.invoice", "client.pay"):
            head.addWidget(self.acts.button(name), 0, Qt.AlignmentFlag.AlignTop)
        self.more = QPushButton(_("More"))
        self.more.setProperty("menu", True)
        self.more.setAutoDefault(False)
        self.more.setMenu(
            self.acts.fill(QMenu(self.more), ("client.statement", "client.page", "client.remind", "client.note"))
        )
        head.addWidget(self.more, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.acts.button("client.edit", "main"), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(head)
        # Below the buttons there is room for a client's debts in several currencies.
        words.addWidget(self._facts)
        words.addWidget(self._reason)
        self.bar = QTabBar(expanding=False, drawBase=False, usesScrollButtons=True)
        self.bar.setAccessibleName(_("What is shown of the client"))
        self._stack = QStackedWidget()
        for part in self._parts:
            self.bar.addTab(part.title)
            self._stack.addWidget(part.widget)
        self.bar.currentChanged.connect(self._stack.setCurrentIndex)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_MARGIN, 18, _MARGIN, 16)
        layout.setSpacing(14)
        layout.addLayout(words)
        layout.addWidget(self.bar)
        layout.addWidget(self._stack, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._focus()

    def _focus(self) -> None:
        """Where the work in the tab that is shown begins."""
        shown = self._stack.currentWidget()
        table = shown.findChild(Table) if shown is not None else None
        (table or self.bar).setFocus()

    # What is shown

    def open(self, name: str) -> None:
        """Bring the tab of this name to the front."""
        place = next(place for place, part in enumerate(self._parts) if part.name == name)
        self.bar.setCurrentIndex(place)
        self._stack.setCurrentIndex(place)

    def step(self, by: int) -> None:
        """To the next tab, or to the one before."""
        self.bar.setCurrentIndex((self.bar.currentIndex() + by) % self.bar.count())

    def titles(self) -> list[str]:
        """The tabs as they read."""
        return [self.bar.tabText(place) for place in range(self.bar.count())]

    @property
    def said(self) -> tuple[str, str, str]:
        """The title, the line of facts below it, and why the client wears its state."""
        return self._title.text(), self._facts.text(), self._reason.text()

    def part(self, name: str) -> QWidget:
        """The widget of a tab."""
        return next(part.widget for part in self._parts if part.name == name)

    def _ask(self) -> None:
        book, one, today = self.desk.book, self.client_id, self.desk.today()
        self._latest.ask(
            lambda: (
                known(book, one, today),
                count_notes(book, "client", one),
                count_attachments(book, "client", one),
            ),
            self._show,
        )

    def _show(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        found, of_notes, of_files = answer
        assert isinstance(found, Known)
        self._count("notes", of_notes)
        self._count("files", of_files)
        row = found.row
        self._title.setText(str(row["name"]))
        self._facts.setText(" · ".join(part for part in (str(row["code"]), str(row["segment"]), *_owes(row)) if part))
        why = reason(row)
        self._reason.setText(why)
        self._reason.setVisible(bool(why))
        self.overview.show_groups(groups(found, self.shell.go))
        self.acts.refresh()

    def _hear(self, changes: object) -> None:
        if changes:
            self._ask()

    def _count(self, name: str, count: object) -> None:
        assert isinstance(count, int)
        place, part = next((place, part) for place, part in enumerate(self._parts) if part.name == name)
        counted = _("{title} {count}").format(title=part.title, count=number_text(count))
        self.bar.setTabText(place, counted if count else part.title)

    # What can be done

    def edit(self) -> None:
        edit_client(self.desk, self, self.client_id, lambda _one: None)

    def invoice(self) -> None:
        invoice_by_hand(self.desk, self, self.client_id, lambda run: self.shell.push(ReviewPage(self.desk, run)))

    def pay(self) -> None:
        record_payment(self.desk, self, client_id=self.client_id)

    def hand_over(self) -> None:
        ask_pages(self.desk, self, [self.client_id])

    def statement(self) -> None:
        ask_statement(self.desk, self, self.client_id)

    def remind(self) -> None:
        ask_reminder(self.desk, self, self.client_id)

    def write_note(self) -> None:
        self.open("notes")
        self.notes.focus_first()


def _carded(widget: QWidget) -> QWidget:
    """A tab that is no table, on a card of its own."""
    card = QFrame()
    card.setProperty("role", "card")
    inside = QHBoxLayout(card)
    inside.setContentsMargins(14, 14, 14, 14)
    inside.addWidget(widget, 1)
    if isinstance(widget, StoryTab):
        # Lines as wide as the window are hard to read.
        widget.setMaximumWidth(widget.shell.theme.px(_READABLE))
        inside.addStretch(0)
    return card


def _owes(row: object) -> list[str]:
    assert isinstance(row, dict)
    told = []
    for currency, (owed, overdue) in sorted(row["amounts"].items()):
        told.append(_("{amount} open").format(amount=money_text(owed, currency)))
        if overdue:
            told.append(_("{amount} overdue").format(amount=money_text(overdue, currency)))
    return told
