"""Exchange rates taken in from the European Central Bank's file: seen first, dated, of known source, undone as one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import ExchangeRate
from desktop.domain.money import SCALE, round_half_away
from desktop.errors import UserError
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.importing.ecb_rates import Quote, read_ecb_rates
from desktop.services.changes import change

SOURCE: Final = "ECB"
EURO: Final = "EUR"
# Without a first day: so far back that the documents of the last fiscal year have theirs.
_BACK: Final = timedelta(days=400)

_IN_USE: Final = """SELECT currency FROM client UNION SELECT currency FROM agreement UNION SELECT currency FROM invoice
UNION SELECT currency FROM payment UNION SELECT currency FROM exchange_rate UNION SELECT currency FROM rate
UNION SELECT currency FROM bank_account WHERE currency IS NOT NULL UNION SELECT currency FROM bank_line
UNION SELECT currency FROM item WHERE currency IS NOT NULL
UNION SELECT tax_currency FROM firm WHERE tax_currency IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate of the file in the firm's currency, times 10**6. `state` is new, changed, same, or typed, which stays.

    `standing` is what the book has for that day.
    """

    currency: str
    valid_from: date
    rate: int
    state: str
    standing: int | None


@dataclass(frozen=True, slots=True)
class RatesPreview:
    """What taking a file in would do. `unknown` are currencies in use of which the file says nothing."""

    home: str
    first: date
    last: date
    rows: tuple[RateRow, ...]
    unknown: tuple[str, ...]

    def count(self, state: str) -> int:
        return sum(one.state == state for one in self.rows)

    @property
    def to_write(self) -> int:
        return self.count("new") + self.count("changed")


def preview_rates(
    book: Book, path: Path, *, today: date, since: date | None = None, currencies: Collection[str] = ()
) -> RatesPreview:
    """The rates of a file from a day on, by default of 400 days, and of the currencies that the book uses.

    UserError for a file without rates, one of other days, and one that does not know the firm's currency.
    """
    quotes = read_ecb_rates(path)
    with book.reading() as session:
        return _preview(session.connection(), quotes, since or today - _BACK, currencies)


def take_rates(
    book: Book,
    path: Path,
    *,
    actor: str,
    today: date,
    since: date | None = None,
    currencies: Collection[str] = (),
) -> RatesPreview:
    """Write what `preview_rates` says; rates that a person typed stay, and issued documents keep theirs."""
    quotes = read_ecb_rates(path)
    with change(book, actor, "") as made:
        found = _preview(made.connection, quotes, since or today - _BACK, currencies)
        keys = {
            (row[0], row[1]): row[2]
            for row in made.connection.exec_driver_sql("SELECT currency, valid_from, id FROM exchange_rate")
        }
        for one in found.rows:
            if one.state == "new":
                made.insert(
                    ExchangeRate, currency=one.currency, valid_from=one.valid_from, rate=one.rate, source=SOURCE
                )
            elif one.state == "changed":
                made.update(ExchangeRate, keys[one.currency, one.valid_from.isoformat()], rate=one.rate)
        said = ngettext(
            "Take in {count} exchange rate of the ECB, up to {day}",
            "Take in {count} exchange rates of the ECB, up to {day}",
            found.to_write,
        )
        made.summary = said.format(count=number_text(found.to_write), day=date_text(found.last))
    return found


def home_rates(quotes: Iterable[Quote], home: str) -> dict[tuple[str, date], int]:
    """Units of `home` for one of each other currency, times 10**6, by way of the euro; of days that know `home`."""
    days: dict[date, dict[str, Decimal]] = {}
    for quote in quotes:
        days.setdefault(quote.day, {EURO: Decimal(1)})[quote.currency] = quote.per_euro
    found: dict[tuple[str, date], int] = {}
    for day, per_euro in days.items():
        own = per_euro.get(home)
        if own is None:
            continue
        for currency, rate in per_euro.items():
            kept = round_half_away(own / rate * SCALE)
            if currency != home and kept > 0:
                found[currency, day] = kept
    return found


def _preview(connection: Connection, quotes: Sequence[Quote], since: date, currencies: Collection[str]) -> RatesPreview:
    home = str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
    rates = home_rates(quotes, home)
    if not rates:
        raise UserError(
            _("The file has no rate of {currency}, the firm's currency.").format(currency=home),
            _("Enter its rates by hand under Settings, Currencies."),
        )
    wanted = set(currencies) or {str(row[0]) for row in connection.exec_driver_sql(_IN_USE)}
    wanted.discard(home)
    if not wanted:
        raise UserError(
            _("The book uses no currency but {currency}.").format(currency=home),
            _("Give a client or an agreement another currency first, or enter a rate by hand."),
        )
    dated = {key: rate for key, rate in rates.items() if key[1] >= since}
    if not dated:
        raise UserError(
            _("The file has no rate of {day} or later.").format(day=date_text(since)),
            _("Take a newer file, or an earlier first day."),
        )
    standing = {
        (str(row[0]), date.fromisoformat(row[1])): (int(row[2]), str(row[3]))
        for row in connection.exec_driver_sql("SELECT currency, valid_from, rate, source FROM exchange_rate")
    }
    rows = []
    for (currency, day), rate in sorted(dated.items(), key=lambda one: (one[0][0], one[0][1])):
        if currency not in wanted:
            continue
        kept = standing.get((currency, day))
        if kept is None:
            state = "new"
        elif kept[0] == rate:
            state = "same"
        else:
            state = "changed" if kept[1] == SOURCE else "typed"
        rows.append(RateRow(currency, day, rate, state, kept[0] if kept else None))
    days = [day for _currency, day in dated]
    unknown = tuple(sorted(wanted - {one.currency for one in rows}))
    return RatesPreview(home, min(days), max(days), tuple(rows), unknown)
