"""The setting of a run, read once: firm, taxes, catalogue, prices, rules, series dates and exchange rates."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from db.queries import billing as queries
from db.queries import einvoicing
from db.seeds import ROUNDING
from desktop.domain.billing import Billing, FirmFacts, ItemFacts, TaxEntry
from desktop.domain.billing.einvoicing import SellerFacts
from desktop.domain.billing.facts import TaxRule
from desktop.domain.findings import EVERY_RULE, RULES, Effective, effective
from desktop.domain.findings.rule import Override, owner_and_hours
from desktop.domain.money import unscaled
from desktop.domain.numbering import series_year
from desktop.domain.pricing import PriceBook, RateRow
from desktop.domain.tax_parts import Parts, dated_parts
from desktop.services.templates.reading import unreadable_templates


@dataclass(frozen=True, slots=True)
class SegmentFacts:
    """What a segment says for the clients and agreements in it; None leaves it to the firm."""

    id: int
    name: str
    terms: str | None = None
    delivery: str | None = None
    language: str | None = None
    template_id: int | None = None
    tax_code: str = ""
    einvoice: str | None = None


class Rules:
    """The rules as they apply, by segment, client and agreement; shared where nobody overrides anything."""

    def __init__(self, connection: Connection) -> None:
        self._levels: dict[tuple[str, int], dict[str, Override]] = {}
        for code, scope, scope_id, enabled, severity, parameters, owner, hours in queries.rule_settings(connection):
            on = None if enabled is None else bool(enabled)
            override = Override(on, severity, json.loads(parameters), owner, hours)
            self._levels.setdefault((scope, scope_id), {})[code] = override
        self._known: dict[tuple[int | None, int, int | None], tuple[Effective, ...]] = {}

    def of(self, segment_id: int | None, client_id: int, agreement_id: int | None) -> tuple[Effective, ...]:
        chosen = _chain(segment_id, client_id, agreement_id)
        levels = [self._levels[level] for level in chosen if level in self._levels]
        narrow = any(level in self._levels for level in chosen[2:])
        key = (segment_id, client_id if narrow else 0, agreement_id if narrow else None)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = effective(RULES, levels)
        return found

    def with_override(self, code: str, level: tuple[str, int], override: Override) -> Rules:
        """The same rules with another saying of one level about one rule; these stay as they are."""
        changed = Rules.__new__(Rules)
        changed._levels = {**self._levels, level: {**self._levels.get(level, {}), code: override}}
        changed._known = {}
        return changed

    @property
    def name_owners(self) -> bool:
        """Whether anything says who looks at what is held, or by when."""
        return any(
            one.owner_id is not None or one.hours is not None
            for level in self._levels.values()
            for one in level.values()
        )

    def care_of(
        self, code: str, segment_id: int | None, client_id: int, agreement_id: int | None
    ) -> tuple[int | None, int | None]:
        """(owner, hours) of a finding; of one that no rule of the gate made, those of every rule."""
        row = next((row for row in self.of(segment_id, client_id, agreement_id) if row.rule.code == code), None)
        if row is not None:
            return row.owner_id, row.hours
        chosen = [self._levels.get(level, {}) for level in _chain(segment_id, client_id, agreement_id)]
        return owner_and_hours([level[EVERY_RULE] for level in chosen if EVERY_RULE in level])

    def widest(self, code: str, parameter: str) -> Decimal:
        """The largest value that a rule's parameter has at any level."""
        rule = next(rule for rule in RULES if rule.code == code)
        said = [level[code].parameters for level in self._levels.values() if code in level]
        return max(Decimal(str(one[parameter])) for one in (rule.parameters, *said) if parameter in one)


def _chain(segment_id: int | None, client_id: int, agreement_id: int | None) -> list[tuple[str, int]]:
    return [("firm", 0), ("segment", segment_id or 0), ("client", client_id), ("agreement", agreement_id or 0)]


@dataclass(slots=True)
class Setting:
    """Everything of a run that is the same for all its agreements. `rates` are to firm currency, times 10**6.

    `series_last` is the last date, by kind of document, in the series and year that the issue date falls in.
    """

    billing: Billing
    rules: Rules
    segments: dict[int, SegmentFacts]
    series_last: dict[str, date | None]
    rates: dict[str, int]


def read_setting(connection: Connection, through: date, issue_date: date) -> Setting:
    row = queries.firm(connection)
    firm = replace(firm_facts(row), seller=_seller(connection))
    taxes = _taxes(connection)
    dated_rates = queries.exchange_rates(connection, issue_date.isoformat())
    rates = {currency: rate for currency, rate, _day in dated_rates}
    items: dict[int, ItemFacts] = {}
    list_prices: dict[int, tuple[str, Decimal]] = {}
    for item_id, code, item_name, unit, kind, tax_code, price, item_currency, hsn_sac in queries.items(connection):
        items[item_id] = ItemFacts(item_id, code, item_name, unit, kind, tax_code, hsn_sac)
        if price is not None:
            list_prices[item_id] = (item_currency or firm.currency, unscaled(price))
    prices = PriceBook(
        (
            RateRow(
                rate_id,
                item_id,
                client_id,
                rate_currency,
                date.fromisoformat(valid_from),
                None if up_to is None else unscaled(up_to),
                unscaled(price),
                mode,
            )
            for rate_id, item_id, client_id, rate_currency, valid_from, up_to, price, mode in queries.rates(connection)
        ),
        list_prices,
    )
    return Setting(
        billing=Billing(
            through,
            issue_date,
            firm,
            taxes,
            items,
            prices,
            tuple(TaxRule._make(rule) for rule in queries.tax_rules(connection)),
            json.loads(queries.book_setting(connection, ROUNDING) or "{}"),
            rates,
            *unreadable_templates(connection),
            exchange_days={currency: date.fromisoformat(of_day) for currency, _rate, of_day in dated_rates},
        ),
        rules=Rules(connection),
        segments={one[0]: SegmentFacts(*one) for one in queries.segment_settings(connection)},
        series_last=_series_last(connection, row[9], issue_date),
        rates=rates,
    )


def firm_facts(row: Sequence[Any]) -> FirmFacts:
    """The firm from a row of queries.firm."""
    return FirmFacts(
        name=row[0],
        country=row[1],
        currency=row[2],
        language=row[3],
        terms=row[4],
        small_business=bool(row[5]),
        tax_id=row[6],
        delivery=row[7],
        template_id=row[8],
        region=row[10],
        regime=row[11],
        tax_currency=row[12] or "",
        einvoice=row[13],
    )


def _seller(connection: Connection) -> SellerFacts:
    found = einvoicing.accounts(connection)
    accounts = tuple((number, currency) for number, currency, _bic in found)
    return SellerFacts._make((*einvoicing.seller(connection), accounts, tuple(bic for *_rest, bic in found)))


def _taxes(connection: Connection) -> dict[str, TaxEntry]:
    """The tax codes by their code. One of named taxes has their sums as its rates, and the taxes as its parts."""
    taxes: dict[str, TaxEntry] = {}
    for tax_id, own in groupby(queries.taxes(connection), key=itemgetter(0)):
        rows = list(own)
        dated = [(row[7], date.fromisoformat(row[5]), int(row[6])) for row in rows if row[5] is not None]
        parts: tuple[tuple[date, Parts], ...] = ()
        if any(name for name, _, _ in dated):
            parts = dated_parts(dated)
            rates = tuple((day, sum(rate for _, rate in taxes_then)) for day, taxes_then in parts)
        else:
            rates = tuple((day, rate) for _, day, rate in dated)
        _id, code, category, reason_code, reason = rows[0][:5]
        taxes[code] = TaxEntry(tax_id, code, category, reason_code, reason, rates, parts)
    return taxes


def _series_last(connection: Connection, fiscal_month: int, issue_date: date) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for kind, rule, year, last in queries.series_dates(connection):
        found.setdefault(kind, None)
        if year == series_year(rule, fiscal_month, issue_date) and last:
            found[kind] = date.fromisoformat(last)
    return found
