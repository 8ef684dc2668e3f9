"""The runs of a book, and the drafts of one run as its review shows them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book, worked_out
from desktop.domain.billing.lines import divide
from desktop.i18n import _, date_text, moment_text, money_text, short_day_text
from desktop.saying import told
from desktop.services.runs import SECOND, end_of
from desktop.services.runs.recheck import BY_HAND

_RUN_SORTS = {
    "number": "r.id",
    "through": "r.through",
    "issue_date": "r.issue_date",
    "state": "r.state",
    "issued": "(SELECT count(*) FROM outcome o WHERE o.run_id = r.id AND o.state = 'issued')",
}
_STATE_ORDER = "CASE d.severity WHEN 'block' THEN 0 WHEN 'hold' THEN 1 WHEN 'note' THEN 2 ELSE 3 END"
_DRAFT_SORTS = {
    "client": "c.name COLLATE NOCASE",
    "agreement": "agreement",
    "amount": "d.net",
    "change": "(d.net - d.previous_net) * 1.0 / nullif(abs(d.previous_net), 0)",
    "state": _STATE_ORDER,
    "owner": "p.name IS NULL, p.name COLLATE NOCASE",
    "due": "d.due_at IS NULL, d.due_at",
}


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks and when, for what is mine, due and late; `now` is UTC text."""

    actor: str
    now: str
    today: date

    def conditions(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """By filter the condition on a held draft, with its values."""
        begins, ends = end_of(self.today - timedelta(days=1)), end_of(self.today)
        return {
            "mine": ("p.name = ?", (self.actor,)),
            "overdue": ("d.due_at < ?", (self.now,)),
            "today": ("d.due_at > ? AND d.due_at <= ?", (begins, ends)),
        }


class RunList:
    """Runs, newest first. Filters: open, done, manual."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        where, values = ["1"], list[object]()
        if search.strip():
            where.append("(r.number LIKE ? OR r.scope LIKE ?)")
            values += [f"%{search.strip()}%"] * 2
        if "open" in filters:
            where.append("r.state IN ('planning', 'review', 'issuing')")
        if "done" in filters:
            where.append("r.state = 'done'")
        if "manual" in filters:
            where.append("r.kind = 'manual'")
        order = _RUN_SORTS.get(sort, "r.id")
        direction = "DESC" if descending or not sort else "ASC"
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                f"SELECT r.id FROM run r WHERE {' AND '.join(where)} ORDER BY {order} {direction}, r.id DESC",
                tuple(values),
            )
            return [row[0] for row in rows]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """number, kind, state, through, issue_date, scope, issued, waiting, skipped, failed, currency, amount (minor
        units of it, or words where other currencies were billed too), billed (every currency in words)."""
        with self._book.reading() as session:
            connection, text = session.connection(), json.dumps(list(ids))
            # A hundred thousand outcomes are counted for it.
            rows, billed = worked_out(connection, ("runs", text), lambda: _counted(connection, text))
        return {
            row[0]: {
                "number": row[1],
                "kind": row[2],
                "state": row[3],
                "through": row[4],
                "issue_date": row[5],
                "scope": ", ".join(name for names in json.loads(row[6]).values() for name in names)
                or (_("Everyone") if row[2] == "billing" else ""),
                "issued": row[7] or 0,
                "waiting": row[8] or 0,
                "skipped": row[9] or 0,
                "failed": row[10] or 0,
                "currency": row[11],
                "amount": _billed(billed.get(row[0], {}), row[11]),
                "billed": " + ".join(money_text(sum_, code) for code, sum_ in billed.get(row[0], {}).items()),
            }
            for row in rows
        }


def _counted(connection: Connection, ids: str) -> tuple[Sequence[Any], Mapping[int, Mapping[str, int]]]:
    """Runs with how many of their outcomes are issued, wait, were skipped and failed; and what each billed, gross in
    minor units by currency."""
    rows = connection.exec_driver_sql(
        """WITH asked(id) AS (SELECT value FROM json_each(?)) SELECT r.id, r.number, r.kind, r.state, r.through,
        r.issue_date, r.scope, o.issued, o.waiting, o.skipped, o.failed, f.currency
        FROM run r CROSS JOIN firm f LEFT JOIN (SELECT run_id, sum(state = 'issued') AS issued,
          sum(state IN ('ready', 'held')) AS waiting, sum(state = 'skipped') AS skipped,
          sum(state = 'failed') AS failed FROM outcome WHERE run_id IN (SELECT id FROM asked) GROUP BY run_id
        ) o ON o.run_id = r.id WHERE r.id IN (SELECT id FROM asked)""",
        (ids,),
    ).fetchall()
    billed: dict[int, dict[str, int]] = {}
    for run, currency, gross in connection.exec_driver_sql(
        """SELECT run_id, currency, sum(CASE kind WHEN 'credit_note' THEN -gross ELSE gross END) FROM invoice
        WHERE run_id IN (SELECT value FROM json_each(?)) GROUP BY run_id, currency ORDER BY run_id, currency""",
        (ids,),
    ):
        billed.setdefault(run, {})[currency] = gross
    return rows, billed


class ReviewList:
    """The drafts of one run. Filters: needs (held, blocked, failed), each of these three alone, ready, noted, issued,
    discarded, and severity words; differs narrows to what bills another amount than last time, or for the first time.

    mine, overdue and today narrow what needs a person, as `watch` tells at that moment. What is due first stands first.
    """

    def __init__(self, book: Book, run_id: int, watch: Callable[[], Watch]) -> None:
        self._book = book
        self._run = run_id
        self._watch = watch

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        where, values = ["d.run_id = ?"], list[object]([self._run])
        states = {
            "needs": "d.state IN ('held', 'failed')",
            "held": "d.state = 'held' AND d.severity <> 'block'",
            "blocked": "d.state = 'held' AND d.severity = 'block'",
            "failed": "d.state = 'failed'",
            "ready": "d.state IN ('ready', 'approved')",
            "noted": "d.state = 'ready' AND d.severity = 'note'",
            "issued": "d.state = 'issued'",
            "discarded": "d.state = 'discarded'",
        }
        chosen = [condition for word, condition in states.items() if word in filters]
        where.append(f"({' OR '.join(chosen)})" if chosen else "d.state <> 'discarded'")
        if "differs" in filters:
            where.append("(d.previous_net IS NULL OR d.net <> d.previous_net)")
        for word in ("block", "hold", "note"):
            if word in filters:
                where.append(f"d.severity = '{word}'")
        for word, (condition, given) in self._watch().conditions().items():
            if word in filters:
                where.append(f"d.state IN ('held', 'failed') AND {condition}")
                values += given
        if search.strip():
            where.append(
                """(c.name LIKE ? OR c.code LIKE ? OR CAST(d.net AS TEXT) LIKE ? OR EXISTS (SELECT 1 FROM outcome o
                JOIN agreement a ON a.id = o.agreement_id WHERE o.draft_id = d.id
                AND (a.code LIKE ? OR a.title LIKE ? OR a.po_number LIKE ?)))"""
            )
            text = f"%{search.strip()}%"
            digits = f"{search.strip().replace(',', '').replace('.', '')}%"
            values += [text, text, digits, text, text, text]
        order = _DRAFT_SORTS.get(sort, _STATE_ORDER)
        direction = "DESC" if descending else "ASC"
        sql = f"""SELECT d.id, (SELECT min(a.code) FROM outcome o JOIN agreement a ON a.id = o.agreement_id
          WHERE o.draft_id = d.id) AS agreement FROM draft d JOIN client c ON c.id = d.client_id
          LEFT JOIN person p ON p.id = d.owner_id
          WHERE {" AND ".join(where)} ORDER BY {order} {direction}, d.due_at IS NULL, d.due_at, c.name, d.id"""
        with self._book.reading() as session:
            return [row[0] for row in session.connection().exec_driver_sql(sql, tuple(values))]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """state (blocked, held, one_of_two, note, ready, approved, issued, failed), client, agreement, amount (net),
        currency, gross, previous (net of the last invoice), change (percent, "new" or None), found, remedy, field,
        codes, edited, client_id, client_code, invoice, invoice_id, owner, due (in words, by the clock
        here), note (the newest).

        `found` is what was noted and decided by hand, then what stands against it."""
        watch = self._watch()
        with self._book.reading() as session:
            connection = session.connection()
            text = json.dumps(list(ids))
            drafts = connection.exec_driver_sql(
                """SELECT d.id, d.state, d.severity, c.name, d.net, d.currency, d.gross, d.previous_net, d.edited,
                d.client_id, c.code, coalesce(i.number, ''), d.error, d.decision_note,
                coalesce((SELECT group_concat(CASE a.title WHEN '' THEN a.code ELSE a.title END, ', ')
                  FROM outcome o JOIN agreement a ON a.id = o.agreement_id WHERE o.draft_id = d.id), ''), d.kind,
                coalesce(p.name, ''), coalesce(d.due_at, ''),
                coalesce((SELECT n.text FROM note n WHERE n.subject = 'draft' AND n.subject_id = d.id
                  ORDER BY n.id DESC LIMIT 1), ''), d.invoice_id
                FROM draft d JOIN client c ON c.id = d.client_id LEFT JOIN invoice i ON i.id = d.invoice_id
                LEFT JOIN person p ON p.id = d.owner_id
                WHERE d.id IN (SELECT value FROM json_each(?))""",
                (text,),
            ).fetchall()
            findings: dict[int, list[tuple[str, str, str, str, str]]] = {}
            for row in connection.exec_driver_sql(
                """SELECT draft_id, code, severity, message, remedy, field FROM finding
                WHERE draft_id IN (SELECT value FROM json_each(?)) AND (approved = 0 OR severity = 'note')
                ORDER BY CASE severity WHEN 'block' THEN 0 WHEN 'hold' THEN 1 ELSE 2 END, id""",
                (text,),
            ):
                findings.setdefault(row[0], []).append((row[1], row[2], told(row[3]), told(row[4]), row[5]))
        shown: dict[int, Mapping[str, object]] = {}
        for row in drafts:
            found = findings.get(row[0], [])
            state = str(row[1])
            if state == "held":
                state = "blocked" if any(one[1] == "block" for one in found) else "held"
            elif state == "ready" and row[2] == "note":
                state = "note"
            waits_second = state == "held" and any(one[0] == SECOND for one in found)
            needs = state in ("blocked", "held", "failed")
            previous = row[7]
            words = _words(str(row[12]), found, str(row[13]), str(row[18]))
            shown[row[0]] = {
                "state": "one_of_two" if waits_second else state,
                "client": row[3],
                "agreement": row[14] or ("Deposit" if row[15] == "deposit" else ""),
                "amount": row[4],
                "currency": row[5],
                "gross": row[6],
                "previous": previous,
                "change": _percent_change(row[4], previous),
                "found": words,
                "findings": found,
                "remedy": found[0][3] if found else "",
                "field": found[0][4] if found else "",
                "codes": tuple(one[0] for one in found),
                "edited": bool(row[8]),
                "client_id": row[9],
                "client_code": row[10],
                "invoice": row[11],
                "owner": row[16] if needs else "",
                "due": _due_words(row[17], watch) if needs and row[17] else "",
                "note": row[18],
                "invoice_id": row[19],
            }
        return shown


def _words(error: str, found: Sequence[tuple[str, str, str, str, str]], decided: str, note: str) -> str:
    """What a row says: first what a person said of it, so that it is seen how far the work is, then what was found."""
    by_hand = [one[2] for one in found if one[0] == BY_HAND]
    others = [one[2] for one in found if one[0] != BY_HAND]
    parts = [_("Note: {note}").format(note=note)] if note else []
    parts += by_hand
    if error or others:
        more = f" +{len(others) - 1}" if len(others) > 1 and not error else ""
        parts.append((error or others[0]) + more)
    elif not found and decided:
        parts.append(decided)
    return " · ".join(parts)


def _due_words(due_at: str, watch: Watch) -> str:
    """The day, or of today the time: what stands in a row is seldom a year away."""
    day, moment = datetime.fromisoformat(due_at).astimezone().date(), moment_text(due_at)
    words = moment.removeprefix(date_text(day)).strip() if day == watch.today else short_day_text(day)
    return _("overdue: {when}").format(when=words) if due_at < watch.now else words


def _billed(sums: Mapping[str, int], home: str) -> int | str:
    """Minor units of the firm's currency; in words, with how many others, where others were billed as well."""
    others = len(sums.keys() - {home})
    return f"{money_text(sums.get(home, 0), home)} +{others}" if others else sums.get(home, 0)


def _percent_change(net: int, previous: int | None) -> Decimal | str | None:
    if previous is None:
        return _("new")
    return Decimal(divide((net - previous) * 100, abs(previous))) if previous else None


def watched(book: Book, run_id: int, watch: Watch) -> dict[str, int]:
    """How many drafts of a run are mine, overdue and due today; `cared` those that somebody looks after at all."""
    counted = watch.conditions() | {"cared": ("(d.owner_id IS NOT NULL OR d.due_at IS NOT NULL)", ())}
    sums = ", ".join(f"coalesce(sum({condition}), 0)" for condition, _given in counted.values())
    values = [value for _condition, given in counted.values() for value in given]
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql(
                f"""SELECT {sums} FROM draft d LEFT JOIN person p ON p.id = d.owner_id
                WHERE d.run_id = ? AND d.state IN ('held', 'failed')""",
                (*values, run_id),
            )
            .one()
        )
    return {word: int(count) for word, count in zip(counted, row, strict=True)}


def review_facts(book: Book, run_id: int) -> Mapping[str, object]:
    """The head of a review: number, state, dates, counts of agreements, and for ready, held, blocked, note, failed,
    skipped and issued their count and their net by currency as {"count": n, "amounts": {currency: minor}}; `payable` is
    what is asked for by what is ready, by currency, and `decided` how many drafts a person decided about."""
    with book.reading() as session:
        connection = session.connection()
        run = connection.exec_driver_sql(
            "SELECT number, kind, state, through, issue_date, scope FROM run WHERE id = ?", (run_id,)
        ).one()
        facts: dict[str, object] = {
            "number": run[0],
            "kind": run[1],
            "state": run[2],
            "through": run[3],
            "issue_date": run[4],
            "scope": ", ".join(name for names in json.loads(run[5]).values() for name in names),
            "agreements": connection.exec_driver_sql(
                "SELECT count(agreement_id) FROM outcome WHERE run_id = ?", (run_id,)
            ).scalar_one(),
        }
        groups: dict[str, dict[str, object]] = {
            word: {"count": 0, "amounts": {}}
            for word in ("ready", "held", "blocked", "note", "failed", "issued", "skipped")
        }
        for state, severity, currency, count, net in connection.exec_driver_sql(
            """SELECT state, severity, currency, count(*), sum(net) FROM draft WHERE run_id = ?
            GROUP BY state, severity, currency""",
            (run_id,),
        ):
            word = {"approved": "ready", "held": "blocked" if severity == "block" else "held"}.get(state, state)
            for key in (word, "note") if state == "ready" and severity == "note" else (word,):
                group = groups.get(key)
                if group is None:
                    continue
                group["count"] = int(str(group["count"])) + count
                amounts = group["amounts"]
                assert isinstance(amounts, dict)
                amounts[currency] = amounts.get(currency, 0) + net
        facts["payable"] = {
            row[0]: row[1]
            for row in connection.exec_driver_sql(
                """SELECT currency, sum(gross + rounding) FROM draft WHERE run_id = ? AND state IN ('ready', 'approved')
                GROUP BY currency ORDER BY currency""",
                (run_id,),
            )
        }
        facts["decided"] = connection.exec_driver_sql(
            "SELECT count(*) FROM draft WHERE run_id = ? AND decided_by IS NOT NULL", (run_id,)
        ).scalar_one()
        groups["skipped"]["count"] = connection.exec_driver_sql(
            "SELECT count(*) FROM outcome WHERE run_id = ? AND state = 'skipped'", (run_id,)
        ).scalar_one()
        return facts | groups


def run_id(book: Book, number: str) -> int:
    """The id of the run with this number, for its review."""
    with book.reading() as session:
        found = session.connection().exec_driver_sql("SELECT id FROM run WHERE number = ?", (number,))
        return int(found.scalar_one())
