"""How documents look: a template's layout as plain data, checked before anything is drawn by it.

Lengths are millimetres, type sizes points, colours #RRGGBB. A layout is a value: equal layouts give equal pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from desktop.domain.template_values import (
    TemplateProblem,
    colour_of,
    flag_of,
    length_of,
    list_in,
    mapping_of,
    named_by,
    one_of,
    text_of,
    unique_by,
)
from desktop.domain.wording import phrase

KINDS: Final = (
    "invoice",
    "deposit",
    "final",
    "credit_note",
    "statement",
    "receipt",
    "reminder",
    "payment_plan",
    "run_report",
    "cover_letter",
)
PAGES: Final = ("A4", "LETTER")
WINDOWS: Final = ("din5008b", "din5008a", "us10", "none")
LETTERHEADS: Final = ("drawn", "preprinted")
TYPEFACES: Final = ("inter", "dejavu", "serif")
TABLES: Final = ("rules", "zebra", "grid", "plain")
FACTS_PLACES: Final = ("right", "row")
SIDES: Final = ("left", "centre", "right")
COLOURS: Final = ("", "ink", "quiet", "accent")
# Those that have a place of their own on the page, then those that follow one another and can be moved.
FIXED_BLOCKS: Final = ("letterhead", "sender", "address", "title", "facts", "page_numbers", "footer")
BODY_BLOCKS: Final = (
    "subject",
    "introduction",
    "table",
    "totals",
    "tax_summary",
    "amount_in_words",
    "deposits",
    "registration",
    "notes",
    "terms",
    "instalments",
    "payment",
    "pay_codes",
    "closing",
    "signature",
)
BLOCKS: Final = (*FIXED_BLOCKS, *BODY_BLOCKS)
FACTS: Final = (
    "number",
    "date",
    "due",
    "period",
    "supply_date",
    "client_code",
    "po_number",
    "reference",
    "agreement",
    "project",
    "our_tax_id",
    "your_tax_id",
    "place",
    "certificate",
    "delivery",
)
COLUMNS: Final = (
    "position",
    "description",
    "classification",
    "period",
    "quantity",
    "unit",
    "unit_price",
    "discount",
    "tax",
    "net",
    "gross",
)
TEXT_PLACES: Final = ("subject", "intro", "closing", "footer", "signature")
# What a text may name in braces.
FIELDS: Final = (
    "number",
    "title",
    "date",
    "due_date",
    "period",
    "amount",
    "net",
    "tax",
    "gross",
    "currency",
    "po_number",
    "reference",
    "agreement",
    "project",
    "corrects",
    "level",
    "client.name",
    "client.contact",
    "client.code",
    "client.city",
    "client.country",
    "client.tax_id",
    "firm.name",
    "firm.contact",
    "firm.email",
    "firm.phone",
    "firm.website",
    "firm.city",
    "firm.tax_id",
)
_FIELD = re.compile(r"\{([^{}]*)\}")
# A field whose other brace was forgotten, with the word that it stands in.
_HALF_FIELD = re.compile(r"\{[^{}\s]*|[^{}\s]*\}")
LONGEST_TEXT: Final = 4_000
_MOST_TEXTS: Final = 400


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a page. A size, colour, side or space of nothing is the part's own."""

    block: str
    shown: bool = True
    size: float = 0
    bold: bool | None = None
    colour: str = ""
    side: str = ""
    space: float = 0


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table: a title of its own, if any, and a width where it shall not follow its content."""

    column: str
    title: str = ""
    width: float = 0


@dataclass(frozen=True, slots=True)
class Text:
    """A text for a place on documents of a kind in a language; an empty kind or language is any."""

    place: str
    text: str
    kind: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """`blocks` lists only what differs from the usual and the order of the body; what is not named follows in the
    usual order. `head`, `head_later` and `foot` are what preprinted paper keeps for itself."""

    page: str = "A4"
    margin_left: float = 25
    margin_right: float = 20
    window: str = "din5008b"
    marks: bool = True
    letterhead: str = "drawn"
    head: float = 45
    head_later: float = 25
    foot: float = 25
    typeface: str = "inter"
    size: float = 8.75
    accent: str = "#2457D6"
    ink: str = "#1B1F27"
    quiet: str = "#5B6472"
    logo_side: str = "left"
    logo_width: float = 62
    logo_height: float = 20
    facts_place: str = "right"
    table: str = "rules"
    blocks: tuple[Block, ...] = ()
    facts: tuple[str, ...] = FACTS[1:]
    columns: tuple[Column, ...] = (
        Column("position"),
        Column("description"),
        Column("quantity"),
        Column("unit_price"),
        Column("tax"),
        Column("net"),
    )
    texts: tuple[Text, ...] = ()

    def block(self, name: str) -> Block:
        return next((block for block in self.blocks if block.block == name), Block(name, name not in _HIDDEN))

    def order(self) -> tuple[str, ...]:
        """The parts of the body in their order, those that are not shown among them."""
        order = [block.block for block in self.blocks if block.block in BODY_BLOCKS]
        # What a template does not speak of stands where it usually does: behind what comes before it.
        for place, name in enumerate(BODY_BLOCKS):
            if name not in order:
                before = [other for other in BODY_BLOCKS[:place] if other in order]
                order.insert(order.index(before[-1]) + 1 if before else 0, name)
        return tuple(order)

    def body(self) -> tuple[Block, ...]:
        """The parts of the body in their order, without those that are not shown."""
        return tuple(block for block in map(self.block, self.order()) if block.shown)

    def text(self, place: str, kind: str, language: str) -> str:
        """The text that fits best: of kind and language, then of the kind, then of the language, then any."""
        short = language.replace("-", "_").partition("_")[0]
        found = [
            (2 * (text.kind == kind) + bool(text.language), text.text)
            for text in self.texts
            if text.place == place and text.kind in ("", kind) and text.language in ("", language, short)
        ]
        return max(found, key=lambda one: one[0])[1] if found else ""


USUAL_LAYOUT: Final = Layout()

# Parts that most firms do not want until they say so.
_HIDDEN: Final = frozenset({"tax_summary", "amount_in_words", "signature"})

CHOICES: Final[Mapping[str, Sequence[str]]] = {
    "page": PAGES,
    "window": WINDOWS,
    "letterhead": LETTERHEADS,
    "typeface": TYPEFACES,
    "logo_side": SIDES,
    "facts_place": FACTS_PLACES,
    "table": TABLES,
}
# Points of type: what is larger finds no room beside the rest of the page.
_LARGEST: Final[Mapping[str, float]] = {"letterhead": 40, "title": 40, "subject": 24, "totals": 20}
_LARGEST_BODY: Final = 14
# How far from the top each window shows the address, in millimetres.
_ADDRESS_TOPS: Final[Mapping[str, float]] = {"din5008b": 62, "din5008a": 44, "us10": 58}
# Least and most; a page needs room for a table.
LENGTHS: Final[Mapping[str, tuple[float, float]]] = {
    "margin_left": (10, 60),
    "margin_right": (10, 60),
    "head": (0, 120),
    "head_later": (0, 80),
    "foot": (0, 80),
    "size": (6, 14),
    "logo_width": (10, 120),
    "logo_height": (5, 50),
}


def layout_from(data: object) -> Layout:
    """The layout that JSON data describe. TemplateProblem where they do not."""
    values = mapping_of(data, (), Layout)
    for name, value in values.items():
        if name in CHOICES:
            one_of(value, CHOICES[name], (name,))
        elif name in LENGTHS:
            values[name] = length_of(value, *LENGTHS[name], (name,))
        elif name in ("accent", "ink", "quiet"):
            colour_of(value, (name,))
        elif name == "marks":
            flag_of(value, (name,))
    if "blocks" in values:
        values["blocks"] = unique_by("block", [_block(one, ("blocks", at)) for at, one in list_in(values, "blocks")])
    if "columns" in values:
        values["columns"] = columns = unique_by(
            "column", [_column(one, ("columns", at)) for at, one in list_in(values, "columns")]
        )
        for needed in ("description", "net"):
            if needed not in [column.column for column in columns]:
                raise TemplateProblem(("columns",), phrase("The table needs its column “{column}”.", column=needed))
    if "facts" in values:
        values["facts"] = tuple(one_of(one, FACTS, ("facts", at)) for at, one in list_in(values, "facts"))
    if "texts" in values:
        texts = list_in(values, "texts")
        if len(texts) > _MOST_TEXTS:
            raise TemplateProblem(("texts",), phrase("More than {count} texts.", count=_MOST_TEXTS))
        values["texts"] = tuple(_text(one, ("texts", at)) for at, one in texts)
    layout = Layout(**values)
    _head_above_address(layout)
    return layout


def _head_above_address(layout: Layout) -> None:
    """What the paper brings along may not lie where the window shows the address."""
    top = _ADDRESS_TOPS.get(layout.window)
    if layout.letterhead == "preprinted" and top is not None and layout.head > top:
        raise TemplateProblem(
            ("head",),
            phrase(
                "A head of {head} mm covers the address, which this window shows from {top} mm on.",
                head=f"{layout.head:g}",
                top=f"{top:g}",
            ),
        )


def layout_data(layout: Layout) -> dict[str, Any]:
    """What differs from the usual layout, as JSON data; `layout_from` reads it."""
    return {
        field.name: _plain(getattr(layout, field.name))
        for field in fields(Layout)
        if getattr(layout, field.name) != field.default
    }


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [one if isinstance(one, str) else _differences(one) for one in value]
    return value


def _differences(value: Any) -> dict[str, Any]:
    """The fields that are not what they are anyway; the first names the thing."""
    first, *others = fields(value)
    return {first.name: getattr(value, first.name)} | {
        field.name: getattr(value, field.name) for field in others if getattr(value, field.name) != field.default
    }


def fields_of(text: str) -> list[str]:
    """What a text names in braces, in order."""
    return _FIELD.findall(text)


def half_fields_of(text: str) -> list[str]:
    """Where a text has one brace without the other, in order: it would be printed as it stands."""
    return _HALF_FIELD.findall(_FIELD.sub(" ", text))


def _block(data: object, path: tuple[str | int, ...]) -> Block:
    values = mapping_of(data, path, Block)
    named_by(values, "block", BLOCKS, path)
    for name in ("shown", "bold"):
        if name in values and not (name == "bold" and values[name] is None):
            flag_of(values[name], (*path, name))
    if values.get("size"):
        values["size"] = length_of(values["size"], 5, _LARGEST.get(values["block"], _LARGEST_BODY), (*path, "size"))
    if values.get("space"):
        values["space"] = length_of(values["space"], -20, 100, (*path, "space"))
    if "colour" in values and values["colour"] not in COLOURS:
        colour_of(values["colour"], (*path, "colour"))
    if "side" in values:
        one_of(values["side"], ("", *SIDES), (*path, "side"))
    return Block(**values)


def _column(data: object, path: tuple[str | int, ...]) -> Column:
    values = mapping_of(data, path, Column)
    named_by(values, "column", COLUMNS, path)
    if "title" in values:
        text_of(values["title"], 40, (*path, "title"))
    if values.get("width"):
        values["width"] = length_of(values["width"], 5, 120, (*path, "width"))
    return Column(**values)


def _text(data: object, path: tuple[str | int, ...]) -> Text:
    values = mapping_of(data, path, Text)
    named_by(values, "place", TEXT_PLACES, path)
    text = text_of(values.get("text", ""), LONGEST_TEXT, (*path, "text"))
    for name in fields_of(text):
        if name not in FIELDS:
            raise TemplateProblem((*path, "text"), phrase("There is no field “{field}”.", field="{" + name + "}"))
    for half in half_fields_of(text):
        raise TemplateProblem((*path, "text"), phrase("“{text}” lacks one of its two braces.", text=half))
    if "kind" in values:
        one_of(values["kind"], ("", *KINDS), (*path, "kind"))
    if "language" in values:
        text_of(values["language"], 12, (*path, "language"))
    return Text(**{"text": ""} | values)
