"""Dated exchange rates to the firm's currency, read once a transaction."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from desktop.domain.money import SCALE


class ExchangeRates:
    """The rates as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self.firm_currency = str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
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
