"""What all documents of one template, language and currency share, as plain data that travels to other processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from desktop.documents.sheet import MM
from desktop.documents.writing import MoneyPattern, Patterns

# Points; the window, folds and hole are those of DIN 5008 form B on A4, thirds on LETTER.
_SIZES = {"A4": (595.28, 841.89), "LETTER": (612.0, 792.0)}
_FOLDS = {"A4": (105.0, 210.0), "LETTER": (93.1, 186.2)}
_HOLE = {"A4": 148.5}


class Logo(NamedTuple):
    """Encoded picture: the dictionary of its image, with %d where it names its mask, the data, and the mask if any.

    Width and height are in points.
    """

    width: float
    height: float
    head: bytes
    data: bytes
    mask: bytes | None = None

    def image(self, mask: int | None) -> bytes:
        """The image object; `mask` is the number of the mask's object."""
        return (self.head if mask is None else self.head % mask) + self.data


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    page: str
    accent: str
    window: str
    typeface: str
    logo: Logo | None
    patterns: Patterns
    money: MoneyPattern
    tax_money: MoneyPattern | None


class Geometry(NamedTuple):
    """Places on a page in points from its lower left corner; `axis` is where the right-hand block begins."""

    width: float
    height: float
    left: float
    right: float
    axis: float
    folds: tuple[float, ...]
    hole: float | None

    @property
    def measure(self) -> float:
        return self.right - self.left

    def down(self, millimetres: float) -> float:
        """The height of a place so far below the upper edge."""
        return self.height - millimetres * MM


def geometry(page: str) -> Geometry:
    name = page if page in _SIZES else "A4"
    width, height = _SIZES[name]
    hole = _HOLE.get(name)
    return Geometry(
        width=width,
        height=height,
        left=25 * MM,
        right=width - 20 * MM,
        axis=width - 85 * MM,
        folds=tuple(height - fold * MM for fold in _FOLDS[name]),
        hole=None if hole is None else height - hole * MM,
    )
