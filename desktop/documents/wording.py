"""The parts of the body that are words: subject, introduction, closing, the amount in words, and where to sign."""

from __future__ import annotations

from desktop.documents.flow import Flow
from desktop.documents.numerals import in_words
from desktop.documents.sheet import MM
from desktop.domain.document import Document

_SIGNATURE = 62 * MM
_ROOM_TO_SIGN = 11 * MM


def paint_subject(flow: Flow) -> None:
    if text := flow.say("subject"):
        flow.paragraph(flow.styles.strong, text, role="H2")
        flow.y -= 6


def paint_introduction(flow: Flow) -> None:
    document, words, text = flow.document, flow.words, flow.styles.text
    assert isinstance(document, Document)
    if document.corrects:
        sentence = words.corrects_undated.format(number=document.corrects)
        if document.corrects_date:
            day = flow.writer.day(document.corrects_date)
            sentence = words.corrects.format(number=document.corrects, date=day)
        flow.paragraph(flow.styles.strong, sentence)
    if document.reason:
        flow.paragraph(text, words.reason.format(reason=document.reason))
    intro = flow.say("intro")
    flow.paragraph(text, intro, 6 if document.corrects or document.reason else 0)
    if document.corrects or document.reason or intro:
        flow.y -= 10


def paint_amount_in_words(flow: Flow) -> None:
    document = flow.document
    assert isinstance(document, Document)
    said = in_words(document.payable, document.currency, flow.writer.digits, flow.writer.locale)
    if said:
        flow.paragraph(flow.styles.text, flow.words.in_words.format(amount=said), 4)


def paint_closing(flow: Flow) -> None:
    flow.paragraph(flow.styles.text, flow.say("closing"), 10)
    flow.paragraph(flow.styles.small, flow.spill, 10)


def paint_signature(flow: Flow) -> None:
    """A line to sign on, and below it who signs."""
    styles = flow.styles
    said = flow.say("signature") or flow.document.seller.contact or flow.document.seller.name
    measure = min(_SIGNATURE, flow.place.measure)
    style = styles.text
    lines = style.wrap(said, measure)
    note = styles.small.wrap(flow.words.sign_here, measure)
    height = 6 + styles.small.leading * len(note) + style.leading * len(lines)
    flow.gap(_ROOM_TO_SIGN)
    flow.need(height)
    x = flow.begin(measure)
    flow.sheet.rule(x, flow.y, measure, 0.5, flow.layout.quiet)
    flow.y -= 3
    for role, one, texts in (("P", styles.small, note), ("P", style, lines)):
        flow.tags.begin(role)
        for line in texts:
            flow.sheet.place(one, x, flow.y - one.size, line)
            flow.y -= one.leading
        flow.tags.end()
