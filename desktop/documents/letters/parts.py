"""The parts of a letter beside its tables: title, facts, words before and after, sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from desktop.documents.facts import Fact
from desktop.documents.flow import Flow
from desktop.documents.letters.cells import figure, said
from desktop.documents.letters.tables import paint_letter_tables
from desktop.documents.paycodes.block import paint_pay_codes
from desktop.documents.payment import paint_payment
from desktop.documents.texts import Text
from desktop.documents.totals import Total, draw_totals, measure_totals
from desktop.documents.wording import paint_signature, paint_subject
from desktop.domain.letter import Cell, Letter

_ABOVE = 6.0
_BELOW_OPENING = 10.0
_ABOVE_REGARDS = 10.0


def letter_title(flow: Flow) -> str:
    letter = _letter(flow)
    return flow.words.title(letter.title or letter.kind)


def letter_facts(flow: Flow) -> list[Fact]:
    letter = _letter(flow)
    own = [(said(flow, label), said(flow, value)) for label, value in letter.facts]
    # A template that has the number among the facts leaves it out of the title.
    return [(flow.words.number, letter.number), *own] if "number" in flow.layout.facts else own


def letter_totals_height(flow: Flow) -> float:
    rows = _total_rows(flow)
    return measure_totals(flow, rows).height if rows else 0.0


def _letter(flow: Flow) -> Letter:
    assert isinstance(flow.document, Letter)
    return flow.document


def _paragraphs(flow: Flow, cells: Iterable[Cell], above: float) -> None:
    for place, cell in enumerate(cells):
        flow.paragraph(flow.styles.text, said(flow, cell), above if not place else _ABOVE)


def _paint_introduction(flow: Flow) -> None:
    letter = _letter(flow)
    # What was written for this one letter goes before what the template says on all of its kind.
    own = Text(letter.intro).said(flow) if letter.intro else flow.say("intro")
    words: list[Cell] = [letter.salutation] if letter.salutation is not None else []
    words += [own] if own else letter.opening
    if words:
        _paragraphs(flow, words, 0)
        flow.y -= _BELOW_OPENING


def _total_rows(flow: Flow) -> list[Total]:
    currency = flow.writer.currency
    return [
        Total(
            said(flow, row.label),
            "",
            f"{currency} {figure(flow, row.amount)}" if row.emphasis else figure(flow, row.amount),
            row.emphasis,
        )
        for row in _letter(flow).totals
    ]


def _paint_totals(flow: Flow) -> None:
    if rows := _total_rows(flow):
        draw_totals(flow, measure_totals(flow, rows))


def _paint_terms(flow: Flow) -> None:
    _paragraphs(flow, _letter(flow).terms, _ABOVE)


def _paint_closing(flow: Flow) -> None:
    letter = _letter(flow)
    own = flow.say("closing")
    words: list[Cell] = [own] if own else list(letter.ending)
    text = flow.styles.text
    # Whoever signs below a line is named there.
    named = flow.layout.block("signature").shown
    regards = [said(flow, cell) for cell in letter.regards[: 1 if named else None]]
    closing = text.leading * len(regards) + _ABOVE_REGARDS + _ABOVE if regards else 0.0
    _paragraphs(flow, words[:-1], 10)
    if words:
        # Regards alone on a page would greet from nowhere.
        last = text.wrap(said(flow, words[-1]), flow.place.measure)
        flow.need(10 + text.leading * len(last) + closing)
        _paragraphs(flow, words[-1:], _ABOVE if len(words) > 1 else 10)
    flow.paragraph(flow.styles.small, flow.spill, 10)
    if regards:
        flow.gap(_ABOVE_REGARDS)
        flow.need(closing - _ABOVE_REGARDS)
    for place, line in enumerate(regards):
        flow.paragraph(text, line, _ABOVE if place == 1 else 0)


LETTER_PAINTERS: Mapping[str, Callable[[Flow], None]] = {
    "subject": paint_subject,
    "introduction": _paint_introduction,
    "table": paint_letter_tables,
    "totals": _paint_totals,
    "terms": _paint_terms,
    "payment": paint_payment,
    "pay_codes": paint_pay_codes,
    "closing": _paint_closing,
    "signature": paint_signature,
}
