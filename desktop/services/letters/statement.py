"""Statements of account: what is open, and on demand what was booked in a span of days with the balance after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from db.engine import Book
from desktop.domain.aging import bucket
from desktop.domain.letter import Cell, Letter, LetterColumn, LetterRow, LetterTable, LetterTotal, Money, Span, term
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.accounts import Account, AccountRow, account
from desktop.services.letters.correspondence import (
    Correspondence,
    Made,
    correspondence,
    letter_currency,
    payment_reference,
)
from desktop.services.letters.owed import Owed, Unused, owed, unused

_DAY = timedelta(days=1)
_BUCKETS = 5
_ORDERED = ("invoice", "deposit", "final", "opening")


def statement(
    book: Book,
    client_id: int,
    *,
    as_of: date,
    currency: str = "",
    since: date | None = None,
    items: bool = True,
) -> Made:
    """A client's statement in one currency (the client's own, unless told) at the end of a day.

    With `since`, all that was booked from that day on, after the balance brought forward; without `items`, nothing but
    that. UserError for a span that ends before it begins, a currency without bookings, and nothing to tell of.
    """
    if since is not None and since > as_of:
        raise UserError(_("The first day lies after the last one."), _("Choose an earlier first day."))
    if since is None and not items:
        raise UserError(
            _("A statement needs open items, movements, or both."), _("Give a first day for the movements.")
        )
    page: Account | None = None
    with book.reading() as session:
        connection = session.connection()
        chosen = letter_currency(connection, client_id, as_of, currency)
        to = correspondence(connection, client_id, "statement", chosen)
        dues = owed(connection, to.client_id, chosen, as_of)
        credits = unused(connection, to.client_id, chosen, as_of)
    if since is not None:
        known = {one.currency: one for one in account(book, to.client_id, until=as_of, since=since)}
        page = known.get(chosen) or Account(to.client_id, chosen, 0, (), 0)
    return _letter(to, chosen, as_of, dues, credits, since, page, items=items), to.template


def _letter(
    to: Correspondence,
    currency: str,
    as_of: date,
    dues: Sequence[Owed],
    credits: Sequence[Unused],
    since: date | None,
    page: Account | None,
    *,
    items: bool,
) -> Letter:
    is_open, credit = sum(due.open for due in dues), sum(one.left for one in credits)
    overdue = sum(due.asked for due in dues if due.days > 0)
    payable = max(0, overdue - credit)
    facts: list[tuple[Cell, Cell]] = [(term("as_of"), as_of)]
    tables = []
    if page is not None and since is not None:
        facts = [(term("date"), as_of), (term("period"), Span(since, as_of + _DAY))]
        tables.append(_movements(page, since, as_of))
        opening = term("statement_moves", currency=currency, start=since, end=as_of)
    else:
        opening = term("statement_open", currency=currency, date=as_of)
    if items:
        tables.append(_items(dues, with_title=page is not None))
        if credits:
            tables.append(_credits(credits))
    if dues or credits:
        tables.append(_ages(dues, credit))
    terms: list[Cell] = [term("statement_ask")] if payable else []
    if any(due.disputed for due in dues):
        terms.append(term("disputed_aside"))
    return to.letter(
        "statement",
        as_of,
        facts=(*facts, (term("client_code"), to.code), (term("currency"), currency)),
        period_start=since,
        period_end=None if since is None else as_of + _DAY,
        opening=(opening,),
        tables=tuple(tables),
        totals=_totals(is_open, credit, overdue),
        terms=tuple(terms),
        ending=(term("statement_check"),),
        payable=payable,
        payment_reference=payment_reference((due.name for due in dues if due.days > 0 and due.asked), to.code),
    )


def _movements(page: Account, since: date, as_of: date) -> LetterTable:
    rows = [LetterRow((since, term("brought_forward"), None, None, Money(page.brought_forward)), strong=True)]
    rows += [
        LetterRow(
            (
                row.dated,
                term("named", kind=term(f"kind_{row.kind}"), number=row.number),
                Money(row.amount) if row.amount > 0 else None,
                Money(-row.amount) if row.amount < 0 else None,
                Money(row.balance),
            ),
            note=_moved(row),
        )
        for row in page.rows
    ]
    if not page.rows:
        rows.append(LetterRow((None, term("nothing_moved"), None, None, None), quiet=True))
    return LetterTable(
        (
            LetterColumn("issued", "day"),
            LetterColumn("document"),
            LetterColumn("debit", "money"),
            LetterColumn("credit", "money"),
            LetterColumn("balance", "money"),
        ),
        tuple(rows),
        title=term("movements"),
        sums=(
            LetterRow(
                (
                    None,
                    term("closing_balance", date=as_of),
                    Money(sum(row.amount for row in page.rows if row.amount > 0)),
                    Money(-sum(row.amount for row in page.rows if row.amount < 0)),
                    Money(page.balance),
                ),
                strong=True,
            ),
        ),
        carried="last",
        wide=1,
    )


def _moved(row: AccountRow) -> Cell:
    """What the account says of a booking: the client's order, a payment's reference, the reason of a credit."""
    if not row.text:
        return None
    return term("po", number=row.text) if row.kind in _ORDERED else row.text


def _items(dues: Sequence[Owed], *, with_title: bool) -> LetterTable:
    return LetterTable(
        (
            LetterColumn("document"),
            LetterColumn("issued", "day"),
            LetterColumn("due", "day"),
            LetterColumn("days_overdue", "number"),
            LetterColumn("amount", "money"),
            LetterColumn("open", "money"),
        ),
        tuple(
            LetterRow(
                (
                    term("named", kind=term(f"kind_{due.kind}"), number=due.name),
                    due.issued,
                    due.due,
                    due.days if due.days > 0 else None,
                    Money(due.amount),
                    Money(due.open),
                ),
                note=due.note,
            )
            for due in dues
        ),
        title=term("open_items") if with_title else None,
        sums=(LetterRow((term("sum"), None, None, None, None, Money(sum(due.open for due in dues))), strong=True),)
        if dues
        else (),
        carried="sum",
        empty="nothing_open",
    )


def _credits(credits: Sequence[Unused]) -> LetterTable:
    return LetterTable(
        (
            LetterColumn("document"),
            LetterColumn("issued", "day"),
            LetterColumn("amount", "money"),
            LetterColumn("left", "money"),
        ),
        tuple(
            LetterRow(
                (
                    term("named", kind=term(f"kind_{one.kind}"), number=one.number),
                    one.day,
                    Money(one.amount),
                    Money(one.left),
                )
            )
            for one in credits
        ),
        title=term("unused_credit"),
        sums=(LetterRow((term("sum"), None, None, Money(sum(one.left for one in credits))), strong=True),),
        carried="sum",
    )


def _ages(dues: Sequence[Owed], credit: int) -> LetterTable:
    """The buckets of aging, less the credit: together the balance."""
    ages = [0] * _BUCKETS
    for due in dues:
        ages[bucket(due.due, due.due + timedelta(days=due.days))] += due.open
    heads = ["current", "d1_30", "d31_60", "d61_90", "over_90", *(("unused",) if credit else ()), "balance"]
    figures = [*ages, *((-credit,) if credit else ()), sum(ages) - credit]
    return LetterTable(
        tuple(LetterColumn(head, "money") for head in heads),
        (LetterRow(tuple(Money(figure) for figure in figures)),),
        title=term("by_age"),
        wide=-1,
    )


def _totals(is_open: int, credit: int, overdue: int) -> tuple[LetterTotal, ...]:
    balance = is_open - credit
    rows = []
    if credit:
        rows.append(LetterTotal(term("total_open"), Money(is_open)))
        rows.append(LetterTotal(term("less_credit"), Money(-credit)))
    name = "account_balance" if balance >= 0 else "account_balance_yours"
    rows.append(LetterTotal(term(name), Money(abs(balance)), emphasis=True))
    if overdue:
        rows.append(LetterTotal(term("of_this_overdue"), Money(overdue)))
    return tuple(rows)
