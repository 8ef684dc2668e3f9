"""Puts issued documents before the gate again as they stood when they were issued, from what is frozen and dated.

What came before is told by the order of issue and by the days of what settled it. The documents of one run count as
its drafts do: they stand beside each other, and none is a debt of the other yet.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.queries import past as queries
from db.queries.rows import ids_text
from desktop.domain.agreement import Agreement
from desktop.domain.billing import Billing, Charged, ClientFacts, Draft, Line
from desktop.domain.findings import Case, LastInvoice, Sibling, Similar, Standing
from desktop.domain.findings.rule import in_firm
from desktop.services.exchange import ExchangeRates
from desktop.services.runs.loading import load_agreements, load_clients
from desktop.services.runs.setting import Setting

_HISTORY = 6


@dataclass(frozen=True, slots=True)
class PastCase:
    """An issued document and the case that it was; `level` is (segment, client, first agreement), for its rules."""

    invoice_id: int
    number: str
    agreement: str
    issue_date: date
    case: Case
    level: tuple[int | None, int, int | None]


class _Row(NamedTuple):
    """A document of a client's life, as `queries.lives` gives it."""

    client: int
    id: int
    number: str
    kind: str
    agreement: int | None
    run: int | None
    issued: str
    due: str
    currency: str
    net: int
    gross: int
    payable: int
    corrects: int | None
    po_number: str
    rate: int | None
    draft: int | None
    own_client: int

    @property
    def sign(self) -> int:
        return -1 if self.kind == "credit_note" else 1


class _Moment(NamedTuple):
    """When a document was issued: its day, and the second at which it was written."""

    day: str
    at: str

    def knew(self, dated: str, written: str) -> bool:
        """Whether something of that day had happened; of the same day, what was written before."""
        return dated < self.day or (dated == self.day and written <= self.at)


@dataclass(slots=True)
class _Life:
    """One client's documents in their order, and what settled them."""

    rows: list[_Row] = field(default_factory=list)
    items: dict[int, list[tuple[int, str, int, str | None]]] = field(default_factory=dict)
    settled: dict[int, list[tuple[int, str, str, str, int]]] = field(default_factory=dict)
    payments: list[tuple[str, str, str, int]] = field(default_factory=list)
    disputes: dict[int, list[tuple[str, str | None]]] = field(default_factory=dict)


def past_cases(
    connection: Connection, targets: Iterable[tuple[int, int]], setting: Setting, exchange: ExchangeRates
) -> list[PastCase]:
    """The cases of these (document, head of its client's family), in the order given; a fixed count of queries."""
    targets = list(targets)
    lives = _lives(connection, {client for _, client in targets})
    own = {row.id: row for life in lives.values() for row in life.rows}
    ids = ids_text(one for one, _ in targets)
    documents = {row[0]: row[1:] for row in queries.documents(connection, ids)}
    clients = load_clients(connection, {row.own_client for row in own.values()}, setting)
    agreements = load_agreements(connection, _agreement_ids(documents, own)).agreements
    rebuild = _Rebuild(connection, setting, exchange, lives, clients, agreements, own)
    rebuild.read_lines(ids)
    known = [(own[one], documents[one], lives[client]) for one, client in targets]
    rebuild.read_last([(row, life) for row, _, life in known])
    return [rebuild.case(row, document, life) for row, document, life in known]


def _agreement_ids(documents: Mapping[int, Any], own: Mapping[int, _Row]) -> set[int]:
    found = {own[one].agreement for one in documents}
    for row in documents.values():
        found.update(json.loads(row[5] or "[]"))
    return {key for key in found if key is not None}


def _lives(connection: Connection, clients: Iterable[int]) -> dict[int, _Life]:
    clients = list(clients)
    lives = {client: _Life() for client in clients}
    text = ids_text(clients)
    owner: dict[int, _Life] = {}
    for row in queries.lives(connection, text):
        life = lives[row[0]]
        life.rows.append(_Row._make(row))
        owner[row[1]] = life
    documents = ids_text(owner)
    for item, invoice, due, amount, since in queries.open_items(connection, documents):
        owner[invoice].items.setdefault(invoice, []).append((item, due, amount, since))
    for item, invoice, kind, dated, written, amount in queries.settlements(connection, documents):
        owner[invoice].settled.setdefault(invoice, []).append((item, kind, dated, written, amount))
    for client, currency, paid_on, written, amount in queries.payments(connection, text):
        lives[client].payments.append((currency, paid_on, written, amount))
    for invoice, opened, closed in queries.disputes(connection, documents):
        owner[invoice].disputes.setdefault(invoice, []).append((opened, closed))
    return lives


@lru_cache(maxsize=1024)
def _day(text: str) -> date:
    return date.fromisoformat(text)


class _Rebuild:
    """Makes the cases of one batch of documents."""

    def __init__(
        self,
        connection: Connection,
        setting: Setting,
        exchange: ExchangeRates,
        lives: Mapping[int, _Life],
        clients: Mapping[int, ClientFacts],
        agreements: Mapping[int, Agreement],
        own: Mapping[int, _Row],
    ) -> None:
        self._connection = connection
        self._setting = setting
        self._exchange = exchange
        self._clients = clients
        self._agreements = agreements
        self._own = own
        self._lines: dict[int, list[Line]] = {}
        self._charges: dict[int, list[Charged]] = {}
        self._last: dict[int, dict[int, list[tuple[int, int, int]]]] = {}
        self._billings: dict[tuple[str, str], Billing] = {}
        drafts = [row.draft for life in lives.values() for row in life.rows if row.draft is not None]
        self._held = queries.held_drafts(connection, ids_text(drafts))

    def read_lines(self, ids: str) -> None:
        for invoice, *line in queries.lines(self._connection, ids):
            self._lines.setdefault(invoice, []).append(Line._make(line))
        for invoice, *charge in queries.charges(self._connection, ids):
            self._charges.setdefault(invoice, []).append(Charged._make(charge))

    def read_last(self, known: Sequence[tuple[_Row, _Life]]) -> None:
        """The lines of the invoices that were the last of their agreements then."""
        newest = {earlier[0].id for row, life in known if (earlier := self._history(row, life))}
        for invoice, *rest in queries.lines(self._connection, ids_text(newest)):
            line = Line._make(rest)
            if line.agreement_line_id is not None:
                of_line = self._last.setdefault(invoice, {}).setdefault(line.agreement_line_id, [])
                of_line.append((line.quantity, line.unit_price, line.base_quantity))

    def case(self, row: _Row, document: Any, life: _Life) -> PastCase:
        reference, terms, buyer, through, planned, agreements, kind, written = document
        keys: list[int] = json.loads(agreements) if agreements else [row.agreement] if row.agreement else []
        mine = [self._as_then(self._agreements[key], row) for key in keys if key in self._agreements]
        billing = self._billing(through or row.issued, planned or row.issued)
        sign = row.sign
        lines, charges = self._lines.get(row.id, []), self._charges.get(row.id, [])
        if sign < 0:
            lines = [
                line._replace(quantity=-line.quantity, allowance=-line.allowance, charge=-line.charge, net=-line.net)
                for line in lines
            ]
        draft = Draft(
            kind=kind or row.kind,
            client_id=row.own_client,
            currency=row.currency,
            agreement_ids=keys,
            terms=terms,
            po_number=row.po_number,
            buyer_reference=reference,
            lines=lines,
            charges=charges,
            net=sign * row.net,
            tax=sign * (row.gross - row.net),
            gross=sign * row.gross,
        )
        client = _as_frozen(self._clients[row.own_client], json.loads(buyer))
        standing = self._standing(row, life, _Moment(row.issued, written), billing, client, draft)
        case = Case(draft, client, mine, {}, standing, billing, planning=False)
        first = mine[0] if mine else None
        level = ((first.segment_id if first else None) or client.segment_id, client.id, first.id if first else None)
        return PastCase(row.id, row.number, first.code if first else "", _day(row.issued), case, level)

    def _billing(self, through: str, issued: str) -> Billing:
        found = self._billings.get((through, issued))
        if found is None:
            found = replace(self._setting.billing, through=_day(through), issue_date=_day(issued))
            self._billings[(through, issued)] = found
        return found

    def _as_then(self, agreement: Agreement, row: _Row) -> Agreement:
        """Of a purchase order that was replaced since nobody kept the limit or the end."""
        if agreement.po_number == row.po_number:
            return agreement
        return agreement._replace(po_number=row.po_number, po_limit=None, po_expires=None)

    def _before(self, row: _Row, life: _Life) -> Iterable[_Row]:
        """What was issued before; what the same run issues counts beside it."""
        for other in life.rows:
            if other.id >= row.id:
                return
            if row.run is None or other.run != row.run:
                yield other

    def _history(self, row: _Row, life: _Life) -> list[_Row]:
        """The last invoices of the agreement that nothing had taken back, newest first."""
        agreement = self._agreements.get(row.agreement or 0)
        if agreement is None:
            return []
        credited = _credited(row, life)
        found = [
            other
            for other in self._before(row, life)
            if other.agreement == agreement.id
            and other.kind in ("invoice", "final")
            and other.currency == agreement.currency
            and other.payable > credited.get(other.id, 0)
        ]
        found.sort(key=lambda one: (one.issued, one.id), reverse=True)
        return found[:_HISTORY]

    def _standing(
        self, row: _Row, life: _Life, moment: _Moment, billing: Billing, client: ClientFacts, draft: Draft
    ) -> Standing:
        standing = Standing(rate=row.rate, siblings=self._siblings(row, life, billing))
        credited = _credited(row, life)
        oldest: dict[str, tuple[str, str]] = {}
        opened: dict[str, int] = {}
        similar: list[Similar] = []
        disputed: list[tuple[str, str]] = []
        used = 0
        for other in self._before(row, life):
            standing.invoiced_before = True
            for due, amount in _open_then(other, life, moment):
                opened[other.currency] = opened.get(other.currency, 0) + amount
                if other.currency not in oldest or due < oldest[other.currency][0]:
                    oldest[other.currency] = (due, other.number)
            if (
                (other.gross, other.currency) == (draft.gross, draft.currency)
                and other.kind in ("invoice", "final")
                and other.payable > credited.get(other.id, 0)
            ):
                similar.append(Similar(other.number, _day(other.issued), other.gross, other.currency))
            disputed += [
                (since, other.number)
                for since, closed in life.disputes.get(other.id, ())
                if since <= moment.day and (closed is None or closed > moment.day)
            ]
            if row.po_number and other.po_number == row.po_number:
                used += other.sign * other.net
        standing.open_firm = sum(self._in_firm(amount, code, billing) for code, amount in opened.items())
        for due, number in oldest.values():
            days = (billing.issue_date - _day(due)).days
            if days > standing.overdue_days:
                standing.overdue_days, standing.overdue_number = days, number
        standing.similar = sorted(similar, key=lambda one: one.issue_date, reverse=True)
        standing.disputed = tuple(number for _, number in sorted(disputed))
        standing.unapplied = self._unapplied(row, life, moment, client.currency)
        standing.po_used = {row.po_number: used} if row.po_number else {}
        earlier = self._history(row, life)
        standing.history = [one.net for one in earlier]
        if earlier:
            last = earlier[0]
            left = sum(amount for _, amount in _open_then(last, life, moment))
            payable = last.payable - credited.get(last.id, 0)
            standing.last = LastInvoice(
                last.number, _day(last.issued), _day(last.due), last.net, payable, left, self._last.get(last.id, {})
            )
        return standing

    def _in_firm(self, minor: int, currency: str, billing: Billing) -> int:
        rate = self._exchange.on(currency, billing.issue_date)
        return in_firm(minor, currency, billing.firm.currency, rate)

    def _siblings(self, row: _Row, life: _Life, billing: Billing) -> tuple[Sibling, ...]:
        if row.run is None or row.draft is None:
            return ()
        return tuple(
            Sibling(
                other.sign * other.gross,
                other.sign * other.net,
                other.currency,
                other.po_number,
                self._in_firm(other.sign * other.gross, other.currency, billing),
                other.draft not in self._held,
            )
            for other in sorted(life.rows, key=lambda one: one.draft or 0)
            if other.run == row.run
            and other.own_client == row.own_client
            and other.draft is not None
            and other.draft < row.draft
        )

    def _unapplied(self, row: _Row, life: _Life, moment: _Moment, currency: str) -> int:
        """Payments and credit notes in the client's currency, less what they had settled."""
        total = sum(
            amount
            for code, paid_on, written, amount in life.payments
            if code == currency and moment.knew(paid_on, written)
        )
        for other in self._before(row, life):
            if other.currency == currency and other.kind == "credit_note":
                total += other.payable
        for other in life.rows:
            if other.currency == currency:
                total -= sum(
                    amount
                    for _, kind, dated, written, amount in life.settled.get(other.id, ())
                    if kind in ("payment", "credit") and moment.knew(dated, written)
                )
        return total


def _credited(row: _Row, life: _Life) -> dict[int, int]:
    """What credit notes had taken back by then, by document."""
    found: dict[int, int] = {}
    for other in life.rows:
        if other.id >= row.id:
            break
        if other.corrects is not None:
            found[other.corrects] = found.get(other.corrects, 0) + other.payable
    return found


def _open_then(other: _Row, life: _Life, moment: _Moment) -> list[tuple[str, int]]:
    """(due date, amount) of what was open of a document."""
    items = life.items.get(other.id)
    if not items:
        return []
    settled: dict[int, int] = {}
    for item, _kind, dated, written, amount in life.settled.get(other.id, ()):
        if moment.knew(dated, written):
            settled[item] = settled.get(item, 0) + amount
    return [
        (due, left)
        for item, due, amount, since in items
        if (since is None or since <= moment.day) and (left := amount - settled.get(item, 0)) > 0
    ]


def _as_frozen(client: ClientFacts, buyer: Mapping[str, str]) -> ClientFacts:
    """The client with the name and address that stand on the document; its marks have no dates and are left out."""
    return replace(
        client,
        name=buyer.get("name", ""),
        country=buyer.get("country", ""),
        street=buyer.get("street", ""),
        postcode=buyer.get("postcode", ""),
        city=buyer.get("city", ""),
        tax_id=buyer.get("tax_id", ""),
        on_hold=False,
        disputed=False,
    )
