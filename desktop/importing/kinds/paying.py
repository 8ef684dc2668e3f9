"""What a file of clients says of how they pay, and from which account debits are taken."""

from __future__ import annotations

from desktop.domain.identifiers import MANDATE_SIGNS, check_bic, check_iban, is_mandate
from desktop.domain.payment_order import routing_is_sound
from desktop.i18n import _
from desktop.importing.kinds.fields import Field, Values, Verdict, spelled
from desktop.saying import put

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
_SCHEMES = {
    "CORE": spelled("""
        SEPA Core | Core scheme | Basis | Basislastschrift | SEPA-Basislastschrift | de base | prélèvement de base |
        básico | adeudo básico
    """),
    "B2B": spelled("""
        SEPA B2B | business to business | Firmenlastschrift | SEPA-Firmenlastschrift | interentreprises |
        prélèvement interentreprises | entre empresas
    """),
}
_KINDS = {
    "checking": spelled("""
        checking account | current account | Girokonto | compte courant | compte chèque | cuenta corriente
    """),
    "savings": spelled("savings account | Sparkonto | compte épargne | compte d'épargne | cuenta de ahorro"),
}

PAYING = (
    Field(
        "payment_means",
        "choice",
        spelled("""
            payment means | pays by | Zahlungsweg | Zahlweise | moyen de paiement | medio de pago
        """),
        offered=False,
        choices=_MEANS,
    ),
    Field("iban", "code", spelled("iban number | Konto IBAN"), offered=False),
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
    Field(
        "mandate_scheme",
        "choice",
        spelled("""
            mandate type | SEPA scheme | direct debit scheme | debit scheme | Mandatsart | Lastschriftart |
            SEPA-Verfahren | type de mandat | type de prélèvement | schéma SEPA | tipo de mandato | esquema SEPA
        """),
        offered=False,
        choices=_SCHEMES,
    ),
    Field(
        "bic",
        "code",
        spelled("BIC code | SWIFT | SWIFT code | SWIFT/BIC | BIC/SWIFT | Konto BIC | code BIC | código BIC"),
        offered=False,
    ),
    Field(
        "routing",
        "code",
        spelled("""
            routing number | bank routing number | routing transit number | ABA | ABA number | ABA routing number |
            Routing-Nummer | Bankleitzahl USA | numéro de routage | code de routage | número de ruta
        """),
        offered=False,
    ),
    # An "account number" alone is the client's own in most programs' files.
    Field(
        "bank_account_number",
        "code",
        spelled("""
            bank account number | bank account no | bank account | Kontonummer der Bank | Bankkontonummer | Bankkonto |
            numéro de compte bancaire | compte bancaire | número de cuenta bancaria | cuenta bancaria
        """),
        offered=False,
    ),
    Field(
        "account_kind",
        "choice",
        spelled("""
            bank account type | kind of bank account | account type | Kontoart | Art des Bankkontos | type de compte |
            type de compte bancaire | tipo de cuenta | tipo de cuenta bancaria
        """),
        offered=False,
        choices=_KINDS,
    ),
)


def check_paying(values: Values, verdict: Verdict) -> None:
    for name, check in (("iban", check_iban), ("bic", check_bic)):
        if values[name] and not (checked := check(values[name])).ok:
            verdict.reject(name, put(checked.problem), _("Correct it, or leave it empty."))
    if values["mandate"] and not is_mandate(values["mandate"]):
        verdict.reject(
            "mandate",
            _("“{mandate}” is no mandate reference.").format(mandate=values["mandate"]),
            _("Write up to 35 letters, digits, spaces or any of {signs}.").format(signs=MANDATE_SIGNS),
        )
    if values["routing"] and not routing_is_sound("".join(values["routing"].split())):
        verdict.reject(
            "routing",
            _("A routing number has nine digits, and its last one checks the others."),
            _("Correct it, or leave it empty."),
        )
