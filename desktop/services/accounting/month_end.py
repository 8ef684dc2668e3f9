"""Closes the books through a day and opens them again; each closing stays, with what was looked at and passed over."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from db.engine import Book
from db.schema import Closing
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.accounting.checklist import LEFT, Report, Step, checklist
from desktop.services.accounting.closing import closed_through, months_to_close
from desktop.services.accounting.journal_digest import journal_digests
from desktop.services.change_sets import raw
from desktop.services.changes import change


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A closing in the list, newest first; `passed_over` are the keys of steps that were left to do.

    `head` is the log's last link before it, `digest` that of the journal through the day. Moments are UTC text.
    """

    id: int
    through: date
    closed_at: str
    actor: str
    note: str
    steps: tuple[Step, ...]
    passed_over: tuple[str, ...]
    head: str
    digest: str
    reopened_at: str | None
    reopened_by: str | None
    reason: str | None


def close_books(
    book: Book,
    through: date,
    *,
    actor: str,
    today: date,
    note: str = "",
    passed_over: Collection[str] = (),
    report: Report | None = None,
) -> ClosedPeriod:
    """Close the books through a day that has passed; nothing is booked into it from then on.

    `passed_over` are keys of the checklist that stay to do; they need a note that says why.
    UserError for a day that is not over or closed already, and for what is to do and not passed over.
    """
    _refuse(book, through, today)
    steps = checklist(book, through, report=report)
    left = [step for step in steps if step.state == LEFT]
    missing = [step for step in left if step.key not in passed_over]
    if missing:
        raise UserError(
            _("Before the books are closed through {day}, something is left to do: {steps}").format(
                day=date_text(through), steps=" ".join(f"{step.title}: {step.found}" for step in missing)
            ),
            _("Do it, or say that you pass it over, with a note why."),
        )
    if left and not note.strip():
        raise UserError(_("Something is passed over, and nothing says why."), _("Write a note; it stays in the log."))
    passed = sorted(step.key for step in left)
    with change(book, actor, _("Close the books through {day}").format(day=date_text(through)), undoable=False) as made:
        _refuse_closed_already(closed_through(made.connection), through)
        head = made.connection.exec_driver_sql("SELECT hash FROM audit_event ORDER BY id DESC LIMIT 1").scalar() or ""
        made.insert(
            Closing,
            through=through,
            closed_at=made.at,
            actor=made.actor,
            note=note.strip(),
            checklist=json.dumps(
                {"steps": [asdict(step) for step in steps], "passed_over": passed}, ensure_ascii=False, sort_keys=True
            ),
            head=head,
            digest=journal_digests(raw(made.connection), [through])[through],
        )
    return closings(book)[0]


def reopen(book: Book, reason: str, *, actor: str) -> date:
    """Open the period that was closed last; the day through which it was closed. The closing stays, with the reason.

    UserError without a reason, and where nothing is closed.
    """
    if not reason.strip():
        raise UserError(_("Why is it reopened?"), _("Give a reason; it stays with the closing."))
    with change(book, actor, "", undoable=False) as made:
        row = made.connection.exec_driver_sql(
            "SELECT id, through FROM closing WHERE reopened_at IS NULL ORDER BY through DESC, id DESC LIMIT 1"
        ).fetchone()
        if row is None:
            raise UserError(_("No period is closed."), _("There is nothing to reopen."))
        through = date.fromisoformat(row[1])
        made.summary = _("Reopen the books after they were closed through {day}").format(day=date_text(through))
        made.update(Closing, row[0], reopened_at=made.at, reopened_by=made.actor, reason=reason.strip())
    return through


def closings(book: Book) -> list[ClosedPeriod]:
    """Every closing, the newest first, reopened ones too."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT id, through, closed_at, actor, note, checklist, head, digest, reopened_at, reopened_by, reason"
            " FROM closing ORDER BY id DESC"
        )
        return [_period(row) for row in rows]


def next_to_close(book: Book, today: date) -> date:
    """The end of the first month that is over and not closed; else that of the month before today's."""
    with book.reading() as session:
        connection = session.connection()
        found = months_to_close(connection, today)
        closed = closed_through(connection)
    if found is not None:
        return found[0]
    return closed or today.replace(day=1) - timedelta(days=1)


def _refuse(book: Book, through: date, today: date) -> None:
    if through >= today:
        raise UserError(
            _("{day} is not over, and something may still happen on it.").format(day=date_text(through)),
            _("Close through {day} or an earlier day.").format(day=date_text(today - timedelta(days=1))),
        )
    with book.reading() as session:
        _refuse_closed_already(closed_through(session.connection()), through)


def _refuse_closed_already(closed: date | None, through: date) -> None:
    if closed is not None and through <= closed:
        raise UserError(
            _("The books are closed through {day} already.").format(day=date_text(closed)),
            _("Choose a later day, or reopen the period first."),
        )


def _period(row: Any) -> ClosedPeriod:
    told = json.loads(row[5])
    steps: Sequence[dict[str, Any]] = told.get("steps", ()) if isinstance(told, dict) else ()
    passed = told.get("passed_over", ()) if isinstance(told, dict) else ()
    return ClosedPeriod(
        id=row[0],
        through=date.fromisoformat(row[1]),
        closed_at=row[2],
        actor=row[3],
        note=row[4],
        steps=tuple(Step(**(step | {"filters": tuple(step["filters"])})) for step in steps),
        passed_over=tuple(passed),
        head=row[6],
        digest=row[7],
        reopened_at=row[8],
        reopened_by=row[9],
        reason=row[10],
    )
