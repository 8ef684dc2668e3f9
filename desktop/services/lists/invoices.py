"""Issued documents as the page lists them, with what is open of each and how it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.delivering import RANK, STATUS, documents_that
from db.queries.families import families
from db.queries.registering import UNREGISTERED
from desktop.domain.money import exact_minor
from desktop.domain.standing import status
from desktop.errors import UserError
from desktop.i18n import parse_number
from desktop.services.change_sets import raw
from desktop.services.lists.searching import ids_text, like, limited, named, ordered, rarest_first

_OWN_ORDER = "i.issue_date DESC, i.id DESC"
# So many of the newest are looked through before an index of all is.
_NEWEST = "i.issue_date >= coalesce((SELECT issue_date FROM invoice ORDER BY issue_date DESC LIMIT 1 OFFSET 1000), '')"
_OPEN = "(SELECT coalesce(sum(o.open), 0) FROM open_item o WHERE o.invoice_id = i.id)"
_LOST = "SELECT w.invoice_id FROM write_off w GROUP BY w.invoice_id HAVING sum(w.amount) > 0"
_CREDITED = """SELECT k.corrects_id FROM invoice k JOIN invoice j ON j.id = k.corrects_id
  GROUP BY j.id HAVING sum(k.payable) >= j.payable AND j.payable > 0"""
_STILL_OPEN = "SELECT invoice_id FROM open_item WHERE open > 0"
_SETTLED = f"i.kind <> 'credit_note' AND i.id NOT IN ({_STILL_OPEN})"
_DISPUTED = "SELECT d.invoice_id FROM dispute d WHERE d.closed_on IS NULL"
_NEXT_DUE = "(SELECT min(o.due_date) FROM open_item o WHERE o.invoice_id = i.id AND o.open > 0)"
# A payment plan stands that is not paid yet.
_PLANNED = """EXISTS (SELECT 1 FROM open_item o JOIN payment_plan l ON l.id = o.plan_id
  WHERE o.invoice_id = i.id AND o.open > 0 AND l.cancelled_on IS NULL)"""
_BROKEN = _PLANNED.replace("o.open > 0", "o.open > 0 AND o.due_date < '{today}'")
_STANDING_PLANS = "SELECT invoice_id FROM payment_plan WHERE cancelled_on IS NULL"
_UNAPPLIED = "SELECT c.credit_note_id FROM open_credit c WHERE c.open > 0 AND c.credit_note_id IS NOT NULL"

# Conditions that say the same as desktop.domain.standing, in the order in which a list by standing shows them.
# Open, overdue and partly overlap: one and the same invoice may be all three, though it shows one word.
_STANDINGS = {
    "disputed": f"i.id IN ({_STILL_OPEN}) AND i.id IN ({_DISPUTED})",
    "overdue": "i.id IN (SELECT invoice_id FROM open_item WHERE open > 0 AND due_date < '{today}')",
    "partly": f"i.id IN ({_STILL_OPEN}) AND {_OPEN} < i.payable",
    "open": f"i.id IN ({_STILL_OPEN})",
    "unapplied": f"i.id IN ({_UNAPPLIED})",
    "paid": f"{_SETTLED} AND i.id NOT IN ({_LOST}) AND i.id NOT IN ({_CREDITED})",
    "credited": f"{_SETTLED} AND i.id NOT IN ({_LOST}) AND i.id IN ({_CREDITED})",
    "written_off": f"{_SETTLED} AND i.id IN ({_LOST})",
    "applied": f"i.kind = 'credit_note' AND i.id NOT IN ({_UNAPPLIED})",
}
_RANK = "CASE {cases} ELSE 99 END".format(
    cases=" ".join(f"WHEN {condition} THEN {place}" for place, condition in enumerate(_STANDINGS.values()))
)
# As conditions beside a standing.
_PLANS = {
    "plan:standing": f"i.id IN ({_STANDING_PLANS}) AND {_PLANNED}",
    "plan:broken": f"i.id IN ({_STANDING_PLANS}) AND {_BROKEN}",
    "billed": "i.kind <> 'opening'",
    "unregistered": UNREGISTERED,
}
_CHOICES = {
    "kind": "i.kind IN ({marks})",
    "run": "i.run_id IN (SELECT id FROM run WHERE number IN ({marks}))",
    "client": f"i.client_id IN {families('{marks}')}",
    "agreement": "i.agreement_id IN ({marks})",
    "currency": "i.currency IN ({marks})",
    "from": "i.issue_date >= {marks}",
    "to": "i.issue_date <= {marks}",
}
_IDS = frozenset({"client", "agreement"})
_SORTS = {
    "number": "i.number",
    "kind": "i.kind",
    "client": "c.name COLLATE NOCASE",
    "code": "c.code COLLATE NOCASE",
    "issue_date": "i.issue_date",
    "due_date": "coalesce(unpaid.due, i.due_date)",
    "currency": "i.currency",
    "net": "i.net",
    "gross": "i.gross",
    "open": "coalesce(unpaid.open, 0)",
    "run": "i.run_id",
    "po_number": "i.po_number COLLATE NOCASE",
    "delivery": "coalesce(went.place, -1)",
}
_DELIVERY = "LEFT JOIN delivery d ON d.invoice_id = i.id AND d.current = 1"
# What is asked of every row is put together once: by row it takes three times as long.
_RANKED = f"""LEFT JOIN (SELECT invoice_id, max({RANK}) AS place FROM delivery d
  WHERE d.current = 1 AND d.invoice_id IS NOT NULL GROUP BY invoice_id) went ON went.invoice_id = i.id"""
# What is open is little beside all that was issued.
_LEFT = """LEFT JOIN (SELECT invoice_id, sum(open) AS open, min(due_date) AS due FROM open_item WHERE open > 0
  GROUP BY invoice_id) unpaid ON unpaid.invoice_id = i.id"""
# Equal rows of these stand by age in the direction of the order: then an index gives them as they are.
_INDEXED = frozenset({"number", "issue_date", "net", "gross", "run"})
_CLIENT = "JOIN client c ON c.id = i.client_id"
_JOINS = {"client": _CLIENT, "code": _CLIENT, "due_date": _LEFT, "open": _LEFT, "delivery": _RANKED}


@dataclass(frozen=True, slots=True)
class InvoiceTotals:
    """Documents of one currency, minor units; credit notes lower gross, and what is left of them is `unapplied`."""

    count: int
    gross: int
    open: int
    overdue: int
    unapplied: int


class InvoiceList:
    """Documents, the newest first. Filters by standing, any of: open, overdue, partly, paid, disputed, written_off,
    credited, unapplied, applied; plan:standing (a payment plan), plan:broken (a part of it is late); and kind:KIND,
    run:R-…, client:ID, agreement:ID, currency:CUR, from:DATE, to:DATE; billed (not what was open when the book
    began), unregistered (India's portal does not know it yet), delivery:WORD (any of db.queries.delivering.STANDS)."""

    def __init__(self, book: Book, today: date) -> None:
        self._book = book
        self._today = today

    def ids(
        self, search: str, filters: frozenset[str], sort: str, descending: bool, limit: int | None = None
    ) -> Sequence[int]:
        """Sorts: number, kind, client, code, issue_date, due_date, currency, net, gross, open, status, run, po_number,
        delivery.

        The search finds parts of a number, of a PO number, of a client's name or code, and a net or gross amount.
        """
        today = self._today.isoformat()
        with self._book.reading() as session:
            connection = session.connection()
            where, values = ["1"], list[object]()
            standings = [f"({_STANDINGS[word]})" for word in sorted(filters & _STANDINGS.keys())]
            if standings:
                where.append(f"({' OR '.join(standings)})".replace("{today}", today))
            where += [_PLANS[word].replace("{today}", today) for word in sorted(filters & _PLANS.keys())]
            for prefix, choice in _CHOICES.items():
                chosen = named(filters, prefix)
                if chosen:
                    where.append(choice.format(marks=", ".join("?" * len(chosen))))
                    values += [int(one) for one in chosen] if prefix in _IDS else chosen
            if stands := named(filters, "delivery"):
                where.append(f"i.id IN ({documents_that(stands)})")
            sorts = _SORTS | {"status": _RANK.replace("{today}", today)}
            join = _JOINS.get(sort, "")
            direction = "DESC" if descending else "ASC"
            own = f"i.id {direction}" if sort in _INDEXED else _OWN_ORDER
            order = ordered(sorts, sort, descending, own)
            words = rarest_first(search)
            by_row = [_of_row(connection, word) for word in words]
            # Every row is read for its due day, which no index has beside the rest: in the order of the file that takes
            # a third of the time.
            hint = "NOT INDEXED" if sort == "due_date" and len(where) == 1 and not words else ""

            def found(conditions: Sequence[tuple[str, list[object]]]) -> list[int]:
                told = " AND ".join([*where, *(condition for condition, _values in conditions)])
                given = [*values, *(value for _condition, some in conditions for value in some)]
                sql = f"SELECT i.id FROM invoice i {hint} {join} WHERE {told} ORDER BY {order}{limited(limit)}"
                # A hundred thousand ids straight from the driver take half the time.
                return [number for (number,) in raw(connection).execute(sql, given)]

            if words and limit is not None and (not sort or (sort == "issue_date" and descending)):
                # What many documents have, enough of the newest have, and those are looked through at once.
                first = found([(_NEWEST, []), *by_row])
                if len(first) == limit:
                    return first
            return found([_matching(connection, words[0]), *by_row[1:]] if words else [])

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """number, kind, client, client_code, issue_date, due_date, currency, net, tax, gross, payable, open, unapplied,
        credited, status, disputed, days_overdue (0 or more), run, po_number, corrects, instalments (how many there are
        in all), plan, delivery (of STATUSES); minor units, dates as dates. Due is what is open of it next.

        Amounts of a credit note are positive, as on the document.
        """
        with self._book.reading() as session:
            connection = session.connection()
            wanted = ids_text(ids)
            found = connection.exec_driver_sql(
                f"""SELECT i.id, i.number, i.kind, c.name, c.code, i.issue_date, i.due_date, i.currency, i.net, i.tax,
                i.gross, i.payable, {_OPEN},
                (SELECT k.open FROM open_credit k WHERE k.credit_note_id = i.id),
                (SELECT coalesce(sum(k.payable), 0) FROM invoice k WHERE k.corrects_id = i.id),
                (SELECT coalesce(sum(w.amount), 0) FROM write_off w WHERE w.invoice_id = i.id),
                {_NEXT_DUE},
                i.id IN ({_DISPUTED}), coalesce(r.number, ''), i.po_number, coalesce(x.number, ''), i.client_id,
                (SELECT max(o.instalment) FROM open_item o WHERE o.invoice_id = i.id), {_PLANNED},
                CASE WHEN d.id IS NULL THEN CASE i.kind WHEN 'opening' THEN NULL ELSE 'issued' END ELSE {STATUS} END
                FROM invoice i JOIN client c ON c.id = i.client_id LEFT JOIN run r ON r.id = i.run_id
                LEFT JOIN invoice x ON x.id = i.corrects_id {_DELIVERY}
                WHERE i.id IN (SELECT value FROM json_each(?))""",
                (wanted,),
            )
            return {row[0]: self._row(row) for row in found}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What is open of these documents, minor units by currency."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                """SELECT currency, sum(open) FROM open_item
                WHERE open > 0 AND invoice_id IN (SELECT value FROM json_each(?)) GROUP BY currency""",
                (ids_text(ids),),
            )
            return {row[0]: row[1] for row in rows}

    def sums(self, ids: Sequence[int]) -> Mapping[str, InvoiceTotals]:
        """What these documents come to, by currency."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                """SELECT i.currency, count(*), sum(CASE i.kind WHEN 'credit_note' THEN -i.gross ELSE i.gross END),
                sum(coalesce((SELECT sum(o.open) FROM open_item o WHERE o.invoice_id = i.id), 0)),
                sum(coalesce((SELECT sum(o.open) FROM open_item o WHERE o.invoice_id = i.id AND o.due_date < ?), 0)),
                sum(coalesce((SELECT k.open FROM open_credit k WHERE k.credit_note_id = i.id), 0))
                FROM invoice i WHERE i.id IN (SELECT value FROM json_each(?)) GROUP BY i.currency""",
                (self._today.isoformat(), ids_text(ids)),
            )
            return {currency: InvoiceTotals(*figures) for currency, *figures in rows}

    def _row(self, row: Any) -> dict[str, object]:
        is_open, unapplied = row[12], row[13] or 0
        due = date.fromisoformat(row[6])
        next_due = date.fromisoformat(row[16]) if row[16] else due
        return {
            "number": row[1],
            "kind": row[2],
            "client_id": row[21],
            "client": row[3],
            "client_code": row[4],
            "issue_date": date.fromisoformat(row[5]),
            "due_date": next_due,
            "currency": row[7],
            "net": row[8],
            "tax": row[9],
            "gross": row[10],
            "payable": row[11],
            "open": is_open,
            "unapplied": unapplied,
            "credited": row[14],
            "status": status(
                row[2],
                row[11],
                unapplied if row[2] == "credit_note" else is_open,
                next_due,
                self._today,
                disputed=bool(row[17]),
                written_off=row[15],
                credited=row[14],
            ),
            "disputed": bool(row[17]),
            "days_overdue": max(0, (self._today - next_due).days) if is_open else 0,
            "run": row[18],
            "po_number": row[19],
            "corrects": row[20],
            "instalments": row[22] or 0,
            "plan": bool(row[23]),
            "delivery": row[24],
        }


def receivable_cards(book: Book, today: date) -> Mapping[str, InvoiceTotals]:
    """What all clients owe, by currency, from the indexes of what is open: cheap enough for a header."""
    with book.reading() as session:
        connection = session.connection()
        owed = connection.exec_driver_sql(
            """SELECT currency, count(DISTINCT invoice_id), sum(open), sum(CASE WHEN due_date < ? THEN open ELSE 0 END)
            FROM open_item WHERE open > 0 GROUP BY currency""",
            (today.isoformat(),),
        ).fetchall()
        credits = connection.exec_driver_sql(
            "SELECT currency, sum(open) FROM open_credit WHERE open > 0 GROUP BY currency"
        ).fetchall()
    left: dict[str, int] = {row[0]: row[1] for row in credits}
    cards = {
        currency: InvoiceTotals(count, is_open, is_open, overdue, left.pop(currency, 0))
        for currency, count, is_open, overdue in owed
    }
    return cards | {currency: InvoiceTotals(0, 0, 0, 0, amount) for currency, amount in left.items()}


def _by_client(word: str) -> tuple[str, list[object]]:
    """A condition that the client has the word, or one that was merged into it."""
    by_client, values = like(word, ("name", "code"))
    return (
        f"""client_id IN (WITH found(id) AS (SELECT id FROM client WHERE {by_client}) SELECT id FROM found
      UNION ALL SELECT m.id FROM client m WHERE m.merged_into_id IN (SELECT id FROM found))""",
        values,
    )


def _of_row(connection: Connection, word: str) -> tuple[str, list[object]]:
    """A condition that a document or its client has the word, asked row by row."""
    text, values = like(word, ("i.number", "i.po_number", "i.buyer_reference"))
    clients, client_values = _by_client(word)
    amounts = _amounts(connection, word) if len(word) > 1 else []
    money = " OR i.currency = ? AND i.net = ? OR i.currency = ? AND i.gross = ?" * len(amounts)
    return f"({text} OR i.{clients}{money})", [*values, *client_values, *_flat(amounts)]


def _matching(connection: Connection, word: str) -> tuple[str, list[object]]:
    """The same, part by part so that each uses its own index."""
    if len(word) == 1:
        # Nearly everything has a letter: the first rows are found at once where no set of all is made first.
        return _of_row(connection, word)
    clients, client_values = _by_client(word)
    by_number, number_values = like(word, ("number",))
    by_order, order_values = like(word, ("po_number",))
    by_reference, reference_values = like(word, ("buyer_reference",))
    amounts = _amounts(connection, word)
    money = "".join(
        " UNION SELECT id FROM invoice WHERE currency = ? AND net = ? "
        "UNION SELECT id FROM invoice WHERE currency = ? AND gross = ?"
        for _ in amounts
    )
    condition = f"""i.id IN (SELECT id FROM invoice WHERE {by_number}
      UNION SELECT id FROM invoice WHERE {clients}
      UNION SELECT id FROM invoice WHERE po_number <> '' AND {by_order}
      UNION SELECT id FROM invoice WHERE buyer_reference <> '' AND {by_reference}{money})"""
    return condition, [*number_values, *client_values, *order_values, *reference_values, *_flat(amounts)]


def _amounts(connection: Connection, word: str) -> list[tuple[str, int]]:
    """The word as an amount in each currency of the book that has so many decimals."""
    try:
        value = abs(parse_number(word))
    except UserError:
        return []
    found = []
    for (currency,) in connection.exec_driver_sql(
        "SELECT currency FROM client UNION SELECT currency FROM agreement UNION SELECT currency FROM exchange_rate "
        "UNION SELECT currency FROM firm"
    ):
        try:
            found.append((currency, exact_minor(value, currency)))
        except ValueError:
            continue
    return found


def _flat(amounts: Iterable[tuple[str, int]]) -> list[object]:
    return [part for pair in amounts for part in pair * 2]
