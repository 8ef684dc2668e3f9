"""What must be true of an agreement and its lines before a book takes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.schema import Agreement, AgreementLine, Charge, Item, Segment, Template
from desktop.domain.money import SCALE, unscaled
from desktop.i18n import _, date_text, number_text
from desktop.services.field_checks import (
    check_currency,
    check_delivery,
    check_exists,
    check_not_negative,
    check_span,
    check_terms,
    check_unique,
)
from desktop.services.problems import Problems
from desktop.services.records import Record

_WORDS = {
    "billing": ("recurring", "time", "fixed", "hybrid", "usage"),
    "every_unit": ("day", "week", "month", "year"),
    "alignment": ("calendar", "anniversary", "bcd"),
    "timing": ("advance", "arrears"),
    "grouping": ("entry", "item", "person", "day"),
    "deposits": ("next", "final"),
    "unused": ("credit", "keep"),
    "renewal": ("open", "auto", "ask"),
    "term_unit": ("month", "year", None),
    "notice_unit": ("day", "month"),
}


TERM = (
    "start_date",
    "renewal",
    "term_count",
    "term_unit",
    "term_end",
    "min_term_until",
    "notice_count",
    "notice_unit",
    "index_cap",
)


def check_agreement(session: Session, values: Record, problems: Problems, before: Agreement | None) -> None:
    """Notes every problem of the given column values; what is not given counts as it stands in `before`."""

    def now(name: str, default: Any = None) -> Any:
        return values.get(name, getattr(before, name) if before else default)

    check_unique(session, Agreement.code, values, problems, _("an agreement"), before.id if before else None)
    check_currency(values, problems)
    check_terms(values, problems)
    check_delivery(values, problems)
    check_exists(session, Segment, "segment_id", values, problems, _("The segment"))
    check_exists(session, Template, "template_id", values, problems, _("The template"))
    for name, words in _WORDS.items():
        if name in values and values[name] not in words:
            known = ", ".join(word for word in words if word)
            problems.add(name, _("“{word}” is not one of {words}.").format(word=values[name], words=known))
    if now("every_count", 1) < 1:
        problems.add("every_count", _("It bills every 1 or more days, weeks, months or years."))
    bill_day = now("bill_day")
    if bill_day is not None and not 1 <= bill_day <= 31:
        problems.add("bill_day", _("Day {day} does not exist in any month: it is 1 to 31.").format(day=bill_day))
    dates = {name: now(name) for name in ("start_date", "end_date", "trial_until", "charged_through")}
    check_span(dates, problems)
    start = dates["start_date"]
    trial, charged = dates["trial_until"], dates["charged_through"]
    if start and trial and trial <= start:
        problems.add(
            "trial_until", _("The trial ends before the agreement starts on {day}.").format(day=date_text(start))
        )
    if start and charged and charged < start:
        problems.add(
            "charged_through",
            _("It cannot be billed through a day before it starts on {day}.").format(day=date_text(start)),
        )
    for name in ("cap", "po_limit", "budget"):
        if now(name) is not None and now(name) <= 0:
            problems.add(name, _("A limit is above 0; leave it empty for none."))
    if now("agreed") is not None and now("agreed") <= 0:
        problems.add("agreed", _("An agreed sum is above 0; leave it empty for none."))
    check_term({name: now(name) for name in TERM}, problems)
    _check_discount(values, problems)


def check_term(now: Record, problems: Problems) -> None:
    """Notes what is wrong with terms, notice and index as they would stand."""
    start, end = now["start_date"], now["term_end"]
    if now["renewal"] in ("auto", "ask"):
        if not now["term_count"] or not now["term_unit"]:
            problems.add("term_count", _("How long is a term? Give months or years."))
        if end is None:
            problems.add("term_end", _("On which day does the current term end?"))
    if now["term_count"] is not None and now["term_count"] < 1:
        problems.add("term_count", _("A term lasts 1 or more months or years."))
    for name in ("term_end", "min_term_until"):
        if start and now[name] is not None and now[name] <= start:
            words = _("It ends before the agreement starts on {day}.")
            problems.add(name, words.format(day=date_text(start)))
    if (now["notice_count"] or 0) < 0:
        problems.add("notice_count", _("Notice is given 0 or more days or months ahead."))
    if now["index_cap"] is not None and now["index_cap"] <= 0:
        problems.add("index_cap", _("The most that prices may rise by is above 0; leave it empty for no limit."))


def _check_discount(values: Record, problems: Problems) -> None:
    discount = values.get("discount")
    if discount is not None and not 0 <= discount < SCALE:
        problems.add(
            "discount",
            _("A discount of {percent} % is not between 0 and 100.").format(
                percent=number_text(unscaled(discount) * 100)
            ),
        )


def check_line(
    session: Session, values: Record, problems: Problems, allow_zero: bool, before: AgreementLine | None
) -> None:
    """Notes every problem of a line's column values."""

    def now(name: str) -> Any:
        return values.get(name, getattr(before, name) if before else None)

    if values.get("kind", "recurring") not in ("recurring", "time", "usage"):
        problems.add("kind", _("A line recurs, bills time or bills usage."))
    check_exists(session, Item, "item_id", values, problems, _("The item"))
    check_quantity(values.get("quantity"), problems)
    if now("item_id") is None and not now("description") and now("kind") == "recurring":
        problems.add("description", _("Choose an item, or say what is billed."))
    price = values.get("unit_price")
    check_price(price, problems, allow_zero or (before is not None and before.unit_price == 0))
    if price is None and "unit_price" in values and now("item_id") is None and now("kind") == "recurring":
        problems.add("unit_price", _("Without an item there is no rate card: the line needs a price."))
    check_span({"start_date": now("start_date"), "end_date": now("end_date")}, problems)
    _check_discount(values, problems)
    _check_meter(session, values, problems, before)


def _check_meter(session: Session, values: Record, problems: Problems, before: AgreementLine | None) -> None:
    """Only a usage line has a meter, and it keeps the meter that it billed."""

    def now(name: str, default: Any = None) -> Any:
        return values.get(name, getattr(before, name) if before else default)

    kind = now("kind", "recurring")
    if kind != "usage":
        for name in ("included", "minimum", "threshold"):
            if now(name):
                problems.add(name, _("Only a line of usage has this."))
        return
    if now("item_id") is None:
        problems.add("item_id", _("Choose the item whose units are counted."))
    check_not_negative(values, problems, "included", "minimum")
    if now("threshold") is not None and now("threshold") <= 0:
        problems.add("threshold", _("A threshold is above 0; leave it empty to bill at the end of each period."))
    if now("metering", "events") not in ("events", "readings"):
        problems.add("metering", _("What a meter counts is events or readings."))
    if before is None or values.get("item_id", before.item_id) == before.item_id:
        return
    if session.scalar(select(Charge.id).where(Charge.agreement_line_id == before.id).limit(1)):
        problems.add("item_id", _("This meter was billed already: end the line and add another."))


def check_meters(lines: Sequence[Record], problems: Problems) -> None:
    """No meter is read by two lines on the same day: its units would be billed twice."""
    meters: dict[int, list[tuple[date, date, int]]] = {}
    for at, line in enumerate(lines):
        if line.get("kind") == "usage" and line.get("item_id") is not None:
            start, end = line.get("start_date") or date.min, line.get("end_date") or date.max
            for first, last, other in meters.get(line["item_id"], ()):
                if start < last and first < end:
                    words = _("Line {other} counts this item on the same days: its units would be billed twice.")
                    problems.add(f"lines.{at}.item_id", words.format(other=other))
                    break
            meters.setdefault(line["item_id"], []).append((start, end, at + 1))


def check_quantity(quantity: int | None, problems: Problems) -> None:
    """A scaled quantity: above 0."""
    if quantity is not None and quantity < 0:
        problems.add(
            "quantity",
            _("A quantity of {figure} would take money off: enter a discount, or a one-off discount.").format(
                figure=number_text(unscaled(quantity))
            ),
        )
    elif quantity == 0:
        problems.add("quantity", _("A quantity of 0 bills nothing; give the line an end date instead."))


def check_price(price: int | None, problems: Problems, allow_zero: bool, field: str = "unit_price") -> None:
    """A scaled price: not below 0, and 0 only where somebody meant it."""
    if price is None:
        return
    check_not_negative({field: price}, problems, field)
    if price == 0 and not allow_zero:
        problems.add(field, _("A price of 0 bills nothing. Confirm that this is meant."))


def check_change_day(day: date, billed: date | None, problems: Problems, field: str) -> None:
    """What is agreed ahead starts on a day that is not billed yet."""
    if billed is not None and day < billed:
        problems.add(
            field,
            _("The days before {day} are billed already.").format(day=date_text(billed)),
        )


def check_percent(percent: Decimal, problems: Problems) -> None:
    if not Decimal(-100) < percent <= Decimal(1000) or percent == 0:
        problems.add("percent", _("{percent} % is no rise of prices.").format(percent=number_text(percent)))
