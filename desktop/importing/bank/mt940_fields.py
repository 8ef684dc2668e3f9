"""The fields of SWIFT statements: which lines belong to which tag, whatever banks wrap around and into them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

# Only these begin a field: wrapped texts begin with colons too (":26:37").
_TAG: Final = re.compile(
    r":(20|21|25P?|28C?|13D?|34F|60[FM]?|61|62[FM]?|64|65|86|90[CD]|NS|940|942|950|16[RS]|79):(.*)", re.DOTALL
)
_BLOCK: Final = re.compile(r"\{[1235]:[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_TEXT_BLOCK: Final = re.compile(r"\{4:")
_MESSAGE: Final = re.compile(r"\{2:[IO](9[45]\d)")
_END: Final = re.compile(r"-(?:\}.*|X{3})?\s*")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Field(NamedTuple):
    """`lines` are those of the field as they stand, the tag taken off; `row` is the first one's number in the file.

    The tag "" ends a message; `message` is its type where the block header states it.
    """

    tag: str
    lines: list[str]
    row: int
    message: str = ""

    @property
    def text(self) -> str:
        """The lines joined as they were wrapped: without anything between them."""
        return "".join(self.lines)


def fields(lines: Iterable[str]) -> Iterator[Field]:
    """The fields in their order. What stands before the first is the bank's envelope and is passed over."""
    current: Field | None = None
    message = ""
    pending = ""
    for row, raw in enumerate(lines, 1):
        line = pending + _CONTROLS.sub("", raw.rstrip("\r\n"))
        pending = ""
        if "{" in line[:400]:
            stated = _MESSAGE.search(line)
            message = stated[1] if stated else message
            line = _TEXT_BLOCK.sub("", _BLOCK.sub("", line))
            if not line.strip() and line != raw.rstrip("\r\n"):
                continue
        if line.strip() == ":":
            # A tag that was wrapped within itself.
            pending = ":"
            continue
        if _END.fullmatch(line):
            if current is not None:
                yield current
                yield Field("", [], row, message)
            current = None
            continue
        found = _TAG.match(line.lstrip() if line.lstrip().startswith(":") else line)
        if found:
            if current is not None:
                yield current
            current = Field(found[1], [found[2]], row, message)
        elif current is not None:
            current.lines.append(line)
    if current is not None:
        yield current
