"""Rules on what a careful person would look at twice: amounts, prices, standing, purchase orders, texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from desktop.domain.agreement_terms import current_end, notice_by
from desktop.domain.billing import Line
from desktop.domain.billing.deposits import closes
from desktop.domain.billing.lines import DISCOUNT, divide
from desktop.domain.document import CAP_WORDS
from desktop.domain.findings.rule import Case, parameter
from desktop.domain.money import SCALE, scaled, to_minor, unscaled
from desktop.domain.wording import amount_words, day_words

Found = Iterator[tuple[str, str, str]]

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
            f"The amount of {amount_words(case.draft.net, case.draft.currency)} is above the limit of "
            f"{amount_words(limit, case.billing.firm.currency)}.",
            "Approve it, or raise the limit for this client or segment.",
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
        mean = amount_words(divide(total, len(history)), case.draft.currency)
        word = "over" if change > 0 else "under"
        yield (
            f"{divide(abs(change) * 100, total)} % {word} the average of the last {len(history)} invoices, {mean} "
            f"(limit {limit:f} %).",
            "Look at what changed, then approve.",
            "",
        )


def off_rate_card(case: Case, _: Mapping[str, Any]) -> Found:
    last = case.standing.last.lines if case.standing.last else {}
    prices = case.billing.prices
    seen: set[tuple[int, int]] = set()
    for line in case.draft.lines:
        if line.price_source == "hand":
            yield (
                f"The price of “{line.description}” was changed by hand to {_price(line, case)}.",
                "Approve the price, or undo the change.",
                "",
            )
            continue
        if line.item_id is None or not prices.on_card(line.item_id):
            continue
        if line.price_source not in ("agreed", "entry") or line.quantity < 0:
            continue
        before = last.get(line.agreement_line_id, ()) if line.agreement_line_id else ()
        if any(price == line.unit_price for _, price, _ in before):
            continue
        day = date.fromisoformat(line.period_start) if line.period_start else case.billing.issue_date
        card = prices.price(line.item_id, case.client.id, case.draft.currency, day, abs(unscaled(line.quantity)))
        if card is None or card.source == "list":
            continue
        price = scaled(card.unit_price)
        if price != line.unit_price and (line.item_id, line.unit_price) not in seen:
            seen.add((line.item_id, line.unit_price))
            yield (
                f"“{line.description}” is priced {_price(line, case)}; the rate card says "
                f"{card.unit_price:f} {case.draft.currency}.",
                "Approve the price, or correct the agreement or the rate card.",
                f"agreement:{case.agreement.id}:lines" if case.agreement else f"item:{line.item_id}:price",
            )


def _price(line: Line, case: Case) -> str:
    return f"{unscaled(line.unit_price):f} {case.draft.currency}"


def disputed(case: Case, _: Mapping[str, Any]) -> Found:
    if case.standing.disputed:
        numbers = ", ".join(case.standing.disputed[:3])
        yield (
            f"{case.client.name} disputes {numbers}.",
            "Settle the dispute first, or approve.",
            f"client:{case.client.id}:disputed",
        )
    elif case.client.disputed:
        yield (
            f"{case.client.name} is marked as disputed.",
            "Settle the dispute first, or approve.",
            f"client:{case.client.id}:disputed",
        )


def client_on_hold(case: Case, _: Mapping[str, Any]) -> Found:
    if case.client.on_hold:
        reason = f": {case.client.hold_reason}" if case.client.hold_reason else ""
        yield (
            f"{case.client.name} is on hold{reason}.",
            "Take the hold off at the client, or approve this one invoice.",
            f"client:{case.client.id}:on_hold",
        )


def credit_limit(case: Case, _: Mapping[str, Any]) -> Found:
    limit = case.client.credit_limit
    before = sum(sibling.gross_firm for sibling in case.standing.siblings if sibling.clear)
    total = case.standing.open_firm + before + case.in_firm(case.draft.gross)
    if limit is not None and total > limit:
        currency = case.billing.firm.currency
        yield (
            f"With this invoice {case.client.name} owes {amount_words(total, currency)}, above the credit limit of "
            f"{amount_words(limit, currency)}.",
            "Approve, or wait for a payment.",
            f"client:{case.client.id}:credit_limit",
        )


def client_overdue(case: Case, parameters: Mapping[str, Any]) -> Found:
    days = int(parameters["days"])
    if case.standing.overdue_days > days:
        yield (
            f"{case.standing.overdue_number} of {case.client.name} is {case.standing.overdue_days} days overdue "
            f"(limit {days}).",
            "Chase it first, or approve.",
            f"client:{case.client.id}:account",
        )


def partly_paid(case: Case, _: Mapping[str, Any]) -> Found:
    last = case.standing.last
    if last and 0 < last.open < last.payable and last.due_date <= case.billing.issue_date:
        yield (
            f"{last.number} was paid in part: {amount_words(last.open, case.draft.currency)} of "
            f"{amount_words(last.payable, case.draft.currency)} is still open.",
            "Ask why it was paid short, or approve.",
            f"client:{case.client.id}:account",
        )


def deposit_open(case: Case, _: Mapping[str, Any]) -> Found:
    if case.draft.kind == "deposit":
        return
    for agreement in case.agreements:
        work = case.work.get(agreement.id)
        if work is None or not closes(agreement, case.billing.through):
            continue
        for deposit in work.deposits:
            if deposit.open > 0:
                yield (
                    f"The deposit {deposit.number} still has {amount_words(deposit.open, deposit.currency)} open, and "
                    "this final invoice asks for all that was not received.",
                    f"Credit what is open of {deposit.number}, then approve.",
                    f"client:{case.client.id}:account",
                )


def po_missing(case: Case, _: Mapping[str, Any]) -> Found:
    if case.client.po_required and not case.draft.po_number:
        agreement = case.agreement
        yield (
            f"{case.client.name} wants a purchase order number on every invoice.",
            "Enter the PO number at the agreement.",
            f"agreement:{agreement.id}:po_number" if agreement else f"client:{case.client.id}:po_required",
        )


def po_expired(case: Case, _: Mapping[str, Any]) -> Found:
    for agreement in case.agreements:
        if agreement.po_number and agreement.po_expires and agreement.po_expires < case.billing.issue_date:
            yield (
                f"PO {agreement.po_number} ended on {day_words(agreement.po_expires)}.",
                "Ask the client for a new PO.",
                f"agreement:{agreement.id}:po_expires",
            )


def po_exceeded(case: Case, _: Mapping[str, Any]) -> Found:
    for agreement in case.agreements:
        number = agreement.po_number
        if not number or agreement.po_limit is None:
            continue
        used = case.standing.po_used.get(number, 0)
        used += sum(sibling.net for sibling in case.standing.siblings if sibling.clear and sibling.po_number == number)
        left = agreement.po_limit - used
        if case.draft.net > left:
            yield (
                f"PO {agreement.po_number} has {amount_words(max(left, 0), case.draft.currency)} left, this bills "
                f"{amount_words(case.draft.net, case.draft.currency)}.",
                "Ask the client to raise the PO, or approve.",
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
                    f"“{line.description}” has a discount of {share} % (limit {limit:f} %).",
                    "Approve the discount, or lower it at the agreement.",
                    field,
                )
                return
    if gross and taken * 100 > limit * gross:
        yield (
            f"Discounts of {amount_words(taken, case.draft.currency)} are {divide(taken * 100, gross)} % of "
            f"{amount_words(gross, case.draft.currency)} (limit {limit:f} %).",
            "Approve the discounts, or lower them.",
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
                f"{other.number} of {day_words(other.issue_date)} has the same total of "
                f"{amount_words(other.gross, other.currency)}.",
                "Make sure that this is not the same work twice, then approve.",
                "",
            )
            return
    for sibling in case.standing.siblings:
        if sibling.gross == case.draft.gross and sibling.currency == case.draft.currency:
            yield (
                f"Another draft of this run has the same total of {amount_words(sibling.gross, sibling.currency)}.",
                "Make sure that this is not the same work twice, then approve.",
                "",
            )
            return


def vague_text(case: Case, _: Mapping[str, Any]) -> Found:
    for line in case.draft.lines:
        if line.deducts_id is not None:
            continue
        words = line.description.strip().strip(".").casefold()
        if len(words) < 3 or words in VAGUE:
            what = f"“{line.description}”" if words else "A line without a text"
            yield (
                f"{what} is too vague to approve.",
                "Say what was done, or choose an item of the catalogue.",
                f"agreement:{case.agreement.id}:lines" if case.agreement else "",
            )
            return
        if line.item_id is None and line.period_start is None and line.agreement_line_id is None:
            yield (
                f"“{line.description}” names neither an item nor a period.",
                "Choose an item of the catalogue, or give the service period.",
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
                f"It bills hours of {day_words(first)}, {age} days ago (limit {days}).",
                "Check that they were not billed elsewhere, then approve.",
                "",
            )


def first_invoice(case: Case, _: Mapping[str, Any]) -> Found:
    if not case.standing.invoiced_before:
        yield f"It is the first invoice to {case.client.name}.", "Look it over once, then approve.", ""


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
        if all(price != line.unit_price for _, price, _ in before):
            was = before[-1][1]
            word = "rose" if line.unit_price > was else "fell"
            yield (
                f"The price of “{line.description}” {word} from {unscaled(was):f} to "
                f"{unscaled(line.unit_price):f} {case.draft.currency}.",
                "Nothing to do if this was agreed.",
                "",
            )
            continue
        whole = [quantity for quantity, _, base in before if base == SCALE]
        if whole and line.base_quantity == SCALE and line.quantity not in whole and _is_recurring(line, case):
            yield (
                f"The quantity of “{line.description}” went from {unscaled(whole[-1]):f} to "
                f"{unscaled(line.quantity):f}.",
                "Nothing to do if this was agreed.",
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
                last = day_words(agreement.end - timedelta(days=1))
                yield (
                    f"The term of {agreement.code} ends on {last}." if asks else f"{agreement.code} ends on {last}.",
                    "Renew it, or let it end." if asks else "Agree on a renewal if it goes on.",
                    f"agreement:{agreement.id}:{'term_end' if asks else 'end_date'}",
                )
        elif terms is not None and (term := current_end(terms, today)) is not None:
            last_notice = notice_by(terms, term)
            if terms.renewal == "auto" and 0 <= (last_notice - today).days <= days:
                yield (
                    f"{agreement.code} renews by itself on {day_words(term)}, unless notice is given by "
                    f"{day_words(last_notice)}.",
                    "Talk to the client before that, if prices or terms are to change.",
                    f"agreement:{agreement.id}:term_end",
                )


def unapplied_credit(case: Case, _: Mapping[str, Any]) -> Found:
    if case.standing.unapplied > 0:
        yield (
            f"{case.client.name} has an unused credit of {amount_words(case.standing.unapplied, case.draft.currency)}.",
            "Apply it under Payments once the invoice is issued.",
            f"client:{case.client.id}:account",
        )


def unbilled_left(case: Case, _: Mapping[str, Any]) -> Found:
    if case.unpriced_time:
        word = "entry has" if case.unpriced_time == 1 else "entries have"
        yield (
            f"{case.unpriced_time} time {word} no rate and stay unbilled.",
            "Set a rate on the agreement's line or the rate card.",
            f"agreement:{case.agreement.id}:lines" if case.agreement else "",
        )


def exchange_rate_missing(case: Case, _: Mapping[str, Any]) -> Found:
    currency, firm = case.draft.currency, case.billing.firm.currency
    if currency != firm and case.standing.rate is None:
        yield (
            f"No exchange rate from {currency} to {firm} is known; limits compare one to one.",
            "Enter a rate under Settings, Currencies.",
            f"firm:1:rate:{currency}",
        )
