"""Agreements: one row a line, one agreement a code."""

from __future__ import annotations

from decimal import Decimal

from desktop.i18n import _, number_text
from desktop.importing.kinds.catalogue import CLIENT_NAMES, CURRENCY_NAMES, ITEM_NAMES
from desktop.importing.kinds.fields import Field, Kind, Values, Verdict, spelled
from desktop.importing.kinds.rules import (
    check_decimals,
    check_order,
    check_percent,
    check_price,
    check_product,
    check_quantity,
)

BILLINGS = {
    "recurring": spelled("""
        retainer | subscription | periodic | recurrent | flat | wiederkehrend | Abo | Abonnement | Pauschale |
        Retainer | laufend | récurrent | abonnement | forfait
    """),
    "time": spelled("""
        time and materials | time & materials | t&m | hourly | hours | Aufwand | nach Aufwand | Stunden | Zeit |
        régie | temps passé | au temps passé | horaire
    """),
    "usage": spelled("""
        metered | usage based | usage-based | consumption | pay as you go | Verbrauch | verbrauchsabhängig | Nutzung |
        nach Verbrauch | consommation | à l'usage | à la consommation
    """),
    "fixed": spelled("""
        fixed price | project | milestone | milestones | one-off | Festpreis | Projekt | Meilenstein | prix fixe |
        projet | jalon
    """),
    "hybrid": spelled("mixed | gemischt | mixte | hybride"),
}
ALIGNMENTS = {
    "calendar": spelled("""
        calendar month | 1st | first of month | kalendarisch | Kalender | Kalendermonat | calendaire | mois civil
    """),
    "anniversary": spelled("""
        contract date | start date | rolling | Jahrestag | Vertragsbeginn | ab Vertragsbeginn | anniversaire |
        date anniversaire
    """),
    "bcd": spelled("""
        bill cycle day | bill-cycle day | billing day | day of month | Stichtag | Abrechnungstag |
        jour de facturation
    """),
}
TIMINGS = {
    "advance": spelled("""
        in advance | prepaid | upfront | vorschüssig | im Voraus | voraus | vorab | d'avance | à l'avance |
        terme à échoir | à échoir
    """),
    "arrears": spelled("""
        in arrears | arrear | postpaid | nachschüssig | im Nachhinein | nachträglich | rückwirkend | à terme échu |
        terme échu | échu
    """),
}

FIELDS = (
    Field(
        "code",
        "code",
        spelled("""
            agreement | agreement code | agreement no | agreement number | contract | contract code | contract no |
            contract number | contract id | subscription id | subscription | number | no | id | Vertrag |
            Vertragsnummer | Vertrags-Nr. | Vertragsnr | Nummer | Abo-Nr. | contrat | n° contrat | numéro de contrat
            | code contrat | numéro | référence
        """),
        required=True,
        remedy=lambda: _("Give each agreement a code of its own; rows with the same code are its lines."),
    ),
    Field(
        "client",
        "code",
        CLIENT_NAMES,
        required=True,
        remedy=lambda: _("Write the code of the client."),
    ),
    Field("segment", "text", spelled("group | category | class | Gruppe | Kategorie | groupe | catégorie")),
    Field(
        "billing",
        "choice",
        spelled("""
            billing type | billing method | type | contract type | Abrechnungsart | Abrechnung | Vertragsart | Art |
            type de facturation | facturation | mode de facturation
        """),
        line=True,
        choices=BILLINGS,
    ),
    Field("item", "code", ITEM_NAMES + spelled("plan | plan code"), line=True),
    Field(
        "description",
        "lines",
        spelled("""
            text | line description | details | memo | Beschreibung | Bezeichnung | Leistungsbeschreibung |
            désignation | libellé | détail | intitulé
        """),
        line=True,
    ),
    Field(
        "quantity",
        "number",
        spelled("""
            qty | units | seats | licences | Menge | Anzahl | Stück | quantité | qté | nombre
        """),
        line=True,
    ),
    Field(
        "unit_price",
        "price",
        spelled("""
            price | unit amount | rate | fee | monthly fee | net price | Einzelpreis | Preis | E-Preis | Satz |
            Nettopreis | Gebühr | prix | prix unitaire | prix unitaire ht | pu ht | tarif | redevance
        """),
        line=True,
    ),
    Field(
        "discount_percent",
        "percent",
        spelled("""
            discount | discount % | discount rate | Rabatt | Rabatt % | Rabattsatz | Nachlass | remise | remise % |
            taux de remise | rabais
        """),
        line=True,
    ),
    Field(
        "every",
        "interval",
        spelled("""
            interval | billing interval | frequency | billing frequency | billing period | billing cycle | period |
            cadence | cycle | Intervall | Abrechnungsintervall | Turnus | Rhythmus | Abrechnungsrhythmus | Periode |
            Abrechnungszeitraum | Zahlungsweise | périodicité | fréquence | période | intervalle
        """),
    ),
    Field(
        "alignment",
        "choice",
        spelled("billing alignment | align | Ausrichtung | Abgrenzung | alignement | calage"),
        choices=ALIGNMENTS,
    ),
    Field(
        "anchor",
        "anchor",
        spelled("""
            anchor date | billing anchor | billing day | bill day | bill cycle day | first billing date | Stichtag |
            Abrechnungstag | Anker | Ankerdatum | jour de facturation | date d'ancrage | ancrage
        """),
    ),
    Field(
        "timing",
        "choice",
        spelled("""
            bill in | billing timing | in advance or arrears | advance or arrears | Fakturierung | Zeitpunkt |
            Abrechnungszeitpunkt | terme | moment de facturation
        """),
        choices=TIMINGS,
    ),
    Field(
        "start",
        "date",
        spelled("""
            start date | from | valid from | contract start | begin | begins | effective date | Beginn | Start |
            Startdatum | Vertragsbeginn | Anfang | gültig ab | von | ab | début | date de début | début du contrat |
            date d'effet | depuis le
        """),
        required=True,
        remedy=lambda: _("Write the first day of the agreement."),
    ),
    Field(
        "end",
        "date",
        spelled("""
            end date | to | until | valid to | valid until | contract end | ends | expiry | expiry date | Ende |
            Enddatum | Vertragsende | gültig bis | bis | fin | date de fin | fin du contrat | jusqu'au
        """),
    ),
    Field(
        "po_number",
        "code",
        spelled("""
            po | po no | po # | purchase order | purchase order number | order number | Bestellnummer | Bestell-Nr.
            | Bestellung | Auftragsnummer | bon de commande | n° commande | n° bon de commande | numéro de commande
        """),
    ),
    Field(
        "po_limit",
        "amount",
        spelled("""
            po amount | po value | purchase order limit | Bestellwert | Bestelllimit | Auftragswert |
            montant commande | montant du bon de commande | plafond
        """),
    ),
    Field(
        "charged_through",
        "date",
        spelled("""
            billed through | billed until | invoiced through | invoiced until | invoiced to | paid through |
            last billed | abgerechnet bis | berechnet bis | fakturiert bis | facturé jusqu'au | facturé jusqu'à
        """),
    ),
    Field(
        "title",
        "text",
        spelled("name | agreement name | contract name | Titel | Name | Vertragsname | nom | titre"),
        offered=False,
    ),
    Field("currency", "currency", CURRENCY_NAMES, offered=False),
    Field(
        "agreed",
        "amount",
        spelled("""
            agreed sum | agreed price | contract value | contract sum | project price | Auftragssumme | Pauschalpreis |
            Projektpreis | prix convenu | montant du contrat | forfait
        """),
        offered=False,
    ),
    Field(
        "budget", "amount", spelled("client budget | project budget | Projektbudget | budget du projet"), offered=False
    ),
    # The days of one line where they are not those of the whole agreement.
    Field("line_start", "date", offered=False, line=True),
    Field("line_end", "date", offered=False, line=True),
)

HEAD = tuple(field.name for field in FIELDS if not field.line)
LINE = tuple(field.name for field in FIELDS if field.line)
_ONE = Decimal(1)


def check_line(values: Values, verdict: Verdict) -> None:
    """What one row shows by itself; its other fields may stand in another row of the agreement."""
    check_price(values, verdict, "unit_price")
    check_percent(values, verdict, "discount_percent")
    check_quantity(values, verdict, "quantity")
    check_product(values, verdict)
    check_decimals(values, verdict, ("po_limit", "agreed", "budget"))
    for name in ("agreed", "budget"):
        if values[name] is not None and values[name] <= 0:
            verdict.reject(
                name,
                _("A sum of {amount} is none.").format(amount=number_text(values[name])),
                _("Write an amount above 0, or leave it empty."),
            )
    if values["po_limit"] is not None and values["po_limit"] <= 0:
        verdict.reject(
            "po_limit",
            _("A PO limit of {limit} would let nothing be billed.").format(limit=number_text(values["po_limit"])),
            _("Write the amount of the purchase order, or leave it empty for no limit."),
        )
    if values["unit_price"] == 0:
        verdict.note("unit_price", _("The price is 0: this line bills nothing."))


def check_head(values: Values, billings: set[str], verdict: Verdict) -> None:
    """What an agreement as a whole must keep. Completes billing, alignment, quantity and bill day.

    `end` and `charged_through` are last days, so that an agreement may end on the day it starts.
    """
    check_order(values, verdict, "start", "end", _("The agreement would end on {last}, before its start on {first}."))
    check_order(
        values,
        verdict,
        "start",
        "charged_through",
        _("The agreement would be charged through {last}, before its start on {first}."),
    )
    if len(billings) > 1 and "fixed" in billings:
        verdict.reject(
            "billing",
            _("The rows of one agreement bill a fixed price and {others}.").format(
                others=", ".join(sorted(billings - {"fixed"}))
            ),
            _("Give the fixed price an agreement of its own."),
        )
    values["billing"] = billings.pop() if len(billings) == 1 else "hybrid"
    if values["every"] is None and values["billing"] in ("recurring", "hybrid", "usage"):
        verdict.reject(
            "every",
            _("A recurring agreement needs an interval."),
            _("Write how often it is billed, such as monthly, quarterly or yearly."),
        )
    anchor = values["anchor"]
    values["bill_day"] = None
    if isinstance(anchor, int):
        if values["alignment"] not in (None, "bcd"):
            verdict.reject(
                "anchor",
                _("A day of the month, {day}, fits only an agreement that is billed on such a day.").format(day=anchor),
                _("Write bcd as its alignment, or a whole date as its anchor."),
            )
        values["alignment"], values["bill_day"], values["anchor"] = "bcd", anchor, None
    elif values["alignment"] == "bcd" and anchor is not None:
        values["bill_day"] = anchor.day
    values["alignment"] = values["alignment"] or "calendar"


def line_of(values: Values) -> Values | None:
    """The line of a row, None where the row has nothing to bill of its own."""
    line = {name: values[name] for name in LINE}
    if all(line[name] is None for name in spelled("item | description | quantity | unit_price")):
        return None
    if line["billing"] == "hybrid":
        # A line with a quantity is charged each period; one without prices the hours.
        line["billing"] = "recurring" if line["quantity"] is not None else "time"
    if line["quantity"] is None:
        line["quantity"] = _ONE
    return line


KIND = Kind("agreements", FIELDS, check_line, key=("code",), grouped=True)
