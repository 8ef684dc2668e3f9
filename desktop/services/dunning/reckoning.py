"""Who gets a letter at which level, asking for how much; or why nobody asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from desktop.domain.dunning.levels import earliest, reached
from desktop.domain.money import SCALE, exponent, round_half_away
from desktop.domain.wording import Said, day, money, phrase, sentence
from desktop.services.dunning.facts import ClientFacts, Due, Facts, Hold
from desktop.services.dunning.levels import Level


@dataclass(frozen=True, slots=True)
class Named:
    """An item that a letter names, at the level that it has reached; minor units. `before` tells that an earlier letter
    named it."""

    due: Due
    level: Level
    days: int
    disputed: int
    interest: int
    before: bool

    @property
    def asked(self) -> int:
        return self.due.open - self.disputed


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a client is asked for in one currency, minor units, or why it is not: `state` planned, held or skipped.

    `amount` is asked for without fee and interest, after `credit` was taken off. `reason` says why nobody asks, `notes`
    what else a person should know.
    """

    client: ClientFacts
    currency: str
    level: Level
    items: tuple[Named, ...]
    amount: int
    disputed: int
    credit: int
    fee: int
    interest: int
    pay_by: date
    state: str
    reason: Said
    notes: tuple[Said, ...]

    @property
    def said(self) -> Said:
        """The reason, with the notes behind it."""
        return joined([self.reason, *self.notes])


def joined(sentences: Iterable[Said]) -> Said:
    """Sentences one after the other, as the book keeps them."""
    found = [one for one in sentences if one.template]
    if not found:
        return Said("")
    if len(found) == 1:
        return found[0]
    return phrase("{first} {second}", first=sentence(found[0]), second=sentence(joined(found[1:])))


def candidates(facts: Facts) -> list[Candidate]:
    """Everyone of whom something has reached a level, by the client's code and currency."""
    found = []
    for (client_id, currency), dues in facts.dues.items():
        client = facts.clients[client_id]
        named = reaching(facts, client, dues)
        if named:
            found.append(judged(facts, client, currency, named))
    return sorted(found, key=lambda one: (one.client.code, one.currency))


def reaching(facts: Facts, client: ClientFacts, dues: Sequence[Due]) -> list[Named]:
    """The items that have reached a level that no letter named them at.

    A notice before the due date does not share a letter with what is late: who is asked by a day would be asked for
    money that is not due on it.
    """
    levels = facts.levels_for(client)
    steps = [level.step for level in levels]
    by_number = {level.level: level for level in levels}
    found = []
    for due in dues:
        days, last = (facts.as_of - due.due).days, facts.last.get(due.item_id)
        step = reached(steps, days, last)
        # A notice is for before the due date, whenever the run comes.
        if step is None or (step.days < 0 <= days):
            continue
        first = earliest(steps, step, last)
        if first is not None and facts.as_of < first:
            continue
        found.append(named(facts, client, due, by_number[step.number]))
    late = [one for one in found if one.level.days >= 0]
    return late or found


def named(facts: Facts, client: ClientFacts, due: Due, level: Level, *, interest: bool | None = None) -> Named:
    """An item at a level, with its interest where the level asks for it, unless told otherwise."""
    disputed = min(facts.disputed.get(due.item_id, 0), due.open)
    days = (facts.as_of - due.due).days
    bears = level.interest if interest is None else interest
    cost = 0
    if bears and days > 0:
        since = max(due.due, facts.claimed.get(due.item_id, due.due))
        policy = facts.policy(client)
        cost = facts.rates.interest(due.open - disputed, since, facts.as_of, policy, business=client.business).minor
    return Named(due, level, days, disputed, cost, due.item_id in facts.last)


def judged(facts: Facts, client: ClientFacts, currency: str, some: Sequence[Named]) -> Candidate:
    """What these items come to, and whether anything speaks against asking for it."""
    free: list[Named] = []
    kept: list[Named] = []
    for one in some:
        # What is disputed as a whole stays at its level: it is asked for once the matter is closed.
        out = one.due.ordered or one.due.invoice_id in facts.held_invoices or not one.asked
        (kept if out else free).append(one)
    notes = [_kept_back(facts, one) for one in kept] if free else []
    found = summed(facts, client, currency, free or kept)
    state, reason = _against(facts, found) if free else _all_kept(facts, kept)
    return replace(found, state=state, reason=reason, notes=(*found.notes, *notes))


def summed(
    facts: Facts, client: ClientFacts, currency: str, some: Sequence[Named], *, level: Level | None = None
) -> Candidate:
    """A letter that asks for these items, at the highest level among them unless told."""
    top = level or max((one.level for one in some), key=lambda one: one.level)
    asked = sum(one.asked for one in some)
    credit = min(asked, facts.credits.get((client.id, currency), 0))
    fee, notes = _fee(facts, top, currency)
    notes += _interest_notes(facts, client, some)
    last_due = max(one.due.due for one in some)
    pay_by = max(facts.as_of + timedelta(days=top.days_to_pay), last_due)
    return Candidate(
        client=client,
        currency=currency,
        level=top,
        items=tuple(some),
        amount=asked - credit,
        disputed=sum(one.disputed for one in some),
        credit=credit,
        fee=fee,
        interest=sum(one.interest for one in some),
        pay_by=last_due if top.days < 0 else pay_by,
        state="planned",
        reason=Said(""),
        notes=tuple(notes),
    )


def _fee(facts: Facts, level: Level, currency: str) -> tuple[int, list[Said]]:
    """The level's fee in a currency; without a rate none is asked for, and that is told."""
    if not level.fee:
        return 0, []
    home = facts.exchange.firm_currency
    rate = facts.exchange.on(currency, facts.as_of)
    if not rate:
        return 0, [
            phrase(
                "The fee of {fee} is left out: no exchange rate of {currency} is known on {day}.",
                fee=money(level.fee, home),
                currency=currency,
                day=day(facts.as_of),
            )
        ]
    shift = exponent(currency) - exponent(home)
    return round_half_away((Decimal(level.fee) * SCALE / rate).scaleb(shift)), []


def _interest_notes(facts: Facts, client: ClientFacts, some: Sequence[Named]) -> list[Said]:
    """That days bore no interest since no rate is known for them; once for all items."""
    policy = facts.policy(client)
    for one in some:
        if one.level.interest and one.days > 0 and one.asked:
            since = max(one.due.due, facts.claimed.get(one.due.item_id, one.due.due))
            found = facts.rates.interest(one.asked, since, facts.as_of, policy, business=client.business)
            said = facts.rates.unknown(found, policy, business=client.business)
            if said is not None:
                return [said]
    return []


def _against(facts: Facts, found: Candidate) -> tuple[str, Said]:
    """The state of a letter, and what keeps it."""
    client = found.client
    hold = facts.holds.get(client.id)
    promise = facts.promises.get((client.id, found.currency))
    policy = facts.policy(client)
    if not policy.active:
        return "skipped", phrase("The client's segment is not reminded.")
    if hold is not None:
        return "held", _held(hold)
    if client.disputed:
        return "held", phrase("All of it is disputed.")
    if promise is not None:
        return "held", phrase(
            "{amount} was promised by {day}.",
            amount=money(promise.amount - promise.came, promise.currency),
            day=day(promise.promised_on),
        )
    if not found.amount:
        return "skipped", phrase(
            "The client's credit of {credit} covers it.", credit=money(found.credit, found.currency)
        )
    rate = facts.exchange.on(found.currency, facts.as_of)
    if policy.minimum and rate:
        home = facts.exchange.firm_currency
        shift = exponent(home) - exponent(found.currency)
        value = round_half_away((Decimal(found.amount) * rate / SCALE).scaleb(shift))
        if value < policy.minimum:
            return "skipped", phrase(
                "{amount} is less than the {least} from which on reminders are sent.",
                amount=money(found.amount, found.currency),
                least=money(policy.minimum, home),
            )
    return "planned", Said("")


def _held(hold: Hold) -> Said:
    if hold.until is None:
        return phrase("Reminders are held: {reason}", reason=hold.reason)
    return phrase("Reminders are held until {day}: {reason}", day=day(hold.until), reason=hold.reason)


def _all_kept(facts: Facts, kept: Sequence[Named]) -> tuple[str, Said]:
    held = any(one.due.invoice_id in facts.held_invoices or not one.asked for one in kept)
    return ("held" if held else "skipped"), joined(_kept_back(facts, one) for one in kept)


def _kept_back(facts: Facts, one: Named) -> Said:
    hold = facts.held_invoices.get(one.due.invoice_id)
    if hold is None:
        if one.due.ordered:
            return phrase("{number} is being collected by the bank.", number=one.due.name)
        return phrase("{number} is disputed.", number=one.due.name)
    if hold.until is None:
        return phrase("{number} is held: {reason}", number=one.due.name, reason=hold.reason)
    return phrase(
        "{number} is held until {day}: {reason}", number=one.due.name, day=day(hold.until), reason=hold.reason
    )
