"""What a spreadsheet would take for a formula, and the mark that keeps it a text."""

from __future__ import annotations

import re
from typing import Final

# Spaces before it and the wide forms of East Asian keyboards do not keep every spreadsheet from running it. A text that
# has marks of its own gets one more, so that the import finds each as it was.
_FORMULA: Final = re.compile(r"'*\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
_MARKED: Final = re.compile(r"'+\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_FIGURE: Final = re.compile(r"[+\-][\d\s().,/\-]*")


def harmless(text: str) -> str:
    """The text marked so that no spreadsheet runs it as a formula, as a client's name must not be."""
    return f"'{text}" if _FORMULA.match(text) else text


def harmless_to_paste(text: str) -> str:
    """As `harmless`, but a figure or a telephone number stays as it is: people paste into letters as well."""
    return text if _FIGURE.fullmatch(text) else harmless(text)


def unmarked(text: str) -> str:
    """A text of an import without the mark that `harmless` has set."""
    return text[1:] if text[:1] == "'" and _MARKED.match(text) else text
