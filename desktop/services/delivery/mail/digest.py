"""What proves that a mail in the book is the one that went: a digest of all that it says and carries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def mail_digest(
    sender: str,
    people: Mapping[str, Sequence[str]],
    subject: str,
    text: str,
    html: str,
    files: Sequence[tuple[str, str]],
) -> str:
    """SHA-256 of a mail's words, its people (to, cc, bcc), and of each file its name and SHA-256."""
    said = [sender, people["to"], people["cc"], people["bcc"], subject, text, html, files]
    return hashlib.sha256(_encode(said).encode("utf-8", "surrogatepass")).hexdigest()
