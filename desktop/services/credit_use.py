"""A client's credit: used on invoices later, or taken off one that it settled by mistake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.queries.families import head_of
from desktop.domain.payments import Item, Settlement, allocate
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.changes import change
from desktop.services.ledger import Ledger
from desktop.services.open_amounts import Credit, Due
from desktop.services.payment_reversals import take_back
from desktop.services.payments import not_to_come, one_client, one_currency


@dataclass(frozen=True, slots=True)
class Applied:
    """Credit used on an invoice: the payment or credit note it came from, and how much, minor units."""

    source: str
    number: str
    amount: int


def apply_credit(
    book: Book,
    *,
    client_id: int,
    on: date,
    actor: str,
    today: date,
    source: str | None = None,
    numbers: Sequence[str] = (),
    amount: int | None = None,
    currency: str | None = None,
) -> tuple[Applied, ...]:
    """Settle invoices with credit that a client has left: of one payment or credit note, else the oldest first.

    Without numbers the oldest due is settled, without an amount as much as fits. UserError where there is no such
    credit, nothing to settle, or less than the amount on either side.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        ledger = Ledger(made)
        named = ledger.named_dues(numbers)
        credit = None if source is None else ledger.named_credit(source)
        client_id = one_client(made.connection, named, client_id)
        if currency is None and credit is not None:
            currency = credit.currency
        currency = one_currency(made.connection, named, client_id, currency)
        if credit is None:
            sources = ledger.open_credits(client_id, currency)
        else:
            sources = [_of_client(credit, head_of(made.connection, credit.client_id), client_id, currency)]
        items = named if numbers else ledger.open_dues(client_id, currency)
        wanted = _wanted(amount, sum(row.open for row in sources), sum(due.open for due in items), currency)
        applied = use_credits(ledger, sources, items, wanted, on)
        ledger.flush()
        made.summary = _("Use {amount} of credit").format(amount=money_text(wanted, currency))
    return applied


def use_credits(
    ledger: Ledger, sources: Sequence[Credit], items: Sequence[Due], amount: int, on: date
) -> tuple[Applied, ...]:
    """Settle the items in their order with the credits in theirs; the amount must be there on both sides."""
    settlements, _surplus = allocate(
        amount, [Item(due.id, due.due_date, due.open) for due in items if due.open], [due.id for due in items]
    )
    return tuple(_drawn(ledger, sources, {due.id: due for due in items}, settlements, on))


def withdraw_credit(book: Book, source: str, number: str, *, on: date, actor: str, today: date) -> int:
    """Take a payment or credit note off an invoice that it settled by mistake; it is the client's credit again.

    Returns what is open again, minor units, with a discount withdrawn. UserError where it settles nothing of it.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        ledger = Ledger(made)
        credit = ledger.named_credit(source)
        invoices = frozenset(due.invoice_id for due in ledger.invoice_dues(number))
        restored = take_back(ledger, credit, on, invoices)
        if not restored:
            raise UserError(
                _("{source} settles nothing of {number}.").format(source=source, number=number),
                _("The client's account shows what each payment and credit note settles."),
            )
        ledger.flush()
        made.summary = _("Take {source} off {number}").format(source=source, number=number)
    return sum(amount for _number, amount in restored)


def _drawn(
    ledger: Ledger,
    sources: Sequence[Credit],
    items: Mapping[int, Due],
    settlements: Sequence[Settlement],
    on: date,
) -> list[Applied]:
    applied: list[Applied] = []
    for settlement in settlements:
        left = settlement.amount
        for source in sources:
            part = min(left, source.open)
            if part:
                due = items[settlement.key]
                ledger.settle(due, source, part, on)
                applied.append(Applied(source.number, due.number, part))
                left -= part
    return applied


def _of_client(credit: Credit, owner: int, client_id: int, currency: str) -> Credit:
    if owner != client_id:
        raise UserError(
            _("{number} is another client's.").format(number=credit.number), _("Choose a credit of this client.")
        )
    if credit.currency != currency:
        raise UserError(
            _("{number} is in {own}, not in {other}.").format(
                number=credit.number, own=credit.currency, other=currency
            ),
            _("A credit settles invoices of its own currency."),
        )
    return credit


def _wanted(amount: int | None, credit: int, owed: int, currency: str) -> int:
    if not credit:
        raise UserError(_("There is no credit left to use."), _("The client's account shows what used it up."))
    if not owed:
        raise UserError(_("Nothing is open to use the credit on."), _("It stays until the next invoice."))
    if amount is None:
        return min(credit, owed)
    if amount <= 0:
        raise UserError(_("The amount must be above zero."), _("Leave it out to use as much as fits."))
    if amount > credit:
        raise UserError(
            _("Only {left} of credit is left, not {amount}.").format(
                left=money_text(credit, currency), amount=money_text(amount, currency)
            ),
            _("Leave the amount out to use as much as fits."),
        )
    if amount > owed:
        raise UserError(
            _("Only {left} is open, not {amount}.").format(
                left=money_text(owed, currency), amount=money_text(amount, currency)
            ),
            _("Leave the amount out to use as much as fits."),
        )
    return amount
