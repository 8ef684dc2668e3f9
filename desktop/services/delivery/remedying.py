"""What mends a document that did not go or came back: another address, a word that it goes once more, or a try."""

from __future__ import annotations

from typing import Final

from desktop.domain.wording import restored
from desktop.services.delivery.enqueueing import NO_ADDRESS
from desktop.services.delivery.mail.claiming import SENT_BEFORE

ADDRESS, AGAIN, RETRY, NOTHING = "address", "again", "retry", ""
# RFC 5321, 4.2.3: no such mailbox, the user is not here, the mailbox's name is not allowed.
_OF_ADDRESSES: Final = frozenset({550, 551, 553})
_FIRST_PERMANENT: Final = 500


def remedy(channel: str, code: int | None, answer: str) -> str:
    """What most likely mends a delivery that failed or bounced; NOTHING where a person must look first.

    `code` is what the server answered, `answer` the stored sentence.
    """
    if channel != "email":
        return NOTHING
    if answer == NO_ADDRESS or code in _OF_ADDRESSES:
        return ADDRESS
    if answer and restored(answer).template == SENT_BEFORE.template:
        return AGAIN
    # A server's refusal for good stays one, whatever is tried.
    return RETRY if code is not None and code < _FIRST_PERMANENT else NOTHING
