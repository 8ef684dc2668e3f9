"""Builds and checks the drafts of one client: what planning, preview, recheck and edit have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from desktop.domain.agreement import Agreement
from desktop.domain.billing import Billing, Draft, Skip, build, build_one_offs, combine
from desktop.domain.findings import Case, Finding, Similar, Standing, check
from desktop.services.runs.loading import Loaded
from desktop.services.runs.setting import Setting

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Checked:
    """A draft with what the gate found. State is ready or held; `agreements` are those whose outcome it carries."""

    draft: Draft
    findings: list[Finding]
    body: str
    fingerprint: str
    agreements: list[int] = field(default_factory=list)
    previous: int | None = None

    @property
    def state(self) -> str:
        return "held" if any(found.severity != "note" for found in self.findings) else "ready"

    @property
    def severity(self) -> str | None:
        found = {finding.severity for finding in self.findings}
        return next((word for word in ("block", "hold", "note") if word in found), None)


@dataclass(slots=True)
class Drafted:
    """What became of one client: drafts, and the agreements that have none with their reasons."""

    client_id: int
    drafts: list[Checked] = field(default_factory=list)
    skipped: list[tuple[int | None, Skip]] = field(default_factory=list)


@dataclass(slots=True)
class _Parts:
    unpriced: list[str] = field(default_factory=list)
    unpriced_time: int = 0


def encode_body(draft: Draft) -> tuple[str, str]:
    """The draft's body as JSON text, and its fingerprint."""
    body = _encode(draft.body())
    return body, hashlib.sha256(body.encode()).hexdigest()


def draft_client(
    client_id: int, agreement_ids: Iterable[int | None], loaded: Loaded, setting: Setting, *, planning: bool = True
) -> Drafted:
    """Build and check all drafts of a client among the given agreements (None: its one-offs outside agreements)."""
    client = loaded.clients[client_id]
    drafted = Drafted(client_id)
    parts: dict[int, _Parts] = {}
    built_drafts: list[Draft] = []
    for agreement_id in agreement_ids:
        if agreement_id is None:
            built = build_one_offs(client, loaded.outside.get(client_id, ()), setting.billing)
        else:
            run = loaded.reserved.get(agreement_id)
            if run is not None:
                drafted.skipped.append(
                    (agreement_id, Skip("waiting", f"Its draft of run {run} still waits for review."))
                )
                continue
            agreement = loaded.agreements[agreement_id]
            built = build(agreement, client, loaded.work[agreement_id], setting.billing)
        if built.skip is not None:
            reason = built.skip
            if built.unpriced_time:
                hours = len(built.unpriced_time)
                reason = Skip("no_price", f"{hours} time entries have no rate: set one on the line or the rate card.")
            drafted.skipped.append((agreement_id, reason))
            continue
        for draft in built.drafts:
            parts[id(draft)] = _Parts(built.unpriced, len(built.unpriced_time))
        built_drafts += built.drafts
    for draft in _joined(built_drafts, client.combine, loaded, setting.billing, parts):
        if draft.gross == 0 and not parts[id(draft)].unpriced:
            keys: list[int | None] = [*draft.agreement_ids]
            for agreement_id in keys or [None]:
                drafted.skipped.append((agreement_id, Skip("zero_total", "What is due adds up to nothing.")))
            continue
        drafted.drafts.append(check_draft(draft, loaded, setting, parts[id(draft)], drafted.drafts, planning=planning))
    _assign_outcomes(drafted)
    return drafted


def _joined(
    drafts: list[Draft], together: bool, loaded: Loaded, billing: Billing, parts: dict[int, _Parts]
) -> list[Draft]:
    if not together or len(drafts) < 2:
        return drafts
    titles = {key: agreement.title or agreement.code for key, agreement in loaded.agreements.items()}
    joined = combine(drafts, titles, billing)
    for draft in joined:
        if id(draft) not in parts:
            mine = [
                parts[id(part)]
                for part in drafts
                if part.kind == draft.kind and set(part.agreement_ids) & set(draft.agreement_ids)
            ]
            parts[id(draft)] = _Parts(
                [text for part in mine for text in part.unpriced], sum(p.unpriced_time for p in mine)
            )
    return joined


def _assign_outcomes(drafted: Drafted) -> None:
    """Each agreement has one outcome: its invoice's draft has it, a deposit beside it stands for the client alone."""
    taken: set[int] = set()
    for checked in sorted(drafted.drafts, key=lambda one: one.draft.kind == "deposit"):
        checked.agreements = [key for key in checked.draft.agreement_ids if key not in taken]
        taken.update(checked.agreements)


def check_draft(
    draft: Draft,
    loaded: Loaded,
    setting: Setting,
    parts: Any = None,
    siblings: Sequence[Checked] = (),
    *,
    planning: bool = True,
    edited: bool = False,
) -> Checked:
    """The draft before the gate."""
    client = loaded.clients[draft.client_id]
    agreements: list[Agreement] = [loaded.agreements[key] for key in draft.agreement_ids if key in loaded.agreements]
    first = agreements[0] if agreements else None
    base = loaded.agreement_standing[first.id] if first else loaded.client_standing[client.id]
    standing: Standing = replace(base)
    standing.series_last = setting.series_last.get(draft.kind, setting.series_last.get("invoice"))
    standing.rate = setting.rates.get(draft.currency)
    if siblings:
        standing.similar = (
            *standing.similar,
            *(
                Similar("Another draft of this run", setting.billing.issue_date, one.draft.gross, one.draft.currency)
                for one in siblings
            ),
        )
    case = Case(
        draft=draft,
        client=client,
        agreements=agreements,
        work=loaded.work,
        standing=standing,
        billing=setting.billing,
        unpriced=parts.unpriced if parts else (),
        unpriced_time=parts.unpriced_time if parts else 0,
        edited=edited,
        planning=planning,
    )
    segment = (first.segment_id if first else None) or client.segment_id
    findings = check(case, setting.rules.of(segment, client.id, first.id if first else None))
    body, fingerprint = encode_body(draft)
    previous = standing.last.net if standing.last else None
    return Checked(draft, findings, body, fingerprint, list(draft.agreement_ids), previous)
