"""Issues documents in bulk: takes numbers, freezes, charges, opens what is due, posts the journal and has them sent.

Everything here runs inside the caller's one write transaction, so a document exists wholly or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from desktop.domain.billing import Charged, Line, TaxLine
from desktop.domain.einvoice_form import NONE
from desktop.domain.journal import firm_factor, in_firm, invoice_postings
from desktop.domain.sealing import INVOICE_FIELDS, LINE_FIELDS, TAX_FIELDS, party_digest, seal
from desktop.domain.terms import PaymentTerms, parse_terms
from desktop.services.accounting.closing import closed_through, first_open
from desktop.services.accounting.deferrals import Deferrals
from desktop.services.charging import write_charges
from desktop.services.delivery.enqueueing import Outgoing, enqueue
from desktop.services.exchange import ExchangeRates
from desktop.services.series_counters import SeriesCounters

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


@dataclass(slots=True)
class ReadyInvoice:
    """A document complete but for its number, its date and what follows from them.

    `firm_rate` is the exchange rate where it is not the issue date's: a credit note keeps its invoice's. `delivery` is
    how the client gets it.
    """

    kind: str
    client_id: int
    seller_id: int
    buyer_id: int
    template_version_id: int
    issue_date: date
    terms: str
    language: str
    currency: str
    net: int
    tax: int
    gross: int
    payable: int
    lines: Sequence[Line]
    taxes: Sequence[TaxLine]
    charges: Sequence[Charged] = ()
    agreement_id: int | None = None
    run_id: int | None = None
    draft_id: int | None = None
    tax_date: date | None = None
    period_start: str | None = None
    period_end: str | None = None
    po_number: str = ""
    buyer_reference: str = ""
    prepaid: int = 0
    rounding: int = 0
    corrects_id: int | None = None
    reason: str = ""
    texts: dict[str, Any] = field(default_factory=dict)
    instalments: Sequence[tuple[date, int]] = ()
    firm_rate: int | None = None
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Issued:
    """What became of a ready document, in the order given."""

    id: int
    number: str
    issue_date: date
    due_date: date
    draft_id: int | None
    digest: str


@lru_cache(maxsize=512)
def _terms(text: str) -> PaymentTerms:
    return parse_terms(text)


def due_parts(kind: str, terms: PaymentTerms, issue_date: date, payable: int) -> Sequence[tuple[date, int]]:
    """(due date, amount) of what a document asks for under its terms, minor units.

    A deposit is the first part of something itself: all of it is due when the first instalment is.
    """
    parts = terms.instalments(issue_date, payable)
    return ((parts[0][0], payable),) if len(parts) > 1 and kind == "deposit" else parts


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


_INVOICE = _insert("invoice", ("id", *INVOICE_FIELDS, "seller_id", "buyer_id", "digest", "actor", "created_at"))
_LINE = _insert("invoice_line", ("id", "invoice_id", *LINE_FIELDS))
_TAX = _insert("invoice_tax", ("invoice_id", *TAX_FIELDS))
_OPEN = _insert("open_item", ("invoice_id", "instalment", "client_id", "currency", "due_date", "amount", "open"))
_CREDIT = _insert("open_credit", ("client_id", "currency", "credit_note_id", "dated", "amount", "open"))
_ENTRY = _insert("journal_entry", ("id", "kind", "booked_on", "invoice_id"))
_POSTING = _insert(
    "posting",
    (
        "entry_id",
        "role",
        "client_id",
        "currency",
        "amount",
        "firm_amount",
        "category",
        "rate",
        "period_start",
        "period_end",
    ),
)


def freeze_parties(connection: Connection, role: str, payloads: Iterable[dict[str, Any]]) -> list[int]:
    """Ids of frozen sellers or buyers with exactly these data, made where no document had them before."""
    payloads = list(payloads)
    texts = _unused(connection, role, [_encode(one) for one in payloads])
    digests = [party_digest(text) for text in texts]
    known = _parties(connection, role, digests)
    fresh = {
        digest: (role, digest, payload.get("name", ""), text)
        for digest, payload, text in zip(digests, payloads, texts, strict=True)
        if digest not in known
    }
    if fresh:
        connection.exec_driver_sql(
            "INSERT INTO party (role, digest, name, data) VALUES (?, ?, ?, ?)", list(fresh.values())
        )
        known |= _parties(connection, role, fresh)
    return [known[digest] for digest in digests]


def _unused(connection: Connection, role: str, texts: Sequence[str]) -> list[str]:
    """Data of a party that was erased, and that somebody entered anew, are written apart from those: in JSON a space
    means nothing, and makes another digest.
    """
    erased = {
        row[0]
        for row in connection.exec_driver_sql(
            "SELECT digest FROM party WHERE role = ? AND erasure_id IS NOT NULL AND EXISTS (SELECT 1 FROM erasure)",
            (role,),
        )
    }
    found = list(texts)
    for place, text in enumerate(found):
        while party_digest(text) in erased:
            text += " "
        found[place] = text
    return found


def _parties(connection: Connection, role: str, digests: Iterable[str]) -> dict[str, int]:
    rows = connection.exec_driver_sql(
        "SELECT digest, id FROM party WHERE role = ? AND digest IN (SELECT value FROM json_each(?))",
        (role, json.dumps(list(digests))),
    )
    return {digest: int(party) for digest, party in rows}


def _texts(texts: dict[str, Any], known: dict[int, str]) -> str:
    """As JSON; documents that share their texts share the work."""
    found = known.get(id(texts))
    if found is None:
        found = known[id(texts)] = _encode(texts)
    return found


def _next_id(connection: Connection, table: str) -> int:
    (highest,) = connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone() or (0,)
    return int(highest) + 1


def issue_documents(connection: Connection, documents: Sequence[ReadyInvoice], *, actor: str, now: str) -> list[Issued]:
    """Number, freeze, charge, open and post the documents, and put them into the outbox; amounts in minor units, `now`
    UTC text.

    The first open day takes what would be dated in a closed period.
    A credit note opens a credit of its gross instead of something due. Raises UserError where a series is missing and
    IntegrityError where the schema refuses (billed already); the caller's transaction then rolls back.
    """
    series = SeriesCounters(connection)
    exchange = ExchangeRates(connection)
    deferrals = Deferrals.of(connection)
    closed = closed_through(connection)
    invoice_id = _next_id(connection, "invoice")
    line_id = _next_id(connection, "invoice_line")
    entry_id = _next_id(connection, "journal_entry")
    party_ids = {p for d in documents for p in (d.seller_id, d.buyer_id)}
    marks = ", ".join("?" * len(party_ids))
    digests: dict[int, str] = {}
    for party, digest in connection.exec_driver_sql(
        f"SELECT id, digest FROM party WHERE id IN ({marks})", tuple(party_ids)
    ):
        digests[party] = digest
    invoices: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    taxes: list[tuple[Any, ...]] = []
    opened: list[tuple[Any, ...]] = []
    credits: list[tuple[Any, ...]] = []
    charges: list[tuple[int, Charged]] = []
    entries: list[tuple[Any, ...]] = []
    postings: list[tuple[Any, ...]] = []
    issued: list[Issued] = []
    outgoing: list[Outgoing] = []
    texts_known: dict[int, str] = {}
    for document in documents:
        text, series_id, year, sequence, day = series.take(document.kind, first_open(closed, document.issue_date))
        terms = _terms(document.terms)
        instalments = document.instalments or due_parts(document.kind, terms, day, document.payable)
        due = instalments[-1][0]
        rate = document.firm_rate or exchange.on(document.currency, day)
        factor = firm_factor(rate, document.currency, exchange.firm_currency)
        issue_text, due_text = day.isoformat(), due.isoformat()
        discount_until = terms.discount_until(day) if terms.discount_percent is not None else None
        firm_gross, firm_tax = in_firm(document.gross, factor), in_firm(document.tax, factor)
        tax_currency, told = exchange.told(document.tax, document.currency, document.tax_date or day)
        frozen = (
            text,
            document.kind,
            series_id,
            year,
            sequence,
            document.client_id,
            document.agreement_id,
            document.run_id,
            document.template_version_id,
            issue_text,
            (document.tax_date or day).isoformat(),
            due_text,
            document.period_start,
            document.period_end,
            document.language,
            document.terms,
            int(terms.discount_percent * 10_000) if terms.discount_percent is not None else None,
            discount_until.isoformat() if discount_until else None,
            document.po_number,
            document.buyer_reference,
            document.currency,
            document.net,
            document.tax,
            document.gross,
            document.prepaid,
            document.rounding,
            document.payable,
            exchange.firm_currency,
            rate,
            firm_gross - firm_tax if firm_gross is not None and firm_tax is not None else None,
            firm_tax,
            firm_gross,
            tax_currency,
            told,
            document.corrects_id,
            document.reason,
            _texts(document.texts, texts_known),
        )
        plan = [(k, day_due.isoformat(), amount) for k, (day_due, amount) in enumerate(instalments, 1)]
        sealed = seal(
            frozen,
            document.lines,
            document.taxes,
            [] if document.kind == "credit_note" else plan,
            digests[document.seller_id],
            digests[document.buyer_id],
        )
        invoices.append((invoice_id, *frozen, document.seller_id, document.buyer_id, sealed, actor, now))
        for line in document.lines:
            lines.append((line_id, invoice_id, *line))
            line_id += 1
        taxes += [(invoice_id, *tax) for tax in document.taxes]
        if document.kind == "credit_note":
            credits.append(
                (document.client_id, document.currency, invoice_id, issue_text, document.payable, document.payable)
            )
        else:
            opened += [
                (invoice_id, k, document.client_id, document.currency, day_due, amount, amount)
                for k, day_due, amount in plan
            ]
        charges += [(invoice_id, charge) for charge in document.charges]
        entries.append(
            (entry_id, "credit_note" if document.kind == "credit_note" else "invoice", issue_text, invoice_id)
        )
        if deferrals is None:
            told_lines = [
                (
                    x.net,
                    x.category,
                    x.rate,
                    x.period_start,
                    x.period_end,
                    "revenue" if x.deducts_id is None else "deposits",
                )
                for x in document.lines
            ]
        else:
            told_lines = deferrals.booked(
                document.kind,
                document.lines,
                day,
                invoice_id,
                line_id - len(document.lines),
                document.agreement_id,
                document.corrects_id,
                document.currency,
            )
        sides = invoice_postings(
            document.kind,
            document.client_id,
            document.currency,
            document.gross,
            told_lines,
            [(x.category, x.rate, x.tax) for x in document.taxes],
            factor,
            document.rounding,
        )
        postings += [(entry_id, *posting) for posting in sides]
        if deferrals is not None:
            deferrals.keep(sides, factor)
        issued.append(Issued(invoice_id, text, day, due, document.draft_id, sealed))
        outgoing.append(
            Outgoing(
                invoice_id,
                text,
                document.client_id,
                document.run_id,
                document.delivery,
                document.texts.get("einvoice", NONE),
            )
        )
        invoice_id += 1
        entry_id += 1
    for statement, rows in (
        (_INVOICE, invoices),
        (_LINE, lines),
        (_TAX, taxes),
        (_OPEN, opened),
        (_CREDIT, credits),
        (_ENTRY, entries),
        (_POSTING, postings),
    ):
        if rows:
            connection.exec_driver_sql(statement, rows)
    if deferrals is not None:
        deferrals.write()
    write_charges(connection, charges)
    enqueue(connection, outgoing, actor=actor, now=now)
    series.store()
    return issued
