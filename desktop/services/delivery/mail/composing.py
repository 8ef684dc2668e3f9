"""Makes mails ready to go: what they say as of now, and their files, rendered ahead of the one that is being sent."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries import delivery as queries
from desktop.delivery.mail.message import Enclosed
from desktop.documents.batch import RenderPool
from desktop.documents.forms import ending
from desktop.domain.wording import Said, as_typed, phrase
from desktop.errors import UserError
from desktop.services.delivery.enqueueing import NO_ADDRESS
from desktop.services.delivery.kept import File, Key, file_of, files_of
from desktop.services.delivery.mail.claiming import Letter
from desktop.services.delivery.mail.digest import mail_digest
from desktop.services.delivery.mail.mails import Enclosure, MailDraft, mail_drafts

BROKEN: Final = phrase("Its file could not be made; the log has the details.")
GONE: Final = phrase("A file that belongs to this mail is not in the book any more.")
_MEDIA: Final = {".pdf": "application/pdf", ".xml": "application/xml"}

log = logging.getLogger(__name__)

Room = Callable[[int], int | None]
"""How many messages an account, by its id, may send now; None for any number."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A mail as it was found in the book when `version` was its last change set."""

    draft: MailDraft
    letter: Letter
    kept: tuple[File, ...]
    version: int


@dataclass(slots=True)
class Composed:
    """Mails ready to go; those that cannot go as they are, with the reason; those whose account has no room now, by
    account; and those that have no account."""

    ready: list[Ready] = field(default_factory=list)
    refused: list[tuple[tuple[int, ...], Said]] = field(default_factory=list)
    aside: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    homeless: list[tuple[int, ...]] = field(default_factory=list)


def compose(
    book: Book, delivery_ids: Collection[int], *, today: date, room: Room, pool: RenderPool, book_uid: str
) -> Composed:
    """The mails of these deliveries, with their files."""
    found = Composed()
    chosen: list[MailDraft] = []
    taken: dict[int, int] = defaultdict(int)
    with book.reading() as session:
        connection = session.connection()
        version = queries.last_change(connection)
        wanted_again = queries.again(connection, delivery_ids)
        for draft in mail_drafts(connection, delivery_ids, today=today):
            account = draft.account_id
            if not draft.to:
                found.refused.append((draft.delivery_ids, Said(NO_ADDRESS)))
            elif account is None:
                found.homeless.append(draft.delivery_ids)
            else:
                most = room(account)
                if most is not None and taken[account] >= most:
                    found.aside.append((account, draft.delivery_ids))
                else:
                    taken[account] += 1
                    chosen.append(draft)
        letters = queries.files(
            connection, [one.file_id for draft in chosen for one in draft.enclosures if one.file_id]
        )
    made, unfit = _rendered(book, chosen, pool)
    for draft in chosen:
        why = next((unfit[key] for key in map(_key, draft.enclosures) if key in unfit), None)
        if why is None and any(one.file_id and one.file_id not in letters for one in draft.enclosures):
            why = GONE
        if why is not None:
            found.refused.append((draft.delivery_ids, why))
            continue
        own = [one for one in draft.enclosures if one.invoice_id is not None]
        kept = tuple(made[one.invoice_id, one.form] for one in own if one.invoice_id is not None)
        letter = _letter(draft, made, letters, book_uid, again=wanted_again >= set(draft.delivery_ids))
        found.ready.append(Ready(draft, letter, kept, version))
    return found


def _key(enclosure: Enclosure) -> Key:
    return enclosure.invoice_id or 0, enclosure.form


def _rendered(book: Book, drafts: Sequence[MailDraft], pool: RenderPool) -> tuple[dict[Key, File], dict[Key, Said]]:
    """The files, and of those that cannot be made the reason."""
    keys = dict.fromkeys(
        (one.invoice_id, one.form) for draft in drafts for one in draft.enclosures if one.invoice_id is not None
    )
    unfit: dict[Key, Said] = {}

    def refused(key: Key, why: UserError) -> None:
        unfit[key] = as_typed(str(why))

    try:
        files = list(files_of(book, list(keys), pool=pool, refused=refused))
    except Exception:
        # One that cannot be made must not keep the others: each by itself.
        files = [file for key in keys if (file := _alone(book, key, unfit))]
    return {(one.invoice_id, one.form): one for one in files}, unfit


def _alone(book: Book, key: Key, unfit: dict[Key, Said]) -> File | None:
    try:
        return file_of(book, *key)
    except UserError as error:
        unfit[key] = as_typed(str(error))
    except Exception:
        log.exception("Document %s cannot be made as %s", *key)
        unfit[key] = BROKEN
    return None


def _letter(
    draft: MailDraft,
    made: dict[Key, File],
    letters: dict[int, tuple[str, bytes, str]],
    book_uid: str,
    *,
    again: bool,
) -> Letter:
    enclosed, told = [], []
    for one in draft.enclosures:
        if one.invoice_id is not None:
            file = made[one.invoice_id, one.form]
            media_type, content, sha256 = _MEDIA[ending(one.form)], file.content, file.sha256
            beginning = file.prefix
        else:
            media_type, content, sha256 = letters[one.file_id or 0]
            beginning = b""
        enclosed.append(Enclosed(one.name, media_type, content, beginning))
        told.append(
            {
                "name": one.name,
                "media_type": media_type,
                "sha256": sha256,
                "size": len(content),
                "delivery_id": one.delivery_id,
                "form": one.form,
            }
        )
    digest = digest_of(draft, [(str(one["name"]), str(one["sha256"])) for one in told])
    assert draft.account_id is not None
    sent_as = message_id(book_uid, draft.delivery_ids, [str(one["sha256"]) for one in told], draft.sender)
    return Letter(
        draft.delivery_ids,
        draft.client_id,
        draft.account_id,
        draft.mail(sent_as, tuple(enclosed)),
        json.dumps(told, ensure_ascii=False),
        digest,
        sum(len(one.content) for one in enclosed),
        again,
    )


def digest_of(draft: MailDraft, files: Sequence[tuple[str, str]]) -> str:
    """The digest of a mail that carries these files, by name and SHA-256."""
    people = {"to": draft.to, "cc": draft.cc, "bcc": draft.bcc}
    return mail_digest(draft.sender, people, draft.subject, draft.text, draft.html, files)


def message_id(book_uid: str, delivery_ids: Sequence[int], files: Sequence[str], sender: str) -> str:
    """The same whenever these deliveries go with these files (SHA-256), also from a book that was restored: whoever
    gets it twice can tell."""
    told = json.dumps([book_uid, sorted(delivery_ids), files])
    domain = sender.rpartition("@")[2]
    name = hashlib.sha256(told.encode()).hexdigest()[:40]
    return f"<{name}@{domain if domain.isascii() and domain else 'localhost'}>"


def still_so(connection: Connection, ready: Ready, *, today: date) -> bool:
    """Whether the mail would say the same to the same people now."""
    if queries.last_change(connection) == ready.version:
        return True
    return mail_drafts(connection, ready.draft.delivery_ids, today=today) == [ready.draft]
