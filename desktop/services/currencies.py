"""Dated exchange rates, as the firm enters them: units of its own currency for one of another."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from db.engine import Book
from db.schema import ExchangeRate, Firm
from desktop.domain.money import scaled
from desktop.i18n import _, date_text, number_text
from desktop.services.changes import change
from desktop.services.field_checks import check_currency
from desktop.services.firm import FIRM
from desktop.services.problems import Problems
from desktop.services.records import Record, found, record


def exchange_rates(book: Book) -> list[Record]:
    """By currency, newest first; the rate as a Decimal."""
    with book.reading() as session:
        query = select(ExchangeRate).order_by(ExchangeRate.currency, ExchangeRate.valid_from.desc())
        return [record(row) for row in session.scalars(query)]


def set_exchange_rate(book: Book, currency: str, valid_from: date, rate: Decimal, *, actor: str) -> None:
    """Set a rate from a day on; issued documents keep the rate they were issued with. Raises ValidationError."""
    with change(book, actor, _("Set an exchange rate")) as made:
        problems = Problems()
        checked: Record = {"currency": currency}
        check_currency(checked, problems)
        own = made.session.get_one(Firm, FIRM).currency
        if checked["currency"] == own:
            problems.add("currency", _("{currency} is the firm's own currency.").format(currency=own))
        if rate <= 0:
            problems.add("rate", _("A rate is above 0."))
        # Six decimals, as the book keeps them; banks publish four or five.
        kept = scaled(rate.quantize(Decimal("0.000001"), rounding="ROUND_HALF_UP"))
        if rate > 0 and kept == 0:
            problems.add("rate", _("A rate of {rate} is smaller than a book can keep.").format(rate=number_text(rate)))
        problems.raise_any()
        made.summary = _("Set {currency} to {rate} {own} from {day}").format(
            currency=checked["currency"], rate=number_text(rate), own=own, day=date_text(valid_from)
        )
        standing = made.session.scalar(
            select(ExchangeRate.id).where(
                ExchangeRate.currency == checked["currency"], ExchangeRate.valid_from == valid_from
            )
        )
        if standing is None:
            made.insert(ExchangeRate, currency=checked["currency"], valid_from=valid_from, rate=kept)
        else:
            made.update(ExchangeRate, standing, rate=kept, source="")


def remove_exchange_rate(book: Book, rate_id: int, *, actor: str) -> None:
    with change(book, actor, _("Remove an exchange rate")) as made:
        found(made.session, ExchangeRate, rate_id, _("The exchange rate"))
        made.delete(ExchangeRate, rate_id)
