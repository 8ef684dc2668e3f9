"""An issued invoice read back as it was frozen, and the documents that correct it: credit note and new invoice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.einvoicing import as_now
from desktop.documents.words import words_for
from desktop.domain.billing import Line, TaxLine
from desktop.domain.crediting import CreditFigures, Group, Left, Part, gross_of
from desktop.domain.einvoice_form import NONE, einvoice_form
from desktop.domain.money import SCALE, scaled, to_major
from desktop.domain.sealing import LINE_FIELDS, TAX_FIELDS
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.charging import Freed
from desktop.services.issuing import ReadyInvoice
from desktop.services.runs.freezing import prepare, texts_for
from desktop.services.templates.choosing import resolver
from desktop.services.unused_credits import Taken, rest_of, taken_as_unused

# What of an invoice's texts its credit notes say too. How it was to be paid is none of it.
_KEPT: Final = ("einvoice", "contract", "project", "delivery")


@dataclass(frozen=True, slots=True)
class Original:
    """The invoice to correct. `lines` by their ids, `exemptions` by tax category as (code, text).

    `rest` are the lines as far as they can be credited still: days that later documents credited are off.
    """

    id: int
    number: str
    kind: str
    client_id: int
    agreement_id: int | None
    seller_id: int
    buyer_id: int
    template_version_id: int
    template_id: int
    tax_date: date
    period_start: str | None
    period_end: str | None
    language: str
    terms: str
    po_number: str
    buyer_reference: str
    currency: str
    net: int
    tax: int
    gross: int
    rounding: int
    payable: int
    firm_currency: str
    firm_rate: int | None
    texts: Mapping[str, Any]
    lines: dict[int, Line]
    taxes: tuple[TaxLine, ...]
    rest: dict[int, Line]
    left: Left

    @property
    def exemptions(self) -> dict[str, tuple[str, str]]:
        return {tax.category: (tax.exemption_code, tax.exemption_text) for tax in self.taxes}


_COLUMNS = """i.id, i.number, i.kind, i.client_id, i.agreement_id, i.seller_id, i.buyer_id, i.template_version_id,
  t.template_id, i.tax_date, i.period_start, i.period_end, i.language, i.terms, i.po_number, i.buyer_reference,
  i.currency, i.net, i.tax, i.gross, i.rounding, i.payable, i.firm_currency, i.firm_rate, i.texts"""


def original(connection: Connection, number: str) -> Original:
    """The invoice of that number with what is left to credit. UserError where it cannot be credited."""
    row = (
        connection.exec_driver_sql(
            f"SELECT {_COLUMNS} FROM invoice i JOIN template_version t ON t.id = i.template_version_id "
            "WHERE i.number = ?",
            (number,),
        )
        .mappings()
        .first()
    )
    if row is None:
        raise UserError(
            _("There is no invoice {number}.").format(number=number),
            _("Check the number; the list of invoices finds it by a part."),
        )
    if row["kind"] == "credit_note":
        raise UserError(_("{number} is itself a credit note.").format(number=number), _("Make a new invoice instead."))
    if row["kind"] == "opening":
        raise UserError(
            _("{number} was issued by another program; its lines and taxes are not in this book.").format(
                number=number
            ),
            _("Write off what will not be paid, or credit it where it was issued."),
        )
    invoice_id = row["id"]
    lines = {
        line[0]: Line(*line[1:])
        for line in connection.exec_driver_sql(
            f"SELECT id, {', '.join(LINE_FIELDS)} FROM invoice_line WHERE invoice_id = ? ORDER BY position",
            (invoice_id,),
        )
    }
    taxes = tuple(
        TaxLine(*tax)
        for tax in connection.exec_driver_sql(
            f"SELECT {', '.join(TAX_FIELDS)} FROM invoice_tax WHERE invoice_id = ? ORDER BY id",
            (invoice_id,),
        )
    )
    fields = dict(row) | {"tax_date": date.fromisoformat(row["tax_date"]), "texts": json.loads(row["texts"])}
    rest = _rest(connection, invoice_id, lines, row["currency"])
    left = _left(connection, invoice_id, row["payable"], lines, rest)
    return Original(**fields, lines=lines, taxes=taxes, rest=rest, left=left)


def credit_document(
    connection: Connection, invoice: Original, figures: CreditFigures, reason: str, today: date
) -> ReadyInvoice:
    """The credit note, at the original's rates and to its parties.

    It looks as its invoice did, unless a template is chosen for credit notes.
    """
    agreements = [invoice.agreement_id] if invoice.agreement_id else []
    chosen = resolver(connection, [invoice.client_id], agreements).for_kind(
        invoice.client_id, invoice.agreement_id, "credit_note", invoice.language
    )
    _own, delivery, *_rest_of_client = as_now(connection, invoice.client_id, invoice.agreement_id)
    lines = [_credit_line(invoice, part, position, reason) for position, part in enumerate(figures.parts, 1)]
    exemptions = invoice.exemptions
    return ReadyInvoice(
        kind="credit_note",
        client_id=invoice.client_id,
        seller_id=invoice.seller_id,
        buyer_id=invoice.buyer_id,
        template_version_id=invoice.template_version_id if chosen is None else chosen,
        issue_date=today,
        terms="receipt",
        language=invoice.language,
        currency=invoice.currency,
        net=figures.net,
        tax=figures.tax,
        gross=figures.net + figures.tax,
        rounding=figures.rounding,
        payable=figures.payable,
        lines=lines,
        taxes=[
            TaxLine(one.category, one.rate, one.basis, one.tax, *exemptions[one.category], one.name)
            for one in figures.taxes
        ],
        agreement_id=invoice.agreement_id,
        tax_date=invoice.tax_date,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        po_number=invoice.po_number,
        buyer_reference=invoice.buyer_reference,
        corrects_id=invoice.id,
        reason=reason,
        firm_rate=invoice.firm_rate,
        texts={key: invoice.texts[key] for key in _KEPT if key in invoice.texts},
        delivery=delivery,
    )


def reissue_document(connection: Connection, invoice: Original, charges: Sequence[Freed], today: date) -> ReadyInvoice:
    """The same lines on a new invoice, to the client as it is now: a wrong address is why many are issued anew."""
    own, delivery, segment, firm, reference = as_now(connection, invoice.client_id, invoice.agreement_id)
    form = einvoice_form(own, delivery, segment, firm)
    papers = prepare(
        connection,
        [invoice.client_id],
        [invoice.agreement_id] if invoice.agreement_id else [],
        electronic=[] if form == NONE else [invoice.client_id],
    )
    title = papers.titles.get(invoice.agreement_id or 0, "")
    return ReadyInvoice(
        kind=invoice.kind,
        client_id=invoice.client_id,
        seller_id=papers.seller_id,
        buyer_id=papers.buyers[invoice.client_id],
        template_version_id=papers.templates.version(
            invoice.template_id, invoice.client_id, invoice.agreement_id, invoice.kind, invoice.language
        ),
        issue_date=today,
        terms=invoice.terms,
        language=invoice.language,
        currency=invoice.currency,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        rounding=invoice.rounding,
        payable=invoice.payable,
        lines=list(invoice.lines.values()),
        taxes=invoice.taxes,
        charges=[one.charged for one in charges],
        agreement_id=invoice.agreement_id,
        tax_date=invoice.tax_date,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        po_number=invoice.po_number,
        # That it was missing is a reason to issue an e-invoice anew.
        buyer_reference=invoice.buyer_reference or reference,
        texts=texts_for(
            papers,
            invoice.currency,
            title,
            client_id=invoice.client_id,
            agreement_id=invoice.agreement_id,
            einvoice=form,
        ),
        delivery=delivery,
    )


# A credit note of a run credits unused days, which are counted by their lines.
_NOTES = "FROM invoice k JOIN {table} x ON x.invoice_id = k.id WHERE k.corrects_id = ? AND k.run_id IS NULL"


def _rest(connection: Connection, invoice_id: int, lines: Mapping[int, Line], currency: str) -> dict[int, Line]:
    credited: dict[int, list[tuple[int, int, int]]] = {}
    for key, *figures in connection.exec_driver_sql(
        "SELECT x.corrects_line_id, x.quantity, x.base_quantity, x.net " + _NOTES.format(table="invoice_line"),
        (invoice_id,),
    ):
        credited.setdefault(key, []).append((figures[0], figures[1], figures[2]))
    taken = taken_as_unused(connection, invoice_id)
    rest: dict[int, Line] = {}
    for key, line in lines.items():
        gone = taken.get(key, Taken((), 0))
        for quantity, base, net in credited.get(key, ()):
            gone = gone.with_part(quantity, base, net)
        if key not in credited and key not in taken:
            rest[key] = line
        elif gone.net != line.net:
            rest[key] = rest_of(line, gone, currency)
    return rest


def _left(
    connection: Connection,
    invoice_id: int,
    payable: int,
    lines: Mapping[int, Line],
    rest: Mapping[int, Line],
) -> Left:
    groups: dict[Group, int] = {}
    for line in lines.values():
        groups[_group(line)] = groups.get(_group(line), 0) + line.net
    for category, rate, tax_parts, net in connection.exec_driver_sql(
        "SELECT x.category, x.rate, x.tax_parts, sum(x.net) "
        + _NOTES.format(table="invoice_line")
        + " GROUP BY x.category, x.rate, x.tax_parts",
        (invoice_id,),
    ):
        groups[Group(category, rate, tax_parts)] -= net
    (credited,) = connection.exec_driver_sql(
        "SELECT coalesce(sum(payable), 0) FROM invoice k WHERE k.corrects_id = ? AND k.run_id IS NULL", (invoice_id,)
    ).one()
    before = gross_of(groups)
    for key, taken in taken_as_unused(connection, invoice_id).items():
        groups[_group(lines[key])] -= taken.net
    parts = tuple(Part(key, _group(line), line.net) for key, line in rest.items())
    return Left(parts, groups, payable - credited - (before - gross_of(groups)))


def _group(line: Line) -> Group:
    return Group(line.category, line.rate, line.tax_parts)


def _credit_line(invoice: Original, part: Part, position: int, reason: str) -> Line:
    if part.key is not None:
        line = invoice.rest[part.key]
        # A deposit that is taken back lowers what waits in deposits, as its deduction would.
        deposit = invoice.id if invoice.kind == "deposit" else line.deducts_id
        return line._replace(position=position, deducts_id=deposit, corrects_line_id=part.key)
    return Line(
        position=position,
        agreement_line_id=None,
        item_id=None,
        rate_id=None,
        price_source="credit",
        description=words_for(invoice.language).corrects_undated.format(number=invoice.number),
        detail=reason,
        heading="",
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        quantity=SCALE,
        unit="",
        unit_price=scaled(to_major(part.net, invoice.currency)),
        base_quantity=SCALE,
        allowance=0,
        allowance_reason="",
        charge=0,
        net=part.net,
        tax_code_id=None,
        category=part.group.category,
        rate=part.group.rate,
        deducts_id=invoice.id if invoice.kind == "deposit" else None,
        tax_parts=part.group.parts,
    )
