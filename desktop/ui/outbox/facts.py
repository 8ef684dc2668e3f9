"""What is known of one delivery, read by a worker and set in groups for the pane: its mail, its files, its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from db.engine import Book
from desktop.i18n import _, moment_text, number_text
from desktop.services.delivery.mail.sent_mails import Attached, SentMail, sent_mail
from desktop.services.delivery.statuses import DeliveryRow, Event, deliveries
from desktop.ui.facts import Fact, Group
from desktop.ui.outbox.words import form_word, happened, way_word
from desktop.ui.tags import tag

# Of a long text the beginning tells which mail it is; the whole stands on its own page.
_MOST_TEXT = 400


@dataclass(frozen=True)
class Known:
    """A delivery, the mail that carried it, and the other deliveries of its document, the newest first."""

    row: DeliveryRow
    mail: SentMail | None
    others: Sequence[DeliveryRow]


def known(book: Book, delivery_id: int) -> Known | None:
    """None where there is no such delivery any more."""
    found = deliveries(book, "delivery", delivery_id)
    if not found:
        return None
    (row,) = found
    mail = sent_mail(book, row.mailing_id) if row.mailing_id is not None else None
    others = deliveries(book, "invoice", row.invoice_id) if row.invoice_id is not None else ()
    return Known(row, mail, [one for one in others if one.id != delivery_id])


def groups(found: Known, open_file: Callable[[Attached], object], show: Callable[[int], object]) -> list[Group]:
    return [
        Group("", _facts(found.row, mailed=found.mail is not None)),
        *_mail(found, open_file),
        Group(_("What happened"), events(found.row)),
        Group(_("Its other deliveries"), [_other(one, show) for one in found.others]),
    ]


def _facts(row: DeliveryRow, *, mailed: bool) -> list[Fact]:
    where = row.path if row.channel == "folder" else row.address
    return [
        Fact(_("Goes") if row.state != "sent" else _("Went"), f"{way_word(row.channel)} · {form_word(row.form)}"),
        # Who gets the mail stands with the mail.
        Fact(_("To"), "" if mailed else where),
        Fact(_("Tries"), number_text(row.tries) if row.tries > 1 else ""),
        Fact(_("Next try"), _moment(row.not_before) if row.state == "waiting" else ""),
        Fact(_("In the outbox"), _moment(row.made_at)),
        Fact(_("Went out"), _moment(row.done_at)),
    ]


def _mail(found: Known, open_file: Callable[[Attached], object]) -> list[Group]:
    mail = found.mail
    if mail is None:
        return []
    text = mail.text.strip()
    answer = f"{mail.code} {mail.answer}".strip() if mail.code and not mail.answer.startswith(str(mail.code)) else ""
    return [
        Group(
            _("The mail"),
            [
                Fact(_("Subject"), mail.subject),
                Fact(_("Sender"), mail.sender),
                Fact(_("To"), "\n".join(mail.to)),
                Fact(_("Copy to"), "\n".join(mail.cc)),
                Fact(_("Hidden copy"), "\n".join(mail.bcc)),
                # Why it did not go stands at the foot of the pane.
                Fact(_("Answer"), (answer or mail.answer) if found.row.state == "sent" else ""),
                Fact("", text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT].rstrip() + " …"),
            ],
        ),
        Group(_("Its files"), [_file(one, open_file) for one in mail.attachments]),
    ]


def _file(one: Attached, open_file: Callable[[Attached], object]) -> Fact:
    return Fact("", _("{name} ({size})").format(name=one.name, size=size_text(one.size)), partial(open_file, one))


def size_text(size: int) -> str:
    """A file's size in kilobytes, as people say it."""
    return _("{count} kB").format(count=number_text(max(1, round(size / 1000))))


def events(row: DeliveryRow) -> list[Fact]:
    """What happened, the newest first, each with its time."""
    return [Fact(_moment(one.at), _told(one)) for one in reversed(row.events)]


def _told(one: Event) -> str:
    said = happened(one.kind)
    if one.actor:
        said = _("{what} ({person})").format(what=said, person=one.actor)
    return f"{said}\n{one.detail}" if one.detail else said


def _other(one: DeliveryRow, show: Callable[[int], object]) -> Fact:
    return Fact(
        _moment(one.done_at or one.made_at), f"{way_word(one.channel)}: {tag(one.status).word}", partial(show, one.id)
    )


def _moment(at: str) -> str:
    return moment_text(at) if at else ""
