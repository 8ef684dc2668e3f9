"""The layout that a person works on, with every step to take back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, Signal

from desktop.domain.template import Block, Layout

_MOST_STEPS = 300


class Look(NamedTuple):
    """What a version will say."""

    layout: Layout
    logo: bytes


class LayoutDraft(QObject):
    """`changed` tells the preview, `replaced` the editors too: another look stands here than they show."""

    changed = Signal()
    replaced = Signal()

    def __init__(self, layout: Layout, logo: bytes, parent: QObject) -> None:
        super().__init__(parent)
        self._look = Look(layout, logo)
        self._saved = self._look
        self._behind: list[Look] = []
        self._ahead: list[Look] = []
        self._step = ""

    @property
    def look(self) -> Look:
        return self._look

    @property
    def layout(self) -> Layout:
        return self._look.layout

    @property
    def saved(self) -> Look:
        return self._saved

    @property
    def dirty(self) -> bool:
        return self._look != self._saved

    @property
    def can_undo(self) -> bool:
        return bool(self._behind)

    @property
    def can_redo(self) -> bool:
        return bool(self._ahead)

    def set(self, step: str = "", /, **values: Any) -> None:
        """Change fields of the layout. Changes of one step, such as the letters of a word, are undone together."""
        self._put(Look(replace(self.layout, **values), self._look.logo), step or ",".join(values))

    def set_logo(self, logo: bytes) -> None:
        self._put(Look(self.layout, logo), "")

    def set_block(self, block: Block, step: str = "") -> None:
        """Change one block where it stands."""
        self.set(step or f"block {block.block}", blocks=ordered(self.layout, self.layout.order(), block))

    def end_step(self) -> None:
        """What comes now is another step, even of the same field."""
        self._step = ""

    def mark_saved(self, look: Look) -> None:
        self._saved = look
        self._step = ""
        self.changed.emit()

    def undo(self) -> None:
        self._go(self._behind, self._ahead)

    def redo(self) -> None:
        self._go(self._ahead, self._behind)

    def take(self, look: Look) -> None:
        """Another look altogether, as one step."""
        self._put(look, "")
        self.replaced.emit()

    def _put(self, look: Look, step: str) -> None:
        if look == self._look:
            return
        if not step or step != self._step:
            self._behind.append(self._look)
            del self._behind[:-_MOST_STEPS]
        self._step = step
        self._ahead.clear()
        self._look = look
        self.changed.emit()

    def _go(self, source: list[Look], target: list[Look]) -> None:
        if source:
            target.append(self._look)
            self._look = source.pop()
            self._step = ""
            self.replaced.emit()
            self.changed.emit()


def ordered(layout: Layout, order: Sequence[str], change: Block | None = None) -> tuple[Block, ...]:
    """The blocks of a layout with those of the body in this order, and one of them changed."""
    blocks = {one.block: one for one in layout.blocks if one.block not in order}
    blocks |= {name: layout.block(name) for name in order}
    if change is not None:
        blocks[change.block] = change
    return tuple(blocks.values())
