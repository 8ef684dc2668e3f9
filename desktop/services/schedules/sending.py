"""The outbox by the clock: what waits goes out by mail, with the secrets that the system's keyring holds."""

from __future__ import annotations

from db.engine import Book
from desktop.domain.wording import Said, as_typed, phrase, phrases, sentence
from desktop.services.delivery.mail.accounts import post_for
from desktop.services.delivery.mail.sending import send as send_mails
from desktop.services.schedules.work import Came, Work


def send(work: Work) -> Came:
    """Send what waits of the schedule's segment, or all of it.

    What kept an account from sending makes it failed, unless the rest goes by itself later.
    """
    chosen = _of_segment(work.book, work.segment) if work.segment else []
    if work.segment and not chosen:
        return Came(_nothing(), quiet=True)
    found = send_mails(
        work.book,
        actor=work.actor,
        post_for=post_for(work.book),
        report=work.report,
        delivery_ids=chosen,
        by_itself=True,
    )
    did = (
        phrases("{count} document went out by mail.", "{count} documents went out by mail.", count=found.sent)
        if found.sent
        else _nothing()
    )
    if not found.problems:
        return Came(did, quiet=not found.sent)
    why = as_typed(" ".join(f"{one.sentence} {one.remedy}".strip() for one in found.problems))
    wants_person = not found.sent or any(not one.until for one in found.problems)
    said = phrase("{first} {second}", first=sentence(did), second=sentence(why)) if found.sent else why
    return Came(said, "failed" if wants_person else "done")


def _nothing() -> Said:
    return phrase("Nothing went out: no mail waits.")


def _of_segment(book: Book, segment: str) -> list[int]:
    """Mails that wait of a segment's clients."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT d.id FROM delivery d JOIN client c ON c.id = d.client_id JOIN segment s ON s.id = c.segment_id
            WHERE d.state = 'waiting' AND d.channel = 'email' AND s.name = ? ORDER BY d.id""",
            (segment,),
        )
        return [int(row[0]) for row in rows]
