"""Where an import comes from: a file, or the cells that a spreadsheet put on the clipboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from desktop.services.imports import TableOptions


@dataclass(frozen=True, slots=True)
class Source:
    """`content` is the file's path or the pasted bytes; `name` is what it is called in sentences.

    `options` are what is known of how it is read.
    """

    name: str
    content: Path | bytes
    options: TableOptions = field(default_factory=TableOptions)

    @property
    def stem(self) -> str:
        return Path(self.name).stem

    @property
    def place(self) -> str:
        """Where the file is, in full."""
        return str(self.content) if isinstance(self.content, Path) else ""

    @classmethod
    def of(cls, path: Path) -> Source:
        return cls(path.name, path)
