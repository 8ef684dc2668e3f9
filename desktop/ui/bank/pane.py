"""The other side of a bank line: the line itself, what it may be, and what it could pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from desktop.domain.matching.facts import Explanation
from desktop.i18n import _, date_text, money_text, ngettext, number_text, percent_text
from desktop.saying import put
from desktop.services.bank.choice import is_likely, kind_text, preferred, reading_amount, reading_text, readings
from desktop.services.bank.proposing import Proposals
from desktop.services.bank.showing import ShownLine
from desktop.ui.actions import Actions
from desktop.ui.bank.open_items import OpenItems
from desktop.ui.bank.readings import Reading, ReadingsView
from desktop.ui.bar import Hints
from desktop.ui.desk import Desk
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.listing import Row
from desktop.ui.wrapping import WrappingRow

_LEAST_WORDS = 110
# Of what the readings leave, the open items have at least this part of the height, in percent.
_ITEMS = 36


class LinePane(QWidget):
    """Shows an open line from memory at once, a booked one from the book, several by their sums."""

    def __init__(self, desk: Desk, actions: Actions) -> None:
        super().__init__()
        self._desk = desk
        self._line_id: int | None = None
        self._shown: tuple[Explanation, ...] = ()
        self._several = False
        self._told: list[Fact] = []
        self._heading, self._aside, self._facts, self._text = (
            QLabel(textFormat=Qt.TextFormat.PlainText) for _place in range(4)
        )
        self._heading.setProperty("role", "strong")
        self._heading.setWordWrap(True)
        self._aside.setProperty("role", "strong")
        self._aside.setFont(desk.shell.theme.font("body", strong=True, figures=True))
        self._aside.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignTrailing)
        self._facts.setProperty("role", "secondary")
        self._facts.setWordWrap(True)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.readings = ReadingsView(desk.shell.theme)
        self.items = OpenItems(desk)
        self.became = FactsView(desk.shell.theme)
        self._open_buttons = _buttons(actions, "bank.book", "bank.split", "bank.write_off", "bank.aside")
        self._booked_buttons = _buttons(actions, "bank.take_back", "bank.learn")
        # The bar of the page has no room for them, and what they do is done here.
        self._hints = Hints(_keys(), desk.shell.theme)
        self._hints.setMinimumHeight(self._hints.fontMetrics().height())
        self._build()
        self.show_nothing("")

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._aside)
        words = QWidget()
        inside = QVBoxLayout(words)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.setSpacing(8)
        inside.addWidget(self._facts)
        inside.addWidget(self._text)
        inside.addWidget(self.readings)
        inside.addStretch(1)
        self._words = QScrollArea(widgetResizable=True)
        self._words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words.setMinimumHeight(_LEAST_WORDS)
        self._words.setWidget(words)
        self._both = QSplitter(Qt.Orientation.Vertical)
        self._both.setChildrenCollapsible(False)
        self._both.setHandleWidth(10)
        self._both.addWidget(self._words)
        self._both.addWidget(self.items)
        self._drawn = False
        self._both.splitterMoved.connect(self._keep_drawn)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._both, 3)
        layout.addWidget(self.became, 1)
        layout.addWidget(self._open_buttons)
        layout.addWidget(self._booked_buttons)
        layout.addWidget(self._hints)

    @property
    def heading(self) -> str:
        return self._heading.text()

    @property
    def shows_several(self) -> bool:
        return self._several

    @property
    def line_id(self) -> int | None:
        """The open line that can be decided here."""
        return self._line_id

    @property
    def reading(self) -> Explanation | None:
        """The reading that is chosen."""
        place = self.readings.place
        return self._shown[place] if place is not None and place < len(self._shown) else None

    def show_nothing(self, words: str) -> None:
        self._put("", "", words, "")
        self._several = False
        self._line_id = None
        self._shown = ()
        self.readings.show_readings((), None, "")
        self.items.show_line(None, None, {})
        self._show_parts(open_line=False, booked=False)

    def show_several(self, count: int, best: int) -> None:
        """Several lines are selected; of `best` of them one reading is the best."""
        self.show_nothing("")
        words = ngettext(
            "Enter books the {count} of them that has one best reading. The others are left.",
            "Enter books the {count} of them that have one best reading. The others are left.",
            best,
        )
        title = ngettext("{count} line", "{count} lines", count).format(count=number_text(count))
        self._put(title, "", words.format(count=number_text(best)), "")
        self._several = True
        self._open_buttons.show()

    def show_open(
        self,
        line_id: int,
        row: Row,
        found: Proposals | None,
        clients: Mapping[int, str],
        *,
        matching: bool,
        under_way: bool,
    ) -> None:
        """An open line with what it may be; what was chosen stays chosen while its readings are the same."""
        kept = self.readings.place if line_id == self._line_id else None
        before = self._shown
        self._several = False
        self._say_line(row, open_line=True)
        ready = found is not None and line_id in found.lines
        shown = readings(found, line_id) if found is not None and ready else ()
        self._shown = shown
        self._line_id = None if under_way else line_id
        place: int | None = None
        nothing = _("This line is being booked.") if under_way else _("Matching the lines with what is open…")
        if found is not None and ready and not under_way:
            best = preferred(found, line_id)
            place = shown.index(best) if best is not None else None
            if kept is not None and shown == before:
                place = kept
            if shown:
                nothing = _("Nothing is likely enough to be chosen for you: choose by a digit, or below what it pays.")
                if len(shown) > 1 and shown[0].score == shown[1].score:
                    nothing = _("Several readings are as likely as each other: choose one by its digit.")
            else:
                nothing = _(
                    "Nothing explains this line. Choose below what it pays, put it aside (X), or say what a part of "
                    "it is (S)."
                )
        elif not matching and not under_way:
            nothing = _("The lines are not matched. Press F5 to match them.")
        several = [] if under_way or found is None else [_reading(found, one, clients) for one in shown]
        self.readings.show_readings(several, place, nothing)
        self.items.show_line(found if ready and not under_way else None, self._line_id, clients)
        self._show_parts(open_line=True, booked=bool(row["partly"]))
        self._share()

    def show_booked(self, row: Row) -> None:
        """A line of which nothing is left; `show_matches` says what it became."""
        self._several = False
        self._say_line(row, open_line=False)
        self._line_id, self._shown = None, ()
        self.readings.show_readings((), None, "")
        self.items.show_line(None, None, {})
        self.became.show_groups([Group("", self._told)])
        self._show_parts(open_line=False, booked=True)

    def show_matches(self, line: ShownLine) -> None:
        """What stands booked of the line that is shown."""
        self.became.show_groups(_groups(line, self._told))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def _keep_drawn(self) -> None:
        self._drawn = True

    def _share(self) -> None:
        """The words have the height that they need, unless somebody drew the line between elsewhere."""
        whole = self._both.height()
        words = self._words.widget()
        if self._drawn or words is None or whole <= 0:
            return
        wanted = words.heightForWidth(self._words.viewport().width() - 16) + 4
        given = max(_LEAST_WORDS, min(wanted, whole * (100 - _ITEMS) // 100))
        self._both.setSizes([given, max(0, whole - given)])

    def _say_line(self, row: Row, *, open_line: bool) -> None:
        day, amount, whole = row["booked_on"], row["amount"], row["whole"]
        assert isinstance(day, date)
        assert isinstance(amount, int)
        assert isinstance(whole, int)
        currency, text, reference = (str(row[key]) for key in ("currency", "text", "reference"))
        facts = [date_text(day), str(row["account"])]
        if open_line and row["partly"]:
            facts.append(_("of {amount}").format(amount=money_text(whole, currency)))
        self._told = [Fact(_("Day"), facts[0]), Fact(_("Account"), facts[1]), Fact(_("Text"), text)]
        self._told.append(Fact(_("Reference"), reference))
        words = text if reference in text else f"{text}\n{reference}"
        heading = str(row["party"]) or _("No name")
        self._put(heading, money_text(amount, currency), " · ".join(one for one in facts if one), words)

    def _put(self, heading: str, aside: str, facts: str, text: str) -> None:
        for label, words in (
            (self._heading, heading),
            (self._aside, aside),
            (self._facts, facts),
            (self._text, text),
        ):
            label.setText(words)
            label.setVisible(bool(words))
        self._words.verticalScrollBar().setValue(0)

    def _show_parts(self, *, open_line: bool, booked: bool) -> None:
        self._both.setVisible(open_line or not booked)
        self.items.setVisible(open_line)
        self.became.setVisible(booked)
        self._open_buttons.setVisible(open_line)
        self._booked_buttons.setVisible(booked and not open_line)


def _keys() -> Sequence[tuple[str, str]]:
    return [
        ("Enter", _("book")),
        ("1–5", _("choose")),
        ("F", _("find")),
        ("S", _("split")),
        ("W", _("write off")),
        ("X", _("aside")),
        ("L", _("learn")),
        ("U", _("take back")),
    ]


def _buttons(actions: Actions, *ids: str) -> QWidget:
    holder = QWidget()
    row = WrappingRow(holder, spacing=8)
    for place, one in enumerate(ids):
        row.addWidget(actions.button(one, "main" if place == 0 else ""))
    return holder


def _reading(found: Proposals, one: Explanation, clients: Mapping[int, str]) -> Reading:
    return Reading(
        reading_text(found, one, clients),
        money_text(*reading_amount(found, one)),
        one.score,
        one.sure,
        is_likely(one),
        tuple(put(said) for said in one.reasons),
    )


def _groups(line: ShownLine, told: Sequence[Fact]) -> Sequence[Group]:
    groups = [Group("", told)] if line.state != "open" else []
    for match in line.matches:
        score = "" if match.score is None else percent_text(match.score // 10_000)
        facts = [
            Fact(_("Amount"), money_text(match.amount, line.currency)),
            Fact(_("Payment"), match.payment),
            Fact(_("Client"), match.client),
            Fact(_("Note"), match.note),
            Fact(_("Booked by"), match.reconciliation),
            Fact(_("Score"), score),
            Fact("", "\n".join(f"•  {put(said)}" for said in match.reasons)),
        ]
        groups.append(Group(kind_text(match.kind), facts))
    return groups
