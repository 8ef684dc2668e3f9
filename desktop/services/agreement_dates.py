"""What is agreed ahead: prices from a day on, and days that are not billed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement, AgreementLine, Charge, Pause, PriceChange
from desktop.domain.money import exponent, scaled, unscaled
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text
from desktop.services.agreement_checks import check_change_day, check_percent, check_price
from desktop.services.agreements import billed_through
from desktop.services.changes import Change, change
from desktop.services.problems import Problems
from desktop.services.records import found


def set_price(
    book: Book,
    line_id: int,
    valid_from: date,
    unit_price: Decimal,
    *,
    actor: str,
    reason: str = "",
    allow_zero: bool = False,
) -> None:
    """Agree a line's price from a day on. Raises ValidationError when those days are billed already."""
    with change(book, actor, _("Change a price")) as made:
        line: AgreementLine = found(made.session, AgreementLine, line_id, _("The line"))
        row = made.session.get_one(Agreement, line.agreement_id)
        problems = Problems()
        try:
            price = scaled(unit_price)
        except ValueError:
            problems.add("unit_price", _("{figure} has more than six decimals.").format(figure=number_text(unit_price)))
            price = None
        check_price(price, problems, allow_zero)
        check_change_day(valid_from, _line_billed_through(made.session, line_id), problems, "valid_from")
        if valid_from < row.start_date:
            problems.add(
                "valid_from", _("{code} starts on {day}.").format(code=row.code, day=date_text(row.start_date))
            )
        problems.raise_any()
        assert price is not None
        made.summary = _("Set a price of {code} to {price} from {day}").format(
            code=row.code, price=number_text(unit_price), day=date_text(valid_from)
        )
        _set_price(made, line_id, valid_from, price, reason)


def _line_billed_through(session: Session, line_id: int) -> date | None:
    return session.scalar(
        select(Charge.period_end)
        .where(Charge.agreement_line_id == line_id, Charge.kind == "recurring", Charge.reversed_by.is_(None))
        .order_by(Charge.period_end.desc())
        .limit(1)
    )


def _set_price(made: Change, line_id: int, valid_from: date, price: int, reason: str) -> None:
    standing = made.session.scalar(
        select(PriceChange.id).where(PriceChange.agreement_line_id == line_id, PriceChange.valid_from == valid_from)
    )
    if standing is None:
        made.insert(PriceChange, agreement_line_id=line_id, valid_from=valid_from, unit_price=price, reason=reason)
    else:
        made.update(PriceChange, standing, unit_price=price, reason=reason)


def remove_price(book: Book, price_change_id: int, *, actor: str) -> None:
    """Take an agreed price back. UserError once days at that price are billed."""
    with change(book, actor, _("Remove a price agreed ahead")) as made:
        row: PriceChange = found(made.session, PriceChange, price_change_id, _("The price"))
        billed = _line_billed_through(made.session, row.agreement_line_id)
        if billed is not None and row.valid_from < billed:
            raise UserError(
                _("Days at this price are billed, up to {day}.").format(
                    day=date_text(date.fromordinal(billed.toordinal() - 1))
                ),
                _("Set the price for the days after that instead."),
            )
        made.delete(PriceChange, price_change_id)


def raise_prices(
    book: Book, agreement_ids: Sequence[int], percent: Decimal, valid_from: date, *, actor: str, reason: str = ""
) -> int:
    """Raise the agreed prices of many agreements by a percentage from a day on, all or none.

    Prices are rounded to the currency's minor unit. Lines that the rate card prices stay with it. The number of
    prices set. Raises ValidationError where days from there on are billed already.
    """
    with change(book, actor, _("Raise prices by {percent} %").format(percent=number_text(percent))) as made:
        problems = Problems()
        check_percent(percent, problems)
        problems.raise_any()
        raised = 0
        for agreement_id in agreement_ids:
            row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
            if row.end_date is not None and row.end_date <= valid_from:
                continue
            billed = billed_through(made.session, agreement_id)
            if billed is not None and valid_from < billed:
                problems.add(
                    "valid_from",
                    _("{code} is billed up to {day} already.").format(
                        code=row.code, day=date_text(date.fromordinal(billed.toordinal() - 1))
                    ),
                )
                continue
            raised += _raise_lines(made, row, percent, valid_from, reason)
        problems.raise_any(_("Choose a later day, or leave the agreement out."))
        return raised


def _raise_lines(made: Change, row: Agreement, percent: Decimal, valid_from: date, reason: str) -> int:
    count = 0
    cent = Decimal(1).scaleb(-exponent(row.currency))
    for line in made.session.scalars(select(AgreementLine).where(AgreementLine.agreement_id == row.id)).all():
        latest = made.session.scalar(
            select(PriceChange.unit_price)
            .where(PriceChange.agreement_line_id == line.id, PriceChange.valid_from < valid_from)
            .order_by(PriceChange.valid_from.desc())
            .limit(1)
        )
        price = latest if latest is not None else line.unit_price
        if price is None:
            continue
        raised = (unscaled(price) * (1 + percent / 100)).quantize(cent, rounding="ROUND_HALF_UP")
        _set_price(made, line.id, valid_from, scaled(raised), reason)
        count += 1
    return count


def pause_agreement(
    book: Book, agreement_id: int, first_day: date, last_day: date | None = None, *, actor: str, reason: str = ""
) -> int:
    """Leave days unbilled, both given days included; without a last day until it is resumed.

    Days of it that were billed are credited by the next run where the agreement credits unused days. Raises
    ValidationError where another pause has these days, or they were billed and stay billed.
    """
    with change(book, actor, _("Pause an agreement")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        end = date.fromordinal(last_day.toordinal() + 1) if last_day is not None else None
        problems = Problems()
        if end is not None and end <= first_day:
            problems.add("end_date", _("The pause ends before it starts on {day}.").format(day=date_text(first_day)))
        if row.unused == "keep":
            check_change_day(first_day, billed_through(made.session, agreement_id), problems, "start_date")
        for other in made.session.scalars(select(Pause).where(Pause.agreement_id == agreement_id)):
            if (other.end_date is None or first_day < other.end_date) and (end is None or other.start_date < end):
                problems.add(
                    "start_date",
                    _("It is paused from {day} on already.").format(day=date_text(other.start_date)),
                )
        problems.raise_any(_("Choose a later day; what is billed is taken back by a credit note."))
        made.summary = _("Pause agreement {code} from {day}").format(code=row.code, day=date_text(first_day))
        return made.insert(Pause, agreement_id=agreement_id, start_date=first_day, end_date=end, reason=reason)


def resume_agreement(book: Book, agreement_id: int, first_day: date, *, actor: str) -> None:
    """Bill again from a day on: the pause of that day ends, or goes if it would last no day."""
    with change(book, actor, _("Resume an agreement")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        pause = made.session.scalars(
            select(Pause)
            .where(
                Pause.agreement_id == agreement_id,
                Pause.end_date.is_(None) | (Pause.end_date > first_day),
            )
            .order_by(Pause.start_date)
            .limit(1)
        ).first()
        if pause is None:
            raise UserError(
                _("{code} is not paused on {day}.").format(code=row.code, day=date_text(first_day)),
                _("There is nothing to resume."),
            )
        made.summary = _("Resume agreement {code} on {day}").format(code=row.code, day=date_text(first_day))
        if pause.start_date >= first_day:
            made.delete(Pause, pause.id)
        else:
            made.update(Pause, pause.id, end_date=first_day)
