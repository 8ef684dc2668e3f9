"""Projects: the milestones of a price, and what was agreed to change."""

from __future__ import annotations

from decimal import Decimal

from desktop.i18n import _, date_text, number_text
from desktop.importing.kinds.billables import AGREEMENT_NAMES
from desktop.importing.kinds.catalogue import CURRENCY_NAMES, ITEM_NAMES
from desktop.importing.kinds.fields import Field, Kind, Values, Verdict, spelled
from desktop.importing.kinds.rules import check_decimals, check_price, check_product

MILESTONE_FIELDS = (
    Field(
        "id",
        "code",
        spelled("milestone id | external id | uuid | Meilenstein-ID | Meilensteinnummer | Kennung | identifiant"),
    ),
    Field(
        "agreement",
        "code",
        AGREEMENT_NAMES,
        required=True,
        remedy=lambda: _("Write the code of the agreement that the milestone is part of."),
    ),
    Field(
        "name",
        "text",
        spelled("""
            milestone | milestone name | deliverable | phase | stage | title | description | task | Meilenstein |
            Bezeichnung | Titel | Beschreibung | jalon | étape | libellé | désignation | livrable
        """),
        required=True,
        remedy=lambda: _("Write what is reached, as it shall stand on the invoice."),
    ),
    Field(
        "amount",
        "amount",
        spelled("""
            net amount | net | value | price | fee | milestone amount | Betrag | Nettobetrag | Wert | Preis | netto |
            montant | montant ht | prix | valeur
        """),
    ),
    Field(
        "percent",
        "percent",
        spelled("""
            % | percentage | share | percent of price | fraction | Prozent | Prozentsatz | Anteil | Anteil % |
            pourcentage | pour cent | part
        """),
    ),
    Field(
        "due",
        "date",
        spelled("""
            due date | planned | planned on | planned date | target date | target | deadline | expected | Termin |
            geplant | geplant am | Plantermin | fällig | fällig am | Zieldatum | échéance | prévu | prévu le |
            date prévue
        """),
    ),
    Field(
        "done",
        "date",
        spelled("""
            done on | done date | completed | completed on | completion date | reached | reached on | accepted |
            accepted on | actual date | erledigt | erledigt am | erreicht | erreicht am | abgenommen | abgenommen am |
            Abnahme | fertig am | terminé | terminé le | atteint le | réalisé le | date de réception
        """),
    ),
    Field("item", "code", ITEM_NAMES, offered=False),
    Field("currency", "currency", CURRENCY_NAMES, offered=False),
)

CHANGE_FIELDS = (
    Field(
        "agreement",
        "code",
        AGREEMENT_NAMES,
        required=True,
        remedy=lambda: _("Write the code of the agreement that changes."),
    ),
    Field(
        "date",
        "date",
        spelled("""
            effective | effective date | effective from | from | valid from | change date | as of | start | dated |
            Datum | gültig ab | gilt ab | wirksam ab | ab | Änderungsdatum | zum | date d'effet | à partir du |
            dès le | valable dès | date de modification
        """),
        required=True,
        remedy=lambda: _("Write the first day on which the change holds."),
    ),
    Field("item", "code", ITEM_NAMES + spelled("plan | plan code | service code")),
    Field(
        "quantity",
        "number",
        spelled("""
            qty | new quantity | units | seats | licences | licenses | Menge | neue Menge | Anzahl | neue Anzahl |
            quantité | nouvelle quantité | qté | nombre
        """),
    ),
    Field(
        "unit_price",
        "price",
        spelled("""
            price | new price | new unit price | unit amount | amount | rate | fee | value | Einzelpreis | Preis |
            neuer Preis | Betrag | Wert | prix | nouveau prix | prix unitaire | montant | tarif
        """),
    ),
    Field(
        "reason",
        "lines",
        spelled("""
            change | description | why | comment | note | notes | text | Grund | Begründung | Änderung | Beschreibung |
            Bemerkung | motif | raison | description | commentaire | objet
        """),
    ),
    Field(
        "reference",
        "code",
        spelled("""
            ref | reference number | change order | change order number | change request | co number | cr number |
            order reference | document | Referenz | Nachtrag | Nachtragsnummer | Änderungsauftrag | Aktenzeichen |
            Zeichen | référence | réf | avenant | numéro d'avenant | ordre de modification
        """),
    ),
    Field(
        "id", "code", spelled("change id | external id | uuid | Änderungs-ID | Kennung | identifiant"), offered=False
    ),
    Field("currency", "currency", CURRENCY_NAMES, offered=False),
)

_ALL = Decimal(100)


def check_milestone(values: Values, verdict: Verdict) -> None:
    amount, percent = values["amount"], values["percent"]
    check_decimals(values, verdict, ("amount",))
    if amount is not None and percent is not None:
        verdict.reject(
            "percent",
            _("The milestone has an amount, {amount}, and a percentage, {percent} %.").format(
                amount=number_text(amount), percent=number_text(percent)
            ),
            _("Write one of the two: an amount stays, a percentage follows the price as it changes."),
        )
    if amount is not None and amount <= 0:
        verdict.reject(
            "amount",
            _("An amount of {amount} would bill nothing.").format(amount=number_text(amount)),
            _("Write the net amount, or leave the row out."),
        )
    if percent is not None and not 0 < percent <= _ALL:
        verdict.reject(
            "percent",
            _("{percent} % is no share of a price.").format(percent=number_text(percent)),
            _("Write a figure above 0 and up to 100."),
        )


def check_change(values: Values, verdict: Verdict) -> None:
    check_price(values, verdict, "unit_price")
    check_product(values, verdict)
    if values["quantity"] == 0:
        verdict.reject(
            "quantity",
            _("A quantity of 0 ends the line on {day}.").format(day=date_text(values["date"]))
            if values["date"] is not None
            else _("A quantity of 0 ends the line."),
            _("Give the line that end date in its agreement instead."),
        )


MILESTONES = Kind("milestones", MILESTONE_FIELDS, check_milestone, key=("id",), one_of=(("amount", "percent"),))
CHANGES = Kind("changes", CHANGE_FIELDS, check_change, key=("id",), one_of=(("quantity", "unit_price", "item"),))
