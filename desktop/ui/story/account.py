"""A client's account in short: what was booked, and the balance after it."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from desktop.i18n import _, date_text, money_text
from desktop.services.accounts import Account, AccountRow, account
from desktop.ui.actions import Action
from desktop.ui.clients.account import AccountPage, kind_word
from desktop.ui.clients.booked import find_booked
from desktop.ui.desk import Desk
from desktop.ui.story.entries import Entry, EntryList
from desktop.ui.story.tab import Question, StoryTab

_SHOWN = 60


class AccountTab(StoryTab):
    """Enter goes to the document or payment of a booking."""

    def __init__(self, desk: Desk, subject: str) -> None:
        super().__init__(desk, subject)
        self._rows: list[AccountRow] = []
        self._balance = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._balance.setProperty("role", "strong")
        self.list = EntryList(desk.shell.theme, _("Account"))
        self.acts.declare(
            [Action("account.whole", _("Show the whole account"), self.show_whole, enabled=lambda: bool(self._rows))]
        )
        self.list.opened.connect(self.open_booking)
        self.column.addWidget(self._balance)
        self.column.addWidget(self.list, 1)
        self.column.addWidget(self.acts.button("account.whole"), 0, Qt.AlignmentFlag.AlignLeading)

    def focus_first(self) -> None:
        self.list.setFocus()

    def question(self, one: int) -> Question:
        book, today = self.desk.book, self.desk.today()
        return lambda: account(book, one, until=today)

    def take(self, answer: object) -> None:
        accounts = answer if isinstance(answer, tuple) else ()
        self._rows = []
        entries = []
        for one in accounts:
            for row in reversed(one.rows[-_SHOWN:]):
                entries.append(_entry(len(self._rows), row, one.currency))
                self._rows.append(row)
        self._balance.setText("\n".join(_balance(one) for one in accounts))
        self._balance.setVisible(bool(accounts))
        self.list.put(entries, _("Invoices, payments and credit notes of this client will stand here."))
        self.acts.refresh()

    def show_whole(self) -> None:
        if self.thing is not None:
            self.shell.push(AccountPage(self.desk, self.thing))

    def open_booking(self, key: object) -> None:
        assert isinstance(key, int)
        row = self._rows[key]
        find_booked(self.desk, row.kind, row.number)


def _balance(one: Account) -> str:
    return _("Balance {amount}").format(amount=money_text(one.balance, one.currency))


def _entry(key: int, row: AccountRow, currency: str) -> Entry:
    day: date = row.dated
    text = _("{kind} {number}").format(kind=kind_word(row.kind), number=row.number).strip()
    below = _("{day} · balance {amount}").format(day=date_text(day), amount=money_text(row.balance, currency))
    if row.open:
        below += "\n" + _("{amount} open").format(amount=money_text(row.open, currency))
    return Entry(key, text, below, aside=money_text(row.amount, currency))
