"""What a file of clients says of how e-invoices reach them."""

from __future__ import annotations

from desktop.domain.electronic_address import ALL, check_address, usual_scheme
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
)


def check_einvoicing(values: Values, verdict: Verdict) -> None:
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
