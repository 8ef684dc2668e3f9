"""What mails that come back say of those that went out: not delivered, delivered, read.

Reports are known by their form (RFC 3464, RFC 8098) and by what programs without that form are known to write.
A delay is no bounce, nor is an answer of somebody on holiday. Which mail is meant is told by its Message-ID alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Final, Literal

from desktop.delivery.mail.parts import Part, taken_apart

Kind = Literal["bounced", "delivered", "seen"]


@dataclass(frozen=True, slots=True)
class Heard:
    """What became of a mail. `message_ids` are those that it may be, the surest first, without their brackets.

    `words` are the server's, of one line; `code` is its SMTP code, 0 where it named none; `at` is UTC text, empty
    where the report has no date.
    """

    kind: Kind
    message_ids: tuple[str, ...]
    addresses: tuple[str, ...]
    words: str
    code: int
    at: str


REPORT_FIELDS: Final = ("FROM", "RETURN-PATH", "CONTENT-TYPE", "X-FAILED-RECIPIENTS", "X-MS-EXCHANGE-MESSAGE-IS-NDR")
"""The fields by which `may_report` knows what is worth reading whole."""

_STATUS_TYPES: Final = ("message/delivery-status", "message/global-delivery-status")
_RECEIPT_TYPES: Final = ("message/disposition-notification", "message/global-disposition-notification")
_RETURNED_TYPES: Final = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_DAEMON: Final = re.compile(r"(mailer-?daemon|postmaster|mail-daemon|mailadministrator|postfix)\b", re.IGNORECASE)
_ID: Final = re.compile(r"<([^<>\s]{3,300})>")
_ID_FIELD: Final = re.compile(r"^[> \t]{0,8}Message-ID:\s{0,4}<([^<>\s]{3,300})>", re.IGNORECASE | re.MULTILINE)
_ADDRESS: Final = re.compile(r"[^\s<>()\[\],;:\"']{1,64}@[^\s<>()\[\],;:\"']{1,190}")
_CODE: Final = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -]|$)")
_FAILED: Final = re.compile(
    r"undeliver|not be delivered|delivery (?:to|has failed|failed|failure)|wasn't able to deliver|permanent(?:ly)? "
    r"(?:error|failed|failure)|did not reach|couldn't be (?:delivered|found)|mail delivery failed|returned mail|"
    r"unzustellbar|nicht zugestellt|konnte nicht|n'a pas (?:pu|été)|non remis|no se (?:ha )?pud?o|no entregado",
    re.IGNORECASE,
)
_DELAYED: Final = re.compile(
    r"delay|will be (?:retried|re-?tried|attempted)|still (?:trying|being|be)|warning message only|"
    r"not (?:need to )?resend|temporar(?:y|ily) (?:problem|fail)|will (?:continue|keep) try|verzögert|retard|demora",
    re.IGNORECASE,
)
_GIVEN_UP: Final = re.compile(r"given up|giving up|permanent|fatal|no longer", re.IGNORECASE)
_SHOWN: Final = 500
_READ: Final = 8000


def may_report(header: bytes) -> bool:
    """Whether a mail with these fields of its header (REPORT_FIELDS) is worth reading whole."""
    head = taken_apart(header)
    return (
        head.media_type == "multipart/report"
        or bool(head.field("x-failed-recipients"))
        or bool(head.field("x-ms-exchange-message-is-ndr"))
        or head.field("return-path").strip() == "<>"
        or _from_a_program(head)
    )


def heard(data: bytes) -> Heard | None:
    """What a mail reports; None where it reports nothing: a letter, a delay, an answer from a holiday."""
    whole = taken_apart(data)
    # What is inside a returned message was said by us and is no report.
    parts = list(_own_parts(whole))
    for part in parts:
        if part.media_type in _RECEIPT_TYPES:
            return _receipt(whole, part)
    for part in parts:
        if part.media_type in _STATUS_TYPES and (groups := _groups(part))[1]:
            return _delivery_status(whole, parts, *groups)
    return _told_in_prose(whole, parts)


def _own_parts(part: Part) -> Iterator[Part]:
    yield part
    if part.media_type in _RETURNED_TYPES:
        return
    for inner in part.parts:
        yield from _own_parts(inner)


def _delivery_status(
    whole: Part, parts: list[Part], message: dict[str, str], people: list[dict[str, str]]
) -> Heard | None:
    """RFC 3464: groups of fields, the first for the message, then one for each recipient."""
    told: dict[Kind, list[tuple[str, str]]] = {"bounced": [], "delivered": []}
    for person in people:
        # Some add a comment: "failed (mailbox disabled)".
        action = (person.get("action", "").lower().split() or [""])[0].strip(";,")
        code = person.get("status", "")
        if not action:
            action = {"5": "failed", "2": "delivered"}.get(code[:1], "")
        kind: Kind | None = "bounced" if action == "failed" else "delivered" if action == "delivered" else None
        if kind:
            address = _after_type(person.get("original-recipient") or person.get("final-recipient", ""))
            told[kind].append((address.strip("<> "), _after_type(person.get("diagnostic-code", "")) or code))
    found: Kind = "bounced" if told["bounced"] else "delivered"
    if not told[found]:
        return None
    envelope = _from_xtext(message.get("original-envelope-id", "")).strip("<> ")
    return _heard(found, whole, parts, told[found], [envelope])


def _receipt(whole: Part, part: Part) -> Heard | None:
    """RFC 8098. Only `displayed` was seen: who deletes a mail unread, or whose program forwards it, has not read it."""
    message, _people = _groups(part)
    _mode, _semicolon, disposition = message.get("disposition", "").partition(";")
    words = [word.strip().lower() for word in re.split(r"[/,]", disposition)]
    if words[0] != "displayed" or "error" in words[1:]:
        return None
    address = _after_type(message.get("original-recipient") or message.get("final-recipient", ""))
    original = _ids(message.get("original-message-id", ""))
    return _heard("seen", whole, [], [(address.strip("<> "), "")], original)


def _told_in_prose(whole: Part, parts: list[Part]) -> Heard | None:
    named = _ADDRESS.findall(whole.field("x-failed-recipients"))
    by_exchange = bool(whole.field("x-ms-exchange-message-is-ndr"))
    text = next((part.text[:_READ] for part in parts if part.media_type == "text/plain"), "")
    if not text:
        pages = (part.text[:_READ] for part in parts if part.media_type == "text/html")
        text = unescape(re.sub(r"<[^>]{0,500}>", " ", next(pages, "")))
    ours, copy = _before_the_copy(text)
    subject = whole.field("subject")[:300]
    if named or by_exchange:
        if _DELAYED.search(subject):
            return None
    else:
        if not _from_a_program(whole) or not _FAILED.search(subject + "\n" + ours):
            return None
        if _DELAYED.search(subject + "\n" + ours) and not _GIVEN_UP.search(ours):
            return None
    own = {address.lower() for address in _ADDRESS.findall(whole.field("from") + " " + whole.field("to"))}
    people = named or [one for one in dict.fromkeys(_ADDRESS.findall(ours)) if one.lower() not in own][:5]
    quoted = _ID_FIELD.findall(copy)
    return _heard("bounced", whole, parts, [(", ".join(people), _why(ours, people))], quoted)


def _heard(kind: Kind, whole: Part, parts: list[Part], people: list[tuple[str, str]], surest: list[str]) -> Heard:
    ids = [*surest, *_returned_ids(parts)]
    for field in ("x-original-message-id", "in-reply-to", "references"):
        # The last of the references is the mail that this one answers.
        ids.extend(reversed(_ids(whole.field(field))))
    addresses = tuple(dict.fromkeys(address for address, _words in people if address))
    several = len(people) > 1
    words = "; ".join(
        f"{address}: {said}" if several and address and said else said or (address if several else "")
        for address, said in people
    )
    words = " ".join(words.split())[:_SHOWN]
    code = _CODE.search(words)
    return Heard(
        kind,
        tuple(dict.fromkeys(one for one in ids if one)),
        addresses,
        "".join(char if char.isprintable() else " " for char in words),
        int(code[1]) if code else 0,
        _moment(whole.field("date")),
    )


def _returned_ids(parts: list[Part]) -> Iterator[str]:
    for part in parts:
        if part.media_type in ("message/rfc822", "message/global"):
            for inner in part.parts:
                yield from _ids(inner.field("message-id"))
        elif part.media_type in _RETURNED_TYPES:
            yield from _ids(taken_apart(part.content.lstrip()).field("message-id"))


def _groups(part: Part) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The fields of the message, and those of each recipient."""
    # Some programs encode this part although RFC 3464 has it in plain ASCII, and some leave blank lines before it.
    blocks = [block for block in re.split(rb"\r?\n[ \t]*\r?\n", part.content[: _READ * 8].strip()) if block.strip()]
    groups = [dict(reversed(taken_apart(block + b"\r\n\r\n").fields)) for block in blocks[:200]]
    people = [group for group in groups if "final-recipient" in group or "action" in group]
    return (groups[0] if groups else {}), people


def _before_the_copy(text: str) -> tuple[str, str]:
    """What a program says, and the copy of our own mail that follows the line which announces it."""
    found = re.search(
        r"^ {0,8}-{2,}\s{0,4}(?:Below this line is a copy|This is a copy|Original message|The body of the message|"
        r"Unsent message|Transcript|Returned message|.{0,40}message header).{0,80}$",
        text,
        re.IGNORECASE | re.MULTILINE,
    )
    return (text[: found.start()], text[found.end() :]) if found else (text, "")


def _why(text: str, people: list[str]) -> str:
    """The reason in a text: what follows the address, else the line with a code, else the beginning."""
    for person in people:
        place = text.find(person)
        if place >= 0:
            after = text[place + len(person) :].lstrip(">: \t\r\n")
            block = re.split(r"\r?\n[ \t]*\r?\n", after)[0].strip()
            if block:
                return block
    code = _CODE.search(text)
    if code:
        return text[text.rfind("\n", 0, code.start()) + 1 :].split("\n")[0]
    return text.strip()[:200]


def _from_a_program(head: Part) -> bool:
    return bool(_DAEMON.search(head.field("from")[:400]))


def _ids(text: str) -> list[str]:
    found = _ID.findall(text)
    bare = text.strip()
    return found or ([bare] if "@" in bare and len(bare) < 300 and " " not in bare else [])


def _after_type(text: str) -> str:
    """`rfc822; a@b` and `smtp; 550 no` without their type."""
    kind, semicolon, rest = text.partition(";")
    return rest.strip() if semicolon and re.fullmatch(r"[\w.-]{1,40}", kind.strip()) else text.strip()


def _from_xtext(text: str) -> str:
    return re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), text)


def _moment(text: str) -> str:
    try:
        found = parsedate_to_datetime(text[:100])
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""
