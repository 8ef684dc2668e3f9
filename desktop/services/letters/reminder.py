"""Payment reminders: what is overdue, in the tone of a level, with interest and a fee where they are asked for.

Nothing is planned, sent or remembered here: a reminder is a letter like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

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
from desktop.domain.money import round_half_away
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text
from desktop.services.letters.correspondence import (
    Correspondence,
    Made,
    correspondence,
    letter_currency,
    payment_reference,
)
from desktop.services.letters.owed import Owed, owed, unused

LAST_LEVEL: Final = 3
"""Above it the words stay the same: friendly, firm, final."""
# From so many days past due on, a reminder is of the second and of the third level, unless told.
_LEVEL_DAYS: Final = (20, 45)
# Days to pay, by level.
_DAYS_TO_PAY: Final = (14, 10, 7)
_YEAR: Final = 365


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
    return _letter(to, as_of, overdue, credit, step, fee, interest, until), to.template


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


def _letter(
    to: Correspondence,
    as_of: date,
    overdue: Sequence[Owed],
    credit: int,
    level: int,
    fee: int,
    percent: Decimal,
    until: date,
) -> Letter:
    step = min(level, LAST_LEVEL)
    interests = [interest_on(due.asked, percent, due.days) if percent else 0 for due in overdue]
    asked, disputed = sum(due.asked for due in overdue), sum(due.disputed for due in overdue)
    payable = asked + sum(interests) + fee - credit
    ask = term(f"reminder_{step}_ask", amount=Money(payable), date=until)
    crossed = term("reminder_crossed")
    return to.letter(
        "reminder",
        as_of,
        title="" if step == 1 else f"reminder_{step}",
        level=level,
        facts=((term("date"), as_of), (term("due_until"), until), (term("client_code"), to.code)),
        opening=(term(f"reminder_{step}", sum(due.asked > 0 for due in overdue)),),
        tables=(_table(overdue, interests),),
        totals=_totals(asked, disputed, credit, sum(interests), percent, fee, payable),
        terms=(ask, term("disputed_aside")) if disputed else (ask,),
        ending=(term("reminder_talk"), crossed) if step < LAST_LEVEL else (crossed,),
        **to.signed,
        due_date=until,
        payable=payable,
        payment_reference=payment_reference((due.name for due in overdue if due.asked), to.code),
    )


def _table(overdue: Sequence[Owed], interests: Sequence[int]) -> LetterTable:
    bearing = any(interests)
    heads = [
        LetterColumn("document"),
        LetterColumn("issued", "day"),
        LetterColumn("due", "day"),
        LetterColumn("days_overdue", "number"),
        LetterColumn("open", "money"),
        *([LetterColumn("interest", "money")] if bearing else []),
    ]
    rows = tuple(
        LetterRow(
            (
                term("named", kind=term(f"kind_{due.kind}"), number=due.name),
                due.issued,
                due.due,
                due.days,
                Money(due.open),
                *((Money(interest) if interest else None,) if bearing else ()),
            ),
            note=due.note,
            quiet=not due.asked,
        )
        for due, interest in zip(overdue, interests, strict=True)
    )
    sums = (sum(due.open for due in overdue), *((sum(interests),) if bearing else ()))
    foot = LetterRow((term("sum"), None, None, None, *(Money(one) for one in sums)), strong=True)
    return LetterTable(tuple(heads), rows, sums=(foot,) if len(rows) > 1 else ())


def _totals(
    asked: int, disputed: int, credit: int, interest: int, percent: Decimal, fee: int, payable: int
) -> tuple[LetterTotal, ...]:
    more: tuple[tuple[Cell, int], ...] = (
        (term("less_disputed"), -disputed),
        (term("less_credit"), -credit),
        (term("plus_interest", percent=Percent(percent)), interest),
        (term("plus_fee"), fee),
    )
    rows = [LetterTotal(label, Money(minor)) for label, minor in more if minor]
    if rows:
        rows.insert(0, LetterTotal(term("total_open"), Money(asked + disputed)))
    return (*rows, LetterTotal(term("to_pay"), Money(payable), emphasis=True))
