"""What people decide about rows of the outbox; each decision is a change set, undone while nothing went out since."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, RowMapping

from db.engine import Book
from db.queries.rows import ids_text
from db.schema import Delivery, DeliveryEvent, Mailing
from desktop.domain.delivery import (
    CANCELLED,
    CHANNELS,
    EMAIL,
    FAILED,
    FOLDER,
    HAND,
    PRINT,
    SENDING,
    SENT,
    UNCERTAIN,
    WAITING,
    form_of,
)
from desktop.domain.einvoice_form import NONE
from desktop.domain.wording import as_typed
from desktop.errors import UserError
from desktop.i18n import N_, _, ngettext, number_text
from desktop.services.changes import Change, change
from desktop.services.delivery.mail.recipients import checked_recipients

MARKS: Final = ("handed_over", "printed", "filed", "delivered", "bounced", "seen")
"""What a person may say of a document: how it left by other ways than the program's, or what was heard of it."""
_LEFT_BY: Final = {"handed_over": HAND, "printed": PRINT, "filed": FOLDER}

_UNDER_WAY: Final = N_("It is on its way just now.")
_WENT: Final = N_("It went out already.")
_GAVE_UP: Final = N_("It was cancelled.")
_ASKS: Final = N_("Nobody knows whether it arrived: say that first.")
_SURE: Final = N_("Whether it went is known.")
_NOT_OUT: Final = N_("It has not gone out yet.")
_WAITS: Final = N_("It waits to go out anyway.")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that a decision passed over, and why, in words."""

    id: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The rows that a decision changed; with `send_again` the new ones."""

    changed: tuple[int, ...]
    refused: tuple[Refusal, ...]


def cancel(book: Book, ids: Collection[int], *, actor: str, reason: str = "") -> Decided:
    """Let rows that wait or failed not go at all. UserError where none of them can be cancelled."""
    may_not = {SENDING: _UNDER_WAY, SENT: _WENT, CANCELLED: _GAVE_UP, UNCERTAIN: _ASKS}
    with change(book, actor, "") as made:
        rows, refused = _chosen(made.connection, ids, may_not)
        for row in rows:
            made.update(Delivery, row["id"], state=CANCELLED, not_before="")
            _note(made, row["id"], CANCELLED, reason)
        words = ngettext("Do not send {count} document", "Do not send {count} documents", len(rows))
        made.summary = words.format(count=number_text(len(rows)))
    return _decided(rows, refused)


def retry(book: Book, ids: Collection[int], *, actor: str) -> Decided:
    """Let rows that failed, or wait for a later time, go with the next sending, as if for the first time."""
    may_not = {SENDING: _UNDER_WAY, SENT: _WENT, CANCELLED: _GAVE_UP, UNCERTAIN: _ASKS}
    with change(book, actor, "") as made:
        rows, refused = _chosen(made.connection, ids, may_not, together=(WAITING, FAILED))
        for row in rows:
            made.update(Delivery, row["id"], state=WAITING, not_before="", tries=0, code=None, answer="")
            _note(made, row["id"], WAITING)
        words = ngettext("Try {count} document again", "Try {count} documents again", len(rows))
        made.summary = words.format(count=number_text(len(rows)))
    return _decided(rows, refused)


def settle_uncertain(book: Book, ids: Collection[int], arrived: bool, *, actor: str) -> Decided:
    """Say of mails that were under way when the line or the program died whether they arrived; those that did not go
    once more. All documents of one mail go by the same word."""
    may_not = dict.fromkeys((WAITING, SENDING, SENT, FAILED, CANCELLED), _SURE)
    with change(book, actor, "") as made:
        rows, refused = _chosen(made.connection, ids, may_not, together=(UNCERTAIN,))
        state = SENT if arrived else WAITING
        for row in rows:
            done = made.at if arrived else None
            made.update(Delivery, row["id"], state=state, answer="", not_before="", done_at=done)
            _note(made, row["id"], state)
        for mailing_id in dict.fromkeys(row["mailing_id"] for row in rows if row["mailing_id"]):
            made.update(Mailing, mailing_id, state=state)
        if arrived:
            words = ngettext("{count} document has arrived", "{count} documents have arrived", len(rows))
        else:
            words = ngettext(
                "{count} document has not arrived: send it", "{count} documents have not arrived: send them", len(rows)
            )
        made.summary = words.format(count=number_text(len(rows)))
    return _decided(rows, refused)


def send_again(book: Book, ids: Collection[int], *, actor: str, address: str = "", channel: str = "") -> Decided:
    """Let documents go once more, by their way or another of CHANNELS, to their people or those of `address`.

    A row that still waits, failed or is uncertain gives way to the new one. UserError for an address that is none.
    """
    if channel and channel not in CHANNELS:
        raise ValueError(channel)
    people = checked_recipients(address).text() if address.strip() else ""
    with change(book, actor, "") as made:
        rows, refused = _chosen(made.connection, ids, {SENDING: _UNDER_WAY})
        forms = _einvoices(made.connection, [row["invoice_id"] for row in rows if row["invoice_id"]])
        last = _last(made.connection, rows)
        added: list[int] = []
        for row in rows:
            standing = last.get(row["invoice_id"] or 0) or dict(row)
            if standing["id"] != row["id"] and standing["state"] in (WAITING, SENDING, UNCERTAIN):
                refused.append(_refusal(row, _WAITS if standing["state"] != UNCERTAIN else _ASKS))
                continue
            made.update(Delivery, standing["id"], current=False)
            for one in (row,) if standing["id"] == row["id"] else (row, standing):
                if one["state"] in (WAITING, FAILED, UNCERTAIN):
                    made.update(Delivery, one["id"], state=CANCELLED)
            way = channel or (EMAIL if people else row["channel"])
            form = row["form"] if way == row["channel"] else form_of(forms.get(row["invoice_id"], NONE), way)
            kept_address = row["address"] if way == EMAIL and row["by_hand"] else ""
            values = dict(row) | {
                "channel": way,
                "form": form,
                "state": WAITING,
                "current": True,
                "fate": "",
                "fate_at": None,
                "address": people or kept_address,
                "by_hand": bool(people or kept_address),
                "not_before": "",
                "tries": 0,
                "code": None,
                "answer": "",
                "mailing_id": None,
                "print_job_id": None,
                "path": "",
                "made_at": made.at,
                "actor": actor,
                "done_at": None,
                "again_of_id": row["id"],
            }
            del values["id"]
            added.append(made.insert(Delivery, **values))
            _note(made, added[-1], WAITING)
            if row["invoice_id"] is not None:
                last[row["invoice_id"]] = {"id": added[-1], "state": WAITING}
        if not added:
            raise _none_left(refused)
        words = ngettext("Send {count} document again", "Send {count} documents again", len(added))
        made.summary = words.format(count=number_text(len(added)))
    return Decided(tuple(added), tuple(refused))


def mark(book: Book, ids: Collection[int], what: str, *, actor: str, note: str = "") -> Decided:
    """Say of documents, by one of MARKS, that they left by another way, or what was heard of them since."""
    if what not in MARKS:
        raise ValueError(what)
    channel = _LEFT_BY.get(what)
    if channel:
        may_not = {SENDING: _UNDER_WAY, SENT: _WENT}
    else:
        may_not = dict.fromkeys((WAITING, SENDING, FAILED, CANCELLED), _NOT_OUT) | {UNCERTAIN: _ASKS}
    with change(book, actor, "") as made:
        rows, refused = _chosen(made.connection, ids, may_not)
        for row in rows:
            if channel:
                made.update(
                    Delivery,
                    row["id"],
                    channel=channel,
                    state=SENT,
                    not_before="",
                    answer="",
                    code=None,
                    done_at=made.at,
                )
            else:
                made.update(Delivery, row["id"], fate=what, fate_at=made.at)
            _note(made, row["id"], what, note)
        made.summary = _MARKED[what](len(rows)).format(count=number_text(len(rows)))
    return _decided(rows, refused)


_MARKED: Final[dict[str, Callable[[int], str]]] = {
    "handed_over": lambda n: ngettext("{count} document was handed over", "{count} documents were handed over", n),
    "printed": lambda n: ngettext("{count} document was printed", "{count} documents were printed", n),
    "filed": lambda n: ngettext("{count} document was filed", "{count} documents were filed", n),
    "delivered": lambda n: ngettext("{count} document was delivered", "{count} documents were delivered", n),
    "bounced": lambda n: ngettext("{count} document came back", "{count} documents came back", n),
    "seen": lambda n: ngettext("{count} document was seen", "{count} documents were seen", n),
}


def _chosen(
    connection: Connection, ids: Collection[int], may_not: dict[str, str], *, together: Collection[str] = ()
) -> tuple[list[RowMapping], list[Refusal]]:
    """The rows that a decision is about, and those it passes over by their state. UserError where none is left.

    `together` are the states in which rows of one mail go by the same word.
    """
    rows = list(_rows(connection, ids, together))
    if not rows:
        raise UserError(_("This is not in the outbox any more."), _("Reload the list."))
    refused = [_refusal(row, may_not[row["state"]]) for row in rows if row["state"] in may_not]
    left = [row for row in rows if row["state"] not in may_not]
    if not left:
        raise _none_left(refused)
    return left, refused


def _refusal(row: RowMapping, why: str) -> Refusal:
    return Refusal(row["id"], row["title"], _(why))


def _none_left(refused: list[Refusal]) -> UserError:
    said = _("{title} stays as it is: {why}").format(title=refused[0].title, why=refused[0].why)
    return UserError(said, _("Nothing was changed."))


def _rows(connection: Connection, ids: Collection[int], together: Collection[str]) -> Iterator[RowMapping]:
    wanted = ids_text(ids)
    states = json.dumps(list(together))
    yield from connection.exec_driver_sql(
        "SELECT * FROM delivery WHERE id IN (SELECT value FROM json_each(?)) OR (mailing_id IN"
        " (SELECT mailing_id FROM delivery WHERE id IN (SELECT value FROM json_each(?)) AND mailing_id IS NOT NULL"
        "  AND state IN (SELECT value FROM json_each(?))) AND state IN (SELECT value FROM json_each(?)))"
        " ORDER BY id",
        (wanted, wanted, states, states),
    ).mappings()


def _last(connection: Connection, rows: Collection[RowMapping]) -> dict[int, Mapping[str, Any]]:
    """The row that says where a document stands, by the document."""
    found = connection.exec_driver_sql(
        "SELECT * FROM delivery WHERE current = 1 AND invoice_id IN (SELECT value FROM json_each(?))",
        (ids_text([row["invoice_id"] for row in rows if row["invoice_id"] is not None]),),
    ).mappings()
    return {row["invoice_id"]: dict(row) for row in found}


def _einvoices(connection: Connection, invoice_ids: Collection[int]) -> dict[int, str]:
    rows = connection.exec_driver_sql(
        "SELECT id, texts ->> 'einvoice' FROM invoice WHERE id IN (SELECT value FROM json_each(?))",
        (ids_text(invoice_ids),),
    )
    return {key: form or NONE for key, form in rows}


def _note(made: Change, delivery_id: int, kind: str, detail: str = "") -> None:
    told = as_typed(detail.strip()).stored()
    made.insert(DeliveryEvent, delivery_id=delivery_id, at=made.at, kind=kind, detail=told, actor=made.actor)


def _decided(rows: Collection[RowMapping], refused: Collection[Refusal]) -> Decided:
    return Decided(tuple(row["id"] for row in rows), tuple(refused))
