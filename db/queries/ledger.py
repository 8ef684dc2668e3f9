"""The journal by account: what tells postings apart, their sums, and their rows.

A posting's account follows from what it is. `TRAITS` names that in SQL; whoever reads maps each set of traits once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.rows import Rows, ids_text, plain_rows

# An entry with all that says what its postings are. SQLite leaves out joins that nothing asks for.
_FROM: Final = """FROM posting s JOIN journal_entry e ON e.id = s.entry_id
 LEFT JOIN write_off f ON f.id = e.write_off_id LEFT JOIN allocation a ON a.id = e.allocation_id
 LEFT JOIN recognition_schedule g ON g.id = e.schedule_id
 LEFT JOIN payment y ON y.id = e.payment_id LEFT JOIN cash_movement m ON m.id = e.cash_movement_id
 LEFT JOIN bank_match b ON b.id = e.match_id LEFT JOIN bank_line l ON l.id = b.line_id"""
_INVOICE: Final = "coalesce(e.invoice_id, f.invoice_id, a.invoice_id, g.invoice_id)"

# What a document was to whom matters only where no tax is charged: the country, and whether the law's exemption of
# small businesses was the reason.
_PLACE: Final = f"""(SELECT coalesce(json_extract(d.data, '$.country'), c.country) || '/' || EXISTS (
   SELECT 1 FROM invoice_line n JOIN tax_code t ON t.id = n.tax_code_id
   WHERE n.invoice_id = i.id AND t.code = 'small-business')
  FROM invoice i JOIN client c ON c.id = i.client_id LEFT JOIN party d ON d.id = i.buyer_id WHERE i.id = {_INVOICE})"""
_MORE: Final = f"""CASE WHEN s.account_id IS NOT NULL THEN ''
 WHEN s.role IN ('bank', 'cash') THEN coalesce(y.account_id, m.account_id, l.account_id, '') || '/' ||
  coalesce(y.method, '')
 WHEN s.role = 'exchange' THEN CASE WHEN coalesce(nullif(s.firm_amount, 0), s.amount) < 0 THEN 'gain' ELSE 'loss' END
 WHEN s.category IN ('AE', 'O', 'E') THEN coalesce({_PLACE}, '') ELSE '' END"""
# (account that a person chose or null, role, category or null, rate or null, more: "account of the firm/method" of
# money, gain or loss, "country of the buyer/1 for a small business" where no tax is charged).
TRAITS: Final = f"s.account_id, s.role, s.category, s.rate, {_MORE}"

Traits = tuple[int | None, str, str | None, int | None, str]


def _span(days: Sequence[str]) -> str:
    """Which stretch between these days, in their order, an entry lies in; 0 is before the first."""
    if not days:
        return "0"
    cases = " ".join(f"WHEN e.booked_on >= '{day}' THEN {place}" for place, day in reversed(list(enumerate(days, 1))))
    return f"CASE {cases} ELSE 0 END"


def sums(
    connection: Connection, *, year: str, first: str, last: str, days: Sequence[str]
) -> list[tuple[Traits, int, str, tuple[int, ...]]]:
    """Sums through `last` by traits, stretch between `days` and currency.

    Of each, in the posting's currency and then in the firm's: before `year`, from there to before `first`, debits and
    credits (negative) from `first` on; at last how many have no amount in the firm's currency. Days are ISO texts.
    """
    parts = []
    for amount in ("s.amount", "s.firm_amount"):
        parts += [
            f"coalesce(sum(CASE WHEN e.booked_on < :year THEN {amount} END), 0)",
            f"coalesce(sum(CASE WHEN e.booked_on >= :year AND e.booked_on < :first THEN {amount} END), 0)",
            f"coalesce(sum(CASE WHEN e.booked_on >= :first AND {amount} > 0 THEN {amount} END), 0)",
            f"coalesce(sum(CASE WHEN e.booked_on >= :first AND {amount} < 0 THEN {amount} END), 0)",
        ]
    found = _rows(
        connection,
        f"""SELECT {TRAITS}, {_span(days)}, s.currency, {", ".join(parts)}, sum(s.firm_amount IS NULL)
        {_FROM} WHERE e.booked_on <= :last GROUP BY 1, 2, 3, 4, 5, 6, 7""",
        {"year": year, "first": first, "last": last},
    )
    return [(tuple(row[:5]), row[5], row[6], tuple(row[7:])) for row in found]


def kinds_of_postings(
    connection: Connection, days: Sequence[str], entries: Collection[int] | None = None
) -> list[tuple[Traits, int, str, str]]:
    """(traits, stretch between `days`, first and last day on which such was booked), of these entries or of all."""
    where, values = "", {}
    if entries is not None:
        where, values = "WHERE s.entry_id IN (SELECT value FROM json_each(:ids))", {"ids": ids_text(entries)}
    found = _rows(
        connection,
        f"""SELECT {TRAITS}, {_span(days)}, min(e.booked_on), max(e.booked_on) {_FROM} {where}
        GROUP BY 1, 2, 3, 4, 5, 6""",
        values,
    )
    return [(tuple(row[:5]), row[5], row[6], row[7]) for row in found]


# A word of the search is in one of these.
_SEARCHED: Final = """(i.number LIKE :{w} OR y.number LIKE :{w} OR c.code LIKE :{w} OR c.name LIKE :{w}
 OR e.note LIKE :{w} OR m.number LIKE :{w} OR m.text LIKE :{w} OR l.party LIKE :{w} OR l.text LIKE :{w}
 OR b.note LIKE :{w} OR e.id = :{w}_number)"""
_TOLD: Final = f"""LEFT JOIN invoice i ON i.id = {_INVOICE} LEFT JOIN client h ON h.id = s.client_id
 LEFT JOIN client c ON c.id = coalesce(h.merged_into_id, h.id)"""
_ORDER: Final = {
    "": "e.booked_on {way}, e.id {way}, s.id {way}",
    "date": "e.booked_on {way}, e.id {way}, s.id {way}",
    "entry": "e.id {way}, s.id {way}",
    "debit": "max(s.amount, 0) {way}, e.id, s.id",
    "credit": "max(-s.amount, 0) {way}, e.id, s.id",
    "client": "c.code {way}, e.booked_on, e.id, s.id",
    "document": "coalesce(i.number, y.number, m.number, '') {way}, e.id, s.id",
}


class Wanted:
    """Which postings are asked for; every part narrows. Days are ISO texts, both included."""

    def __init__(self) -> None:
        self._where: list[str] = []
        self._values: dict[str, Any] = {}

    def days(self, first: str | None, last: str | None) -> None:
        if first is not None:
            self._add("e.booked_on >= :first", first=first)
        if last is not None:
            self._add("e.booked_on <= :last", last=last)

    def until(self, entry: int) -> None:
        """Entries up to this one: what is booked later was not there."""
        self._add("e.id <= :until", until=entry)

    def kinds(self, kinds: Iterable[str]) -> None:
        self._add("e.kind IN (SELECT value FROM json_each(:kinds))", kinds=json.dumps(sorted(kinds)))

    def client(self, client_id: int) -> None:
        self._add(
            "s.client_id IN (SELECT id FROM client WHERE id = :client OR merged_into_id = :client)", client=client_id
        )

    def document(self, number: str) -> None:
        """Entries of a document, of what settled or wrote it off, or of a payment or movement of cash by its number."""
        self._add(
            f"({_INVOICE} IN (SELECT id FROM invoice WHERE number = :document) OR y.number = :document"
            " OR m.number = :document)",
            document=number,
        )

    def entries(self, ids: Iterable[int]) -> None:
        self._add("e.id IN (SELECT value FROM json_each(:entries))", entries=ids_text(ids))

    def postings(self, ids: Iterable[int]) -> None:
        self._add("s.id IN (SELECT value FROM json_each(:postings))", postings=ids_text(ids))

    def traits(self, wanted: Collection[tuple[Traits, int]], days: Sequence[str]) -> None:
        """Those of these traits in these stretches between `days`."""
        keys = json.dumps([[*traits, place] for traits, place in wanted], ensure_ascii=False)
        roles = json.dumps(sorted({traits[1] for traits, _place in wanted}))
        self._add(
            f"""s.role IN (SELECT value FROM json_each(:roles)) AND json_array({TRAITS}, {_span(days)})
            IN (SELECT value FROM json_each(:traits))""",
            traits=keys,
            roles=roles,
        )

    def search(self, text: str) -> None:
        """Every word in a number, the client, or what was said of the entry."""
        for place, word in enumerate(text.split()):
            name = f"word{place}"
            self._add(
                _SEARCHED.format(w=name),
                **{name: f"%{word}%", f"{name}_number": int(word) if word.isascii() and word.isdecimal() else None},
            )

    def _add(self, condition: str, **values: Any) -> None:
        self._where.append(condition)
        self._values.update(values)

    @property
    def sql(self) -> str:
        return " AND ".join(self._where) or "1"

    @property
    def values(self) -> dict[str, Any]:
        return self._values


def posting_ids(connection: Connection, wanted: Wanted, sort: str = "", descending: bool = False) -> list[int]:
    """Ids of postings in order: the journal's, or by date, entry, debit, credit, client or document."""
    order = _ORDER[sort].format(way="DESC" if descending else "ASC")
    return [row[0] for row in _rows(connection, f"SELECT s.id {_FROM} {_TOLD} WHERE {wanted.sql} ORDER BY {order}",
                                    wanted.values)]  # fmt: skip


# What stands in a row of the journal, in this order, after its traits.
COLUMNS: Final = (
    "id", "entry", "booked_on", "kind", "currency", "amount", "firm_amount", "client_id", "client", "client_name",
    "number", "invoice_id", "payment_id", "line_id", "account_of_firm", "text", "reverses", "reversed_by",
    "period_start", "period_end", "document_kind",
)  # fmt: skip
_SELECT: Final = f"""SELECT {TRAITS}, s.id, e.id, e.booked_on, e.kind, s.currency, s.amount, s.firm_amount, c.id,
 c.code, c.name, coalesce(i.number, y.number, m.number, ''), i.id, y.id, l.id,
 coalesce(y.account_id, m.account_id, l.account_id),
 coalesce(e.note, nullif(m.text, ''), nullif(b.note, ''), nullif(trim(coalesce(l.party, '') || ' ' ||
  coalesce(l.text, '')), ''), nullif(y.reference, ''), ''),
 e.reverses_id, (SELECT r.id FROM journal_entry r WHERE r.reverses_id = e.id), s.period_start, s.period_end,
 coalesce(i.kind, '')"""


def posting_rows(
    connection: Connection, wanted: Wanted, sort: str = "", descending: bool = False
) -> list[tuple[Traits, dict[str, Any]]]:
    """Traits and a row of each posting, columns as `COLUMNS`, in the order asked for."""
    order = _ORDER[sort].format(way="DESC" if descending else "ASC")
    found = _rows(connection, f"{_SELECT} {_FROM} {_TOLD} WHERE {wanted.sql} ORDER BY {order}", wanted.values)
    return [(tuple(row[:5]), dict(zip(COLUMNS, row[5:], strict=True))) for row in found]


def accounts(connection: Connection) -> Rows:
    """(id, number, name, kind, active), by number."""
    return plain_rows(connection, "SELECT id, number, name, kind, active FROM account ORDER BY number, id")


def rules(connection: Connection) -> Rows:
    """(id, name, ISO day from which it counts, account)."""
    return plain_rows(connection, "SELECT id, name, valid_from, account_id FROM account_rule ORDER BY name, valid_from")


def first_booked(connection: Connection) -> str | None:
    found: str | None = connection.exec_driver_sql("SELECT min(booked_on) FROM journal_entry").scalar()
    return found


def _rows(connection: Connection, sql: str, values: dict[str, Any]) -> Rows:
    driver: Any = connection.connection.driver_connection
    found: list[Any] = driver.execute(sql, values).fetchall()
    return found
