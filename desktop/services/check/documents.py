"""Issued documents: each as it was sealed, its figures computed anew, its number in an unbroken series."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any

from db.erasing import ERASED_PARTY, resealed
from desktop.domain.invoice import LineFigures, line_net, tax_on
from desktop.domain.journal import firm_factor, in_firm
from desktop.domain.money import scaled_to_percent, unscaled
from desktop.domain.sealing import INVOICE_FIELDS, LINE_FIELDS, TAX_FIELDS, earlier_forms, party_digest, seal
from desktop.domain.tax_parts import by_tax, taxes_of
from desktop.i18n import _
from desktop.services.check.problem import NO_FIGURES, Problems, figure

Report = Callable[[int, int, str], None]
_Rows = dict[int, list[tuple[Any, ...]]]

_BATCH = 1000
_I = {name: place for place, name in enumerate(INVOICE_FIELDS)}
_L = {name: place for place, name in enumerate(LINE_FIELDS)}
_T = {name: place for place, name in enumerate(TAX_FIELDS)}
_HEAD = f"SELECT {', '.join(INVOICE_FIELDS)}, id, seller_id, buyer_id, digest FROM invoice"
_ID, _SELLER, _BUYER, _DIGEST = range(len(INVOICE_FIELDS), len(INVOICE_FIELDS) + 4)


def check_documents(connection: sqlite3.Connection, problems: Problems, report: Report) -> None:
    """Parties, seals and figures of every document, and the series."""
    parties = _check_parties(connection, problems)
    anew = resealed(connection)
    (total,) = connection.execute("SELECT count(*) FROM invoice").fetchone()
    done = 0
    for batch in _batches(connection):
        report(done, total, _("Checking documents"))
        first, last = batch[0][_ID], batch[-1][_ID]
        lines = _owned(connection, "invoice_line", LINE_FIELDS, "position", first, last)
        taxes = _owned(connection, "invoice_tax", TAX_FIELDS, "id", first, last)
        # What a payment plan asks for was agreed on later; the seal covers the document's own instalments.
        own_items = "(SELECT * FROM open_item WHERE plan_id IS NULL)"
        plans = _owned(connection, own_items, ("instalment", "due_date", "amount"), "instalment", first, last)
        for row in batch:
            key = row[_ID]
            own = lines.get(key, []), taxes.get(key, []), plans.get(key, [])
            frozen = parties.get(row[_SELLER], ""), parties.get(row[_BUYER], "")
            sealed = seal(row[: len(INVOICE_FIELDS)], *own, *frozen)
            as_sealed = sealed == row[_DIGEST] or anew.get(key) == (row[_DIGEST], sealed)
            if not as_sealed and not any(
                seal(row[: len(INVOICE_FIELDS)], *form, own[2], *frozen) == row[_DIGEST]
                for form in earlier_forms(own[0], own[1])
            ):
                problems.add("document", row[_I["number"]], _("it is not what was issued: something of it was changed"))
            if row[_I["kind"]] != "opening":
                try:
                    _check_figures(row, *own, problems)
                except NO_FIGURES as error:
                    problems.add(
                        "document", row[_I["number"]], _("it cannot be computed: {reason}").format(reason=error)
                    )
        done += len(batch)
    _check_series(connection, problems)


def _batches(connection: sqlite3.Connection) -> Iterator[list[tuple[Any, ...]]]:
    last = 0
    while batch := connection.execute(f"{_HEAD} WHERE id > ? ORDER BY id LIMIT {_BATCH}", (last,)).fetchall():
        yield batch
        last = batch[-1][_ID]


def _owned(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], order: str, first: int, last: int
) -> _Rows:
    rows = connection.execute(
        f"SELECT invoice_id, {', '.join(columns)} FROM {table} WHERE invoice_id BETWEEN ? AND ?"
        f" ORDER BY invoice_id, {order}",
        (first, last),
    )
    return {key: [row[1:] for row in group] for key, group in groupby(rows, key=lambda row: row[0])}


def _check_parties(connection: sqlite3.Connection, problems: Problems) -> dict[int, str]:
    digests = {}
    for key, digest, name, data, erasure in connection.execute("SELECT id, digest, name, data, erasure_id FROM party"):
        digests[key] = digest
        if party_digest(data) != digest and (erasure is None or (name, data) != ("", ERASED_PARTY)):
            problems.add("document", name, _("this frozen address is not what was printed"))
    return digests


@lru_cache(maxsize=1 << 16)
def _amount(quantity: int, unit_price: int, base_quantity: int, currency: str) -> int:
    figures = LineFigures(
        quantity=unscaled(quantity),
        unit_price=unscaled(unit_price),
        category="",
        rate=unscaled(0),
        base_quantity=unscaled(base_quantity),
    )
    return line_net(figures, currency)


def _check_figures(
    invoice: tuple[Any, ...],
    lines: Sequence[tuple[Any, ...]],
    taxes: Sequence[tuple[Any, ...]],
    plan: Sequence[tuple[Any, ...]],
    problems: Problems,
) -> None:
    number, currency = invoice[_I["number"]], invoice[_I["currency"]]

    def expect(what: str, stored: int | None, computed: int | None) -> None:
        if stored != computed:
            sentence = _("{what} is {stored} where its parts give {computed}")
            told = {"stored": figure(stored, currency), "computed": figure(computed, currency)}
            problems.add("document", number, sentence.format(what=what, **told))

    def expect_rate(line: tuple[Any, ...]) -> None:
        parts = taxes_of(line[_L["rate"]], line[_L["tax_parts"]])
        if sum(rate for _name, rate in parts) != line[_L["rate"]]:
            sentence = _("the taxes of line {position} do not add up to its rate")
            problems.add("document", number, sentence.format(position=line[_L["position"]]))

    nets: dict[tuple[str, int, str], int] = {}
    for line in lines:
        computed = _amount(line[_L["quantity"]], line[_L["unit_price"]], line[_L["base_quantity"]], currency)
        computed += line[_L["charge"]] - line[_L["allowance"]]
        expect(_("the net of line {position}").format(position=line[_L["position"]]), line[_L["net"]], computed)
        group = (line[_L["category"]], line[_L["rate"]], line[_L["tax_parts"]])
        nets[group] = nets.get(group, 0) + line[_L["net"]]
        expect_rate(line)
    bases = by_tax(nets.items())
    stored = {
        (row[_T["category"]], row[_T["rate"]], row[_T["name"]]): (row[_T["basis"]], row[_T["tax"]]) for row in taxes
    }
    for tax_key in dict.fromkeys([*bases, *stored]):
        basis, tax = stored.get(tax_key, (None, None))
        called = " ".join(filter(None, (tax_key[0], tax_key[2])))
        expect(_("the basis of tax group {group}").format(group=called), basis, bases.get(tax_key))
        if basis is not None:
            rightly = tax_on(basis, scaled_to_percent(tax_key[1]))
            expect(_("the tax of group {group}").format(group=called), tax, rightly)
    net, gross = invoice[_I["net"]], invoice[_I["gross"]]
    tax_sum = invoice[_I["tax"]]
    expect(_("the net total"), net, sum(line[_L["net"]] for line in lines))
    expect(_("the tax total"), tax_sum, sum(tax for _basis, tax in stored.values()))
    expect(_("the gross total"), gross, net + tax_sum)
    payable = gross - invoice[_I["prepaid"]] + invoice[_I["rounding"]]
    expect(_("the payable amount"), invoice[_I["payable"]], payable)
    if invoice[_I["kind"]] != "credit_note":
        expect(_("the sum of its instalments"), sum(amount for _number, _due, amount in plan), invoice[_I["payable"]])
    factor = firm_factor(invoice[_I["firm_rate"]], currency, invoice[_I["firm_currency"]])
    firm_gross, firm_tax = in_firm(gross, factor), in_firm(tax_sum, factor)
    firm_net = None if firm_gross is None or firm_tax is None else firm_gross - firm_tax
    for name, computed_firm in (("firm_gross", firm_gross), ("firm_tax", firm_tax), ("firm_net", firm_net)):
        if invoice[_I[name]] != computed_firm:
            problems.add("document", number, _("its amount in the firm's currency does not follow from its rate"))
            break


def _check_series(connection: sqlite3.Connection, problems: Problems) -> None:
    """Numbers without gaps and dates that never run backwards, per series and year; the counters stand behind them."""
    counters = {
        (series, year): (following, last)
        for series, year, following, last in connection.execute(
            "SELECT series_id, year, next, last_date FROM series_year"
        )
    }
    codes = dict(connection.execute("SELECT id, code FROM series"))
    rows = connection.execute(
        "SELECT series_id, series_year, sequence, issue_date, number FROM invoice WHERE series_id IS NOT NULL"
        " ORDER BY series_id, series_year, sequence"
    )
    for (series, year), group in groupby(rows, key=lambda row: (row[0], row[1])):
        documents = list(group)
        if not all(isinstance(row[2], int) and isinstance(row[3], str) for row in documents):
            problems.add("number", documents[0][4], _("a document of its series has no number or no date"))
            continue
        where = _("series {code}, {year}").format(code=codes.get(series, series), year=year or _("all years"))
        for before, after in pairwise(documents):
            if after[2] != before[2] + 1:
                gap = _("between {before} and {after} a number is missing")
                problems.add("number", where, gap.format(before=before[4], after=after[4]))
            if after[3] < before[3]:
                back = _("{after} is dated before {before}")
                problems.add("number", where, back.format(before=before[4], after=after[4]))
        last = documents[-1]
        following, last_date = counters.pop((series, year), (None, None))
        if following != last[2] + 1:
            problems.add("number", where, _("its counter does not follow {number}").format(number=last[4]))
        if last_date != max(document[3] for document in documents):
            problems.add("number", where, _("its last date is not that of {number}").format(number=last[4]))
    for (series, year), (_following, last_date) in counters.items():
        if last_date is not None:
            where = _("series {code}, {year}").format(code=codes.get(series, series), year=year)
            problems.add("number", where, _("its counter says {day}, but no document is there").format(day=last_date))
