"""Books money received: what it would settle is shown, the oldest due first, before anything is saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services import payments as booking
from desktop.services.payment_suggestions import SuggestedItem, Suggestion, suggest_payment
from desktop.services.payments import DiscountRule, PaymentResult
from desktop.services.tills import Account, account_choices
from desktop.services.withholding import expected_withholding
from desktop.ui.choices import currencies
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.editors import Choice
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest
from desktop.ui.listing import Row
from desktop.ui.payments.arrival import arrival, arrived
from desktop.ui.payments.methods import methods
from desktop.ui.payments.payers import Payer, payers
from desktop.ui.table_form import TableFormDialog

MONEY = frozenset({"payments", "invoices", "clients"})


def record_payment(
    desk: Desk,
    parent: QWidget,
    *,
    invoices: Sequence[Row] = (),
    client_id: int | None = None,
    then: Callable[[PaymentResult], object] | None = None,
) -> None:
    """Ask for a payment: over these rows of the list of invoices, of this client, or of one to be chosen.

    `then` hears what was booked, after the person was told.
    """
    owners = {str(row["client"]) for row in invoices}
    if len(owners) > 1:
        desk.shell.notices.show_error(
            UserError(
                _("The chosen invoices belong to {count} clients.").format(count=number_text(len(owners))),
                _("Record one payment for each client."),
            )
        )
        return
    numbers = [str(row["number"]) for row in invoices]
    desk.shell.jobs.ask(
        lambda: (payers(desk), expected_withholding(desk.book, numbers), account_choices(desk.book)),
        lambda found: _show(desk, parent, found, invoices, client_id, then),
    )


def _show(
    desk: Desk,
    parent: QWidget,
    found: object,
    invoices: Sequence[Row],
    client_id: int | None,
    then: Callable[[PaymentResult], object] | None,
) -> None:
    assert isinstance(found, tuple)
    known: list[Payer] = found[0]
    if invoices:
        client_id = int(str(invoices[0]["client_id"]))
        if all(payer.id != client_id for payer in known):
            # An archived client still pays.
            known = [Payer(client_id, str(invoices[0]["client"]), str(invoices[0]["currency"])), *known]
    dialog = RecordPayment(desk, parent, known, invoices, client_id, found[1], found[2])
    if then is not None:
        dialog.saved.connect(then)
    dialog.open()


class RecordPayment(TableFormDialog):
    """Whom the selected rows name is settled first, then the oldest due."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        payers: Sequence[Payer],
        invoices: Sequence[Row],
        client_id: int | None,
        withheld: int = 0,
        accounts: Sequence[Account] = (),
    ) -> None:
        self.desk = desk
        self._payers = {payer.id: payer for payer in payers}
        self._named = [str(row["number"]) for row in invoices]
        self._suggestion: Suggestion | None = None
        self._shown_client: object = client_id
        self._rows = FewRows(self._items)
        super().__init__(
            desk.shell,
            _("Record a payment"),
            Form([Section("", self._fields(desk)), arrival(accounts, self._currencies(desk))], desk.shell.theme),
            _("Record the payment"),
            self._job,
            parent,
            name="payment_suggestion",
            listing=self._rows,
            columns=[
                Column("name", _("Invoice"), 140, strong=True),
                Column("due_date", _("Due"), 100, "date"),
                Column("days_overdue", _("Days late"), 80, "number", secondary=True),
                Column("open", _("Open"), 104, "money"),
                Column("settles", _("Settles"), 104, "money"),
                Column("discount", _("Discount"), 92, "money", secondary=True),
                Column("left", _("Stays open"), 104, "money"),
            ],
            empty=_("Nothing is open of this client in this currency; the payment becomes the client’s credit."),
            hint=_("The selected invoices are settled first, then the oldest due."),
            width=790,
        )
        self._scroll.verticalScrollBar().rangeChanged.connect(self._grow)
        self._latest = Latest(desk.shell.jobs, self)
        self._wanted_selection = bool(self._named)
        currency = str(invoices[0]["currency"]) if invoices else self._currency_of(client_id)
        same = [row for row in invoices if row["currency"] == currency]
        amount = sum(int(str(row["open"])) for row in same) or None
        self.form.put(
            {
                "client": client_id,
                "currency": currency,
                "amount": amount - withheld if amount and withheld else amount,
                "withheld": withheld or None,
                "paid_on": desk.today(),
                "method": "bank",
                "account_id": None,
                "received_currency": desk.shell.home_currency,
                "discount": "terms",
            }
        )
        self.keep_typing(" ".join(["payment", *self._named]))
        self.saved.connect(self._told)
        self.model.loaded.connect(self._select_named)
        self.follow()

    def _fields(self, desk: Desk) -> list[Field]:
        return [
            Field(
                "client", _("From"), "choice", required=True, choices=[(p.id, p.name) for p in self._payers.values()]
            ),
            Field("amount", _("Amount"), "money", required=True, span=2, currency_from="currency"),
            Field(
                "currency",
                _("Currency"),
                "choice",
                required=True,
                span=2,
                choices=self._currencies(desk),
            ),
            Field("paid_on", _("Received on"), "date", required=True, span=2),
            Field("method", _("Paid by"), "choice", span=2, choices=methods()),
            Field("reference", _("Reference"), span=2, hint=_("As the bank shows it")),
            Field(
                "withheld",
                _("Tax withheld beside it"),
                "money",
                span=2,
                currency_from="currency",
                hint=_("Such as TDS"),
            ),
            Field("only_named", _("Only the selected ones"), "check", span=2),
            Field("attach", _("File beside it"), "file", span=4, hint=_("Such as the bank’s advice or a receipt")),
        ]

    def _currencies(self, desk: Desk) -> list[Choice]:
        known = sorted({payer.currency for payer in self._payers.values()})
        return [(code, str(code)) for code, _name in currencies(desk.shell.home_currency, *known)]

    def _currency_of(self, client_id: object) -> str:
        payer = self._payers.get(client_id) if isinstance(client_id, int) else None
        return payer.currency if payer else self.desk.shell.home_currency

    def _grow(self, _least: int, hidden: int) -> None:
        """Room for the section that was opened, as far as the screen has it."""
        most = self.screen().availableGeometry().height() - self.desk.shell.theme.px(40)
        wanted = min(self.height() + hidden, most)
        more = wanted - self.height()
        if self.isVisible() and more > 0:
            # What follows of it must find the dialog as it is then.
            self.resize(self.width(), wanted)
            self._scroll.setMinimumHeight(self._scroll.minimumHeight() + more)

    # What it would settle

    def follow(self) -> None:
        client = self._read("client")
        if client != self._shown_client:
            self._shown_client = client
            self._named = []
            self.form.editor("currency").put(self._currency_of(client))
        currency, paid_on = self._read("currency"), self._read("paid_on")
        amount, withheld = (self._read(name) for name in ("amount", "withheld"))
        if not isinstance(client, int) or not isinstance(currency, str) or not isinstance(paid_on, date):
            return
        if not self._wanted_selection:
            self._named = self._selected()
        ask = partial(
            suggest_payment,
            self.desk.book,
            client_id=client,
            currency=currency,
            amount=max(0, amount) if isinstance(amount, int) else 0,
            withheld=max(0, withheld) if isinstance(withheld, int) else 0,
            paid_on=paid_on,
            numbers=list(self._named),
            only_named=bool(self._read("only_named")),
            discount=self._discount(),
        )
        self._latest.ask(lambda: _answer(ask), self._take)

    def _discount(self) -> DiscountRule:
        chosen = self._read("discount")
        return "grant" if chosen == "grant" else "none" if chosen == "none" else "terms"

    def _read(self, key: str) -> object:
        try:
            return self.form.editor(key).value()
        except UserError:
            return None

    def _selected(self) -> list[str]:
        rows = self._rows.rows(self.table.selected_ids())
        return [str(row["name"]) for row in rows.values()]

    def _take(self, answer: object) -> None:
        if isinstance(answer, UserError):
            self.say(str(answer), wrong=True)
            return
        assert isinstance(answer, Suggestion)
        if answer == self._suggestion:
            return
        self._suggestion = answer
        self.say(_words(answer))
        if self.model.query is None:
            self.model.set_query(self.model.asked)
        else:
            self.model.reload()

    def _items(self) -> list[Row]:
        suggestion = self._suggestion
        if suggestion is None:
            return []
        return [_row(item, suggestion.currency) for item in suggestion.items]

    def _select_named(self) -> None:
        if not self._wanted_selection:
            return
        rows = self._rows.rows(list(self.model.ids))
        self.table.select([key for key, row in rows.items() if row["number"] in self._named])
        self._wanted_selection = False

    # Saving

    def _job(self, values: dict[str, object]) -> Job:
        book, actor, today = self.desk.book, self.desk.actor, self.desk.today()
        amount, paid_on, client = values["amount"], values["paid_on"], values["client"]
        withheld = values["withheld"]
        assert isinstance(amount, int)
        assert isinstance(paid_on, date)
        assert isinstance(client, int)
        attach = values["attach"]
        assert attach is None or isinstance(attach, Path)
        # The selection may have changed since what follows from it was asked for.
        numbers = list(self._named) if self._wanted_selection else self._selected()

        def work(_report: object) -> PaymentResult:
            return booking.record_payment(
                book,
                amount=amount,
                paid_on=paid_on,
                client_id=client,
                numbers=numbers,
                currency=str(values["currency"]),
                method=str(values["method"] or "bank"),
                reference=str(values["reference"] or ""),
                **arrived(values),
                only_named=bool(values["only_named"]),
                withheld=withheld if isinstance(withheld, int) else 0,
                attach=attach,
                actor=actor,
                today=today,
            )

        return Job(_("Recording the payment"), work, MONEY | {"files"}, lane=Lane.HAND, quiet=True)

    def _told(self, result: object) -> None:
        assert isinstance(result, PaymentResult)
        tell_payment(self.desk, result)


def tell_payment(desk: Desk, result: PaymentResult) -> None:
    """Say what was booked: what it settled, what was kept back, and what is left as credit."""
    settled = [f"{number} {money_text(amount, result.currency)}" for number, amount in result.allocated]
    parts = []
    if settled:
        shown = ", ".join(settled[:3])
        if len(settled) > 3:
            shown = _("{some} and {more} more").format(some=shown, more=number_text(len(settled) - 3))
        parts.append(_("It settles {invoices}.").format(invoices=shown))
    if result.discounts:
        kept = sum(amount for _number, amount in result.discounts)
        parts.append(_("{amount} early-payment discount.").format(amount=money_text(kept, result.currency)))
    if result.unapplied:
        parts.append(
            _("{amount} stays as the client’s credit.").format(amount=money_text(result.unapplied, result.currency))
        )
    desk.shell.notices.say(
        _("Payment {number} is recorded.").format(number=result.payment),
        " ".join(parts),
        [(_("Show it"), lambda: desk.shell.go("payments", result.payment_id))],
    )


def _answer(ask: partial[Suggestion]) -> Suggestion | UserError:
    try:
        return ask()
    except UserError as error:
        return error


def _row(item: SuggestedItem, currency: str) -> Row:
    return {
        "id": item.id,
        "number": item.number,
        "name": item.name,
        "due_date": item.due_date,
        "days_overdue": item.days_overdue or None,
        "open": item.open,
        "settles": item.settles or None,
        "discount": item.discount or None,
        "left": item.left or None,
        "currency": currency,
    }


def _words(found: Suggestion) -> str:
    currency = found.currency
    settled = [item for item in found.items if item.settles or item.discount]
    parts = []
    if not settled and not found.unapplied:
        parts.append(_("{amount} is open.").format(amount=money_text(found.owed, currency)) if found.owed else "")
    still_open = {item.number for item in found.items if item.left}
    whole = len({item.number for item in settled} - still_open)
    if whole:
        parts.append(ngettext("Pays {count} invoice.", "Pays {count} invoices.", whole).format(count=whole))
    of_others = sum(not item.left and item.number in still_open for item in settled)
    if of_others:
        words = ngettext("Pays {count} instalment.", "Pays {count} instalments.", of_others)
        parts.append(words.format(count=of_others))
    parts += [
        _("{amount} of {number} stays open.").format(amount=money_text(item.left, currency), number=item.name)
        for item in settled
        if item.left
    ]
    if found.unapplied:
        parts.append(
            _("{amount} is left over and stays as the client’s credit.").format(
                amount=money_text(found.unapplied, currency)
            )
        )
    if found.credit:
        parts.append(
            _("The client has {amount} of unused credit besides.").format(amount=money_text(found.credit, currency))
        )
    return " ".join(part for part in parts if part)
