"""Payment reminders: what is overdue, in the tone of a level, with interest and a fee where they are asked for.

One that is written by hand remembers nothing; those of a reminder run say what the run planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.letter import (
    Cell,
    Letter,
    LetterColumn,
    LetterRow,
    LetterTable,
    LetterTotal,
    Money,
    Percent,
    term,
)
from desktop.domain.money import round_half_away, scaled_to_percent
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text
from desktop.services.letters.correspondence import (
    Correspondence,
    Made,
    correspondence,
    letter_currency,
    payment_reference,
)
from desktop.services.letters.owed import Owed, joined, owed, unused

LAST_LEVEL: Final = 3
"""Above it the words stay the same: friendly, firm, final."""
# From so many days past due on, a reminder is of the second and of the third level, unless told.
_LEVEL_DAYS: Final = (20, 45)
# Days to pay, by level.
_DAYS_TO_PAY: Final = (14, 10, 7)
_YEAR: Final = 365
# From here on a letter says that others went before, and is called so.
_FIRM: Final = 2


def default_level(days: int) -> int:
    """The level that goes with so many days past due."""
    return 1 + sum(days > limit for limit in _LEVEL_DAYS)


def interest_on(minor: int, percent: Decimal, days: int) -> int:
    """Simple interest for days of a year of 365, minor units, half away from zero."""
    return round_half_away(minor * percent * days / (100 * _YEAR))


def reminder(
    book: Book,
    client_id: int,
    *,
    as_of: date,
    currency: str = "",
    level: int | None = None,
    fee: int = 0,
    interest: Decimal = Decimal(0),
    pay_by: date | None = None,
) -> Made:
    """The reminder of what is overdue in one currency at the end of a day, by default the client's.

    `fee` in minor units, `interest` in percent a year on each overdue amount since it was due. What is disputed is
    marked and not asked for, the client's credit is taken off. Without a level it follows from the oldest item's days.
    UserError where nothing can be asked for, and for a level, fee, interest or day that cannot be.
    """
    if level is not None and level < 1:
        raise UserError(_("A reminder's level is 1 or more."), _("1 is friendly, 2 is firm, 3 is the last one."))
    if fee < 0 or interest < 0:
        raise UserError(_("A fee or interest below zero cannot be asked for."), _("Leave it out."))
    if pay_by is not None and pay_by < as_of:
        raise UserError(
            _("The day to pay by, {date}, lies before the reminder.").format(date=date_text(pay_by)),
            _("Choose a later day."),
        )
    with book.reading() as session:
        connection = session.connection()
        chosen = letter_currency(connection, client_id, as_of, currency)
        to = correspondence(connection, client_id, "reminder", chosen)
        overdue = [due for due in owed(connection, to.client_id, chosen, as_of) if due.days > 0]
        credit = sum(one.left for one in unused(connection, to.client_id, chosen, as_of))
    asked = sum(due.asked for due in overdue)
    if not asked or credit >= asked:
        raise _nothing_to_ask(overdue, credit, chosen, as_of)
    oldest = max(due.days for due in overdue if due.asked)
    step = level or default_level(oldest)
    until = pay_by or as_of + timedelta(days=_DAYS_TO_PAY[min(step, LAST_LEVEL) - 1])
    words = f"reminder_{min(step, LAST_LEVEL)}"
    label = term("plus_interest", percent=Percent(interest))
    told = _Told(step, credit, fee, label, None, until)
    return _letter(
        to, as_of, [(due, interest_on(due.asked, interest, due.days)) for due in overdue], (), words, told
    ), to.template


def _nothing_to_ask(overdue: Sequence[Owed], credit: int, currency: str, as_of: date) -> UserError:
    if not overdue:
        return UserError(
            _("Nothing is overdue for this client in {currency} on {date}.").format(
                currency=currency, date=date_text(as_of)
            ),
            _("A statement of account shows what is open."),
        )
    if not any(due.asked for due in overdue):
        return UserError(
            _("All that is overdue of this client is disputed."), _("Settle the dispute before you remind.")
        )
    return UserError(
        _("The client's credit of {credit} covers what is overdue.").format(credit=money_text(credit, currency)),
        _("Use the credit for the invoices on the page Payments."),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """An item that a planned reminder names: minor units, days past due, below zero before it."""

    item_id: int
    level: int
    days: int
    open: int
    disputed: int
    interest: int
    before: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """What a planned reminder says. `tone` is 0 before the money is due, 1 friendly, 2 firm, 3 final; `rates` are the
    fractions a year times 10**6 that the interest was reckoned by, `law` the statute that sets them, `day_count` how
    days were counted. `texts` are the firm's own in place of the opening, by language, "" for every one."""

    items: Sequence[Asked]
    tone: int
    credit: int
    fee: int
    rates: Sequence[int]
    law: str
    day_count: str
    pay_by: date
    texts: Mapping[str, str]


def planned_reminder(connection: Connection, client_id: int, currency: str, asking: Asking, *, as_of: date) -> Made:
    """The letter of a reminder run. What has reached the highest level stands first, the rest under it."""
    to = correspondence(connection, client_id, "reminder", currency)
    known = {due.item_id: due for due in owed(connection, to.client_id, currency, date.max)}
    top = max(one.level for one in asking.items)
    first: list[_Line] = []
    more: list[_Line] = []
    for one in asking.items:
        due = replace(known[one.item_id], days=one.days, open=one.open, disputed=one.disputed)
        (first if one.level == top else more).append((due, one.interest))
    again = any(one.before for one in asking.items if one.level == top)
    words = f"reminder_{asking.tone}" if again or asking.tone < _FIRM else "reminder_long"
    percents = [Percent(scaled_to_percent(rate)) for rate in asking.rates]
    label = term("interest_by_law", law=asking.law)
    if not asking.law and percents:
        label = term("plus_interest", percent=percents[0])
    basis = term("interest_basis", rates=joined(percents), day_count=asking.day_count) if percents else None
    own = asking.texts.get(str(to.shared["language"])) or asking.texts.get("", "")
    told = _Told(asking.tone, asking.credit, asking.fee, label, basis, asking.pay_by, own)
    return _letter(to, as_of, first, more, words, told), to.template


_Line = tuple[Owed, int]
"""An item, and the interest on it."""


@dataclass(frozen=True, slots=True)
class _Told:
    level: int
    credit: int
    fee: int
    interest_label: Cell
    basis: Cell
    until: date
    text: str = ""


def _letter(
    to: Correspondence, as_of: date, first: Sequence[_Line], more: Sequence[_Line], words: str, told: _Told
) -> Letter:
    step = min(told.level, LAST_LEVEL)
    every = [*first, *more]
    interest = sum(minor for _due, minor in every)
    asked, disputed = sum(due.asked for due, _minor in every), sum(due.disputed for due, _minor in every)
    payable = asked + interest + told.fee - told.credit
    ask = term(f"reminder_{step}_ask", amount=Money(payable), date=told.until)
    crossed = term("reminder_crossed")
    terms = (
        ask,
        *([told.basis] if interest and told.basis is not None else []),
        *([term("disputed_aside")] if disputed else []),
    )
    tables = (_table(first), *([_table(more, title=term("also_due"))] if more else []))
    return to.letter(
        "reminder",
        as_of,
        title="" if step < _FIRM else f"reminder_{step}",
        level=told.level,
        facts=((term("date"), as_of), (term("due_until"), told.until), (term("client_code"), to.code)),
        opening=(term(words, sum(due.asked > 0 for due, _minor in first)),),
        intro=told.text,
        tables=tables,
        totals=_totals(asked, disputed, told, interest, payable),
        terms=terms,
        ending=(term("reminder_talk"), crossed) if step < LAST_LEVEL else (crossed,),
        **to.signed,
        due_date=told.until,
        payable=payable,
        payment_reference=payment_reference((due.name for due, _minor in every if due.asked), to.code),
    )


def _table(lines: Sequence[_Line], title: Cell = None) -> LetterTable:
    bearing = any(interest for _due, interest in lines)
    late = any(due.days > 0 for due, _interest in lines)
    heads = [
        LetterColumn("document"),
        LetterColumn("issued", "day"),
        LetterColumn("due", "day"),
        *([LetterColumn("days_overdue", "number")] if late else []),
        LetterColumn("open", "money"),
        *([LetterColumn("interest", "money")] if bearing else []),
    ]
    rows = tuple(
        LetterRow(
            (
                term("named", kind=term(f"kind_{due.kind}"), number=due.name),
                due.issued,
                due.due,
                *((due.days if due.days > 0 else None,) if late else ()),
                Money(due.open),
                *((Money(interest) if interest else None,) if bearing else ()),
            ),
            note=due.note,
            quiet=not due.asked,
        )
        for due, interest in lines
    )
    sums = (
        sum(due.open for due, _interest in lines),
        *((sum(interest for _due, interest in lines),) if bearing else ()),
    )
    blank = (None, None, None) if late else (None, None)
    foot = LetterRow((term("sum"), *blank, *(Money(one) for one in sums)), strong=True)
    return LetterTable(tuple(heads), rows, title=title, sums=(foot,) if len(rows) > 1 else ())


def _totals(asked: int, disputed: int, told: _Told, interest: int, payable: int) -> tuple[LetterTotal, ...]:
    more: tuple[tuple[Cell, int], ...] = (
        (term("less_disputed"), -disputed),
        (term("less_credit"), -told.credit),
        (told.interest_label, interest),
        (term("plus_fee"), told.fee),
    )
    rows = [LetterTotal(label, Money(minor)) for label, minor in more if minor]
    if rows:
        rows.insert(0, LetterTotal(term("total_open"), Money(asked + disputed)))
    return (*rows, LetterTotal(term("to_pay"), Money(payable), emphasis=True))
