"""What a proposed change would make different in the next run: planned with and without it, and taken back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.schema import ConfigurationChange
from desktop.domain.configuration import changes_of, own_day
from desktop.domain.plan_differences import LineChange, PlanDifference, WordChange, plan_differences, totals
from desktop.errors import UserError
from desktop.services.changes import Change, change
from desktop.services.coming_run import coming_run
from desktop.services.configuration.applying import apply_within
from desktop.services.configuration.standing import due, row_named
from desktop.services.exchange import ExchangeRates
from desktop.services.runs.foreseeing import foresee
from desktop.services.runs.scope import Report, silent

# So many differing documents are kept as they were shown; more nobody read.
_KEPT = 200


@dataclass(frozen=True, slots=True)
class Impact:
    """A run on `day` with the change and without it. Totals are gross by currency, minor units.

    `looked_at` counts agreements; `left_out` are accepted changes of days before that do not fit the book any more.
    """

    day: date
    looked_at: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    differences: tuple[PlanDifference, ...]
    left_out: tuple[str, ...] = ()

    def text(self) -> str:
        """As the book keeps it with the decision: JSON, of very many differences the first ones."""
        kept = [asdict(one) for one in self.differences[:_KEPT]]
        values = {
            "day": self.day.isoformat(),
            "looked_at": self.looked_at,
            "before": dict(self.before),
            "after": dict(self.after),
            "differences": kept,
            "count": len(self.differences),
            "left_out": list(self.left_out),
        }
        return json.dumps(values, ensure_ascii=False)


def impact_of(text: str) -> Impact | None:
    """What Impact.text gave; None where nothing was looked at."""
    if not text:
        return None
    values = json.loads(text)
    return Impact(
        date.fromisoformat(values["day"]),
        values["looked_at"],
        values["before"],
        values["after"],
        tuple(
            PlanDifference(
                **{name: value for name, value in one.items() if name not in ("lines", "words", "agreements")},
                agreements=tuple(one["agreements"]),
                lines=tuple(LineChange(**line) for line in one["lines"]),
                words=tuple(WordChange(**word) for word in one["words"]),
            )
            for one in values["differences"]
        ),
        tuple(values["left_out"]),
    )


def impact(book: Book, number: str, *, actor: str, today: date, report: Report = silent) -> Impact:
    """What the change would make different in the first run that it counts for; nothing stays written.

    Others that are accepted for days before count in both plans. Other writers wait meanwhile; a cancel by `report`
    takes effect between parts. UserError where the change does not fit the book any more.
    """
    with book.rehearsing() as connection:
        with book.reading() as session:
            row = row_named(session, number)
            key, from_day, dated = row.id, row.from_day, own_day(changes_of(row.changes))
        day = _next_run(connection, today, today if dated is None and from_day < today else from_day)
        left_out = _apply_others(book, connection, key, day, actor)
        before = foresee(connection, day, day, _half(report, 0))
        with change(book, actor, "") as made:
            _apply(made, key)
        after = foresee(connection, day, day, _half(report, 1))
    codes = {code for plan in (before, after) for one in plan for code in one.agreements}
    return Impact(day, len(codes), totals(before), totals(after), plan_differences(before, after), left_out)


def _next_run(connection: Connection, today: date, from_day: date) -> date:
    coming = coming_run(connection, ExchangeRates(connection), today)
    return max(from_day, today, *((coming.due,) if coming is not None else ()))


def _apply_others(book: Book, connection: Connection, key: int, day: date, actor: str) -> tuple[str, ...]:
    left_out: list[str] = []
    for other in due(connection, day):
        if other == key:
            continue
        try:
            with change(book, actor, "") as made:
                _apply(made, other)
        except UserError:
            with book.reading() as session:
                left_out.append(session.get_one(ConfigurationChange, other).number)
    return tuple(left_out)


def _apply(made: Change, key: int) -> None:
    apply_within(made, made.session.get_one(ConfigurationChange, key))


def _half(report: Report, half: int) -> Report:
    def told(done: int, total: int, text: str) -> None:
        report(done + half * total, 2 * total, text)

    return told


def lines_of(differences: Sequence[PlanDifference]) -> list[tuple[PlanDifference, LineChange | WordChange]]:
    """Each line and word that differs, with its document: the rows of a table."""
    found: list[tuple[PlanDifference, LineChange | WordChange]] = []
    for one in differences:
        found += [(one, line) for line in one.lines]
        found += [(one, word) for word in one.words]
    return found
