"""Rules that rows of several kinds must keep, without any book to look into."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from desktop.domain.money import exact_minor, exponent
from desktop.i18n import _, date_text, number_text
from desktop.importing.kinds.fields import Values, Verdict

_LARGEST_PRODUCT = Decimal(10) ** 12


def check_price(values: Values, verdict: Verdict, name: str, *, zero: bool = True) -> None:
    """A price is never negative (EN 16931, BR-27); with `zero` false it is not 0 either."""
    price = values[name]
    if price is None:
        return
    if price < 0:
        verdict.reject(
            name,
            _("The price {price} is below 0.").format(price=number_text(price)),
            _("Write a price of 0 or more; for a discount use a discount or a charge of its own."),
        )
    elif price == 0 and not zero:
        verdict.reject(
            name,
            _("A rate of 0 would bill nothing."),
            _("Write the rate, or leave it empty to take it from the rate card."),
        )


def check_order(values: Values, verdict: Verdict, first: str, last: str, problem: str) -> None:
    """`problem` is the sentence, with {first} and {last} for the days."""
    start, end = values[first], values[last]
    if start is not None and end is not None and end < start:
        verdict.reject(
            last, problem.format(first=date_text(start), last=date_text(end)), _("Correct one of the two dates.")
        )


def check_percent(values: Values, verdict: Verdict, name: str) -> None:
    percent = values[name]
    if percent is not None and not 0 <= percent <= 100:
        verdict.reject(
            name,
            _("{percent} % is not between 0 and 100.").format(percent=number_text(percent)),
            _("Write 10 for ten percent."),
        )


def check_decimals(values: Values, verdict: Verdict, names: Iterable[str]) -> None:
    """Amounts have no more decimals than the row's currency, where it names one."""
    currency = values.get("currency")
    if not currency:
        return
    for name in names:
        amount = values[name]
        if amount is None:
            continue
        try:
            exact_minor(amount, currency)
        except ValueError:
            verdict.reject(
                name,
                _("{amount} has more than {count} decimals, which {currency} does not have.").format(
                    amount=number_text(amount), count=exponent(currency), currency=currency
                ),
                _("Round it to what is really owed."),
            )


def check_product(values: Values, verdict: Verdict) -> None:
    """Quantity times price is an amount that an invoice can have."""
    quantity, price = values["quantity"], values["unit_price"]
    if quantity is None or price is None or abs(quantity * price) <= _LARGEST_PRODUCT:
        return
    verdict.reject(
        "quantity",
        _("{quantity} at {price} each is larger than {limit}.").format(
            quantity=number_text(quantity), price=number_text(price), limit=number_text(_LARGEST_PRODUCT)
        ),
        _("Check the digits of both."),
    )


def check_quantity(values: Values, verdict: Verdict, name: str, *, negative: bool = False) -> None:
    """A quantity is above 0; with `negative` it may also be below."""
    quantity = values[name]
    if quantity is None:
        return
    if quantity < 0 and not negative:
        verdict.reject(
            name,
            _("The quantity {quantity} is below 0.").format(quantity=number_text(quantity)),
            _("Write a quantity above 0; to take something back, issue a credit note."),
        )
    elif quantity == 0:
        verdict.reject(name, _("A quantity of 0 would bill nothing."), _("Write the quantity, or leave the row out."))
