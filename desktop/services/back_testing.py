"""What a rule of the gate would have held of the documents issued so far: the real rules on the cases of then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import past as queries
from desktop.domain.findings.rule import Effective, Override
from desktop.domain.wording import Said
from desktop.i18n import _, ngettext, number_text
from desktop.saying import put
from desktop.services.exchange import ExchangeRates
from desktop.services.past_cases import PastCase, past_cases
from desktop.services.runs.scope import Report, silent
from desktop.services.runs.setting import Rules, Setting, read_setting

LAST = 240
"""Documents a rule is tried on unless told."""

_CHUNK = 400

# The parameter by which a rule holds more or less.
TUNED: Mapping[str, str] = {
    "amount_above": "limit",
    "differs_from_usual": "percent",
    "discount_above": "percent",
    "client_overdue": "days",
    "old_time": "days",
}

# What rules may look at and the book keeps or dates.
_TESTED = frozenset(
    {
        "address_incomplete",
        "tax_id_missing",
        "tax_id_invalid",
        "buyer_reference_missing",
        "currency_mismatch",
        "tax_code_mismatch",
        "tax_mix",
        "price_missing",
        "negative_total",
        "amount_above",
        "differs_from_usual",
        "off_rate_card",
        "disputed",
        "credit_limit",
        "client_overdue",
        "partly_paid",
        "po_missing",
        "po_expired",
        "po_exceeded",
        "discount_above",
        "look_alike",
        "vague_text",
        "glyph_missing",
        "old_time",
        "first_invoice",
        "changed",
        "ends_soon",
        "unapplied_credit",
        "exchange_rate_missing",
        "exchange_rate_old",
        "pay_code_missing",
    }
)


def untested(code: str) -> str:
    """Why a rule cannot be tried on the past, in a sentence; empty where it can."""
    if code in _TESTED:
        return ""
    reasons = {
        "overlap": _("What is billed twice cannot be issued, so no past invoice shows it."),
        "date_backwards": _("The series lets no date run backwards, so no past invoice shows it."),
        "client_on_hold": _("The book does not keep since when a client was on hold."),
        "deposit_open": _("The book does not keep which deposits stood open before a final invoice."),
        "unbilled_left": _("The book does not keep which hours had no rate then."),
        "usage_missing": _("The book does not keep which records had arrived then."),
        "usage_suspect": _("The book does not keep which records had arrived then."),
        "budget_exceeded": _("The book does not keep how much of a budget was used then."),
        "scope_exceeded": _("The book does not keep what was agreed and billed of a project then."),
    }
    return reasons.get(code) or _("The book does not keep what this rule looks at as it stood then.")


def caveat(code: str) -> str:
    """What a trial of the rule takes as it is today, in a sentence; empty where all of it is frozen or dated."""
    words = {
        "credit_limit": _("By today's credit limits of the clients."),
        "po_missing": _("By what the clients want today."),
        "buyer_reference_missing": _("By what the clients want today."),
        "po_expired": _("By the purchase orders as they stand today; those replaced since are left out."),
        "po_exceeded": _("By the purchase orders as they stand today; those replaced since are left out."),
        "off_rate_card": _("By the rate card as it stands today."),
        "ends_soon": _("By the end dates as they stand today."),
        "currency_mismatch": _("By the currencies of agreements and clients today."),
        "disputed": _("By disputes of invoices; the mark at a client has no date."),
    }
    return words.get(code, "")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a level would say of a rule; None leaves a part to the level above, as `rules.set_rule` takes it."""

    code: str
    scope: str = "firm"
    scope_id: int = 0
    enabled: bool | None = None
    severity: str | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that a rule would have found something about; `amount` is its net in minor units."""

    invoice_id: int
    number: str
    client: str
    agreement: str
    issue_date: date
    amount: int
    currency: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class BackTest:
    """What the proposed and the present setting find among `looked_at` documents, newest first.

    `reason` says why the rule cannot be tried; nothing was looked at then.
    """

    code: str
    looked_at: int
    proposed: tuple[Hit, ...] = ()
    present: tuple[Hit, ...] = ()
    reason: str = ""

    @property
    def held(self) -> int:
        return sum(hit.severity != "note" for hit in self.proposed)

    @property
    def held_now(self) -> int:
        return sum(hit.severity != "note" for hit in self.present)

    @property
    def noted(self) -> int:
        return len(self.proposed) - self.held


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The round value of a parameter with which a rule would have held at most the share that was asked for."""

    parameter: str
    value: int
    held: int


@dataclass(frozen=True, slots=True)
class Past:
    """Documents recalled once, to try one setting after the other on them without the book."""

    cases: tuple[PastCase, ...]
    rules: Rules

    def tested(self, proposal: Proposal) -> BackTest:
        reason = untested(proposal.code)
        if reason:
            return BackTest(proposal.code, 0, reason=reason)
        proposed = self._with(proposal, proposal.parameters)
        return BackTest(
            proposal.code,
            len(self.cases),
            self._hits(proposal.code, proposed),
            self._hits(proposal.code, self.rules),
        )

    def suggested(self, proposal: Proposal, percent: int = 5) -> Suggestion | None:
        """The least round limit that holds at most so many percent, but one at least; None where no limit does."""
        name = TUNED.get(proposal.code)
        if name is None or not self.cases:
            return None
        most = max(1, len(self.cases) * percent // 100)

        def held(value: int) -> int:
            rules = self._with(replace(proposal, enabled=True), {**proposal.parameters, name: value})
            return len(self._hits(proposal.code, rules))

        high = 1
        while held(high) > most:
            high *= 2
            if high > _NO_LIMIT:
                return None
        low = -1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if held(middle) <= most else (middle, high)
        value = _round_up(high)
        return Suggestion(name, value, held(value))

    def _with(self, proposal: Proposal, parameters: Mapping[str, Any]) -> Rules:
        said = Override(proposal.enabled, proposal.severity, parameters)
        return self.rules.with_override(proposal.code, (proposal.scope, proposal.scope_id), said)

    def _hits(self, code: str, rules: Rules) -> tuple[Hit, ...]:
        found = []
        for past in self.cases:
            row = _rule_of(rules, past, code)
            if row is None or not row.enabled:
                continue
            message = next((one[0] for one in row.rule.look(past.case, row.parameters)), None)
            if message is not None:
                found.append(_hit(past, row.severity, message))
        return tuple(found)


_NO_LIMIT = 10**12


def _round_up(value: int) -> int:
    """Up to three figures that count: 12,341 becomes 12,400."""
    step: int = 10 ** max(0, len(str(value)) - 3)
    return -(-value // step) * step


def _rule_of(rules: Rules, past: PastCase, code: str) -> Effective | None:
    return next((row for row in rules.of(*past.level) if row.rule.code == code), None)


def _hit(past: PastCase, severity: str, message: Said) -> Hit:
    draft = past.case.draft
    return Hit(
        past.invoice_id,
        past.number,
        past.case.client.name,
        past.agreement,
        past.issue_date,
        draft.net,
        draft.currency,
        severity,
        put(message),
    )


def recall(
    book: Book,
    scope: str = "firm",
    scope_id: int = 0,
    *,
    last: int = LAST,
    since: date | None = None,
    until: date | None = None,
    today: date,
) -> Past:
    """The last documents of a level as they stood when they were issued, newest first."""
    with book.reading() as session:
        connection = session.connection()
        setting = read_setting(connection, today, today)
        targets = queries.issued(connection, scope, scope_id, last, since, until)
        cases = past_cases(connection, targets, setting, ExchangeRates(connection))
        return Past(tuple(cases), setting.rules)


def back_test(
    book: Book,
    proposal: Proposal,
    *,
    last: int | None = LAST,
    since: date | None = None,
    until: date | None = None,
    today: date,
    report: Report = silent,
) -> BackTest:
    """Try a setting on the last documents of its level, all of them with None; thousands are done client by client.

    A cancel by `report` takes effect between parts.
    """
    reason = untested(proposal.code)
    if reason:
        return BackTest(proposal.code, 0, reason=reason)
    with book.reading() as session:
        connection = session.connection()
        setting = read_setting(connection, today, today)
        exchange = ExchangeRates(connection)
        targets = queries.issued(connection, proposal.scope, proposal.scope_id, last, since, until)
        found = [part.tested(proposal) for part in _parts(connection, targets, setting, exchange, report)]
    if not targets and (since or until):
        return BackTest(proposal.code, 0, reason=_("No invoice that a rule looked at is dated within these days."))
    return BackTest(
        proposal.code,
        len(targets),
        _newest_first([one.proposed for one in found]),
        _newest_first([one.present for one in found]),
    )


def _parts(
    connection: Connection,
    targets: Sequence[tuple[int, int]],
    setting: Setting,
    exchange: ExchangeRates,
    report: Report,
) -> Iterator[Past]:
    # All of a client's documents together: what came before is read once for them.
    ordered = sorted(targets, key=lambda one: (one[1], -one[0]))
    total = len(ordered)
    done = 0
    report(0, total, _("Trying the rule"))
    while done < total:
        part = ordered[done : done + _CHUNK]
        yield Past(tuple(past_cases(connection, part, setting, exchange)), setting.rules)
        done += len(part)
        report(done, total, _("Trying the rule"))


def _newest_first(parts: Sequence[Sequence[Hit]]) -> tuple[Hit, ...]:
    return tuple(sorted((hit for part in parts for hit in part), key=lambda hit: -hit.invoice_id))


def sentence(test: BackTest) -> str:
    """The result in words: “Would have held 7 of the last 240 invoices; today's setting 12.”"""
    if test.reason:
        return test.reason
    if not test.looked_at:
        return _("No invoice was issued here yet: there is nothing to try it on.")
    words = ngettext(
        "Would have held {held} of the last {count} invoice; today's setting {now}.",
        "Would have held {held} of the last {count} invoices; today's setting {now}.",
        test.looked_at,
    ).format(held=number_text(test.held), count=number_text(test.looked_at), now=number_text(test.held_now))
    if test.noted:
        words += " " + _("It would have told of {count} and let them go.").format(count=number_text(test.noted))
    return words
