"""Bank lines as the page lists them: what waits with its best reading, what is booked with what it became."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.matching.facts import Explanation
from desktop.services.bank.accounts import own_accounts
from desktop.services.bank.choice import kind_text, preferred, reading_text, readings, standing
from desktop.services.bank.parts import OTHER
from desktop.services.bank.proposing import Proposals
from desktop.services.lists.searching import ids_text, like, named, ordered

_OWN_ORDER: Final = "l.booked_on, l.id"
_LAST_DONE: Final = "l.booked_on DESC, l.id DESC"
# What pays, or pays back, counts as booked; all else of a booked line was put aside.
_PAYS: Final = """EXISTS (SELECT 1 FROM bank_match m JOIN reconciliation r ON r.id = m.reconciliation_id
  WHERE m.line_id = l.id AND m.undone_at IS NULL AND r.undone_at IS NULL
  AND m.kind IN ('payment', 'return', 'refund'))"""
_STATES: Final = {
    "all": "1",
    "booked": f"(l.state = 'booked' AND {_PAYS})",
    "aside": f"(l.state = 'booked' AND NOT {_PAYS})",
}
_OPEN_STATES: Final = ("sure", "suggested", "unclear")
_UNCLEAR: Final = frozenset({"equal", "doubtful", "unmatched"})
_SORTS: Final = {
    "booked_on": "l.booked_on",
    "party": "l.party COLLATE NOCASE",
    "text": "l.text COLLATE NOCASE",
    "amount": "l.amount",
    "account": "l.account_id",
    "score": "l.id",
}
_COLUMNS: Final = ("l.party", "l.text", "l.reference", "l.end_to_end", "l.party_account")
_LEFT: Final = """l.amount - (SELECT coalesce(sum(m.amount), 0) FROM bank_match m
  JOIN reconciliation r ON r.id = m.reconciliation_id
  WHERE m.line_id = l.id AND m.undone_at IS NULL AND r.undone_at IS NULL)"""
_ROWS: Final = f"""SELECT l.id, l.booked_on, l.party, l.text, l.reference, l.amount, l.currency, l.state, l.account_id,
  {_LEFT} FROM bank_line l WHERE l.id IN (SELECT value FROM json_each(?))"""
_BECAME: Final = """SELECT m.line_id, m.kind, m.note, p.number, c.name, m.score, l.party FROM bank_match m
JOIN bank_line l ON l.id = m.line_id JOIN reconciliation r ON r.id = m.reconciliation_id
LEFT JOIN payment p ON p.id = m.payment_id
LEFT JOIN client c ON c.id = m.client_id WHERE m.undone_at IS NULL AND r.undone_at IS NULL
AND m.line_id IN (SELECT value FROM json_each(?)) ORDER BY m.id"""
_MONTHS: Final = "SELECT DISTINCT substr(booked_on, 1, 7) FROM bank_line ORDER BY 1 DESC LIMIT 36"


@dataclass(frozen=True, slots=True)
class BankFigures:
    """What stands around the list. `counts` are by filter (open, sure, suggested, unclear, booked, aside), those of
    open lines only once they are matched; `came_in` is what open lines brought, minor units by currency. `accounts`
    are (id, label), `months` first days, the newest first.
    """

    counts: Mapping[str, int]
    came_in: Mapping[str, int]
    accounts: Sequence[tuple[int, str]]
    months: Sequence[date]


class BankLineList:
    """Bank lines. Without a filter of state they are those that wait, the oldest first.

    Filters: of state sure, suggested, unclear (equal, doubtful or unmatched), booked, aside, all;
    account:ID, month:YYYY-MM, from:DATE, to:DATE. `found` gives the readings that are known at the
    time, None while there are none.
    """

    def __init__(self, book: Book, found: Callable[[], Proposals | None] = lambda: None) -> None:
        self._book = book
        self._found = found

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        """Sorts: booked_on, party, text, amount, account, score.

        The search finds parts of the party, its account, the text, references and amounts, and what a line became: the
        number of a payment, a client, a note.
        """
        found = self._found()
        wanted = filters & {*_STATES, *_OPEN_STATES}
        chosen = [_STATES[word] for word in sorted(wanted & _STATES.keys())]
        if not wanted or wanted & {*_OPEN_STATES}:
            chosen.append("l.state = 'open'")
        where, values = [f"({' OR '.join(chosen)})"], list[object]()
        for prefix, condition in (
            ("account", "l.account_id IN ({marks})"),
            ("month", "substr(l.booked_on, 1, 7) IN ({marks})"),
            ("from", "l.booked_on >= {marks}"),
            ("to", "l.booked_on <= {marks}"),
        ):
            if some := named(filters, prefix):
                where.append(condition.format(marks=", ".join("?" * len(some))))
                values += [int(one) for one in some] if prefix == "account" else some
        for word in search.split():
            condition, texts = _has(word)
            where.append(condition)
            values += texts
        newest_first = bool(wanted) and not wanted & {*_OPEN_STATES}
        order = ordered(_SORTS, sort, descending, _LAST_DONE if newest_first else _OWN_ORDER)
        sql = f"SELECT l.id, l.state FROM bank_line l WHERE {' AND '.join(where)} ORDER BY {order}"
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(sql, tuple(values)).fetchall()
        states = wanted & {*_OPEN_STATES}
        ids = [key for key, state in rows if state != "open" or not states or _state(found, key) in _read(states)]
        if sort == "score":
            ids.sort(key=lambda key: _score(found, key), reverse=descending)
        return ids

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """id, booked_on, party, text, reference, amount (of an open line what is left of it), whole (the line's),
        currency, account, state (sure, suggested, equal, doubtful, unmatched, matching, booked, aside), score (fraction
        times 10**6, None without one), reading (what it is or became, in words), partly (whether a part is booked).
        """
        found = self._found()
        with self._book.reading() as session:
            connection = session.connection()
            rows = connection.exec_driver_sql(_ROWS, (ids_text(ids),)).fetchall()
            became = _became(connection, [row[0] for row in rows if row[7] == "booked"])
            best = {row[0]: _best(found, row[0]) for row in rows if row[7] == "open"}
            clients = client_names(connection, [one.client_id for one in best.values() if one is not None])
            labels = {one.id: one.label for one in own_accounts(connection)}
        shown: dict[int, Mapping[str, object]] = {}
        for key, day, party, text, reference, amount, currency, state, account, left in rows:
            waits = state == "open"
            one = best.get(key)
            words, score, pays = became.get(key, ("", None, False))
            if waits:
                words = _reading(found, one, clients, party)
                score = one.score if one is not None else None
            shown[key] = {
                "id": key,
                "booked_on": date.fromisoformat(day),
                "party": party,
                "text": text or reference,
                "reference": reference,
                "amount": left if waits else amount,
                "whole": amount,
                "currency": currency,
                "account": labels.get(account, ""),
                "state": _state(found, key) if waits else "booked" if pays else "aside",
                "score": score,
                "reading": words,
                "partly": waits and left != amount,
            }
        return shown

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What these lines come to, of open ones what is left, minor units by currency."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(_ROWS, (ids_text(ids),))
            sums: Counter[str] = Counter()
            for row in rows:
                sums[row[6]] += row[9] if row[7] == "open" else row[5]
        return dict(sums)

    def figures(self) -> BankFigures:
        found = self._found()
        with self._book.reading() as session:
            connection = session.connection()
            (booked, aside) = connection.exec_driver_sql(
                f"SELECT count(*) FILTER (WHERE {_STATES['booked']}), count(*) FILTER (WHERE {_STATES['aside']})"
                " FROM bank_line l"
            ).one()
            rows = connection.exec_driver_sql(
                f"SELECT l.id, {_LEFT}, l.currency FROM bank_line l WHERE l.state = 'open'"
            )
            waiting = rows.fetchall()
            accounts = [(one.id, one.label) for one in own_accounts(connection)]
            months = [date.fromisoformat(f"{month}-01") for (month,) in connection.exec_driver_sql(_MONTHS)]
        counts = {"open": len(waiting), "booked": int(booked), "aside": int(aside)}
        if found is not None:
            stand = Counter(_state(found, key) for key, _amount, _currency in waiting)
            counts |= {"sure": stand["sure"], "suggested": stand["suggested"]}
            counts["unclear"] = sum(stand[state] for state in _UNCLEAR)
        came_in: Counter[str] = Counter()
        for _key, amount, currency in waiting:
            came_in[currency] += max(amount, 0)
        return BankFigures(counts, dict(came_in), accounts, months)


def client_names(connection: Connection, ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id."""
    known = sorted({one for one in ids if one is not None})
    rows = connection.exec_driver_sql(
        "SELECT id, name FROM client WHERE id IN (SELECT value FROM json_each(?))", (ids_text(known),)
    )
    return {int(row[0]): str(row[1]) for row in rows}


def _reading(found: Proposals | None, one: Explanation | None, clients: Mapping[int, str], party: str) -> str:
    """The client is named where the bank names another."""
    if found is None or one is None:
        return ""
    own = one.client_id is not None and clients.get(one.client_id, "").casefold() == party.casefold()
    return reading_text(found, one, {} if own and one.shares else clients)


def _best(found: Proposals | None, line_id: int) -> Explanation | None:
    if found is None:
        return None
    several = readings(found, line_id)
    return preferred(found, line_id) or (several[0] if several else None)


def _state(found: Proposals | None, line_id: int) -> str:
    return "matching" if found is None or line_id not in found.lines else standing(found, line_id)


def _read(states: frozenset[str]) -> frozenset[str]:
    return states | _UNCLEAR if "unclear" in states else states


def _score(found: Proposals | None, line_id: int) -> int:
    one = _best(found, line_id)
    return one.score if one is not None else -1


def _became(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, int | None, bool]]:
    """Words, score and whether it pays, by the id of the line."""
    told: dict[int, list[Any]] = {}
    for line_id, kind, note, payment, client, score, party in connection.exec_driver_sql(_BECAME, (ids_text(ids),)):
        words = [payment or kind_text(kind)] if kind != OTHER else []
        named = client if client and client.casefold() != party.casefold() else ""
        words += [one for one in (named, note if not payment else "") if one]
        told.setdefault(line_id, []).append((" · ".join(words), score, bool(payment)))
    return {
        key: (
            ", ".join(dict.fromkeys(words for words, _score, _pays in parts)),
            max((score for _words, score, _pays in parts if score is not None), default=None),
            any(pays for _words, _score, pays in parts),
        )
        for key, parts in told.items()
    }


def _has(word: str) -> tuple[str, list[object]]:
    text, values = like(word, _COLUMNS)
    became, more = like(word, ("p.number", "c.name", "c.code", "m.note"))
    condition = f"""{text} OR EXISTS (SELECT 1 FROM bank_match m LEFT JOIN payment p ON p.id = m.payment_id
      LEFT JOIN client c ON c.id = m.client_id WHERE m.line_id = l.id AND m.undone_at IS NULL AND {became})"""
    values += more
    digits = "".join(sign for sign in word if sign.isdigit())
    if digits and all(sign.isdigit() or sign in ".,'-" for sign in word):
        # An amount is typed with its marks or without its cents.
        condition += " OR abs(l.amount) LIKE ? "
        values.append(f"{digits}%")
    return f"({condition})", values
