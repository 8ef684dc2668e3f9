"""What differs between two layouts, in words, in the order of the designer's panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Any

from desktop.domain.template import BODY_BLOCKS, CHOICES, FIXED_BLOCKS, Block, Column, Layout, Text
from desktop.i18n import N_, _, number_text
from desktop.services.templates.words import (
    BLOCK_WORDS,
    COLUMN_WORDS,
    FACT_WORDS,
    KIND_WORDS,
    PLACE_WORDS,
    PROPERTIES,
    choice_word,
    language_word,
    word,
)

_SHOWN_OF_TEXT = 60
_LISTS = ("blocks", "facts", "columns", "texts")


def differences(one: Layout, other: Layout, *, logo: bool = False) -> list[str]:
    """A sentence each; none where they are equal. `logo` says that the pictures differ."""
    found = []
    for field in fields(Layout):
        before, after = getattr(one, field.name), getattr(other, field.name)
        if field.name not in _LISTS and before != after:
            found.append(_told(word(PROPERTIES, field.name), _value(field.name, before), _value(field.name, after)))
    if logo:
        found.append(_("The logo is another picture."))
    found += _facts(one, other)
    found += _columns(one, other)
    found += _blocks(one, other)
    found += _texts(one, other)
    return found


def _told(what: str, before: str, after: str) -> str:
    return _("{what}: {before} → {after}").format(what=what, before=before, after=after)


def _value(field: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if value is None or value in ("", 0):
        return _("as usual")
    if isinstance(value, str):
        return choice_word(field, value) if field in (*CHOICES, "side", "colour") else value
    unit = _("{value} pt") if field == "size" else _("{value} mm")
    return unit.format(value=number_text(Decimal(str(value))))


def _facts(one: Layout, other: Layout) -> list[str]:
    return _shelves(one.facts, other.facts, lambda name: word(FACT_WORDS, name), _("Facts"))


def _columns(one: Layout, other: Layout) -> list[str]:
    before = {column.column: column for column in one.columns}
    after = {column.column: column for column in other.columns}
    found = _shelves(list(before), list(after), lambda name: word(COLUMN_WORDS, name), _("Table columns"))
    for name in after:
        if name in before:
            found += _parts(_("Column {name}").format(name=word(COLUMN_WORDS, name)), before[name], after[name])
    return found


def _blocks(one: Layout, other: Layout) -> list[str]:
    found: list[str] = []
    for name in (*FIXED_BLOCKS, *BODY_BLOCKS):
        before, after = one.block(name), other.block(name)
        shown = word(BLOCK_WORDS, name)
        if before.shown != after.shown:
            found.append((_("{part} is shown.") if after.shown else _("{part} is not shown.")).format(part=shown))
        if after.shown:
            found += _parts(shown, before, after, "shown")
    both = {block.block for block in one.body()} & {block.block for block in other.body()}
    order = [[block.block for block in layout.body() if block.block in both] for layout in (one, other)]
    if order[0] != order[1]:
        found.append(_moved(_("Parts of the page"), order[1], lambda name: word(BLOCK_WORDS, name)))
    return found


def _texts(one: Layout, other: Layout) -> list[str]:
    before = {(text.place, text.kind, text.language): text for text in one.texts}
    after = {(text.place, text.kind, text.language): text for text in other.texts}
    found = []
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        if old != new:
            found.append(_told(text_title(old or new or Text("intro", "")), _short(old), _short(new)))
    return found


def text_title(text: Text) -> str:
    """Where a text stands and on which documents."""
    parts = [word(PLACE_WORDS, text.place)]
    parts += [word(KIND_WORDS, text.kind)] if text.kind else []
    parts += [language_word(text.language)] if text.language else []
    return " · ".join(parts)


def _short(text: Text | None) -> str:
    if text is None or not text.text:
        return _("nothing")
    shown = " ".join(text.text.split())
    return f"“{shown if len(shown) <= _SHOWN_OF_TEXT else shown[:_SHOWN_OF_TEXT].rstrip() + '…'}”"


def _shelves(before: Sequence[str], after: Sequence[str], called: Callable[[str], str], what: str) -> list[str]:
    found = [_("{part} is not shown.").format(part=called(name)) for name in before if name not in after]
    found += [_("{part} is shown.").format(part=called(name)) for name in after if name not in before]
    kept = [name for name in before if name in after]
    if kept != (order := [name for name in after if name in before]):
        found.append(_moved(what, order, called))
    return found


def _moved(what: str, order: Sequence[str], called: Callable[[str], str]) -> str:
    names = ", ".join(called(name) for name in order)
    return _("{what} stand in another order: {names}").format(what=what, names=names)


def _parts(what: str, before: Block | Column, after: Block | Column, *without: str) -> list[str]:
    found = []
    for field in fields(after)[1:]:
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name not in without and old != new:
            name = _("{part}, {property}").format(part=what, property=word(_PARTS, field.name))
            found.append(_told(name, _value(field.name, old), _value(field.name, new)))
    return found


_PARTS: Mapping[str, str] = {**PROPERTIES, "size": N_("Size")}
