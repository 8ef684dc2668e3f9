"""What the window remembers for this user: its size, columns, look. Nothing of a book stands here."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import QByteArray, QSettings

from desktop.paths import documents_dir


class Memory:
    """Small values by name, in one file. What cannot be read counts as not remembered."""

    def __init__(self, file: Path) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    @classmethod
    def of_nothing(cls) -> Memory:
        """Remembers for as long as the program runs, in a file of its own that is thrown away."""
        folder = TemporaryDirectory(prefix="sheaf-")
        made = cls(Path(folder.name) / "window.ini")
        made._folder = folder
        return made

    def get(self, key: str, default: object = None) -> object:
        """A value as `put` took it."""
        text = self._settings.value(key)
        if not isinstance(text, str):
            return default
        try:
            return json.loads(text)
        except ValueError:
            return default

    def put(self, key: str, value: object) -> None:
        """Remember a value that JSON can hold."""
        self._settings.setValue(key, json.dumps(value))

    def folder(self, key: str) -> Path:
        """Where files went or came from the last time, or the documents folder where that is gone."""
        kept = self.get(key)
        return Path(kept) if isinstance(kept, str) and Path(kept).is_dir() else documents_dir()

    def put_folder(self, key: str, folder: Path) -> None:
        self.put(key, str(folder))

    def bytes(self, key: str) -> QByteArray:
        """What Qt saved of itself by `put_bytes`; empty if nothing is remembered."""
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def put_bytes(self, key: str, value: QByteArray) -> None:
        self._settings.setValue(key, value)

    def save(self) -> None:
        """Write now; otherwise it happens by and by."""
        self._settings.sync()
