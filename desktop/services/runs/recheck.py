"""A second look at stored drafts: whether what they bill, or what stands against them, has changed since."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.queries import standing as standing_of
from db.queries.rows import ids_text
from desktop.domain.billing import Draft, recorded_nothing
from desktop.domain.findings import Finding, Sibling
from desktop.domain.wording import Figure, money, phrase, restored
from desktop.services.charging import release
from desktop.services.runs.approvals import SECOND, SecondLook
from desktop.services.runs.drafting import build_client, check_draft, encode_body, firm_gross
from desktop.services.runs.loading import Loaded, load
from desktop.services.runs.owners import give_owners
from desktop.services.runs.planning import waiting_reason
from desktop.services.runs.proving import prove
from desktop.services.runs.scope import RunFacts
from desktop.services.runs.setting import Setting, read_setting

CHANGED = "changed_since_plan"
BY_HAND = "held_by_hand"
FAILED = "failed"

_OPEN = "('ready', 'approved', 'held', 'failed')"


def recheck(
    connection: Connection,
    run: RunFacts,
    draft_ids: Sequence[int],
    *,
    now: str,
    accept: bool = False,
    edited: bool = False,
) -> list[int]:
    """Build the drafts anew from what they reserve and put them before the gate; the ids that may be issued.

    Findings approved before stay approved as long as the draft bills the same. A draft that bills something else now
    takes the new figures and is held, unless `accept` says that a person asked for them. One edited by hand keeps its
    edits until what lies behind it changes; `edited` says that it was edited just now. One that takes two people and
    has one, or that bills something else than they saw, is held for them. `now` is UTC text.
    """
    rows = connection.exec_driver_sql(
        f"""SELECT id, kind, client_id, currency, body, fingerprint, edited, state, gross, severity, net, tax,
        decided_by, seconded_by FROM draft
        WHERE id IN (SELECT value FROM json_each(?)) AND state IN {_OPEN} ORDER BY id""",
        (ids_text(draft_ids),),
    ).fetchall()
    if not rows:
        return []
    setting = read_setting(connection, run.through, run.issue_date)
    drafts = {row[0]: Draft.from_body(row[1], row[2], row[3], json.loads(row[4])) for row in rows}
    pairs = [(draft.client_id, key) for draft in drafts.values() for key in _sources(draft)]
    loaded = load(connection, setting, list(dict.fromkeys(pairs)), list(drafts))
    siblings = _siblings(connection, run, {draft.client_id for draft in drafts.values()}, setting)
    known = _known_findings(connection, list(drafts))
    look = _Look(connection, run.kind == "billing", loaded, setting, siblings, known, accept, edited)
    free = [row[0] for row in rows if look.at(row, drafts[row[0]])]
    held = {row[0] for row in rows if row[7] in ("ready", "approved")} - set(free)
    if held:
        give_owners(connection, held, now, setting.rules)
    return free


class _Row(NamedTuple):
    """A finding as it is stored; message and remedy as `Said.stored` writes them."""

    id: int
    code: str
    severity: str
    message: str
    remedy: str
    field: str
    approved: bool


def _known_findings(connection: Connection, draft_ids: Sequence[int]) -> dict[int, list[_Row]]:
    found: dict[int, list[_Row]] = {}
    for draft_id, *row in connection.exec_driver_sql(
        """SELECT draft_id, id, code, severity, message, remedy, field, approved FROM finding
        WHERE draft_id IN (SELECT value FROM json_each(?)) ORDER BY id""",
        (ids_text(draft_ids),),
    ):
        found.setdefault(draft_id, []).append(_Row(*row))
    return found


def _sources(draft: Draft) -> list[int | None]:
    """The agreements of a draft, and None where it bills something outside them."""
    keys: list[int | None] = [*draft.agreement_ids]
    if not keys or any(charge.agreement_id is None for charge in draft.charges):
        keys.insert(0, None)
    return keys


def _siblings(
    connection: Connection, run: RunFacts, clients: set[int], setting: Setting
) -> dict[int, list[tuple[int, Sibling]]]:
    found: dict[int, list[tuple[int, Sibling]]] = {}
    for draft_id, client, gross, net, currency, po_number, state in standing_of.siblings(
        connection, run.id, ids_text(clients)
    ):
        clear = state in ("ready", "approved")
        sibling = Sibling(gross, net, currency, po_number or "", firm_gross(gross, currency, setting), clear)
        found.setdefault(client, []).append((draft_id, sibling))
    return found


class _Look:
    """One second look at some drafts of a run."""

    def __init__(
        self,
        connection: Connection,
        rebuilds: bool,
        loaded: Loaded,
        setting: Setting,
        siblings: Mapping[int, list[tuple[int, Sibling]]],
        known: Mapping[int, list[_Row]],
        accept: bool,
        edited: bool,
    ) -> None:
        self._connection = connection
        self._rebuilds = rebuilds
        self._loaded = loaded
        self._setting = setting
        self._siblings = siblings
        self._known = known
        self._accept = accept
        self._edited = edited
        self._second = SecondLook(connection)

    def at(self, row: Any, stored: Draft) -> bool:
        """Look at one draft and store what was found; whether it may be issued."""
        draft_id, fingerprint, by_hand = row[0], row[5], bool(row[6])
        fresh = self._rebuilt(stored) if self._rebuilds else None
        now = encode_body(fresh)[1] if fresh else ("" if self._rebuilds else fingerprint)
        changed = now != fingerprint and not self._edited
        draft = stored if by_hand or fresh is None else fresh
        findings: list[Finding] = []
        if changed and fresh is None:
            findings.append(
                Finding(CHANGED, "block", phrase("What it bills is not due any more as it was planned."), _PLAN_AGAIN)
            )
        elif changed and fresh is not None:
            draft = fresh
            self._release(draft_id, fresh)
            if by_hand or not self._accept:
                findings.append(_changed(row, fresh, by_hand))
        before = [sibling for other, sibling in self._siblings.get(stored.client_id, ()) if other < draft_id]
        checked = check_draft(draft, self._loaded, self._setting, 0, before, planning=False)
        if self._loaded.buyers:
            prove(self._connection, [checked], self._setting)
        if not draft.gross and checked.state == "ready" and recorded_nothing(draft):
            findings.append(Finding(CHANGED, "block", phrase("What it bills adds up to nothing."), _PLAN_AGAIN))
        known = self._known.get(draft_id, [])
        findings = [*checked.findings, *findings]
        findings += [
            Finding(BY_HAND, "hold", restored(said.message), restored(said.remedy))
            for said in known
            if said.code == BY_HAND and not said.approved
        ]
        day = self._setting.billing.issue_date
        # Two people saw other figures than these: what they said of them is not carried over.
        anew = changed and any(self._second.needed(net, draft.currency, day) for net in (row[10], draft.net))
        keep = _Approved(() if anew else known, exactly=changed)
        judged = [(one, keep.holds(one)) for one in findings]
        people: tuple[str | None, str | None] = (None, None) if anew else (row[12], row[13])
        if any(_stands(one, was) for one, was in judged):
            people = (people[0], None)
        elif self._asks_second(row, draft, judged, known, anew=anew):
            judged.append((self._second.finding(people[0]), people[1] is not None))
        edited = by_hand and not (changed and fresh is not None)
        return self._store(row, draft, checked.body, judged, now, edited, people, anew=anew)

    def _asks_second(
        self, row: Any, draft: Draft, judged: Sequence[tuple[Finding, bool]], known: Sequence[_Row], *, anew: bool
    ) -> bool:
        """Whether the draft goes out only because somebody approved it, and takes two people."""
        approved = row[7] == "approved" or any(was for _, was in judged) or any(one.code == SECOND for one in known)
        return (
            approved and not anew and self._second.needed(draft.net, draft.currency, self._setting.billing.issue_date)
        )

    def _rebuilt(self, stored: Draft) -> Draft | None:
        """The draft of the same kind and agreements as planning would make it now, from what the stored reserves."""
        sources = _sources(stored)
        drafts, _, _ = build_client(stored.client_id, sources, self._loaded, self._setting, together=len(sources) > 1)
        for draft in drafts:
            same = draft.agreement_ids == stored.agreement_ids and draft.currency == stored.currency
            if same and (draft.kind == "deposit") == (stored.kind == "deposit"):
                return draft
        return None

    def _release(self, draft_id: int, fresh: Draft) -> None:
        """Hours and charges that the draft does not bill any more are not kept for it either."""
        release(self._connection, draft_id, fresh.charges)

    def _store(
        self,
        row: Any,
        draft: Draft,
        body: str,
        judged: Sequence[tuple[Finding, bool]],
        fingerprint: str,
        edited: bool,
        people: tuple[str | None, str | None],
        *,
        anew: bool,
    ) -> bool:
        connection, draft_id = self._connection, row[0]
        findings, kept = [one for one, _ in judged], [was for _, was in judged]
        as_before = _replace_findings(connection, draft_id, self._known.get(draft_id, ()), findings, kept)
        against = [found for found, was in judged if _stands(found, was)]
        approved = (row[7] == "approved" and not anew) or any(kept)
        state = "held" if against else "approved" if approved else "ready"
        worst = next((w for w in ("block", "hold", "note") if any(f.severity == w for f in findings)), None)
        after = (state, worst, draft.kind, draft.net, draft.tax, draft.gross, body, fingerprint, edited, *people)
        before = (row[7], row[9], row[1], row[10], row[11], row[8], row[4], row[5], bool(row[6]), row[12], row[13])
        if as_before and after == before:
            return not against
        connection.exec_driver_sql(
            """UPDATE draft SET state = ?, severity = ?, kind = ?, net = ?, tax = ?, gross = ?, body = ?,
            fingerprint = ?, edited = ?, decided_by = ?, seconded_by = ?, error = '' WHERE id = ?""",
            (*after, draft_id),
        )
        outcome = "held" if against else "ready"
        reason = waiting_reason(outcome, [(f.severity, f.message) for f in against]).stored()
        connection.exec_driver_sql(
            "UPDATE outcome SET state = ?, reason_code = '', reason = ? WHERE draft_id = ?", (outcome, reason, draft_id)
        )
        return not against


def _stands(found: Finding, approved: bool) -> bool:
    """Whether a finding keeps its draft from being issued."""
    return found.severity == "block" or (found.severity == "hold" and not approved)


_PLAN_AGAIN = phrase("Discard it, then begin a new run.")


def _changed(row: Any, fresh: Draft, by_hand: bool) -> Finding:
    figures: dict[str, Figure] = {"then": money(row[8], row[3]), "now": money(fresh.gross, fresh.currency)}
    said = phrase("It changed since it was planned: {then} then, {now} now.", **figures)
    if by_hand:
        said = phrase(
            "It changed since it was planned: {then} then, {now} now. What was changed by hand is gone.", **figures
        )
    return Finding(CHANGED, "hold", said, phrase("Look at it again, then approve."))


class _Approved:
    """What was approved of a draft's findings, and what of it still holds.

    An approval is for a rule and the field that it names, whatever the sentence says by now; with `exactly`, because
    the draft bills something else, only for the very same sentence.
    """

    def __init__(self, known: Sequence[_Row], *, exactly: bool) -> None:
        self._exactly = exactly
        self._said = {(row.code, row.field, row.message) for row in known if row.approved}
        open_still = {(row.code, row.field) for row in known if not row.approved}
        self._ruled = {(row.code, row.field) for row in known if row.approved} - open_still

    def holds(self, found: Finding) -> bool:
        if (found.code, found.field, found.message.stored()) in self._said:
            return True
        return not self._exactly and (found.code, found.field) in self._ruled


def _replace_findings(
    connection: Connection,
    draft_id: int,
    known: Sequence[_Row],
    findings: Sequence[Finding],
    approved: Sequence[bool],
) -> bool:
    """Write the draft's findings as they are now; whether they say what they said before.

    A row that says the same keeps its id, so that a person can still name it.
    """
    left = list(known)
    same = True
    for found, was in zip(findings, approved, strict=True):
        message = found.message.stored()
        alike = [row for row in left if (row.code, row.field) == (found.code, found.field)]
        row = next((one for one in alike if one.message == message), alike[0] if alike else None)
        values = (found.severity, message, found.remedy.stored(), was)
        if row is None:
            same = False
            connection.exec_driver_sql(
                """INSERT INTO finding (severity, message, remedy, approved, draft_id, code, field)
                VALUES (?, ?, ?, ?, ?, ?, ?)""",
                (*values, draft_id, found.code, found.field),
            )
            continue
        left.remove(row)
        if values != (row.severity, row.message, row.remedy, bool(row.approved)):
            same = False
            connection.exec_driver_sql(
                "UPDATE finding SET severity = ?, message = ?, remedy = ?, approved = ? WHERE id = ?", (*values, row.id)
            )
    if left:
        same = False
        connection.exec_driver_sql("DELETE FROM finding WHERE id = ?", [(row.id,) for row in left])
    return same
