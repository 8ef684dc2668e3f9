"""Puts one agreement's due periods, hours, one-offs and deposits on drafts, or says why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from desktop.domain.agreement import Agreement
from desktop.domain.billing.draft import Charged, Draft, Line, line_amount, recalculate
from desktop.domain.billing.facts import Billing, ClientFacts, Deposit, OneOff, TimeEntry, Work
from desktop.domain.billing.recurring import recurring_lines
from desktop.domain.billing.taxing import Taxing, rate_on
from desktop.domain.billing.time import time_lines
from desktop.domain.money import SCALE, per_major, scaled, unscaled
from desktop.domain.periods import due_periods
from desktop.domain.wording import day_words

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Skip:
    """Why an agreement bills nothing now: a code and a sentence."""

    code: str
    reason: str


@dataclass(slots=True)
class Built:
    """Drafts of one agreement (the regular first, then a deposit) or why there is none; and what had no price."""

    drafts: list[Draft] = field(default_factory=list)
    skip: Skip | None = None
    unpriced: list[str] = field(default_factory=list)
    unpriced_time: list[TimeEntry] = field(default_factory=list)


def build(agreement: Agreement, client: ClientFacts, work: Work, billing: Billing) -> Built:
    """All that is due of an agreement through the run's date, on one draft, deposits on one of their own."""
    if not agreement.active:
        return Built(skip=Skip("inactive", "The agreement is switched off."))
    built = Built()
    taxing = Taxing(billing, client)
    lines, charges, built.unpriced = recurring_lines(agreement, client.id, work, billing, taxing)
    hours, hour_charges, built.unpriced_time = time_lines(agreement, client.id, work, billing, taxing, len(lines))
    lines += hours
    charges += hour_charges
    deposits: list[OneOff] = []
    for one_off in work.one_offs:
        if one_off.day > billing.through:
            continue
        if one_off.kind == "deposit":
            deposits.append(one_off)
        else:
            _one_off_line(one_off, agreement.id, client, billing, taxing, lines, charges, built.unpriced)
    if lines or (work.deposits and _closes(agreement, billing.through)):
        draft = _draft("invoice", agreement, client)
        draft.lines, draft.charges = lines, charges
        _finish(draft, billing)
        _deduct(draft, agreement, work.deposits, billing)
        if draft.lines:
            built.drafts.append(draft)
    if deposits:
        draft = _draft("deposit", agreement, client)
        for one_off in deposits:
            _one_off_line(one_off, agreement.id, client, billing, taxing, draft.lines, draft.charges, built.unpriced)
        _finish(draft, billing)
        built.drafts.append(draft)
    if not built.drafts:
        built.skip = _nothing_due(agreement, work, billing.through)
    return built


def build_one_offs(client: ClientFacts, one_offs: Sequence[OneOff], billing: Billing) -> Built:
    """One-off charges of a client outside any agreement: a draft a currency, deposits apart."""
    built = Built()
    taxing = Taxing(billing, client)
    drafts: dict[tuple[str, str], Draft] = {}
    for one_off in one_offs:
        if one_off.day > billing.through:
            continue
        kind = "deposit" if one_off.kind == "deposit" else "invoice"
        key = (kind, one_off.currency)
        draft = drafts.get(key)
        if draft is None:
            draft = drafts[key] = Draft(
                kind=kind,
                client_id=client.id,
                currency=one_off.currency,
                terms=client.terms,
                language=client.language,
                delivery=client.delivery,
                template_id=client.template_id,
                buyer_reference=client.buyer_reference,
            )
        _one_off_line(one_off, None, client, billing, taxing, draft.lines, draft.charges, built.unpriced)
    for draft in drafts.values():
        _finish(draft, billing)
        built.drafts.append(draft)
    return built


def combine(drafts: Sequence[Draft], titles: dict[int, str], billing: Billing) -> list[Draft]:
    """Joins a client's drafts of equal kind, currency, PO, terms and delivery, each agreement under its heading."""
    groups: dict[tuple[object, ...], list[Draft]] = {}
    for draft in drafts:
        key = (draft.kind, draft.currency, draft.po_number, draft.terms, draft.delivery, draft.buyer_reference)
        groups.setdefault(key, []).append(draft)
    joined: list[Draft] = []
    for members in groups.values():
        first = members[0]
        if len(members) == 1:
            joined.append(first)
            continue
        whole = Draft(
            kind=first.kind,
            client_id=first.client_id,
            currency=first.currency,
            terms=first.terms,
            language=first.language,
            delivery=first.delivery,
            template_id=first.template_id,
            po_number=first.po_number,
            buyer_reference=first.buyer_reference,
        )
        for member in members:
            shift = len(whole.lines)
            heading = titles.get(member.agreement_ids[0], "") if member.agreement_ids else ""
            whole.agreement_ids += member.agreement_ids
            whole.lines += [line._replace(position=line.position + shift, heading=heading) for line in member.lines]
            whole.charges += [charge._replace(position=charge.position + shift) for charge in member.charges]
        whole.title = ", ".join(dict.fromkeys(member.title for member in members if member.title))
        _finish(whole, billing)
        joined.append(whole)
    return joined


def _draft(kind: str, agreement: Agreement, client: ClientFacts) -> Draft:
    return Draft(
        kind=kind,
        client_id=client.id,
        currency=agreement.currency,
        agreement_ids=[agreement.id],
        terms=agreement.terms or client.terms,
        language=client.language,
        delivery=agreement.delivery or client.delivery,
        template_id=agreement.template_id or client.template_id,
        po_number=agreement.po_number,
        buyer_reference=agreement.buyer_reference or client.buyer_reference,
        title=agreement.title,
    )


def _finish(draft: Draft, billing: Billing) -> None:
    used = {line.category for line in draft.lines}
    draft.exemptions = {
        entry.category: (entry.exemption_code, entry.exemption_text)
        for entry in billing.taxes.values()
        if entry.category in used and (entry.exemption_code or entry.exemption_text)
    }
    recalculate(draft)


def _one_off_line(
    one_off: OneOff,
    agreement_id: int | None,
    client: ClientFacts,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
    unpriced: list[str],
) -> None:
    item = billing.items.get(one_off.item_id) if one_off.item_id else None
    price, rate_id, source = one_off.unit_price, None, "agreed"
    if price is None and item is not None:
        found = billing.prices.price(item.id, client.id, one_off.currency, one_off.day, unscaled(one_off.quantity))
        if found is not None:
            price, rate_id, source = scaled(Decimal(found.unit_price)), found.rate_id, found.source
    description = one_off.description or (item.name if item else "")
    if price is None:
        unpriced.append(description)
        price, source = 0, ""
    quantity = -abs(one_off.quantity) if one_off.kind == "discount" else one_off.quantity
    if price < 0:
        # BR-27 knows no negative price; what is taken off has a negative quantity.
        price, quantity = -price, -abs(quantity)
    entry = taxing.entry(item)
    net = line_amount(quantity, price, SCALE, one_off.currency)
    start, end = one_off.day.isoformat(), (one_off.day + _DAY).isoformat()
    position = len(lines) + 1
    lines.append(
        Line(
            position,
            None,
            one_off.item_id,
            rate_id,
            source,
            description,
            "",
            "",
            start,
            end,
            quantity,
            item.unit if item else "",
            price,
            SCALE,
            0,
            "",
            0,
            net,
            entry.id if entry else None,
            entry.category if entry else "",
            rate_on(entry, one_off.day) if entry else 0,
        )
    )
    charges.append(Charged("one_off", agreement_id, one_off.id, start, end, 0, position, quantity, net))


def _closes(agreement: Agreement, through: date) -> bool:
    return agreement.is_final or (agreement.end is not None and agreement.end <= through + _DAY)


def _deduct(draft: Draft, agreement: Agreement, deposits: Sequence[Deposit], billing: Billing) -> None:
    """Takes deposits received off, group by group with their tax (UStG section 14(5)).

    Deducted on every next invoice no more is taken than the invoice has; the final invoice deducts all.
    """
    if not deposits or (agreement.deposits == "final" and not _closes(agreement, billing.through)):
        return
    final = _closes(agreement, billing.through)
    room = draft.net
    deducted = False
    for deposit in deposits:
        if deposit.currency != draft.currency:
            continue
        for basis, category, rate, code_id in deposit.groups:
            take = basis if final else min(basis, max(room, 0))
            if take <= 0:
                continue
            room -= take
            deducted = True
            draft.lines.append(
                Line(
                    len(draft.lines) + 1,
                    None,
                    None,
                    None,
                    "deposit",
                    deposit.number,
                    deposit.issue_date.isoformat(),
                    "",
                    None,
                    None,
                    -SCALE,
                    "",
                    _price_of_amount(take, draft.currency),
                    SCALE,
                    0,
                    "",
                    0,
                    -take,
                    code_id,
                    category,
                    rate,
                    deposit.invoice_id,
                )
            )
    if deducted:
        if final:
            draft.kind = "final"
        _finish(draft, billing)


def _price_of_amount(minor: int, currency: str) -> int:
    return minor * (SCALE // per_major(currency))


def _nothing_due(agreement: Agreement, work: Work, through: date) -> Skip:
    """The reason in plain words, with the date from which there will be something."""
    if agreement.start > through:
        return Skip("not_started", f"It starts on {day_words(agreement.start)}.")
    if agreement.trial_until and agreement.trial_until > through:
        return Skip("trial", f"It is in its trial until {day_words(agreement.trial_until)}.")
    recurring = [line for line in agreement.lines if line.kind == "recurring"]
    if recurring:
        following = _next_due(agreement, work, through)
        if following is not None:
            paused = next((p for p in agreement.pauses if p[0] <= through and (p[1] is None or p[1] > through)), None)
            if paused:
                until = f" until {day_words(paused[1])}" if paused[1] else ""
                return Skip("paused", f"It is paused since {day_words(paused[0])}{until}.")
            return Skip("not_due", f"Nothing is due through {day_words(through)}; next on {day_words(following)}.")
        if agreement.end is not None and agreement.end <= through + _DAY:
            return Skip("ended", f"It ended on {day_words(agreement.end - _DAY)} and all of it is billed.")
        if any(p[1] is None for p in agreement.pauses):
            return Skip("paused", "It is paused until further notice.")
        return Skip("not_due", f"All of it is billed through {day_words(through)}.")
    if not agreement.lines and not work.one_offs:
        return Skip("no_lines", "It has no lines: add what it bills.")
    return Skip("no_work", f"No unbilled hours or charges through {day_words(through)}.")


def _next_due(agreement: Agreement, work: Work, through: date) -> date | None:
    """The through-date of the next run that bills a recurring line; None when none ever will."""
    best: date | None = None
    horizon = through + timedelta(days=366 * max(agreement.cadence.interval.count, 1) + 62)
    for line in agreement.lines:
        if line.kind != "recurring":
            continue
        span = work.charged.get(line.id)
        start = max(agreement.start, line.start) if line.start else agreement.start
        ends = [day for day in (agreement.end, line.end) if day is not None]
        end = min(ends) if ends else None
        if end is not None and start >= end:
            continue
        charged = agreement.charged_through
        if span is not None and (charged is None or span.end > charged):
            charged = span.end
        found = due_periods(
            agreement.cadence, start, end, agreement.timing, horizon, charged, agreement.pauses, agreement.trial_until
        )
        if found:
            day = found[0].start if agreement.timing == "advance" else found[0].end - _DAY
            best = day if best is None else min(best, day)
    return best
