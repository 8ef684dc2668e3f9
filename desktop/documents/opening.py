"""The top of the first page: what it is, to whom, the facts beside the address, and the words before the table."""

from __future__ import annotations

from datetime import timedelta

from desktop.documents.address import postal_lines
from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.sheet import INK, MM, Sheet, Style
from desktop.documents.stationery import NAME_BASE, WINDOW_WIDTH

_ADDRESS_TOP = 62.7
_ADDRESS_HEIGHT = 27.3 * MM
_FACTS_TOP = 50
_BODY_TOP = 99
_BELOW = 7 * MM
_GAP = 8.0
# What an address shrinks to before it outgrows the window: type size and leading.
_ADDRESS_SIZES = ((9.5, 12.6), (8.5, 11.0), (7.5, 9.4), (6.5, 8.0), (5.5, 6.9))


def draw_opening(flow: Flow) -> None:
    place = flow.place
    facts_end = _facts(flow, min(place.down(_FACTS_TOP), _title(flow)))
    address_end = _address(flow)
    flow.y = min(place.down(_BODY_TOP), facts_end - _BELOW, address_end - _BELOW)
    _introduction(flow)


def _title(flow: Flow) -> float:
    """Title and number in the upper right; gives the place below them."""
    place, styles, document = flow.place, flow.styles, flow.document
    measure = place.right - place.axis
    title = flow.words.title(document.kind)
    style = styles.title
    if style.width(title) > measure:
        style = Style(style.face, style.size * measure / style.width(title), INK)
    y = place.down(NAME_BASE)
    flow.sheet.left(style, place.axis, y, title)
    y -= styles.title.leading - 7
    for line in styles.number.wrap(document.number or flow.words.draft, measure):
        flow.sheet.place(styles.number, place.axis, y, line)
        y -= styles.number.leading
    return y


def _facts(flow: Flow, y: float) -> float:
    """Labels and values in the right-hand block; gives the place below the last."""
    place, styles, sheet = flow.place, flow.styles, flow.sheet
    rows = [(label, value) for label, value in _facts_of(flow) if value]
    labels = max(styles.label.width(label) for label, _ in rows)
    room = place.right - place.axis - labels - _GAP
    style = styles.text
    for label, value in rows:
        sheet.left(styles.label, place.axis, y, label)
        for line in style.wrap(value, room):
            sheet.place(style, place.right - line[1] * style.per, y, line)
            y -= style.leading
    return y + style.leading


def _due(flow: Flow) -> tuple[str, str]:
    document, words = flow.document, flow.words
    if document.instalments:
        return words.payment, words.in_parts.format(count=len(document.instalments))
    return words.due, "" if document.kind == "credit_note" else flow.writer.day(document.due_date)


def _facts_of(flow: Flow) -> list[tuple[str, str]]:
    document, words, writer = flow.document, flow.words, flow.writer
    period = ""
    if document.period_start and document.period_end:
        period = writer.span(document.period_start, document.period_end)
    # The end of the period is the day of supply, unless it is another.
    told = (document.issue_date, document.period_end and document.period_end - timedelta(days=1))
    supplied = document.tax_date if document.tax_date not in told else None
    exempt = any(group.category == "E" for group in document.taxes)
    return [
        (words.date, writer.day(document.issue_date)),
        _due(flow),
        (words.period, period),
        (words.supply_date, writer.day(supplied) if supplied else ""),
        (words.client_code, document.buyer.code),
        (words.po_number, document.po_number),
        (words.reference, document.buyer_reference),
        (words.agreement, document.agreement),
        (words.our_tax_id.format(tax=flow.tax), document.seller.tax_id),
        (words.your_tax_id.format(tax=flow.tax), document.buyer.tax_id),
        (words.place, document.buyer.place),
        (words.certificate, document.buyer.certificate if exempt else ""),
    ]


def _address(flow: Flow) -> float:
    """The recipient in the window's field; gives the place below the last line."""
    buyer, place = flow.document.buyer, flow.place
    parts = [buyer.name, buyer.contact, *postal_lines(buyer)]
    if buyer.country and buyer.country != flow.document.seller.country:
        parts.append(flow.writer.country(buyer.country).upper())
    style, lines = _fitted(flow.styles.address, [part for part in parts if part])
    y = place.down(_ADDRESS_TOP) - style.size
    for line in lines:
        flow.sheet.place(style, place.left, y, line)
        y -= style.leading
    return y + style.leading


def _fitted(style: Style, parts: list[str]) -> tuple[Style, list[Glyphs]]:
    lines: list[Glyphs] = []
    for size, leading in _ADDRESS_SIZES:
        if size != style.size:
            style = Style(style.face, size, INK, leading)
        lines = [line for part in parts for line in style.wrap(part, WINDOW_WIDTH)]
        if len(lines) * leading <= _ADDRESS_HEIGHT:
            break
    return style, lines


def _introduction(flow: Flow) -> None:
    document, words, text = flow.document, flow.words, flow.styles.text
    if document.corrects:
        sentence = words.corrects_undated.format(number=document.corrects)
        if document.corrects_date:
            day = flow.writer.day(document.corrects_date)
            sentence = words.corrects.format(number=document.corrects, date=day)
        flow.paragraph(flow.styles.strong, sentence)
    if document.reason:
        flow.paragraph(text, words.reason.format(reason=document.reason))
    flow.paragraph(text, document.intro, 6 if document.corrects or document.reason else 0)
    if document.corrects or document.reason or document.intro:
        flow.y -= 10


def draw_draft_mark(sheet: Sheet, flow: Flow, style: Style) -> None:
    """The word DRAFT across the page, beneath everything."""
    word = flow.words.draft_mark
    glyphs = style.face[word]
    turn = 0.7071
    half = glyphs[1] * style.per / 2
    x = flow.place.width / 2 - half * turn + style.size * 0.25
    y = flow.place.height / 2 - half * turn - style.size * 0.25
    sheet.underlay(f"BT {style.head} {turn} {turn} -{turn} {turn} {x:.2f} {y:.2f} Tm({glyphs[0]})Tj ET")
