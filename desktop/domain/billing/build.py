"""Puts one agreement's due periods, hours, one-offs and deposits on drafts, or says why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from desktop.domain.agreement import Agreement
from desktop.domain.billing.commitments import add_commitments
from desktop.domain.billing.deposits import closes, deduct
from desktop.domain.billing.draft import Draft, complete
from desktop.domain.billing.facts import Billing, ClientFacts, OneOff, TimeEntry, Work
from desktop.domain.billing.lines import DISCOUNT, MISSING, Charged, Line, line_amount, positive_price
from desktop.domain.billing.milestones import add_milestones
from desktop.domain.billing.recurring import due_on, periods_of, recurring_lines
from desktop.domain.billing.taxing import Taxing, rate_on
from desktop.domain.billing.time import time_lines
from desktop.domain.billing.unused import add_unused
from desktop.domain.billing.usage import UNMETERED, add_usage
from desktop.domain.money import LARGEST, SCALE, per_major, scaled, unscaled
from desktop.domain.periods import Period
from desktop.domain.wording import Said, day, money, phrase, phrases

_DAY = timedelta(days=1)
_WAITING = (MISSING, UNMETERED)
# What the book's 64 bits hold, times 10**6.
_LARGEST_QUANTITY = 2**63


@dataclass(frozen=True, slots=True)
class Skip:
    """Why an agreement bills nothing now: a code and a sentence."""

    code: str
    reason: Said


ZERO_TOTAL = Skip("zero_total", phrase("What is due adds up to nothing."))


@dataclass(slots=True)
class Built:
    """Drafts of one agreement (the regular first, then a deposit) or why there is none; and hours without a rate."""

    drafts: list[Draft] = field(default_factory=list)
    skip: Skip | None = None
    unpriced_time: list[TimeEntry] = field(default_factory=list)


def build(
    agreement: Agreement, client: ClientFacts, work: Work, billing: Billing, taxing: Taxing | None = None
) -> Built:
    """All that is due of an agreement through the run's date, on one draft, deposits on one of their own.

    `taxing` is the client's, where several of its agreements share what was decided.
    """
    if not agreement.active:
        return Built(skip=Skip("inactive", phrase("The agreement is switched off.")))
    built = Built()
    taxing = taxing or Taxing(billing, client)
    lines, charges = recurring_lines(agreement, client.id, work, billing, taxing)
    if work.standing:
        add_unused(agreement, work, lines, charges)
    if work.usage_lines:
        add_usage(agreement, client.id, work, billing, taxing, lines, charges)
    hours, hour_charges, built.unpriced_time = time_lines(agreement, client.id, work, billing, taxing, len(lines))
    lines += hours
    charges += hour_charges
    if work.milestones:
        add_milestones(agreement, client.language, work, billing, taxing, lines, charges)
    deposits: list[OneOff] = []
    for one_off in work.one_offs:
        if one_off.day > billing.through:
            continue
        if one_off.kind == "deposit":
            deposits.append(one_off)
        else:
            _one_off_line(one_off, agreement.id, agreement.currency, client, billing, taxing, lines, charges)
    if work.commitments:
        add_commitments(agreement, work, billing, taxing, lines, charges)
    skip: Skip | None = None
    received = any(deposit.groups for deposit in work.deposits)
    if lines or (received and closes(agreement, billing.through)):
        draft = _draft("invoice", agreement, client)
        draft.lines, draft.charges = lines, charges
        complete(draft, billing)
        if work.deposits:
            deduct(draft, agreement, work.deposits, billing)
        if excess := _too_large(draft):
            skip = excess
        elif draft.gross or not worthless(draft):
            built.drafts.append(draft)
        elif agreement.cap is not None and work.time_billed >= agreement.cap and hours:
            skip = _cap_reached(agreement.cap, agreement.currency, len(hour_charges))
        else:
            skip = ZERO_TOTAL
    if deposits:
        draft = _draft("deposit", agreement, client)
        for one_off in deposits:
            _one_off_line(
                one_off, agreement.id, agreement.currency, client, billing, taxing, draft.lines, draft.charges
            )
        complete(draft, billing)
        if excess := _too_large(draft):
            skip = excess
        elif draft.gross or not worthless(draft):
            built.drafts.append(draft)
        else:
            skip = ZERO_TOTAL
    if not built.drafts:
        built.skip = skip or _nothing_due(agreement, work, billing.through)
    return built


def worthless(draft: Draft) -> bool:
    """Whether a total of nothing is all: no deposit settles it, nothing waits for a price or a record."""
    return not any(line.deducts_id is not None or line.price_source in _WAITING for line in draft.lines)


def recorded_nothing(draft: Draft) -> bool:
    """Whether a draft of nothing only waits for records of use, which a firm may do without."""
    return not draft.gross and not any(
        line.deducts_id is not None or line.price_source == MISSING for line in draft.lines
    )


def _cap_reached(cap: int, currency: str, entries: int) -> Skip:
    return Skip(
        "cap_reached",
        phrases(
            "Its cap of {cap} is used up; {count} time entry stays unbilled.",
            "Its cap of {cap} is used up; {count} time entries stay unbilled.",
            count=entries,
            cap=money(cap, currency),
        ),
    )


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
                einvoice=client.einvoice_for(client.delivery),
            )
        _one_off_line(one_off, None, one_off.currency, client, billing, taxing, draft.lines, draft.charges)
    skip = ZERO_TOTAL
    for draft in drafts.values():
        complete(draft, billing)
        if excess := _too_large(draft):
            skip = excess
        elif draft.gross or not worthless(draft):
            built.drafts.append(draft)
    if drafts and not built.drafts:
        built.skip = skip
    return built


def _too_large(draft: Draft) -> Skip | None:
    """A slip of the keys no book can hold; it must not stop the run of everyone else."""
    amounts = (abs(draft.net), abs(draft.gross), *(abs(line.net) + line.allowance for line in draft.lines))
    if max(amounts) <= LARGEST and all(abs(line.quantity) < _LARGEST_QUANTITY for line in draft.lines):
        return None
    line = max(draft.lines, key=lambda line: abs(line.net) + line.allowance)
    return Skip(
        "too_large",
        phrase(
            "“{line}” comes to more than a document can hold: correct its quantity or its price.",
            line=line.description,
        ),
    )


def combine(drafts: Sequence[Draft], titles: dict[int, str], billing: Billing) -> list[Draft]:
    """Joins a client's drafts of equal kind, currency, PO, terms and delivery, each agreement under its heading.

    Deposits stay apart: each is received for its own agreement, whose invoices deduct it.
    """
    groups: dict[tuple[object, ...], list[Draft]] = {}
    for at, draft in enumerate(drafts):
        key: tuple[object, ...] = (at,)
        if draft.kind != "deposit":
            key = (
                draft.kind,
                draft.currency,
                draft.po_number,
                draft.terms,
                draft.delivery,
                draft.buyer_reference,
                draft.template_id,
                draft.language,
                draft.einvoice,
            )
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
            einvoice=first.einvoice,
        )
        for member in members:
            shift = len(whole.lines)
            heading = titles.get(member.agreement_ids[0], "") if member.agreement_ids else ""
            whole.agreement_ids += member.agreement_ids
            whole.lines += [line._replace(position=line.position + shift, heading=heading) for line in member.lines]
            whole.charges += [charge._replace(position=charge.position + shift) for charge in member.charges]
        whole.title = ", ".join(dict.fromkeys(member.title for member in members if member.title))
        complete(whole, billing)
        joined.append(whole)
    return joined


def _draft(kind: str, agreement: Agreement, client: ClientFacts) -> Draft:
    delivery = agreement.delivery or client.delivery
    return Draft(
        kind=kind,
        client_id=client.id,
        currency=agreement.currency,
        agreement_ids=[agreement.id],
        terms=agreement.terms or client.terms,
        language=client.language,
        delivery=delivery,
        template_id=agreement.template_id or client.template_id,
        po_number=agreement.po_number,
        buyer_reference=agreement.buyer_reference or client.buyer_reference,
        title=agreement.title,
        einvoice=client.einvoice_for(delivery),
    )


def _one_off_line(
    one_off: OneOff,
    agreement_id: int | None,
    currency: str,
    client: ClientFacts,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    item = billing.items.get(one_off.item_id) if one_off.item_id else None
    price, rate_id, source = one_off.unit_price, None, "agreed"
    base, detail = SCALE, ""
    if price is None:
        price, source = 0, MISSING
        size = unscaled(one_off.quantity)
        found = billing.prices.price(item.id, client.id, currency, one_off.day, size) if item else None
        if item is not None and found is not None and found.mode == "graduated":
            price, base, detail, source = *_tiers_together(item.id, client.id, one_off, currency, billing), found.source
        elif found is not None:
            price, rate_id, source = scaled(Decimal(found.unit_price)), found.rate_id, found.source
    description = one_off.description or (item.name if item else "")
    quantity, price = positive_price(one_off.quantity, price)
    if one_off.kind == "discount":
        quantity, source = -abs(quantity), source if source == MISSING else DISCOUNT
    entry = taxing.entry(item)
    net = line_amount(quantity, price, base, currency)
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
            detail,
            "",
            start,
            end,
            quantity,
            item.unit if item else "",
            price,
            base,
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


def _tiers_together(
    item_id: int, client_id: int, one_off: OneOff, currency: str, billing: Billing
) -> tuple[int, int, str]:
    """(price, base quantity, how it came about) of a one-off on a graduated card.

    It is billed whole or not at all, so its tiers make one line: the price of all its units, on them as its base.
    """
    tiers = billing.prices.tiers(item_id, client_id, currency, one_off.day, unscaled(one_off.quantity)) or ()
    parts = [(scaled(tier.quantity), scaled(tier.unit_price)) for tier in tiers]
    net = sum(line_amount(units, price, SCALE, currency) for units, price in parts)
    words = " + ".join(f"{unscaled(units):f} × {unscaled(price):f}" for units, price in parts)
    return net * SCALE // per_major(currency), one_off.quantity, words if len(parts) > 1 else ""


def _nothing_due(agreement: Agreement, work: Work, through: date) -> Skip:
    """The reason in plain words, with the date from which there will be something."""
    if agreement.start > through:
        return Skip("not_started", phrase("It starts on {day}.", day=day(agreement.start)))
    if agreement.trial_until and agreement.trial_until > through:
        return Skip("trial", phrase("It is in its trial until {day}.", day=day(agreement.trial_until)))
    recurring = [line for line in agreement.lines if line.kind == "recurring"]
    if recurring:
        following = _next_due(agreement, work, through)
        if following is not None:
            paused = next((p for p in agreement.pauses if p[0] <= through and (p[1] is None or p[1] > through)), None)
            if paused:
                since, until = paused
                said = phrase("It is paused since {day}.", day=day(since))
                if until:
                    said = phrase("It is paused since {day} until {until}.", day=day(since), until=day(until))
                return Skip("paused", said)
            return Skip(
                "not_due",
                phrase("Nothing is due through {day}; next on {next}.", day=day(through), next=day(following)),
            )
        if agreement.end is not None and agreement.end <= through + _DAY:
            term = agreement.term
            if term is not None and term.renewal == "ask" and term.end == agreement.end:
                return Skip(
                    "term_over",
                    phrase("Its term ended on {day}: renew it, or let it end.", day=day(agreement.end - _DAY)),
                )
            return Skip("ended", phrase("It ended on {day} and all of it is billed.", day=day(agreement.end - _DAY)))
        if any(p[1] is None for p in agreement.pauses):
            return Skip("paused", phrase("It is paused until further notice."))
        return Skip("not_due", phrase("All of it is billed through {day}.", day=day(through)))
    if work.usage_lines and (agreement.end is None or agreement.end > through + _DAY):
        following = agreement.cadence.cycle_after(through + _DAY)
        if agreement.end is not None:
            following = min(following, agreement.end)
        return Skip(
            "not_due",
            phrase("No use is due through {day}; next on {next}.", day=day(through), next=day(following - _DAY)),
        )
    if not agreement.lines and not work.one_offs:
        if agreement.billing != "fixed" and agreement.agreed is None:
            return Skip("no_lines", phrase("It has no lines: add what it bills."))
        return Skip(
            "no_work", phrase("No milestone is done and not billed, and no charge is due, on {day}.", day=day(through))
        )
    return Skip("no_work", phrase("No unbilled hours or charges through {day}.", day=day(through)))


def _next_due(agreement: Agreement, work: Work, through: date) -> date | None:
    """The through-date of the next run that bills a recurring line; None when none ever will."""
    best: date | None = None
    known: dict[object, list[Period]] = {}
    horizon = through + timedelta(days=366 * agreement.cadence.interval.count + 62)
    for line in agreement.lines:
        if line.kind == "recurring":
            found = periods_of(agreement, line, work.charged.get(line.id), horizon, known)
            if found:
                due = due_on(agreement, line, found[0])
                best = due if best is None else min(best, due)
    return best
