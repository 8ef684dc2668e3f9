"""The statements that were taken in, each account's in a row, with what is missing between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, amount_text, date_text, money_text, ngettext, number_text, pgettext
from desktop.services.bank.gaps import said
from desktop.services.bank.statement_list import StatementRow, statement_rows
from desktop.ui.actions import Action
from desktop.ui.bank.statement_words import format_word
from desktop.ui.bank.taking_in import ask_statements
from desktop.ui.bank.taking_in_result import BANK, take_back_file
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary


def show_statements(desk: Desk) -> None:
    """Show the statements above the place where one is."""
    desk.shell.push(StatementsPage(desk))


class _Rows(FewRows):
    """Filters of different kinds narrow each other."""

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        found = super().ids(search, frozenset(), sort, descending)
        for one in filters:
            fitting = set(super().ids(search, frozenset({one}), sort, descending))
            found = [key for key in found if key in fitting]
        return found


class StatementsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._found: dict[int, StatementRow] = {}
        self._chosen: StatementRow | None = None
        super().__init__(
            desk.shell,
            Design(
                name="bank_statements",
                title=_("Bank statements"),
                columns=[
                    Column("tag", "", 84, "tag"),
                    Column("account", _("Account"), 260, sort_key="account", strong=True, wide=True),
                    Column("from_day", _("From"), 100, "date", sort_key="from_day"),
                    Column("to_day", pgettext("days", "To"), 100, "date", sort_key="to_day"),
                    Column("number", _("Number"), 90, sort_key="number", secondary=True, hidden=True),
                    Column("opening", _("Opening balance"), 130, "money", secondary=True, hidden=True),
                    Column("closing", _("Closing balance"), 124, "money"),
                    Column("lines", pgettext("bank", "Lines"), 64, "number", sort_key="lines"),
                    Column("open", _("Open"), 64, "number", sort_key="open"),
                    Column("format", _("Format"), 80, sort_key="format", secondary=True, hidden=True),
                    Column("file_name", _("File"), 160, sort_key="file_name", secondary=True, hidden=True),
                    Column("actor", _("By"), 90, secondary=True, hidden=True),
                ],
                listing=_Rows(self._load),
                summary=self._summary,
                search_hint=_("Search account, file, number"),
                nothing_yet=_(
                    "Statements stand here once you take them in: CAMT, MT940, OFX, QIF or CSV as your bank gives "
                    "them. Each line enters once, however the files overlap. Drop the files on the window, or choose "
                    "them."
                ),
                depends=BANK | {"firm"},
                chips=[Chip("gap", _("Gap before it")), Chip("open", _("With open lines"))],
                chip_menus=[ChipMenu("account", _("Account"), _("All accounts"))],
                main_action="statements.take_in",
                menu=["statements.undo"],
                empty_action="statements.take_in",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("statements.take_in", _("Take in statements…"), self.take_in, "import", "Ctrl+N"),
            Action("statements.undo", _("Undo this file"), self.undo, "undo", "U", self._undoable, _("undo")),
        ]

    def _load(self) -> Sequence[Row]:
        found = statement_rows(self.desk.book)
        self._found = {one.id: one for one in found}
        return [_row(one) for one in found]

    def _summary(self) -> Summary:
        found = statement_rows(self.desk.book)
        gaps = sum(one.gap is not None for one in found)
        waiting = sum(one.lines - one.booked for one in found)
        facts = ngettext("{count} statement", "{count} statements", len(found)).format(count=number_text(len(found)))
        if waiting:
            lines = ngettext("{count} line is not booked yet", "{count} lines are not booked yet", waiting)
            facts = f"{facts} · {lines.format(count=number_text(waiting))}"
        accounts = sorted({(f"account:{one.account_id}", one.account) for one in found}, key=lambda one: one[1])
        counts = {"gap": gaps, "open": sum(one.lines > one.booked for one in found)}
        return Summary(facts, counts=counts, choices={"account": accounts})

    # The pane at the right

    def detail(self) -> QWidget:
        self.pane = DetailPane(self.acts, ["statements.undo"])
        return self.pane

    def show_detail(self, one: int | None) -> None:
        chosen = self._found.get(one) if one is not None else None
        self._chosen = chosen
        self.acts.refresh()
        if chosen is None:
            self.pane.show_thing(_("No statement chosen"), reason=_("Choose a statement to see what it brought."))
            return
        at = datetime.fromisoformat(chosen.taken_at).astimezone()
        days = [date_text(day) for day in (chosen.from_day, chosen.to_day) if day]
        facts = [
            (_("Days"), " – ".join(dict.fromkeys(days))),
            (_("Number"), chosen.number),
            (_("Came in"), _amount(chosen, chosen.came_in)),
            (pgettext("money", "Went out"), _amount(chosen, chosen.went_out)),
            (_("Opening balance"), _amount(chosen, chosen.opening)),
            (_("Closing balance"), _amount(chosen, chosen.closing)),
            (pgettext("bank", "Lines"), number_text(chosen.lines)),
            (_("Not booked"), number_text(chosen.lines - chosen.booked)),
            (_("File"), chosen.file_name),
            (_("Format"), format_word(chosen.format)),
            (_("Taken in"), f"{date_text(at.date())}, {at:%H:%M}"),
            (_("By"), chosen.actor),
        ]
        self.pane.show_thing(
            chosen.account, chosen.currency, [fact for fact in facts if fact[1]], said(chosen.gap) if chosen.gap else ""
        )

    # What can be done

    def take_in(self) -> None:
        ask_statements(self.desk, self)

    def _undoable(self) -> bool:
        return self._chosen is not None and self._chosen.batch is not None

    def undo(self) -> None:
        if self._chosen is not None and self._chosen.batch is not None:
            take_back_file(self.desk, self._chosen.batch)


def _row(one: StatementRow) -> Row:
    waiting = one.lines - one.booked
    marks = [f"account:{one.account_id}"]
    if one.gap is not None:
        marks.append("gap")
    if waiting:
        marks.append("open")
    return {
        "id": one.id,
        "tag": "gap" if one.gap is not None else None,
        "marks": tuple(marks),
        "account": one.account,
        "from_day": one.from_day,
        "to_day": one.to_day,
        "number": one.number,
        "currency": one.currency,
        "opening": one.opening,
        "closing": one.closing,
        "lines": one.lines,
        "open": waiting,
        "format": format_word(one.format),
        "file_name": one.file_name,
        "actor": one.actor,
    }


def _amount(one: StatementRow, minor: int | None) -> str:
    if minor is None:
        return ""
    return money_text(minor, one.currency) if one.currency else amount_text(minor, "EUR")
