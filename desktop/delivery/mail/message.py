"""What a mail is made of."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file inside a mail. `beginning` is what it has in common with many others at its start: written out once."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    beginning: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail before it is written out. `date` is UTC text; addresses are bare, names stand apart.

    `bcc` gets it without standing in it. `receipt` asks for a read receipt (RFC 8098).
    """

    message_id: str
    date: str
    sender: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    sender_name: str = ""
    reply_to: str = ""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    receipt: bool = False
    files: tuple[Enclosed, ...] = ()
