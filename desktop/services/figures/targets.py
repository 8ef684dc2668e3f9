"""What the firm wants its figures to be, and where they stand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from sqlalchemy import Connection

from db.engine import Book, worked_out
from desktop.domain.figures.effectiveness import effectiveness
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.figures.measures import (
    MEASURES,
    SALES_MONTHS,
    Unit,
    mean,
    measure_words,
    percent,
    receivable_days,
)
from desktop.services.figures.monthly import MonthFacts, Monthly
from desktop.services.figures.months import spans_until

PREFIX: Final = "figures.target."
OFF: Final = "off"
_MOST: Final = 10_000


class Target(NamedTuple):
    """A measure that can have a target: the program's own, None for none, and whether lower is better."""

    start: Decimal | None
    at_most: bool
    value: Callable[[Monthly], Decimal | None]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a measure stands: over the last three months, or at their end. None where there is nothing to tell it by,
    or no target."""

    name: str
    title: str
    unit: Unit
    value: Decimal | None
    target: Decimal | None
    at_most: bool

    @property
    def crossed(self) -> bool:
        if self.value is None or self.target is None:
            return False
        return self.value > self.target if self.at_most else self.value < self.target


def _dso(monthly: Monthly) -> Decimal | None:
    found = receivable_days(monthly)[-1]
    return found.simple if found else None


def _overdue(monthly: Monthly) -> Decimal | None:
    return percent(monthly.open[-1] - monthly.current[-1], monthly.open[-1])


def _effective(monthly: Monthly) -> Decimal | None:
    sold = sum(monthly.sold.get(span.key, 0) for span in monthly.spans[1:])
    return effectiveness(monthly.receivables[0], sold, monthly.receivables[-1], monthly.current[-1])


def _disputes(monthly: Monthly) -> Decimal | None:
    found = [monthly.disputed[span.key] for span in monthly.spans[1:] if span.key in monthly.disputed]
    return percent(sum(row[1] for row in found), sum(row[0] for row in found))


def _late(monthly: Monthly) -> Decimal | None:
    found = [monthly.paid[span.key] for span in monthly.spans[1:] if span.key in monthly.paid]
    return mean(sum(row[1] for row in found), sum(row[0] for row in found))


def _right(monthly: Monthly) -> Decimal | None:
    found = [monthly.quality[span.key] for span in monthly.spans[1:] if span.key in monthly.quality]
    return percent(sum(row.right for row in found), sum(row.drafts for row in found))


TARGETS: Final[Mapping[str, Target]] = {
    "dso": Target(Decimal(45), True, _dso),
    "dispute_rate": Target(Decimal(5), True, _disputes),
    "overdue_share": Target(None, True, _overdue),
    "days_late": Target(None, True, _late),
    "effectiveness": Target(None, False, _effective),
    "first_time_right": Target(None, False, _right),
}
"""By the names of their measures; days or percents."""


def targets(connection: Connection) -> dict[str, Decimal | None]:
    """What each should be at most or at least; None for no target."""
    rows = connection.exec_driver_sql("SELECT key, value FROM setting WHERE key LIKE ?", (f"{PREFIX}%",))
    kept = {key.removeprefix(PREFIX): json.loads(value) for key, value in rows}
    return {name: _read(kept[name]) if name in kept else target.start for name, target in TARGETS.items()}


def targets_of(book: Book) -> dict[str, Decimal | None]:
    with book.reading() as session:
        return targets(session.connection())


def keep_targets(book: Book, values: Mapping[str, Decimal | None], *, actor: str) -> None:
    """Set targets, days or percents; None wants none. UserError for a name without a target and a senseless value."""
    for name, value in values.items():
        if name not in TARGETS:
            raise UserError(
                _("There is no target “{name}”.").format(name=name),
                _("Choose one of: {names}.").format(names=", ".join(TARGETS)),
            )
        if value is not None:
            _check(name, value)
    with change(book, actor, _("Change the targets")) as made:
        standing = targets(made.connection)
        for name, value in values.items():
            if value != standing[name]:
                keep_setting(made, PREFIX + name, OFF if value is None else f"{value:f}")


def read_target(text: str) -> Decimal | None:
    """A target from what a person wrote; UserError where it is neither a figure nor `off`."""
    if text.strip().casefold() in (OFF, ""):
        return None
    try:
        return Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise UserError(
            _("“{text}” is no target.").format(text=text), _("Write days or percents such as 45, or off.")
        ) from None


def _check(name: str, value: Decimal) -> None:
    most = 100 if MEASURES[name].unit == "percent" else _MOST
    if not value.is_finite() or not 0 <= value <= most:
        raise UserError(
            _("{title} cannot have the target {value}.").format(title=measure_words()[name], value=value),
            _("Choose one from 0 to {most}.").format(most=number_text(most)),
        )


def _read(kept: object) -> Decimal | None:
    return None if kept == OFF else Decimal(str(kept))


def standings(connection: Connection, today: date, *, only_wanted: bool = False) -> Sequence[Standing]:
    """Where each stands on a day; only those with a target where others need not be worked out."""
    wanted = targets(connection)
    asked = tuple(name for name in TARGETS if not only_wanted or wanted[name] is not None)
    values = worked_out(connection, ("standings", today, asked), lambda: _values(connection, today, asked))
    words = measure_words()
    return [
        Standing(name, words[name], MEASURES[name].unit, values[name], wanted[name], TARGETS[name].at_most)
        for name in asked
    ]


def standings_of(book: Book, today: date) -> Sequence[Standing]:
    with book.reading() as session:
        return standings(session.connection(), today)


def _values(connection: Connection, today: date, names: Sequence[str]) -> dict[str, Decimal | None]:
    monthly = Monthly(MonthFacts(connection, today), spans_until(today, SALES_MONTHS + 1))
    return {name: TARGETS[name].value(monthly) for name in names}
