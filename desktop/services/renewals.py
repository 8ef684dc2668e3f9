"""Terms and their ends: what renews when, until when notice can be given, and a person's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement
from desktop.domain.agreement_terms import Terms, current_end, end_after_notice, notice_by, term_end
from desktop.domain.yearly import per_year
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.agreements import billed_through
from desktop.services.changes import change
from desktop.services.lists.agreements import AgreementList
from desktop.services.records import found

WITHIN = 120
"""Days ahead that the list of renewals looks."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """An agreement whose term ends soon. `term_last` and `last_day` are last days, `notice_by` the last for notice.

    `state`: decide (a person renews it or lets it end), renews (by itself, unless notice is given in time), fixed (by
    itself, notice comes too late for this term), ends (notice was given, or its end is set). `a_year` is what its
    recurring lines bill a year, net in minor units, None where a price is missing or nothing recurs.
    """

    agreement_id: int
    code: str
    title: str
    client: str
    currency: str
    state: str
    term_last: date
    notice_by: date | None
    notice_given_on: date | None
    a_year: int | None
    index_name: str


def renewals(book: Book, today: date, within: int = WITHIN) -> list[Renewal]:
    """Agreements whose term, notice or life ends within so many days, the earliest first; terms run out unrenewed, too.

    One that ended before today is left out, unless it asks for a decision that nobody has taken.
    """
    until = date.fromordinal(today.toordinal() + within)
    rows: list[tuple[Agreement, str, date, date | None]] = []
    with book.reading() as session:
        for row in session.query(Agreement).filter(Agreement.active.is_(True)):
            state = _state(row, today)
            if state is not None and min(state[1], state[2] or state[1]) <= until:
                rows.append((row, *state))
    listed = AgreementList(book, today).rows([row.id for row, *_rest in rows])
    found = [
        Renewal(
            row.id,
            row.code,
            row.title,
            str(listed[row.id]["client"]),
            row.currency,
            state,
            date.fromordinal(end.toordinal() - 1),
            last_notice,
            row.notice_given_on,
            _a_year(listed[row.id]),
            row.index_name,
        )
        for row, state, end, last_notice in rows
    ]
    return sorted(found, key=lambda one: (one.notice_by or one.term_last, one.term_last, one.code))


def _state(row: Agreement, today: date) -> tuple[str, date, date | None] | None:
    """(state, first day no longer in, last day for notice) of an agreement that ends or renews at all."""
    terms = terms_of(row)
    if row.end_date is not None and (row.renewal != "ask" or row.term_end is None or row.end_date <= row.term_end):
        return ("ends", row.end_date, None) if row.end_date > today else None
    if row.renewal == "ask" and row.term_end is not None:
        return "decide", row.term_end, None
    if row.renewal == "auto":
        end = current_end(terms, today)
        if end is not None:
            last = notice_by(terms, end)
            return ("renews", end, last) if last >= today else ("fixed", end, None)
    return None


def terms_of(row: Agreement) -> Terms:
    return Terms(
        row.renewal,
        row.term_end,
        row.term_count,
        row.term_unit,
        row.notice_count,
        row.notice_unit,
        row.min_term_until,
    )


def _a_year(row: Mapping[str, object]) -> int | None:
    amount, count, unit = row["amount"], row["every_count"], row["every_unit"]
    if not isinstance(amount, int) or not isinstance(count, int):
        return None
    return per_year(amount, count, str(unit))


def renewal_day(book: Book, agreement_id: int, today: date) -> date:
    """The first day of the next term, or, without terms, the first that its recurring lines have not billed yet."""
    with book.reading() as session:
        row: Agreement = found(session, Agreement, agreement_id, _("The agreement"))
        end = current_end(terms_of(row), today) if row.renewal != "open" else None
        if end is not None and end > today:
            return end
        return max(billed_through(session, agreement_id) or today, today, row.start_date)


def last_day_after_notice(book: Book, agreement_id: int, given_on: date) -> date:
    """The last day that an agreement bills if notice is given on a day."""
    with book.reading() as session:
        row: Agreement = found(session, Agreement, agreement_id, _("The agreement"))
        return date.fromordinal(end_after_notice(terms_of(row), given_on).toordinal() - 1)


def give_notice(book: Book, agreement_id: int, given_on: date, *, actor: str, last_day: date | None = None) -> date:
    """Note notice given on a day: the agreement ends with the term that it reaches; its last day.

    `last_day` is another that both sides agreed on. UserError where notice was given before, or within the minimum
    term.
    """
    with change(book, actor, _("Give notice")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        _refuse_ended(row)
        terms = terms_of(row)
        end = end_after_notice(terms, given_on)
        if last_day is not None:
            end = date.fromordinal(last_day.toordinal() + 1)
            if end <= row.start_date or (row.min_term_until is not None and end < row.min_term_until):
                least = max(row.start_date, date.fromordinal((row.min_term_until or row.start_date).toordinal() - 1))
                raise UserError(
                    _("{code} runs through {day} at least.").format(code=row.code, day=date_text(least)),
                    _("Choose that day or a later one."),
                )
        last = date.fromordinal(end.toordinal() - 1)
        made.summary = _("Notice for {code}: it ends on {day}").format(code=row.code, day=date_text(last))
        # A decision asked for earlier than that is taken: it goes on until the notice ends it.
        later = row.renewal == "ask" and row.term_end is not None and end > row.term_end
        more = {"term_end": end} if later else {}
        made.update(Agreement, agreement_id, notice_given_on=given_on, end_date=end, **more)
        return last


def withdraw_notice(book: Book, agreement_id: int, *, actor: str) -> None:
    """Take notice back: the agreement goes on as if none was given. UserError where none was."""
    with change(book, actor, _("Withdraw notice")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        if row.notice_given_on is None:
            raise UserError(_("No notice was given for {code}.").format(code=row.code))
        made.summary = _("Withdraw the notice for {code}").format(code=row.code)
        made.update(Agreement, agreement_id, notice_given_on=None, end_date=None)


def renew(book: Book, agreement_ids: Sequence[int], *, actor: str, today: date) -> int:
    """Another term for each agreement that asks for it, after the one that ends; all or none, the count of them.

    UserError where one has no term, or renews by itself.
    """
    with change(book, actor, _("Renew agreements")) as made:
        for agreement_id in agreement_ids:
            code, end = _renewed(made.session, agreement_id, today)
            made.update(Agreement, agreement_id, term_end=end)
            last = date_text(date.fromordinal(end.toordinal() - 1))
            made.summary = _("Renew {code} through {day}").format(code=code, day=last)
        if len(agreement_ids) > 1:
            made.summary = _("Renew {count} agreements").format(count=len(agreement_ids))
        return len(agreement_ids)


def _renewed(session: Session, agreement_id: int, today: date) -> tuple[str, date]:
    """The code of an agreement and the end of its next term, which lies ahead."""
    row: Agreement = found(session, Agreement, agreement_id, _("The agreement"))
    _refuse_ended(row)
    if row.renewal != "ask" or row.term_end is None:
        words = (
            _("{code} renews by itself.") if row.renewal == "auto" else _("{code} has no term: it goes on until ended.")
        )
        raise UserError(words.format(code=row.code), _("There is nothing to decide."))
    terms, number = terms_of(row), 1
    while (end := term_end(terms, number)) is not None and end <= today:
        number += 1
    if end is None:
        raise UserError(
            _("How long a term of {code} lasts is not known.").format(code=row.code),
            _("Enter it at the agreement."),
        )
    return row.code, end


def _refuse_ended(row: Agreement) -> None:
    if row.end_date is not None:
        last = date_text(date.fromordinal(row.end_date.toordinal() - 1))
        words = (
            _("Notice was given for {code}: it ends on {day}.")
            if row.notice_given_on
            else _("{code} ends on {day} already.")
        )
        raise UserError(
            words.format(code=row.code, day=last), _("Withdraw the notice, or clear its last day, if it goes on.")
        )
