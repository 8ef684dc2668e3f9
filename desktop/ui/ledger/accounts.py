"""Accounts of the ledger with what they opened with, their debits and credits, and what they close with."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.i18n import _, ngettext, number_text, pgettext
from desktop.services.accounting.bank_entries import post_earlier
from desktop.services.accounting.words import kind_word
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.filters import Chip, ChipMenu
from desktop.ui.ledger.balances import CURRENCY, KINDS, UNASSIGNED, TrialRows
from desktop.ui.ledger.by_hand import book_by_hand
from desktop.ui.ledger.exporting import export_journal
from desktop.ui.ledger.sheet import SheetPage
from desktop.ui.page import Design, Page
from desktop.ui.saving import write
from desktop.ui.settings.page import SettingsPage

# What the ledger shows moves with all that is booked.
LEDGER = frozenset({"ledger", "invoices", "payments", "bank", "clients", "firm"})


class AccountsTab(Page):
    """Enter opens an account's sheet."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = TrialRows(desk.book, desk.today)
        super().__init__(
            desk.shell,
            Design(
                name="ledger_accounts",
                title=_("Accounts"),
                columns=[
                    Column("number", _("Account"), 92, sort_key="number", strong=True),
                    Column("name", _("Name"), 220, sort_key="name", wide=True),
                    Column("kind", _("Kind"), 100, sort_key="kind", secondary=True),
                    Column("opening", _("Opening"), 120, "money", sort_key="opening"),
                    Column("debit", pgettext("ledger", "Debit"), 120, "money", sort_key="debit"),
                    Column("credit", pgettext("ledger", "Credit"), 120, "money", sort_key="credit"),
                    Column("closing", pgettext("balance", "Closing"), 120, "money", sort_key="closing", strong=True),
                ],
                listing=self._rows,
                summary=self._rows.summary,
                search_hint=_("Search number, name"),
                nothing_yet=_(
                    "Every document, payment and bank line is booked here by itself. Once something was billed its "
                    "accounts stand here with their balances."
                ),
                depends=LEDGER,
                chips=[*(Chip(kind, kind_word(kind), "kind") for kind in KINDS), Chip(UNASSIGNED, _("Not assigned"))],
                chip_menus=[
                    ChipMenu("days", _("Days"), _("This fiscal year")),
                    ChipMenu(CURRENCY, _("Currency"), _("All, in the firm’s currency")),
                ],
                main_action="ledger.by_hand",
                side_actions=["ledger.post_bank", "ledger.export", "ledger.chart"],
                menu=["ledger.open", GAP, "ledger.export", "ledger.chart"],
            ),
        )
        self.model.loaded.connect(self._follow_balance)

    def offers(self) -> Iterable[Action]:
        return [
            Action("ledger.by_hand", _("Book by hand…"), self.book_by_hand, "add", "Ctrl+N"),
            Action("ledger.open", _("Open the account"), self.open_current, "open", "", self._one),
            Action("ledger.export", _("Export the journal…"), self.export, "export", "Ctrl+Shift+E"),
            Action("ledger.chart", _("Chart of accounts…"), self.show_chart, "settings"),
            Action("ledger.post_bank", self._post_text, self.post_bank, "payment", "", self._waits),
        ]

    def open_row(self, one: int) -> None:
        self.shell.push(SheetPage(self.desk, one, self._rows.span))

    def open_current(self) -> None:
        self.open_row(self.selected_ids()[0])

    def book_by_hand(self) -> None:
        book_by_hand(self.desk, self)

    def export(self) -> None:
        export_journal(self.desk, self, self._rows.span)

    def show_chart(self) -> None:
        page = self.shell.go("settings")
        if isinstance(page, SettingsPage):
            page.show_section("accounts")

    def post_bank(self) -> None:
        """Post what the bank took aside before the ledger."""
        book, actor = self.desk.book, self.desk.actor

        def said(count: object) -> str:
            assert isinstance(count, int)
            told = ngettext(
                "{count} bank line is in the journal now.", "{count} bank lines are in the journal now.", count
            )
            return told.format(count=number_text(count))

        def done(count: object) -> None:
            self.shell.notices.say(said(count))

        write(self.desk, _("Posting bank lines"), lambda: post_earlier(book, actor=actor), said, done, LEDGER)

    def _post_text(self) -> str:
        count = self._rows.unposted
        said = ngettext("Post {count} earlier bank line", "Post {count} earlier bank lines", count)
        return said.format(count=number_text(count))

    def _waits(self) -> bool:
        return self._rows.unposted > 0

    def _one(self) -> bool:
        return len(self.selected_ids()) == 1

    def _follow_balance(self, _query: object) -> None:
        """The facts are those of the days that are shown."""
        self._show_summary(self._rows.summary())
        self.acts["ledger.post_bank"].setVisible(self._waits())
