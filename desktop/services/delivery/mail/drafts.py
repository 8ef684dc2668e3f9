"""Mails for those who send by a program of their own: draft files with everything in them, and `mailto:` links."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from sqlalchemy import Connection

from db.engine import Book
from db.files import in_words
from db.queries.rows import ids_text
from db.schema import Delivery, DeliveryEvent, Mailing
from desktop.delivery.mail.message import Enclosed
from desktop.delivery.mail.writing import written
from desktop.documents.batch import RenderPool
from desktop.documents.forms import on_paper
from desktop.domain.delivery import EMAIL, FAILED, HAND, WAITING
from desktop.domain.file_names import safe_name
from desktop.domain.wording import phrase
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.delivery.kept import files_of, keep
from desktop.services.delivery.mail.composing import digest_of, message_id
from desktop.services.delivery.mail.mails import Enclosure, MailDraft, mail_drafts
from desktop.services.delivery.renderings import File
from desktop.services.sandbox.refusing import refuse_in_sandbox
from desktop.services.table_files import replaced

Report = Callable[[int, int, str], None]

DRAFTED: Final = "drafted"
"""What the story of a delivery calls that its mail was written as a draft."""
LONGEST_LINK: Final = 1_900
"""Windows hands no more than 2,083 characters to a program, and some mail programs take less."""
_HANDED: Final = phrase("It was written as a draft for your own mail program. Say so once it is sent.").stored()
_CHUNK: Final = 50


@dataclass(frozen=True, slots=True)
class WrittenDraft:
    """A draft's file and the rows of the outbox in it."""

    path: Path
    delivery_ids: tuple[int, ...]
    to: tuple[str, ...]
    subject: str


@dataclass(frozen=True, slots=True)
class MailtoLink:
    """`whole` is False where the text was too long for a link and ends early in it."""

    url: str
    whole: bool


def waiting_mails(book: Book, *, which: Sequence[str] = (), run: str = "") -> list[int]:
    """The rows of the outbox that wait to go by mail, or failed to: all, of a run, or those named by their documents'
    numbers or their ids.

    UserError for a run that does not exist, and for a document that does not wait.
    """
    with book.reading() as session:
        connection = session.connection()
        found = connection.exec_driver_sql(
            "SELECT d.id, coalesce(i.number, d.title), d.run_id FROM delivery d LEFT JOIN invoice i"
            f" ON i.id = d.invoice_id WHERE d.channel = '{EMAIL}' AND d.state IN ('{WAITING}', '{FAILED}')"
            " ORDER BY d.id"
        ).fetchall()
        if run:
            key = connection.exec_driver_sql("SELECT id FROM run WHERE number = ?", (run,)).scalar()
            if key is None:
                raise UserError(_("There is no run {run} in this book.").format(run=run), _("See the list of runs."))
            found = [row for row in found if row[2] == key]
    chosen = [int(row[0]) for row in found if not which or row[1] in which or str(row[0]) in which]
    known = {str(name) for row in found for name in row[:2]}
    for name in which:
        if name not in known:
            raise UserError(_("No e-mail with {name} waits.").format(name=name), _("See: sheaf outbox BOOK"))
    return chosen


def write_drafts(
    book: Book,
    delivery_ids: Iterable[int],
    folder: Path,
    *,
    today: date,
    actor: str,
    pool: RenderPool | None = None,
    report: Report | None = None,
) -> list[WrittenDraft]:
    """Write the mails of these rows into a folder, which is made, as files that mail programs open as drafts.

    From then on a person sends them: the rows wait to be handed over, so that no mail goes twice. What was written
    before `report` raised stays, and is noted. UserError where a file cannot be made or written.
    """
    refuse_in_sandbox(book)
    with book.reading() as session:
        connection = session.connection()
        found = mail_drafts(connection, delivery_ids, today=today)
        uid = str(connection.exec_driver_sql("SELECT uid FROM book").scalar_one())
    _make(folder)
    taken: set[str] = set()
    done: list[WrittenDraft] = []
    for start in range(0, len(found), _CHUNK):
        if report is not None:
            report(start, len(found), _("Writing drafts"))
        done += _write(book, found[start : start + _CHUNK], folder, taken, uid, actor, pool)
    if report is not None:
        report(len(found), len(found), _("Writing drafts"))
    return done


def _write(
    book: Book,
    drafts: Sequence[MailDraft],
    folder: Path,
    taken: set[str],
    uid: str,
    actor: str,
    pool: RenderPool | None,
) -> list[WrittenDraft]:
    files, letters = contents(book, [one for draft in drafts for one in draft.enclosures], pool)
    done = []
    handed = []
    for draft in drafts:
        one = _handed(draft, files, letters, uid)
        mail = draft.mail(one.message_id, one.enclosed, date=book.now)
        path = folder / _free_name(folder, draft, taken)
        with replaced(path) as beside:
            beside.write_bytes(written(mail, draft=True))
        handed.append(one)
        done.append(WrittenDraft(path, draft.delivery_ids, draft.to, draft.subject))
    _hand_to_person(book, handed, files.values(), actor=actor)
    return done


class _Handed(NamedTuple):
    """A mail that a person sends: what it carries, and each of its files with the SHA-256."""

    draft: MailDraft
    message_id: str
    enclosed: tuple[Enclosed, ...]
    hashes: tuple[str, ...]


def _handed(draft: MailDraft, files: dict[tuple[int, str], File], letters: dict[int, bytes], uid: str) -> _Handed:
    enclosed = tuple(_enclosed(one, files, letters) for one in draft.enclosures)
    hashes = tuple(hashlib.sha256(one.content).hexdigest() for one in enclosed)
    return _Handed(draft, message_id(uid, draft.delivery_ids, hashes, draft.sender), enclosed, hashes)


def _hand_to_person(book: Book, handed: Sequence[_Handed], files: Iterable[File], *, actor: str) -> None:
    """Note that a person sends these by another program, and keep the mails and their files as they were given.

    They wait to be handed over, which the person confirms; undoing it lets them go by mail again.
    """
    count = sum(len(one.draft.delivery_ids) for one in handed)
    said = ngettext("Write {count} e-mail as a draft", "Write {count} e-mails as drafts", count)
    with change(book, actor, said.format(count=number_text(count))) as made:
        keep(made.connection, files, now=made.at)
        for one in handed:
            waiting = _still_waiting(made.connection, one.draft.delivery_ids)
            if not waiting:
                continue
            mailing_id = _file_mail(made, one)
            for key in waiting:
                made.update(
                    Delivery, key, channel=HAND, state=WAITING, answer=_HANDED, not_before="", mailing_id=mailing_id
                )
                _note(made, key, actor)


def _file_mail(made: Change, one: _Handed) -> int:
    """Keep the mail as it was given; the id of it. One that a server refused before is under the same Message-ID."""
    draft = one.draft
    told = [
        {
            "name": part.name,
            "media_type": file.media_type,
            "sha256": sha256,
            "size": len(file.content),
            "delivery_id": part.delivery_id,
            "form": part.form,
        }
        for part, file, sha256 in zip(draft.enclosures, one.enclosed, one.hashes, strict=True)
    ]
    people = {"to": draft.to, "cc": draft.cc, "bcc": draft.bcc}
    values: dict[str, Any] = {
        "account_id": draft.account_id,
        "client_id": draft.client_id,
        "sender": draft.sender,
        "reply_to": draft.reply_to,
        "recipients": json.dumps(people, ensure_ascii=False),
        "subject": draft.subject,
        "text": draft.text,
        "html": draft.html,
        "attachments": json.dumps(told, ensure_ascii=False),
        "digest": digest_of(
            draft, [(file.name, sha256) for file, sha256 in zip(one.enclosed, one.hashes, strict=True)]
        ),
        "size": sum(len(file.content) for file in one.enclosed),
        "receipt": draft.receipt,
        "draft": True,
        "state": WAITING,
        "code": None,
        "answer": "",
        "sent_at": None,
    }
    known = made.connection.exec_driver_sql(
        "SELECT id FROM mailing WHERE message_id = ?", (one.message_id,)
    ).scalar_one_or_none()
    if known is None:
        return made.insert(Mailing, message_id=one.message_id, made_at=made.at, **values)
    made.update(Mailing, known, **values)
    return int(known)


def _note(made: Change, delivery_id: int, actor: str) -> None:
    made.insert(DeliveryEvent, delivery_id=delivery_id, at=made.at, kind=DRAFTED, detail="", actor=actor)


def _still_waiting(connection: Connection, delivery_ids: Sequence[int]) -> list[int]:
    rows = connection.exec_driver_sql(
        f"SELECT id FROM delivery WHERE state IN ('{WAITING}', '{FAILED}') AND id IN (SELECT value FROM json_each(?))",
        (ids_text(delivery_ids),),
    )
    return [int(key) for (key,) in rows]


def contents(
    book: Book, enclosures: Sequence[Enclosure], pool: RenderPool | None = None
) -> tuple[dict[tuple[int, str], File], dict[int, bytes]]:
    """The files of documents by document and form, and those of letters by their id. UserError where one is gone."""
    wanted = dict.fromkeys((one.invoice_id, one.form) for one in enclosures if one.invoice_id is not None)
    files = {(one.invoice_id, one.form): one for one in files_of(book, list(wanted), pool=pool)}
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT id, content FROM file WHERE id IN (SELECT value FROM json_each(?))",
            (ids_text({one.file_id for one in enclosures if one.file_id is not None}),),
        )
        letters = {int(key): bytes(content) for key, content in rows}
    for one in enclosures:
        if one.file_id is not None and one.file_id not in letters:
            raise UserError(
                _("{name} is not in the book any more.").format(name=one.name), _("Make the letter once more.")
            )
    return files, letters


def content_of(book: Book, enclosure: Enclosure) -> bytes:
    """One file of a mail, as it would go."""
    files, letters = contents(book, [enclosure])
    return letters[enclosure.file_id] if enclosure.file_id is not None else next(iter(files.values())).content


def take_over(book: Book, draft: MailDraft, folder: Path, *, actor: str) -> list[Path]:
    """Write a mail's files into a folder for a person who sends it by another program, and note that."""
    files, letters = contents(book, draft.enclosures)
    paths = _save(draft, folder, files, letters)
    with book.reading() as session:
        uid = str(session.connection().exec_driver_sql("SELECT uid FROM book").scalar_one())
    _hand_to_person(book, [_handed(draft, files, letters, uid)], files.values(), actor=actor)
    return paths


def save_enclosures(book: Book, draft: MailDraft, folder: Path) -> list[Path]:
    """Write a mail's files into a folder, which is made, for a person to attach; in place of files of their names."""
    return _save(draft, folder, *contents(book, draft.enclosures))


def _save(draft: MailDraft, folder: Path, files: dict[tuple[int, str], File], letters: dict[int, bytes]) -> list[Path]:
    _make(folder)
    paths = []
    for one in draft.enclosures:
        path = folder / one.name
        with replaced(path) as beside:
            beside.write_bytes(_enclosed(one, files, letters).content)
        paths.append(path)
    return paths


def _enclosed(one: Enclosure, files: dict[tuple[int, str], File], letters: dict[int, bytes]) -> Enclosed:
    if one.file_id is not None:
        return Enclosed(one.name, "application/pdf", letters[one.file_id])
    assert one.invoice_id is not None
    kind = "application/pdf" if on_paper(one.form) else "application/xml"
    return Enclosed(one.name, kind, files[one.invoice_id, one.form].content)


def mailto_link(draft: MailDraft) -> MailtoLink:
    """A link that opens the mail in the user's own program (RFC 6068), without its files: a link carries none.

    A text that makes it longer than LONGEST_LINK ends with the last line that fits.
    """
    parts = [f"{name}={_addresses(some)}" for name, some in (("cc", draft.cc), ("bcc", draft.bcc)) if some]
    parts.append(f"subject={_encoded(draft.subject)}")
    begun = f"mailto:{_addresses(draft.to)}?{'&'.join(parts)}"
    room = LONGEST_LINK - len(begun) - len("&body=")
    lines = draft.text.split("\n")
    kept: list[str] = []
    used = 0
    for line in lines:
        coded = _encoded(line)
        cost = len(coded) + (len("%0D%0A") if kept else 0)
        if used + cost > room:
            break
        used += cost
        kept.append(coded)
    body = f"&body={'%0D%0A'.join(kept)}" if kept else ""
    return MailtoLink(begun + body, len(kept) == len(lines))


def _addresses(addresses: Iterable[str]) -> str:
    # Of what RFC 6068 leaves as it is in an address, quotes, commas, ? and & would end it.
    return ",".join(quote(one, safe="@") for one in addresses)


def _encoded(text: str) -> str:
    return quote(text, safe="")


def _free_name(folder: Path, draft: MailDraft, taken: set[str]) -> str:
    """After what the mail carries; what is there already is no draft of this time, and stays."""
    first = draft.enclosures[0].name.rpartition(".")[0]
    more = len(draft.delivery_ids) - 1
    base = safe_name(f"{first} +{more}" if more else first)
    name, again = f"{base}.eml", 1
    while name.casefold() in taken or (folder / name).exists():
        again += 1
        name = f"{base}-{again}.eml"
    taken.add(name.casefold())
    return name


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise in_words(folder, error) from error
