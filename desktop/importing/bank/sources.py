"""A bank's file to read from: one on disk or a member of an archive, without holding it whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from desktop.errors import UserError
from desktop.i18n import _, number_text

HEAD: Final = 1 << 16
MEGABYTE: Final = 1 << 20
# A year of a large firm's statements is a tenth of it; what is larger was made to fill the memory or is no statement.
LARGEST: Final = 512 * MEGABYTE
# The line formats are read whole, and no bank gives a quarter of this.
LARGEST_WHOLE: Final = 256 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Source:
    """`size` in bytes; each `open` reads from the start. `head` is what it begins with, at most HEAD bytes."""

    name: str
    size: int
    head: bytes
    open: Callable[[], BinaryIO]

    def content(self) -> bytes:
        """The whole of it. UserError above LARGEST_WHOLE."""
        refuse_above(self.name, self.size, LARGEST_WHOLE)
        with self.open() as stream:
            return stream.read(LARGEST_WHOLE)


def file_source(path: Path) -> Source:
    """UserError where the file cannot be read, holds nothing, or is larger than any statement."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise UserError(
            _("“{name}” cannot be read: {reason}.").format(name=path.name, reason=error.strerror or str(error)),
            _("See that the file is there and that you may read it, and try again."),
        ) from None
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UserError(
            _("“{name}” is empty.").format(name=path.name), _("Download the statement again from your bank.")
        )
    refuse_above(path.name, size, LARGEST)
    return Source(path.name, size, head, lambda: path.open("rb"))


def refuse_above(name: str, size: int, most: int) -> None:
    if size > most:
        raise UserError(
            _("“{name}” has {size} MB, and statements of more than {most} MB are not read.").format(
                name=name, size=number_text(size // MEGABYTE), most=number_text(most // MEGABYTE)
            ),
            _("Download the statement again for a shorter span of time."),
        )
