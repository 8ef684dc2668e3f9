"""Turns a stored draft into a document ready to issue: parties, texts and template as they are at this moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping

from db.queries.billing import firm as firm_row
from db.queries.rows import ids_text
from desktop.domain.billing import ClientFacts, Draft, FirmFacts
from desktop.domain.billing.regimes import place_words, regime_of
from desktop.domain.einvoice_form import NONE
from desktop.domain.electronic_address import electronic_address
from desktop.domain.money import scaled_to_percent
from desktop.services.issuing import ReadyInvoice, freeze_parties
from desktop.services.runs.setting import firm_facts
from desktop.services.templates.choosing import Resolver, resolver

_TAX = "place_of_supply, tax_certificate, withholding, withholding_section"
_PAYING = "payment_means, mandate, iban, card, buyer_reference"
_NOT_PRINTED = frozenset({"id", *_TAX.split(", "), *_PAYING.split(", ")})
_ADDRESS = "street, street2, postcode, city, region, country"
_PARTY = f"contact, {_ADDRESS}, tax_id, tax_number, email, phone, endpoint, endpoint_scheme, legal_id, legal_scheme"
# What the words on one document stand under: whoever has the same shares them.
_Own = tuple[tuple[str, Any], ...]


_TEXTS = ("intro", "closing", "late_clause", "footer", "upi_id", "link")


@dataclass(slots=True)
class Papers:
    """What the documents of one transaction share: seller, bank accounts, texts, buyers and templates.

    `clients` are the texts that a client's documents have beside those of all (means, mandate, card, delivery),
    `agreements` those of an agreement's (project).
    """

    seller_id: int
    texts: dict[str, Any]
    accounts: list[dict[str, Any]]
    buyers: dict[int, int]
    templates: Resolver
    titles: dict[int, str]
    codes: dict[int, str]
    clients: dict[int, _Own]
    agreements: dict[int, _Own]
    known_texts: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)


def seller_payload(connection: Connection, *, electronic: bool = False) -> dict[str, Any]:
    """The firm as it stands on documents; where one of them is an e-invoice, with its electronic address."""
    row = connection.exec_driver_sql(f"SELECT name, {_PARTY}, website, registration FROM firm").mappings().one()
    payload = {key: value for key, value in row.items() if value}
    return _addressed(payload) if electronic else payload


def _addressed(payload: dict[str, Any], reference: str = "") -> dict[str, Any]:
    endpoint, scheme = electronic_address(
        payload.get("endpoint", ""),
        payload.get("endpoint_scheme", ""),
        country=payload.get("country", ""),
        tax_id=payload.get("tax_id", ""),
        email=payload.get("email", ""),
        reference=reference,
    )
    return {**payload, "endpoint": endpoint, "endpoint_scheme": scheme} if endpoint else payload


def prepare(
    connection: Connection,
    client_ids: Iterable[int],
    agreement_ids: Iterable[int] = (),
    freeze: Callable[[Connection, str, Iterable[dict[str, Any]]], list[int]] = freeze_parties,
    electronic: Collection[int] = (),
) -> Papers:
    """Freeze the seller and the buyers; UserError where the book has no template.

    A preview, which may not write, passes another `freeze` that keeps the payloads for itself. `electronic` are the
    clients of whose documents one is an e-invoice.
    """
    (seller,) = freeze(connection, "seller", [seller_payload(connection, electronic=bool(electronic))])
    told = firm_facts(firm_row(connection))
    wanted = ids_text(dict.fromkeys(client_ids))
    clients = (
        connection.exec_driver_sql(
            f"SELECT id, code, name, {_PARTY}, {_TAX}, {_PAYING} FROM client"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        .mappings()
        .all()
    )
    payloads = [_buyer_payload(dict(row), told) for row in clients]
    if electronic:
        payloads = [
            _addressed(payload, row["buyer_reference"]) if row["id"] in electronic else payload
            for row, payload in zip(clients, payloads, strict=True)
        ]
    frozen = freeze(connection, "buyer", payloads)
    firm = connection.exec_driver_sql(
        """SELECT intro, closing, late_clause, footer, upi_id, payment_link AS link, creditor_id
        FROM firm"""
    ).one()
    buyers = {row["id"]: party for row, party in zip(clients, frozen, strict=True)}
    agreement_keys = list(dict.fromkeys(agreement_ids))
    titles = connection.exec_driver_sql(
        """SELECT id, CASE title WHEN '' THEN code ELSE title END, code, project_reference FROM agreement
        WHERE id IN (SELECT value FROM json_each(?))""",
        (ids_text(agreement_keys),),
    ).fetchall()
    accounts = connection.exec_driver_sql(
        "SELECT holder, iban, bic, bank, currency FROM bank_account WHERE kind = 'bank' ORDER BY position, id"
    ).mappings()
    return Papers(
        seller_id=seller,
        texts={key: value for key, value in zip(_TEXTS, firm[: len(_TEXTS)], strict=True) if value},
        accounts=[dict(row) for row in accounts],
        buyers=buyers,
        templates=resolver(connection, buyers, agreement_keys),
        titles={row[0]: row[1] for row in titles},
        codes={row[0]: row[2] for row in titles},
        clients=_own_texts(connection, wanted, clients, firm.creditor_id),
        agreements={row[0]: (("project", row[3]),) for row in titles if row[3]},
    )


def _own_texts(connection: Connection, wanted: str, clients: Iterable[RowMapping], creditor_id: str) -> dict[int, _Own]:
    """How a client pays, if not by transfer, and where its goods go, if not to its own address."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for row in clients:
        means = row["payment_means"]
        if means == "debit":
            told = {"mandate": row["mandate"], "creditor_id": creditor_id, "debited": row["iban"]}
            found[row["id"]] |= {"means": means} | {key: value for key, value in told.items() if value}
        elif means == "card":
            found[row["id"]] |= {"means": means} | ({"card": row["card"]} if row["card"] else {})
    # The first one counts: rows come newest first, and the older one writes over the newer.
    for goods in connection.exec_driver_sql(
        f"""SELECT client_id, name, {_ADDRESS} FROM address WHERE kind = 'delivery'
        AND client_id IN (SELECT value FROM json_each(?)) ORDER BY id DESC""",
        (wanted,),
    ).mappings():
        address = {key: value for key, value in goods.items() if value and key != "client_id"}
        if address:
            # As text, so that it can stand in a key; `texts_for` reads it again.
            found[goods["client_id"]]["delivery"] = json.dumps(address)
    return {client: tuple(own.items()) for client, own in found.items()}


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


def texts_for(
    papers: Papers,
    currency: str,
    agreement: str = "",
    note: str = "",
    *,
    client_id: int | None = None,
    agreement_id: int | None = None,
    einvoice: str = NONE,
) -> dict[str, Any]:
    """The texts that stand on one document, bank accounts of its currency or of any; the same for the same words.

    Only an e-invoice names the agreement's code as its contract (BT-12): on paper its title tells more.
    """
    own = papers.clients.get(client_id or 0, ()) + papers.agreements.get(agreement_id or 0, ())
    if einvoice != NONE:
        own += (("einvoice", einvoice), ("contract", papers.codes.get(agreement_id or 0, "")))
    key = (currency, agreement, note, own)
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
    texts |= {name: json.loads(value) if name == "delivery" else value for name, value in own if value}
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
    kind = "credit_note" if sign < 0 else draft.kind
    agreement = draft.agreement_ids[0] if draft.agreement_ids else None
    title = ", ".join(papers.titles[key] for key in draft.agreement_ids if key in papers.titles)
    supplied = date.fromisoformat(end).toordinal() - 1 if end else None
    return ReadyInvoice(
        kind=kind,
        client_id=draft.client_id,
        seller_id=papers.seller_id,
        buyer_id=papers.buyers[draft.client_id],
        template_version_id=papers.templates.version(
            draft.template_id, draft.client_id, agreement, kind, draft.language
        ),
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
        agreement_id=agreement,
        run_id=run_id,
        draft_id=draft_id,
        tax_date=min(date.fromordinal(supplied), issue_date) if supplied else issue_date,
        period_start=start,
        period_end=end,
        po_number=draft.po_number,
        buyer_reference=draft.buyer_reference,
        texts=texts_for(
            papers,
            draft.currency,
            title,
            draft.note,
            client_id=draft.client_id,
            agreement_id=agreement,
            einvoice=draft.einvoice,
        ),
        corrects_id=corrects_id,
        firm_rate=firm_rate,
        delivery=draft.delivery,
    )
