"""A client's account: documents, payments and losses with the balance after each."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, date_text, money_text, ngettext, number_text, pgettext
from desktop.services.accounts import Account, account
from desktop.services.clients import client
from desktop.services.lists.clients import ClientList
from desktop.ui.actions import Action
from desktop.ui.clients.booked import DOCUMENTS, find_booked
from desktop.ui.clients.open_items import OpenItemsPage
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.filters import Chip, Figure
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary


def kind_word(kind: str) -> str:
    words = {
        "invoice": _("Invoice"),
        "deposit": _("Deposit"),
        "final": _("Final invoice"),
        "credit_note": _("Credit note"),
        "opening": _("Opening item"),
        "payment": _("Payment"),
        "reversal": _("Reversal"),
        "refund": _("Refund"),
        "discount": _("Early-payment discount"),
        "write_off": _("Write-off"),
    }
    return words.get(kind, kind)


class AccountPage(Page):
    """Shown above the clients; Esc goes back to them."""

    def __init__(self, desk: Desk, client_id: int) -> None:
        self.desk = desk
        self._client_id = client_id
        self._name = str(client(desk.book, client_id)["name"])
        self._rows = FewRows(lambda: booking_rows(account(desk.book, client_id, until=desk.today())))
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="account",
                title=_("Account of {name}").format(name=self._name),
                columns=[
                    Column("day", _("Date"), 104, "date", sort_key="day"),
                    Column("kind_word", _("What"), 150, sort_key="kind_word"),
                    Column("number", _("Number"), 140, sort_key="number", strong=True),
                    Column("text", _("Text"), 180, secondary=True, wide=True),
                    Column("amount", _("Amount"), 116, "money", sort_key="amount"),
                    Column("balance", _("Balance"), 116, "money"),
                    Column("open", _("Open"), 104, "money", sort_key="open"),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search number, text"),
                nothing_yet=_("Invoices, payments and credit notes of this client will stand here."),
                depends=frozenset({"invoices", "payments", "clients"}),
                chips=[
                    Chip("documents", _("Documents"), "kind"),
                    Chip("money", _("Payments and losses"), "kind"),
                    Chip("open", _("Open")),
                ],
                side_actions=["account.items", "account.back"],
                menu=["account.open", "account.items", "account.back"],
                sum_key="amount",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("account.back", _("Back to the clients"), self.shell.back),
            Action("account.items", _("Show what is open"), self.items, "", "O", hint=_("open items")),
            Action("account.open", pgettext("verb", "Open"), self.open_chosen, enabled=lambda: bool(self._chosen)),
        ]

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["account.open"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("Nothing chosen"), reason=_("Choose a booking to see what settled it."))
            self._facts.show_groups(())
            return
        currency = str(row["currency"])
        facts = [
            Fact(_("Amount"), money_text(int(str(row["amount"])), currency)),
            Fact(_("Balance"), money_text(int(str(row["balance"])), currency)),
            Fact(_("Left"), money_text(int(str(row["open"])), currency) if row["open"] is not None else ""),
        ]
        links = row["links"]
        assert isinstance(links, tuple)
        settled = [
            Fact(date_text(one.dated), f"{one.number or kind_word(one.kind)}  {money_text(one.amount, currency)}")
            for one in links
        ]
        self.pane.show_thing(str(row["number"]) or str(row["kind_word"]), str(row["kind_word"]))
        self._facts.show_groups([Group("", facts), Group(_("Settled with"), settled)])

    def items(self) -> None:
        self.shell.push(OpenItemsPage(self.desk, self._client_id))

    def open_row(self, one: int) -> None:
        self.open_chosen()

    def open_chosen(self) -> None:
        find_booked(self.desk, str(self._chosen["kind"]), str(self._chosen["number"]))

    def _summary(self) -> Summary:
        accounts = account(self.desk.book, self._client_id, until=self.desk.today())
        count = sum(len(one.rows) for one in accounts)
        facts = ngettext("{count} booking", "{count} bookings", count).format(count=number_text(count))
        listing = ClientList(self.desk.book, self.desk.today())
        owed = listing.rows([self._client_id])[self._client_id]["amounts"]
        assert isinstance(owed, dict)
        several = len(accounts) > 1
        figures: list[Figure] = []
        for one in accounts:
            still_open, overdue = owed.get(one.currency, (0, 0))
            balance = _("balance in {currency}").format(currency=one.currency) if several else _("balance")
            figures.append(Figure(money_text(one.balance, one.currency), balance))
            figures.append(Figure(money_text(still_open, one.currency), _("open"), "" if several else "open"))
            if not several:
                figures.append(Figure(money_text(overdue, one.currency), _("overdue")))
        return Summary(f"{facts} · {_('as of {day}').format(day=date_text(self.desk.today()))}", figures)


def booking_rows(accounts: Iterable[Account]) -> list[Row]:
    """The newest first, as a person looks for it."""
    return [
        {
            "day": row.dated,
            "kind": row.kind,
            "kind_word": kind_word(row.kind),
            "number": row.number,
            "text": row.text,
            "amount": row.amount,
            "balance": row.balance,
            "open": row.open or None,
            "currency": one.currency,
            "links": row.links,
            "marks": _marks(row.kind, row.open),
        }
        for one in accounts
        for row in reversed(one.rows)
    ]


def _marks(kind: str, left: int) -> tuple[str, ...]:
    return ("documents" if kind in DOCUMENTS else "money", *(("open",) if left else ()))
