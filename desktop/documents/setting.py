"""What all documents of one template, language and currency share, as plain data that travels to other processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from desktop.documents.writing import MoneyPattern, Patterns
from desktop.domain.template import Layout


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
    """`money` is the document's currency, `others` all further ones that it has amounts in. `tiers` are those that the
    template's and the language's own words need."""

    layout: Layout
    logo: Logo | None
    patterns: Patterns
    money: MoneyPattern
    others: tuple[MoneyPattern, ...]
    tiers: frozenset[str]
