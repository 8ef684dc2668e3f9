"""Plans a reminder run: a letter for everyone of whom something has reached a level, and why others get none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.dunning import TAKEN_BACK
from db.schema import ReminderRun
from desktop.domain.wording import Said, day, phrase
from desktop.errors import UserError
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.saying import put
from desktop.services.bank.gaps import covered_until
from desktop.services.changes import change
from desktop.services.dunning.facts import Facts, facts_of
from desktop.services.dunning.reckoning import Candidate, candidates
from desktop.services.dunning.runs import PLANNED, ItemRow, ReminderRow, reminders, run_of

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is to send: `run` and `run_id` are empty and 0 in a preview, and where nothing has reached a level.

    `blocked` says in words which bank statements are missing, where the run needs them and nobody overrode that.
    """

    run: str
    run_id: int
    as_of: date
    reminders: tuple[ReminderRow, ...]
    blocked: str

    @property
    def amounts(self) -> dict[str, int]:
        """What the planned letters ask for with fee and interest, minor units by currency."""
        found: dict[str, int] = {}
        for one in self.reminders:
            if one.state == PLANNED:
                found[one.currency] = found.get(one.currency, 0) + one.total
        return found


def preview_run(
    book: Book, *, as_of: date, segment_id: int | None = None, client_ids: Collection[int] | None = None
) -> Plan:
    """What plan_run would plan, without a trace."""
    with book.reading() as session:
        connection = session.connection()
        facts, found = _found(connection, as_of, segment_id, client_ids)
        blocked = _missing_statements(connection, facts, found)
    return Plan("", 0, as_of, tuple(_shown(one, as_of) for one in found), put(blocked) if blocked else "")


def plan_run(
    book: Book,
    *,
    as_of: date,
    actor: str,
    override: str = "",
    segment_id: int | None = None,
    client_ids: Collection[int] | None = None,
) -> Plan:
    """Plan a run as of a day over everyone, a segment, or these clients; nothing goes out yet.

    What was open on the book's last day counts, days past due as of the given one. `override` says why it goes although
    bank statements are missing. Where nothing has reached a level no run is made. UserError while another run is
    planned and not sent, and where statements are missing without an override.
    """
    with change(book, actor, _("Plan reminders"), undoable=False) as made:
        connection = made.connection
        _refuse_second(connection)
        _free_taken_back(connection)
        facts, found = _found(connection, as_of, segment_id, client_ids)
        blocked = _missing_statements(connection, facts, found)
        if blocked is not None and not override.strip():
            raise UserError(
                put(blocked), _("Take in the bank statements of these days, or say why the reminders go without them.")
            )
        if not found:
            return Plan("", 0, as_of, (), "")
        number = _next_number(connection, as_of)
        run_id = made.insert(
            ReminderRun,
            number=number,
            as_of=as_of,
            state=PLANNED,
            overrides=override.strip() if blocked is not None else "",
            planned_at=made.at,
            actor=actor,
        )
        digest = _store(connection, run_id, found)
        made.record_bulk("reminder", "plan", len(found), digest)
        words = ngettext(
            "Plan reminder run {run}: {count} client", "Plan reminder run {run}: {count} clients", len(found)
        )
        made.summary = words.format(run=number, count=number_text(len(found)))
    return Plan(number, run_id, as_of, reminders(book, run_id), "")


def cancel_run(book: Book, run: int | str, *, actor: str) -> None:
    """Give up what a run has not sent: the items are reminded by the next one. UserError where all of it was sent."""
    with change(book, actor, "", undoable=False) as made:
        row = run_of(made.connection, run)
        if row.state != PLANNED:
            raise UserError(
                _("{run} is not waiting to be sent.").format(run=row.number), _("Nothing needs to be done.")
            )
        made.connection.exec_driver_sql(
            """UPDATE reminder_item SET stands = 0 WHERE reminder_id IN
            (SELECT id FROM reminder WHERE run_id = ? AND state <> 'sent')""",
            (row.id,),
        )
        made.connection.exec_driver_sql(
            "UPDATE reminder SET state = 'cancelled' WHERE run_id = ? AND state IN ('planned', 'held', 'failed')",
            (row.id,),
        )
        sent = row.counts.get("sent", 0)
        made.update(ReminderRun, row.id, state="sent" if sent else "cancelled", sent_at=made.at if sent else None)
        made.summary = _("Cancel reminder run {run}").format(run=row.number)


def _found(
    connection: Connection, as_of: date, segment_id: int | None, client_ids: Collection[int] | None
) -> tuple[Facts, list[Candidate]]:
    wanted = list(client_ids or ())
    facts = facts_of(connection, as_of, client_id=wanted[0] if len(wanted) == 1 else None)
    if not facts.policies[None].active and not any(one.active for one in facts.policies.values()):
        raise UserError(_("Reminders are switched off."), _("Switch them on in the settings under Reminders."))
    chosen = [
        one
        for one in candidates(facts)
        if (segment_id is None or one.client.segment_id == segment_id)
        and (client_ids is None or one.client.id in client_ids)
    ]
    return facts, chosen


def _refuse_second(connection: Connection) -> None:
    row = connection.exec_driver_sql("SELECT number, as_of FROM reminder_run WHERE state = 'planned'").fetchone()
    if row is not None:
        raise UserError(
            _("Reminder run {run} of {day} is planned and not sent.").format(
                run=row[0], day=date_text(date.fromisoformat(row[1]))
            ),
            _("Send it, or cancel it: then another one can be planned."),
        )


def _free_taken_back(connection: Connection) -> None:
    """A letter that was taken back from the outbox reached nobody: its items may be reminded at its level again."""
    connection.exec_driver_sql(
        f"""UPDATE reminder_item SET stands = 0 WHERE stands = 1
        AND reminder_id IN (SELECT r.id FROM reminder r WHERE r.state = 'sent' AND {TAKEN_BACK})"""
    )


def _missing_statements(connection: Connection, facts: Facts, found: Sequence[Candidate]) -> Said | None:
    """Which day the bank statements should reach and do not; None where they do, or nobody asks for them."""
    asked = [
        within
        for one in found
        if one.state == PLANNED and (within := facts.policy(one.client).statements_within) is not None
    ]
    if not asked:
        return None
    needed = facts.as_of - timedelta(days=min(asked))
    reached = covered_until(connection)
    if reached is not None and reached >= needed:
        return None
    if reached is None:
        return phrase("Reminders need bank statements until {needed}, and none were taken in.", needed=day(needed))
    return phrase(
        "Reminders need bank statements until {needed}, and they reach {day}: who has paid since would be reminded.",
        needed=day(needed),
        day=day(reached),
    )


def _next_number(connection: Connection, as_of: date) -> str:
    prefix = f"M-{as_of.year:04d}-"
    last = connection.exec_driver_sql(
        "SELECT max(CAST(substr(number, 8) AS INTEGER)) FROM reminder_run WHERE substr(number, 1, 7) = ?", (prefix,)
    ).scalar()
    return f"{prefix}{(last or 0) + 1:04d}"


def _store(connection: Connection, run_id: int, found: Sequence[Candidate]) -> str:
    """Write the letters and what they name; a digest of them."""
    first = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM reminder").scalar_one()) + 1
    rows: list[tuple[Any, ...]] = []
    items: list[tuple[Any, ...]] = []
    for key, one in enumerate(found, first):
        rows.append(
            (
                key,
                run_id,
                one.client.id,
                one.currency,
                one.level.level,
                one.amount,
                one.disputed,
                one.credit,
                one.fee,
                one.interest,
                one.pay_by.isoformat(),
                one.level.channel,
                one.state,
                one.said.stored(),
            )
        )
        # Only a letter that is to go keeps its items from another one.
        stands = one.state == PLANNED
        items += [
            (key, item.due.item_id, item.level.level, item.days, item.due.open, item.disputed, item.interest, stands)
            for item in one.items
        ]
    connection.exec_driver_sql(
        """INSERT INTO reminder (id, run_id, client_id, currency, level, amount, disputed, credit, fee, interest,
          pay_by, channel, state, reason, note, claim) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '')""",
        rows,
    )
    connection.exec_driver_sql(
        """INSERT INTO reminder_item (reminder_id, open_item_id, level, days, open, disputed, interest, stands)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        items,
    )
    return hashlib.sha256(json.dumps([rows, items]).encode()).hexdigest()


def _shown(one: Candidate, as_of: date) -> ReminderRow:
    """A candidate as the row that it would become."""
    return ReminderRow(
        id=0,
        run_id=0,
        run="",
        as_of=as_of,
        client_id=one.client.id,
        code=one.client.code,
        name=one.client.name,
        currency=one.currency,
        level=one.level.level,
        level_name=one.level.name,
        amount=one.amount,
        disputed=one.disputed,
        credit=one.credit,
        fee=one.fee,
        interest=one.interest,
        pay_by=one.pay_by,
        channel=one.level.channel,
        state=one.state,
        reason=put(one.said),
        note="",
        decided_by="",
        delivery_id=None,
        sent_at=None,
        claim="",
        items=tuple(
            ItemRow(
                item.due.item_id,
                item.due.invoice_id,
                item.due.name,
                item.due.due,
                item.level.level,
                item.days,
                item.due.open,
                item.disputed,
                item.interest,
                one.state == PLANNED,
            )
            for item in one.items
        ),
    )
