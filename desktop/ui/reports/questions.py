"""What a report is asked, in one bar: the days, the client, the currency, the groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.lists.clients import ClientList
from desktop.services.reports import BY as GROUPS
from desktop.services.reports import IN_FIRM
from desktop.ui.desk import Desk
from desktop.ui.editors import Choice, ChoiceEditor, DateEditor, Editor
from desktop.ui.reports.kinds import BY, CLIENT, CURRENCY, SINCE, Asked, Kind, groups_of, periods

# A day is typed letter by letter; asking at each would answer what nobody asked.
_TYPING_MS = 500
# Stands among the currencies for all of them, told in the firm's.
_ALL_IN_FIRM = "="
_DATE_WIDTH, _CLIENT_WIDTH, _CHOICE_WIDTH = 118, 150, 92


class QuestionBar(QWidget):
    """Shows what is asked, and says when a person asks otherwise."""

    asked = Signal(object)  # Asked
    wrong = Signal(object)  # UserError: what was typed cannot be read

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._now: Asked | None = None
        self._currencies: list[str] = []
        theme = desk.shell.theme
        self.since, self.as_of = DateEditor(theme), DateEditor(theme)
        self.client = ChoiceEditor([("", "")] * 100)
        self.currency = ChoiceEditor(())
        self.by = ChoiceEditor(())
        self._span = QPushButton(_("Period"))
        self._span.setProperty("role", "chip")
        self._span.setProperty("menu", True)
        self._span.setAutoDefault(False)
        self._span.setMenu(QMenu(self._span))
        self._span.menu().aboutToShow.connect(self._offer_spans)
        self._until, self._by_label = (
            QLabel(textFormat=Qt.TextFormat.PlainText),
            QLabel(textFormat=Qt.TextFormat.PlainText),
        )
        self._parts: dict[str, QWidget] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        fields: tuple[tuple[str, QLabel, Editor, int], ...] = (
            (SINCE, QLabel(_("From")), self.since, _DATE_WIDTH),
            ("as_of", self._until, self.as_of, _DATE_WIDTH),
            (CLIENT, QLabel(_("Client")), self.client, _CLIENT_WIDTH),
            (CURRENCY, QLabel(_("Currency")), self.currency, _CHOICE_WIDTH),
            (BY, self._by_label, self.by, _CHOICE_WIDTH),
        )
        for name, label, editor, width in fields:
            self._parts[name] = self._labelled(label, editor, theme.px(width))
            row.addWidget(self._parts[name], 3 if name == CLIENT else 2)
        below = QVBoxLayout()
        below.addStretch(1)
        below.addWidget(self._span)
        row.addLayout(below)
        row.addStretch(2)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._ask)
        for day in (self.since, self.as_of):
            day.changed.connect(self._typing.start)
            day.returnPressed.connect(self._ask)
        for choice in (self.client, self.currency, self.by):
            choice.changed.connect(self._ask)

    def _labelled(self, label: QLabel, editor: Editor, width: int) -> QWidget:
        label.setProperty("role", "heading")
        label.setBuddy(editor)
        editor.setMinimumWidth(width)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label)
        column.addWidget(editor)
        return holder

    def offer(self, clients: Sequence[Choice], currencies: Sequence[str]) -> None:
        """Whom and what there is to ask for."""
        self.client.offer([("", _("All clients")), *clients])
        self._currencies = list(currencies)
        if self._now is not None:
            self._offer_currencies(self._now.name)
            self._put(self._now)

    def show_asked(self, kind: Kind, asked: Asked) -> None:
        """Show the questions of this report with these answers."""
        self._typing.stop()
        self._now = asked
        for name, part in self._parts.items():
            part.setVisible(name == "as_of" or name in kind.asks)
        self._until.setText(_("Until") if SINCE in kind.asks else _("As of"))
        for label, editor in ((_("First day"), self.since), (self._until.text(), self.as_of)):
            editor.setAccessibleName(label)
        self.client.setAccessibleName(_("Client"))
        self.currency.setAccessibleName(_("Currency"))
        self._by_label.setText(_("Figure") if kind.name == "control" else _("By"))
        self.by.setAccessibleName(self._by_label.text())
        self.by.offer(groups_of(kind.name))
        self._offer_currencies(kind.name)
        self._put(asked)

    def _offer_currencies(self, name: str) -> None:
        home = self._desk.shell.home_currency
        together = [(_ALL_IN_FIRM, _("All, in {currency}").format(currency=home))] if name in IN_FIRM else []
        self.currency.offer([("", _("All")), *together, *((one, one) for one in self._currencies)])

    def _put(self, asked: Asked) -> None:
        self.since.put(asked.since)
        self.as_of.put(asked.as_of)
        self.client.put(asked.client_code)
        self.currency.put(_ALL_IN_FIRM if asked.in_firm and asked.name in IN_FIRM else asked.currency)
        groups = GROUPS.get(asked.name, ())
        self.by.put(asked.by or (groups[0] if groups else None))

    def _ask(self) -> None:
        self._typing.stop()
        if self._now is None:
            return
        try:
            since, as_of = self.since.value(), self.as_of.value()
            client, currency, by = (str(one.value() or "") for one in (self.client, self.currency, self.by))
        except UserError as error:
            self.wrong.emit(error)
            return
        if not isinstance(as_of, date):
            self.wrong.emit(UserError(_("A report is of a day."), _("Type one, or choose it from the calendar.")))
            return
        shown = {name for name, part in self._parts.items() if not part.isHidden()}
        now = replace(
            self._now,
            as_of=as_of,
            since=since if isinstance(since, date) and SINCE in shown else None,
            client_code=client if CLIENT in shown else "",
            currency=currency if CURRENCY in shown and currency != _ALL_IN_FIRM else "",
            in_firm=currency == _ALL_IN_FIRM if CURRENCY in shown else self._now.in_firm,
            by=by if BY in shown else self._now.by,
        )
        if now != self._now:
            self.asked.emit(now)

    def _offer_spans(self) -> None:
        menu = self._span.menu()
        menu.clear()
        for words, first, last in periods(self._desk.today()):
            menu.addAction(words).triggered.connect(lambda _on=False, days=(first, last): self._take_span(*days))

    def _take_span(self, first: date, last: date) -> None:
        self.since.put(first)
        self.as_of.put(last)
        self._ask()


def offered(book: Book, today: date) -> tuple[list[Choice], list[str]]:
    """The clients and currencies that can be asked for."""
    listing = ClientList(book, today)
    # What an archived client owes is reported, too.
    filters = (frozenset[str](), frozenset({"archived"}))
    rows = listing.rows([one for some in filters for one in listing.ids("", some, "", False)])
    clients = sorted(((str(row["code"]), f"{row['name']} · {row['code']}") for row in rows.values()), key=_by_text)
    with book.reading() as session:
        found = session.connection().exec_driver_sql("SELECT DISTINCT currency FROM invoice ORDER BY 1")
        return list(clients), [str(currency) for (currency,) in found]


def _by_text(choice: tuple[str, str]) -> str:
    return choice[1].casefold()
