"""Documents as they leave the house: issued ones from their frozen rows alone, drafts as they would be issued now."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from desktop.documents.words import words_for
from desktop.domain.billing import Draft, Line, TaxLine
from desktop.domain.billing.lines import part_of
from desktop.domain.document import (
    BankAccount,
    Document,
    DocumentLine,
    DocumentTax,
    Party,
    Registration,
    TemplateVersion,
)
from desktop.domain.einvoice_form import NONE
from desktop.domain.money import scaled_to_percent, unscaled
from desktop.domain.sealing import LINE_FIELDS, TAX_FIELDS
from desktop.domain.tax_catalogue import tax_codes
from desktop.domain.tax_parts import taxes_of
from desktop.domain.terms import parse_terms
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.change_sets import raw
from desktop.services.exchange import ExchangeRates
from desktop.services.issuing import due_parts
from desktop.services.runs.freezing import prepare, ready
from desktop.services.sandbox.refusing import origin_of
from desktop.services.templates.reading import template_versions
from desktop.services.unused_credits import corrected_invoices

Job = tuple[Document, TemplateVersion]

_CHUNK = 200

_HEAD = """SELECT i.id, i.number, i.kind, i.seller_id, i.buyer_id, i.template_version_id, i.issue_date, i.due_date,
 i.tax_date, i.period_start, i.period_end, i.language, i.discount, i.discount_until, i.po_number, i.buyer_reference,
 i.currency, i.net, i.tax, i.gross, i.prepaid, i.rounding, i.payable, i.tax_currency, i.tax_in_tax_currency,
 i.reason, i.texts, c.number AS corrects, c.issue_date AS corrects_date
 FROM invoice i LEFT JOIN invoice c ON c.id = i.corrects_id WHERE i.id IN (SELECT value FROM json_each(?))"""

# What stands under the same name among a document's texts, where it stands there at all.
_TOLD = ("einvoice", "means", "mandate", "creditor_id", "debited", "card", "project", "contract", "link", "upi_id")
_WORDS_OF_LAW = frozenset(
    code.exemption_text
    for country in ("DE", "GB", "CH")
    for code in tax_codes(country)
    if code.category in ("AE", "K", "G", "O")
)

_unscaled = lru_cache(maxsize=65_536)(unscaled)
_percent = lru_cache(maxsize=256)(scaled_to_percent)
_day = lru_cache(maxsize=8_192)(date.fromisoformat)
# The texts of a run's documents are nearly all the same; nobody changes what comes out.
_texts = lru_cache(maxsize=256)(json.loads)


def documents(book: Book, invoice_ids: Iterable[int]) -> Iterator[Job]:
    """Issued documents with the versions of the templates that print them, in the order of the ids.

    Nothing but frozen rows is read, so that a document is the same on any later day.
    """
    wanted = list(invoice_ids)
    parties: dict[int, Party] = {}
    templates: dict[int, TemplateVersion] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        with book.reading() as session:
            found = _read(session.connection(), chunk, parties, templates)
        yield from (found[number] for number in chunk)


def document(book: Book, invoice_id: int) -> Job:
    return next(documents(book, [invoice_id]))


def draft_document(book: Book, draft_id: int) -> Job:
    """A draft as it would be issued now, without a number. UserError where it is gone."""
    with book.reading() as session:
        connection = session.connection()
        row = connection.exec_driver_sql(
            "SELECT d.kind, d.client_id, d.currency, d.body, d.run_id, r.issue_date FROM draft d"
            " JOIN run r ON r.id = d.run_id WHERE d.id = ?",
            (draft_id,),
        ).fetchone()
        if row is None:
            raise UserError(_("The draft is not there any more."), _("Reload the run."))
        draft = Draft.from_body(row[0], row[1], row[2], json.loads(row[3]))
        ((document, version),) = drafted_documents(connection, [(draft_id, draft)], row[4], date.fromisoformat(row[5]))
        return document, template_versions(connection, [version])[version]


def drafted_documents(
    connection: Connection, drafts: Sequence[tuple[int, Draft]], run_id: int, issue_date: date, number: str = ""
) -> Iterator[tuple[Document, int]]:
    """Drafts of a run, by their ids, as they would be issued now, each with the id of its template's version."""
    payloads: list[dict[str, Any]] = []
    sandbox = origin_of(connection) is not None

    def keep(_connection: Connection, _role: str, more: Iterable[dict[str, Any]]) -> list[int]:
        first = len(payloads)
        payloads.extend(more)
        return list(range(first, len(payloads)))

    electronic = {draft.client_id for _id, draft in drafts if draft.einvoice != NONE}
    agreements = dict.fromkeys(key for _id, draft in drafts for key in draft.agreement_ids)
    papers = prepare(connection, [draft.client_id for _id, draft in drafts], agreements, keep, electronic)
    corrects = corrected_invoices(connection, drafts)
    exchange = ExchangeRates(connection)
    for draft_id, draft in drafts:
        corrected = corrects.get(draft_id)
        made = ready(draft, draft_id, run_id, issue_date, papers)
        terms = parse_terms(made.terms)
        parts = due_parts(made.kind, terms, issue_date, made.payable)
        try:
            tax_currency, told = exchange.told(made.tax, made.currency, made.tax_date or issue_date)
        except UserError:
            # The gate says it; a preview shows the rest.
            tax_currency, told = None, None
        head = {
            "number": number,
            "kind": made.kind,
            "issue_date": issue_date.isoformat(),
            "due_date": parts[-1][0].isoformat(),
            "tax_date": (made.tax_date or issue_date).isoformat(),
            "period_start": made.period_start,
            "period_end": made.period_end,
            "language": made.language,
            "discount": None if terms.discount_percent is None else int(terms.discount_percent * 10_000),
            "discount_until": (until := terms.discount_until(issue_date)) and until.isoformat(),
            "po_number": made.po_number,
            "buyer_reference": made.buyer_reference,
            "currency": made.currency,
            "net": made.net,
            "tax": made.tax,
            "gross": made.gross,
            "prepaid": made.prepaid,
            "rounding": made.rounding,
            "payable": made.payable,
            "tax_currency": tax_currency,
            "tax_in_tax_currency": told,
            "reason": made.reason,
            "corrects": corrected.number if corrected else None,
            "corrects_date": corrected.issue_date if corrected else None,
        }
        seller, buyer = Party(**payloads[made.seller_id]), Party(**payloads[made.buyer_id])
        document = _document(head, made.texts, made.lines, made.taxes, seller, buyer, parts, sandbox=sandbox)
        yield document, made.template_version_id


def _read(
    connection: Connection, ids: Sequence[int], parties: dict[int, Party], templates: dict[int, TemplateVersion]
) -> dict[int, Job]:
    wanted = (ids_text(ids),)
    heads = [dict(row) for row in connection.exec_driver_sql(_HEAD, wanted).mappings()]
    # Sixteen thousand lines a run: the driver gives them in half of SQLAlchemy's time.
    driver = raw(connection)
    lines: dict[int, list[Line]] = defaultdict(list)
    for invoice, *values in driver.execute(
        f"SELECT invoice_id, {', '.join(LINE_FIELDS)} FROM invoice_line"
        " WHERE invoice_id IN (SELECT value FROM json_each(?)) ORDER BY invoice_id, position",
        wanted,
    ):
        lines[invoice].append(Line(*values))
    taxes: dict[int, list[TaxLine]] = defaultdict(list)
    for invoice, *values in driver.execute(
        f"SELECT invoice_id, {', '.join(TAX_FIELDS)} FROM invoice_tax"
        " WHERE invoice_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        wanted,
    ):
        taxes[invoice].append(TaxLine(*values))
    parts: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for invoice, due, amount in driver.execute(
        "SELECT invoice_id, due_date, amount FROM open_item WHERE plan_id IS NULL AND invoice_id IN"
        " (SELECT invoice_id FROM open_item WHERE instalment = 2 AND plan_id IS NULL"
        " AND invoice_id IN (SELECT value FROM json_each(?))) ORDER BY invoice_id, instalment",
        wanted,
    ):
        parts[invoice].append((_day(due), amount))
    registered = {
        invoice: Registration(*answer)
        for invoice, *answer in driver.execute(
            "SELECT invoice_id, irn, ack_number, ack_at, signed_qr FROM registration"
            " WHERE cancelled_at IS NULL AND invoice_id IN (SELECT value FROM json_each(?))",
            wanted,
        )
    }
    unknown = {key for head in heads for key in (head["seller_id"], head["buyer_id"])} - parties.keys()
    for key, data in connection.exec_driver_sql(
        "SELECT id, data FROM party WHERE id IN (SELECT value FROM json_each(?))", (ids_text(unknown),)
    ):
        # Of one that was erased nothing is left to print.
        parties[key] = Party(**{"name": "", **json.loads(data)})
    templates.update(template_versions(connection, {head["template_version_id"] for head in heads} - templates.keys()))
    sandbox = origin_of(connection) is not None
    return {
        head["id"]: (
            _document(
                head,
                _texts(head["texts"]),
                lines[head["id"]],
                taxes[head["id"]],
                parties[head["seller_id"]],
                parties[head["buyer_id"]],
                parts.get(head["id"], ()),
                registered.get(head["id"]),
                sandbox=sandbox,
            ),
            templates[head["template_version_id"]],
        )
        for head in heads
    }


def _document(
    head: Mapping[str, Any],
    texts: Mapping[str, Any],
    lines: Sequence[Line],
    taxes: Sequence[TaxLine],
    seller: Party,
    buyer: Party,
    parts: Sequence[tuple[date, int]] = (),
    registration: Registration | None = None,
    *,
    sandbox: bool = False,
) -> Document:
    language = head["language"]
    delivery = texts.get("delivery")
    return Document(
        kind=head["kind"],
        number=head["number"],
        issue_date=_day(head["issue_date"]),
        due_date=_day(head["due_date"]),
        currency=head["currency"],
        language=language,
        seller=seller,
        buyer=buyer,
        lines=tuple(_line(line, language) for line in lines),
        taxes=tuple(
            DocumentTax(
                tax.category, _percent(tax.rate), tax.basis, tax.tax, _exemption(tax), tax.name, tax.exemption_code
            )
            for tax in taxes
        ),
        net=head["net"],
        tax=head["tax"],
        gross=head["gross"],
        payable=head["payable"],
        prepaid=head["prepaid"],
        rounding=head["rounding"],
        tax_date=_day_or_none(head["tax_date"]),
        period_start=_day_or_none(head["period_start"]),
        period_end=_day_or_none(head["period_end"]),
        po_number=head["po_number"],
        buyer_reference=head["buyer_reference"],
        agreement=texts.get("agreement", ""),
        discount_percent=None if head["discount"] is None else _percent(head["discount"]),
        discount_until=_day_or_none(head["discount_until"]),
        bank=tuple(
            BankAccount(account.get("holder", ""), account["iban"], account.get("bic", ""), account.get("bank", ""))
            for account in texts.get("bank", ())
        ),
        intro=texts.get("intro", ""),
        closing=texts.get("closing", ""),
        late_clause=texts.get("late_clause", ""),
        footer=texts.get("footer", ""),
        corrects=head["corrects"] or "",
        corrects_date=_day_or_none(head["corrects_date"]),
        reason=head["reason"],
        deposits=_deposits(lines),
        tax_currency=head["tax_currency"] or "",
        tax_in_tax_currency=head["tax_in_tax_currency"],
        instalments=tuple(parts) if len(parts) > 1 and head["kind"] != "credit_note" else (),
        delivery=Party(**{"name": "", **delivery}) if delivery else None,
        registration=registration,
        sandbox=sandbox,
        **{name: texts[name] for name in _TOLD if name in texts},
    )


def _exemption(tax: TaxLine) -> str:
    """What the firm itself says of a group without tax; the words of law come in the document's own language."""
    return "" if tax.exemption_text in _WORDS_OF_LAW else tax.exemption_text


def _line(line: Line, language: str) -> DocumentLine:
    description, detail = line.description, line.detail
    if line.deducts_id is not None:
        # Frozen are the deposit's number and date; the words around them are the document's language.
        description = f"{words_for(language).deposit_number} {description}"
        detail = date_text(_day(detail), language) if detail else ""
    return DocumentLine(
        position=line.position,
        description=description,
        quantity=_unscaled(line.quantity),
        unit=line.unit,
        unit_price=_unscaled(line.unit_price),
        net=line.net,
        category=line.category,
        rate=_percent(line.rate),
        base_quantity=_unscaled(line.base_quantity),
        allowance=line.allowance,
        charge=line.charge,
        allowance_reason=line.allowance_reason,
        period_start=_day_or_none(line.period_start),
        period_end=_day_or_none(line.period_end),
        detail=detail,
        group=line.heading,
        classification=line.classification,
    )


def _deposits(lines: Sequence[Line]) -> tuple[tuple[str, date, int, int, int], ...]:
    """(number, issue date, net, tax, gross) of each deposit that the lines deduct."""
    found: dict[int, list[Line]] = {}
    for line in lines:
        if line.deducts_id is not None and line.detail:
            found.setdefault(line.deducts_id, []).append(line)
    deposits = []
    for deducted in found.values():
        net = -sum(line.net for line in deducted)
        tax = -sum(part_of(line.net, rate) for line in deducted for _name, rate in taxes_of(line.rate, line.tax_parts))
        deposits.append((deducted[0].description, _day(deducted[0].detail), net, tax, net + tax))
    return tuple(deposits)


def _day_or_none(text: str | None) -> date | None:
    return _day(text) if text else None
