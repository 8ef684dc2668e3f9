"""The reports to choose from: what each tells, and what it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from desktop.i18n import _
from desktop.services.figures.measures import measure_words
from desktop.services.reports import BY as GROUPS
from desktop.services.reports import IN_FIRM
from desktop.ui.editors import Choice

# Questions by the names that `desktop.services.reports.report` gives them.
SINCE, CLIENT, CURRENCY, BY = "since", "client_code", "currency", "by"


@dataclass(frozen=True)
class Kind:
    """A report of the list at the left. `group` is the heading it stands under, `asks` what is asked beside the day."""

    name: str
    title: str
    told: str
    group: str
    asks: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """One question: a report and what it is asked. `only` and `age` come with a figure that was opened."""

    name: str
    as_of: date
    since: date | None = None
    client_code: str = ""
    currency: str = ""
    by: str = ""
    only: str | None = None
    age: int | None = None
    in_firm: bool = False

    def arguments(self) -> dict[str, Any]:
        """As the service takes them."""
        return {
            "as_of": self.as_of,
            "since": self.since,
            "client_code": self.client_code or None,
            "currency": self.currency,
            "by": self.by if self.name in GROUPS or self.only is not None else "",
            "only": self.only or "",
            "age": self.age,
            "in_firm": self.in_firm and self.name in IN_FIRM,
        }

    def behind(self, name: str, told: Mapping[str, Any]) -> Asked:
        """The question behind a figure of this one's answer: the same days, and what the figure tells beside them."""
        kept = replace(self, name=name, by="", only=None, age=None)
        return replace(kept, **told)


def kinds() -> list[Kind]:
    """In the order of the list."""
    owed, paid, sold, booked = _("What is owed"), _("How it is paid"), _("What was sold"), _("The books")
    place = frozenset({CLIENT, CURRENCY})
    span, grouped, one = place | {SINCE}, place | {BY}, frozenset({CLIENT})
    return [
        Kind("aging", _("Aging"), _("What is owed by age, by client, segment or salesperson."), owed, grouped),
        Kind("open", _("Open items"), _("Every invoice and instalment that is not paid."), owed, place),
        Kind("statement", _("Statement"), _("A client's account: documents, payments and the balance."), owed, span),
        Kind("disputes", _("Disputes"), _("What clients dispute, for how long, and at which rate."), owed, span),
        Kind("forecast", _("Cash forecast"), _("What will come by each client's own habit."), paid, grouped),
        Kind("targets", _("Targets"), _("What the figures should be, and where they stand."), paid, frozenset()),
        Kind("control", _("Control charts"), _("What is usual, and what is more than chance."), paid, grouped),
        Kind("dso", _("DSO"), _("How many days of sales wait to be paid, month by month."), paid, place),
        Kind("collection", _("Collection"), _("How much of what could be collected was."), paid, place),
        Kind("paying", _("Days late"), _("How late each client pays."), paid, span),
        Kind("times", _("Times"), _("From work done to the invoice, and from there to the money."), paid, one),
        Kind("dispute_rate", _("Dispute rate"), _("How many of a month's documents were disputed."), paid, place),
        Kind("runs", _("Run quality"), _("Held, failed, corrected, and right the first time."), paid, one),
        Kind("revenue", _("Revenue"), _("What was billed, net, by month, client, segment or item."), sold, span | {BY}),
        Kind("billed", _("Billed lines"), _("Every line of the documents behind the revenue."), sold, span),
        Kind("unbilled", _("Unbilled"), _("What is done and waits to be billed."), sold, place),
        Kind("projects", _("Projects"), _("Agreed, billed and left of each project."), sold, place),
        Kind("journal", _("Journal"), _("Every booking with its two sides."), booked, span),
        Kind(
            "deferred",
            _("Deferred revenue"),
            _("What was billed ahead, what of it was earned, and what waits, month by month."),
            booked,
            frozenset({SINCE, CURRENCY}),
        ),
        Kind(
            "cash",
            _("Cash book"),
            _("What came into the tills and went out, with what was left."),
            booked,
            span - {CLIENT},
        ),
    ]


def groups_of(name: str) -> list[Choice]:
    """What a report can be grouped by, or be of, in words."""
    words = {
        "week": _("Week"),
        "horizon": _("30, 60 and 90 days"),
        "proof": _("How good it was"),
        "month": _("Month"),
        "client": _("Client"),
        "segment": _("Segment"),
        "salesperson": _("Salesperson"),
        "item": _("Item"),
    }
    if name == "control":
        return list(measure_words().items())
    return [(one, words[one]) for one in GROUPS.get(name, ())]


def first_asked(name: str, today: date) -> Asked:
    """What a report is asked before anybody says otherwise: a journal of this month, a year of the others."""
    since = {
        "revenue": today.replace(month=1, day=1),
        "billed": today.replace(day=1),
        "paying": today - timedelta(days=364),
        "journal": today.replace(day=1),
        "deferred": today.replace(month=1, day=1),
        "cash": today.replace(day=1),
    }.get(name)
    return Asked(name, today, since, by=GROUPS[name][0] if name in GROUPS else "")


def periods(today: date) -> list[tuple[str, date, date]]:
    """Spans that are often asked for: words, first and last day."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    ended = quarter - timedelta(days=1)
    year = today.replace(month=1, day=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), before.replace(day=1), before),
        (_("This quarter"), quarter, today),
        (_("Last quarter"), ended.replace(month=(ended.month - 1) // 3 * 3 + 1, day=1), ended),
        (_("This year"), year, today),
        (_("Last year"), year.replace(year=year.year - 1), year - timedelta(days=1)),
    ]
