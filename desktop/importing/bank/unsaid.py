"""What banks write where a payer gave no reference."""

from __future__ import annotations

from typing import Final

_NO_REFERENCE: Final = frozenset({"NOTPROVIDED", "NOTAVAILABLE", "NOTSPECIFIED", "NONREF", "NOREF", "NONE", "N/A", "0"})


def given(text: str) -> str:
    """A reference, or "" where the text only says that there is none."""
    return "" if "".join(text.split()).upper() in _NO_REFERENCE else text
