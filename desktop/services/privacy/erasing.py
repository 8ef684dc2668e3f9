"""Erases what the book knows of a person: one change, written down, proved before and after.

Amounts, taxes and numbers stay, and so do the chain of the log and every seal. What the law still keeps stays until it
no longer does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Erasure
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.change_sets import Change
from desktop.services.check import check
from desktop.services.privacy.leftovers import backups_that_hold, cover_logs
from desktop.services.privacy.log_traces import Traces, covered_text
from desktop.services.privacy.person import Person, person, subjects_of
from desktop.services.privacy.places import SWEPT, Place
from desktop.services.privacy.planning import ErasurePlan, plan_erasure, rows_by_place, rules_of


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did. `rows` by table; `until` is when the rest may go, None where nothing is left.

    `backups` still hold what was erased, `logs` counts lines of the program's log in which something was covered.
    `overwritten` says whether the file itself holds none of it any more.
    """

    number: str
    called: str
    rows: Mapping[str, int]
    until: date | None
    statute: str
    backups: tuple[Path, ...]
    logs: int
    overwritten: bool


class _Within:
    """What the check reads: the book as one unfinished change leaves it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        yield self._session


def erase(
    book: Book,
    client_id: int,
    *,
    contact_id: int | None = None,
    reason: str,
    kind: str = "request",
    actor: str,
    today: date,
) -> Erased:
    """Erase what may go today of a client or of one contact. It cannot be undone.

    UserError where something stands against it, where nothing may go yet, and where the book does not prove itself.
    """
    if not reason.strip():
        raise UserError(_("An erasure needs its reason."), _("Write who asked for it, and when."))
    plan = plan_erasure(book, client_id, contact_id=contact_id, today=today)
    _refuse(plan, today)
    rules = rules_of(book)
    _require_clean(book, _("The book does not prove itself, so that an erasure could hide what is wrong."))
    with book.writing() as session:
        connection = session.connection()
        who = person(connection, client_id, contact_id)
        wanted, spared = _sorted_out(connection, who, rules.until, today)
        number = _next_number(connection, today.year)
        made = Change(book, session, actor, _("Erase a person's data ({number})").format(number=number), undoable=False)
        rows = _counts(wanted)
        erasure = made.insert(
            Erasure,
            number=number,
            kind=kind,
            client_id=client_id,
            contact_id=None,
            reason=covered_text(reason.strip(), who.marks),
            counts=json.dumps(rows, sort_keys=True),
            at=made.at,
            actor=actor,
        )
        traces = Traces(made, erasure, who.marks)
        subjects = subjects_of(connection, who)
        for place, ids in wanted:
            _empty(connection, traces, place, ids, who.values(number=number, erasure=erasure))
        _sweep(connection, who.marks)
        rows["audit_payload"] = traces.finish(subjects, spared)
        made.finish()
        _require_clean(cast(Book, _Within(session)), _("The book would not prove itself after it."))
    done = book.compact()
    backups = backups_that_hold(book)
    logs = cover_logs(who.marks)
    return Erased(number, who.called, rows, plan.until, plan.statute, backups, logs, done)


def _refuse(plan: ErasurePlan, today: date) -> None:
    if plan.obstacles:
        raise UserError(
            _("The data of {name} are still needed. {reasons}").format(
                name=plan.called, reasons=" ".join(plan.obstacles)
            ),
            _("Settle these first, and set the client aside; then erase."),
        )
    if not plan.now and plan.until:
        raise UserError(
            _("All that is left of {name} has to be kept until {day} ({statute}).").format(
                name=plan.called, day=date_text(plan.until), statute=plan.statute or _("as set for the book")
            ),
            _("Erase it after that day; Settings › Privacy lists what may go."),
        )
    if not plan.now:
        raise UserError(_("Nothing is left of {name} in this book.").format(name=plan.called), "")


def _require_clean(book: Book, sentence: str) -> None:
    found = check(book)
    if not found.clean:
        first = found.problems[0]
        raise UserError(
            sentence + " " + _("{where}: {detail}.").format(where=first.where, detail=first.detail),
            _("Nothing was erased. Check the book, and restore a backup from before if need be."),
        )


def _sorted_out(
    connection: Connection, who: Person, until: Any, today: date
) -> tuple[list[tuple[Place, list[int]]], list[tuple[str, int]]]:
    """Rows to erase by place, and those of which the log must keep what it says."""
    wanted, spared = [], []
    for place, rows in rows_by_place(connection, who):
        now = [key for key, day in rows.items() if until(place.kept_as, day) < today]
        spared += [(place.table, key) for key in rows.keys() - set(now)]
        if now:
            wanted.append((place, now))
    return wanted, spared


def _counts(wanted: Sequence[tuple[Place, list[int]]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for place, ids in wanted:
        counts[place.table] = counts.get(place.table, 0) + len(ids)
    return counts


def _empty(connection: Connection, traces: Traces, place: Place, ids: Sequence[int], values: Mapping[str, Any]) -> None:
    picked = "id IN (SELECT value FROM json_each(:ids))"
    values = {**values, "ids": json.dumps(list(ids))}
    traces.name(place.table, ids, list(place.columns))
    if place.columns:
        sets = ", ".join(f"{column} = {blank}" for column, blank in place.columns.items())
        # The rows are named `t` where a place reads them.
        connection.exec_driver_sql(f"UPDATE {place.table} AS t SET {sets} WHERE t.{picked}", dict(values))
        traces.emptied(place.table, ids)
        return
    if place.table == "attachment":
        _empty_files(connection, traces, ids)
    connection.exec_driver_sql(f"DELETE FROM {place.table} WHERE {picked}", dict(values))
    traces.deleted(place.table, ids)


def _empty_files(connection: Connection, traces: Traces, attachments: Sequence[int]) -> None:
    """Files that lie beside nothing else and that nothing else refers to."""
    rows = connection.exec_driver_sql(
        """SELECT DISTINCT f.id FROM attachment a JOIN file f ON f.id = a.file_id
        WHERE a.id IN (SELECT value FROM json_each(:ids))
        AND NOT EXISTS (SELECT 1 FROM attachment o WHERE o.file_id = f.id
          AND o.id NOT IN (SELECT value FROM json_each(:ids)))
        AND NOT EXISTS (SELECT 1 FROM agreement WHERE contract_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM delivery WHERE file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM payment WHERE file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM cash_movement WHERE file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM payment_order WHERE file_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM firm WHERE logo_id = f.id)
        AND NOT EXISTS (SELECT 1 FROM template_version WHERE logo_id = f.id)""",
        {"ids": json.dumps(list(attachments))},
    )
    files = [int(row[0]) for row in rows]
    traces.name("file", files, ["name", "content"])
    connection.exec_driver_sql(
        "UPDATE file SET name = '', content = x'' WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(files),)
    )
    traces.emptied("file", files)


def _sweep(connection: Connection, marks: Sequence[str]) -> None:
    for table, columns in SWEPT.items():
        for column in columns:
            rows = connection.exec_driver_sql(
                f"SELECT id, {column} FROM {table} t WHERE EXISTS (SELECT 1 FROM json_each(?) m"
                f" WHERE instr(t.{column}, m.value))",
                (json.dumps(list(marks)),),
            ).fetchall()
            if rows:
                connection.exec_driver_sql(
                    f"UPDATE {table} SET {column} = ? WHERE id = ?",
                    [(covered_text(text, marks), key) for key, text in rows],
                )


def _next_number(connection: Connection, year: int) -> str:
    prefix = f"E-{year}-"
    (last,) = connection.exec_driver_sql(
        "SELECT max(CAST(substr(number, ?) AS INTEGER)) FROM erasure WHERE number LIKE ?",
        (len(prefix) + 1, f"{prefix}%"),
    ).one()
    return f"{prefix}{(last or 0) + 1:04}"
