"""The figures of the firm put into their cards, in words, and with the list behind each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.i18n import _, money_text, month_text, ngettext, number_text, percent_text
from desktop.services.figures import DEBTORS, Debtor, Figures, Month
from desktop.services.today import Target
from desktop.ui.charts.bars import BarChart
from desktop.ui.charts.chart import Value
from desktop.ui.charts.line import LineChart
from desktop.ui.charts.parts import AGES, PartsChart
from desktop.ui.theme import Theme
from desktop.ui.today.cards import AgeRow, DebtorRow, GlanceCard, Go

_CHART_HEIGHT = 30
_DOCUMENTS = frozenset({"billed"})


class Strip(QWidget):
    """Five cards: receivables, overdue, billed, received, days until paid."""

    def __init__(self, theme: Theme, go: Go) -> None:
        super().__init__()
        self.owed = GlanceCard(theme, LineChart(theme, _CHART_HEIGHT, _("Receivables of twelve months")), go)
        self.overdue = GlanceCard(theme, PartsChart(theme, 8, _("What is owed by its age")), go)
        self.billed = GlanceCard(theme, BarChart(theme, _CHART_HEIGHT, _("Billed in twelve months")), go)
        self.received = GlanceCard(theme, BarChart(theme, _CHART_HEIGHT, _("Received in twelve months")), go)
        self.days = GlanceCard(theme, LineChart(theme, _CHART_HEIGHT, _("Days until paid, of twelve months")), go)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        for card in (self.owed, self.overdue, self.billed, self.received, self.days):
            layout.addWidget(card, 1)

    def put(self, found: Figures) -> None:
        home = found.currency
        share = percent_text(found.overdue * 100 // found.open) if found.open else ""
        back = found.dso_count_back if found.dso is not None else None
        self.owed.put(
            money_text(found.receivables, home),
            _("owed by clients"),
            _left_out(found),
            _month_values(found.owed, home),
            Target("invoices", filters=frozenset({"open"})),
        )
        self.overdue.put(
            money_text(found.overdue, home),
            _("of it overdue"),
            _("{share} of what is open").format(share=share) if share else "",
            age_values(found),
            Target("invoices", filters=frozenset({"overdue"})),
        )
        self._put_month(
            self.billed,
            found,
            found.billed,
            _("billed in {month}"),
            "invoices",
            _DOCUMENTS,
            _("Shown is what was billed in {month}."),
        )
        self._put_month(
            self.received,
            found,
            found.received,
            _("received in {month}"),
            "payments",
            frozenset(),
            _("Shown is what was received in {month}."),
        )
        self.days.put(
            _days_words(found.dso) if found.dso is not None else "–",
            _("until an invoice is paid"),
            _("{days} counted back").format(days=_days_words(back)) if back is not None else "",
            [
                Value(
                    None if days is None else int(days * 10),
                    f"{month_text(month.first)}: {_days_words(days) if days is not None else '–'}",
                )
                for month, days in zip(found.billed, found.dso_by_month, strict=True)
            ],
            Target("reports", filters=frozenset({"report:dso"})),
        )

    def _put_month(
        self,
        card: GlanceCard,
        found: Figures,
        months: Sequence[Month],
        words: str,
        place: str,
        filters: frozenset[str],
        told: str,
    ) -> None:
        now, before = months[-1], months[-2]
        span = {f"from:{now.first.isoformat()}", f"to:{found.as_of.isoformat()}"}
        card.put(
            money_text(now.amount, found.currency),
            words.format(month=month_text(now.first, year=False)),
            _("{amount} in {month}").format(
                amount=money_text(before.amount, found.currency), month=month_text(before.first, year=False)
            ),
            _month_values(months, found.currency),
            Target(place, filters=filters | span, told=told.format(month=month_text(now.first))),
        )


class Owed(QFrame):
    """What is owed by its age, and by whom most."""

    def __init__(self, theme: Theme, go: Go) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._theme = theme
        self.chart = PartsChart(theme, 12, _("What is owed by its age"))
        self.ages = [AgeRow(theme, place, go) for place in range(len(AGES))]
        self.debtors = [DebtorRow(theme, go) for _place in range(DEBTORS)]
        self._nobody = QLabel(_("Nobody owes anything."), wordWrap=True)
        self._nobody.setProperty("role", "secondary")
        self._nobody.setContentsMargins(4, 0, 4, 0)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(2)
        layout.addWidget(_heading(_("How old it is")))
        layout.addSpacing(6)
        bar = QHBoxLayout()
        bar.setContentsMargins(4, 0, 4, 0)
        bar.addWidget(self.chart)
        layout.addLayout(bar)
        layout.addSpacing(6)
        for row in self.ages:
            layout.addWidget(row)
        layout.addSpacing(14)
        layout.addWidget(_heading(_("Who owes most")))
        layout.addSpacing(4)
        for debtor in self.debtors:
            layout.addWidget(debtor)
        layout.addWidget(self._nobody)
        layout.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(area)

    def put(self, found: Figures) -> None:
        values = age_values(found)
        self.chart.put(values)
        for place, (row, words, amount) in enumerate(zip(self.ages, age_words(), found.buckets, strict=True)):
            told = _("Shown is what is open of this age: {age}.").format(age=words)
            # Item by item: of one invoice a part may be due and another late.
            behind = Target("reports", filters=frozenset({"report:open", f"age:{place}"}), told=told)
            row.put(words, money_text(amount, found.currency), behind)
        most = max((one.owes for one in found.debtors), default=0)
        for place, debtor in enumerate(self.debtors):
            debtor.setVisible(place < len(found.debtors))
            if place < len(found.debtors):
                self._put_debtor(debtor, found.debtors[place], most, found.currency)
        self._nobody.setVisible(not found.debtors)

    def _put_debtor(self, row: DebtorRow, one: Debtor, most: int, currency: str) -> None:
        late = _("Overdue: {amount}").format(amount=money_text(one.overdue, currency))
        rest = _("Not yet due: {amount}").format(amount=money_text(one.owes - one.overdue, currency))
        row.put(
            one.name,
            money_text(one.owes, currency),
            [Value(one.overdue, late), Value(one.owes - one.overdue, rest), Value(most - one.owes, one.name)],
            Target(
                "invoices",
                filters=frozenset({"open", f"client:{one.client_id}"}),
                told=_("Shown is what {client} owes.").format(client=one.name),
            ),
        )


def age_words() -> tuple[str, ...]:
    return (_("Not yet due"), _("1–30 days late"), _("31–60 days late"), _("61–90 days late"), _("Over 90 days late"))


def age_values(found: Figures) -> list[Value]:
    return [
        Value(amount, f"{words}: {money_text(amount, found.currency)}")
        for words, amount in zip(age_words(), found.buckets, strict=True)
    ]


def _month_values(months: Sequence[Month], currency: str) -> list[Value]:
    return [Value(one.amount, f"{month_text(one.first)}: {money_text(one.amount, currency)}") for one in months]


def _days_words(days: Decimal) -> str:
    whole = int(days.to_integral_value())
    return ngettext("{count} day", "{count} days", whole).format(count=number_text(whole))


def _left_out(found: Figures) -> str:
    """What the receivables are without."""
    if found.without_rate:
        return _("without {currencies}: no exchange rate").format(currencies=", ".join(found.without_rate))
    if found.credit:
        return _("less {amount} of credit").format(amount=money_text(found.credit, found.currency))
    return ""


def _heading(text: str) -> QLabel:
    label = QLabel(text, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("role", "heading")
    label.setContentsMargins(4, 0, 4, 0)
    return label
