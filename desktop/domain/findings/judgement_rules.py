"""Rules on what a careful person would look at twice: amounts, prices, standing, purchase orders, texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from desktop.domain.agreement_terms import current_end, notice_by
from desktop.domain.billing import Line
from desktop.domain.billing.lines import DISCOUNT, divide
from desktop.domain.document import CAP_WORDS
from desktop.domain.findings.rule import Case, parameter
from desktop.domain.money import SCALE, scaled, to_minor, unscaled
from desktop.domain.wording import Figure, Said, day, money, number, percent, phrase, phrases, price

Found = Iterator[tuple[Said, Said, str]]

_VAGUE_WORDS = (
    "consulting|consulting services|services|service|misc|miscellaneous|various|sundries|sundry|work|hours|fees|other|"
    "beratung|beratungsleistungen|beratungsleistung|dienstleistung|dienstleistungen|diverses|div|sonstiges|arbeit|"
    "leistungen|honorar|conseil|services de conseil|prestation|prestations|divers|travaux|autres"
)
VAGUE = frozenset(_VAGUE_WORDS.split("|"))


def amount_above(case: Case, parameters: Mapping[str, Any]) -> Found:
    limit = to_minor(parameter(parameters, "limit"), case.billing.firm.currency)
    if case.in_firm(case.draft.net) > limit:
        yield (
            phrase(
                "The amount of {amount} is above the limit of {limit}.",
                amount=money(case.draft.net, case.draft.currency),
                limit=money(limit, case.billing.firm.currency),
            ),
            phrase("Approve it, or raise the limit for this client or segment."),
            f"rule:amount_above:client:{case.client.id}",
        )


def differs_from_usual(case: Case, parameters: Mapping[str, Any]) -> Found:
    history = case.standing.history
    if len(history) < int(parameters["least"]) or case.draft.kind == "deposit":
        return
    # The parts of a price were planned one by one, each as large as it is.
    if any(charge.kind == "milestone" for charge in case.draft.charges):
        return
    total = sum(history)
    if total <= 0:
        return
    change = case.draft.net * len(history) - total
    limit = parameter(parameters, "percent")
    if abs(change) * 100 > limit * total:
        figures: dict[str, Figure] = {
            "share": percent(divide(abs(change) * 100, total)),
            "count": len(history),
            "mean": money(divide(total, len(history)), case.draft.currency),
            "limit": percent(limit),
        }
        said = phrase("{share} under the average of the last {count} invoices, {mean} (limit {limit}).", **figures)
        if change > 0:
            said = phrase("{share} over the average of the last {count} invoices, {mean} (limit {limit}).", **figures)
        yield (
            said,
            phrase("Look at what changed, then approve."),
            "",
        )


def off_rate_card(case: Case, _: Mapping[str, Any]) -> Found:
    last = case.standing.last.lines if case.standing.last else {}
    prices = case.billing.prices
    seen: set[tuple[int, int]] = set()
    for line in case.draft.lines:
        if line.price_source == "hand":
            yield (
                phrase(
                    "The price of “{line}” was changed by hand to {price}.",
                    line=line.description,
                    price=price(line.unit_price, case.draft.currency),
                ),
                phrase("Approve the price, or undo the change."),
                "",
            )
            continue
        if line.item_id is None or not prices.on_card(line.item_id):
            continue
        if line.price_source not in ("agreed", "entry") or line.quantity < 0:
            continue
        before = last.get(line.agreement_line_id, ()) if line.agreement_line_id else ()
        if any(was == line.unit_price for _, was, _ in before):
            continue
        on = date.fromisoformat(line.period_start) if line.period_start else case.billing.issue_date
        card = prices.price(line.item_id, case.client.id, case.draft.currency, on, abs(unscaled(line.quantity)))
        if card is None or card.source == "list":
            continue
        listed = scaled(card.unit_price)
        if listed != line.unit_price and (line.item_id, line.unit_price) not in seen:
            seen.add((line.item_id, line.unit_price))
            yield (
                phrase(
                    "“{line}” is priced {price}; the rate card says {card}.",
                    line=line.description,
                    price=price(line.unit_price, case.draft.currency),
                    card=price(listed, case.draft.currency),
                ),
                phrase("Approve the price, or correct the agreement or the rate card."),
                f"agreement:{case.agreement.id}:lines" if case.agreement else f"item:{line.item_id}:price",
            )


def po_missing(case: Case, _: Mapping[str, Any]) -> Found:
    if case.client.po_required and not case.draft.po_number:
        agreement = case.agreement
        yield (
            phrase("{client} wants a purchase order number on every invoice.", client=case.client.name),
            phrase("Enter the PO number at the agreement."),
            f"agreement:{agreement.id}:po_number" if agreement else f"client:{case.client.id}:po_required",
        )


def po_expired(case: Case, _: Mapping[str, Any]) -> Found:
    for agreement in case.agreements:
        if agreement.po_number and agreement.po_expires and agreement.po_expires < case.billing.issue_date:
            yield (
                phrase("PO {number} ended on {day}.", number=agreement.po_number, day=day(agreement.po_expires)),
                phrase("Ask the client for a new PO."),
                f"agreement:{agreement.id}:po_expires",
            )


def po_exceeded(case: Case, _: Mapping[str, Any]) -> Found:
    for agreement in case.agreements:
        order = agreement.po_number
        if not order or agreement.po_limit is None:
            continue
        used = case.standing.po_used.get(order, 0)
        used += sum(sibling.net for sibling in case.standing.siblings if sibling.clear and sibling.po_number == order)
        left = agreement.po_limit - used
        if case.draft.net > left:
            yield (
                phrase(
                    "PO {number} has {left} left, this bills {billed}.",
                    number=order,
                    left=money(max(left, 0), case.draft.currency),
                    billed=money(case.draft.net, case.draft.currency),
                ),
                phrase("Ask the client to raise the PO, or approve."),
                f"agreement:{agreement.id}:po_limit",
            )


def discount_above(case: Case, parameters: Mapping[str, Any]) -> Found:
    limit = parameter(parameters, "percent")
    field = f"agreement:{case.agreement.id}:discount" if case.agreement else ""
    gross = taken = 0
    for line in case.draft.lines:
        before = line.net + line.allowance - line.charge
        if line.price_source == DISCOUNT:
            taken -= line.net
        elif before > 0:
            gross += before
            if line.allowance and line.allowance * 100 > limit * before and CAP_WORDS not in line.allowance_reason:
                share = divide(line.allowance * 100, before)
                yield (
                    phrase(
                        "“{line}” has a discount of {share} (limit {limit}).",
                        line=line.description,
                        share=percent(share),
                        limit=percent(limit),
                    ),
                    phrase("Approve the discount, or lower it at the agreement."),
                    field,
                )
                return
    if gross and taken * 100 > limit * gross:
        yield (
            phrase(
                "Discounts of {taken} are {share} of {gross} (limit {limit}).",
                taken=money(taken, case.draft.currency),
                share=percent(divide(taken * 100, gross)),
                gross=money(gross, case.draft.currency),
                limit=percent(limit),
            ),
            phrase("Approve the discounts, or lower them."),
            field,
        )


def look_alike(case: Case, parameters: Mapping[str, Any]) -> Found:
    if case.draft.charges and all(charge.kind in ("recurring", "milestone") for charge in case.draft.charges):
        return
    span = timedelta(days=int(parameters["days"]))
    for other in case.standing.similar:
        close = abs(other.issue_date - case.billing.issue_date) <= span
        if close and other.gross == case.draft.gross and other.currency == case.draft.currency:
            yield (
                phrase(
                    "{invoice} of {day} has the same total of {total}.",
                    invoice=other.number,
                    day=day(other.issue_date),
                    total=money(other.gross, other.currency),
                ),
                phrase("Make sure that this is not the same work twice, then approve."),
                "",
            )
            return
    for sibling in case.standing.siblings:
        if sibling.gross == case.draft.gross and sibling.currency == case.draft.currency:
            yield (
                phrase(
                    "Another draft of this run has the same total of {total}.",
                    total=money(sibling.gross, sibling.currency),
                ),
                phrase("Make sure that this is not the same work twice, then approve."),
                "",
            )
            return


def vague_text(case: Case, _: Mapping[str, Any]) -> Found:
    for line in case.draft.lines:
        if line.deducts_id is not None:
            continue
        words = line.description.strip().strip(".").casefold()
        if len(words) < 3 or words in VAGUE:
            said = phrase("A line without a text is too vague to approve.")
            if words:
                said = phrase("“{line}” is too vague to approve.", line=line.description)
            yield (
                said,
                phrase("Say what was done, or choose an item of the catalogue."),
                f"agreement:{case.agreement.id}:lines" if case.agreement else "",
            )
            return
        if line.item_id is None and line.period_start is None and line.agreement_line_id is None:
            yield (
                phrase("“{line}” names neither an item nor a period.", line=line.description),
                phrase("Choose an item of the catalogue, or give the service period."),
                "",
            )
            return


def old_time(case: Case, parameters: Mapping[str, Any]) -> Found:
    days = int(parameters["days"])
    entries = [date.fromisoformat(c.period_start) for c in case.draft.charges if c.kind == "time"]
    if entries:
        first = min(entries)
        age = (case.billing.through - first).days
        if age > days:
            yield (
                phrases(
                    "It bills hours of {day}, {count} day ago (limit {limit}).",
                    "It bills hours of {day}, {count} days ago (limit {limit}).",
                    count=age,
                    day=day(first),
                    limit=days,
                ),
                phrase("Check that they were not billed elsewhere, then approve."),
                "",
            )


def first_invoice(case: Case, _: Mapping[str, Any]) -> Found:
    if not case.standing.invoiced_before:
        yield (
            phrase("It is the first invoice to {client}.", client=case.client.name),
            phrase("Look it over once, then approve."),
            "",
        )


def changed(case: Case, _: Mapping[str, Any]) -> Found:
    last = case.standing.last
    if last is None:
        return
    seen: set[tuple[int, int, int]] = set()
    metered = {charge.source_id for charge in case.draft.charges if charge.kind == "usage"}
    for line in case.draft.lines:
        if line.agreement_line_id in metered and line.price_source != "agreed":
            # Which tiers it reaches is another matter every time.
            continue
        before = last.lines.get(line.agreement_line_id, ()) if line.agreement_line_id else ()
        if not before or line.price_source == "hand" or line.corrects_line_id is not None:
            continue
        now = (line.agreement_line_id or 0, line.unit_price, line.quantity if line.base_quantity == SCALE else 0)
        if now in seen:
            continue
        seen.add(now)
        if all(earlier != line.unit_price for _, earlier, _ in before):
            was = before[-1][1]
            figures: dict[str, Figure] = {
                "line": line.description,
                "was": number(was),
                "price": price(line.unit_price, case.draft.currency),
            }
            said = phrase("The price of “{line}” fell from {was} to {price}.", **figures)
            if line.unit_price > was:
                said = phrase("The price of “{line}” rose from {was} to {price}.", **figures)
            yield said, phrase("Nothing to do if this was agreed."), ""
            continue
        whole = [quantity for quantity, _, base in before if base == SCALE]
        if whole and line.base_quantity == SCALE and line.quantity not in whole and _is_recurring(line, case):
            yield (
                phrase(
                    "The quantity of “{line}” went from {was} to {quantity}.",
                    line=line.description,
                    was=number(whole[-1]),
                    quantity=number(line.quantity),
                ),
                phrase("Nothing to do if this was agreed."),
                "",
            )


def _is_recurring(line: Line, case: Case) -> bool:
    return any(charge.position == line.position and charge.kind == "recurring" for charge in case.draft.charges)


def ends_soon(case: Case, parameters: Mapping[str, Any]) -> Found:
    today, days = case.billing.issue_date, int(parameters["days"])
    for agreement in case.agreements:
        terms = agreement.term
        if agreement.end is not None:
            if 0 <= (agreement.end - today).days <= days:
                asks = terms is not None and terms.renewal == "ask" and agreement.end == terms.end
                figures: dict[str, Figure] = {
                    "agreement": agreement.code,
                    "day": day(agreement.end - timedelta(days=1)),
                }
                yield (
                    phrase("The term of {agreement} ends on {day}.", **figures)
                    if asks
                    else phrase("{agreement} ends on {day}.", **figures),
                    phrase("Renew it, or let it end.") if asks else phrase("Agree on a renewal if it goes on."),
                    f"agreement:{agreement.id}:{'term_end' if asks else 'end_date'}",
                )
        elif terms is not None and (term := current_end(terms, today)) is not None:
            last_notice = notice_by(terms, term)
            if terms.renewal == "auto" and 0 <= (last_notice - today).days <= days:
                yield (
                    phrase(
                        "{agreement} renews by itself on {day}, unless notice is given by {notice}.",
                        agreement=agreement.code,
                        day=day(term),
                        notice=day(last_notice),
                    ),
                    phrase("Talk to the client before that, if prices or terms are to change."),
                    f"agreement:{agreement.id}:term_end",
                )


def unbilled_left(case: Case, _: Mapping[str, Any]) -> Found:
    if case.unpriced_time:
        yield (
            phrases(
                "{count} time entry has no rate and stays unbilled.",
                "{count} time entries have no rate and stay unbilled.",
                count=case.unpriced_time,
            ),
            phrase("Set a rate on the agreement's line or the rate card."),
            f"agreement:{case.agreement.id}:lines" if case.agreement else "",
        )


def exchange_rate_missing(case: Case, _: Mapping[str, Any]) -> Found:
    currency, firm = case.draft.currency, case.billing.firm.currency
    if currency != firm and case.standing.rate is None:
        yield (
            phrase(
                "No exchange rate from {currency} to {firm} is known; limits compare one to one.",
                currency=currency,
                firm=firm,
            ),
            phrase("Enter a rate under Settings, Currencies."),
            f"firm:1:rate:{currency}",
        )


def exchange_rate_old(case: Case, parameters: Mapping[str, Any]) -> Found:
    currency, firm = case.draft.currency, case.billing.firm.currency
    known = case.billing.exchange_days.get(currency)
    if currency == firm or known is None or case.standing.rate is None:
        return
    age = (case.billing.issue_date - known).days
    limit = int(parameters["days"])
    if age > limit:
        yield (
            phrases(
                "The exchange rate from {currency} to {firm} is of {day}, {count} day old (limit {limit}).",
                "The exchange rate from {currency} to {firm} is of {day}, {count} days old (limit {limit}).",
                count=age,
                currency=currency,
                firm=firm,
                day=day(known),
                limit=limit,
            ),
            phrase("Enter a newer rate under Settings, Currencies, or take in the ECB's file there."),
            f"firm:1:rate:{currency}",
        )
