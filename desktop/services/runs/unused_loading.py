"""Charges that reach beyond the life of their line, or into a pause: found from what is loaded, then read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection

from db.queries import unused as queries
from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing import ChargedSpan, Line, Work
from desktop.domain.billing.facts import Standing
from desktop.domain.billing.recurring import life_of
from desktop.domain.billing.unused import life_begins

_Window = tuple[int, str, str]


def load_unused(connection: Connection, agreements: Iterable[Agreement], work: Mapping[int, Work]) -> None:
    """Fill `standing` of the work of agreements that credit unused days; no query where nothing is unused."""
    windows: list[_Window] = []
    owners: dict[int, int] = {}
    for agreement in agreements:
        if agreement.unused != "credit":
            continue
        charged = work[agreement.id].charged
        for line in agreement.lines:
            span = charged.get(line.id)
            if span is not None:
                found = _windows(agreement, line, span)
                if found:
                    owners[line.id] = agreement.id
                    windows += found
    if not windows:
        return
    fields = len(Line._fields)
    for row in queries.standing(connection, windows):
        charge, line_id, start, end, sequence, quantity, amount, invoice_line, invoice, number = row[: queries.LINE_AT]
        currency, kind, by_amount, left, by_line, unused = row[queries.LINE_AT + fields :]
        frozen = Line._make(row[queries.LINE_AT : queries.LINE_AT + fields])
        if kind == "credit_note":
            # What a total below nothing charged beside its credits stands there mirrored.
            frozen = frozen._replace(
                quantity=-frozen.quantity, allowance=-frozen.allowance, charge=-frozen.charge, net=-frozen.net
            )
        one = Standing(
            charge,
            date.fromisoformat(start),
            date.fromisoformat(end),
            sequence,
            quantity,
            amount,
            frozen,
            invoice_line,
            invoice,
            number,
            currency,
            left if by_amount else None,
            frozen.net - by_line - unused if by_line is not None else None,
        )
        work[owners[line_id]].standing.setdefault(line_id, []).append(one)


def _windows(agreement: Agreement, line: AgreementLine, span: ChargedSpan) -> list[_Window]:
    """Where charged days of a line may be unused."""
    found: list[_Window] = []
    begins, ends = life_begins(agreement, line), life_of(agreement, line)[1]
    if span.start < begins:
        found.append((line.id, span.start.isoformat(), begins.isoformat()))
    if ends is not None and span.end > ends:
        found.append((line.id, ends.isoformat(), span.end.isoformat()))
    for first, resumed in agreement.pauses:
        if first < span.end and (resumed is None or resumed > span.start):
            pieces = span.spans or ((span.start, span.end),)
            if any(first < end and (resumed is None or resumed > start) for start, end in pieces):
                found.append((line.id, first.isoformat(), (resumed or date.max).isoformat()))
    return found
