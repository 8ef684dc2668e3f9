"""The setting of a run, read once: firm, taxes, catalogue, prices, rules, series dates and exchange rates."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from db.queries import billing as queries
from desktop.domain.billing import Billing, FirmFacts, ItemFacts, TaxEntry
from desktop.domain.findings import EVERY_RULE, RULES, Effective, effective
from desktop.domain.findings.rule import Override, owner_and_hours
from desktop.domain.money import unscaled
from desktop.domain.numbering import series_year
from desktop.domain.pricing import PriceBook, RateRow


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
    firm = FirmFacts(row[0], row[1], row[2], row[3], row[4], bool(row[5]), row[6], row[7], row[8])
    taxes: dict[str, TaxEntry] = {}
    for tax_id, code, category, reason_code, reason, valid_from, rate in queries.taxes(connection):
        known = taxes.get(code)
        rates = known.rates if known else ()
        if valid_from is not None:
            rates = (*rates, (date.fromisoformat(valid_from), rate))
        taxes[code] = TaxEntry(tax_id, code, category, reason_code, reason, rates)
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
        billing=Billing(through, issue_date, firm, taxes, items, prices),
        rules=Rules(connection),
        segments={one[0]: SegmentFacts(*one) for one in queries.segment_settings(connection)},
        series_last=_series_last(connection, row[9], issue_date),
        rates=dict(tuple(one) for one in queries.exchange_rates(connection, issue_date.isoformat())),
    )


def _series_last(connection: Connection, fiscal_month: int, issue_date: date) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for kind, rule, year, last in queries.series_dates(connection):
        found.setdefault(kind, None)
        if year == series_year(rule, fiscal_month, issue_date) and last:
            found[kind] = date.fromisoformat(last)
    return found
