"""Opening items: invoices issued before the book began and not yet paid."""

from __future__ import annotations

from desktop.i18n import _, number_text
from desktop.importing.kinds.catalogue import CLIENT_NAMES, CURRENCY_NAMES
from desktop.importing.kinds.fields import Field, Kind, Values, Verdict, spelled
from desktop.importing.kinds.rules import check_decimals, check_order

FIELDS = (
    Field(
        "number",
        "code",
        spelled("""
            invoice number | invoice no | invoice no. | invoice # | invoice id | invoice | num | no | doc number |
            document number | Rechnungsnummer | Rechnungs-Nr. | Rechnungsnr | Re-Nr. | Rechnung | Belegnummer |
            Beleg-Nr. | Belegfeld 1 | Nummer | n° facture | numéro de facture | numéro facture | n° de facture |
            facture | numéro | n° pièce | pièce
        """),
        required=True,
        remedy=lambda: _("Write the number that stands on the invoice."),
    ),
    Field(
        "client",
        "code",
        CLIENT_NAMES,
        required=True,
        remedy=lambda: _("Write the code of the client who owes it."),
    ),
    Field(
        "issue_date",
        "date",
        spelled("""
            date | invoice date | issued | issued on | date issued | document date | Rechnungsdatum | Datum |
            Belegdatum | Ausstellungsdatum | date de facture | date facture | date d'émission | émise le |
            date de facturation
        """),
        required=True,
        remedy=lambda: _("Write the date of the invoice."),
    ),
    Field(
        "due_date",
        "date",
        spelled("""
            due | due on | date due | invoice due date | payment due | Fälligkeit | Fälligkeitsdatum | fällig am |
            fällig | zahlbar bis | Zahlungsziel | échéance | date d'échéance | à payer avant le
        """),
    ),
    Field("currency", "currency", CURRENCY_NAMES),
    Field(
        "gross",
        "amount",
        spelled("""
            total | gross amount | gross total | invoice total | invoice amount | amount | total amount |
            original amount | total incl tax | total incl. vat | Brutto | Bruttobetrag | Betrag | Gesamtbetrag |
            Rechnungsbetrag | Summe | Betrag brutto | Umsatz | montant ttc | total ttc | ttc | montant |
            montant total
        """),
        required=True,
        remedy=lambda: _("Write the invoice's total with tax."),
    ),
    Field(
        "open",
        "amount",
        spelled("""
            open balance | open amount | amount due | invoice amount due | balance | balance due | outstanding |
            outstanding amount | amount outstanding | unpaid | remaining | residual | Offen | offener Betrag |
            offener Posten | Restbetrag | Restschuld | Saldo | noch offen | reste à payer | solde | solde dû |
            restant dû | montant dû | reste dû
        """),
    ),
)


def check(values: Values, verdict: Verdict) -> None:
    gross, still_open = values["gross"], values["open"]
    check_order(values, verdict, "issue_date", "due_date", _("The invoice of {first} would be due before, on {last}."))
    check_decimals(values, verdict, ("gross", "open"))
    if gross is None:
        return
    if gross <= 0:
        verdict.reject(
            "gross",
            _("A total of {gross} is nothing that the client owes.").format(gross=number_text(gross)),
            _("Leave the row out; enter a client's credit as a payment without an invoice."),
        )
    elif still_open is None:
        values["open"] = gross
        verdict.note("open", _("Nothing is said about payments: the whole total is taken as open."))
    elif still_open < 0 or still_open > gross:
        verdict.reject(
            "open",
            _("{open} open is not between 0 and the total of {gross}.").format(
                open=number_text(still_open), gross=number_text(gross)
            ),
            _("Correct one of the two amounts."),
        )
    elif still_open == 0:
        verdict.note("open", _("Nothing is open any more."))


KIND = Kind("opening", FIELDS, check, key=("number",))
