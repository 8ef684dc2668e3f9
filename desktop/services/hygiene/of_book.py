"""The book as a whole: exchange rates, number series, duplicates, its last backup."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.backups.record import record_within
from desktop.services.book_settings import LAST_BACKUP
from desktop.services.duplicates import told_apart
from desktop.services.hygiene.finding import Finding, Look, Severity

RATE_DAYS: Final = 30
BACKUP_DAYS: Final = 7
# A series is told once this share of its numbers is used, in percent.
SERIES_USED: Final = 90

_CURRENCIES: Final = """SELECT u.currency, (SELECT max(valid_from) FROM exchange_rate e WHERE e.currency = u.currency
  AND e.valid_from <= :today) FROM (SELECT currency FROM agreement WHERE active
  UNION SELECT currency FROM one_off WHERE invoice_id IS NULL) u
WHERE u.currency <> (SELECT currency FROM firm) ORDER BY u.currency"""

_SERIES: Final = """SELECT s.id, s.code, s.pattern, y.year, y.next FROM series s
JOIN series_year y ON y.series_id = s.id
WHERE y.year = (SELECT max(year) FROM series_year WHERE series_id = s.id) ORDER BY s.code"""

_COUNTER: Final = re.compile(r"\{n:0?([1-9])\}")

# What is surely the same: the search by likeness finds more, and takes longer than a list should.
_SAME: Final = """SELECT group_concat(id) FROM client WHERE merged_into_id IS NULL AND tax_id <> '' GROUP BY tax_id
  HAVING count(*) > 1
UNION ALL SELECT group_concat(id) FROM client WHERE merged_into_id IS NULL AND iban <> '' GROUP BY iban
  HAVING count(*) > 1
UNION ALL SELECT group_concat(id) FROM client WHERE merged_into_id IS NULL AND email <> '' GROUP BY lower(email)
  HAVING count(*) > 1
UNION ALL SELECT group_concat(id) FROM client WHERE merged_into_id IS NULL
  GROUP BY lower(replace(replace(name, ' ', ''), '.', '')), country HAVING count(*) > 1"""


def about_book(look: Look) -> Iterator[Finding]:
    """Findings about settings and the file itself."""
    yield from _rates(look)
    yield from _series(look)
    yield from _duplicates(look)
    yield from _backup(look)


def _of_book(
    code: str, severity: Severity, name: str, message: str, remedy: str, place: str = "settings", field: str = ""
) -> Finding:
    return Finding(code, severity, "book", 0, name, message, remedy, place, 0, field)


def _rates(look: Look) -> Iterator[Finding]:
    for currency, since in look.connection.exec_driver_sql(_CURRENCIES, {"today": look.day}):
        if since is None:
            yield _of_book(
                f"exchange_missing/{currency}",
                "hold",
                currency,
                _("There is no exchange rate of {currency}, in which agreements bill.").format(currency=currency),
                _("Enter one; limits and reports in the firm's currency need it."),
                field="currencies",
            )
        elif since < (look.today - timedelta(days=RATE_DAYS)).isoformat():
            yield _of_book(
                f"exchange_old/{currency}",
                "note",
                currency,
                _("The exchange rate of {currency} is of {day}.").format(currency=currency, day=_day(since)),
                _("Enter the present one."),
                field="currencies",
            )


def _series(look: Look) -> Iterator[Finding]:
    for _id, code, pattern, year, following in look.connection.exec_driver_sql(_SERIES):
        found = _COUNTER.search(pattern)
        if found is None:
            continue
        most = 10 ** int(found[1]) - 1
        if following * 100 > most * SERIES_USED:
            name = f"{code} {year}" if year else code
            yield _of_book(
                f"series_full/{code}",
                "hold",
                name,
                _("Series {code} is at {next} of the {most} numbers that its pattern has room for.").format(
                    code=name, next=number_text(following), most=number_text(most)
                ),
                _("Give the counter another digit before it grows out of its place."),
                field="series",
            )


def _duplicates(look: Look) -> Iterator[Finding]:
    apart = told_apart(look.connection, "clients")
    alike: set[int] = set()
    for (text,) in look.connection.exec_driver_sql(_SAME):
        ids = sorted(int(one) for one in text.split(","))
        alike |= {
            one for one in ids if any((min(one, other), max(one, other)) not in apart for other in ids if other != one)
        }
    if alike:
        yield _of_book(
            "duplicates",
            "hold",
            _("Duplicates"),
            ngettext(
                "{count} client shares a name, tax ID, IBAN or mailbox with another.",
                "{count} clients share a name, tax ID, IBAN or mailbox with another.",
                len(alike),
            ).format(count=number_text(len(alike))),
            _("Look at them side by side; merge them, or tell them apart."),
            place="duplicates",
        )


def _backup(look: Look) -> Iterator[Finding]:
    row = look.connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (LAST_BACKUP,)).fetchone()
    issued = look.connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM invoice)").scalar_one()
    by_itself = record_within(look.connection).made_at
    days = [str(json.loads(row[0]))] if row else []
    days += [datetime.fromisoformat(by_itself).astimezone().date().isoformat()] if by_itself else []
    last = max(days, default=None)
    if last is None and issued:
        message = _("This book was never backed up by Sheaf.")
    elif last is not None and last < (look.today - timedelta(days=BACKUP_DAYS)).isoformat():
        message = _("The last backup is of {day}.").format(day=_day(last))
    else:
        return
    yield _of_book("backup_old", "hold", _("Backup"), message, _("Back the book up to another disk."), place="backup")


def _day(text: str) -> str:
    return date_text(date.fromisoformat(text))
