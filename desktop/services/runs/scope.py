"""Which agreements a run takes in, and what a run reports."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import Connection

from db.queries import billing as queries
from desktop.errors import UserError
from desktop.i18n import _

Report = Callable[[int, int, str], None]
"""(done, total, text); it raises where a cancel was asked, between transactions."""


def silent(_done: int, _total: int, _text: str) -> None:
    """Reports to nobody."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty lists take in everyone: segment names, client codes, billing types, agreement codes."""

    segments: Sequence[str] = ()
    clients: Sequence[str] = ()
    billing: Sequence[str] = ()
    agreements: Sequence[str] = ()

    def text(self) -> str:
        return json.dumps({key: list(value) for key, value in asdict(self).items() if value}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Scope:
        return cls(**json.loads(text))

    def words(self) -> str:
        """The scope in a few words, empty for everyone."""
        return ", ".join(
            value for values in (self.segments, self.clients, self.billing, self.agreements) for value in values
        )


@dataclass(frozen=True, slots=True)
class RunFacts:
    """A run's own row; `started_at` is UTC text."""

    id: int
    number: str
    kind: str
    state: str
    through: date
    issue_date: date
    scope: Scope
    actor: str
    started_at: str


@dataclass(slots=True)
class Seconds:
    """What the user waited for, in seconds."""

    plan: float = 0.0
    check: float = 0.0
    issue: float = 0.0
    render: float = 0.0


@dataclass(slots=True)
class BillResult:
    """One run told in figures: outcomes by word, totals in minor units by currency (gross of what was issued)."""

    run: str
    run_id: int
    outcomes: dict[str, int]
    agreements: int
    invoices: list[str]
    totals: dict[str, int]
    seconds: Seconds = field(default_factory=Seconds)


@contextmanager
def calm_collector() -> Iterator[None]:
    """Lets the garbage collector look less often: a run makes a million small rows, none of them in a cycle."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def run_facts(connection: Connection, run: int | str) -> RunFacts:
    """The run by id or number; UserError where there is none."""
    column = "id" if isinstance(run, int) else "number"
    row = connection.exec_driver_sql(
        f"SELECT id, number, kind, state, through, issue_date, scope, actor, started_at FROM run WHERE {column} = ?",
        (run,),
    ).fetchone()
    if row is None:
        raise UserError(
            _("There is no run {run} in this book.").format(run=run), _("See the page Runs for the runs there are.")
        )
    return RunFacts(
        row[0],
        row[1],
        row[2],
        row[3],
        date.fromisoformat(row[4]),
        date.fromisoformat(row[5]),
        Scope.from_text(row[6]),
        row[7],
        row[8],
    )


def members(connection: Connection, scope: Scope, through: date) -> list[tuple[int, list[int | None]]]:
    """(client, its agreements in scope; None for its one-offs outside any) in the order in which they are billed."""
    _check_names(connection, scope)
    found: list[tuple[int, list[int | None]]] = []
    for client, agreement, _name, _code in queries.clients_in_scope(
        connection, through.isoformat(), scope.segments, scope.clients, scope.billing, scope.agreements
    ):
        if not found or found[-1][0] != client:
            found.append((client, []))
        found[-1][1].append(agreement)
    return found


_BILLING = ("recurring", "time", "fixed", "hybrid", "usage")


def _check_names(connection: Connection, scope: Scope) -> None:
    for name in scope.billing:
        if name not in _BILLING:
            raise UserError(
                _("“{name}” is no way of billing.").format(name=name),
                _("There are: {names}.").format(names=", ".join(_BILLING)),
            )
    for table, column, missing, names in (
        ("segment", "name", _("There is no segment “{name}” in this book."), scope.segments),
        ("client", "code", _("There is no client “{name}” in this book."), scope.clients),
        ("agreement", "code", _("There is no agreement “{name}” in this book."), scope.agreements),
    ):
        for name in names:
            if connection.exec_driver_sql(f"SELECT 1 FROM {table} WHERE {column} = ?", (name,)).fetchone() is None:
                known = connection.exec_driver_sql(f"SELECT {column} FROM {table} ORDER BY 1 LIMIT 8").fetchall()
                hint = ", ".join(row[0] for row in known)
                raise UserError(
                    missing.format(name=name),
                    _("There are: {names}.").format(names=hint) if hint else _("Add it first."),
                )
