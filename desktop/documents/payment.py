"""Until when and how to pay: the terms as sentences, and the bank accounts as quiet labels over values."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.sheet import Piece
from desktop.domain.document import Document
from desktop.domain.pay_codes import reference_of, slip_account
from desktop.domain.references import printed_reference

_COLUMN_GAP = 16.0
_WIDEST_CELL = 190.0


def paint_terms(flow: Flow) -> None:
    document, words, writer, text = flow.document, flow.words, flow.writer, flow.styles.text
    assert isinstance(document, Document)
    sentences = []
    if document.kind == "credit_note":
        if document.payable > 0:
            sentences.append(words.credit_note)
    elif document.payable > 0:
        amount = writer.money(document.payable)
        if document.instalments:
            sentences.append(words.pay_in_parts.format(amount=amount, count=len(document.instalments)))
        else:
            sentences.append(words.pay_by.format(amount=amount, date=writer.day(document.due_date)))
        if document.discount_percent and document.discount_until:
            sentences.append(_early_payment(flow, document, document.discount_percent, document.discount_until))
        if document.terms:
            sentences.append(words.terms.format(terms=document.terms.rstrip(". ")))
    else:
        sentences.append(words.nothing_due)
    parted = bool(document.instalments) and flow.layout.block("instalments").shown
    if parted:
        # The sentence does not stand alone above its table.
        flow.need(3 * text.leading + 3 * flow.styles.small.leading)
    flow.paragraph(text, " ".join(sentences), 4)
    if not parted:
        paint_conditions(flow, document)


def paint_conditions(flow: Flow, document: Document) -> None:
    """What follows the sentence on paying, or the table of instalments that belongs to it."""
    _withholding(flow, document)
    flow.paragraph(flow.styles.small, document.late_clause, 3)


def _withholding(flow: Flow, document: Document) -> None:
    """What the buyer keeps back for the state, reckoned on the net, and what is then to be paid."""
    buyer = document.buyer
    if not buyer.withholding or document.kind == "credit_note" or document.payable <= 0:
        return
    percent = Decimal(buyer.withholding)
    withheld = part(document.net, percent)
    section = f" ({buyer.section})" if buyer.section else ""
    words = flow.words.withheld.format(
        section=section,
        percent=flow.writer.percent(percent),
        withheld=flow.writer.money(withheld),
        amount=flow.writer.money(document.payable - withheld),
    )
    flow.paragraph(flow.styles.text, words, 2)


def _early_payment(flow: Flow, document: Document, percent: Decimal, until: date) -> str:
    writer, payable = flow.writer, document.payable
    discount = part(payable, percent)
    return flow.words.early.format(
        date=writer.day(until),
        percent=writer.percent(percent),
        discount=writer.money(discount),
        amount=writer.money(payable - discount),
    )


def part(minor: int, percent: Decimal) -> int:
    """So many percent of an amount, half away from zero as `domain.money` rounds, which would bring Babel along."""
    return int((minor * percent / 100).to_integral_value(ROUND_HALF_UP))


def paint_payment(flow: Flow) -> None:
    """An account a row, but for the one that a slip names."""
    document, words = flow.document, flow.words
    if document.kind == "credit_note" or document.payable <= 0:
        return
    reference = printed_reference(reference_of(document))
    # The slip says the same, and a short invoice shall share its page with it.
    slip = slip_account(document) if flow.layout.block("pay_codes").shown else None
    for account in document.bank:
        if account is slip:
            continue
        # Who else than the firm would hold its account: then it must be said.
        holder = "" if account.holder == document.seller.name else account.holder
        cells = [
            (words.account_holder, holder),
            ("IBAN", _in_fours(account.iban)),
            ("BIC", account.bic),
            (words.bank, account.bank),
            (words.payment_reference, reference),
        ]
        draw_cells(flow, [(label, value) for label, value in cells if value])


@lru_cache(maxsize=256)
def _in_fours(iban: str) -> str:
    bare = "".join(iban.split())
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def draw_cells(flow: Flow, cells: list[tuple[str, str]]) -> None:
    """Cells side by side while there is room, the others in rows below."""
    styles, place = flow.styles, flow.place
    label, value = styles.small, styles.text
    rows: list[list[tuple[float, Glyphs, list[Glyphs]]]] = [[]]
    x, measure = place.left, flow.measure
    right = x + measure
    widest = min(_WIDEST_CELL * value.size / 8.75, measure)
    for name, text in cells:
        head = label.face[name]
        width = min(max(head[1] * label.per, min(value.width(text), widest)), measure)
        if rows[-1] and x + width > right:
            rows.append([])
            x = place.left
        rows[-1].append((x, head, value.wrap(text, width)))
        x += width + _COLUMN_GAP
    for number, row in enumerate(rows):
        height = label.leading + value.leading * max([len(lines) for _, _, lines in row])
        flow.gap(4 if number else 10)
        flow.need(height)
        pieces: list[Piece] = []
        for x, head, lines in row:
            y = flow.y - label.size
            pieces.append((True, label, x, f"{y:.2f}", head))
            for glyphs in lines:
                y -= value.leading
                pieces.append((False, value, x, f"{y:.2f}", glyphs))
        flow.sheet.cells("P", pieces)
        flow.y -= height
