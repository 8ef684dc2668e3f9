"""Texts as objects of a PDF."""

from __future__ import annotations

import re

# XML 1.0 has no place for these, not even escaped, and a file says the same of itself in both ways.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def fit(text: str) -> str:
    """The text without the characters that no description of a file can hold."""
    return text if text.isprintable() else _UNFIT.sub("", text)


def text_string(text: str) -> bytes:
    """A text string object: plain where ASCII serves, else UTF-16 with its mark."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return b"(%b)" % escaped.encode("ascii")
    return b"<FEFF" + text.encode("utf-16-be", "replace").hex().upper().encode("ascii") + b">"
