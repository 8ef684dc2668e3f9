"""Plans a run: drafts, findings and outcomes for everyone in scope, stored chunk by chunk."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import billing as queries
from desktop.domain.billing import Charged
from desktop.domain.sealing import batch_digest
from desktop.domain.wording import Said, phrase, phrases, sentence
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.accounting.closing import closed_through, first_open, refuse_closed
from desktop.services.changes import Change, change
from desktop.services.charging import MARKED, reserve
from desktop.services.configuration.applying import apply_due
from desktop.services.runs.drafting import Drafted, draft_client
from desktop.services.runs.loading import load
from desktop.services.runs.owners import give_owners
from desktop.services.runs.proving import prove
from desktop.services.runs.quiet import Quiet
from desktop.services.runs.scope import Report, RunFacts, Scope, Seconds, calm_collector, members, run_facts, silent
from desktop.services.runs.setting import Setting, read_setting

CHUNK = 400
"""Agreements a transaction: small enough that a person's own write slips in between."""

Member = tuple[int, list[int | None]]

_DRAFT = """INSERT INTO draft (id, run_id, client_id, kind, state, severity, currency, net, tax, gross, rounding,
 previous_net, fingerprint, body, edited, decision_note, error)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '')"""
_OUTCOME = """INSERT INTO outcome (run_id, agreement_id, client_id, state, reason_code, reason, draft_id)
 VALUES (?, ?, ?, ?, ?, ?, ?)"""
_FINDING = """INSERT INTO finding (draft_id, code, severity, message, remedy, field, approved)
 VALUES (?, ?, ?, ?, ?, ?, 0)"""


def interrupted(book: Book) -> list[str]:
    """Numbers of runs that were stopped in the middle, oldest first."""
    with book.reading() as session:
        return _interrupted(session.connection())


def _interrupted(connection: Connection) -> list[str]:
    rows = connection.exec_driver_sql("SELECT number FROM run WHERE state IN ('planning', 'issuing') ORDER BY id")
    return [row[0] for row in rows]


def earliest_issue_date(book: Book) -> date | None:
    """The day of the last invoice of the series, since an earlier one would run backwards, or the first open day.

    None before the first invoice, while no period is closed.
    """
    with book.reading() as session:
        rows = queries.series_dates(session.connection())
        closed = closed_through(session.connection())
    days = [date.fromisoformat(last) for kind, _, _, last in rows if kind == "invoice" and last]
    if closed is not None:
        days.append(first_open(closed, closed))
    return max(days, default=None)


class RunInterrupted(UserError):
    """A run was stopped in the middle, and no other begins before a person has resumed or discarded it."""


def refuse_if_interrupted(connection: Connection) -> None:
    """RunInterrupted naming the run that was stopped in the middle, if there is one."""
    row = connection.exec_driver_sql(
        """SELECT r.number, r.state, (SELECT count(*) FROM invoice i WHERE i.run_id = r.id),
        (SELECT count(*) FROM draft d WHERE d.run_id = r.id AND d.state IN ('ready', 'approved'))
        FROM run r WHERE r.state IN ('planning', 'issuing') ORDER BY r.id LIMIT 1"""
    ).fetchone()
    if row is None:
        return
    number, state, issued, left = row
    if state == "planning":
        stands = _("Run {number} was interrupted while it was planned; it has issued nothing yet.")
    else:
        stands = _("Run {number} was interrupted while it issued: {issued} are issued, {left} are still to do.")
    raise RunInterrupted(
        stands.format(number=number, issued=number_text(issued), left=number_text(left)),
        _("Resume or discard it first: on the page Runs, or with sheaf resume BOOK {number}").format(number=number),
    )


def chunks(parties: Sequence[Member]) -> Iterator[list[Member]]:
    """Whole clients, about CHUNK agreements together."""
    part: list[Member] = []
    count = 0
    for member in parties:
        part.append(member)
        count += len(member[1])
        if count >= CHUNK:
            yield part
            part, count = [], 0
    if part:
        yield part


def begin_summary(number: str) -> str:
    return _("Begin run {number}").format(number=number)


def plan_summary(number: str) -> str:
    return _("Plan run {number}").format(number=number)


def begin(
    book: Book, *, through: date, issue_date: date, scope: Scope, actor: str, now: str, kind: str = "billing"
) -> RunFacts:
    """A new run with its number, nothing planned yet. UserError while another one is interrupted."""
    with change(book, actor, _("Begin a billing run"), undoable=False) as made:
        refuse_if_interrupted(made.connection)
        run = begin_within(made, through=through, issue_date=issue_date, scope=scope, now=now, kind=kind)
        made.summary = begin_summary(run.number)
        return run


def begin_within(
    made: Change, *, through: date, issue_date: date, scope: Scope, now: str, kind: str = "billing"
) -> RunFacts:
    """As `begin`, within the caller's transaction. UserError for an issue date that is closed."""
    connection = made.connection
    refuse_closed(connection, issue_date)
    year = issue_date.year
    last = connection.exec_driver_sql(
        "SELECT max(CAST(substr(number, 8) AS INTEGER)) FROM run WHERE number LIKE ?", (f"R-{year}-%",)
    ).scalar()
    number = f"R-{year}-{(last or 0) + 1:04d}"
    row = connection.exec_driver_sql(
        """INSERT INTO run (number, kind, state, through, issue_date, scope, actor, started_at)
        VALUES (?, ?, 'planning', ?, ?, ?, ?, ?) RETURNING id""",
        (number, kind, through.isoformat(), issue_date.isoformat(), scope.text(), made.actor, now),
    ).fetchone()
    assert row is not None
    made.record("run", int(row[0]), "begin", None, {"number": number, "through": through.isoformat()})
    return run_facts(connection, int(row[0]))


def plan(
    book: Book,
    *,
    through: date,
    issue_date: date,
    scope: Scope | None = None,
    actor: str,
    now: str,
    report: Report = silent,
    seconds: Seconds | None = None,
    then: str = "review",
    quiet: Quiet | None = None,
) -> RunFacts:
    """Plan a run over everyone in scope; the drafts then wait for `issue`, or with `then` issuing go on to it at once.

    UserError where an earlier run was interrupted or the scope names what the book does not have. A cancel by `report`
    leaves the run in planning, to be resumed or discarded. What was accepted for a day that has come counts in it.
    """
    apply_due(book, today=date.fromisoformat(now[:10]))
    wanted = scope or Scope()
    with book.reading() as session:
        refuse_if_interrupted(session.connection())
        members(session.connection(), wanted, through)
    run = begin(book, through=through, issue_date=issue_date, scope=wanted, actor=actor, now=now)
    with calm_collector():
        return continue_plan(book, run, actor=actor, report=report, seconds=seconds, then=then, quiet=quiet)


def continue_plan(
    book: Book,
    run: RunFacts,
    *,
    actor: str,
    report: Report = silent,
    seconds: Seconds | None = None,
    then: str = "review",
    quiet: Quiet | None = None,
) -> RunFacts:
    """Plan what the run has no outcome for yet; the same clients in the same order as an undisturbed one.

    `quiet` remembers the drafts, for whoever issues them at once.
    """
    seconds = seconds or Seconds()
    with book.reading() as session:
        connection = session.connection()
        parties = members(connection, run.scope, run.through)
        finished = queries.clients_done(connection, run.id)
        setting = read_setting(connection, run.through, run.issue_date)
    total = sum(len(agreements) for _, agreements in parties)
    parties = [member for member in parties if member[0] not in finished]
    done = total - sum(len(agreements) for _, agreements in parties)
    report(done, total, _("Planning"))
    for part in chunks(parties):
        started = time.perf_counter()
        with change(book, actor, plan_summary(run.number), undoable=False) as made:
            if run_facts(made.connection, run.id).state != "planning":
                raise UserError(
                    _("Run {number} was discarded while it was planned.").format(number=run.number),
                    _("Begin a new run."),
                )
            drafted = draft_chunk(made.connection, part, setting)
            between = time.perf_counter()
            digest, count = store(made.connection, run.id, drafted)
            held = [one.id for client in drafted for one in client.drafts if one.state == "held"]
            if held:
                # From when the run began: one that was stopped and resumed gives the same times.
                give_owners(made.connection, held, run.started_at, setting.rules)
            made.record_bulk("draft", "plan", count, digest)
        if quiet is not None:
            quiet.keep(drafted)
        seconds.check += between - started
        seconds.plan += time.perf_counter() - between
        done += sum(len(agreements) for _, agreements in part)
        report(done, total, _("Planning"))
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE run SET state = ? WHERE id = ?", (then, run.id))
        return run_facts(session.connection(), run.id)


def draft_chunk(connection: Connection, part: Sequence[Member], setting: Setting) -> list[Drafted]:
    """The drafts of some clients, built and checked, nothing written."""
    pairs = [(client, agreement) for client, agreements in part for agreement in agreements]
    loaded = load(connection, setting, pairs)
    drafted = [draft_client(client, agreements, loaded, setting) for client, agreements in part]
    if loaded.buyers:
        prove(connection, [one for client in drafted for one in client.drafts], setting)
    return drafted


def store(connection: Connection, run_id: int, drafted: Sequence[Drafted]) -> tuple[str, int]:
    """Write drafts, outcomes, findings and reservations; (digest of what was planned, count of drafts)."""
    draft_id = int(connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM draft").scalar_one())
    drafts: list[tuple[Any, ...]] = []
    outcomes: list[tuple[Any, ...]] = []
    findings: list[tuple[Any, ...]] = []
    reserved: list[tuple[int, Charged]] = []
    for one in drafted:
        for agreement, skip in one.skipped:
            outcomes.append((run_id, agreement, one.client_id, "skipped", skip.code, skip.reason.stored(), None))
        for checked in one.drafts:
            draft_id += 1
            checked.id = draft_id
            draft = checked.draft
            drafts.append(
                (
                    draft_id,
                    run_id,
                    draft.client_id,
                    draft.kind,
                    checked.state,
                    checked.severity,
                    draft.currency,
                    draft.net,
                    draft.tax,
                    draft.gross,
                    draft.rounding,
                    checked.previous,
                    checked.fingerprint,
                    checked.body,
                )
            )
            reason = waiting_reason(checked.state, [(f.severity, f.message) for f in checked.findings]).stored()
            keys: list[int | None] = [*checked.agreements]
            for agreement in keys or [None]:
                outcomes.append((run_id, agreement, one.client_id, checked.state, "", reason, draft_id))
            findings += [
                (draft_id, found.code, found.severity, found.message.stored(), found.remedy.stored(), found.field)
                for found in checked.findings
            ]
            reserved += [(draft_id, charge) for charge in draft.charges if charge.kind in MARKED]
    for statement, rows in (
        (_DRAFT, drafts),
        (_OUTCOME, outcomes),
        (_FINDING, findings),
    ):
        if rows:
            connection.exec_driver_sql(statement, rows)
    reserve(connection, reserved)
    return batch_digest([(row[0], row[12]) for row in drafts]), len(drafts)


def waiting_reason(state: str, findings: Sequence[tuple[str, Said]]) -> Said:
    """Why a draft is not issued yet, in one sentence."""
    if state == "ready":
        return phrase("Ready to issue.")
    against = [message for severity, message in findings if severity != "note"]
    if len(against) > 1:
        return phrases(
            "{first} And {count} more.", "{first} And {count} more.", count=len(against) - 1, first=sentence(against[0])
        )
    return against[0] if against else phrase("Held.")
