"""Turns a stored draft into a document ready to issue: parties, texts and template as they are at this moment."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.queries.billing import firm as firm_row
from db.queries.rows import ids_text
from desktop.domain.billing import ClientFacts, Draft, FirmFacts
from desktop.domain.billing.regimes import place_words, regime_of
from desktop.domain.money import scaled_to_percent
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.issuing import ReadyInvoice, freeze_parties
from desktop.services.runs.setting import firm_facts

_TAX = "place_of_supply, tax_certificate, withholding, withholding_section"
_NOT_PRINTED = frozenset({"id", *_TAX.split(", ")})
_PARTY = "contact, street, street2, postcode, city, region, country, tax_id, tax_number, email, phone"


@dataclass(slots=True)
class Papers:
    """What the documents of one transaction share: seller, bank accounts, texts, buyers and templates."""

    seller_id: int
    texts: dict[str, Any]
    accounts: list[dict[str, Any]]
    buyers: dict[int, int]
    templates: dict[int, int]
    fallback_template: int
    titles: dict[int, str]
    known_texts: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)


def seller_payload(connection: Connection) -> dict[str, Any]:
    row = connection.exec_driver_sql(f"SELECT name, {_PARTY}, website, registration FROM firm").mappings().one()
    return {key: value for key, value in row.items() if value}


def prepare(
    connection: Connection,
    client_ids: Iterable[int],
    agreement_ids: Iterable[int] = (),
    freeze: Callable[[Connection, str, Iterable[dict[str, Any]]], list[int]] = freeze_parties,
) -> Papers:
    """Freeze the seller and the buyers; UserError where the book has no template.

    A preview, which may not write, passes another `freeze` that keeps the payloads for itself.
    """
    (seller,) = freeze(connection, "seller", [seller_payload(connection)])
    told = firm_facts(firm_row(connection))
    clients = (
        connection.exec_driver_sql(
            f"SELECT id, code, name, {_PARTY}, {_TAX} FROM client WHERE id IN (SELECT value FROM json_each(?))",
            (ids_text(dict.fromkeys(client_ids)),),
        )
        .mappings()
        .all()
    )
    payloads = [_buyer_payload(dict(row), told) for row in clients]
    frozen = freeze(connection, "buyer", payloads)
    versions = connection.exec_driver_sql(
        "SELECT template_id, max(id) FROM template_version GROUP BY template_id"
    ).fetchall()
    if not versions:
        raise UserError(_("The book has no document template."), _("Restore a backup, or make a new book."))
    firm = connection.exec_driver_sql("SELECT intro, closing, late_clause, footer, template_id FROM firm").one()
    templates: dict[int, int] = {row[0]: row[1] for row in versions}
    titles = connection.exec_driver_sql(
        """SELECT id, CASE title WHEN '' THEN code ELSE title END FROM agreement
        WHERE id IN (SELECT value FROM json_each(?))""",
        (ids_text(dict.fromkeys(agreement_ids)),),
    ).fetchall()
    accounts = connection.exec_driver_sql(
        "SELECT holder, iban, bic, bank, currency FROM bank_account ORDER BY position, id"
    ).mappings()
    return Papers(
        seller_id=seller,
        texts={
            key: value
            for key, value in zip(("intro", "closing", "late_clause", "footer"), firm[:4], strict=True)
            if value
        },
        accounts=[dict(row) for row in accounts],
        buyers={row["id"]: party for row, party in zip(clients, frozen, strict=True)},
        templates=templates,
        fallback_template=templates.get(firm[4], int(versions[0][1])),
        titles={row[0]: row[1] for row in titles},
    )


def _buyer_payload(row: Mapping[str, Any], firm: FirmFacts) -> dict[str, Any]:
    """The client's address and ids, and what of its tax a document names: only what is there."""
    payload = {key: value for key, value in row.items() if value and key not in _NOT_PRINTED}
    regime = regime_of(firm.regime, firm.country)
    if regime in ("india", "us"):
        client = ClientFacts(
            id=row["id"],
            code=row["code"],
            name=row["name"],
            country=row["country"],
            currency="",
            tax_id=row["tax_id"],
            region=row["region"],
            place_of_supply=row["place_of_supply"],
        )
        if place := place_words(regime, firm, client):
            payload["place"] = place
    if row["tax_certificate"]:
        payload["certificate"] = row["tax_certificate"]
    if row["withholding"]:
        payload["withholding"] = f"{scaled_to_percent(row['withholding']):f}"
        if row["withholding_section"]:
            payload["section"] = row["withholding_section"]
    return payload


def texts_for(papers: Papers, currency: str, agreement: str = "", note: str = "") -> dict[str, Any]:
    """The texts that stand on one document, bank accounts of its currency or of any; the same for the same words."""
    key = (currency, agreement, note)
    known = papers.known_texts.get(key)
    if known is not None:
        return known
    accounts = [account for account in papers.accounts if account["currency"] in (None, "", currency)]
    texts = dict(papers.texts)
    if accounts:
        texts["bank"] = [{key: value for key, value in account.items() if value} for account in accounts]
    if agreement:
        texts["agreement"] = agreement
    if note:
        texts["intro"] = note
    papers.known_texts[key] = texts
    return texts


def ready(
    draft: Draft,
    draft_id: int,
    run_id: int,
    issue_date: date,
    papers: Papers,
    corrects_id: int | None = None,
    firm_rate: int | None = None,
) -> ReadyInvoice:
    """The document of a draft. A total below nothing becomes a credit note of the positive amounts.

    `corrects_id` is the invoice that it takes back days of, `firm_rate` that invoice's exchange rate.
    """
    start, end = draft.period
    sign = -1 if draft.gross < 0 else 1
    lines: Sequence[Any] = draft.lines
    if sign < 0:
        lines = [
            line._replace(quantity=-line.quantity, allowance=-line.allowance, charge=-line.charge, net=-line.net)
            for line in draft.lines
        ]
    taxes = [tax._replace(basis=sign * tax.basis, tax=sign * tax.tax) for tax in draft.taxes]
    title = ", ".join(papers.titles[key] for key in draft.agreement_ids if key in papers.titles)
    supplied = date.fromisoformat(end).toordinal() - 1 if end else None
    return ReadyInvoice(
        kind="credit_note" if sign < 0 else draft.kind,
        client_id=draft.client_id,
        seller_id=papers.seller_id,
        buyer_id=papers.buyers[draft.client_id],
        template_version_id=papers.templates.get(draft.template_id or 0, papers.fallback_template),
        issue_date=issue_date,
        terms=draft.terms,
        language=draft.language,
        currency=draft.currency,
        net=sign * draft.net,
        tax=sign * draft.tax,
        gross=sign * draft.gross,
        rounding=sign * draft.rounding,
        payable=sign * draft.payable,
        lines=lines,
        taxes=taxes,
        charges=draft.charges,
        agreement_id=draft.agreement_ids[0] if draft.agreement_ids else None,
        run_id=run_id,
        draft_id=draft_id,
        tax_date=min(date.fromordinal(supplied), issue_date) if supplied else issue_date,
        period_start=start,
        period_end=end,
        po_number=draft.po_number,
        buyer_reference=draft.buyer_reference,
        texts=texts_for(papers, draft.currency, title, draft.note),
        corrects_id=corrects_id,
        firm_rate=firm_rate,
    )
