"""What follows the table: totals by tax group, deposits, notes the law asks for, terms, and how to pay."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.instalments import draw_instalments, keep_with
from desktop.documents.writing import Writer
from desktop.domain.document import DocumentTax

_GAP = 13.0
_ROW = 15.0
_ROW_GAP = 2.5
_ABOVE_EMPHASIS = 10.0
_ABOVE_TOTAL = 3.0
_COLUMN_GAP = 16.0
_WIDEST_CELL = 190.0
# Where the words of the EU's directive say nothing.
_OWN_WORDS = ("CA", "IN", "US")
_UNTAXED = ("AE", "K", "G", "E", "O")


class _Total(NamedTuple):
    """A row of the totals: label, what it is reckoned on, amount, and whether it is the one that matters."""

    label: str
    basis: str
    amount: str
    emphasis: bool = False
    above: bool = False


def draw_closing(flow: Flow, totals: Totals, foot_text: str) -> None:
    """Everything after the table; `foot_text` is a closing too long for the foot."""
    _draw_totals(flow, totals)
    _deposits(flow)
    _notes(flow)
    _terms(flow)
    _payment(flow)
    for text in (flow.document.closing, foot_text):
        flow.paragraph(flow.styles.text if text is flow.document.closing else flow.styles.small, text, 10)


class Totals(NamedTuple):
    """The block of totals, measured before the table is drawn, so that its last line can stay with it."""

    rows: list[_Total]
    left: float
    beneath: bool
    amounts: float
    height: float


def measure_totals(flow: Flow, tax_writer: Writer | None) -> Totals:
    rows = _total_rows(flow, tax_writer)
    styles, place = flow.styles, flow.place
    plain = styles.text
    amounts = bases = labels = alone = 0.0
    height = 8.0
    for row in rows:
        style = styles.payable if row.emphasis else plain
        label, amount = style.width(row.label), style.width(row.amount)
        alone = max(alone, label + _GAP + amount)
        height += style.leading + _ROW_GAP
        if row.emphasis:
            height += _ABOVE_EMPHASIS
        else:
            amounts, labels = max(amounts, amount), max(labels, label)
            bases = max(bases, plain.width(row.basis))
            height += _ABOVE_TOTAL if row.above else 0
    needed = max(alone, labels + bases + amounts + 2 * _GAP) if bases else alone
    left = min(place.axis, place.right - needed)
    # Amounts of many digits may want more than a line has: then the basis moves under its label.
    beneath = left < place.left
    if beneath:
        left = max(place.left, place.right - alone)
        height += _ROW * len(rows)
    return Totals(rows, left, beneath, amounts, height)


def _draw_totals(flow: Flow, totals: Totals) -> None:
    styles, place = flow.styles, flow.place
    plain, left = styles.text, totals.left
    if not flow.fits(totals.height):
        flow.turn()
    y = flow.y - 4
    for row in totals.rows:
        style = styles.payable if row.emphasis else plain
        if row.emphasis:
            flow.sheet.rule(left, y - _ABOVE_EMPHASIS + 4, place.right - left, 1.2, flow.accent)
            y -= _ABOVE_EMPHASIS
        elif row.above:
            flow.sheet.rule(left, y - 1, place.right - left, 0.5)
            y -= _ABOVE_TOTAL
        base = y - style.size - 1
        flow.sheet.left(style, left, base, row.label)
        flow.sheet.right(style, place.right, base, row.amount)
        if row.basis and totals.beneath:
            y -= _ROW
            flow.sheet.left(plain, left, y - plain.size - 1, row.basis)
        elif row.basis:
            flow.sheet.right(plain, place.right - totals.amounts - _GAP, base, row.basis)
        y -= style.leading + _ROW_GAP
    flow.y = y - 4


def _total_rows(flow: Flow, tax_writer: Writer | None) -> list[_Total]:
    document, words, writer = flow.document, flow.words, flow.writer
    rows = [_Total(words.net, "", writer.amount(document.net))]
    for group in document.taxes:
        # What lies on the whole net would say the same figure twice.
        known = group.basis == document.net and (len(document.taxes) == 1 or bool(group.name))
        basis = "" if known else f"{words.tax_on} {writer.amount(group.basis)}"
        rows.append(_Total(_group_name(flow, group), basis, writer.amount(group.tax)))
    payable = words.credited if document.kind == "credit_note" else words.payable
    if document.payable != document.gross or document.prepaid or document.rounding:
        rows.append(_Total(f"{words.total} {document.currency}", "", writer.amount(document.gross), above=True))
    if document.prepaid:
        rows.append(_Total(words.prepaid, "", writer.amount(-document.prepaid)))
    if document.rounding:
        rows.append(_Total(words.rounding, "", writer.amount(document.rounding)))
    rows.append(_Total(payable, "", f"{document.currency} {writer.amount(document.payable)}", emphasis=True))
    if tax_writer and document.tax_in_tax_currency is not None:
        label = words.tax_in.format(tax=flow.tax, currency=document.tax_currency)
        rows.append(_Total(label, "", tax_writer.amount(document.tax_in_tax_currency)))
    return rows


def _group_name(flow: Flow, group: DocumentTax) -> str:
    if group.category in _UNTAXED:
        return flow.words.untaxed[group.category].format(tax=flow.tax)
    return f"{group.name or flow.tax} {flow.writer.percent(group.rate)}"


def _deposits(flow: Flow) -> None:
    document, words, writer, styles = flow.document, flow.words, flow.writer, flow.styles
    if not document.deposits:
        return
    head = [words.deposit_number, words.date, words.net, flow.tax, words.total]
    rows = [
        [number, writer.day(day), writer.amount(net), writer.amount(taxed), writer.amount(gross)]
        for number, day, net, taxed, gross in document.deposits
    ]
    style = styles.small
    widths = [max(style.width(row[column]) for row in [head, *rows]) for column in range(1, 5)]
    first = flow.place.measure - sum(widths) - 4 * _GAP
    numbers = [style.wrap(row[0], max(first, 60)) for row in rows]
    height = 3 * style.leading + 10
    if not flow.fits(height):
        flow.turn()
    flow.y -= 8
    flow.sheet.left(styles.strong, flow.place.left, flow.y - styles.strong.size, words.deposits)
    flow.y -= styles.strong.leading + 3
    _deposit_row(flow, [style.face[head[0]]], head, widths)
    flow.sheet.rule(flow.place.left, flow.y, flow.place.measure, 0.5)
    flow.y -= 3
    for row, number in zip(rows, numbers, strict=True):
        if not flow.fits(style.leading * len(number)):
            flow.turn()
        _deposit_row(flow, number, row, widths)


def _deposit_row(flow: Flow, number: list[Glyphs], row: list[str], widths: list[float]) -> None:
    style, y = flow.styles.small, flow.y - flow.styles.small.size
    right = flow.place.right
    for text, width in zip(reversed(row[1:]), reversed(widths), strict=True):
        flow.sheet.right(style, right, y, text)
        right -= width + _GAP
    for glyphs in number:
        flow.sheet.place(style, flow.place.left, y, glyphs)
        y -= style.leading
        flow.y -= style.leading


def _notes(flow: Flow) -> None:
    """The words of law where tax is not charged, in the client's language, and what the firm says beside them."""
    notes: list[str] = []
    document = flow.document
    for group in document.taxes:
        said = group.exemption.strip()
        law = flow.words.notes.get(group.category, "").format(tax=flow.tax)
        if said and document.seller.country in _OWN_WORDS:
            law = ""
        if group.category == "O" and document.seller.country == "US":
            # Services without sales tax are the rule there, not something to explain.
            law = ""
        if group.category in ("E", "O") and said:
            law = ""
        elif law and said.casefold().rstrip(".") in law.casefold():
            said = ""
        notes += [note for note in (law, said) if note and note not in notes]
    flow.y -= 6
    for note in notes:
        flow.paragraph(flow.styles.text, note)


def _terms(flow: Flow) -> None:
    document, words, writer, text = flow.document, flow.words, flow.writer, flow.styles.text
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
            sentences.append(_early_payment(flow, document.discount_percent, document.discount_until))
        if document.terms:
            sentences.append(words.terms.format(terms=document.terms.rstrip(". ")))
    else:
        sentences.append(words.nothing_due)
    if document.instalments:
        keep_with(flow)
    flow.paragraph(text, " ".join(sentences), 4)
    if document.instalments:
        draw_instalments(flow)
    _withholding(flow)
    flow.paragraph(flow.styles.small, document.late_clause, 3)


def _withholding(flow: Flow) -> None:
    """What the buyer keeps back for the state, reckoned on the net, and what is then to be paid."""
    document, buyer = flow.document, flow.document.buyer
    if not buyer.withholding or document.kind == "credit_note" or document.payable <= 0:
        return
    from desktop.domain.money import round_half_away

    percent = Decimal(buyer.withholding)
    withheld = round_half_away(document.net * percent / 100)
    section = f" ({buyer.section})" if buyer.section else ""
    words = flow.words.withheld.format(
        section=section,
        percent=flow.writer.percent(percent),
        withheld=flow.writer.money(withheld),
        amount=flow.writer.money(document.payable - withheld),
    )
    flow.paragraph(flow.styles.text, words, 2)


def _early_payment(flow: Flow, percent: Decimal, until: date) -> str:
    # Late, because it brings Babel along, which most rendering processes never need.
    from desktop.domain.money import round_half_away

    writer, payable = flow.writer, flow.document.payable
    discount = round_half_away(payable * percent / 100)
    return flow.words.early.format(
        date=writer.day(until),
        percent=writer.percent(percent),
        discount=writer.money(discount),
        amount=writer.money(payable - discount),
    )


def _payment(flow: Flow) -> None:
    """Bank details as quiet labels over values, an account a row."""
    document, words = flow.document, flow.words
    if document.kind == "credit_note" or document.payable <= 0:
        return
    for account in document.bank:
        # Who else than the firm would hold its account: then it must be said.
        holder = "" if account.holder == document.seller.name else account.holder
        cells = [
            (words.account_holder, holder),
            ("IBAN", _in_fours(account.iban)),
            ("BIC", account.bic),
            (words.bank, account.bank),
            (words.payment_reference, document.number),
        ]
        _cells(flow, [(label, value) for label, value in cells if value])


def _in_fours(iban: str) -> str:
    bare = "".join(iban.split())
    return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))


def _cells(flow: Flow, cells: list[tuple[str, str]]) -> None:
    """Cells side by side while there is room, the others in rows below."""
    styles, place = flow.styles, flow.place
    label, value = styles.small, styles.text
    rows: list[list[tuple[float, str, list[Glyphs]]]] = [[]]
    x = place.left
    for name, text in cells:
        width = max(label.width(name), min(value.width(text), _WIDEST_CELL))
        if rows[-1] and x + width > place.right:
            rows.append([])
            x = place.left
        rows[-1].append((x, name, value.wrap(text, width)))
        x += width + _COLUMN_GAP
    for number, row in enumerate(rows):
        height = label.leading + value.leading * max(len(lines) for _, _, lines in row)
        flow.y -= 4 if number else 10
        if not flow.fits(height):
            flow.turn()
        for x, name, lines in row:
            y = flow.y - label.size
            flow.sheet.left(label, x, y, name)
            for glyphs in lines:
                y -= value.leading
                flow.sheet.place(value, x, y, glyphs)
        flow.y -= height
