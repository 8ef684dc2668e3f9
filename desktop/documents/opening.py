"""The top of the first page: what it is, to whom, and the facts beside the address or in a row below it."""

from __future__ import annotations

from desktop.documents.address import postal_lines
from desktop.documents.facts import Fact
from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.sheet import HAIRLINE, MM, Piece, Sheet, Style
from desktop.documents.stationery import name_aside

_BELOW = 7 * MM
_BELOW_LOGO = 5 * MM
_GAP = 8.0
_CELL_GAP = 14.0
_ASCENT = 1.0
# The part of a page that facts leave to what follows.
_LEAST_BODY = 0.25
_LEAST_CELL = 76.0
# What an address shrinks to before it outgrows the window: type size and leading as parts of the usual.
_ADDRESS_SIZES = ((1.0, 1.0), (0.895, 0.873), (0.79, 0.746), (0.685, 0.635), (0.58, 0.548))


def draw_opening(flow: Flow, facts: list[Fact], letterhead: float) -> None:
    """Everything above the body; `letterhead` is where the letterhead ends. Leaves the flow where the body begins."""
    place, layout = flow.place, flow.layout
    titled = layout.block("title").shown
    aside = titled and name_aside(layout, place)
    rows = [fact for fact in facts if fact[1]] if layout.block("facts").shown else []
    below_title = _title_aside(flow) if aside else place.height
    beside = place.beside and layout.facts_place == "right"
    top = min(place.facts, below_title)
    if layout.window == "none" or layout.logo_side != "left":
        top = min(top, letterhead - _BELOW_LOGO)
    facts_end = _facts_aside(flow, rows, top) if rows and beside else None
    # What is too long for the side stands in a row.
    below = bool(rows) and facts_end is None
    address_end = _address(flow, letterhead) if layout.block("address").shown else place.height
    beside_end = below_title if facts_end is None else facts_end
    flow.y = min(place.body, beside_end - _BELOW, address_end - _BELOW, letterhead - _BELOW)
    if titled and not aside:
        _heading(flow)
    if below:
        _facts_row(flow, rows)


def _title_aside(flow: Flow) -> float:
    """Title and number in the upper right; gives the place below them."""
    place, styles = flow.place, flow.look.parts["title"]
    measure = place.right - place.axis
    title = flow.title
    style = styles.title
    wide = style.width(title)
    if wide > measure:
        style = Style(style.face, style.size * measure / wide, style.code)
    y = min(place.name, place.top - style.size * _ASCENT)
    flow.tags.begin("H1")
    flow.sheet.left(style, place.axis, y, title)
    y -= max(styles.title.leading - 7, styles.number.size * 1.4)
    for line in styles.number.wrap(_number(flow), measure):
        flow.sheet.place(styles.number, place.axis, y, line)
        y -= styles.number.leading
    flow.tags.end()
    return y


def _number(flow: Flow) -> str:
    """What stands with the title: nothing where a fact says it already."""
    if "number" in flow.layout.facts and flow.layout.block("facts").shown and not flow.draft:
        return ""
    return flow.document.number or (flow.words.draft if flow.draft else "")


def _heading(flow: Flow) -> None:
    """Title and number as the heading of the body."""
    place, styles, block = flow.place, flow.look.parts["title"], flow.layout.block("title")
    flow.enter(styles, block)
    flow.gap(0)
    style, quiet = styles.title, styles.number
    number = quiet.face[_number(flow)]
    title = style.wrap(flow.title, place.measure)
    flow.need(2 * style.leading)
    flow.tags.begin("H1")
    for line in title:
        wide = line[1] * style.per
        after = number[1] * quiet.per + _GAP
        beside = line is title[-1] and number[1] and wide + after <= place.measure
        x = flow.begin(wide + after if beside else wide)
        flow.sheet.place(style, x, flow.y - style.size, line)
        if beside:
            flow.sheet.place(quiet, x + wide + _GAP, flow.y - style.size, number)
            number = quiet.face[""]
        flow.y -= style.leading
    if number[1]:
        flow.lines(quiet, quiet.wrap(_number(flow), place.measure))
    flow.tags.end()
    flow.y -= 11


def _facts_aside(flow: Flow, rows: list[Fact], y: float) -> float | None:
    """Labels and values in the right-hand block; gives the place below the last, or draws nothing if that were too far
    down the page."""
    place, styles = flow.place, flow.look.parts["facts"]
    label_style, style = styles.label, styles.text
    face = label_style.face
    labels = max([face[label][1] for label, _ in rows]) * label_style.per
    measure = place.right - place.axis
    labels = min(labels, measure * 0.55)
    room = measure - labels - _GAP
    pieces: list[Piece] = []
    for label, value in rows:
        low = y
        for line in label_style.wrap(label, labels + 0.01):
            pieces.append((low == y, label_style, place.axis, f"{low:.2f}", line))
            low -= style.leading
        for line in style.wrap(value, room):
            pieces.append((False, style, place.right - line[1] * style.per, f"{y:.2f}", line))
            y -= style.leading
        y = min(y, low)
    if y < flow.bottom + _LEAST_BODY * place.height:
        return None
    flow.sheet.cells("P", pieces)
    return y + style.leading


def _facts_row(flow: Flow, rows: list[Fact]) -> None:
    """Labels over values in columns of one width, between two rules."""
    place, styles = flow.place, flow.look.parts["facts"]
    flow.enter(styles, flow.layout.block("facts"))
    flow.gap(0)
    label, value = styles.small, styles.text
    least = max(_LEAST_CELL, _widest_word(rows, label, value, (place.measure - _CELL_GAP) / 2))
    most = max(1, int((place.measure + _CELL_GAP) / (least + _CELL_GAP)))
    count = -(-len(rows) // -(-len(rows) // most))
    step = (place.measure + _CELL_GAP) / count
    flow.sheet.rule(place.left, flow.y, place.measure, 0.6, HAIRLINE)
    flow.y -= 7
    for start in range(0, len(rows), count):
        cells = rows[start : start + count]
        wrapped = [(label.wrap(name, step - _CELL_GAP), value.wrap(text, step - _CELL_GAP)) for name, text in cells]
        heads = max([len(names) for names, _ in wrapped]) * label.leading
        height = heads + max([len(texts) for _, texts in wrapped]) * value.leading
        flow.need(height)
        for number, (names, texts) in enumerate(wrapped):
            x = place.left + number * step
            flow.tags.begin("P")
            _stack(flow, label, x, flow.y - label.size, names)
            _stack(flow, value, x, flow.y - heads - value.size, texts)
            flow.tags.end()
        flow.y -= height + 5
    flow.sheet.rule(place.left, flow.y, place.measure, 0.6, HAIRLINE)
    flow.y -= 14


def _widest_word(rows: list[Fact], label: Style, value: Style, limit: float) -> float:
    """Of the words no wider than `limit`: a number that is broken is read as two. Others are broken anyway."""
    pairs = [(label, name) for name, _ in rows] + [(value, text) for _, text in rows]
    widths = [style.face[word][1] * style.per for style, text in pairs for word in text.split()]
    return max([wide for wide in widths if wide <= limit], default=0)


def _stack(flow: Flow, style: Style, x: float, y: float, lines: list[Glyphs]) -> None:
    for line in lines:
        flow.sheet.place(style, x, y, line)
        y -= style.leading


def _address(flow: Flow, letterhead: float) -> float:
    """The recipient in the window's field; gives the place below the last line."""
    document, place = flow.document, flow.place
    buyer = document.buyer
    # A person is often entered as their own contact.
    contact = "" if buyer.contact == buyer.name else buyer.contact
    parts = [buyer.name, contact, *postal_lines(buyer)]
    if buyer.country and buyer.country != document.seller.country:
        parts.append(flow.writer.country(buyer.country).upper())
    style, lines = _fitted(flow, flow.look.parts["address"].address, [part for part in parts if part])
    top = place.address if place.address_height else min(place.address, letterhead - _BELOW)
    y = top - style.size
    pieces: list[Piece] = []
    for line in lines:
        pieces.append((not pieces, style, place.address_left, f"{y:.2f}", line))
        y -= style.leading
    if pieces:
        flow.sheet.cells("P", pieces)
    return y + style.leading


def _fitted(flow: Flow, usual: Style, parts: list[str]) -> tuple[Style, list[Glyphs]]:
    place = flow.place
    style, lines = usual, [line for part in parts for line in usual.wrap(part, place.address_width)]
    if not place.address_height:
        return style, lines
    for size, leading in _ADDRESS_SIZES[1:]:
        if len(lines) * style.leading <= place.address_height:
            break
        style = Style(usual.face, usual.size * size, usual.code, usual.leading * leading)
        lines = [line for part in parts for line in style.wrap(part, place.address_width)]
    return style, lines


def draw_mark(sheet: Sheet, flow: Flow, style: Style, word: str) -> None:
    """A word such as DRAFT across the page, beneath everything."""
    glyphs = style.face[word]
    turn = 0.7071
    half = glyphs[1] * style.per / 2
    x = flow.place.width / 2 - half * turn + style.size * 0.25
    y = flow.place.height / 2 - half * turn - style.size * 0.25
    sheet.underlay(f"BT {style.head} {turn} {turn} -{turn} {turn} {x:.2f} {y:.2f} Tm({glyphs[0]})Tj ET")
