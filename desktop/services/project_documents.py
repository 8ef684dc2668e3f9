"""What documents and payments say of an agreement, its own part of joint invoices included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from sqlalchemy import Connection

from db.queries import projects as queries
from db.queries.rows import ids_text
from desktop.domain.billing import part_of
from desktop.domain.money import spread


@dataclass(slots=True)
class Documents:
    """An agreement's documents in minor units.

    Net: `billed`, credit notes taken off, deposits included, and `ahead`, the deposits in it that no invoice deducted
    yet. Gross: `invoiced` without credit notes, and what became of it: `paid`, settled by `credited` documents,
    `let_go` by discounts and write-offs, and `open`. They add up. `deposits` is what was paid on deposit invoices.
    """

    billed: int = 0
    ahead: int = 0
    invoiced: int = 0
    paid: int = 0
    credited: int = 0
    let_go: int = 0
    open: int = 0
    deposits: int = 0


class _Part(NamedTuple):
    """What a document bills of one owner in one tax group (category, rate); the owner is 0 outside any agreement."""

    owner: int | None
    group: tuple[str, int]
    net: int
    deducted: int


@dataclass(slots=True)
class _Document:
    id: int
    kind: str
    corrects: int | None
    agreement: int
    payable: int
    parts: list[_Part]


def worked(connection: Connection, agreement_ids: Iterable[int]) -> dict[int, int]:
    """The net billed of agreements for what was done: without deposits that no invoice deducted yet."""
    wanted = set(agreement_ids)
    found = _nets(_read(connection, ids_text(wanted)), wanted)
    return {key: one.billed - one.ahead for key, one in found.items()}


def read_documents(connection: Connection, agreement_ids: Iterable[int]) -> dict[int, Documents]:
    """By agreement; none where nothing is billed. A joint invoice's payments count in proportion to its gross."""
    wanted = set(agreement_ids)
    papers = _read(connection, ids_text(wanted))
    found = _nets(papers, wanted)
    invoices = [paper for paper in papers.values() if paper.kind != "credit_note"]
    settled = {row[0]: row[1:] for row in queries.settled(connection, ids_text(paper.id for paper in invoices))}
    for paper in invoices:
        weights = _gross_by_owner(paper)
        # Shares of what was settled so far: what is settled whole is so for each owner, to the cent.
        totals = accumulate(settled.get(paper.id, (0, 0, 0)))
        shares = [spread(total, list(weights.values())) for total in (*totals, paper.payable)]
        for owner, paid, credited, let_go, invoiced in zip(weights, *shares, strict=True):
            own = found.get(owner)
            if own is None:
                continue
            own.invoiced += invoiced
            own.paid += paid
            own.credited += credited - paid
            own.let_go += let_go - credited
            own.open += invoiced - let_go
            if paper.kind == "deposit":
                own.deposits += paid
    return found


def _nets(papers: Mapping[int, _Document], wanted: Collection[int]) -> dict[int, Documents]:
    found: dict[int, Documents] = {}
    for paper in papers.values():
        for part in paper.parts:
            if part.owner is not None and part.owner in wanted:
                own = found.setdefault(part.owner, Documents())
                own.billed += part.net
                own.ahead += part.net if paper.kind == "deposit" else part.deducted
    return found


def _read(connection: Connection, ids: str) -> dict[int, _Document]:
    papers: dict[int, _Document] = {}
    for number, kind, corrects, agreement, payable, owner, category, rate, net, deducted in queries.documents(
        connection, ids
    ):
        paper = papers.setdefault(number, _Document(number, kind, corrects, agreement or 0, payable, []))
        paper.parts.append(_Part(owner, (category, rate), net, deducted))
    for paper in papers.values():
        if any(part.owner is None for part in paper.parts):
            paper.parts = [owned for part in paper.parts for owned in _owned(paper, part, papers)]
    return papers


def _owned(paper: _Document, part: _Part, papers: Mapping[int, _Document]) -> list[_Part]:
    """A part that nothing tells the owner of: the document's, or what a credited amount takes back of each owner."""
    if part.owner is not None:
        return [part]
    original = papers.get(paper.corrects or 0)
    weights: dict[int, int] = defaultdict(int)
    for one in original.parts if original else ():
        if one.owner is not None and one.group == part.group:
            weights[one.owner] += one.net
    if sum(weights.values()) == 0:
        return [part._replace(owner=paper.agreement)]
    nets = spread(part.net, list(weights.values()))
    deducted = spread(part.deducted, list(weights.values()))
    return [
        part._replace(owner=owner, net=net, deducted=taken)
        for owner, net, taken in zip(weights, nets, deducted, strict=True)
    ]


def _gross_by_owner(paper: _Document) -> dict[int, int]:
    """Net and tax by owner, as weights: tax is reckoned once a group, so a cent may lie with either."""
    weights: dict[int, int] = defaultdict(int)
    for part in paper.parts:
        weights[part.owner or 0] += part.net + part_of(part.net, part.group[1])
    return weights if sum(weights.values()) else {paper.agreement: 1}
