"""A second look at stored drafts: whether what they bill, or what stands against them, has changed since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from db.queries.billing import ids_text
from desktop.domain.billing import Draft
from desktop.domain.findings import Finding
from desktop.domain.wording import amount_words
from desktop.services.runs.drafting import Checked, check_draft, draft_client
from desktop.services.runs.loading import Loaded, load
from desktop.services.runs.planning import waiting_reason
from desktop.services.runs.scope import RunFacts
from desktop.services.runs.setting import Setting, read_setting

CHANGED = "changed_since_plan"
BY_HAND = "held_by_hand"


def recheck(connection: Connection, run: RunFacts, draft_ids: Sequence[int], *, accept: bool = False) -> list[int]:
    """Build the drafts anew from what they reserve and put them before the gate; the ids that may be issued.

    Findings approved before stay approved unless the draft itself changed; a changed draft takes the new figures and is
    held, unless `accept` says that a person asked for them. A draft edited by hand keeps its edits.
    """
    if not draft_ids:
        return []
    setting = read_setting(connection, run.through, run.issue_date)
    rows = connection.exec_driver_sql(
        """SELECT id, kind, client_id, currency, body, fingerprint, edited, state, gross FROM draft
        WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id""",
        (ids_text(draft_ids),),
    ).fetchall()
    pairs = []
    for row in rows:
        pairs += [(row[2], agreement) for agreement in json.loads(row[4])["agreements"] or [None]]
    loaded = load(connection, setting, list(dict.fromkeys(pairs)), [row[0] for row in rows])
    free: list[int] = []
    for row in rows:
        if _recheck_one(connection, row, run.kind, loaded, setting, accept):
            free.append(row[0])
    return free


def _recheck_one(
    connection: Connection, row: Any, run_kind: str, loaded: Loaded, setting: Setting, accept: bool
) -> bool:
    draft_id, kind, client_id, currency, body, fingerprint, edited, state, gross = row
    stored = Draft.from_body(kind, client_id, currency, json.loads(body))
    fresh = _rebuild(stored, loaded, setting) if run_kind == "billing" else None
    changed = run_kind == "billing" and (fresh is None or fresh.fingerprint != fingerprint)
    if fresh is None or (edited and not changed):
        checked = check_draft(stored, loaded, setting, planning=False, edited=bool(edited))
        if run_kind != "billing":
            checked.fingerprint = fingerprint
    else:
        checked = fresh
    findings = list(checked.findings)
    if fresh is None and run_kind == "billing":
        findings.append(
            Finding(CHANGED, "block", "What this draft bills is no longer due.", "Discard it and plan again.")
        )
    elif changed and not accept:
        words = f"{amount_words(gross, currency)} then, {amount_words(checked.draft.gross, currency)} now"
        findings.append(
            Finding(CHANGED, "hold", f"It changed since it was planned: {words}.", "Look at it again, then approve.")
        )
    keep = _approved(connection, draft_id) if not changed or accept else set()
    return _store(connection, draft_id, checked, findings, keep, state, changed=changed)


def _rebuild(stored: Draft, loaded: Loaded, setting: Setting) -> Checked | None:
    """The draft of the same kind and agreements as planning would make it now, from what the stored one reserves."""
    wanted: list[int | None] = list(stored.agreement_ids) or [None]
    drafted = draft_client(stored.client_id, wanted, loaded, setting, planning=False)
    for checked in drafted.drafts:
        same = checked.draft.agreement_ids == stored.agreement_ids and checked.draft.currency == stored.currency
        deposit = (checked.draft.kind == "deposit") == (stored.kind == "deposit")
        if same and deposit:
            return checked
    return None


def _approved(connection: Connection, draft_id: int) -> set[str]:
    rows = connection.exec_driver_sql("SELECT code FROM finding WHERE draft_id = ? AND approved = 1", (draft_id,))
    return {row[0] for row in rows}


def _store(
    connection: Connection,
    draft_id: int,
    checked: Checked,
    findings: Sequence[Finding],
    approved: set[str],
    state: str,
    *,
    changed: bool,
) -> bool:
    by_hand = connection.exec_driver_sql(
        "SELECT message, remedy FROM finding WHERE draft_id = ? AND code = ? AND approved = 0", (draft_id, BY_HAND)
    ).fetchone()
    if by_hand is not None:
        findings = [*findings, Finding(BY_HAND, "hold", by_hand[0], by_hand[1])]
    replace_findings(connection, draft_id, findings, approved)
    standing = [f for f in findings if f.severity == "block" or (f.severity == "hold" and f.code not in approved)]
    if standing:
        after = "held"
    else:
        after = "approved" if state == "approved" or approved else "ready"
    worst = next((w for w in ("block", "hold", "note") if any(f.severity == w for f in findings)), None)
    draft = checked.draft
    connection.exec_driver_sql(
        """UPDATE draft SET state = ?, severity = ?, kind = ?, net = ?, tax = ?, gross = ?, body = ?, fingerprint = ?,
        edited = CASE WHEN ? THEN 0 ELSE edited END, error = '' WHERE id = ?""",
        (
            after,
            worst,
            draft.kind,
            draft.net,
            draft.tax,
            draft.gross,
            checked.body,
            checked.fingerprint if changed else _fingerprint(connection, draft_id),
            changed,
            draft_id,
        ),
    )
    outcome = "held" if standing else "ready"
    reason = waiting_reason(outcome, [(f.severity, f.message) for f in (standing or findings)])
    connection.exec_driver_sql(
        "UPDATE outcome SET state = ?, reason_code = '', reason = ? WHERE draft_id = ?", (outcome, reason, draft_id)
    )
    return not standing


def _fingerprint(connection: Connection, draft_id: int) -> str:
    return str(connection.exec_driver_sql("SELECT fingerprint FROM draft WHERE id = ?", (draft_id,)).scalar_one())


def replace_findings(connection: Connection, draft_id: int, findings: Sequence[Finding], approved: set[str]) -> None:
    """The draft's findings now; a row that says the same keeps its id, so that a person can still name it."""
    known = {
        (row[1], row[2]): row[0]
        for row in connection.exec_driver_sql(
            "SELECT id, code, field FROM finding WHERE draft_id = ? ORDER BY id", (draft_id,)
        ).fetchall()
    }
    kept: set[int] = set()
    for found in findings:
        row_id = known.get((found.code, found.field))
        values = (found.severity, found.message, found.remedy, found.code in approved)
        if row_id is not None and row_id not in kept:
            kept.add(row_id)
            connection.exec_driver_sql(
                "UPDATE finding SET severity = ?, message = ?, remedy = ?, approved = ? WHERE id = ?", (*values, row_id)
            )
        else:
            made = connection.exec_driver_sql(
                """INSERT INTO finding (severity, message, remedy, approved, draft_id, code, field)
                VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id""",
                (*values, draft_id, found.code, found.field),
            ).scalar_one()
            kept.add(int(made))
    gone = [row_id for row_id in known.values() if row_id not in kept]
    rows = connection.exec_driver_sql("SELECT id FROM finding WHERE draft_id = ?", (draft_id,)).fetchall()
    gone += [row[0] for row in rows if row[0] not in kept and row[0] not in gone]
    if gone:
        connection.exec_driver_sql("DELETE FROM finding WHERE id = ?", [(row_id,) for row_id in gone])
