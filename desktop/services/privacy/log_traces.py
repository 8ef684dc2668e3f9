"""Takes what tells of a person out of the log of changes, and proves anew what is left.

Every hash stays. What an event said is emptied and named by an erased row; rows that it proved are proved from then on
by an event that tells how they stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from db import chain, row_seals
from db.erasing import ERASED, RELINKED, RESEALED, ROWS_AGAIN
from desktop.domain.sealing import INVOICE_FIELDS, LINE_FIELDS, TAX_FIELDS, seal
from desktop.services.change_sets import DELETE, Change, plain_value, raw

_COVER: Final = "…"
_SEALS: Final = f"('{row_seals.ROWS}', '{ROWS_AGAIN}')"


class Traces:
    """What one erasure changed, gathered by table, until the log is told of it."""

    def __init__(self, made: Change, erasure: int, marks: Sequence[str]) -> None:
        self._made = made
        self._connection: Connection = made.connection
        self._erasure = erasure
        self._marks = marks
        self._emptied: dict[str, set[int]] = {}
        self._deleted: dict[str, set[int]] = {}

    def name(self, table: str, ids: Iterable[int], columns: Sequence[str]) -> None:
        """Write the erased rows that open the door to these rows, before they are touched."""
        told = json.dumps(list(columns))
        raw(self._connection).executemany(
            "INSERT INTO erased_row (erasure_id, table_name, row_id, columns) VALUES (?, ?, ?, ?)",
            [(self._erasure, table, key, told) for key in ids],
        )

    def emptied(self, table: str, ids: Iterable[int]) -> None:
        self._emptied.setdefault(table, set()).update(ids)

    def deleted(self, table: str, ids: Iterable[int]) -> None:
        self._deleted.setdefault(table, set()).update(ids)

    def finish(self, subjects: Iterable[tuple[str, int]], spared: Iterable[tuple[str, int]]) -> int:
        """Empty payloads and summaries, then record how everything stands; how many payloads were emptied.

        `subjects` are rows of which the log forgets everything, `spared` those that the law still keeps.
        """
        forget = {*subjects, *((table, key) for table, ids in self._all() for key in ids)} - set(spared)
        count = self._empty_payloads(forget, frozenset(spared))
        self._cover_summaries()
        self._record()
        return count

    def _all(self) -> Iterable[tuple[str, set[int]]]:
        return [*self._emptied.items(), *self._deleted.items()]

    def _empty_payloads(self, forget: set[tuple[str, int]], spared: frozenset[tuple[str, int]]) -> int:
        rows = self._connection.exec_driver_sql(
            "SELECT e.id, e.subject, e.subject_id FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
            f" WHERE p.erasure_id IS NULL AND e.action NOT IN {_SEALS}"
            " AND (p.before IS NOT NULL OR p.after IS NOT NULL)"
            " AND ((e.subject, e.subject_id) IN (SELECT f.value ->> 0, f.value ->> 1 FROM json_each(:forget) f)"
            " OR EXISTS (SELECT 1 FROM json_each(:marks) m"
            "  WHERE instr(coalesce(p.before, '') || coalesce(p.after, ''), m.value)))",
            {"forget": json.dumps(sorted(forget)), "marks": json.dumps(_as_stored(self._marks))},
        ).fetchall()
        logged = set(row_seals.sealed_tables())
        found = [(key, table, row) for key, table, row in rows if (table, row) not in spared]
        keys = [key for key, _table, _row in found]
        self.name("audit_payload", keys, ["salt", "before", "after"])
        self._connection.exec_driver_sql(
            "UPDATE audit_payload SET salt = '', before = NULL, after = NULL, erasure_id = ?"
            " WHERE event_id IN (SELECT value FROM json_each(?))",
            (self._erasure, json.dumps(keys)),
        )
        for _key, table, row in found:
            # What these events proved is proved by how it stands.
            if table in logged and row is not None:
                self.emptied(table, [row])
        return len(keys)

    def _cover_summaries(self) -> None:
        sets = self._connection.exec_driver_sql(
            "SELECT id, summary FROM change_set c WHERE id <> :own AND EXISTS"
            " (SELECT 1 FROM json_each(:marks) m WHERE instr(c.summary, m.value))",
            {"own": self._made.id, "marks": json.dumps(self._marks)},
        ).fetchall()
        self.name("change_set", [key for key, _summary in sets], ["summary"])
        for key, summary in sets:
            covered = covered_text(summary, self._marks)
            self._connection.exec_driver_sql("UPDATE change_set SET summary = ? WHERE id = ?", (covered, key))
            for (
                number,
                previous,
                change_set,
                at,
                actor,
                subject,
                row,
                action,
                payload,
                hashed,
            ) in self._connection.exec_driver_sql(
                "SELECT id, previous_hash, change_set_id, at, actor, subject, subject_id, action, payload_hash, hash"
                " FROM audit_event WHERE change_set_id = ? ORDER BY id",
                (key,),
            ).fetchall():
                link = chain.link(previous, change_set, at, actor, covered, subject, row, action, payload)
                self._made.record("audit_event", number, RELINKED, None, {"hash": hashed, "link": link})

    def _record(self) -> None:
        driver = raw(self._connection)
        logged = set(row_seals.sealed_tables())
        for key in sorted(self._emptied.get("invoice", set()) | self._invoices_of_lines()):
            self._made.record("invoice", key, RESEALED, None, _sealed_again(self._connection, key))
        touched: dict[str, set[int]] = {}
        for table, ids in self._all():
            touched.setdefault(table, set()).update(ids)
        for table in sorted(touched.keys() & logged):
            for key in sorted(self._deleted.get(table, ())):
                self._made.record(table, key, DELETE)
            for key in sorted(self._emptied.get(table, set()) - self._deleted.get(table, set())):
                row = _row(driver, table, key)
                if row is not None:
                    self._made.record(table, key, ERASED, None, row)
            for first, last in _spans(driver, table, touched[table]):
                event = row_seals.seal_range(driver, table, first, last, ROWS_AGAIN)
                self._made.record(event.subject, None, event.action, None, event.after)

    def _invoices_of_lines(self) -> set[int]:
        rows = self._connection.exec_driver_sql(
            "SELECT DISTINCT invoice_id FROM invoice_line WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(self._emptied.get("invoice_line", ()))),),
        )
        return {int(row[0]) for row in rows}


def covered_text(text: str, marks: Iterable[str]) -> str:
    """The text with every mark covered; longer ones first, so that none leaves its end behind."""
    for mark in _as_stored(marks):
        text = text.replace(mark, _COVER)
    return text


def _as_stored(marks: Iterable[str]) -> list[str]:
    """Marks as they stand in texts and, where that differs, in JSON."""
    return [form for mark in marks for form in dict.fromkeys((mark, json.dumps(mark, ensure_ascii=False)[1:-1]))]


def _row(driver: Any, table: str, key: int) -> Mapping[str, Any] | None:
    columns = row_seals.sealed_columns(table)
    found = driver.execute(f"SELECT {', '.join(_quoted(columns))} FROM {table} WHERE id = ?", (key,)).fetchone()
    return None if found is None else {n: plain_value(v) for n, v in zip(columns, found, strict=True)}


def _quoted(columns: Iterable[str]) -> list[str]:
    return [f'"{column}"' for column in columns]


def _spans(driver: Any, table: str, ids: set[int]) -> list[tuple[int, int]]:
    """The spans of rows that were sealed together and of which one was touched."""
    spans = set()
    for (text,) in driver.execute(
        "SELECT p.after FROM audit_event e JOIN audit_payload p ON p.event_id = e.id"
        f" WHERE e.subject = ? AND e.action IN {_SEALS}",
        (table,),
    ):
        told = json.loads(text)
        if any(told["first"] <= key <= told["last"] for key in ids):
            spans.add((told["first"], told["last"]))
    return sorted(spans)


def _sealed_again(connection: Connection, invoice_id: int) -> Mapping[str, str]:
    driver = raw(connection)

    def rows(columns: Sequence[str], table: str, order: str) -> list[Any]:
        query = f"SELECT {', '.join(_quoted(columns))} FROM {table} WHERE invoice_id = ? ORDER BY {order}"
        return list(driver.execute(query, (invoice_id,)).fetchall())

    (told, seller, buyer, *fields) = driver.execute(
        "SELECT i.digest, s.digest, b.digest, "
        + ", ".join(f"i.{column}" for column in INVOICE_FIELDS)
        + " FROM invoice i JOIN party s ON s.id = i.seller_id JOIN party b ON b.id = i.buyer_id WHERE i.id = ?",
        (invoice_id,),
    ).fetchone()
    own_items = "(SELECT * FROM open_item WHERE plan_id IS NULL)"
    sealed = seal(
        fields,
        rows(LINE_FIELDS, "invoice_line", "position"),
        rows(TAX_FIELDS, "invoice_tax", "id"),
        rows(("instalment", "due_date", "amount"), own_items, "instalment"),
        seller,
        buyer,
    )
    return {"digest": told, "seal": sealed}
