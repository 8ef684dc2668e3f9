"""What a person changes of one mail before it goes: who gets it, its subject, its text. It goes as it was changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from db.schema import Delivery
from desktop.domain.delivery import CANCELLED, EMAIL, FAILED, SENDING, SENT, WAITING
from desktop.domain.mail_text import LONGEST_BODY, LONGEST_SUBJECT
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.changes import change
from desktop.services.delivery.mail.mails import MailDraft, mail_drafts
from desktop.services.delivery.mail.recipients import checked_recipients
from desktop.services.problems import Problems


def mail_preview(book: Book, delivery_ids: Sequence[int], *, today: date) -> list[MailDraft]:
    """The mails of these rows of the outbox as they would go now."""
    with book.reading() as session:
        return mail_drafts(session.connection(), delivery_ids, today=today)


def whole_mails(book: Book, delivery_ids: Sequence[int], *, today: date) -> list[MailDraft]:
    """The mails that these rows go in, with the other waiting rows that go in the same ones."""
    with book.reading() as session:
        connection = session.connection()
        wanted = ids_text(delivery_ids)
        # Those of a merged client go with those of the one that it counts for.
        rows = connection.exec_driver_sql(
            f"""SELECT o.id FROM delivery o JOIN client c ON c.id = o.client_id
            WHERE o.state = '{WAITING}' AND o.channel = '{EMAIL}' AND coalesce(c.merged_into_id, c.id) IN (
              SELECT coalesce(k.merged_into_id, k.id) FROM delivery d JOIN client k ON k.id = d.client_id
              WHERE d.state = '{WAITING}' AND d.channel = '{EMAIL}' AND d.id IN (SELECT value FROM json_each(?)))""",
            (wanted,),
        )
        asked = set(delivery_ids)
        known = asked | {int(key) for (key,) in rows}
        return [draft for draft in mail_drafts(connection, known, today=today) if asked & set(draft.delivery_ids)]


def edit_mail(
    book: Book,
    delivery_ids: Sequence[int],
    *,
    actor: str,
    recipients: str | None = None,
    subject: str | None = None,
    body: str | None = None,
) -> None:
    """Change one mail that has not gone; what is None stays as it is.

    `recipients` are addresses as people type them, copies behind “cc:” and “bcc:”. A mail that failed before it was
    tried, for want of an address, waits again. UserError where a part of it is on its way or gone, and where nobody is
    left to get it; ValidationError at `subject` and `body`.
    """
    values: dict[str, Any] = {}
    problems = Problems()
    for name, text, longest in (("subject", subject, LONGEST_SUBJECT), ("body", body, LONGEST_BODY)):
        if text is None:
            continue
        if not text.strip():
            problems.add(name, _("It is empty."))
        if len(text) > longest:
            problems.add(
                name,
                _("It is {length} characters long; {most} are the most.").format(
                    length=number_text(len(text)), most=number_text(longest)
                ),
            )
        values[name] = text.strip()
    problems.raise_any()
    if recipients is not None:
        values |= {"address": checked_recipients(recipients).text(), "by_hand": True}
    if values:
        _write(book, delivery_ids, actor, values)


def reset_mail(book: Book, delivery_ids: Sequence[int], *, actor: str) -> None:
    """Take back what was changed of one mail: its texts and the client's contacts count again. UserError as above."""
    _write(book, delivery_ids, actor, {"subject": None, "body": None, "by_hand": False})


def is_edited(book: Book, delivery_ids: Sequence[int]) -> bool:
    """Whether a person changed anything of the mail of these rows."""
    with book.reading() as session:
        found = session.connection().exec_driver_sql(
            "SELECT 1 FROM delivery WHERE (by_hand OR subject IS NOT NULL OR body IS NOT NULL)"
            " AND id IN (SELECT value FROM json_each(?))",
            (ids_text(delivery_ids),),
        )
        return found.fetchone() is not None


def _write(book: Book, delivery_ids: Sequence[int], actor: str, values: dict[str, Any]) -> None:
    with change(book, actor, _("Change an e-mail")) as made:
        rows = _standing(made.connection, delivery_ids)
        made.summary = _("Change the e-mail with {title}").format(title=", ".join(title for _key, title, *_ in rows))
        for key, _title, state, tries in rows:
            again = {"state": WAITING, "answer": ""} if state == FAILED and not tries and values.get("by_hand") else {}
            made.update(Delivery, key, **values, **again)


def _standing(connection: Connection, delivery_ids: Sequence[int]) -> list[tuple[int, str, str, int]]:
    rows = connection.exec_driver_sql(
        "SELECT id, title, state, tries FROM delivery WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (ids_text(delivery_ids),),
    ).fetchall()
    for _key, title, state, _tries in rows:
        if state in (SENDING, SENT):
            raise UserError(
                _("{title} is on its way or gone: it cannot be changed any more.").format(title=title),
                _("Send it again, and change that one."),
            )
        if state == CANCELLED:
            raise UserError(
                _("{title} was taken out of the outbox.").format(title=title), _("Send it again, and change that one.")
            )
    if not rows:
        raise UserError(_("The e-mail is not in the outbox any more."), _("Reload the list."))
    return [(int(key), str(title), str(state), int(tries)) for key, title, state, tries in rows]
