"""Dated exchange rates to the firm's currency, read once a transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from desktop.domain.journal import firm_factor, in_firm
from desktop.domain.money import LARGEST, SCALE, exponent, round_half_away
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text

# No currency is worth a million of another; what says so is a slip of the keyboard.
_HIGHEST: Final = SCALE * 1_000_000


class ExchangeRates:
    """The rates as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        firm, tax = connection.exec_driver_sql("SELECT currency, tax_currency FROM firm").one()
        self.firm_currency, self.tax_currency = str(firm), str(tax or "")
        rows = connection.exec_driver_sql(
            "SELECT currency, valid_from, rate FROM exchange_rate ORDER BY currency, valid_from DESC"
        ).fetchall()
        self._rates: dict[str, list[tuple[str, int]]] = {}
        for currency, valid_from, rate in rows:
            self._rates.setdefault(currency, []).append((valid_from, rate))

    def on(self, currency: str, day: date) -> int | None:
        """Units of firm currency for one unit, times 10**6; None where none is known on that day."""
        if currency == self.firm_currency:
            return SCALE
        text = day.isoformat()
        return next((rate for valid_from, rate in self._rates.get(currency, ()) if valid_from <= text), None)

    def told(self, tax: int, currency: str, day: date) -> tuple[str | None, int | None]:
        """The firm's tax currency and a document's tax in it (BT-6, BT-111), by the rates of the tax date.

        Nothing where the document is in that currency already, or bears no tax. UserError where a rate is missing.
        """
        if not tax or self.tax_currency in ("", currency):
            return None, None
        rates = [(one, self.on(one, day)) for one in (currency, self.tax_currency)]
        for one, rate in rates:
            if rate is None:
                raise UserError(
                    _("Tax is told in {wanted}, and there is no exchange rate of {currency} on {day}.").format(
                        wanted=self.tax_currency, currency=one, day=date_text(day)
                    ),
                    _("Enter the rate of that day under Settings, Currencies."),
                )
        factor = Decimal(rates[0][1] or 0) / Decimal(rates[1][1] or 1)
        shift = exponent(self.tax_currency) - exponent(currency)
        return self.tax_currency, round_half_away((tax * factor).scaleb(shift))


@dataclass(frozen=True, slots=True)
class Conversion:
    """The rate of a payment (times 10**6) and its factor between minor units. `brought` is what the bank gave for it
    in the firm's minor units, where it converted it."""

    rate: int | None
    factor: Decimal | None
    brought: int | None = None

    @classmethod
    def of(
        cls, rates: ExchangeRates, currency: str, on: date, amount: int, received: tuple[int, str] | None
    ) -> Conversion:
        """By what the bank gave for an amount, or by the rate of the day where it gave it as it was.

        UserError for an amount of nothing, and for one that the other cannot be worth.
        """
        rate = rates.on(currency, on)
        plain = cls(rate, firm_factor(rate, currency, rates.firm_currency))
        if amount <= 0:
            raise UserError(
                _("The bank kept back as much as was paid, or more."), _("Check what was paid and what was kept back.")
            )
        if received is None:
            return plain
        arrived, into = received
        if not 0 < arrived <= LARGEST:
            raise UserError(_("What reached the account is an amount above zero."), _("Check its digits."))
        worth = in_firm(arrived, firm_factor(rates.on(into, on), into, rates.firm_currency))
        if worth is None:
            return plain
        if currency == rates.firm_currency:
            return cls(plain.rate, plain.factor, worth)
        told = round_half_away(
            (Decimal(worth) / amount * SCALE).scaleb(exponent(currency) - exponent(rates.firm_currency))
        )
        if not 0 < told < _HIGHEST:
            raise UserError(
                _("{amount} cannot have become {received}.").format(
                    amount=money_text(amount, currency), received=money_text(arrived, into)
                ),
                _("Check the digits of both amounts."),
            )
        return cls(told, firm_factor(told, currency, rates.firm_currency), worth)
