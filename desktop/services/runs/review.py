"""What a person does with the exceptions of a run beside approving them: hold, look again, discard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.engine import Book
from db.queries.rows import ids_text
from desktop.domain.billing import Draft
from desktop.domain.money import unscaled
from desktop.domain.wording import as_typed, phrase
from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.saying import told
from desktop.services.changes import Change, change
from desktop.services.charging import release
from desktop.services.runs.approvals import forget_approvals, open_findings
from desktop.services.runs.decisions import decided
from desktop.services.runs.issuing_runs import finish_within
from desktop.services.runs.owners import give_owners
from desktop.services.runs.recheck import BY_HAND, recheck
from desktop.services.runs.scope import run_facts


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One finding that keeps a draft from being issued; amount is the draft's net in minor units.

    `owner` is who looks at it before `due_at` (UTC text); each is empty where nothing says so.
    """

    id: int
    draft_id: int
    run: str
    client: str
    client_name: str
    agreement: str
    amount: int
    currency: str
    severity: str
    code: str
    message: str
    remedy: str
    field: str
    owner: str = ""
    due_at: str = ""


def exceptions(book: Book, run_number: str | None = None) -> list[ExceptionRow]:
    """The open blocks and holds, of one run or of all, in the order of the drafts."""
    with book.reading() as session:
        connection = session.connection()
        where, values = "", ()
        if run_number is not None:
            where, values = "AND r.id = ?", (run_facts(connection, run_number).id,)  # type: ignore[assignment]
        rows = connection.exec_driver_sql(
            f"""SELECT f.id, d.id, r.number, c.code, c.name,
            coalesce((SELECT group_concat(a.code, ', ') FROM json_each(d.body, '$.agreements') j
              JOIN agreement a ON a.id = j.value), ''), d.net, d.currency, f.severity, f.code, f.message, f.remedy,
            f.field, coalesce(p.name, ''), coalesce(d.due_at, '')
            FROM finding f JOIN draft d ON d.id = f.draft_id JOIN run r ON r.id = d.run_id
            JOIN client c ON c.id = d.client_id LEFT JOIN person p ON p.id = d.owner_id
            WHERE d.state IN ('held', 'failed') AND f.approved = 0 AND f.severity <> 'note' {where}
            ORDER BY d.id, f.id""",
            values,
        ).fetchall()
        return [ExceptionRow(*(*row[:10], told(row[10]), told(row[11]), *row[12:])) for row in rows]


def hold(book: Book, finding_ids: Sequence[int], note: str, *, actor: str, now: str) -> int:
    """Hold the drafts of these findings back, whatever was approved. The count of drafts held."""
    with book.reading() as session:
        drafts = list(dict.fromkeys(row.draft_id for row in open_findings(session.connection(), finding_ids)))
    return hold_drafts(book, drafts, note, actor=actor, now=now)


def hold_drafts(book: Book, draft_ids: Sequence[int], note: str, *, actor: str, now: str) -> int:
    """Hold drafts back until someone approves them. The count of drafts held."""
    summary = ngettext("Hold {count} draft", "Hold {count} drafts", len(draft_ids)).format(count=len(draft_ids))
    with change(book, actor, summary) as made:
        connection = made.connection
        rows = connection.exec_driver_sql(
            """SELECT id FROM draft WHERE id IN (SELECT value FROM json_each(?))
            AND state IN ('ready', 'held', 'approved', 'failed')""",
            (ids_text(draft_ids),),
        ).fetchall()
        message = (as_typed(note) if note else phrase("Held by hand.")).stored()
        remedy = phrase("Approve it when it may go out.").stored()
        with decided(made, draft_ids):
            for (draft_id,) in rows:
                forget_approvals(connection, draft_id)
                connection.exec_driver_sql("DELETE FROM finding WHERE draft_id = ? AND code = ?", (draft_id, BY_HAND))
                connection.exec_driver_sql(
                    """INSERT INTO finding (draft_id, code, severity, message, remedy, field, approved)
                    VALUES (?, ?, 'hold', ?, ?, '', 0)""",
                    (draft_id, BY_HAND, message, remedy),
                )
                connection.exec_driver_sql(
                    """UPDATE draft SET state = 'held',
                    severity = CASE severity WHEN 'block' THEN 'block' ELSE 'hold' END, decided_by = ?,
                    decided_at = ?, decision_note = ? WHERE id = ?""",
                    (actor, now, note, draft_id),
                )
                connection.exec_driver_sql(
                    "UPDATE outcome SET state = 'held', reason = ? WHERE draft_id = ?", (message, draft_id)
                )
                made.record("draft", draft_id, "hold", None, {"note": note})
            give_owners(connection, [row[0] for row in rows], now)
        return len(rows)


def look_again(book: Book, draft_ids: Sequence[int], *, actor: str) -> int:
    """Build drafts anew after something was mended, with the new figures; the count that nothing stands against."""
    count = len(draft_ids)
    summary = ngettext("Look again at {count} draft", "Look again at {count} drafts", count).format(count=count)
    with change(book, actor, summary, undoable=False) as made:
        rows = made.connection.exec_driver_sql(
            """SELECT id, run_id FROM draft WHERE id IN (SELECT value FROM json_each(?))
            AND state IN ('ready', 'held', 'approved', 'failed')""",
            (ids_text(draft_ids),),
        ).fetchall()
        by_run: dict[int, list[int]] = {}
        for draft_id, run_id in rows:
            by_run.setdefault(run_id, []).append(draft_id)
        free = 0
        for run_id, ids in by_run.items():
            free += len(recheck(made.connection, run_facts(made.connection, run_id), ids, now=made.at, accept=True))
        made.record("draft", None, "recheck", None, {"drafts": [row[0] for row in rows], "free": free})
        return free


def discard(book: Book, draft_ids: Sequence[int], *, actor: str) -> int:
    """Drop drafts; what they reserved is free again. The count of drafts dropped. A run with nothing left is done."""
    summary = ngettext("Discard {count} draft", "Discard {count} drafts", len(draft_ids)).format(count=len(draft_ids))
    with change(book, actor, summary, undoable=False) as made:
        count = discard_within(made, draft_ids)
        for (run_id,) in made.connection.exec_driver_sql(
            """SELECT DISTINCT r.id FROM run r JOIN draft d ON d.run_id = r.id
            WHERE d.id IN (SELECT value FROM json_each(?)) AND r.state = 'review'""",
            (ids_text(draft_ids),),
        ).fetchall():
            finish_within(made.connection, run_id, made.at)
        return count


def discard_within(made: Change, draft_ids: Sequence[int]) -> int:
    connection = made.connection
    rows = connection.exec_driver_sql(
        """SELECT id FROM draft WHERE id IN (SELECT value FROM json_each(?))
        AND state IN ('ready', 'held', 'approved', 'failed')""",
        (ids_text(draft_ids),),
    ).fetchall()
    for (draft_id,) in rows:
        release(connection, draft_id)
        connection.exec_driver_sql("UPDATE draft SET state = 'discarded' WHERE id = ?", (draft_id,))
        connection.exec_driver_sql(
            "UPDATE outcome SET state = 'skipped', reason_code = 'discarded', reason = ? WHERE draft_id = ?",
            (phrase("The draft was discarded by {actor}.", actor=made.actor).stored(), draft_id),
        )
        made.record("draft", draft_id, "discard")
    return len(rows)


def discard_run(book: Book, run_number: str, *, actor: str, now: str) -> int:
    """Give up what a run has not issued; what it issued stands. The count of drafts dropped."""
    with change(book, actor, _("Discard run {number}").format(number=run_number), undoable=False) as made:
        run = run_facts(made.connection, run_number)
        if run.state in ("done", "discarded"):
            said = _("Run {number} is done; there is nothing left to discard.")
            if run.state == "discarded":
                said = _("Run {number} was discarded; there is nothing left to discard.")
            raise UserError(said.format(number=run.number))
        rows = made.connection.exec_driver_sql(
            "SELECT id FROM draft WHERE run_id = ? AND state IN ('ready', 'held', 'approved', 'failed')", (run.id,)
        ).fetchall()
        count = discard_within(made, [row[0] for row in rows])
        kept = made.connection.exec_driver_sql(
            "SELECT 1 FROM outcome WHERE run_id = ? AND state = 'issued' LIMIT 1", (run.id,)
        ).fetchone()
        made.connection.exec_driver_sql(
            "UPDATE run SET state = ?, finished_at = ? WHERE id = ?", ("done" if kept else "discarded", now, run.id)
        )
        made.record("run", run.id, "discard", None, {"drafts": count})
        return count


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line of a draft as a person edits it; quantity and price are Decimals in major units, net in minor ones."""

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    base_quantity: Decimal
    net: int
    period_start: str | None
    period_end: str | None
    deducts: bool


def draft_lines(book: Book, draft_id: int) -> tuple[str, str, list[DraftLine]]:
    """(currency, first words, lines) of a draft. UserError where it is gone."""
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql("SELECT kind, client_id, currency, body FROM draft WHERE id = ?", (draft_id,))
            .fetchone()
        )
    if row is None:
        raise UserError(_("The draft is not there any more."), _("Reload the run."))
    draft = Draft.from_body(row[0], row[1], row[2], json.loads(row[3]))
    return (
        draft.currency,
        draft.note,
        [
            DraftLine(
                line.position,
                line.description,
                unscaled(line.quantity),
                line.unit,
                unscaled(line.unit_price),
                unscaled(line.base_quantity),
                line.net,
                line.period_start,
                line.period_end,
                line.deducts_id is not None,
            )
            for line in draft.lines
        ],
    )
