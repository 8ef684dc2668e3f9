"""The run report, or batch sheet: what one run did with everyone, who approved what, and the seals of its documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.letter import Cell, LetterColumn, LetterRow, LetterTable, Money, Term, term
from desktop.i18n import current_language
from desktop.saying import told
from desktop.services.letters.correspondence import Made, own_correspondence
from desktop.services.runs.scope import RunFacts, run_facts
from desktop.services.runs.sealing import run_hash, sealed_head

_STATES = ("issued", "ready", "held", "failed", "skipped")
_WAITING = ("ready", "held", "failed")


@dataclass(frozen=True, slots=True)
class Sealed:
    """An issued document; minor units. `seal` is the SHA-256 over all that is frozen of it, in hexadecimal digits."""

    number: str
    kind: str
    client: str
    currency: str
    net: int
    tax: int
    gross: int
    seal: str

    @property
    def sign(self) -> int:
        return -1 if self.kind == "credit_note" else 1


def run_report(book: Book, run: int | str, *, on: date) -> Made:
    """The report of a run, by its id or number, in the language of the window. UserError where there is none.

    A run that is not finished is told as it stands, and says so.
    """
    language = current_language()
    with book.reading() as session:
        connection = session.connection()
        facts = run_facts(connection, run)
        to = own_correspondence(connection, "run_report", language)
        documents = _documents(connection, facts.id)
        outcomes = _outcomes(connection, facts.id)
        head = sealed_head(connection, facts.id)
    waiting = sum(row["state"] in _WAITING for row in outcomes)
    letter = to.letter(
        "run_report",
        on,
        number=facts.number,
        facts=_facts(facts, on),
        opening=(term("run_open", waiting, count=waiting),) if waiting else (),
        tables=(_counters(outcomes), _sums(documents), _told(outcomes), _seals(documents)),
        terms=_proofs(documents, head),
    )
    return letter, to.template


def _proofs(documents: Sequence[Sealed], head: str) -> tuple[Term, ...]:
    """What the reader notes to find out later whether anything was changed."""
    proofs: list[Term] = []
    if documents:
        hashed = run_hash((one.number, one.seal) for one in documents)
        proofs += [term("run_hash", hash=hashed), term("run_hash_how")]
    if head:
        proofs += [term("run_head", head=head), term("run_head_how")]
    return tuple(proofs)


def _facts(run: RunFacts, on: date) -> tuple[tuple[Cell, Cell], ...]:
    # As stored: the report is the same wherever it is printed.
    started = datetime.fromisoformat(run.started_at).astimezone(UTC)
    return (
        (term("date"), on),
        (term("state"), term(f"state_{run.state}")),
        (term("through"), run.through),
        (term("issue_date"), run.issue_date),
        (term("scope"), run.scope.words() or term("everyone")),
        (term("started_at"), term("at_time", date=started.date(), time=f"{started:%H:%M} UTC")),
        (term("started_by"), run.actor),
    )


def _documents(connection: Connection, run_id: int) -> list[Sealed]:
    return [
        Sealed(*row)
        for row in connection.exec_driver_sql(
            """SELECT i.number, i.kind, c.code, i.currency, i.net, i.tax, i.gross, i.digest FROM invoice i
            JOIN client c ON c.id = i.client_id WHERE i.run_id = ? ORDER BY i.id""",
            (run_id,),
        )
    ]


def _outcomes(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """Every outcome with what was found about its draft and who approved that, by client and agreement."""
    findings: dict[int, list[str]] = {}
    for draft_id, message in connection.exec_driver_sql(
        """SELECT f.draft_id, f.message FROM finding f JOIN draft d ON d.id = f.draft_id
        WHERE d.run_id = ? AND f.approved = 1 AND f.severity = 'hold' ORDER BY f.id""",
        (run_id,),
    ):
        findings.setdefault(draft_id, []).append(told(message))
    rows = connection.exec_driver_sql(
        """SELECT o.state, c.code AS client, c.name AS name, coalesce(a.code, '') AS agreement,
          coalesce(a.title, '') AS title, o.reason, o.draft_id, coalesce(i.number, '') AS number,
          coalesce(i.kind, d.kind, '') AS kind, coalesce(i.gross, d.gross) AS gross,
          coalesce(i.currency, d.currency, '') AS currency, coalesce(d.decided_by, '') AS decided_by,
          coalesce(d.seconded_by, '') AS seconded_by, coalesce(d.decision_note, '') AS note
        FROM outcome o JOIN client c ON c.id = o.client_id LEFT JOIN agreement a ON a.id = o.agreement_id
        LEFT JOIN draft d ON d.id = o.draft_id LEFT JOIN invoice i ON i.id = o.invoice_id
        WHERE o.run_id = ? ORDER BY c.code, a.code, o.id""",
        (run_id,),
    ).mappings()
    return [{**row, "findings": findings.get(row["draft_id"], [])} for row in rows]


def _counters(outcomes: Sequence[Mapping[str, Any]]) -> LetterTable:
    counts = {state: sum(row["state"] == state for row in outcomes) for state in _STATES}
    return LetterTable(
        (LetterColumn("outcome"), LetterColumn("count", "number")),
        tuple(LetterRow((term(f"outcome_{state}"), count)) for state, count in counts.items() if count),
        sums=(LetterRow((term("outcome_all"), len(outcomes)), strong=True),),
    )


def _sums(documents: Sequence[Sealed]) -> LetterTable:
    by_currency: dict[str, list[Sealed]] = {}
    for one in documents:
        by_currency.setdefault(one.currency, []).append(one)
    return LetterTable(
        (
            LetterColumn("currency"),
            LetterColumn("documents", "number"),
            LetterColumn("net", "money", mixed=True),
            LetterColumn("tax", "money", mixed=True),
            LetterColumn("gross", "money", mixed=True),
        ),
        tuple(
            LetterRow(
                (
                    currency,
                    len(some),
                    Money(sum(one.sign * one.net for one in some), currency),
                    Money(sum(one.sign * one.tax for one in some), currency),
                    Money(sum(one.sign * one.gross for one in some), currency),
                )
            )
            for currency, some in sorted(by_currency.items())
        ),
        title=term("totals"),
        empty="no_documents",
    )


def _told(outcomes: Sequence[Mapping[str, Any]]) -> LetterTable:
    # Agreements that share a document have its amount once.
    by_draft = {row["draft_id"] or -place: place for place, row in reversed(list(enumerate(outcomes)))}
    first = set(by_draft.values())
    return LetterTable(
        (
            LetterColumn("client"),
            LetterColumn("agreement"),
            LetterColumn("outcome"),
            LetterColumn("result"),
            LetterColumn("gross", "money", mixed=True),
            LetterColumn("currency"),
        ),
        tuple(
            LetterRow(
                (
                    f"{row['client']} {row['name']}",
                    row["agreement"],
                    term(f"outcome_{row['state']}"),
                    row["number"] or told(row["reason"]),
                    _amount(row) if place in first else None,
                    row["currency"] if place in first else None,
                ),
                note=_approval(row),
            )
            for place, row in enumerate(outcomes)
        ),
        title=term("outcomes"),
        empty="no_outcomes",
        wide=3,
    )


def _amount(row: Mapping[str, Any]) -> Cell:
    if row["gross"] is None:
        return None
    return Money(-row["gross"] if row["kind"] == "credit_note" else row["gross"], row["currency"])


def _approval(row: Mapping[str, Any]) -> Cell:
    """Who approved what, and why."""
    if not row["findings"] or not row["decided_by"]:
        return None
    # In words already; one after the other as the gate found them.
    found = " ".join(row["findings"])
    said = term("approved_by", name=row["decided_by"], finding=found)
    if row["seconded_by"]:
        said = term("approved_by_two", name=row["decided_by"], second=row["seconded_by"], finding=found)
    if not row["note"]:
        return said
    return term("beside", first=said, second=term("noted", text=row["note"]))


def _seals(documents: Sequence[Sealed]) -> LetterTable:
    return LetterTable(
        (LetterColumn("document"), LetterColumn("client"), LetterColumn("seal", "code")),
        tuple(LetterRow((one.number, one.client, one.seal)) for one in documents),
        title=term("seals"),
        empty="no_documents",
        wide=2,
    )
