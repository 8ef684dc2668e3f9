"""Clients as the page lists them, with what they owe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.engine import Book
from desktop.services.lists.searching import ids_text, like, limited, named, ordered

_SEARCHED = ("c.name", "c.code", "c.city", "c.email", "c.contact", "c.tax_id", "coalesce(s.name, '')")
# What was issued to a client that merged into another counts for the other.
_OWED = """(SELECT coalesce(sum(o.open), 0) FROM open_item o WHERE o.client_id IN
  (SELECT c.id WHERE c.merged_into_id IS NULL UNION ALL SELECT m.id FROM client m WHERE m.merged_into_id = c.id)
  AND o.open > 0 AND {which})"""
_OWING = """c.id IN (SELECT coalesce(m.merged_into_id, m.id) FROM client m
  WHERE m.id IN (SELECT client_id FROM open_item WHERE open > 0{which}))"""
# Of these clients, those that stand for themselves, and all that were merged into them.
_MEMBERS = """(SELECT value FROM json_each(?)
  WHERE value NOT IN (SELECT id FROM client WHERE merged_into_id IS NOT NULL)
  UNION ALL SELECT id FROM client WHERE merged_into_id IN (SELECT value FROM json_each(?)))"""
_OWN_ORDER = "c.name COLLATE NOCASE, c.id"


class ClientList:
    """Clients by name. Filters: archived, on_hold, disputed, owing, overdue, silent (no active agreement),
    segment:ID, country:CC, currency:CUR. Without `archived` the active ones."""

    def __init__(self, book: Book, today: date) -> None:
        self._book = book
        self._today = today.isoformat()

    def ids(
        self, search: str, filters: frozenset[str], sort: str, descending: bool, limit: int | None = None
    ) -> Sequence[int]:
        """Sorts: name, code, city, country, segment, currency, state, open, overdue (in the client's own currency)."""
        text, values = like(search, _SEARCHED)
        where = [text, "c.active = 0" if "archived" in filters else "c.active = 1"]
        for word, condition in (
            ("on_hold", "c.on_hold = 1"),
            ("disputed", "c.disputed = 1"),
            ("owing", _OWING.format(which="")),
            ("silent", "NOT EXISTS (SELECT 1 FROM agreement a WHERE a.client_id = c.id AND a.active = 1)"),
        ):
            if word in filters:
                where.append(condition)
        if "overdue" in filters:
            where.append(_OWING.format(which=" AND due_date < ?"))
            values.append(self._today)
        for prefix, column in (("segment", "c.segment_id"), ("country", "c.country"), ("currency", "c.currency")):
            chosen = named(filters, prefix)
            if chosen:
                where.append(f"{column} IN ({', '.join('?' * len(chosen))})")
                values += [int(one) for one in chosen] if prefix == "segment" else chosen
        sorts = {
            "name": "c.name COLLATE NOCASE",
            "code": "c.code COLLATE NOCASE",
            "city": "c.city COLLATE NOCASE",
            "country": "c.country",
            "segment": "s.name COLLATE NOCASE",
            "currency": "c.currency",
            "state": "c.on_hold * 2 + c.disputed",
            "open": _OWED.format(which="o.currency = c.currency"),
            "overdue": _OWED.format(which=f"o.currency = c.currency AND o.due_date < '{self._today}'"),
        }
        sql = f"""SELECT c.id FROM client c LEFT JOIN segment s ON s.id = c.segment_id
          WHERE {" AND ".join(where)} ORDER BY {ordered(sorts, sort, descending, _OWN_ORDER)}{limited(limit)}"""
        with self._book.reading() as session:
            return [row[0] for row in session.connection().exec_driver_sql(sql, tuple(values))]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """code, name, contact, email, city, country, tax_id, segment, salesperson, currency, agreements (active ones),
        state (merged, inactive, on_hold, disputed, active), open and overdue in the client's currency, and `amounts`,
        both by currency: {"EUR": (open, overdue)}; minor units. `merged_into` is the code of the client that this one
        became, which has its amounts."""
        with self._book.reading() as session:
            connection = session.connection()
            found = connection.exec_driver_sql(
                """SELECT c.id, c.code, c.name, c.contact, c.email, c.city, c.country, c.tax_id,
                coalesce(s.name, ''), c.currency, c.active, c.on_hold, c.disputed, c.hold_reason,
                (SELECT count(*) FROM agreement a WHERE a.client_id = c.id AND a.active = 1), coalesce(h.code, ''),
                coalesce(p.name, '')
                FROM client c LEFT JOIN client h ON h.id = c.merged_into_id LEFT JOIN segment s ON s.id = c.segment_id
                LEFT JOIN person p ON p.id = c.salesperson_id
                WHERE c.id IN (SELECT value FROM json_each(?))""",
                (ids_text(ids),),
            ).fetchall()
            amounts: dict[int, dict[str, tuple[int, int]]] = {}
            for client, currency, owed, overdue in connection.exec_driver_sql(
                f"""SELECT coalesce(c.merged_into_id, c.id), o.currency, sum(o.open),
                sum(CASE WHEN o.due_date < ? THEN o.open ELSE 0 END)
                FROM client c JOIN open_item o ON o.client_id = c.id
                WHERE o.open > 0 AND c.id IN {_MEMBERS} GROUP BY 1, 2""",
                (self._today, ids_text(ids), ids_text(ids)),
            ):
                amounts.setdefault(client, {})[currency] = (owed, overdue)
        return {
            row[0]: {
                "code": row[1],
                "name": row[2],
                "contact": row[3],
                "email": row[4],
                "city": row[5],
                "country": row[6],
                "tax_id": row[7],
                "segment": row[8],
                "salesperson": row[16],
                "currency": row[9],
                "state": _state(row[15], row[10], row[11], row[12]),
                "merged_into": row[15],
                "hold_reason": row[13],
                "agreements": row[14],
                "open": (own := amounts.get(row[0], {}).get(row[9], (0, 0)))[0],
                "overdue": own[1],
                "amounts": amounts.get(row[0], {}),
            }
            for row in found
        }

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What these clients owe, minor units by currency."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                f"""SELECT currency, sum(open) FROM open_item
                WHERE open > 0 AND client_id IN {_MEMBERS} GROUP BY currency""",
                (ids_text(ids), ids_text(ids)),
            )
            return dict(tuple(row) for row in rows)


def _state(merged_into: str, active: int, on_hold: int, disputed: int) -> str:
    if merged_into:
        return "merged"
    if not active:
        return "inactive"
    return "on_hold" if on_hold else "disputed" if disputed else "active"


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """The clients of a book in figures. `counts` go by the filters of ClientList, active clients alone except for
    `archived`; open and overdue are minor units by currency; segments are (id, name, active clients), by name."""

    active: int
    counts: dict[str, int]
    open: dict[str, int]
    overdue: dict[str, int]
    segments: tuple[tuple[int, str, int], ...]


def client_facts(book: Book, today: date) -> ClientFacts:
    with book.reading() as session:
        connection = session.connection()
        active, archived, on_hold, disputed = connection.exec_driver_sql(
            """SELECT coalesce(sum(active), 0), coalesce(sum(1 - active), 0), coalesce(sum(active * on_hold), 0),
            coalesce(sum(active * disputed), 0) FROM client"""
        ).one()
        owing: dict[str, set[int]] = {"owing": set(), "overdue": set()}
        amounts: dict[str, dict[str, int]] = {"owing": {}, "overdue": {}}
        for client, is_active, currency, owed, overdue in connection.exec_driver_sql(
            """SELECT h.id, h.active, x.currency, sum(x.open), sum(x.overdue)
            FROM (SELECT client_id, currency, sum(open) AS open, sum(CASE WHEN due_date < ? THEN open ELSE 0 END)
            AS overdue FROM open_item WHERE open > 0 GROUP BY client_id, currency) x
            JOIN client c ON c.id = x.client_id JOIN client h ON h.id = coalesce(c.merged_into_id, c.id)
            GROUP BY h.id, x.currency""",
            (today.isoformat(),),
        ):
            for word, amount in (("owing", owed), ("overdue", overdue)):
                if amount:
                    amounts[word][currency] = amounts[word].get(currency, 0) + amount
                    if is_active:
                        owing[word].add(client)
        silent = connection.exec_driver_sql(
            """SELECT count(*) FROM client c WHERE c.active = 1
            AND NOT EXISTS (SELECT 1 FROM agreement a WHERE a.client_id = c.id AND a.active = 1)"""
        ).scalar_one()
        segments = connection.exec_driver_sql(
            """SELECT s.id, s.name, (SELECT count(*) FROM client c WHERE c.segment_id = s.id AND c.active = 1)
            FROM segment s ORDER BY s.name COLLATE NOCASE"""
        )
        return ClientFacts(
            active,
            {"archived": archived, "on_hold": on_hold, "disputed": disputed, "silent": silent}
            | {word: len(clients) for word, clients in owing.items()},
            amounts["owing"],
            amounts["overdue"],
            tuple((row[0], row[1], row[2]) for row in segments),
        )
