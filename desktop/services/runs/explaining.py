"""Why: what a run did with everyone, and how it compares with the run before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from desktop.saying import told
from desktop.services.runs.scope import RunFacts, run_facts


@dataclass(frozen=True, slots=True)
class FindingRow:
    code: str
    severity: str
    message: str
    remedy: str
    approved: bool


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """What a run did with one agreement; `agreement` is empty for charges outside any. Outcome: issued, held,
    skipped or failed; what is ready and waits for the word counts as held."""

    agreement: str
    title: str
    client: str
    client_name: str
    outcome: str
    reason: str
    findings: tuple[FindingRow, ...]
    invoice: str
    amount: int | None
    currency: str


def explain(book: Book, run_number: str, client_code: str | None = None) -> list[OutcomeRow]:
    """Every outcome of a run, or those of one client, in order of client and agreement."""
    with book.reading() as session:
        connection = session.connection()
        run = run_facts(connection, run_number)
        findings: dict[int, list[FindingRow]] = {}
        for row in connection.exec_driver_sql(
            """SELECT f.draft_id, f.code, f.severity, f.message, f.remedy, f.approved FROM finding f
            JOIN draft d ON d.id = f.draft_id WHERE d.run_id = ? ORDER BY f.id""",
            (run.id,),
        ):
            findings.setdefault(row[0], []).append(FindingRow(row[1], row[2], told(row[3]), told(row[4]), bool(row[5])))
        rows = connection.exec_driver_sql(
            """SELECT coalesce(a.code, ''), coalesce(a.title, ''), c.code, c.name,
            CASE o.state WHEN 'ready' THEN 'held' ELSE o.state END, o.reason, o.draft_id, coalesce(i.number, ''),
            d.net, coalesce(d.currency, '') FROM outcome o JOIN client c ON c.id = o.client_id
            LEFT JOIN agreement a ON a.id = o.agreement_id LEFT JOIN draft d ON d.id = o.draft_id
            LEFT JOIN invoice i ON i.id = o.invoice_id
            WHERE o.run_id = ?
            AND (? IS NULL OR coalesce(c.merged_into_id, c.id) =
              (SELECT coalesce(k.merged_into_id, k.id) FROM client k WHERE k.code = ?))
            ORDER BY c.code, a.code, o.id""",
            (run.id, client_code, client_code),
        )
        return [
            OutcomeRow(
                row[0],
                row[1],
                row[2],
                row[3],
                row[4],
                told(row[5]),
                tuple(findings.get(row[6], ())) if row[6] else (),
                row[7],
                row[8],
                row[9],
            )
            for row in rows
        ]


@dataclass(frozen=True, slots=True)
class Difference:
    """One agreement in this run and in the one before; net amounts in minor units, None where it had no invoice."""

    agreement: str
    client: str
    client_name: str
    currency: str
    before: int | None
    now: int | None

    @property
    def change(self) -> int:
        return (self.now or 0) - (self.before or 0)


@dataclass(frozen=True, slots=True)
class Comparison:
    """This run against the last one of the same kind; totals by currency are net, in minor units."""

    run: str
    last: str
    last_through: date | None
    rows: tuple[Difference, ...]
    totals: dict[str, int]
    gone: int
    new: int


def compare(book: Book, run_number: str) -> Comparison:
    """What is new, gone or different since the last run that issued anything before this one."""
    with book.reading() as session:
        connection = session.connection()
        run = run_facts(connection, run_number)
        last = _previous(connection, run)
        now = _amounts(connection, run.id)
        before = _amounts(connection, last.id) if last else {}
        rows = []
        for key in sorted(now.keys() | before.keys(), key=lambda one: (one[1], one[0])):
            was, is_now = before.get(key), now.get(key)
            if was != is_now:
                rows.append(Difference(*key, was, is_now))
        totals: dict[str, int] = {}
        for row in rows:
            totals[row.currency] = totals.get(row.currency, 0) + row.change
        return Comparison(
            run.number,
            last.number if last else "",
            last.through if last else None,
            tuple(rows),
            totals,
            sum(row.now is None for row in rows),
            sum(row.before is None for row in rows),
        )


def _previous(connection: Connection, run: RunFacts) -> RunFacts | None:
    row = connection.exec_driver_sql(
        """SELECT id FROM run r WHERE id < ? AND kind = 'billing' AND scope = ? AND through < ?
        AND EXISTS (SELECT 1 FROM outcome o WHERE o.run_id = r.id AND o.draft_id IS NOT NULL)
        ORDER BY through DESC, id DESC LIMIT 1""",
        (run.id, run.scope.text(), run.through.isoformat()),
    ).fetchone()
    return run_facts(connection, int(row[0])) if row else None


def _amounts(connection: Connection, run_id: int) -> dict[tuple[str, str, str, str], int]:
    """Net by (agreement, client, client's name, currency) of a run's drafts that were not dropped."""
    rows: Sequence[tuple[str, str, str, str, int]] = [
        tuple(row)
        for row in connection.exec_driver_sql(
            """SELECT coalesce(min(a.code), ''), c.code, c.name, d.currency, d.net FROM draft d
            JOIN client c ON c.id = d.client_id LEFT JOIN outcome o ON o.draft_id = d.id
            LEFT JOIN agreement a ON a.id = o.agreement_id
            WHERE d.run_id = ? AND d.state <> 'discarded' GROUP BY d.id""",
            (run_id,),
        )
    ]
    found: dict[tuple[str, str, str, str], int] = {}
    for agreement, client, name, currency, net in rows:
        key = (agreement, client, name, currency)
        found[key] = found.get(key, 0) + net
    return found
