"""What a server's answer to one mail is kept as: a sentence that says what it means, with the server's own words."""

from __future__ import annotations

from typing import Final

from desktop.delivery.mail.server import Answer, NotSent
from desktop.domain.delivery import FAILED, SENT, UNCERTAIN, WAITING
from desktop.domain.wording import Said, as_typed, phrase
from desktop.services.delivery.mail.claiming import Result

_UNCLEAR: Final = phrase("The line broke before the server answered: it may have arrived or not.")


def taken(answer: Answer) -> Result:
    return Result(SENT, answer.code, as_typed(answer.text))


def unclear() -> Result:
    return Result(UNCERTAIN, None, _UNCLEAR)


def not_sent(error: NotSent) -> Result:
    """What is permanent fails; the rest waits for its next turn, without a try where it was the account's fault."""
    code = error.answer.code or None
    if error.account:
        return Result(WAITING, code, counted=False)
    return Result(FAILED if error.permanent else WAITING, code, _said(error))


def _said(error: NotSent) -> Said:
    words = error.answer.text.strip()
    match error.reason:
        case "recipients" if error.refused:
            return phrase(
                "The server does not take {address}: {answer}",
                address=error.refused[0][0],
                answer=error.refused[0][1].text.strip() or str(error.refused[0][1].code),
            )
        case "too_big":
            return phrase("The mail is larger than the server takes.")
        case "non_ascii_address":
            return phrase("The server takes no address with letters beyond a to z.")
        case "dropped" | "timeout":
            return phrase("The line to the server broke before the mail was handed over.")
        case "address":
            return as_typed(words) if words else phrase("The mail has no address that it could go to.")
    return as_typed(words) if words else phrase("The server did not take it and gave no reason.")
