"""Reports as tables, for the window, commands and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.reports import cash, coming, days, deferred, goals, ledgers, owed, quality, sales, usual, work
from desktop.services.reports.chart import Chart, Mark
from desktop.services.reports.in_firm import REPORTS as IN_FIRM
from desktop.services.reports.in_firm import refuse_in_firm
from desktop.services.reports.table import (
    BEHIND,
    Behind,
    Column,
    Made,
    Progress,
    Question,
    Report,
    currency_of,
    plain_rows,
    unheard,
)

__all__ = [
    "BEHIND",
    "BY",
    "IN_FIRM",
    "NAMES",
    "Behind",
    "Chart",
    "Column",
    "Mark",
    "Progress",
    "Report",
    "currency_of",
    "plain_rows",
    "report",
    "unheard",
]

_REPORTS: Final[Mapping[str, Callable[[Question], Made]]] = {
    "aging": owed.aging,
    "open": owed.open_,
    "statement": owed.statement,
    "paying": days.paying,
    "forecast": coming.coming,
    "disputes": quality.disputes,
    "dispute_rate": quality.dispute_rate,
    "dso": days.dso,
    "collection": days.collection,
    "times": days.times,
    "runs": quality.runs,
    "control": usual.control,
    "targets": goals.goals,
    "revenue": sales.revenue,
    "billed": sales.billed,
    "unbilled": work.unbilled,
    "projects": work.projects,
    "journal": ledgers.journal,
    "deferred": deferred.deferred,
    "cash": cash.cash,
}
NAMES: Final = tuple(_REPORTS)
# What each can be grouped by, the first of which it is unless one is named.
BY: Final[Mapping[str, tuple[str, ...]]] = {
    "aging": owed.BY,
    "forecast": coming.BY,
    "control": usual.BY,
    "revenue": sales.BY,
}
# What these can be narrowed to one group of.
_NARROWED: Final = {"open": owed.BY, "billed": sales.BY}
# These are of a span of days; without a first one, of the year so far.
_YEARLY: Final = frozenset({"revenue", "billed", "paying", "cash", "deferred"})


def report(
    book: Book,
    name: str,
    *,
    as_of: date,
    client_code: str | None = None,
    since: date | None = None,
    currency: str = "",
    by: str = "",
    only: str = "",
    age: int | None = None,
    progress: Progress = unheard,
    in_firm: bool = False,
) -> Report:
    """The report of that name, one of NAMES, grouped by one of those that BY has for it.

    `since` is the first day of a statement, journal, revenue and of what clients paid (by default the first of the
    year) and of disputes (by default those of the day alone). `only` with `by` narrows open items and billed lines to
    one group of the report before, `age` open items to one bucket, 0 to 4. With a currency only its rows; what is told
    in one currency alone is told in it.
    `in_firm` tells one of IN_FIRM in the firm's currency, each document at its own rate.
    `progress` may raise to stop the work.
    UserError for a name, a client or a group that does not exist, for a report or a currency that cannot be `in_firm`,
    for days in the wrong order, and for a statement without
    a client.
    """
    make = _REPORTS.get(name)
    if make is None:
        raise UserError(
            _("There is no report “{name}”.").format(name=name),
            _("Choose one of: {names}.").format(names=", ".join(NAMES)),
        )
    if since is None and name in _YEARLY:
        since = as_of.replace(month=1, day=1)
    if since is not None and since > as_of:
        raise UserError(_("The first day lies after the last one."), _("Choose an earlier first day."))
    _check_group(name, by)
    firm, firm_currency, client_id = _scope(book, client_code)
    if in_firm:
        refuse_in_firm(name, currency, firm_currency)
    if name == "statement" and client_id is None:
        raise UserError(_("A statement is of one client."), _("Give the client's code."))
    made = make(Question(book, as_of, since, client_id, by, only, age, currency, progress, in_firm))
    rows, sums = (
        tuple(row for row in some if not currency or row.get("currency", currency) == currency)
        for some in (made.rows, made.sums)
    )
    return Report(
        name,
        made.title,
        as_of,
        firm,
        firm_currency,
        made.columns,
        rows,
        sums,
        since,
        tuple(made.notes),
        made.chart,
    )


def _check_group(name: str, by: str) -> None:
    known = BY.get(name) or _NARROWED.get(name, ())
    if not by or not known or by in known:
        return
    raise UserError(
        _("The report “{name}” cannot be grouped by “{word}”.").format(name=name, word=by),
        _("Choose one of: {names}.").format(names=", ".join(known)),
    )


def _scope(book: Book, client_code: str | None) -> tuple[str, str, int | None]:
    """The firm's name and currency, and the id of the client named."""
    with book.reading() as session:
        connection = session.connection()
        firm, currency = connection.exec_driver_sql("SELECT name, currency FROM firm").one()
        if client_code is None:
            return firm, currency, None
        client_id = connection.exec_driver_sql(
            "SELECT coalesce(merged_into_id, id) FROM client WHERE code = ?", (client_code,)
        ).scalar()
    if client_id is None:
        raise UserError(
            _("There is no client {code}.").format(code=client_code), _("The list of clients shows the codes.")
        )
    return firm, currency, client_id
