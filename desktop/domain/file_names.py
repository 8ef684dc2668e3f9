"""Texts of a book as names of files and folders that every system takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

LONGEST_NAME: Final = 120
"""Characters; with an ending and a folder's path there is room for them on any system."""

# With what turns the direction of writing, by which a name can look like another.
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u200e\u200f\u2028-\u202e\u2066-\u2069]+')
# Devices of Windows, with any ending.
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])(\.|$)", re.IGNORECASE)


def safe_name(text: str, longest: int = LONGEST_NAME) -> str:
    """The text as a name without its ending: "2026/0418" is "2026-0418". Empty where nothing of it is left."""
    name = _UNSAFE.sub("-", text).strip(" .")[:longest].rstrip(" .")
    return f"_{name}" if _RESERVED.match(name) else name


def shortened(name: str, most: int) -> str:
    """The name in at most so many bytes of UTF-8, which is what file systems count."""
    raw = name.encode()
    return name if len(raw) <= most else raw[:most].decode(errors="ignore").rstrip(" .")


def same_name(name: str) -> str:
    """Equal for names that some system takes for one: they differ in case, or in how accents are written."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def told_apart(names: Mapping[int, str], most: int) -> dict[int, str]:
    """A name that every system takes for each text, by the same keys, in at most `most` bytes of UTF-8.

    Where some system takes two for one, the one with the lower key has the name and the other its key behind it.
    """
    taken: set[str] = set()
    made = {}
    for key in sorted(names):
        name = shortened(safe_name(names[key]), most)
        again = 0
        while not name or same_name(name) in taken:
            more = f"-{key}" + "_" * again
            name = shortened(safe_name(names[key]), most - len(more)) + more
            again += 1
        taken.add(same_name(name))
        made[key] = name
    return made
