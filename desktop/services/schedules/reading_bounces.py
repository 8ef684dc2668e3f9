"""What came back of mails, by the clock: the accounts' inboxes, with the secrets that the system's keyring holds."""

from __future__ import annotations

from desktop.domain.wording import Said, as_typed, phrase, phrases, sentence
from desktop.services.delivery.mail.bounces import read_inboxes
from desktop.services.schedules.work import Came, Work


def read_bounces(work: Work) -> Came:
    """Read what is new in the inboxes and mark the documents; an inbox that cannot be opened makes it failed."""
    looked = read_inboxes(work.book, actor=work.actor, report=work.report)
    back = sum(len(one.delivery_ids) for one in looked.matched if one.fresh and one.kind == "bounced")
    said = _told(looked.read, back)
    if not looked.problems:
        return Came(said, quiet=not back)
    why = as_typed(" ".join(f"{one.sentence} {one.remedy}".strip() for one in looked.problems))
    return Came(phrase("{first} {second}", first=sentence(said), second=sentence(why)), "failed")


def _told(read: int, back: int) -> Said:
    read_text = phrases("{count} new mail was read.", "{count} new mails were read.", count=read)
    if not back:
        return read_text
    came = phrases("{count} document came back.", "{count} documents came back.", count=back)
    return phrase("{first} {second}", first=sentence(read_text), second=sentence(came))
