"""The outbox as its page shows it: words for ways and times, chips with their counts, and what the head says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from db.engine import Book
from desktop.i18n import _, moment_text, ngettext, number_text
from desktop.services.delivery.mail.waiting_mails import count_due
from desktop.services.lists.outbox import OutboxList
from desktop.ui.listing import Row
from desktop.ui.outbox.words import document_word, way_word
from desktop.ui.page import Summary

UNDONE = "todo"


class OutboxRows:
    """Answers for the day it is asked."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today

    def _list(self) -> OutboxList:
        return OutboxList(self._book, self._today())

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        return self._list().ids(search, filters, sort, descending)

    def first_ids(self, search: str, filters: frozenset[str], sort: str, descending: bool, count: int) -> Sequence[int]:
        return self._list().ids(search, filters, sort, descending, count)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        return {key: _shown(row) for key, row in self._list().rows(ids).items()}

    def mails_waiting(self) -> int:
        """How many documents may be mailed now."""
        return count_due(self._book)

    def papers_waiting(self) -> int:
        """How many documents wait for the printer."""
        return self._list().waiting_by_channel().get("print", 0)

    def files_waiting(self) -> int:
        """How many documents wait for their client's folder."""
        return self._list().waiting_by_channel().get("folder", 0)


def _shown(row: Row) -> Row:
    return {
        **row,
        "kind_word": document_word(str(row["kind"])),
        "way": way_word(str(row["channel"])),
        "where": where(row),
        "tries": row["tries"] or None,
        "next_at": _moment(row["next"]) if row["state"] == "waiting" else "",
        "said": _said(row),
        "put_at": _moment(row["made_at"]),
    }


def _said(row: Row) -> str:
    """What is worth knowing of it: when it went, or why it did not."""
    went = _moment(row["done_at"])
    if row["state"] == "sent" and row["fate"] != "bounced":
        return went
    if row["state"] == "waiting" and row["next"]:
        return _("Next try {moment}: {answer}").format(moment=_moment(row["next"]), answer=row["answer"])
    return str(row["answer"]) or went


def where(row: Row) -> str:
    """The people who get the mail, or the file in the folder."""
    return str(row["path"] if row["channel"] == "folder" else row["address"])


def _moment(at: object) -> str:
    return moment_text(str(at)) if at else ""


def summary(book: Book, today: date) -> Summary:
    listing = OutboxList(book, today)
    counts = dict(listing.counts())
    parts = []
    waiting = listing.waiting_by_channel()
    sentences = {
        "email": ngettext("{count} to send", "{count} to send", waiting.get("email", 0)),
        "print": ngettext("{count} to print", "{count} to print", waiting.get("print", 0)),
        "folder": ngettext("{count} for folders", "{count} for folders", waiting.get("folder", 0)),
        "hand": ngettext("{count} to hand over", "{count} to hand over", waiting.get("hand", 0)),
    }
    for channel, count in waiting.items():
        parts.append(sentences[channel].format(count=number_text(count)))
    if counts["today"]:
        went = ngettext("{count} went out today", "{count} went out today", counts["today"])
        parts.append(went.format(count=number_text(counts["today"])))
    shown = {word: counts.get(word, 0) for word in (UNDONE, "waiting", "failed", "uncertain", "bounced", "today")}
    accounts = [(f"account:{key}", name) for key, name in listing.accounts()]
    return Summary(
        " · ".join(parts) or _("Nothing waits to go out."),
        (),
        shown,
        {
            "channel": [(f"channel:{channel}", way_word(channel)) for channel in ("email", "print", "folder", "hand")],
            "run": [(f"run:{number}", number) for number in listing.runs()],
            "account": accounts if len(accounts) > 1 else [],
        },
    )
