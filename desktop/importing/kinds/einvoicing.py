"""What a file of clients says of e-invoices and of how they pay."""

from __future__ import annotations

from desktop.domain.electronic_address import ALL, check_address, usual_scheme
from desktop.domain.identifiers import MANDATE_SIGNS, is_mandate
from desktop.i18n import _
from desktop.importing.kinds.fields import Field, Values, Verdict, spelled
from desktop.saying import put

_FORMS = {
    "none": spelled("no | nein | keine | non | aucune | no e-invoice | PDF | paper | Papier"),
    "facturx": ("factur-x", "zugferd"),
    "xrechnung": spelled("x-rechnung | XRechnung CII"),
    "xrechnung_ubl": ("XRechnung UBL",),
    "peppol": spelled("Peppol BIS | Peppol BIS 3 | UBL"),
}
_MEANS = {
    "transfer": spelled("""
        bank transfer | credit transfer | Überweisung | SEPA-Überweisung | virement | transferencia
    """),
    "debit": spelled("""
        direct debit | SEPA direct debit | Lastschrift | SEPA-Lastschrift | Bankeinzug | prélèvement |
        prélèvement SEPA | domiciliación | adeudo directo
    """),
    "card": spelled("credit card | debit card | Karte | Kreditkarte | carte | carte bancaire | tarjeta"),
}

ADDRESSING = (
    Field(
        "einvoice",
        "choice",
        spelled("""
            e-invoice | e-invoice format | e-invoicing format | electronic invoice | E-Rechnung | E-Rechnungsformat |
            elektronische Rechnung | Rechnungsformat | facture électronique | format de facture | factura electrónica |
            formato de factura | fattura elettronica
        """),
        offered=False,
        choices=_FORMS,
    ),
    Field(
        "endpoint",
        "code",
        spelled("""
            electronic address | e-invoice address | Peppol ID | Peppol participant | elektronische Adresse |
            Empfänger-ID | Peppol-ID | adresse de facturation électronique | identifiant Peppol | dirección electrónica
        """),
        offered=False,
    ),
    Field(
        "endpoint_scheme",
        "code",
        spelled("""
            electronic address scheme | EAS | scheme of the address | Schema der elektronischen Adresse | EAS-Code |
            schéma d'adresse électronique | esquema de dirección electrónica
        """),
        offered=False,
    ),
    Field(
        "legal_id",
        "code",
        spelled("""
            legal id | company number | register number | registration number | Handelsregisternummer |
            Registernummer | Firmenbuchnummer | numéro d'immatriculation | RCS | número de registro
        """),
        offered=False,
    ),
    Field(
        "payment_means",
        "choice",
        spelled("""
            payment means | pays by | Zahlungsweg | Zahlweise | moyen de paiement | medio de pago
        """),
        offered=False,
        choices=_MEANS,
    ),
)
MANDATE = (
    Field(
        "mandate",
        "code",
        spelled("""
            mandate reference | SEPA mandate | mandate id | Mandatsreferenz | SEPA-Mandat | Mandat |
            référence de mandat | RUM | référence unique du mandat | referencia del mandato
        """),
        offered=False,
    ),
    Field(
        "mandate_date",
        "date",
        spelled("""
            mandate date | date of the mandate | mandate signed on | Mandatsdatum | Mandat vom | date du mandat |
            date de signature du mandat | fecha del mandato
        """),
        offered=False,
    ),
)


def check_einvoicing(values: Values, verdict: Verdict) -> None:
    if values["mandate"] and not is_mandate(values["mandate"]):
        verdict.reject(
            "mandate",
            _("“{mandate}” is no mandate reference.").format(mandate=values["mandate"]),
            _("Write up to 35 letters, digits, spaces or any of {signs}.").format(signs=MANDATE_SIGNS),
        )
    _check_address(values, verdict)


def _check_address(values: Values, verdict: Verdict) -> None:
    scheme = (values["endpoint_scheme"] or "").upper()
    if values["endpoint"]:
        scheme = scheme or usual_scheme(values["endpoint"], values["country"] or "")
        if not scheme:
            verdict.reject(
                "endpoint_scheme",
                _("It is not said what kind of address “{text}” is.").format(text=values["endpoint"]),
                _("Write the code of its scheme, such as 0088 for a GLN."),
            )
        elif not (checked := check_address(scheme, values["endpoint"])).ok:
            verdict.reject("endpoint", put(checked.problem), _("Correct it, or leave it empty."))
    elif scheme and scheme not in ALL:
        verdict.reject(
            "endpoint_scheme",
            _("“{code}” is no scheme of electronic addresses.").format(code=scheme),
            _("Correct it, or leave it empty."),
        )
