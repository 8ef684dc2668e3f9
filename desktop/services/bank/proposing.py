"""What open lines pay, as far as the book tells: the best explanations of each, kept in memory for a page or a pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.matching import explain
from desktop.domain.matching.facts import Explanation, Line, OpenInvoice, PastPayment, Policy
from desktop.i18n import _
from desktop.services.bank.facts import Facts, load
from desktop.services.bank.order_lines import order_lines
from desktop.services.bank.own_transfers import own_transfers
from desktop.services.bank.parts import Booked, Part, parts_of
from desktop.services.bank.policy import policy_within
from desktop.services.bank.recorded import recorded_before, weighed
from desktop.services.runs.scope import Report, silent


class Proposals:
    """Explanations of open lines, the best first, as one moment of the book has them.

    `lines` are what is left of open lines, by id, the oldest first; `items` and `past` what their explanations name.
    """

    def __init__(self, facts: Facts, policy: Policy, today: date, found: Mapping[int, tuple[Explanation, ...]]) -> None:
        self.lines: Mapping[int, Line] = {line.id: line for line in facts.lines}
        self.items: Mapping[int, OpenInvoice] = facts.items
        self.past: Mapping[int, PastPayment] = facts.past
        self.heads: Mapping[int, int] = facts.heads
        self.policy = policy
        self.today = today
        self._found = found

    def of(self, line_id: int) -> tuple[Explanation, ...]:
        """Up to five ways to read a line, the best first; none for a line that is booked or says nothing."""
        return self._found.get(line_id, ())

    def best(self, line_id: int) -> Explanation | None:
        """The best explanation, None where there is none. Whether it has an equal, its `sure` says."""
        found = self.of(line_id)
        return found[0] if found else None

    def parts(self, explanation: Explanation) -> tuple[Part, ...]:
        """What booking an explanation of these books, as `book_line` takes it."""
        return parts_of(explanation, self.lines[explanation.line_id], self.items, self.past, self.heads)

    def names(self, explanation: Explanation) -> tuple[tuple[str, int], ...]:
        """What it pays: (name of the open item, minor units of the item's currency)."""
        return tuple((self.items[share.item_id].name, share.amount) for share in explanation.shares)

    def after(self, book: Book, booked: Iterable[Booked]) -> Proposals:
        """The proposals after lines were booked: only what names the same clients or invoices is explained anew, and
        what is as large as one of them, since it may have had an equal.

        What was taken back, or taken in since, needs `proposals` again.
        """
        done = list(booked)
        gone = {one.line_id for one in done if not one.left}
        clients = {client for one in done for client in one.clients}
        items = {item for one in done for item, _amount in one.settled}
        amounts = {self.items[item].open for item in items if item in self.items}
        touched = {one.line_id for one in done if one.left}
        touched |= {line.id for line in self.lines.values() if line.amount in amounts} - gone
        for line_id, found in self._found.items():
            if line_id not in gone and any(self._names(one, clients, items) for one in found):
                touched.add(line_id)
        stay = [line_id for line_id in self.lines if line_id not in gone]
        with book.reading() as session:
            connection = session.connection()
            facts = load(connection, stay)
            anew = _explained(connection, facts, self.policy, self.today, touched, silent)
        kept = {line_id: found for line_id, found in self._found.items() if line_id not in gone | touched}
        return Proposals(facts, self.policy, self.today, kept | anew)

    def with_later(self, later: Proposals) -> Proposals:
        """These, with what a later moment of the book says of some of the lines."""
        joined = copy(self)
        joined._found = {**self._found, **{line_id: later.of(line_id) for line_id in later.lines}}
        joined.past = {**self.past, **later.past}
        joined.items = {**later.items, **self.items}
        return joined

    def _names(self, explanation: Explanation, clients: Collection[int], items: Collection[int]) -> bool:
        client = explanation.client_id
        if client is not None and self.heads.get(client, client) in clients:
            return True
        return any(share.item_id in items for share in explanation.shares)


def proposals(
    book: Book,
    *,
    today: date,
    line_ids: Collection[int] | None = None,
    report: Report = silent,
) -> Proposals:
    """Explain all open lines, or these. Nothing is written; `report` may raise to stop it."""
    report(0, 1, _("Reading open invoices"))
    with book.reading() as session:
        connection = session.connection()
        policy = policy_within(connection)
        facts = load(connection, line_ids)
        found = _explained(connection, facts, policy, today, None, report)
    return Proposals(facts, policy, today, found)


def _explained(
    connection: Connection,
    facts: Facts,
    policy: Policy,
    today: date,
    line_ids: Collection[int] | None,
    report: Report,
) -> dict[int, tuple[Explanation, ...]]:
    lines = facts.lines if line_ids is None else [line for line in facts.lines if line.id in line_ids]
    known = own_transfers(connection, lines) | order_lines(connection, lines, facts.items)
    rest = [line for line in lines if line.id not in known and line.amount]
    recorded = recorded_before(connection, rest, facts.items)
    found = _read(facts, policy, today, [line for line in rest if line.id not in recorded], facts.items, report)
    doubtful = [line for line in rest if line.id in recorded and not recorded[line.id].sure]
    if doubtful:
        others = _read(facts, policy, today, doubtful, _left(facts.items, found), report)
        found |= {line.id: weighed(recorded[line.id], others.get(line.id, ())) for line in doubtful}
    plain = {line_id: (one,) for line_id, one in (known | recorded).items() if line_id not in found}
    return plain | found


def _read(
    facts: Facts,
    policy: Policy,
    today: date,
    lines: list[Line],
    items: Mapping[int, OpenInvoice],
    report: Report,
) -> dict[int, tuple[Explanation, ...]]:
    return explain(
        lines,
        list(items.values()),
        facts.payers,
        list(facts.past.values()),
        policy,
        today=today,
        settled=facts.settled,
        report=lambda done, total: report(done, total, _("Matching bank lines")),
    )


def _left(items: Mapping[int, OpenInvoice], found: Mapping[int, tuple[Explanation, ...]]) -> dict[int, OpenInvoice]:
    """What is open beside what lines take for sure."""
    left = {key: one.open for key, one in items.items()}
    for explanations in found.values():
        if explanations and explanations[0].sure:
            for share in explanations[0].shares:
                left[share.item_id] -= share.amount + share.discount + share.write_off + share.withheld
    return {key: replace(one, open=left[key]) for key, one in items.items() if left[key] > 0}
