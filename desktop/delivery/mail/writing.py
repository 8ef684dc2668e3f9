"""Writes a mail as it goes over the line: lines that end in CRLF, no longer than 998 bytes, everything in ASCII.

The standard library's writer takes longer over a mail than a server does to receive it. Addresses with letters beyond
ASCII before the @ are the one exception to ASCII (RFC 6532).
"""

from __future__ import annotations

import hashlib
import re
from binascii import b2a_base64, b2a_qp
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from itertools import chain
from struct import Struct
from typing import Final
from urllib.parse import quote

from desktop.delivery.mail.addresses import envelope
from desktop.delivery.mail.message import Enclosed, Mail

_MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_PLAIN: Final = re.compile(r"[\x20-\x7e]*")
_PLAIN_TEXT: Final = re.compile(rb"[\t\r\n\x20-\x7e]*")
_LONG_LINE: Final = re.compile(rb"[^\n]{900}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9!#$&+^_`{|}~.-]+")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_UNSAFE_ID: Final = re.compile(r"[^\x21-\x7e]|[<>]")
# RFC 2047: 75 characters an encoded word, less its "=?utf-8?B?" and "?=". In base64 that is 45 bytes.
_WORD_BYTES: Final = 45
_WORD_Q: Final = 60
_Q_PLAIN: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_LONGEST_PLAIN: Final = 66
# A line of 76 letters; cut by the dozen they take half the time.
_LINES: Final = Struct("76s" * 64)
_LINE_BYTES: Final = 57


def written(mail: Mail, *, draft: bool = False) -> bytes:
    """The mail with its header, dots not yet doubled. UserError where an address is none.

    A `draft` opens for editing in the user's own program, and names who gets it unseen; without a sender that program
    takes its own.
    """
    out = [_people("From", (mail.sender,), mail.sender_name)] if mail.sender or not draft else []
    out.append(_people("To", mail.to) if mail.to else "" if draft else "To: undisclosed-recipients:;\r\n")
    if mail.cc:
        out.append(_people("Cc", mail.cc))
    if draft:
        out.append("X-Unsent: 1\r\n")
        if mail.bcc:
            out.append(_people("Bcc", mail.bcc))
    if mail.reply_to:
        out.append(_people("Reply-To", tuple(one for one in mail.reply_to.split(",") if one.strip())))
    if mail.receipt and mail.sender:
        out.append(_people("Disposition-Notification-To", (mail.sender,)))
    identity = _UNSAFE_ID.sub("", mail.message_id)
    out.append(f"Subject: {_unstructured(mail.subject)}\r\n")
    out.append(f"Date: {_date(mail.date)}\r\n")
    out.append(f"Message-ID: <{identity}>\r\n")
    out.append("MIME-Version: 1.0\r\n")
    seed = hashlib.sha256(identity.encode()).hexdigest()
    body = _text_part(mail.text, "plain")
    if mail.html:
        body = _several("alternative", seed[:24], [body, _text_part(mail.html, "html")])
    if mail.files:
        body = _several("mixed", seed[24:48], [body, *(_file_part(one) for one in mail.files)])
    return "".join(out).encode("utf-8", "replace") + body


def _several(kind: str, seed: str, parts: list[bytes]) -> bytes:
    # No part has "=_" in it: quoted-printable writes it otherwise and base64 knows no underscore.
    boundary = f"=_{seed}".encode()
    head = b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind.encode(), boundary)
    between = b"--%s\r\n" % boundary
    return head + between + (b"\r\n" + between).join(parts) + b"\r\n--%s--\r\n" % boundary


def _text_part(text: str, kind: str) -> bytes:
    data = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    if not data.endswith(b"\n"):
        data += b"\r\n"
    if _PLAIN_TEXT.fullmatch(data) and not _LONG_LINE.search(data) and b"=_" not in data:
        way = b"7bit"
    else:
        quoted = b2a_qp(data, istext=True)
        way = b"quoted-printable"
        # Beyond a third of foreign letters base64 is the shorter.
        if len(quoted) > len(data) * 1.4:
            way, data = b"base64", _base64(data)
        else:
            data = quoted
    return (
        b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n" % (kind.encode(), way)
    ) + data


def _file_part(one: Enclosed) -> bytes:
    kind = one.media_type.lower()
    if not _MEDIA_TYPE.fullmatch(kind) or kind.startswith(("multipart/", "message/")):
        kind = "application/octet-stream"
    head = (
        f"Content-Type: {kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment;{_file_name(one.name)}\r\n\r\n"
    )
    cut = len(one.beginning) // _LINE_BYTES * _LINE_BYTES
    rest = one.content[cut:]
    return head.encode("ascii") + _shared(one.beginning) + (_base64(rest) if rest or not cut else b"")


def _base64(data: bytes) -> bytes:
    letters = b2a_base64(data, newline=False)
    whole = len(letters) // _LINES.size * _LINES.size
    lines = list(chain.from_iterable(_LINES.iter_unpack(letters[:whole])))
    lines += [letters[start : start + 76] for start in range(whole, len(letters), 76)]
    return b"\r\n".join(lines) + b"\r\n"


@lru_cache(maxsize=16)
def _shared(beginning: bytes) -> bytes:
    """Whole lines of base64 for what many files begin with: three quarters of an invoice are its fonts."""
    cut = len(beginning) // _LINE_BYTES * _LINE_BYTES
    return _base64(beginning[:cut]) if cut else b""


def _file_name(name: str) -> str:
    """The parameter `filename`, as RFC 2231 has it for letters beyond ASCII and for long names."""
    clean = _one_line(name) or "file"
    if len(clean) <= _LONGEST_PLAIN and _PLAIN.fullmatch(clean):
        if _TOKEN.fullmatch(clean):
            return f"\r\n filename={clean}"
        return f"\r\n filename={_in_quotes(clean)}"
    pieces: list[str] = []
    for char in clean:
        letters = quote(char.encode("utf-8", "replace"), safe="")
        if pieces and len(pieces[-1]) + len(letters) <= 55:
            pieces[-1] += letters
        else:
            pieces.append(letters)
    if len(pieces) == 1:
        return f"\r\n filename*=utf-8''{pieces[0]}"
    starts = ["utf-8''"] + [""] * (len(pieces) - 1)
    return ";".join(
        f"\r\n filename*{place}*={start}{piece}"
        for place, (start, piece) in enumerate(zip(starts, pieces, strict=True))
    )


def _people(header: str, addresses: tuple[str, ...], name: str = "") -> str:
    ready = [envelope(address) for address in addresses]
    if name := _one_line(name):
        ready[0] = f"{_phrase(name)}\r\n <{ready[0]}>"
    return f"{header}: " + ",\r\n ".join(ready) + "\r\n"


def _phrase(name: str) -> str:
    if len(name) > _LONGEST_PLAIN or not _PLAIN.fullmatch(name) or "=?" in name:
        return _encoded(name)
    return name if _ATOMS.fullmatch(name) else _in_quotes(name)


def _unstructured(text: str) -> str:
    line = _one_line(text)
    if len(line) <= _LONGEST_PLAIN and _PLAIN.fullmatch(line) and "=?" not in line:
        return line
    return _encoded(line)


def _encoded(text: str) -> str:
    """RFC 2047 encoded words, none of which cuts a character in two; in Q where that is the shorter."""
    letters = text.encode("utf-8", "replace")
    plain = sum(byte in _Q_PLAIN for byte in letters)
    in_q = plain * 3 > len(letters) * 2
    words: list[str] = []
    if in_q:
        for char in text:
            piece = (
                "_"
                if char == " "
                else "".join(
                    chr(byte) if byte in _Q_PLAIN else f"={byte:02X}" for byte in char.encode("utf-8", "replace")
                )
            )
            if words and len(words[-1]) + len(piece) <= _WORD_Q:
                words[-1] += piece
            else:
                words.append(piece)
        return "\r\n ".join(f"=?utf-8?Q?{word}?=" for word in words)
    chunk = b""
    for char in text:
        piece_bytes = char.encode("utf-8", "replace")
        if len(chunk) + len(piece_bytes) > _WORD_BYTES:
            words.append(b2a_base64(chunk, newline=False).decode("ascii"))
            chunk = b""
        chunk += piece_bytes
    words.append(b2a_base64(chunk, newline=False).decode("ascii"))
    return "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)


def _in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_line(text: str) -> str:
    """Without what would begin a new line of the header: control characters and Unicode's line ends are blanks."""
    if text.isprintable():
        return text.strip()
    return "".join(" " if char < " " or char in "\x7f\x85\u2028\u2029" else char for char in text).strip()


@lru_cache(maxsize=4)
def _date(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return format_datetime((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC))
