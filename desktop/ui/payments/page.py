"""Payments: what came in, what each settles, and what is left of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.allocations import AllocatedRow, allocations
from desktop.services.lists.payments import PaymentList
from desktop.ui.actions import GAP, Action
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.filters import Chip, Figure
from desktop.ui.latest import Latest
from desktop.ui.letters.showing import show_receipt
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page, Summary
from desktop.ui.payments.cash import open_cash_book
from desktop.ui.payments.methods import method_word
from desktop.ui.payments.orders import show_orders
from desktop.ui.payments.record import record_payment
from desktop.ui.payments.refund import ask_refund
from desktop.ui.payments.reverse import ask_reversal
from desktop.ui.payments.use import use_credit
from desktop.ui.payments.withdraw import withdraw
from desktop.ui.story.pane import StoryPane

# With more currencies than these cards hold, the list itself says what came in.
_MOST_CARDS = 5


class PaymentRows:
    """Payments with the one word that says how each stands; what is simply booked has none."""

    def __init__(self, book: Book) -> None:
        self._list = PaymentList(book)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list.ids(search, filters, sort, descending)

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        return self._list.ids(search, filters, sort, descending, count)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        return {key: _shown(row) for key, row in self._list.rows(ids).items()}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        return self._list.totals(ids)

    def unapplied(self) -> tuple[int, Mapping[str, int]]:
        """How many payments are not used up, and what is left of them by currency."""
        ids = self._list.ids("", frozenset({"unapplied"}), "", False)
        return len(ids), {currency: total.unapplied for currency, total in self._list.sums(ids).items()}


def _shown(row: Row) -> Row:
    state = row["state"] if row["state"] != "standing" else "unapplied" if row["unapplied"] else None
    return {
        **row,
        "tag": state,
        "method_word": method_word(str(row["method"])),
        "unapplied": row["unapplied"] or None,
    }


@dataclass(frozen=True)
class _Thing:
    """A payment with what it settles."""

    id: int
    row: Row
    settles: tuple[AllocatedRow, ...]


class PaymentsPage(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = PaymentRows(desk.book)
        self._thing: _Thing | None = None
        super().__init__(
            desk.shell,
            Design(
                name="payments",
                title=_("Payments"),
                columns=[
                    Column("tag", "", 94, "tag"),
                    Column("number", _("Number"), 108, sort_key="number", strong=True),
                    Column("paid_on", _("Received"), 102, "date", sort_key="paid_on"),
                    Column("client", _("Client"), 170, sort_key="client", wide=True),
                    Column("method_word", _("Paid by"), 106, sort_key="method", secondary=True),
                    Column("reference", _("Reference"), 122, sort_key="reference", secondary=True),
                    Column("amount", _("Amount"), 114, "money", sort_key="amount"),
                    Column("unapplied", _("Unapplied"), 88, "money", sort_key="unapplied"),
                    Column("invoices", _("Settles"), 160, hidden=True),
                    Column("account", _("Came to"), 140, hidden=True),
                    Column("note", _("Note"), 140, hidden=True),
                    Column("client_code", _("Client code"), 92, sort_key="code", hidden=True),
                ],
                listing=self._rows,
                summary=self._summary,
                search_hint=_("Search number, client, reference, invoice"),
                nothing_yet=_(
                    "Payments stand here once money comes in: each with the invoices that it settles, and what is "
                    "left of it. Record the first one; what it is for is suggested."
                ),
                depends=frozenset({"payments", "invoices", "clients"}),
                chips=[
                    Chip("unapplied", _("Unapplied")),
                    Chip("reversed", _("Reversed")),
                    Chip("refunds", _("Refunds")),
                ],
                main_action="payments.new",
                menu=[
                    "payments.receipt",
                    GAP,
                    "payments.use",
                    "payments.withdraw",
                    "payments.refund",
                    "payments.reverse",
                    GAP,
                    "payments.client",
                    "payments.cash",
                    "payments.orders",
                ],
                empty_action="payments.new",
                sum_key="amount",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("payments.new", _("Record a payment…"), self.new, "payment", "Ctrl+N"),
            Action("payments.receipt", _("Receipt"), self.receipt, "open", "O", self._received, _("receipt")),
            Action("payments.use", _("Use credit…"), self.use, "credit", "U", self._unused, _("use credit")),
            Action("payments.withdraw", _("Take it off an invoice…"), self.withdraw, "", "T", self._settles),
            Action(
                "payments.reverse",
                _("Reverse…"),
                self.reverse,
                "undo",
                "R",
                self._reversible,
                _("reverse"),
                danger=True,
            ),
            Action("payments.refund", _("Pay it back…"), self.refund, "", "B", self._unused, _("pay back")),
            Action("payments.client", _("Open the client"), self.client, "open", enabled=self._one),
            Action("payments.cash", _("Cash book…"), self.cash, "payment", "K"),
            Action("payments.orders", _("Orders to the bank"), self.orders, "send", "D"),
        ]

    def _summary(self) -> Summary:
        month = self.desk.today().replace(day=1)
        key = f"from:{month.isoformat()}"
        ids = self._rows.ids("", frozenset({key}), "", False)
        received = self._rows.totals(ids)
        waiting, unused = self._rows.unapplied()
        home = self.shell.home_currency
        booked = ngettext("{count} booked this month", "{count} booked this month", len(ids))
        booked = booked.format(count=number_text(len(ids)))
        figures = [
            Figure(money_text(received.get(home, 0), home), booked, key),
            Figure(money_text(unused.get(home, 0), home), _("unapplied, the clients’ credit"), "unapplied"),
        ]
        figures += [
            Figure(money_text(amount, currency), words, filter_key)
            for amounts, words, filter_key in ((received, _("this month"), key), (unused, _("unapplied"), "unapplied"))
            for currency, amount in sorted(amounts.items())
            if currency != home and amount
        ]
        everything = len(self._rows.ids("", frozenset(), "", False))
        facts = ngettext("{count} payment", "{count} payments", everything).format(count=number_text(everything))
        return Summary(facts, figures[:_MOST_CARDS], {"unapplied": waiting})

    # The pane at the right

    def detail(self) -> QWidget:
        self.facts_view = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["payments.use", "payments.reverse"], self.facts_view)
        self._latest = Latest(self.shell.jobs, self)
        self.story_pane = StoryPane(self.desk, "payment", self.pane, self.acts)
        return self.story_pane

    def show_detail(self, one: int | None) -> None:
        self.story_pane.show_thing(one)
        if one is None:
            self._latest.drop()
            self._take(None)
            return
        book, rows = self.desk.book, self._rows

        def work() -> _Thing | None:
            row = rows.rows([one]).get(one)
            return _Thing(one, row, allocations(book, one)) if row else None

        self._latest.ask(work, self._take)

    def _take(self, thing: object) -> None:
        assert thing is None or isinstance(thing, _Thing)
        self._thing = thing
        self.acts.refresh()
        if thing is None:
            self.pane.show_thing(_("No payment chosen"), reason=_("Choose a payment to see what it settles."))
            self.facts_view.show_groups(())
            return
        row = thing.row
        self.pane.show_thing(
            str(row["number"]), money_text(_int(row["amount"]), str(row["currency"])), (), self._reason(row)
        )
        self.facts_view.show_groups([Group("", self._facts(row)), Group(_("Settles"), self._settled(thing))])

    def _facts(self, row: Row) -> list[Fact]:
        client = _int(row["client_id"])
        facts = [
            Fact(_("Client"), str(row["client"]), lambda: self.shell.go("clients", client)),
            Fact(_("Paid back on") if row["state"] == "refund" else _("Received"), date_text(row["paid_on"])),  # type: ignore[arg-type]
            Fact(_("Paid by"), str(row["method_word"])),
            Fact(_("Reference"), str(row["reference"])),
            Fact(_("Note"), str(row["note"])),
            Fact(_("Booked by"), str(row["actor"])),
        ]
        currency = str(row["currency"])
        if row["account"]:
            word = _("Paid from") if _int(row["amount"]) < 0 else _("Came to")
            facts.append(Fact(word, str(row["account"])))
        if row["charges"]:
            facts.append(Fact(_("Kept back by banks"), money_text(_int(row["charges"]), currency)))
        if row["received"]:
            arrived = money_text(_int(row["received"]), str(row["received_currency"]))
            facts.append(Fact(_("Converted by the bank into"), arrived))
        if row["refunded"]:
            facts.append(Fact(_("Paid back"), money_text(_int(row["refunded"]), currency)))
        if row["unapplied"]:
            facts.append(Fact(_("Unapplied"), money_text(_int(row["unapplied"]), str(row["currency"]))))
        return facts

    def _settled(self, thing: _Thing) -> list[Fact]:
        return [Fact(one.number, _settles_words(one), self._opener(one.invoice_id)) for one in thing.settles]

    def _opener(self, invoice_id: int) -> Callable[[], object]:
        return lambda: self.shell.go("invoices", invoice_id)

    def _reason(self, row: Row) -> str:
        if row["state"] == "reversed":
            return _("Taken back by {number}: what it settled is open again.").format(number=row["counterpart"])
        if row["state"] == "reversal":
            return _("Takes {number} back.").format(number=row["counterpart"])
        if row["state"] == "refund":
            return _("Pays back what was left of {number}.").format(number=row["counterpart"])
        if row["unapplied"]:
            left = money_text(_int(row["unapplied"]), str(row["currency"]))
            return _("{amount} of it settles nothing yet and stands as the client’s credit.").format(amount=left)
        return ""

    # What is chosen

    def _row(self) -> Row:
        return self._thing.row if self._thing else {}

    def _one(self) -> bool:
        return self._thing is not None

    def _unused(self) -> bool:
        return bool(self._row().get("unapplied"))

    def _settles(self) -> bool:
        return self._thing is not None and any(one.amount for one in self._thing.settles) and self._reversible()

    def _reversible(self) -> bool:
        return self._row().get("state") in ("standing", "refund")

    # What can be done

    def open_row(self, one: int) -> None:
        """To the invoice that it settles, where it is one."""
        if self._thing is not None and self._thing.id == one and self._thing.settles:
            self.shell.go("invoices", self._thing.settles[0].invoice_id)

    def new(self) -> None:
        record_payment(self.desk, self, then=lambda result: self.reveal_written(result.payment_id))

    def use(self) -> None:
        row = self._row()
        use_credit(
            self.desk,
            self,
            _int(row["client_id"]),
            str(row["currency"]),
            source=str(row["number"]),
            available=_int(row["unapplied"]),
        )

    def withdraw(self) -> None:
        assert self._thing is not None
        withdraw(self.desk, self, str(self._row()["number"]), self._thing.settles)

    def _received(self) -> bool:
        return self._thing is not None and _int(self._row()["amount"]) > 0

    def receipt(self) -> None:
        show_receipt(self.desk, str(self._row()["number"]))

    def refund(self) -> None:
        ask_refund(self.desk, self, str(self._row()["number"]))

    def cash(self) -> None:
        open_cash_book(self.desk, self)

    def orders(self) -> None:
        show_orders(self.desk)

    def reverse(self) -> None:
        ask_reversal(self.desk, self, self._row())

    def client(self) -> None:
        self.shell.go("clients", _int(self._row()["client_id"]))


def _settles_words(one: AllocatedRow) -> str:
    said = money_text(one.amount, one.currency)
    if one.discount:
        said += " " + _("and {amount} discount").format(amount=money_text(one.discount, one.currency))
    if one.taken_back and not one.amount:
        return _("{amount} taken back").format(amount=money_text(one.taken_back, one.currency))
    return said


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
