"""The outbox as its page lists it: every delivery, what waits and what went, by what way and with what answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final

from db.engine import Book
from db.queries.delivering import RANK, STANDS, STATUS
from db.queries.families import families
from desktop.domain.delivery import CHANNELS, FAILED
from desktop.saying import told
from desktop.services.change_sets import raw
from desktop.services.delivery.remedying import remedy
from desktop.services.lists.searching import ids_text, like, limited, named, ordered, rarest_first

_OWN_ORDER: Final = "d.id DESC"
# The account by which a mail went, or would go.
_ACCOUNT: Final = """coalesce((SELECT m.account_id FROM mailing m WHERE m.id = d.mailing_id),
 (SELECT s.mail_account_id FROM client k JOIN segment s ON s.id = k.segment_id WHERE k.id = d.client_id),
 (SELECT a.id FROM mail_account a WHERE a.active ORDER BY a.position, a.id LIMIT 1))"""
_UNDONE: Final = """(d.state <> 'sent' AND d.state <> 'cancelled' AND d.current = 1
 OR d.id IN (SELECT b.id FROM delivery b WHERE b.fate <> '' AND b.fate = 'bounced' AND b.current = 1))"""
_GROUPS: Final[Mapping[str, str]] = {word: condition for word, condition in STANDS.items() if word != "out"} | {
    "todo": _UNDONE,
    "sent": "d.state = 'sent'",
    "mailed": STANDS["sent"],
}
_CHOICES: Final[Mapping[str, str]] = {
    "channel": "d.channel IN ({marks})",
    "run": "d.run_id IN (SELECT id FROM run WHERE number IN ({marks}))",
    "client": f"d.client_id IN {families('{marks}')}",
    "account": f"d.channel = 'email' AND {_ACCOUNT} IN ({{marks}})",
    "invoice": "d.invoice_id IN ({marks})",
    "only": "d.id IN ({marks})",
}
_IDS: Final = frozenset({"client", "account", "invoice", "only"})
_SORTS: Final[dict[str, str]] = {
    "title": "d.title COLLATE NOCASE",
    "client": "c.name COLLATE NOCASE",
    "channel": "d.channel",
    "address": "d.address COLLATE NOCASE",
    "status": RANK,
    "tries": "d.tries",
    "next": "d.not_before",
    "made_at": "d.made_at",
    "done_at": "coalesce(d.done_at, '')",
}
_JOINS: Final = {"client": "JOIN client c ON c.id = d.client_id"}


class OutboxList:
    """Deliveries, the newest first. Filters by state, any of: todo (not out yet, or bounced), unsent, waiting, sending,
    failed, uncertain, cancelled, sent (by whatever way), mailed, printed, filed, handed_over, arrived, delivered,
    seen, bounced; and today (what went out today), noaddress, channel:WAY, run:R-…, client:ID, account:ID, invoice:ID,
    only:ID."""

    def __init__(self, book: Book, today: date) -> None:
        self._book = book
        self._today = today

    def ids(
        self, search: str, filters: frozenset[str], sort: str, descending: bool, limit: int | None = None
    ) -> Sequence[int]:
        """Sorts: title, client, channel, address, status, tries, next, made_at, done_at.

        The search finds parts of a document's number, of a client's name or code, of an address and of a mail's
        subject.
        """
        where, values = ["1"], list[object]()
        groups = [f"({_GROUPS[word]})" for word in sorted(filters & _GROUPS.keys())]
        if groups:
            where.append(f"({' OR '.join(groups)})")
        if "today" in filters:
            where.append("d.state = 'sent' AND d.done_at >= ?")
            values.append(day_begins(self._today))
        if "noaddress" in filters:
            where.append("d.channel = 'email' AND d.address = ''")
        for prefix, choice in _CHOICES.items():
            chosen = named(filters, prefix)
            if chosen:
                where.append(choice.format(marks=", ".join("?" * len(chosen))))
                values += [int(one) for one in chosen] if prefix in _IDS else chosen
        # What wants a person comes first among what is to be done; the history is read by its age.
        own = f"{RANK}, {_OWN_ORDER}" if "todo" in filters else _OWN_ORDER
        order = ordered(_SORTS, sort, descending, own)
        words = rarest_first(search)
        for word in words:
            condition, found = _of_word(word)
            where.append(condition)
            values += found
        sql = f"""SELECT d.id FROM delivery d {_JOINS.get(sort, "")} WHERE {" AND ".join(where)}
            ORDER BY {order}{limited(limit)}"""
        with self._book.reading() as session:
            # A hundred thousand ids straight from the driver take half the time.
            return [number for (number,) in raw(session.connection()).execute(sql, values)]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """title, kind (of the document or the letter), client, client_id, client_code, channel, form, address, status,
        state, fate, tries, next, answer (in words), code, made_at, done_at, run, invoice_id, file_id, mailing_id,
        path, current, by_hand, gross, currency, remedy (as `remedying` says, of what failed or came back).

        Times are UTC text, empty where there is none; gross in minor units, None for a letter.
        """
        with self._book.reading() as session:
            found = session.connection().exec_driver_sql(
                f"""SELECT d.id, d.title, coalesce(i.kind, d.letter) AS kind, c.name AS client, d.client_id,
                c.code AS client_code, d.channel, d.form, d.address, {STATUS} AS status, d.state, d.fate, d.tries,
                d.not_before AS next, d.answer, d.code, d.made_at, coalesce(d.done_at, '') AS done_at,
                coalesce(r.number, '') AS run, d.invoice_id, d.file_id, d.mailing_id, d.path, d.current, d.by_hand,
                i.gross, coalesce(i.currency, '') AS currency
                FROM delivery d JOIN client c ON c.id = d.client_id LEFT JOIN invoice i ON i.id = d.invoice_id
                LEFT JOIN run r ON r.id = d.run_id WHERE d.id IN (SELECT value FROM json_each(?))""",
                (ids_text(ids),),
            )
            return {row["id"]: _row(dict(row)) for row in found.mappings()}

    def counts(self) -> Mapping[str, int]:
        """How many rows each state has, of those that are to be seen to; and today: what went out today."""
        with self._book.reading() as session:
            ask = session.connection().exec_driver_sql
            left = ask(
                """SELECT d.state, count(*) FROM delivery d WHERE d.state <> 'sent' AND d.state <> 'cancelled'
                AND d.current = 1 GROUP BY d.state"""
            )
            counts: dict[str, int] = {row[0]: row[1] for row in left}
            counts["bounced"] = ask(
                "SELECT count(*) FROM delivery d WHERE d.fate <> '' AND d.fate = 'bounced' AND d.current = 1"
            ).scalar_one()
            counts["today"] = ask(
                "SELECT count(*) FROM delivery d WHERE d.state = 'sent' AND d.done_at >= ?", (day_begins(self._today),)
            ).scalar_one()
        counts["todo"] = sum(count for state, count in counts.items() if state != "today")
        return counts

    def waiting_by_channel(self) -> Mapping[str, int]:
        """How many wait, by channel, in the order of the channels."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                """SELECT d.channel, count(*) FROM delivery d WHERE d.state <> 'sent' AND d.state = 'waiting'
                AND d.current = 1 GROUP BY d.channel"""
            )
            found: dict[str, int] = {row[0]: row[1] for row in rows}
        return {channel: found[channel] for channel in CHANNELS if channel in found}

    def runs(self, most: int = 24) -> list[str]:
        """The numbers of the latest runs that issued something."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                """SELECT r.number FROM run r WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.run_id = r.id)
                ORDER BY r.id DESC LIMIT ?""",
                (most,),
            )
            return [row[0] for row in rows]

    def accounts(self) -> list[tuple[int, str]]:
        """The accounts that mails go out by, by id and name."""
        with self._book.reading() as session:
            rows = session.connection().exec_driver_sql(
                "SELECT id, name FROM mail_account WHERE active ORDER BY position, id"
            )
            return [(row[0], row[1]) for row in rows]


def day_begins(day: date) -> str:
    """The moment at which a day begins by the clock on this wall, as UTC text."""
    return datetime.combine(day, time()).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(row: Mapping[str, Any]) -> dict[str, object]:
    return {
        **row,
        "answer": told(row["answer"]),
        "remedy": remedy(row["channel"], row["code"], row["answer"]) if _went_wrong(row) else "",
        "current": bool(row["current"]),
        "by_hand": bool(row["by_hand"]),
    }


def _went_wrong(row: Mapping[str, Any]) -> bool:
    return bool(row["state"] == FAILED or row["fate"] == "bounced")


def _of_word(word: str) -> tuple[str, list[object]]:
    own, values = like(word, ("d.title", "d.address"))
    by_client, clients = like(word, ("name", "code"))
    condition = f"{own} OR d.client_id IN (SELECT id FROM client WHERE {by_client})"
    if len(word) == 1:
        return f"({condition})", [*values, *clients]
    by_mail, mails = like(word, ("subject", "recipients"))
    condition += f" OR d.mailing_id IN (SELECT id FROM mailing WHERE {by_mail})"
    return f"({condition})", [*values, *clients, *mails]
