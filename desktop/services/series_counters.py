"""Takes numbers from the series inside the issuing transaction: without gaps, dates never backwards."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from desktop.domain.numbering import LONGEST_INDIAN, number, series_year
from desktop.errors import UserError
from desktop.i18n import _


def _series_of(kind: str) -> str:
    kinds = {
        "invoice": _("invoices"),
        "credit_note": _("credit notes"),
        "deposit": _("deposit invoices"),
        "final": _("final invoices"),
    }
    return kinds[kind]


class SeriesCounters:
    """The numbering series of one transaction: reads each once, hands out numbers, writes the counters back."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.exec_driver_sql(
            "SELECT kind, id, pattern, year_rule, first FROM series WHERE is_default = 1"
        ).fetchall()
        self._by_kind = {row[0]: (int(row[1]), str(row[2]), str(row[3]), int(row[4])) for row in rows}
        month, country = connection.exec_driver_sql("SELECT fiscal_start_month, country FROM firm").one()
        self._fiscal_month, self._longest = int(month or 1), LONGEST_INDIAN if country == "IN" else 0
        self._counters: dict[tuple[int, int], list[Any]] = {}

    def _of(self, kind: str) -> tuple[int, str, str, int]:
        found = self._by_kind.get(kind) or self._by_kind.get("invoice")
        if found is None:
            raise UserError(
                _("There is no number series for {kind}.").format(kind=_series_of(kind)),
                _("Add one under Settings, Number series."),
            )
        return found

    def _counter(self, series_id: int, year: int, first: int) -> list[Any]:
        key = (series_id, year)
        counter = self._counters.get(key)
        if counter is None:
            row = self._connection.exec_driver_sql(
                "SELECT next, last_date FROM series_year WHERE series_id = ? AND year = ?", key
            ).fetchone()
            counter = self._counters[key] = [row[0], row[1]] if row else [first, None]
        return counter

    def take(self, kind: str, wanted: date) -> tuple[str, int, int, int, date]:
        """(number, series id, year, sequence, issue date): the later of the wanted date and the series' last."""
        series_id, pattern, rule, first = self._of(kind)
        year = series_year(rule, self._fiscal_month, wanted)
        counter = self._counter(series_id, year, first)
        day = max(wanted, date.fromisoformat(counter[1])) if counter[1] else wanted
        sequence = counter[0]
        counter[0], counter[1] = sequence + 1, day.isoformat()
        text = number(pattern, sequence, day, year)
        if self._longest and len(text) > self._longest:
            raise UserError(
                _("{text} has {count} characters; an Indian invoice number has at most {longest}.").format(
                    text=text, count=len(text), longest=self._longest
                ),
                _("Shorten the pattern under Settings, Number series."),
            )
        return text, series_id, year, sequence, day

    def store(self) -> None:
        rows = [(series, year, following, last) for (series, year), (following, last) in self._counters.items()]
        if rows:
            self._connection.exec_driver_sql(
                "INSERT INTO series_year (series_id, year, next, last_date) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (series_id, year) DO UPDATE SET next = excluded.next, last_date = excluded.last_date",
                rows,
            )
