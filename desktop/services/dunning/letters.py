"""The letter of a reminder as it would go now: with what is still open of what it names, in its level's words."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection

from db.engine import Book
from db.queries import dunning as queries
from db.queries.rows import ids_text
from desktop.domain.dunning.levels import tone
from desktop.domain.wording import phrase
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.dunning.facts import Facts, facts_of
from desktop.services.dunning.levels import Level
from desktop.services.dunning.reckoning import Candidate, Named, judged, named, summed
from desktop.services.dunning.runs import PLANNED, ReminderRow, level_of, rows_of
from desktop.services.letters.correspondence import Made
from desktop.services.letters.reminder import Asked, Asking, planned_reminder


@dataclass(frozen=True, slots=True)
class Current:
    """A planned letter with the figures of now: `candidate` says what it comes to, in the state planned, or why it does
    not go any more. `gone` are the items that it no longer names."""

    row: ReminderRow
    candidate: Candidate
    gone: tuple[int, ...]

    @property
    def goes(self) -> bool:
        return self.candidate.state == PLANNED


def reminder_letter(book: Book, reminder_id: int) -> Made:
    """A letter for a preview, with what is open of its items now; with all that the run planned where nothing is.

    UserError where the reminder is not there any more.
    """
    with book.reading() as session:
        connection = session.connection()
        rows = rows_of(connection, queries.reminders_by_id(connection, ids_text([reminder_id])))
        if not rows:
            raise UserError(_("This reminder is not there any more."), _("Reload the list."))
        facts = facts_of(
            connection, rows[0].as_of, item_ids=[one.item_id for one in rows[0].items], run_id=rows[0].run_id
        )
        return letter_of(connection, facts, current(facts, rows[0]))


def current(facts: Facts, row: ReminderRow) -> Current:
    """What a planned letter comes to now. What a person decided stays: its level, fee, day, way, and whether it asks
    for interest; a letter that was released by hand is judged by its money alone."""
    client = facts.clients[row.client_id]
    levels = facts.levels_for(client)
    planned = {one.item_id: one for one in row.items}
    bears = None if row.interest or not row.decided_by else False
    items: list[Named] = []
    for due in facts.dues.get((row.client_id, row.currency), ()):
        # Facts may be of several letters to one client, where it was merged since.
        was = planned.get(due.item_id)
        if was is None or not due.open:
            continue
        level = level_of(levels, was.level) or Level(was.level, row.level_name, was.days)
        items.append(named(facts, client, due, level, interest=bears))
    gone = tuple(planned.keys() - {one.due.item_id for one in items})
    if not items:
        return Current(row, _paid(facts, row), gone)
    top = level_of(levels, row.level) or max((one.level for one in items), key=lambda one: one.level)
    if row.decided_by:
        free = [one for one in items if one.asked] or items
        found = summed(facts, client, row.currency, free, level=top)
        if not found.amount:
            found = replace(found, state="skipped", reason=phrase("Nothing of it is to be paid any more."))
    else:
        found = judged(facts, client, row.currency, items)
    kept = {one.due.item_id for one in found.items}
    gone = tuple(planned.keys() - kept)
    return Current(row, replace(found, level=top, fee=row.fee, pay_by=row.pay_by), gone)


def letter_of(connection: Connection, facts: Facts, found: Current) -> Made:
    """The letter itself."""
    one, row = found.candidate, found.row
    policy = facts.policy(one.client)
    levels = facts.levels_for(one.client)
    rates: list[int] = []
    for item in one.items:
        if item.interest:
            since = max(item.due.due, facts.claimed.get(item.due.item_id, item.due.due))
            told = facts.rates.interest(item.asked, since, facts.as_of, policy, business=one.client.business)
            rates += [rate for rate in told.rates if rate not in rates]
    law = facts.rates.law(business=one.client.business) if policy.interest == "statutory" else ""
    asking = Asking(
        items=tuple(
            Asked(
                item.due.item_id,
                item.level.level,
                item.days,
                item.due.open,
                item.disputed,
                item.interest,
                item.before,
            )
            for item in one.items
        ),
        tone=tone([level.step for level in levels], one.level.step),
        credit=one.credit,
        fee=one.fee,
        rates=tuple(rates),
        law=law,
        day_count=policy.day_count,
        pay_by=one.pay_by,
        texts=one.level.texts,
    )
    return planned_reminder(connection, row.client_id, row.currency, asking, as_of=row.as_of)


def _paid(facts: Facts, row: ReminderRow) -> Candidate:
    client = facts.clients[row.client_id]
    level = level_of(facts.levels_for(client), row.level) or Level(row.level, row.level_name, 0)
    return Candidate(
        client=client,
        currency=row.currency,
        level=level,
        items=(),
        amount=0,
        disputed=0,
        credit=0,
        fee=0,
        interest=0,
        pay_by=row.pay_by,
        state="cancelled",
        reason=phrase("It was paid since the run was planned."),
        notes=(),
    )
