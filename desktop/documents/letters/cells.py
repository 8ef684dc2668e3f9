"""Puts the cells of letters into the document's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from desktop.documents.flow import Flow
from desktop.documents.letters.words import word
from desktop.documents.writing import Writer
from desktop.domain.letter import Cell, Money, Percent, Span, Term


def said(flow: Flow, cell: Cell) -> str:
    """A cell within a sentence; amounts with their currency's sign."""
    writer = flow.writer
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, date):
        return writer.day(cell)
    if isinstance(cell, Money):
        return _writer_of(flow, cell).money(cell.minor)
    if isinstance(cell, Percent):
        return writer.percent(cell.value)
    if isinstance(cell, Span):
        return writer.span(cell.start, cell.end)
    if isinstance(cell, Term):
        return term_text(flow, cell)
    return writer.number(Decimal(cell))


def figure(flow: Flow, cell: Cell) -> str:
    """A cell in a column of its own kind: of an amount the figures alone, since the head names the currency."""
    return _writer_of(flow, cell).amount(cell.minor) if isinstance(cell, Money) else said(flow, cell)


def term_text(flow: Flow, term: Term) -> str:
    found = word(flow.writer.locale, term.key, term.plural)
    return found.format(**{name: said(flow, value) for name, value in term.values})


def _writer_of(flow: Flow, money: Money) -> Writer:
    if money.currency in ("", flow.writer.currency):
        return flow.writer
    return flow.look.writers[money.currency]
