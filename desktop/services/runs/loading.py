"""Loads some hundred agreements with all that billing and the gate want to know, in a fixed count of queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from db.queries import billing as queries
from db.queries import einvoicing, families, hours, usage
from db.queries import standing as standing_of
from db.queries.rows import ids_text
from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.agreement_terms import Terms
from desktop.domain.billing import ChargedSpan, ClientFacts, Deposit, OneOff, TimeEntry, Work
from desktop.domain.billing.einvoicing import BuyerFacts
from desktop.domain.billing.facts import TierBilled
from desktop.domain.einvoice_form import NONE
from desktop.domain.findings import LastInvoice, Similar, Standing
from desktop.domain.findings.rule import in_firm
from desktop.domain.money import spread
from desktop.domain.periods import Alignment, Cadence, Interval, Unit
from desktop.services.runs.commitment_loading import load_commitments, load_prepayments
from desktop.services.runs.project_loading import load_projects
from desktop.services.runs.setting import SegmentFacts, Setting
from desktop.services.runs.unused_loading import load_unused
from desktop.services.runs.usage_loading import load_usage

_NO_SEGMENT = SegmentFacts(0, "")


@dataclass(slots=True)
class Loaded:
    """One chunk: clients, agreements, their work, one-offs outside agreements, and how everybody stands.

    `clients` inherit from their own segment, `clients_as` from the segment that an agreement of theirs is in. `buyers`
    are those who may get an e-invoice.
    """

    clients: dict[int, ClientFacts] = field(default_factory=dict)
    clients_as: dict[tuple[int, int], ClientFacts] = field(default_factory=dict)
    agreements: dict[int, Agreement] = field(default_factory=dict)
    work: dict[int, Work] = field(default_factory=dict)
    outside: dict[int, list[OneOff]] = field(default_factory=dict)
    reserved: dict[int, str] = field(default_factory=dict)
    client_standing: dict[int, Standing] = field(default_factory=dict)
    agreement_standing: dict[int, Standing] = field(default_factory=dict)
    buyers: dict[int, BuyerFacts] = field(default_factory=dict)

    def client_of(self, agreement: Agreement) -> ClientFacts:
        """The client with what it inherits for this agreement."""
        return self.clients_as.get((agreement.client_id, agreement.segment_id or 0), self.clients[agreement.client_id])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def load(
    connection: Connection,
    setting: Setting,
    pairs: Sequence[tuple[int, int | None]],
    draft_ids: Sequence[int] | None = None,
) -> Loaded:
    """All about the (client id, agreement id or None) pairs; with `draft_ids`, only what those drafts reserve."""
    loaded = Loaded()
    through = setting.billing.through
    client_ids = ids_text(dict.fromkeys(client for client, _ in pairs))
    ids = ids_text(agreement for _, agreement in pairs if agreement is not None)
    drafts = ids_text(draft_ids) if draft_ids is not None else None
    _load_agreements(connection, ids, loaded)
    _load_clients(connection, client_ids, setting, loaded)
    _load_charged(connection, ids, loaded)
    load_unused(connection, loaded.agreements.values(), loaded.work)
    load_commitments(connection, ids, through, loaded.work)
    for row in queries.time_entries(connection, ids, through.isoformat(), drafts):
        loaded.work[row[1]].time.append(
            TimeEntry(row[0], row[1], row[2], date.fromisoformat(row[3]), row[4], row[5], row[6], row[7])
        )
    outside = {client for client, agreement in pairs if agreement is None}
    for row in queries.one_offs(connection, ids, client_ids, through.isoformat(), drafts):
        one_off = OneOff(row[0], row[2], row[3], row[4], date.fromisoformat(row[5]), row[6], row[7], row[8], row[9])
        if row[2] is not None:
            loaded.work[row[2]].one_offs.append(one_off)
        elif row[1] in outside:
            loaded.outside.setdefault(row[1], []).append(one_off)
    capped = [agreement.id for agreement in loaded.agreements.values() if agreement.cap is not None]
    for agreement_id, amount in queries.time_billed(connection, ids_text(capped)) if capped else ():
        loaded.work[agreement_id].time_billed = amount
    _load_tiers(connection, setting.billing.prices.graduated, loaded)
    load_projects(connection, ids, through, drafts, loaded.agreements, loaded.work)
    _load_deposits(connection, ids, loaded)
    load_usage(connection, loaded.agreements.values(), loaded.work, through, setting.billing.taxes.values(), drafts)
    if draft_ids is None:
        loaded.reserved = {row[0]: row[1] for row in queries.reserved(connection, ids)}
    _load_standing(connection, client_ids, ids, setting, loaded)
    _load_buyers(connection, loaded)
    return loaded


def _load_buyers(connection: Connection, loaded: Loaded) -> None:
    """Most books send no e-invoice, and ask nothing here."""
    told = [
        *((client.id, client.einvoice_for(client.delivery)) for client in loaded.clients.values()),
        *(
            (agreement.client_id, client.einvoice_for(agreement.delivery or client.delivery))
            for agreement in loaded.agreements.values()
            if agreement.delivery or agreement.segment_id
            for client in (loaded.client_of(agreement),)
        ),
    ]
    wanted = dict.fromkeys(client for client, form in told if form != NONE)
    if wanted:
        for client, *facts in einvoicing.buyers(connection, ids_text(wanted)):
            loaded.buyers[client] = BuyerFacts(*facts)


def _load_tiers(connection: Connection, items: frozenset[int], loaded: Loaded) -> None:
    """What stands billed in tiers under the agreements with hours that a graduated card may price."""
    if not items:
        return
    tiered = [
        agreement_id
        for agreement_id, work in loaded.work.items()
        if any(entry.item_id is None or entry.item_id in items for entry in work.time)
    ]
    for agreement_id, *tier in hours.in_tiers(connection, ids_text(tiered)) if tiered else ():
        item_id, day, high, units = tier
        loaded.work[agreement_id].tiers.append(TierBilled(item_id, date.fromisoformat(day), high, units))


def load_agreements(connection: Connection, agreement_ids: Iterable[int]) -> Loaded:
    """The agreements and what is billed of their lines, and nothing else: for lists, which judge nobody."""
    loaded = Loaded()
    ids = ids_text(agreement_ids)
    _load_agreements(connection, ids, loaded)
    _load_charged(connection, ids, loaded)
    for agreement_id, line_id, last in usage.closed(connection, ids):
        end = date.fromisoformat(last)
        loaded.work[agreement_id].charged[line_id] = ChargedSpan(min(loaded.agreements[agreement_id].start, end), end)
    return loaded


def load_clients(connection: Connection, client_ids: Iterable[int], setting: Setting) -> dict[int, ClientFacts]:
    """Clients as they are now, with what they inherit from their own segment."""
    loaded = Loaded()
    _load_clients(connection, ids_text(client_ids), setting, loaded)
    return loaded.clients


def _load_clients(connection: Connection, client_ids: str, setting: Setting, loaded: Loaded) -> None:
    own: dict[int, Any] = {}
    for row in queries.clients(connection, client_ids):
        own[row[0]] = row
        loaded.clients[row[0]] = _client(row, setting.segments.get(row[11]), setting)
    for agreement in loaded.agreements.values():
        segment_id, row = agreement.segment_id, own[agreement.client_id]
        if segment_id and segment_id != row[11] and (row[0], segment_id) not in loaded.clients_as:
            loaded.clients_as[(row[0], segment_id)] = _client(row, setting.segments[segment_id], setting)


def _client(row: Any, segment: SegmentFacts | None, setting: Setting) -> ClientFacts:
    firm, segment = setting.billing.firm, segment or _NO_SEGMENT
    return ClientFacts(
        id=row[0],
        code=row[1],
        name=row[2],
        country=row[3],
        currency=row[4],
        street=row[5],
        postcode=row[6],
        city=row[7],
        tax_id=row[8],
        is_business=bool(row[9]),
        tax_treatment=row[10],
        segment_id=row[11],
        terms=row[12] or segment.terms or firm.terms,
        language=row[13] or segment.language or firm.language,
        delivery=row[14] or segment.delivery or firm.delivery,
        template_id=row[15] or segment.template_id or firm.template_id,
        tax_code=segment.tax_code,
        combine=bool(row[16]),
        po_required=bool(row[17]),
        buyer_reference=row[18],
        buyer_reference_required=bool(row[19]),
        credit_limit=row[20],
        on_hold=bool(row[21]),
        hold_reason=row[22],
        disputed=bool(row[23]),
        email=row[24],
        region=row[25],
        place_of_supply=row[26],
        tax_certificate=row[27],
        einvoice=row[28] or "",
        einvoice_inherited=segment.einvoice or firm.einvoice,
        contact=row[29],
        street2=row[30],
    )


def _load_agreements(connection: Connection, ids: str, loaded: Loaded) -> None:
    prices: dict[int, list[tuple[date, int]]] = {}
    for line_id, valid_from, price in queries.price_changes(connection, ids):
        prices.setdefault(line_id, []).append((date.fromisoformat(valid_from), price))
    lines: dict[int, list[AgreementLine]] = {}
    for row in queries.lines(connection, ids):
        line = AgreementLine._make((*row[1:9], _day(row[9]), _day(row[10]), tuple(prices.get(row[1], ())), *row[11:]))
        lines.setdefault(row[0], []).append(line)
    breaks: dict[int, list[tuple[date, date | None]]] = {}
    for agreement_id, first, resumed in queries.pauses(connection, ids):
        breaks.setdefault(agreement_id, []).append((date.fromisoformat(first), _day(resumed)))
    prepaid = load_prepayments(connection, ids)
    for row in queries.agreements(connection, ids):
        loaded.agreements[row[0]] = Agreement(
            id=row[0],
            code=row[1],
            title=row[2],
            client_id=row[3],
            segment_id=row[4],
            billing=row[5],
            currency=row[6],
            cadence=_cadence(row[7], row[8], row[9], row[10], row[11], row[13]),
            timing=row[12],
            start=date.fromisoformat(row[14]),
            end=_end(row),
            lines=tuple(lines.get(row[0], ())),
            trial_until=_day(row[16]),
            charged_through=_day(row[17]),
            pauses=tuple(breaks.get(row[0], ())),
            grouping=row[18],
            cap=row[19],
            deposits=row[20],
            is_final=bool(row[21]),
            po_number=row[22],
            po_limit=row[23],
            po_expires=_day(row[24]),
            buyer_reference=row[25],
            terms=row[26],
            delivery=row[27],
            template_id=row[28],
            discount=row[29],
            discount_reason=row[30],
            active=bool(row[31]),
            unused=row[32],
            agreed=row[33],
            budget=row[34],
            prepayments=prepaid.get(row[0], ()),
            term=_terms(row[35:]) if row[36] else None,
        )
        loaded.work[row[0]] = Work()


def _end(row: Any) -> date | None:
    """What was ended ends then; and a term that nobody has renewed yet ends what asks for it."""
    end = _day(row[15])
    if row[35] != "ask" or not row[36]:
        return end
    term = date.fromisoformat(row[36])
    return term if end is None or term < end else end


def _terms(row: Any) -> Terms:
    return Terms(row[0], _day(row[1]), row[2], row[3], row[4], row[5], _day(row[6]))


@lru_cache(maxsize=1024)
def _cadence(count: int, unit: Unit, alignment: Alignment, anchor: str, bill_day: int | None, fixed_30: int) -> Cadence:
    """Most agreements share a few."""
    return Cadence(Interval(count, unit), alignment, date.fromisoformat(anchor), bill_day, bool(fixed_30))


def _load_charged(connection: Connection, ids: str, loaded: Loaded) -> None:
    """What is billed: the whole span where it is unbroken, piece by piece where a credit note freed days within."""
    by_line = {line.id: (agreement, line) for agreement in loaded.agreements.values() for line in agreement.lines}
    broken: list[int] = []
    for line_id, first, last, days in queries.charged(connection, ids):
        agreement, line = by_line[line_id]
        start, end = date.fromisoformat(first), date.fromisoformat(last)
        begin = max(day for day in (agreement.start, line.start, agreement.trial_until) if day is not None)
        if agreement.charged_through and agreement.charged_through > begin:
            begin = agreement.charged_through
        loaded.work[agreement.id].charged[line_id] = ChargedSpan(start, end)
        if days != (end - start).days or begin < start:
            broken.append(line_id)
    if broken:
        spans: dict[int, list[tuple[date, date]]] = {}
        for line_id, first, last in queries.charged_spans(connection, ids_text(broken)):
            spans.setdefault(line_id, []).append((date.fromisoformat(first), date.fromisoformat(last)))
        for line_id, pieces in spans.items():
            work = loaded.work[by_line[line_id][0].id]
            work.charged[line_id] = replace(work.charged[line_id], spans=tuple(pieces))


def _load_deposits(connection: Connection, ids: str, loaded: Loaded) -> None:
    groups: dict[int, list[Any]] = {}
    for row in queries.deposits(connection, ids):
        groups.setdefault(row[1], []).append(row)
    for rows in groups.values():
        agreement, invoice, number, issued, currency, payable, still_open, received = rows[0][:8]
        whole = [row[11] for row in rows]
        basis = sum(whole) if received >= payable else sum(whole) * received // payable
        left = [
            (part - row[12], row[8], row[9], row[10], row[13])
            for part, row in zip(spread(basis, whole), rows, strict=True)
            if part > row[12]
        ]
        if left or still_open:
            loaded.work[agreement].deposits.append(
                Deposit(invoice, number, date.fromisoformat(issued), currency, tuple(left), still_open)
            )


def _load_standing(connection: Connection, client_ids: str, ids: str, setting: Setting, loaded: Loaded) -> None:
    today, firm_currency = setting.billing.issue_date, setting.billing.firm.currency
    standing = loaded.client_standing = {client: Standing() for client in loaded.clients}
    merged = families.members(connection, client_ids)
    if merged:
        # What was issued to them before counts for the client that they turned out to be.
        client_ids = ids_text([*loaded.clients, *merged])
    for member, currency, amount, due, number in standing_of.open_by_client(connection, client_ids):
        stand = standing[merged.get(member, member)]
        stand.open_firm += in_firm(amount, currency, firm_currency, setting.rates.get(currency))
        days = (today - date.fromisoformat(due)).days
        if days > stand.overdue_days:
            stand.overdue_days, stand.overdue_number = days, number
    for member, currency, amount in standing_of.credit_by_client(connection, client_ids):
        client = merged.get(member, member)
        if currency == loaded.clients[client].currency:
            standing[client].unapplied += amount
    for member, number in standing_of.disputes(connection, client_ids):
        client = merged.get(member, member)
        standing[client].disputed = (*standing[client].disputed, number)
    around = timedelta(days=int(setting.rules.widest("look_alike", "days")))
    since, until = (today - around).isoformat(), (today + around).isoformat()
    for member, number, issued, gross, currency in standing_of.recent_invoices(connection, client_ids, since, until):
        client = merged.get(member, member)
        similar = Similar(number, date.fromisoformat(issued), gross, currency)
        standing[client].similar = (*standing[client].similar, similar)
    for member in standing_of.invoiced_clients(connection, client_ids):
        standing[merged.get(member, member)].invoiced_before = True
    for client, number, net in standing_of.po_used(connection, ids):
        standing[client].po_used = {**standing[client].po_used, number: net}
    histories: dict[int, list[Any]] = {}
    for row in standing_of.history(connection, ids):
        histories.setdefault(row[0], []).append(row)
    newest = [own[0][1] for own in histories.values()]
    # Of one that is paid in part, an instalment may be due before the last one is.
    in_part = [own[0][1] for own in histories.values() if 0 < own[0][7] < own[0][6]]
    next_due = dict(standing_of.next_due(connection, ids_text(in_part))) if in_part else {}
    last_lines: dict[int, dict[int, list[tuple[int, int, int]]]] = {}
    for invoice, line, quantity, price, base in standing_of.invoice_lines(connection, ids_text(newest)):
        last_lines.setdefault(invoice, {}).setdefault(line, []).append((quantity, price, base))
    for agreement in loaded.agreements.values():
        stand = standing[agreement.client_id]
        own = histories.get(agreement.id)
        if own:
            stand = replace(stand)
            stand.history = [row[5] for row in own]
            first = own[0]
            stand.last = LastInvoice(
                first[2],
                date.fromisoformat(first[3]),
                date.fromisoformat(next_due.get(first[1], first[4])),
                first[5],
                first[6],
                first[7],
                last_lines.get(first[1], {}),
            )
        loaded.agreement_standing[agreement.id] = stand
