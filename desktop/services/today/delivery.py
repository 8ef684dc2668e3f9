"""What does not reach clients by itself: mails that failed, bounced or may be lost, accounts that refuse, and paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from db.queries.registering import UNREGISTERED
from desktop.domain.delivery import EMAIL, FOLDER, HAND, PRINT
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.saying import told
from desktop.services.delivery.enqueueing import NO_ADDRESS
from desktop.services.delivery.mail.halting import halts
from desktop.services.delivery.mail.waiting_mails import SEND_AT_ONCE
from desktop.services.delivery.remedying import ADDRESS, AGAIN, NOTHING, RETRY, remedy
from desktop.services.registrations import registers_since
from desktop.services.today.item import Item, Look, Target, Urgency, few_or_all, local_day

# After so many days without being taken up, what waits is for today.
_PATIENCE_DAYS: Final = 2
# Of the codes of SMTP; those below are of what was taken.
_FIRST_REFUSAL: Final = 400
_MAIL_ACCOUNTS: Final = frozenset({"section:mail"})

_ROWS: Final = """SELECT d.id, d.title, c.name, d.address, d.answer, d.made_at, coalesce(d.fate_at, d.made_at),
 d.channel, d.code
 FROM delivery d JOIN client c ON c.id = d.client_id WHERE {where} AND d.current = 1 ORDER BY d.id"""
_WAITING: Final = """SELECT d.channel, count(*), min(d.made_at), max(d.id) FROM delivery d {join}
 WHERE d.state <> 'sent' AND d.state = 'waiting' AND d.current = 1 {free} GROUP BY d.channel"""


class _Row(NamedTuple):
    id: int
    title: str
    client: str
    address: str
    answer: str
    made_at: str
    heard_at: str
    channel: str
    code: int | None


class _Waiting(NamedTuple):
    """So many wait, the oldest since a day; `last` is the id of the newest."""

    documents: int
    since: date
    last: int


def undelivered(look: Look) -> Iterator[Item]:
    """What a person has to decide: failed, uncertain, bounced."""
    failed = _rows(look, "d.state <> 'sent' AND d.state = 'failed'")
    yield from few_or_all([one for one in failed if one.answer == NO_ADDRESS], _homeless, _homeless_all)
    yield from few_or_all([one for one in failed if one.answer != NO_ADDRESS], _failed, _failed_all)
    yield from few_or_all(_rows(look, "d.state <> 'sent' AND d.state = 'uncertain'"), _uncertain, _uncertain_all)
    yield from few_or_all(_rows(look, "d.fate <> '' AND d.fate = 'bounced'"), _bounced, _bounced_all)


def _rows(look: Look, where: str) -> list[_Row]:
    return [_Row(*row) for row in look.connection.exec_driver_sql(_ROWS.format(where=where))]


def _homeless(row: _Row) -> Item:
    return _one(
        row,
        "delivery_failed",
        _("{title} has no address to go to").format(title=row.title),
        _("{client} has no e-mail address. Type it, and the mail goes.").format(client=row.client),
        _("Type the address"),
        "outbox.address",
    )


def _homeless_all(rows: Sequence[_Row]) -> Item:
    words = ngettext(
        "{count} document has no address to go to", "{count} documents have no address to go to", len(rows)
    )
    why = _("The first: {title} for {client}.").format(title=rows[0].title, client=rows[0].client)
    return _all(rows, "delivery_failed", words, why, _("Type the addresses"), frozenset({"failed", "noaddress"}))


def _failed(row: _Row) -> Item:
    said = _("{title} did not go to {client}").format(title=row.title, client=row.client)
    verb, act = {
        ADDRESS: (_("Change the address"), "outbox.address"),
        AGAIN: (_("Send it again"), "outbox.again"),
        RETRY: (_("Try again"), "outbox.retry"),
        NOTHING: (_("Look at it"), ""),
    }[remedy(row.channel, row.code, row.answer)]
    return _one(row, "delivery_failed", said, told(row.answer), verb, act)


def _failed_all(rows: Sequence[_Row]) -> Item:
    words = ngettext("{count} document did not go out", "{count} documents did not go out", len(rows))
    why = _("The first: {title} for {client}.").format(title=rows[0].title, client=rows[0].client)
    return _all(rows, "delivery_failed", words, why, _("Look at them"), frozenset({"failed"}))


def _uncertain(row: _Row) -> Item:
    said = _("Did {title} reach {client}?").format(title=row.title, client=row.client)
    return _one(row, "delivery_uncertain", said, told(row.answer), _("Decide"))


def _uncertain_all(rows: Sequence[_Row]) -> Item:
    words = ngettext("{count} document may have arrived or not", "{count} documents may have arrived or not", len(rows))
    why = _("Nothing goes out twice by itself: ask the clients, or look into your mail program, and say so.")
    return _all(rows, "delivery_uncertain", words, why, _("Decide"), frozenset({"uncertain"}))


def _bounced(row: _Row) -> Item:
    said = _("{title} came back from {client}").format(title=row.title, client=row.client)
    # Where a person heard of it the answer is still the server's, that it took the mail.
    heard = told(row.answer) if row.code is None or row.code >= _FIRST_REFUSAL else ""
    why = heard or _("It could not be delivered to {address}.").format(address=row.address)
    if remedy(row.channel, row.code, row.answer) == ADDRESS:
        return _one(row, "delivery_bounced", said, why, _("Change the address"), "outbox.address", row.heard_at)
    return _one(row, "delivery_bounced", said, why, _("Send it again"), "outbox.again", row.heard_at)


def _bounced_all(rows: Sequence[_Row]) -> Item:
    words = ngettext("{count} mail came back", "{count} mails came back", len(rows))
    why = _("The first: {title} for {client}.").format(title=rows[0].title, client=rows[0].client)
    return _all(rows, "delivery_bounced", words, why, _("Look at them"), frozenset({"bounced"}))


def _one(row: _Row, kind: str, sentence: str, why: str, verb: str, act: str = "", since: str = "") -> Item:
    # An action of the page works on what is chosen there, which a jump brings only once its rows are read.
    return Item(
        kind,
        f"{kind}:{row.id}",
        Urgency.TODAY,
        sentence,
        why,
        verb,
        Target("outbox", row.id, filters=frozenset({f"only:{row.id}"}), act=act),
        due=local_day(since or row.made_at),
        weight=22,
    )


def _all(rows: Sequence[_Row], kind: str, words: str, why: str, verb: str, filters: frozenset[str]) -> Item:
    return Item(
        kind,
        f"{kind}:{len(rows)}:{rows[-1].id}",
        Urgency.TODAY,
        words.format(count=number_text(len(rows))),
        why,
        verb,
        Target("outbox", filters=filters),
        due=local_day(rows[0].made_at),
        count=len(rows),
        weight=22,
    )


def accounts(look: Look) -> Iterator[Item]:
    """Accounts that refuse to send, each once however many mails wait behind it; and mails without any account."""
    waiting = _waiting(look).get(EMAIL)
    if waiting is None:
        return
    names = dict(
        tuple(row) for row in look.connection.exec_driver_sql("SELECT id, name FROM mail_account WHERE active")
    )
    if not names:
        words = ngettext(
            "{count} mail waits, and no e-mail account is set up",
            "{count} mails wait, and no e-mail account is set up",
            waiting.documents,
        )
        yield Item(
            "delivery_account",
            f"delivery_account:none:{waiting.documents}",
            _patient(look, waiting),
            words.format(count=number_text(waiting.documents)),
            _("Set one up, or save the mails as drafts for your own mail program."),
            _("Set it up"),
            Target("settings", filters=_MAIL_ACCOUNTS),
            count=waiting.documents,
            weight=23,
        )
    for account, problem in halts(look.connection).items():
        if account in names:
            yield Item(
                "delivery_account",
                f"delivery_account:{account}",
                Urgency.TODAY,
                _("“{account}” cannot send").format(account=names[account]),
                f"{problem.sentence} {problem.remedy}".strip(),
                _("Look at the account"),
                Target("settings", filters=_MAIL_ACCOUNTS),
                weight=21,
            )


def outgoing(look: Look) -> Iterator[Item]:
    """What waits for a person to send, print, file or hand it over, each way in one line."""
    waiting = _waiting(look)
    # What the window sends by itself needs nobody.
    if _setting(look, SEND_AT_ONCE) or not _has_account(look):
        waiting.pop(EMAIL, None)
    verbs = {EMAIL: _("Send"), PRINT: _("Print"), FOLDER: _("Save"), HAND: _("Hand over")}
    for channel, verb in verbs.items():
        found = waiting.get(channel)
        if found is not None:
            yield Item(
                f"delivery_{channel}",
                f"delivery_{channel}:{found.documents}:{found.last}",
                _patient(look, found),
                _to_do(channel, found.documents).format(count=number_text(found.documents)),
                _("Waiting since {day}.").format(day=date_text(found.since)),
                verb,
                Target("outbox", filters=frozenset({"waiting", f"channel:{channel}"})),
                due=found.since,
                count=found.documents,
                weight=42,
            )


def _to_do(channel: str, count: int) -> str:
    match channel:
        case "email":
            return ngettext("{count} document is to be sent", "{count} documents are to be sent", count)
        case "print":
            return ngettext("{count} document is to be printed", "{count} documents are to be printed", count)
        case "folder":
            return ngettext(
                "{count} document is to be put into its folder", "{count} documents are to be put into folders", count
            )
        case _:
            return ngettext("{count} document is to be handed over", "{count} documents are to be handed over", count)


def _waiting(look: Look) -> dict[str, _Waiting]:
    """What waits and may leave the house, by channel."""
    join = free = ""
    if registers_since(look.connection) is not None:
        join = "LEFT JOIN invoice i ON i.id = d.invoice_id"
        free = f"AND (i.id IS NULL OR NOT ({UNREGISTERED}))"
    rows = look.connection.exec_driver_sql(_WAITING.format(join=join, free=free))
    return {channel: _Waiting(count, local_day(since), last) for channel, count, since, last in rows}


def _patient(look: Look, waiting: _Waiting) -> Urgency:
    return Urgency.TODAY if (look.today - waiting.since).days >= _PATIENCE_DAYS else Urgency.WEEK


def _setting(look: Look, key: str) -> object:
    row = look.connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return json.loads(row[0]) if row else None


def _has_account(look: Look) -> bool:
    return bool(look.connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM mail_account WHERE active)").scalar_one())
