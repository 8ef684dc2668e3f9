"""Builds and checks the drafts of one client: what planning, preview, recheck and edit have in common."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from desktop.domain.agreement import Agreement
from desktop.domain.billing import (
    ZERO_TOTAL,
    Billing,
    Draft,
    Skip,
    build,
    build_one_offs,
    combine,
    recorded_nothing,
    worthless,
)
from desktop.domain.billing.taxing import Taxing
from desktop.domain.findings import Case, Finding, Sibling, check
from desktop.domain.findings.rule import NOBODY, in_firm
from desktop.domain.wording import phrase, phrases
from desktop.services.runs.loading import Loaded
from desktop.services.runs.setting import Setting

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Checked:
    """A draft with what the gate found. State is ready or held; `agreements` are those whose outcome it carries.

    `previous` is the net of the agreement's last invoice; `id` is 0 until it is stored.
    """

    draft: Draft
    findings: list[Finding]
    body: str
    fingerprint: str
    agreements: list[int] = field(default_factory=list)
    previous: int | None = None
    id: int = 0
    segment_id: int | None = None

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


def encode_body(draft: Draft) -> tuple[str, str]:
    """The draft's body as JSON text, and its fingerprint."""
    body = _encode(draft.body())
    return body, hashlib.sha256(body.encode()).hexdigest()


def draft_client(
    client_id: int, agreement_ids: Iterable[int | None], loaded: Loaded, setting: Setting, *, planning: bool = True
) -> Drafted:
    """Build and check all drafts of a client among the given agreements (None: its one-offs outside agreements)."""
    drafted = Drafted(client_id)
    if client_id not in loaded.clients:
        return drafted
    drafts, unpriced, drafted.skipped = build_client(client_id, agreement_ids, loaded, setting)
    before: list[Sibling] = []
    for draft in drafts:
        count = sum(unpriced.get(key, 0) for key in draft.agreement_ids)
        checked = check_draft(draft, loaded, setting, count, before, planning=planning)
        if checked.state == "ready" and recorded_nothing(draft):
            # Without the rule on missing records there is nothing to wait for.
            drafted.skipped += [(key, ZERO_TOTAL) for key in draft.agreement_ids]
            continue
        drafted.drafts.append(checked)
        before.append(sibling_of(draft, setting, clear=checked.state == "ready"))
    _assign_outcomes(drafted)
    return drafted


def build_client(
    client_id: int,
    agreement_ids: Iterable[int | None],
    loaded: Loaded,
    setting: Setting,
    *,
    together: bool | None = None,
) -> tuple[list[Draft], Mapping[int, int], list[tuple[int | None, Skip]]]:
    """(drafts, time entries without a rate by agreement, agreements without a draft and why), not checked yet.

    `together` joins what may stand on one invoice, by default where the client wants it so.
    """
    client = loaded.clients[client_id]
    skipped: list[tuple[int | None, Skip]] = []
    unpriced: dict[int, int] = {}
    # All that an agreement's segment can change of the tax is the code of items without one.
    taxings: dict[str, Taxing] = {}
    drafts: list[Draft] = []
    for agreement_id in agreement_ids:
        if agreement_id is None:
            built = build_one_offs(client, loaded.outside.get(client_id, ()), setting.billing)
        else:
            run = loaded.reserved.get(agreement_id)
            if run is not None:
                skipped.append(
                    (agreement_id, Skip("waiting", phrase("Its draft of run {run} still waits for review.", run=run)))
                )
                continue
            agreement = loaded.agreements.get(agreement_id)
            if agreement is None:
                # Deleted after the run began.
                continue
            told = loaded.client_of(agreement)
            taxing = taxings.setdefault(told.tax_code, Taxing(setting.billing, told))
            built = build(agreement, told, loaded.work[agreement_id], setting.billing, taxing)
            if built.unpriced_time:
                unpriced[agreement_id] = len(built.unpriced_time)
        if built.skip is not None:
            reason = built.skip
            if built.unpriced_time:
                reason = _no_rate(len(built.unpriced_time))
            skipped.append((agreement_id, reason))
        drafts += built.drafts
    if (client.combine if together is None else together) and len(drafts) > 1:
        drafts = _joined(drafts, loaded, setting.billing, skipped)
    return drafts, unpriced, skipped


def _no_rate(entries: int) -> Skip:
    return Skip(
        "no_price",
        phrases(
            "{count} time entry has no rate: set one on the agreement's line or the rate card.",
            "{count} time entries have no rate: set one on the agreement's line or the rate card.",
            count=entries,
        ),
    )


def _joined(
    drafts: list[Draft], loaded: Loaded, billing: Billing, skipped: list[tuple[int | None, Skip]]
) -> list[Draft]:
    titles = {key: agreement.title or agreement.code for key, agreement in loaded.agreements.items()}
    kept = []
    for draft in combine(drafts, titles, billing):
        if draft.gross or not worthless(draft):
            kept.append(draft)
        else:
            skipped += [(key, ZERO_TOTAL) for key in draft.agreement_ids]
    return kept


def _assign_outcomes(drafted: Drafted) -> None:
    """Each agreement has one outcome: its invoice's draft has it, a deposit beside it stands for the client alone."""
    taken: set[int] = set()
    for checked in sorted(drafted.drafts, key=lambda one: one.draft.kind == "deposit"):
        checked.agreements = [key for key in checked.draft.agreement_ids if key not in taken]
        taken.update(checked.agreements)
    drafted.skipped = [(key, skip) for key, skip in drafted.skipped if key not in taken]


def sibling_of(draft: Draft, setting: Setting, *, clear: bool) -> Sibling:
    """A draft as the later ones of its client in the same run see it."""
    return Sibling(
        draft.gross, draft.net, draft.currency, draft.po_number, firm_gross(draft.gross, draft.currency, setting), clear
    )


def firm_gross(gross: int, currency: str, setting: Setting) -> int:
    return in_firm(gross, currency, setting.billing.firm.currency, setting.rates.get(currency))


def check_draft(
    draft: Draft,
    loaded: Loaded,
    setting: Setting,
    unpriced_time: int = 0,
    siblings: Sequence[Sibling] = (),
    *,
    planning: bool = True,
) -> Checked:
    """The draft before the gate; `siblings` are the client's drafts that go before it in the run."""
    client = loaded.clients[draft.client_id]
    agreements: list[Agreement] = [loaded.agreements[key] for key in draft.agreement_ids if key in loaded.agreements]
    first = agreements[0] if agreements else None
    series = "credit_note" if draft.gross < 0 else draft.kind
    standing = replace(
        loaded.agreement_standing[first.id] if first else loaded.client_standing[client.id],
        siblings=tuple(siblings),
        series_last=setting.series_last.get(series, setting.series_last.get("invoice")),
        rate=setting.rates.get(draft.currency),
    )
    case = Case(
        draft=draft,
        client=client,
        agreements=agreements,
        work=loaded.work,
        standing=standing,
        billing=setting.billing,
        unpriced_time=unpriced_time,
        planning=planning,
        buyer=loaded.buyers.get(client.id, NOBODY),
    )
    segment = (first.segment_id if first else None) or client.segment_id
    findings = check(case, setting.rules.of(segment, client.id, first.id if first else None))
    body, fingerprint = encode_body(draft)
    previous = standing.last.net if standing.last else None
    return Checked(draft, findings, body, fingerprint, list(draft.agreement_ids), previous, segment_id=segment)
