"""What people decide about the letters of a planned run: hold, let go, skip, and change what they ask for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy.exc import IntegrityError

from db.engine import Book
from db.queries import dunning as queries
from db.queries.rows import ids_text
from db.schema import Reminder
from desktop.domain.delivery import CHANNELS
from desktop.errors import UserError
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.services.changes import Change, change
from desktop.services.dunning.facts import facts_of
from desktop.services.dunning.reckoning import named, summed
from desktop.services.dunning.runs import FAILED, HELD, PLANNED, SKIPPED, ReminderRow, level_of, rows_of, run_of

HOLD: Final = "hold"
RELEASE: Final = "release"
SKIP: Final = "skip"
# What a decision may be about, and what it leads to.
_FROM: Final = {HOLD: (PLANNED, FAILED), RELEASE: (HELD, SKIPPED, FAILED), SKIP: (PLANNED, HELD, FAILED)}
_TO: Final = {HOLD: HELD, RELEASE: PLANNED, SKIP: SKIPPED}


def decide(book: Book, reminder_ids: Collection[int], act: str, *, actor: str, note: str = "") -> int:
    """Hold, release or skip letters that have not gone, with a person's note; how many changed.

    What is held or skipped is planned anew by the next run. UserError where none of them can be, where their run was
    sent already, and where a released one would remind an item twice at one level or has nothing to ask for.
    """
    if act not in _TO:
        raise ValueError(act)
    with change(book, actor, "", undoable=False) as made:
        rows = [one for one in _rows(made, reminder_ids) if one.state in _FROM[act]]
        if not rows:
            raise UserError(_("None of these reminders can be decided on."), _("Reload the list."))
        _check_open(made, rows)
        for row in rows:
            if act == RELEASE and row.amount + row.credit <= 0:
                raise UserError(
                    _("There is nothing to ask {client} for.").format(client=row.name), _("Leave it as it is.")
                )
            stands = act == RELEASE
            try:
                made.connection.exec_driver_sql(
                    "UPDATE reminder_item SET stands = ? WHERE reminder_id = ?", (stands, row.id)
                )
            except IntegrityError:
                raise _twice(row) from None
            made.update(Reminder, row.id, state=_TO[act], note=note.strip(), decided_by=made.actor)
        said = {
            HOLD: ngettext("Hold {count} reminder", "Hold {count} reminders", len(rows)),
            RELEASE: ngettext("Release {count} reminder", "Release {count} reminders", len(rows)),
            SKIP: ngettext("Skip {count} reminder", "Skip {count} reminders", len(rows)),
        }
        made.summary = said[act].format(count=number_text(len(rows)))
    return len(rows)


def change_reminder(
    book: Book,
    reminder_id: int,
    *,
    actor: str,
    level: int | None = None,
    channel: str | None = None,
    fee: int | None = None,
    pay_by: date | None = None,
    interest: bool | None = None,
) -> ReminderRow:
    """Change what a letter asks for before it goes; as it is then. `fee` in minor units of its currency, `interest`
    whether any is asked for.

    Another level brings its own fee, day, way and interest, unless these are given too. UserError for what cannot be,
    and where the letter has gone.
    """
    with change(book, actor, "", undoable=False) as made:
        (row,) = _rows(made, [reminder_id]) or (None,)
        if row is None or row.state not in (PLANNED, HELD, FAILED):
            raise UserError(_("This reminder has gone, or was given up."), _("Reload the list."))
        _check_open(made, [row])
        _check(row, channel, fee, pay_by)
        facts = facts_of(made.connection, row.as_of, item_ids=[one.item_id for one in row.items], run_id=row.run_id)
        client = facts.clients[row.client_id]
        levels = facts.levels_for(client)
        wanted = level_of(levels, row.level if level is None else level)
        if wanted is None:
            raise UserError(
                _("There is no level {level}.").format(level=level),
                _("The levels are: {levels}.").format(levels=", ".join(f"{one.level} {one.name}" for one in levels)),
            )
        at = {one.item_id: one for one in row.items}
        bears = interest if interest is not None else None
        if interest is None and level is None and not row.interest:
            bears = False
        items = []
        for due in facts.dues.get((row.client_id, row.currency), ()):
            was = at[due.item_id]
            moved = level is not None and was.level == row.level
            own = wanted if moved else level_of(levels, was.level) or wanted
            items.append(named(facts, client, due, own, interest=bears))
        found = summed(facts, client, row.currency, items, level=wanted)
        if level is None:
            found = replace(found, fee=row.fee, pay_by=row.pay_by)
        try:
            made.connection.exec_driver_sql(
                "UPDATE reminder_item SET level = ?, interest = ? WHERE reminder_id = ? AND open_item_id = ?",
                [(one.level.level, one.interest, row.id, one.due.item_id) for one in items],
            )
        except IntegrityError:
            raise _twice(row) from None
        way = channel if channel is not None else (wanted.channel if level is not None else row.channel)
        made.update(
            Reminder,
            row.id,
            level=wanted.level,
            fee=found.fee if fee is None else fee,
            interest=found.interest,
            pay_by=found.pay_by if pay_by is None else pay_by,
            channel=way,
            decided_by=made.actor,
        )
        made.summary = _("Change the reminder to {client}").format(client=row.name)
        (now,) = _rows(made, [reminder_id])
    return now


def _check(row: ReminderRow, channel: str | None, fee: int | None, pay_by: date | None) -> None:
    if channel and channel not in CHANNELS:
        raise UserError(
            _("“{word}” is no way of delivery.").format(word=channel),
            _("It is one of: {known}.").format(known=", ".join(CHANNELS)),
        )
    if fee is not None and fee < 0:
        raise UserError(_("A fee or interest below zero cannot be asked for."), _("Leave it out."))
    if pay_by is not None and pay_by < row.as_of:
        raise UserError(
            _("The day to pay by, {date}, lies before the reminder.").format(date=date_text(pay_by)),
            _("Choose a later day."),
        )


def _rows(made: Change, ids: Collection[int]) -> tuple[ReminderRow, ...]:
    return rows_of(made.connection, queries.reminders_by_id(made.connection, ids_text(ids)))


def _check_open(made: Change, rows: Collection[ReminderRow]) -> None:
    for run_id in {row.run_id for row in rows}:
        run = run_of(made.connection, run_id)
        if run.state != PLANNED:
            raise UserError(
                _("{run} was sent already.").format(run=run.number), _("Plan another run: it takes up what did not go.")
            )


def _twice(row: ReminderRow) -> UserError:
    return UserError(
        _("{client} was reminded of one of these at this level already.").format(client=row.name),
        _("Choose another level, or skip this reminder."),
    )
