"""Milestones done: amounts, or fractions of a fixed price with its approved changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.numbers import format_decimal, format_percent

from desktop.domain.agreement import Agreement
from desktop.domain.billing.facts import Billing, Milestone, Scope, Work
from desktop.domain.billing.lines import MISSING, Charged, Line, part_of, positive_price
from desktop.domain.billing.taxing import Taxing, rate_on
from desktop.domain.money import SCALE, exponent, per_major, unscaled

_DAY = timedelta(days=1)
_AGREED = "agreed"


def add_milestones(
    agreement: Agreement,
    language: str,
    work: Work,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    """Append a line for each milestone done by the through-date; that which completes the scope takes what is left."""
    due = sorted((one for one in work.milestones if one.done <= billing.through), key=lambda one: one.done)
    for milestone, (amount, detail) in zip(due, _worths(work.scope, due, agreement.currency, language), strict=True):
        item = billing.items.get(milestone.item_id) if milestone.item_id else None
        entry = taxing.entry(item)
        start, end = milestone.done.isoformat(), (milestone.done + _DAY).isoformat()
        position, net = len(lines) + 1, amount or 0
        quantity, price = positive_price(SCALE, net * SCALE // per_major(agreement.currency))
        lines.append(
            Line(
                position,
                None,
                milestone.item_id,
                None,
                MISSING if amount is None else _AGREED,
                milestone.name,
                detail,
                "",
                start,
                end,
                quantity,
                # The item prices hours or days perhaps; a milestone is none of them.
                "",
                price,
                SCALE,
                0,
                "",
                0,
                net,
                entry.id if entry else None,
                entry.category if entry else "",
                rate_on(entry, milestone.done) if entry else 0,
            )
        )
        charges.append(Charged("milestone", agreement.id, milestone.id, start, end, 0, position, SCALE, amount or 0))


def scope_on(scope: Scope, day: date) -> int:
    """What is agreed on a day, with the changes that hold by then; net in minor units."""
    return scope.agreed + sum(amount for since, amount in scope.changes if since <= day)


def worths(scope: Scope | None, milestones: Sequence[Milestone], currency: str) -> list[int | None]:
    """The net that each unbilled milestone comes to, if they are billed in this order; None for a fraction of nothing.

    A fraction is one of the scope on the milestone's day. The one that completes 100 % takes what the fractions before
    it left of the scope on the latest of their days, so that all of them come to it exactly.
    """
    return [amount for amount, _ in _worths(scope, milestones, currency, "en")]


def _worths(
    scope: Scope | None, milestones: Sequence[Milestone], currency: str, language: str
) -> list[tuple[int | None, str]]:
    """Amounts as `worths` gives them, each with how it came about, in figures that every language reads."""
    found: list[tuple[int | None, str]] = []
    fractions = scope.fractions if scope else 0
    billed = scope.billed if scope else 0
    latest = scope.latest if scope else None
    for one in milestones:
        if one.fraction is None:
            found.append((one.amount, ""))
            continue
        if scope is None:
            found.append((None, ""))
            continue
        fractions += one.fraction
        latest = max(latest, one.done) if latest else one.done
        amount = part_of(scope_on(scope, one.done), one.fraction)
        words = f"{_percent(one.fraction, language)} × {_figure(scope_on(scope, one.done), currency, language)}"
        if fractions == SCALE and amount != (left := scope_on(scope, latest) - billed):
            amount = left
            words = f"{_figure(scope_on(scope, latest), currency, language)} − {_figure(billed, currency, language)}"
        billed += amount
        found.append((amount, words))
    return found


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale:
    return Locale.parse(language.replace("-", "_"))


def _percent(fraction: int, language: str) -> str:
    return str(format_percent(unscaled(fraction), "#,##0.####\u00a0%", locale=_locale(language)))


def _figure(minor: int, currency: str, language: str) -> str:
    digits = exponent(currency)
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return str(format_decimal(Decimal(minor).scaleb(-digits), pattern, locale=_locale(language)))
