"""Sends a planned reminder run: letters into the outbox, some in one transaction, each once whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import dunning as queries
from db.queries.rows import ids_text
from db.schema import Reminder, ReminderRun
from desktop.domain.wording import as_typed
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.changes import Change, change
from desktop.services.delivery.mail.letters import WrittenLetter, put_letter, written_letter
from desktop.services.dunning.facts import Facts, facts_of
from desktop.services.dunning.letters import Current, current, letter_of
from desktop.services.dunning.runs import (
    CANCELLED,
    FAILED,
    HELD,
    PLANNED,
    SENT,
    SKIPPED,
    ReminderRow,
    RunRow,
    rows_of,
    run_of,
)
from desktop.services.letters.correspondence import Made

Report = Callable[[int, int, str], None]
CHUNK: Final = 25
"""Letters a transaction."""


@dataclass(slots=True)
class SentRun:
    """What became of a run's letters. `deliveries` are the rows of the outbox that this call made, `failed` (client,
    why) in words; `held`, `skipped` and `cancelled` count all of the run that did not go."""

    run: str
    run_id: int
    held: int = 0
    skipped: int = 0
    cancelled: int = 0
    deliveries: list[int] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sent(self) -> int:
        return len(self.deliveries)


@dataclass(frozen=True, slots=True)
class _Ready:
    found: Current
    letter: WrittenLetter | None
    why: str = ""


def send_run(book: Book, run: int | str, *, actor: str, report: Report | None = None) -> SentRun:
    """Put the planned letters of a run into the outbox, with what is open of them by now; go on where it was left.

    What was paid since is not asked for, and who was put on hold since is held. A letter that cannot go is failed, and
    its items are reminded by the next run. `report` may raise between two transactions: what is in the outbox stays,
    the rest waits. UserError where the run was cancelled, or there is none.
    """
    with book.reading() as session:
        row = run_of(session.connection(), run)
    if row.state == CANCELLED:
        raise UserError(_("{run} was cancelled.").format(run=row.number), _("Plan another run."))
    done = SentRun(row.number, row.id)
    total = row.counts.get(PLANNED, 0)
    while True:
        if report is not None:
            report(min(done.sent, total), total, _("Putting reminders into the outbox"))
        ready = _next(book, row)
        if not ready:
            break
        _put(book, row, ready, done, actor)
    _finish(book, row, actor)
    with book.reading() as session:
        counts = run_of(session.connection(), row.id).counts
    done.held, done.skipped, done.cancelled = (counts.get(one, 0) for one in (HELD, SKIPPED, CANCELLED))
    return done


def _next(book: Book, row: RunRow) -> list[_Ready]:
    """The next letters as they are to go, set outside of any transaction that writes."""
    found: list[tuple[Current, Made | None, str]] = []
    with book.reading() as session:
        connection = session.connection()
        keys = connection.exec_driver_sql(
            "SELECT id FROM reminder WHERE run_id = ? AND state = 'planned' ORDER BY id LIMIT ?", (row.id, CHUNK)
        )
        reminders = _read(connection, [key for (key,) in keys])
        facts = _facts(connection, row, reminders)
        for one in (current(facts, reminder) for reminder in reminders):
            try:
                found.append((one, letter_of(connection, facts, one) if one.goes else None, ""))
            except UserError as error:
                found.append((one, None, str(error)))
    return [_set(*one) for one in found]


def _set(found: Current, made: Made | None, why: str) -> _Ready:
    try:
        return _Ready(found, written_letter(made) if made is not None else None, why)
    except UserError as error:
        return _Ready(found, None, str(error))


def _read(connection: Connection, ids: Sequence[int]) -> tuple[ReminderRow, ...]:
    return rows_of(connection, queries.reminders_by_id(connection, ids_text(ids)))


def _facts(connection: Connection, row: RunRow, reminders: Sequence[ReminderRow]) -> Facts:
    items = [item.item_id for one in reminders for item in one.items]
    return facts_of(connection, row.as_of, item_ids=items, run_id=row.id)


def _put(book: Book, row: RunRow, ready: Sequence[_Ready], done: SentRun, actor: str) -> None:
    """One transaction: the letters, their state, and what they name. What moved meanwhile is left for the next one."""
    sent: list[int] = []
    failed: list[tuple[str, str]] = []
    with change(book, actor, "", undoable=False) as made:
        reminders = _read(made.connection, [one.found.row.id for one in ready])
        facts = _facts(made.connection, row, reminders)
        now = {one.id: current(facts, one) for one in reminders if one.state == PLANNED}
        for one in ready:
            if now.get(one.found.row.id) != one.found:
                continue
            why = one.why
            if one.letter is not None:
                try:
                    delivery = put_letter(made, one.letter, one.found.row.channel, "")
                    _mark_sent(made, one.found, delivery)
                    sent.append(delivery)
                    continue
                except UserError as error:
                    why = str(error)
            if why:
                failed.append((one.found.row.code, why))
            _mark_kept(made, one.found, why)
        words = ngettext("Send {count} reminder of {run}", "Send {count} reminders of {run}", len(sent))
        made.summary = words.format(count=number_text(len(sent)), run=row.number)
    done.deliveries += sent
    done.failed += failed


def _mark_sent(made: Change, found: Current, delivery: int) -> None:
    one = found.candidate
    made.update(
        Reminder,
        found.row.id,
        state=SENT,
        delivery_id=delivery,
        sent_at=made.at,
        amount=one.amount,
        disputed=one.disputed,
        credit=one.credit,
        fee=one.fee,
        interest=one.interest,
        reason=one.said.stored(),
    )
    made.connection.exec_driver_sql(
        "UPDATE reminder_item SET open = ?, disputed = ?, interest = ? WHERE reminder_id = ? AND open_item_id = ?",
        [(item.due.open, item.disputed, item.interest, found.row.id, item.due.item_id) for item in one.items],
    )
    if found.gone:
        made.connection.exec_driver_sql(
            "UPDATE reminder_item SET stands = 0 WHERE reminder_id = ? AND open_item_id = ?",
            [(found.row.id, key) for key in found.gone],
        )


def _mark_kept(made: Change, found: Current, why: str) -> None:
    """A letter that does not go: its items may be named by the next run."""
    state = FAILED if why else found.candidate.state
    reason = as_typed(why) if why else found.candidate.said
    made.update(Reminder, found.row.id, state=state, reason=reason.stored())
    made.connection.exec_driver_sql("UPDATE reminder_item SET stands = 0 WHERE reminder_id = ?", (found.row.id,))


def _finish(book: Book, row: RunRow, actor: str) -> None:
    with change(book, actor, _("Reminder run {run} is sent").format(run=row.number), undoable=False) as made:
        if run_of(made.connection, row.id).state == PLANNED:
            made.update(ReminderRun, row.id, state=SENT, sent_at=made.at)
