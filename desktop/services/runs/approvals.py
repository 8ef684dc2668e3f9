"""Releases what the gate held: within each person's limit, and above a second limit by two people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from desktop.domain.findings import Finding
from desktop.domain.journal import firm_factor, in_firm
from desktop.domain.wording import Figure, Said, money, phrase, restored
from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.saying import told
from desktop.services.changes import Change, change
from desktop.services.exchange import ExchangeRates
from desktop.services.limits import limit_refusal, second_approval_above
from desktop.services.runs.decisions import decided
from desktop.services.runs.planning import waiting_reason

SECOND = "second_person"
"""The code of the finding that waits for a second person."""


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of an approval: the count of `findings` approved, and by draft what it did.

    `released` may be issued; `waiting` were approved and need another person now; `refused` are beyond what this
    person may approve, for the `reason` given; `blocked` must be mended.
    """

    findings: int = 0
    released: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    refused: tuple[int, ...] = ()
    blocked: tuple[int, ...] = ()
    reason: str = ""
    remedy: str = ""


class SecondLook:
    """Above which amount two people approve, read once a transaction."""

    def __init__(self, connection: Connection) -> None:
        self.above = second_approval_above(connection)
        self._connection = connection
        self._rates: ExchangeRates | None = None

    def needed(self, net: int, currency: str, day: date) -> bool:
        """Whether a draft of this net takes two people; also where no exchange rate tells."""
        if self.above is None:
            return False
        amount = in_firm(abs(net), self.factor(currency, day))
        return amount is None or amount > self.above

    def factor(self, currency: str, day: date) -> Decimal | None:
        """The firm's minor units for one of a currency; None where no exchange rate is known."""
        rates = self._rates = self._rates or ExchangeRates(self._connection)
        return firm_factor(rates.on(currency, day), currency, rates.firm_currency)

    def finding(self, first: str | None) -> Finding:
        """What holds a draft that `first` approved; None where nobody knows any more who it was."""
        rates = self._rates = self._rates or ExchangeRates(self._connection)
        limit: Figure = money(self.above or 0, rates.firm_currency)
        if first is None:
            return Finding(
                SECOND,
                "hold",
                phrase("Above {limit} two people approve: one did, and one more is needed.", limit=limit),
                phrase("Someone else approves it."),
            )
        return Finding(
            SECOND,
            "hold",
            phrase("Above {limit} two people approve: {first} did, and one more is needed.", limit=limit, first=first),
            phrase("Someone other than {first} approves it.", first=first),
        )


def approve(book: Book, finding_ids: Sequence[int], note: str, *, actor: str, now: str) -> Approval:
    """Approve findings; a draft with nothing left against it is released.

    UserError where a finding blocks, where the amount is above the actor's limit, and where the actor is the one who
    approved first.
    """
    count = len(finding_ids)
    summary = ngettext("Approve {count} exception", "Approve {count} exceptions", count).format(count=count)
    with change(book, actor, summary) as made:
        rows = open_findings(made.connection, finding_ids)
        blocked = [row for row in rows if row.severity == "block"]
        if blocked:
            raise UserError(
                _("{finding} This cannot be approved.").format(finding=told(blocked[0].message)),
                told(blocked[0].remedy),
            )
        with decided(made, [row.draft_id for row in rows]):
            done = _approve(made, [row for row in rows if not row.approved], note, now)
        if done.refused:
            raise UserError(done.reason, done.remedy)
        return done


def approve_drafts(book: Book, draft_ids: Sequence[int], note: str, *, actor: str, now: str) -> Approval:
    """Approve all that holds these drafts; those with a block, or beyond what the actor may approve, stay."""
    count = len(draft_ids)
    summary = ngettext("Approve {count} draft", "Approve {count} drafts", count).format(count=count)
    with change(book, actor, summary) as made:
        rows = [
            OpenFinding(*row)
            for row in made.connection.exec_driver_sql(
                """SELECT f.id, f.draft_id, f.severity, f.message, f.remedy, f.code, f.approved
                FROM finding f JOIN draft d ON d.id = f.draft_id
                WHERE d.id IN (SELECT value FROM json_each(?)) AND f.approved = 0
                AND (d.state = 'held' AND f.severity <> 'note' OR d.state = 'failed' AND f.severity = 'block')
                ORDER BY f.id""",
                (ids_text(draft_ids),),
            )
        ]
        blocked = tuple(dict.fromkeys(row.draft_id for row in rows if row.severity == "block"))
        with decided(made, draft_ids):
            done = _approve(made, [row for row in rows if row.severity == "hold"], note, now)
        return Approval(done.findings, done.released, done.waiting, done.refused, blocked, done.reason, done.remedy)


class OpenFinding(NamedTuple):
    """A finding of a draft that is not issued; message and remedy as `Said.stored` writes them."""

    id: int
    draft_id: int
    severity: str
    message: str
    remedy: str
    code: str
    approved: bool


def open_findings(connection: Connection, finding_ids: Sequence[int]) -> list[OpenFinding]:
    """These findings; UserError telling of the first that is not open any more what became of it."""
    rows = connection.exec_driver_sql(
        """SELECT f.id, f.draft_id, f.severity, f.message, f.remedy, f.code, f.approved
        FROM finding f JOIN draft d ON d.id = f.draft_id
        WHERE f.id IN (SELECT value FROM json_each(?)) AND d.state IN ('ready', 'held', 'approved', 'failed')""",
        (ids_text(finding_ids),),
    ).fetchall()
    missing = [key for key in finding_ids if key not in {row[0] for row in rows}]
    if missing:
        raise _not_open(connection, missing[0])
    return [OpenFinding(*row) for row in rows]


def _not_open(connection: Connection, finding_id: int) -> UserError:
    remedy = _("List those that are open with: sheaf exceptions BOOK")
    row = connection.exec_driver_sql(
        """SELECT d.state, coalesce(i.number, '') FROM finding f JOIN draft d ON d.id = f.draft_id
        LEFT JOIN invoice i ON i.id = d.invoice_id WHERE f.id = ?""",
        (finding_id,),
    ).fetchone()
    if row is None:
        return UserError(_("There is no open exception {id}.").format(id=finding_id), remedy)
    said = _("Exception {id} is not open any more: its draft was issued as {invoice}.")
    if row[0] != "issued":
        said = _("Exception {id} is not open any more: its draft was discarded.")
    return UserError(said.format(id=finding_id, invoice=row[1]), remedy)


def _approve(made: Change, rows: Sequence[OpenFinding], note: str, now: str) -> Approval:
    connection = made.connection
    second = SecondLook(connection)
    count = 0
    released: list[int] = []
    waiting: list[int] = []
    refused: list[int] = []
    why: UserError | None = None
    by_draft: dict[int, list[OpenFinding]] = {}
    for row in rows:
        by_draft.setdefault(row.draft_id, []).append(row)
    for draft in _drafts(connection, by_draft):
        mine = by_draft[draft.id]
        seconds = any(row.code == SECOND for row in mine)
        refusal = _refusal(connection, second, draft, made.actor, seconds=seconds)
        if refusal is not None:
            refused.append(draft.id)
            why = why or refusal
            continue
        count += len(mine)
        connection.exec_driver_sql("UPDATE finding SET approved = 1 WHERE id = ?", [(row.id,) for row in mine])
        made.record(
            "draft",
            draft.id,
            "approve as second" if seconds else "approve",
            None,
            {"findings": [row.id for row in mine], "note": note},
        )
        left = _left(connection, draft.id)
        if seconds:
            connection.exec_driver_sql(
                """UPDATE draft SET seconded_by = ?, decision_note = CASE decision_note WHEN '' THEN ?
                ELSE decision_note END WHERE id = ?""",
                (made.actor, note, draft.id),
            )
        else:
            connection.exec_driver_sql(
                "UPDATE draft SET decided_by = ?, decided_at = ?, decision_note = ? WHERE id = ?",
                (made.actor, now, note, draft.id),
            )
            if not left and second.needed(draft.net, draft.currency, draft.day):
                left = [_ask_second(connection, draft.id, second.finding(made.actor))]
                waiting.append(draft.id)
        if not left:
            released.append(draft.id)
        by = phrase("Approved by {actor}.", actor=made.actor)
        if seconds:
            by = phrase("Approved by {first} and {second}.", first=draft.decided_by or "", second=made.actor)
        _put_state(connection, draft.id, left, by)
    return Approval(
        count,
        tuple(released),
        tuple(waiting),
        tuple(refused),
        (),
        why.message if why else "",
        why.remedy if why else "",
    )


class _Draft(NamedTuple):
    id: int
    net: int
    currency: str
    decided_by: str | None
    day: date


def _drafts(connection: Connection, draft_ids: Iterable[int]) -> list[_Draft]:
    return [
        _Draft(row[0], row[1], row[2], row[3], date.fromisoformat(row[4]))
        for row in connection.exec_driver_sql(
            """SELECT d.id, d.net, d.currency, d.decided_by, r.issue_date FROM draft d JOIN run r ON r.id = d.run_id
            WHERE d.id IN (SELECT value FROM json_each(?)) ORDER BY d.id""",
            (ids_text(draft_ids),),
        )
    ]


def _refusal(
    connection: Connection, second: SecondLook, draft: _Draft, actor: str, *, seconds: bool
) -> UserError | None:
    """Why this person may not approve this draft."""
    if seconds and actor == draft.decided_by:
        return UserError(
            _("{actor} approved it already; above this amount two people approve.").format(actor=actor),
            _("Someone else opens the book and approves it too."),
        )
    return limit_refusal(connection, actor, "approval", abs(draft.net), second.factor(draft.currency, draft.day))


def _ask_second(connection: Connection, draft_id: int, found: Finding) -> tuple[str, Said]:
    connection.exec_driver_sql(
        """INSERT INTO finding (draft_id, code, severity, message, remedy, field, approved)
        VALUES (?, ?, ?, ?, ?, ?, 0)""",
        (draft_id, found.code, found.severity, found.message.stored(), found.remedy.stored(), found.field),
    )
    return found.severity, found.message


def _left(connection: Connection, draft_id: int) -> list[tuple[str, Said]]:
    return [
        (row[0], restored(row[1]))
        for row in connection.exec_driver_sql(
            "SELECT severity, message FROM finding WHERE draft_id = ? AND approved = 0 AND severity <> 'note'",
            (draft_id,),
        )
    ]


def _put_state(connection: Connection, draft_id: int, left: Sequence[tuple[str, Said]], by: Said) -> None:
    connection.exec_driver_sql("UPDATE draft SET state = ? WHERE id = ?", ("held" if left else "approved", draft_id))
    reason = waiting_reason("held", left) if left else by
    connection.exec_driver_sql(
        "UPDATE outcome SET state = ?, reason = ? WHERE draft_id = ?",
        ("held" if left else "ready", reason.stored(), draft_id),
    )


def forget_approvals(connection: Connection, draft_id: int) -> None:
    """Nobody has approved this draft any more: it bills something else, or is held again."""
    connection.exec_driver_sql("UPDATE finding SET approved = 0 WHERE draft_id = ?", (draft_id,))
    connection.exec_driver_sql("DELETE FROM finding WHERE draft_id = ? AND code = ?", (draft_id, SECOND))
    connection.exec_driver_sql(
        "UPDATE draft SET decided_by = NULL, decided_at = NULL, seconded_by = NULL WHERE id = ?", (draft_id,)
    )
