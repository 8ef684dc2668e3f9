"""The catalogue and its prices: items and rates."""

from __future__ import annotations

from desktop.i18n import _, number_text
from desktop.importing.kinds.fields import Field, Kind, Values, Verdict, spelled
from desktop.importing.kinds.rules import check_price, check_quantity

MODES = {
    "flat": spelled("fixed | fix | standard | pauschal | fest | forfait | unique"),
    "volume": spelled("""
        volume pricing | all units | Menge | Staffel | Staffelpreis | Mengenstaffel | volumen
    """),
    "graduated": spelled("""
        tiered | per tier | gestaffelt | Stufe | stufenweise | par tranche | tranche | progressif
    """),
}
ITEM_NAMES = spelled("""
    item code | item no | item number | service | service item | product | product/service | product code | sku |
    Artikel | Artikelnummer | Artikel-Nr. | Leistung | Produkt | Dienstleistung | article | produit | prestation |
    code article | référence article
""")
CLIENT_NAMES = spelled("""
    client code | client id | client no | client number | customer | customer code | customer id | customer no |
    customer number | client name | customer name | customer full name | contact name | company | account |
    account number | Kunde | Kundennummer | Kunden-Nr. | Kundennr | Kd-Nr. | Kundenname | Firma | Debitor |
    Debitorennummer | code client | n° client | numéro client | nom du client | nom client
""")
CURRENCY_NAMES = spelled("currency code | ccy | Währung | Währungscode | devise | monnaie")

ITEM_FIELDS = (
    Field(
        "code",
        "code",
        spelled("""
            item code | item no | item number | item id | product code | product id | service code | sku | number |
            no | id | short name | Artikelnummer | Artikel-Nr. | ArtNr | Art.-Nr. | Nummer | Produktnummer |
            Leistungsnummer | Kürzel | code article | référence | réf | référence article | code produit
        """),
        required=True,
        remedy=lambda: _("Give each item a short code of its own, such as DEV."),
    ),
    Field(
        "name",
        "text",
        spelled("""
            item name | item | product name | service name | product/service name | product/service | product |
            service | title | sales description | description | Bezeichnung | Artikel | Artikelname |
            Artikelbezeichnung | Leistung | Produkt | Produktname | Produkt- oder Servicename | Titel | Beschreibung
            | désignation | libellé | nom | article | prestation | produit | intitulé
        """),
        required=True,
        remedy=lambda: _("Write the name that stands on invoice lines."),
    ),
    Field(
        "unit",
        "text",
        spelled("""
            unit of measure | unit name | uom | unit type | Einheit | Mengeneinheit | ME | unité | unité de mesure
        """),
    ),
    Field(
        "price",
        "price",
        spelled("""
            unit price | sales price | sales unit price | sales price / rate | sales price/rate | list price |
            net price | rate | SalesUnitPrice | default price | Preis | Einzelpreis | Verkaufspreis | VK | VK-Preis
            | VK netto | Netto-Preis | Nettopreis | Preis netto | Listenpreis | prix | prix unitaire |
            prix unitaire ht | prix de vente | prix ht | prix de vente ht | pu ht | tarif
        """),
    ),
    Field("currency", "currency", CURRENCY_NAMES),
    Field(
        "tax_code",
        "code",
        spelled("""
            tax | tax code | tax rate | tax type | vat | vat code | vat rate | sales tax | sales tax rate |
            tax class | Steuer | Steuersatz | Steuercode | Steuerschlüssel | MwSt | MwSt-Satz | USt | USt-Satz |
            Umsatzsteuer | Mehrwertsteuersatz | tva | taux tva | taux de tva | code tva | taxe
        """),
    ),
    Field("hsn_sac", "code", spelled("hsn | sac | hsn code | sac code | hsn/sac | hsn/sac code | hsn or sac")),
)

RATE_FIELDS = (
    Field(
        "item",
        "code",
        ITEM_NAMES,
        required=True,
        remedy=lambda: _("Write the code of the item that the price is for."),
    ),
    Field("client", "code", CLIENT_NAMES),
    Field(
        "from",
        "date",
        spelled("""
            valid from | from date | start | start date | effective | effective from | effective date | date |
            gültig ab | gilt ab | ab | von | ab Datum | Datum | Startdatum | valable dès | valable à partir du |
            à partir du | dès le | date d'effet | depuis
        """),
    ),
    Field("currency", "currency", CURRENCY_NAMES),
    Field(
        "up_to",
        "number",
        spelled("""
            up to | up to quantity | to quantity | tier | tier end | last unit | until quantity | max quantity | bis
            | bis Menge | Staffel bis | Staffelgrenze | jusqu'à | quantité max | palier
        """),
    ),
    Field(
        "price",
        "price",
        spelled("""
            unit price | rate | amount | unit amount | hourly rate | net price | Preis | Einzelpreis | Satz |
            Stundensatz | Nettopreis | Betrag | prix | prix unitaire | prix unitaire ht | tarif | taux |
            taux horaire | pu ht
        """),
        required=True,
        remedy=lambda: _("Write the price of one unit."),
    ),
    Field(
        "mode",
        "choice",
        spelled("""
            pricing mode | tier mode | pricing model | model | Modus | Staffelart | Preismodell | type de tarif
        """),
        choices=MODES,
    ),
)


def check_item(values: Values, verdict: Verdict) -> None:
    check_price(values, verdict, "price")
    if values["price"] == 0:
        verdict.note("price", _("The price is 0: lines of this item bill nothing until a rate or agreement prices it."))


def check_rate(values: Values, verdict: Verdict) -> None:
    check_price(values, verdict, "price", zero=False)
    check_quantity(values, verdict, "up_to")
    if values["up_to"] is not None and values["mode"] in (None, "flat"):
        verdict.reject(
            "mode",
            _("The price holds up to {up_to} units, but the row does not say how tiers count.").format(
                up_to=number_text(values["up_to"])
            ),
            _(
                "Write volume if all units cost the price of the tier that is reached, "
                "graduated if each tier's units cost its own."
            ),
        )
    values["mode"] = values["mode"] or "flat"


ITEMS = Kind("items", ITEM_FIELDS, check_item, key=("code",), made_from=("code", "name"))
RATES = Kind("rates", RATE_FIELDS, check_rate, key=spelled("item | client | from | currency | up_to"))
