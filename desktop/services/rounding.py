"""What a payable amount is rounded to, by currency: five centimes in cash, whole rupees. The tax stays what it is."""

from __future__ import annotations

from decimal import Decimal

from db.engine import Book
from db.seeds import ROUNDING
from desktop.domain.money import exact_minor, exponent, to_major, unit
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.book_settings import book_settings, set_book_setting

_LARGEST = 1000


def roundings(book: Book) -> dict[str, Decimal]:
    """The step of each currency that is rounded, in major units: INR 1.00."""
    return {currency: to_major(step, currency) for currency, step in book_settings(book).get(ROUNDING, {}).items()}


def set_rounding(book: Book, currency: str, step: Decimal, *, actor: str) -> None:
    """Round what is payable in a currency to the nearest multiple of `step`, in major units; 0 rounds no more.

    UserError for what is no currency, and for a step below nothing, above 1,000 or finer than the currency.
    """
    try:
        minor = exact_minor(step, currency)
    except ValueError:
        known = currency.isalpha() and len(currency) == 3
        raise UserError(
            _("{currency} is not rounded to {step}.").format(currency=currency, step=step),
            _("It has {count} decimals.").format(count=_decimals(currency)) if known else _("Name a currency."),
        ) from None
    if not 0 <= minor <= _LARGEST * unit(currency):
        raise UserError(
            _("{currency} is not rounded to {step}.").format(currency=currency, step=step),
            _("Choose a step like 0.05 or 1, or 0 for none."),
        )
    steps = dict(book_settings(book).get(ROUNDING, {}))
    if minor > 1:
        steps[currency] = minor
    else:
        steps.pop(currency, None)
    set_book_setting(book, ROUNDING, steps or None, actor=actor)


def _decimals(currency: str) -> int:
    try:
        return exponent(currency)
    except ValueError:
        return 2
