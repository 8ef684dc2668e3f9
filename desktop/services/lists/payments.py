"""Payments as the page lists them, with what each settles and what is left of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.queries.families import families, family
from desktop.services.change_sets import raw
from desktop.services.lists.searching import ids_text, like, limited, named, ordered, rarest_first

_OWN_ORDER = "p.paid_on DESC, p.id DESC"
_INVOICES = """(SELECT group_concat(number, ', ') FROM (SELECT DISTINCT i.number FROM allocation a
  JOIN invoice i ON i.id = a.invoice_id WHERE a.payment_id = coalesce(p.reverses_id, p.id) ORDER BY i.number))"""
# So many of the newest are looked through before an index of all is.
_NEWEST = "p.paid_on >= coalesce((SELECT paid_on FROM payment ORDER BY paid_on DESC LIMIT 1 OFFSET 1000), '')"
_UNAPPLIED = "p.id IN (SELECT payment_id FROM open_credit WHERE open > 0 AND payment_id IS NOT NULL)"
_REVERSED = "EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = p.id)"
_COULD = f"""EXISTS (SELECT 1 FROM open_item o WHERE o.open > 0 AND o.currency = p.currency
  AND o.client_id IN {family("p.client_id")})"""
# What was paid back of a payment and did not come back.
_REFUNDED = """(SELECT coalesce(-sum(f.amount), 0) FROM payment f WHERE f.refunds_payment_id = p.id
  AND NOT EXISTS (SELECT 1 FROM payment b WHERE b.reverses_id = f.id))"""
_FILTERS = {
    "unapplied": _UNAPPLIED,
    "usable": f"({_UNAPPLIED} AND {_COULD})",
    "kept": f"({_UNAPPLIED} AND NOT {_COULD})",
    "reversed": f"(p.reverses_id IS NOT NULL OR {_REVERSED})",
    "standing": f"(p.reverses_id IS NULL AND NOT {_REVERSED})",
    "refunds": "(p.amount < 0 AND p.reverses_id IS NULL)",
}
_CHOICES = {
    "client": f"p.client_id IN {families('{marks}')}",
    "currency": "p.currency IN ({marks})",
    "method": "p.method IN ({marks})",
    "account": "p.account_id IN ({marks})",
    "from": "p.paid_on >= {marks}",
    "to": "p.paid_on <= {marks}",
}
_SORTS = {
    "number": "p.number",
    "client": "c.name COLLATE NOCASE",
    "code": "c.code COLLATE NOCASE",
    "paid_on": "p.paid_on",
    "method": "p.method",
    "reference": "p.reference COLLATE NOCASE",
    "currency": "p.currency",
    "amount": "p.amount",
    "unapplied": "coalesce((SELECT k.open FROM open_credit k WHERE k.payment_id = p.id), 0)",
}


@dataclass(frozen=True, slots=True)
class PaymentTotals:
    """Payments of one currency, reversals taken off; minor units."""

    count: int
    amount: int
    unapplied: int


class PaymentList:
    """Payments, the newest first. Filters: unapplied (something is left), of these usable (the client owes something in
    that currency) and kept (it does not), reversed (with their reversals), standing, refunds, client:ID, account:ID,
    currency:CUR, method:METHOD, from:DATE, to:DATE."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def ids(
        self, search: str, filters: frozenset[str], sort: str, descending: bool, limit: int | None = None
    ) -> Sequence[int]:
        """Sorts: number, client, code, paid_on, method, reference, currency, amount, unapplied.

        The search finds parts of a number, reference, note, client's name or code, and the number of an invoice.
        """
        where, values = ["1"], list[object]()
        where += [_FILTERS[word] for word in sorted(filters & _FILTERS.keys())]
        for prefix, choice in _CHOICES.items():
            chosen = named(filters, prefix)
            if chosen:
                where.append(choice.format(marks=", ".join("?" * len(chosen))))
                values += [int(one) for one in chosen] if prefix in ("client", "account") else chosen
        join = "JOIN client c ON c.id = p.client_id" if sort in ("client", "code") else ""
        # Equal rows stand by age in the direction of the order: then the index gives them as they are.
        own = f"p.id {'DESC' if descending else 'ASC'}" if sort == "paid_on" else _OWN_ORDER
        order = ordered(_SORTS, sort, descending, own)
        words = rarest_first(search)
        by_row = [_of_row(word) for word in words]
        with self._book.reading() as session:
            # A hundred thousand ids straight from the driver take half the time.
            ask = raw(session.connection()).execute

            def found(conditions: Sequence[tuple[str, list[object]]]) -> list[int]:
                told = " AND ".join([*where, *(condition for condition, _values in conditions)])
                given = [*values, *(value for _condition, some in conditions for value in some)]
                sql = f"SELECT p.id FROM payment p {join} WHERE {told} ORDER BY {order}{limited(limit)}"
                return [number for (number,) in ask(sql, given)]

            if words and limit is not None and (not sort or (sort == "paid_on" and descending)):
                # What many payments have, enough of the newest have, and those are looked through at once.
                first = found([(_NEWEST, []), *by_row])
                if len(first) == limit:
                    return first
            return found([_matching(words[0]), *by_row[1:]] if words else [])

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """number, client, client_code, paid_on, method, reference, note, currency, amount, discounts, unapplied,
        invoices (their numbers), state (standing, reversed, reversal, refund), counterpart (the other of a reversal, or
        what a refund pays back), actor, account, charges, received with received_currency, refunded (of it).

        Minor units; a reversal's amount is negative.
        """
        with self._book.reading() as session:
            found = session.connection().exec_driver_sql(
                f"""SELECT p.id, p.number, c.name, c.code, p.paid_on, p.method, p.reference, p.note, p.currency,
                p.amount,
                (SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.payment_id = p.id AND a.kind = 'discount'),
                coalesce((SELECT k.open FROM open_credit k WHERE k.payment_id = p.id), 0), coalesce({_INVOICES}, ''),
                p.reverses_id IS NOT NULL, coalesce(r.number, o.number, f.number, n.number, ''), p.actor, p.client_id,
                coalesce(nullif(b.bank, ''), nullif(b.iban, ''), b.holder, ''), p.charges, p.received,
                p.received_currency, p.amount < 0 AND r.id IS NULL, {_REFUNDED}
                FROM payment p JOIN client c ON c.id = p.client_id LEFT JOIN payment r ON r.reverses_id = p.id
                LEFT JOIN payment o ON o.id = p.reverses_id LEFT JOIN payment f ON f.id = p.refunds_payment_id
                LEFT JOIN invoice n ON n.id = p.refunds_credit_note_id
                LEFT JOIN bank_account b ON b.id = p.account_id WHERE p.id IN (SELECT value FROM json_each(?))""",
                (ids_text(ids),),
            )
            return {
                row[0]: {
                    "number": row[1],
                    "client_id": row[16],
                    "client": row[2],
                    "client_code": row[3],
                    "paid_on": date.fromisoformat(row[4]),
                    "method": row[5],
                    "reference": row[6],
                    "note": row[7],
                    "currency": row[8],
                    "amount": row[9],
                    "discounts": row[10],
                    "unapplied": row[11],
                    "invoices": row[12],
                    "state": _state(row[13], row[21], row[14]),
                    "counterpart": row[14],
                    "actor": row[15],
                    "account": row[17],
                    "charges": row[18],
                    "received": row[19],
                    "received_currency": row[20],
                    "refunded": row[22],
                }
                for row in found
            }

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What came in by these payments, reversals taken off, minor units by currency."""
        return {currency: total.amount for currency, total in self.sums(ids).items()}

    def sums(self, ids: Sequence[int]) -> Mapping[str, PaymentTotals]:
        """What these payments come to and what is left of them, by currency."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                """SELECT p.currency, count(*), sum(p.amount), coalesce(sum(k.open), 0)
                FROM payment p LEFT JOIN open_credit k ON k.payment_id = p.id
                WHERE p.id IN (SELECT value FROM json_each(?)) GROUP BY p.currency""",
                (ids_text(ids),),
            )
            return {currency: PaymentTotals(*figures) for currency, *figures in rows}


def _state(reverses: int, refunds: int, counterpart: str) -> str:
    if reverses:
        return "reversal"
    if refunds:
        return "refund"
    return "reversed" if counterpart else "standing"


def _of_row(word: str) -> tuple[str, list[object]]:
    """A condition that a payment, its client or an invoice it settles has the word, asked row by row."""
    text, values = like(word, ("p.number", "p.reference", "p.note"))
    by_client, clients = like(word, ("name", "code"))
    condition = f"{text} OR p.client_id IN (SELECT id FROM client WHERE {by_client})"
    if len(word) == 1:
        return f"({condition})", [*values, *clients]
    by_invoice, invoices = like(word, ("i.number",))
    condition += f""" OR EXISTS (SELECT 1 FROM allocation a JOIN invoice i ON i.id = a.invoice_id
      WHERE a.payment_id = p.id AND {by_invoice})"""
    return f"({condition})", [*values, *clients, *invoices]


def _matching(word: str) -> tuple[str, list[object]]:
    """The same, each part by its own index."""
    if len(word) == 1:
        # Nearly everything has a letter: the first rows are found at once where no set of all is made first.
        return _of_row(word)
    by_number, numbers = like(word, ("number",))
    by_words, words = like(word, ("reference", "note"))
    by_client, clients = like(word, ("name", "code"))
    by_invoice, invoices = like(word, ("i.number",))
    condition = f"""p.id IN (SELECT id FROM payment WHERE {by_number}
      UNION SELECT id FROM payment WHERE {by_words}
      UNION SELECT id FROM payment WHERE client_id IN (SELECT id FROM client WHERE {by_client})
      UNION SELECT a.payment_id FROM invoice i CROSS JOIN allocation a ON a.invoice_id = i.id
        WHERE a.payment_id IS NOT NULL AND {by_invoice})"""
    return condition, [*numbers, *words, *clients, *invoices]
