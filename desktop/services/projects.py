"""Where each project stands: agreed, changed, billed, paid, left; and what is used of budget and purchase order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import projects as queries
from db.queries import standing
from db.queries.rows import ids_text
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.milestones import read_milestones
from desktop.services.project_documents import Documents, read_documents
from desktop.services.unbilled import unbilled_of


@dataclass(frozen=True, slots=True)
class Position:
    """An agreement as a project, in minor units of its currency; what it has nothing of is 0, what it lacks None.

    Net: `agreed`, `changed` by approved change orders up to the day, `ahead` by those that hold later, `proposed` by
    those that nobody decided; `scope` is agreed and changed. `billed` is what its documents bill, credit notes taken
    off, deposits included; `deposits_ahead` of it no invoice has deducted yet. `waiting` is done and not billed, at
    today's prices; `planned` milestones are still to do. `left` is what is not billed of the scope, or of the budget
    where there is no scope. `used` of the budget is what was done: billed without deposits ahead, and waiting.

    Gross: `invoiced` = `paid` + `credited` + `let_go` (discounts, write-offs) + `open`; `deposits` is what was paid on
    deposit invoices.

    `po_used` is net and of all agreements of the client under the same number. Shares are whole percents, rounded
    down, None without a limit.
    """

    agreement_id: int
    code: str
    title: str
    client: str
    client_name: str
    billing: str
    currency: str
    active: bool
    agreed: int | None
    changed: int
    ahead: int
    proposed: int
    scope: int | None
    billed: int
    deposits_ahead: int
    waiting: int
    unpriced: int
    planned: int
    has_milestones: bool
    left: int | None
    invoiced: int
    paid: int
    credited: int
    let_go: int
    open: int
    deposits: int
    budget: int | None
    used: int
    po_number: str
    po_limit: int | None
    po_used: int

    @property
    def unplanned(self) -> int:
        """What of the scope, with what is ahead, no milestone and no unbilled work accounts for; below 0 is too much
        planned. A deposit accounts for nothing until it is deducted: what it is paid for is still planned.
        """
        return (self.scope or 0) + self.ahead - self.worked - self.waiting - self.planned

    @property
    def worked(self) -> int:
        """What is billed for what was done: without deposits ahead."""
        return self.billed - self.deposits_ahead

    @property
    def budget_share(self) -> int | None:
        return share(self.used, self.budget)

    @property
    def po_share(self) -> int | None:
        return share(self.po_used, self.po_limit)


def share(part: int, whole: int | None) -> int | None:
    """Whole percents, rounded down: 100 says that all of it is reached."""
    return None if not whole else part * 100 // whole


def positions(book: Book, as_of: date, *, client_id: int | None = None) -> list[Position]:
    """Every agreement that is a project: a fixed price, hours, an agreed sum, a budget, a PO limit or milestones."""
    with book.reading() as session:
        connection = session.connection()
        return _positions(connection, queries.project_agreements(connection, client_id), as_of)


def position(book: Book, agreement_id: int, as_of: date) -> Position:
    """One agreement. UserError where it is gone."""
    with book.reading() as session:
        connection = session.connection()
        rows = queries.one_agreement(connection, agreement_id)
        if not rows:
            raise UserError(_("The agreement is not there any more."), _("Reload the list."))
        return _positions(connection, rows, as_of)[0]


def _positions(connection: Connection, rows: Sequence[Any], as_of: date) -> list[Position]:
    keys = [row[0] for row in rows]
    ids = ids_text(keys)
    documents = read_documents(connection, keys)
    changes = {row[0]: row[1:] for row in queries.change_sums(connection, ids, as_of.isoformat())}
    planned: dict[int, int] = {}
    for key, milestones in read_milestones(connection, keys, as_of).items():
        planned[key] = sum(one.amount or 0 for one in milestones if one.state in ("planned", "late"))
    waiting = unbilled_of(connection, keys, as_of)
    ordered = {(client, number): net for client, number, net in standing.po_used(connection, ids)}
    found = []
    for row in rows:
        key, code, title, client, client_name, client_id, kind, currency, agreed, budget, number, limit, active = row
        papers = documents.get(key, Documents())
        changed, ahead, proposed = changes.get(key, (0, 0, 0))
        worth, unpriced = waiting.get(key, (0, 0))
        scope = None if agreed is None else agreed + changed
        used = papers.billed - papers.ahead + worth
        left = scope - papers.billed if scope is not None else budget - used if budget is not None else None
        found.append(
            Position(
                key,
                code,
                title,
                client,
                client_name,
                kind,
                currency,
                bool(active),
                agreed,
                changed,
                ahead,
                proposed,
                scope,
                papers.billed,
                papers.ahead,
                worth,
                unpriced,
                planned.get(key, 0),
                key in planned,
                left,
                papers.invoiced,
                papers.paid,
                papers.credited,
                papers.let_go,
                papers.open,
                papers.deposits,
                budget,
                used,
                number,
                limit,
                ordered.get((client_id, number), 0),
            )
        )
    return found
