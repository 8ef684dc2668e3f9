"""Issues what a run released, in chunks; what fails is parked with its reason and the others go on."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError

from db.engine import Book
from db.queries.rows import ids_text
from db.refusals import BookUnusable, as_user_error
from desktop.domain.billing import Draft
from desktop.domain.einvoice_form import NONE
from desktop.domain.sealing import batch_digest
from desktop.domain.wording import as_typed, phrase
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import Change, change
from desktop.services.issuing import Issued, issue_documents
from desktop.services.runs.freezing import prepare, ready
from desktop.services.runs.owners import give_owners
from desktop.services.runs.quiet import Quiet
from desktop.services.runs.recheck import FAILED, recheck
from desktop.services.runs.scope import Report, RunFacts, Seconds, run_facts, silent
from desktop.services.runs.sealing import seal_run
from desktop.services.unused_credits import corrected_invoices, settle_corrected

CHUNK = 200
"""Documents a transaction."""

_log = logging.getLogger(__name__)


def issue(
    book: Book,
    run: RunFacts,
    *,
    actor: str,
    now: str,
    report: Report = silent,
    seconds: Seconds | None = None,
    quiet: Quiet | None = None,
    retry: bool = False,
) -> list[Issued]:
    """Issue the drafts of a run that are ready or approved, in their order; with `retry` also those parked before.

    Each chunk is one transaction: recheck, number, freeze, charge, post. A cancel by `report` takes effect between
    chunks and leaves the run to be resumed. BookUnusable, such as a full disk, stops the run as a cancel does.
    """
    seconds = seconds or Seconds()
    started = time.perf_counter()
    with book.writing() as session:
        connection = session.connection()
        if run_facts(connection, run.id).state == "discarded":
            raise UserError(_("Run {number} was discarded.").format(number=run.number), _("Begin a new run."))
        connection.exec_driver_sql("UPDATE run SET state = 'issuing' WHERE id = ?", (run.id,))
        states = "('ready', 'approved', 'failed')" if retry else "('ready', 'approved')"
        rows = connection.exec_driver_sql(
            f"SELECT id FROM draft WHERE run_id = ? AND state IN {states} ORDER BY id", (run.id,)
        )
        waiting = [int(row[0]) for row in rows]
    issued: list[Issued] = []
    report(0, len(waiting), _("Issuing"))
    for at in range(0, len(waiting), CHUNK):
        part = waiting[at : at + CHUNK]
        try:
            issued += _issue_part(book, run, part, actor, now, quiet)
        except (UserError, DBAPIError, ValueError) as error:
            _refusal(error)
            issued += _one_by_one(book, run, part, actor, now, quiet)
        report(min(at + CHUNK, len(waiting)), len(waiting), _("Issuing"))
    finish(book, run, actor, now)
    seconds.issue += time.perf_counter() - started
    return issued


def _one_by_one(
    book: Book, run: RunFacts, part: Sequence[int], actor: str, now: str, quiet: Quiet | None
) -> list[Issued]:
    issued: list[Issued] = []
    for draft in part:
        try:
            issued += _issue_part(book, run, [draft], actor, now, quiet)
        except (UserError, DBAPIError, ValueError) as error:
            _park(book, run, draft, error, actor, quiet)
    return issued


def _issue_part(
    book: Book, run: RunFacts, part: Sequence[int], actor: str, now: str, quiet: Quiet | None
) -> list[Issued]:
    with change(book, actor, _("Issue run {number}").format(number=run.number), undoable=False) as made:
        connection = made.connection
        drafts = None
        if quiet is not None and quiet.holds(connection):
            drafts = quiet.take(part)
        else:
            # A person may have held, discarded or issued some since the list was made: these it leaves out.
            part = recheck(connection, run, part, now=now)
        if not part:
            return []
        issued = issue_drafts(made, run, drafts or read_drafts(connection, part), now)
    if quiet is not None:
        quiet.own += 1
    return issued


def read_drafts(connection: Connection, part: Sequence[int]) -> list[tuple[int, Draft]]:
    """Stored drafts with their ids, in their order."""
    rows = connection.exec_driver_sql(
        """SELECT id, kind, client_id, currency, body FROM draft
        WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id""",
        (ids_text(part),),
    ).fetchall()
    return [(row[0], Draft.from_body(row[1], row[2], row[3], json.loads(row[4]))) for row in rows]


def issue_drafts(made: Change, run: RunFacts, drafts: Sequence[tuple[int, Draft]], now: str) -> list[Issued]:
    """Issue these drafts of a run within the caller's transaction, without another look at them."""
    connection = made.connection
    agreements = {key for _, draft in drafts for key in draft.agreement_ids}
    electronic = {draft.client_id for _, draft in drafts if draft.einvoice != NONE}
    papers = prepare(connection, (draft.client_id for _, draft in drafts), agreements, electronic=electronic)
    corrected = corrected_invoices(connection, drafts)
    documents = []
    for draft_id, draft in drafts:
        of = corrected.get(draft_id)
        more = (of.id, of.firm_rate) if of else ()
        documents.append(ready(draft, draft_id, run.id, run.issue_date, papers, *more))
    issued = issue_documents(connection, documents, actor=made.actor, now=now)
    if corrected:
        notes = [
            (one.id, corrected[one.draft_id or 0].number, one.issue_date) for one in issued if one.draft_id in corrected
        ]
        settle_corrected(made, notes)
    marks: list[tuple[Any, ...]] = [(one.id, one.draft_id) for one in issued]
    connection.exec_driver_sql("UPDATE draft SET state = 'issued', invoice_id = ?, error = '' WHERE id = ?", marks)
    connection.exec_driver_sql(
        "UPDATE outcome SET state = 'issued', invoice_id = ?, reason_code = 'issued', reason = ? WHERE draft_id = ?",
        [(one.id, phrase("Issued as {number}.", number=one.number).stored(), one.draft_id) for one in issued],
    )
    made.record_bulk("invoice", "issue", len(issued), batch_digest([(one.number, one.digest) for one in issued]))
    return issued


def _refusal(error: UserError | DBAPIError | ValueError) -> UserError:
    """Why one draft cannot be issued. Raises what concerns the whole book, and bugs."""
    if isinstance(error, BookUnusable):
        raise error
    if isinstance(error, UserError):
        return error
    if isinstance(error, DBAPIError):
        mendable = as_user_error(error.orig)
        if isinstance(mendable, BookUnusable):
            raise mendable from error
        if mendable is not None:
            return mendable
        if not isinstance(error, IntegrityError):
            raise error
        if "UNIQUE constraint failed: charge." in str(error.orig):
            return UserError(_("Something of it is billed already."), _("Discard it, then begin a new run."))
        return UserError(
            _("The book refused it: {reason}.").format(reason=error.orig), _("Mend what it names, then resume the run.")
        )
    return UserError(str(error), _("Mend what it names, then resume the run."))


def _park(
    book: Book,
    run: RunFacts,
    draft_id: int,
    error: UserError | DBAPIError | ValueError,
    actor: str,
    quiet: Quiet | None,
) -> None:
    """A draft that cannot be issued keeps its place with the reason; nothing of it was written."""
    refusal = _refusal(error)
    _log.warning("A draft of run %s was parked: %s", run.number, refusal.message, exc_info=error)
    with change(book, actor, _("Park a draft of run {number}").format(number=run.number), undoable=False) as made:
        connection = made.connection
        connection.exec_driver_sql(
            "UPDATE draft SET state = 'failed', severity = 'block', error = ? WHERE id = ?",
            (refusal.message, draft_id),
        )
        connection.exec_driver_sql("DELETE FROM finding WHERE draft_id = ? AND code = ?", (draft_id, FAILED))
        connection.exec_driver_sql(
            """INSERT INTO finding (draft_id, code, severity, message, remedy, field, approved)
            VALUES (?, ?, 'block', ?, ?, '', 0)""",
            (draft_id, FAILED, as_typed(refusal.message).stored(), as_typed(refusal.remedy).stored()),
        )
        connection.exec_driver_sql(
            "UPDATE outcome SET state = 'failed', reason_code = 'failed', reason = ? WHERE draft_id = ?",
            (as_typed(refusal.message).stored(), draft_id),
        )
        give_owners(connection, [draft_id], made.at)
        made.record("draft", draft_id, "park", None, {"reason": refusal.message})
    if quiet is not None:
        quiet.own += 1


def finish(book: Book, run: RunFacts, actor: str, now: str) -> RunFacts:
    """Set the run's state by what is left of it, and seal what it issued."""
    with change(book, actor, _("Seal run {number}").format(number=run.number), undoable=False) as made:
        found = finish_within(made.connection, run.id, now)
        seal_run(made, run.id)
        return found


def finish_within(connection: Connection, run_id: int, now: str) -> RunFacts:
    """As `finish`, within the caller's transaction."""
    left = connection.exec_driver_sql(
        "SELECT 1 FROM draft WHERE run_id = ? AND state IN ('ready', 'approved', 'held', 'failed') LIMIT 1", (run_id,)
    ).fetchone()
    connection.exec_driver_sql(
        "UPDATE run SET state = ?, finished_at = ? WHERE id = ?",
        ("review" if left else "done", None if left else now, run_id),
    )
    return run_facts(connection, run_id)
