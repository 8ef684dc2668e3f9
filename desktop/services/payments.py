"""Money received: recorded and allocated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection

from db.engine import Book
from db.queries.families import heads
from desktop.domain.money import LARGEST, exponent
from desktop.domain.payments import Item, Settlement, allocate, discount_allowed
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text
from desktop.services.attachments import attach_within, read_file
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.ledger import WITHHOLDING, Ledger
from desktop.services.limits import check_limit
from desktop.services.open_amounts import Due, OpenAmounts
from desktop.services.tills import reached
from desktop.services.withholding import withheld_parts

DiscountRule = Literal["terms", "grant", "none"]


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """What a payment settled: (invoice number, amount), minor units of its currency.

    `discounts` is what was kept back as early-payment discount, `unapplied` what became the client's credit, `withheld`
    the number of the payment that books the tax withheld beside it.
    """

    payment: str
    payment_id: int
    client_id: int
    currency: str
    allocated: tuple[tuple[str, int], ...]
    discounts: tuple[tuple[str, int], ...]
    unapplied: int
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """What a payment would settle, by item: (its id, invoice number, open, amount, discount), and its surplus."""

    client_id: int
    currency: str
    items: tuple[tuple[int, str, int, int, int], ...]
    unapplied: int


def record_payment(
    book: Book,
    *,
    amount: int,
    paid_on: date,
    actor: str,
    today: date,
    client_id: int | None = None,
    numbers: Sequence[str] = (),
    currency: str | None = None,
    method: str = "bank",
    reference: str = "",
    note: str = "",
    file_id: int | None = None,
    only_named: bool = False,
    withheld: int = 0,
    account_id: int | None = None,
    charges: int = 0,
    received: tuple[int, str] | None = None,
    discount: DiscountRule = "terms",
    attach: Path | None = None,
) -> PaymentResult:
    """Book a payment and settle the invoices named, then the oldest due; the surplus is the client's credit.

    A number such as "INV-2026-0007/2" names one instalment; of an invoice named whole the oldest due is settled first.
    `withheld` is tax that the payer kept back and gives to the state in our name (TDS): it settles the same invoices
    as a payment of its own, against `withholding` instead of the bank, of each of them first what is expected.
    `only_named` leaves what is not named alone. A payment may come before its invoice: it counts for it from the
    invoice's date on.
    `charges` is what banks kept back of the amount, `received` what reached the account in its own currency where the
    bank converted it. Cash goes to the till of its currency where the firm has just one.
    An early-payment discount is granted where date and amount fit its terms; by `grant` after its day too, with a note
    that says why, by `none` never. `attach` is a file to be kept beside the payment.
    UserError for an unknown number, invoices of several clients or of another currency, an amount of nothing or less,
    a date to come, a late discount without a note or above the person's limit, what an account cannot take, and a
    file that cannot be kept.
    """
    content = read_file(attach) if attach else b""
    with change(book, actor, "", undoable=False) as made:
        ledger = Ledger(made)
        result = book_payment(
            made,
            ledger,
            amount=amount,
            paid_on=paid_on,
            today=today,
            client_id=client_id,
            numbers=numbers,
            currency=currency,
            method=method,
            reference=reference,
            note=note,
            file_id=file_id,
            only_named=only_named,
            withheld=withheld,
            account_id=account_id,
            charges=charges,
            received=received,
            discount=discount,
        )
        ledger.flush()
        made.summary = _("Payment {number} of {amount}").format(
            number=result.payment, amount=money_text(amount, result.currency)
        )
        if attach:
            attach_within(made, "payment", result.payment_id, attach.name, content)
    return result


def book_payment(
    made: Change,
    ledger: Ledger,
    *,
    amount: int,
    paid_on: date,
    today: date,
    client_id: int | None = None,
    numbers: Sequence[str] = (),
    currency: str | None = None,
    method: str = "bank",
    reference: str = "",
    note: str = "",
    file_id: int | None = None,
    only_named: bool = False,
    withheld: int = 0,
    account_id: int | None = None,
    charges: int = 0,
    received: tuple[int, str] | None = None,
    discount: DiscountRule = "terms",
) -> PaymentResult:
    """As record_payment, one of many within the caller's change; the caller flushes the ledger."""
    not_to_come(paid_on, today)
    plan = _settled(ledger, amount, paid_on, client_id, numbers, currency, only_named, withheld, discount)
    late = [one for one in plan.settlements if one.discount and _is_late(plan.items[one.key], paid_on)]
    if late:
        reason_given(note)
    for one in late:
        check_limit(made.connection, made.actor, "write_off", one.discount, plan.items[one.key].factor)
    account_id, method = reached(made.connection, plan.currency, account_id, method, charges, received)
    book = partial(
        ledger.payment,
        client_id=plan.client_id,
        currency=plan.currency,
        paid_on=paid_on,
        reference=reference.strip(),
    )
    credit = book(
        amount=amount,
        method=method,
        note=note.strip(),
        file_id=file_id,
        account_id=account_id,
        charges=charges,
        received=received,
    )
    kept = book(amount=withheld, method=WITHHOLDING) if withheld else None
    if kept is not None:
        for key, part in plan.withheld.items():
            ledger.settle(plan.items[key], kept, part, paid_on)
    for settlement in plan.settlements:
        due = plan.items[settlement.key]
        if settlement.amount:
            ledger.settle(due, credit, settlement.amount, paid_on)
        if settlement.discount:
            ledger.discount(due, credit.source_id, settlement.discount, paid_on)
    return PaymentResult(
        credit.number,
        credit.source_id,
        plan.client_id,
        plan.currency,
        by_number((due.number, amount) for due, amount, _discount in plan.settled()),
        by_number((due.number, discount) for due, _amount, discount in plan.settled()),
        plan.surplus,
        kept.number if kept else "",
    )


def plan_payment(
    book: Book,
    *,
    amount: int,
    paid_on: date,
    client_id: int | None = None,
    numbers: Sequence[str] = (),
    currency: str | None = None,
    only_named: bool = False,
    withheld: int = 0,
    discount: DiscountRule = "terms",
) -> PlannedPayment:
    """What record_payment would do with the same arguments; it raises the same errors and writes nothing."""
    with book.reading() as session:
        plan = _settled(
            OpenAmounts(session.connection()),
            amount,
            paid_on,
            client_id,
            numbers,
            currency,
            only_named,
            withheld,
            discount,
        )
    rows = [(due.id, due.number, due.open, part, kept) for due, part, kept in plan.settled()]
    return PlannedPayment(plan.client_id, plan.currency, tuple(rows), plan.surplus)


def not_to_come(day: date, today: date) -> None:
    """UserError for a date after today."""
    if day > today:
        raise UserError(
            _("{day} is still to come; today is {today}.").format(day=date_text(day), today=date_text(today)),
            _("Book it on the day it happens."),
        )


def reason_given(reason: str) -> str:
    """The reason without its edges; UserError where there is none."""
    reason = reason.strip()
    if not reason:
        raise UserError(_("The reason is missing."), _("Say in a few words why; it stays with the booking."))
    return reason


def one_client(connection: Connection, named: Sequence[Due], client_id: int | None) -> int:
    """The one client of what is named, that which others merged into. UserError for several, or if none is known."""
    known = heads(connection)
    owners = {known.get(due.client_id, due.client_id): due.number for due in named}
    if client_id is None and not owners:
        raise UserError(_("Whose money is it?"), _("Name a client or at least one invoice."))
    if client_id is not None:
        owners.setdefault(known.get(client_id, client_id), "")
    names = {
        id_: f"{code} {name}"
        for id_, code, name in connection.exec_driver_sql(
            f"SELECT id, code, name FROM client WHERE id IN ({', '.join('?' * len(owners))})", tuple(owners)
        )
    }
    if len(names) < len(owners):
        raise UserError(_("The client is not there any more."), _("Reload the list."))
    if len(owners) > 1:
        parts = [f"{number}: {names[id_]}" if number else names[id_] for id_, number in owners.items()]
        raise UserError(
            _("The invoices belong to several clients ({list}).").format(list="; ".join(parts)),
            _("Book one payment for each client."),
        )
    return next(iter(owners))


def one_currency(connection: Connection, named: Sequence[Due], client_id: int, currency: str | None) -> str:
    """The currency given, or that of what is named, or the client's. UserError where an invoice has another."""
    if currency is None:
        if named:
            currency = named[0].currency
        else:
            (currency,) = connection.exec_driver_sql("SELECT currency FROM client WHERE id = ?", (client_id,)).one()
    try:
        exponent(currency)
    except ValueError as error:
        raise UserError(
            _("“{code}” is not the code of a currency.").format(code=currency), _("Use a code such as EUR or USD.")
        ) from error
    for due in named:
        if due.currency != currency:
            raise UserError(
                _("{number} is in {own}, not in {other}.").format(number=due.number, own=due.currency, other=currency),
                _("Book a payment for each currency; what the bank converted is booked in the invoice's currency."),
            )
    return str(currency)


def by_number(amounts: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Amounts added up by invoice number, in order of appearance, without those of nothing."""
    sums: dict[str, int] = {}
    for number, amount in amounts:
        sums[number] = sums.get(number, 0) + amount
    return tuple((number, amount) for number, amount in sums.items() if amount)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a payment settles of `items`, by their ids, and what the tax withheld beside it does; `surplus` of both."""

    items: dict[int, Due]
    settlements: list[Settlement]
    withheld: dict[int, int]
    surplus: int
    client_id: int
    currency: str

    def settled(self) -> list[tuple[Due, int, int]]:
        """(item, amount of both, discount), those of the payment first."""
        amounts = {row.key: (row.amount, row.discount) for row in self.settlements}
        for key, part in self.withheld.items():
            amount, discount = amounts.get(key, (0, 0))
            amounts[key] = (amount + part, discount)
        return [(self.items[key], amount, discount) for key, (amount, discount) in amounts.items()]


def _settled(
    open_amounts: OpenAmounts,
    amount: int,
    paid_on: date,
    client_id: int | None,
    numbers: Sequence[str],
    currency: str | None,
    only_named: bool,
    withheld: int,
    rule: DiscountRule,
) -> _Plan:
    """Tax withheld first takes its part of each invoice, so that the payment then settles what is left to the cent."""
    for given in (amount, withheld):
        if given > LARGEST:
            raise UserError(_("The amount is larger than a book can hold."), _("Check its digits."))
    if amount <= 0:
        raise UserError(
            _("A payment needs an amount above zero."), _("To take a payment back, reverse it under its number.")
        )
    if withheld < 0:
        raise UserError(_("Tax withheld is an amount above zero."), _("Leave it out where nothing was kept back."))
    named = open_amounts.named_dues(numbers)
    client_id = one_client(open_amounts.connection, named, client_id)
    currency = one_currency(open_amounts.connection, named, client_id, currency)
    items = {due.id: due for due in named if due.open}
    if not only_named:
        items |= {due.id: due for due in open_amounts.open_dues(client_id, currency)}
    kept: dict[int, int] = {}
    if withheld:
        kept = withheld_parts(open_amounts.connection, withheld, list(items.values()), [due.id for due in named])
    left = {due.id: due.open - kept.get(due.id, 0) for due in items.values()}
    settlements, surplus = allocate(
        amount,
        [
            Item(due.id, due.due_date, left[due.id], _discount(open_amounts, due, left[due.id], paid_on, rule))
            for due in items.values()
            if left[due.id]
        ],
        [due.id for due in named],
    )
    return _Plan(items, settlements, kept, surplus + withheld - sum(kept.values()), client_id, currency)


def _is_late(due: Due, paid_on: date) -> bool:
    return due.discount_until is None or paid_on > due.discount_until


def _discount(open_amounts: OpenAmounts, due: Due, is_open: int, paid_on: date, rule: DiscountRule) -> int:
    if not due.discount or rule == "none" or (rule == "terms" and _is_late(due, paid_on)):
        return 0
    settled = open_amounts.settled(due)
    credited = settled.get("credit", 0) + settled.get("write_off", 0) + settled.get("plan", 0)
    return discount_allowed(due.amount, credited, settled.get("discount", 0), is_open, due.discount)
