"""Makes an order to the bank: its rows and its file in one transaction, so that no debit is asked for twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import PaymentOrder, PaymentOrderItem
from desktop.documents.orders.nacha import nacha
from desktop.documents.orders.pain001 import VERSIONS as TRANSFER_VERSIONS
from desktop.documents.orders.pain001 import pain001
from desktop.documents.orders.pain008 import VERSIONS as DEBIT_VERSIONS
from desktop.documents.orders.pain008 import pain008
from desktop.domain.identifiers import check_creditor_id, check_iban
from desktop.domain.journal import firm_factor, in_firm
from desktop.domain.payment_order import (
    FIRST,
    RECURRENT,
    Order,
    OrderAccount,
    OrderItem,
    is_target_day,
    next_target_day,
    routing_is_sound,
)
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, ngettext, number_text
from desktop.services.access.second_pair import check_second
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.exchange import ExchangeRates
from desktop.services.files import keep_file
from desktop.services.orders.wanted import Wanted, due_debits, open_credits
from desktop.services.sandbox.refusing import refuse_in_sandbox

VERSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "sepa_debit": DEBIT_VERSIONS,
    "sepa_transfer": TRANSFER_VERSIONS,
    "ach_debit": ("NACHA",),
}
"""The forms that the file of each kind can have, the usual one first."""
_LETTERS: Final = {"sepa_debit": "D", "ach_debit": "D", "sepa_transfer": "T"}
_ENDINGS: Final = {"sepa_debit": "xml", "sepa_transfer": "xml", "ach_debit": "ach"}


@dataclass(frozen=True, slots=True)
class MadeOrder:
    """An order as it was made: minor units of `currency`; `file_name` as it should be called on disk."""

    id: int
    number: str
    kind: str
    count: int
    total: int
    currency: str
    execute_on: date
    file_name: str
    content: bytes


def earliest_day(kind: str, today: date) -> date:
    """The first day that a bank still takes: the next banking day, in euro one of TARGET, else no weekend."""
    day = today + timedelta(days=1)
    if kind != "ach_debit":
        return next_target_day(day)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def make_order(
    book: Book,
    *,
    kind: str,
    account_id: int,
    execute_on: date,
    actor: str,
    today: date,
    ids: Collection[int] | None = None,
    version: str = "",
) -> MadeOrder:
    """Order debits of these open items, or refunds of these credits; without ids, all that can be ordered.

    UserError where nothing can be, for what has a problem (see `Wanted`), a day that the bank does not take, and an
    account that lacks what the file needs.
    """
    refuse_in_sandbox(book)
    version = version or VERSIONS[kind][0]
    if version not in VERSIONS[kind]:
        raise UserError(
            _("“{word}” is no form of this file.").format(word=version),
            _("It is one of: {known}.").format(known=", ".join(VERSIONS[kind])),
        )
    _check_day(kind, execute_on, today)
    with change(book, actor, "") as made:
        account = _account(made.connection, kind, account_id)
        wanted = _chosen(made.connection, kind, execute_on, ids)
        number = _next_number(made.connection, _LETTERS[kind], today.year)
        items = _items(made.connection, kind, number, wanted)
        currency = wanted[0].currency
        order = Order(number, book.clock(), execute_on, currency, account, tuple(items))
        content = _written(order, kind, version)
        file_name = f"{number}.{_ENDINGS[kind]}"
        order_id = _keep(made, kind, account_id, order, wanted, keep_file(made, file_name, content))
        words = ngettext("Order {number}: {count} item, {total}", "Order {number}: {count} items, {total}", len(items))
        rates = ExchangeRates(made.connection)
        worth = in_firm(order.total, firm_factor(rates.on(currency, today), currency, rates.firm_currency))
        check_second(book, made, "payment_order", worth, subject="payment_order", subject_id=order_id)
        made.summary = words.format(
            number=number, count=number_text(len(items)), total=money_text(order.total, currency)
        )
    return MadeOrder(order_id, number, kind, len(items), order.total, currency, execute_on, file_name, content)


def _check_day(kind: str, day: date, today: date) -> None:
    first = earliest_day(kind, today)
    if day < first:
        raise UserError(
            _("No bank takes an order for {day} any more.").format(day=date_text(day)),
            _("The first day is {day}.").format(day=date_text(first)),
        )
    works = day.weekday() < 5 if kind == "ach_debit" else is_target_day(day)
    if not works:
        raise UserError(
            _("Banks do not work on {day}.").format(day=date_text(day)),
            _("The next day is {day}.").format(day=date_text(earliest_day(kind, day))),
        )


def _account(connection: Connection, kind: str, account_id: int) -> OrderAccount:
    row = connection.exec_driver_sql(
        """SELECT a.holder, a.iban, a.bic, a.bank, a.routing, a.account_number, a.company_id, f.creditor_id
        FROM bank_account a, firm f WHERE a.id = ? AND a.kind = 'bank'""",
        (account_id,),
    ).fetchone()
    if row is None:
        raise UserError(_("The bank account is not there any more."), _("Choose another one."))
    holder, iban, bic, bank, routing, number, company, creditor = (str(one).strip() for one in row)
    iban = "".join(iban.split()).upper()
    needs: list[tuple[bool, Callable[[], str]]] = [
        (kind != "ach_debit" and not (iban and check_iban(iban).ok), lambda: _("its IBAN")),
        (
            kind == "sepa_debit" and not (creditor and check_creditor_id(creditor).ok),
            lambda: _("the firm's creditor identifier"),
        ),
        (kind == "ach_debit" and not routing_is_sound(routing), lambda: _("its routing number")),
        (kind == "ach_debit" and not company, lambda: _("the company id that the bank gave you")),
    ]
    missing = [said() for lacks, said in needs if lacks]
    if missing:
        raise UserError(
            _("For this file the account {account} lacks: {list}.").format(
                account=iban or holder, list=", ".join(missing)
            ),
            _("Fill it in in the settings of the firm."),
        )
    return OrderAccount(holder, iban, bic, creditor, bank, routing, number, company)


def _chosen(connection: Connection, kind: str, execute_on: date, ids: Collection[int] | None) -> list[Wanted]:
    if kind == "sepa_transfer":
        found = list(open_credits(connection))
    else:
        found = list(due_debits(connection, kind=kind, execute_on=execute_on))
    if ids is None:
        chosen = [one for one in found if not one.problem]
    else:
        chosen = [one for one in found if one.id in ids]
        refused = next((one for one in chosen if one.problem), None)
        if refused is not None:
            raise UserError(
                _("{number} of {client} cannot be ordered: {problem}").format(
                    number=refused.number, client=refused.name, problem=refused.problem
                ),
                _("Leave it out, or mend it first."),
            )
    if not chosen:
        raise UserError(
            _("There is nothing to order until {day}.").format(day=date_text(execute_on)),
            _("Choose a later day, or see what keeps the others out."),
        )
    return chosen


def _items(connection: Connection, kind: str, number: str, wanted: list[Wanted]) -> list[OrderItem]:
    firm = connection.exec_driver_sql("SELECT name FROM firm").scalar_one()
    begun: Counter[str] = Counter()
    items = []
    for place, one in enumerate(wanted, start=1):
        # FRST may be left out since 2016; two firsts under one mandate would be refused.
        first = one.first and not begun[one.mandate]
        begun[one.mandate] += 1
        text = f"{firm} {one.number}" if kind == "sepa_transfer" else one.number
        items.append(
            OrderItem(
                one.amount,
                f"{number}-{place}",
                one.name,
                one.iban,
                one.bic,
                text,
                one.mandate,
                one.mandate_date,
                one.scheme,
                FIRST if first else RECURRENT,
                one.routing,
                one.account_number,
                one.account_kind,
                one.is_business,
            )
        )
    return items


def _written(order: Order, kind: str, version: str) -> bytes:
    if kind == "sepa_debit":
        return pain008(order, version)
    return pain001(order, version) if kind == "sepa_transfer" else nacha(order)


def _keep(made: Change, kind: str, account_id: int, order: Order, wanted: list[Wanted], file_id: int) -> int:
    order_id = made.insert(
        PaymentOrder,
        number=order.number,
        kind=kind,
        account_id=account_id,
        execute_on=order.execute_on,
        currency=order.currency,
        count=len(order.items),
        total=order.total,
        file_id=file_id,
        made_at=made.at,
        actor=made.actor,
    )
    refunds = kind == "sepa_transfer"
    debited: Mapping[str, Any]
    for one, item in zip(wanted, order.items, strict=True):
        debited = (
            {}
            if refunds
            else {
                "mandate": item.mandate,
                "mandate_date": item.mandate_date,
                "scheme": item.scheme,
                "sequence": item.sequence,
                "routing": item.routing,
                "account_number": item.account_number,
            }
        )
        made.insert(
            PaymentOrderItem,
            order_id=order_id,
            client_id=one.client_id,
            open_item_id=None if refunds else one.id,
            credit_id=one.id if refunds else None,
            amount=item.amount,
            end_to_end=item.end_to_end,
            holder=item.holder,
            iban=item.iban,
            bic=item.bic,
            text=item.text,
            **debited,
        )
    return order_id


def _next_number(connection: Connection, letter: str, year: int) -> str:
    """D-2026-0001 and on for debits, T- for transfers."""
    last = connection.exec_driver_sql(
        "SELECT number FROM payment_order WHERE number GLOB ? ORDER BY id DESC LIMIT 1", (f"{letter}-{year}-*",)
    ).scalar()
    return f"{letter}-{year}-{(int(last.rsplit('-', 1)[1]) if last else 0) + 1:04}"
