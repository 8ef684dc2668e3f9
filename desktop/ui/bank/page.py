"""The bank: at the left the lines of the statements, at the right what each may be and what it could pay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.i18n import _, money_text, month_text, ngettext, number_text, pgettext
from desktop.services.bank.choice import preferred
from desktop.services.bank.showing import ShownLine, shown_line
from desktop.services.lists.bank_lines import BankFigures, BankLineList
from desktop.ui.actions import GAP, Action
from desktop.ui.bank.deciding import Deciding, LinesPage
from desktop.ui.bank.matching import BANKED, Matching
from desktop.ui.bank.pane import LinePane
from desktop.ui.bank.passes import show_passes
from desktop.ui.bank.statements import show_statements
from desktop.ui.bank.taking_in import ask_statements
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.page import Design, Summary
from desktop.ui.settings.bank import open_bank_rules

# As many readings as a line has at most, one digit each.
_READINGS = 5
_PANE = 400
_STATE = "state"


class BankPage(LinesPage):
    """Enter books what is chosen for a line and goes on to the next; digits choose another reading."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._figures: BankFigures | None = None
        self._became: ShownLine | None = None
        self.matching = Matching(desk)
        self.deciding = Deciding(self)
        matching = self.matching
        self._lines = BankLineList(desk.book, lambda: matching.found)
        super().__init__(
            desk.shell,
            Design(
                name="bank",
                title=_("Bank"),
                columns=[
                    Column("state", _("Match"), 88, "score", sort_key="score"),
                    Column("booked_on", _("Day"), 88, "date", sort_key="booked_on"),
                    Column("party", _("Party"), 118, sort_key="party", strong=True, lines=2),
                    Column("text", _("Text"), 110, sort_key="text", secondary=True, wide=True, lines=2),
                    Column("amount", _("Amount"), 96, "money", sort_key="amount", signed=True),
                    Column("reading", _("Is"), 130, lines=2),
                    Column("account", _("Account"), 150, sort_key="account", secondary=True, hidden=True),
                    Column("whole", _("Whole line"), 96, "money", secondary=True, hidden=True),
                    Column("reference", _("Reference"), 120, secondary=True, hidden=True),
                ],
                listing=self._lines,
                summary=self._summary,
                search_hint=_("Search party, text, amount, payment"),
                nothing_yet=_(
                    "No bank line waits. Take in a statement, or drop its file on the window: each of its lines is "
                    "matched with what is open, and what is sure books itself at one key."
                ),
                nothing_found=_("No line fits. What is done stands under Booked and Put aside."),
                depends=BANKED | {"firm"},
                chips=[
                    Chip("sure", _("Sure"), _STATE),
                    Chip("suggested", _("Likely"), _STATE),
                    Chip("unclear", _("Unclear"), _STATE),
                    Chip("booked", _("Booked"), _STATE),
                    Chip("aside", _("Put aside"), _STATE),
                    Chip("all", _("All lines"), _STATE),
                ],
                chip_menus=[
                    ChipMenu("account", _("Account"), _("All accounts")),
                    ChipMenu("month", _("Month"), _("All months")),
                ],
                main_action="bank.pass",
                side_actions=["bank.rules", "bank.statements", "bank.passes", "bank.take_in"],
                menu=[
                    "bank.book",
                    "bank.by_hand",
                    "bank.split",
                    "bank.write_off",
                    "bank.aside",
                    GAP,
                    "bank.learn",
                    "bank.take_back",
                    GAP,
                    "bank.match",
                ],
                many=["bank.book", "bank.aside", "bank.take_back"],
                empty_action="bank.take_in",
                sum_key="amount",
                detail_width=_PANE,
            ),
        )
        matching.stand_by(self)
        matching.changed.connect(self._after_matching)
        self.model.dataChanged.connect(self._row_came)

    def offers(self) -> Iterable[Action]:
        decide, line, waits = self.deciding, self._one_waits, self._waits
        # Enter books while the lines have the focus: in the search and in the pane it has meanings of its own.
        self.acts.declare(
            [Action("bank.book", self._book_text, decide.book, "done", "Return", waits)], scope=self.table
        )
        book = self.acts["bank.book"]
        book.setShortcuts([QKeySequence("Return"), QKeySequence("Enter")])
        book.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        digits = [
            Action(
                f"bank.choose{digit}",
                _("Choose reading {digit}").format(digit=digit),
                partial(self._choose, digit - 1),
                shortcut=str(digit),
                enabled=line,
            )
            for digit in range(1, _READINGS + 1)
        ]
        return [
            Action("bank.by_hand", _("Choose what it pays"), self.choose_by_hand, "search", "F", line),
            Action("bank.split", _("Split…"), decide.split, "", "S", line),
            Action("bank.write_off", _("Write off…"), decide.write_off, "", "W", line),
            Action("bank.learn", _("Learn this payer"), decide.learn, "", "L", self._one),
            Action("bank.aside", _("Put aside…"), decide.aside, "", "X", waits),
            Action("bank.take_back", _("Take back…"), decide.take_back, "undo", "U", self._done),
            Action("bank.pass", self._pass_text, decide.run, "approve", "Ctrl+Return", self._has_sure),
            Action("bank.match", _("Match again"), self.matching.match, "refresh", "F5"),
            Action("bank.statements", _("Statements"), lambda: show_statements(self.desk), "", "Ctrl+T"),
            Action("bank.passes", _("Passes"), lambda: show_passes(self.desk), "", "Ctrl+Shift+B"),
            Action("bank.rules", _("Rules"), lambda: open_bank_rules(self.desk), "", "Ctrl+R"),
            Action("bank.take_in", _("Take in statements…"), self.take_in, "import", "Ctrl+N"),
            *digits,
        ]

    # The pane at the right

    def detail(self) -> QWidget:
        self.pane = LinePane(self.desk, self.acts)
        self.pane.readings.chosen.connect(self._reading_chosen)
        self.pane.items.booked.connect(self.deciding.book_items)
        self.pane.items.left.connect(self.table.setFocus)
        self.pane.items.changed.connect(self.acts.refresh)
        self._latest = Latest(self.shell.jobs, self)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._row(one)
        self._became = None
        if one is None or row is None:
            self._latest.drop()
            self.pane.show_nothing("" if one is None else _("Reading the line…"))
        elif row["state"] in ("booked", "aside"):
            self.pane.show_booked(row)
        else:
            matching = self.matching
            self.pane.show_open(
                one,
                row,
                matching.found,
                matching.clients,
                matching=matching.busy,
                under_way=one in self.deciding.under_way,
            )
        if one is not None and row is not None:
            book = self.desk.book
            if row["partly"] or row["state"] in ("booked", "aside"):
                self._latest.ask(lambda: shown_line(book, one), self._show_matches)
            else:
                self._latest.drop()
        self.acts.refresh()

    def show_chosen(self) -> None:
        several = self.selected_ids()
        found = self.matching.found
        if len(several) > 1:
            best = 0
            if found is not None:
                best = sum(one in found.lines and preferred(found, one) is not None for one in several)
            self.pane.show_several(len(several), best)
            self.acts.refresh()
        else:
            self.show_detail(self.table.current_id())

    def _show_matches(self, line: object) -> None:
        assert isinstance(line, ShownLine)
        self._became = line
        self.pane.show_matches(line)
        self.acts.refresh()

    def _follow_selection(self) -> None:
        super()._follow_selection()
        if self.table.selected_count() > 1 or self.pane.shows_several:
            self.show_chosen()

    def _choose(self, place: int) -> None:
        self.pane.readings.choose(place)

    def _reading_chosen(self, _place: object) -> None:
        self.pane.items.let_go()
        self.acts.refresh()

    def _row(self, one: int | None) -> Row | None:
        place = self.model.position_of(one) if one is not None else -1
        return (self.model.row_at(place) or None) if place >= 0 else None

    def _row_came(self) -> None:
        current = self.table.current_id()
        if current is not None and not self.pane.heading and self._row(current) is not None:
            self.show_chosen()

    # Following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.matching.look()

    def _after_matching(self) -> None:
        self.reload()
        self.show_chosen()

    def go_on(self, ids: Collection[int]) -> None:
        all_ids, gone = self.model.ids, {*ids} | self.deciding.under_way
        last = max((self.model.position_of(one) for one in ids), default=-1)
        below = (all_ids[place] for place in range(last + 1, len(all_ids)))
        above = (all_ids[place] for place in range(last - 1, -1, -1))
        following = next((one for one in below if one not in gone), None)
        if following is None:
            following = next((one for one in above if one not in gone), None)
        if following is not None:
            self.table.select([following])
        else:
            self.show_chosen()

    def reveal(self, one: int) -> None:
        """Select a line, be it booked or not."""
        if self.model.query is not None and self.model.position_of(one) < 0:
            self.show_query(frozenset({"all"}))
        super().reveal(one)

    def _summary(self) -> Summary:
        figures = self._figures = self._lines.figures()
        return Summary(
            _facts(figures, self.shell.home_currency),
            counts={key: count for key, count in figures.counts.items() if key != "open"},
            choices=_choices(figures),
        )

    # What is chosen

    @property
    def client_id(self) -> int | None:
        if self.pane.reading is not None:
            return self.pane.reading.client_id
        matches = self._became.matches if self._became is not None else ()
        return next((one.client_id for one in matches if one.client_id is not None), None)

    def _one(self) -> bool:
        return self.table.selected_count() == 1

    def _one_waits(self) -> bool:
        return self._one() and self.pane.line_id is not None and self.matching.found is not None

    def _waits(self) -> bool:
        return self._one_waits() or (self.table.selected_count() > 1 and self.matching.found is not None)

    def _done(self) -> bool:
        row = self._row(self.table.current_id())
        return bool(row) and row is not None and (row["state"] in ("booked", "aside") or bool(row["partly"]))

    def _sure(self) -> int:
        return self._figures.counts.get("sure", 0) if self._figures is not None else 0

    def _has_sure(self) -> bool:
        return self._sure() > 0 and self.matching.found is not None

    def _book_text(self) -> str:
        chosen = len(self.pane.items.item_ids) if self._one_waits() else 0
        if not chosen:
            return pgettext("verb", "Book")
        said = ngettext("Book for the {count} chosen", "Book for the {count} chosen", chosen)
        return said.format(count=number_text(chosen))

    def _pass_text(self) -> str:
        sure = self._sure()
        if not sure:
            return _("Book what is sure")
        said = ngettext("Book the {count} that is sure", "Book the {count} that are sure", sure)
        return said.format(count=number_text(sure))

    # What can be done

    def open_row(self, one: int) -> None:
        """A double click begins to choose by hand: money is booked by its key and its button only."""
        if self._one_waits():
            self.choose_by_hand()

    def choose_by_hand(self) -> None:
        self.pane.items.begin()

    def take_in(self) -> None:
        ask_statements(self.desk, self)


def _facts(figures: BankFigures, home: str) -> str:
    waiting = figures.counts["open"]
    if not waiting:
        return _("No line waits.")
    said = ngettext("{count} line waits", "{count} lines wait", waiting).format(count=number_text(waiting))
    order = sorted(figures.came_in.items(), key=lambda one: (one[0] != home, one[0]))
    amounts = " + ".join(money_text(amount, currency) for currency, amount in order if amount)
    return " · ".join([said, _("{amount} came in").format(amount=amounts)] if amounts else [said])


def _choices(figures: BankFigures) -> dict[str, Sequence[tuple[str, str]]]:
    months = [(f"month:{month:%Y-%m}", month_text(month)) for month in figures.months]
    return {"account": [(f"account:{key}", label) for key, label in figures.accounts], "month": months}
