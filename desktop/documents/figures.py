"""Figures as coded glyphs, by their values: most of what a run prints are figures, and many of them come back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from desktop.documents.flow import Flow
from desktop.documents.glyphs import Face, Glyphs
from desktop.documents.words import Words
from desktop.documents.writing import Writer

_MEMO = 4_096


class Coded(dict[Any, Glyphs]):
    """Values of one kind in one face: `coded[value]` writes, codes and measures, and remembers."""

    __slots__ = ("_face", "_write")

    def __init__(self, face: Face, write: Callable[[Any], str]) -> None:
        super().__init__()
        self._face = face
        self._write = write

    def __missing__(self, value: object) -> Glyphs:
        if len(self) >= _MEMO:
            self.clear()
        found = self[value] = self._face[self._write(value)]
        return found


class Figures:
    """What one face shows of amounts in minor units, numbers, prices, positions, and of units by (unit, quantity)."""

    __slots__ = ("amounts", "numbers", "positions", "prices", "units")

    def __init__(self, face: Face, writer: Writer, words: Words) -> None:
        self.amounts = Coded(face, writer.amount)
        self.numbers = Coded(face, writer.number)
        self.prices = Coded(face, writer.price)
        self.positions = Coded(face, str)

        def unit(key: tuple[str, Decimal]) -> str:
            return words.unit(*key)

        self.units = Coded(face, unit)


def figures_of(flow: Flow, face: Face) -> Figures:
    """The figures of a document's currency and language in a face."""
    kept = flow.writer.kept
    found = kept.get(face.font)
    if found is None:
        found = kept[face.font] = Figures(face, flow.writer, flow.words)
    return found
