"""Texts made clean: NFC, trimmed, without the control characters that no document can show."""

from __future__ import annotations

import re
import unicodedata

# Controls, and marks of direction and width that hide in copied text. The joiners stay: scripts of India need them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_HIDDEN = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
_BREAKS = re.compile(r"\s*(?:\r\n|[\r\n\u0085\u2028\u2029])\s*")
_SPACES = re.compile(r"\s+")
# How spreadsheets keep the zeros before a number in a CSV file.
_AS_FORMULA = re.compile(r'="([^"]*)"')


def clean_text(raw: str, *, lines: bool = False) -> tuple[str, int]:
    """The clean text and how many control characters it lost; `lines` keeps line breaks, else they become spaces."""
    if raw.isprintable() and (raw.isascii() or unicodedata.is_normalized("NFC", raw)):
        # Most cells are clean already.
        text = raw.strip()
        return text if "  " not in text else _SPACES.sub(" ", text), 0
    text, lost = _CONTROLS.subn("", raw)
    text = unicodedata.normalize("NFC", _HIDDEN.sub("", text))
    if lines:
        text = "\n".join(_SPACES.sub(" ", line).strip() for line in _BREAKS.split(text)).strip()
    else:
        text = _SPACES.sub(" ", text).strip()
    return text, lost


def clean_code(raw: str) -> tuple[str, int]:
    """As clean_text, without the signs by which spreadsheets mark a code as text: ="007" and '007."""
    text, lost = clean_text(raw)
    formula = _AS_FORMULA.fullmatch(text) if text[:1] == "=" else None
    if formula:
        return formula[1].strip(), lost
    if text[:1] == "'" and "'" not in text[1:] and text[1:2].isdigit():
        return text[1:], lost
    return text, lost
