"""What waits to be billed: time entries and one-off charges."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from desktop.i18n import _, number_text
from desktop.importing.kinds.catalogue import CLIENT_NAMES, CURRENCY_NAMES, ITEM_NAMES
from desktop.importing.kinds.fields import Field, Kind, Values, Verdict, spelled
from desktop.importing.kinds.rules import check_price, check_product, check_quantity

AGREEMENT_NAMES = spelled("""
    agreement code | contract | contract code | contract number | project code | project number | project id |
    project | project name | engagement | matter | matter number | job | job code | case | Vertrag | Vertragsnummer
    | Vertrags-Nr. | Projektnummer | Projekt-Nr. | Projektcode | Projekt | Auftrag | Auftragsnummer | Mandat | Akte
    | contrat | n° contrat | numéro de contrat | code projet | projet | mission | dossier | affaire
""")

TIME_FIELDS = (
    Field(
        "id",
        "code",
        spelled("""
            entry id | time entry id | time id | external id | uuid | guid | timesheet id | Eintrag-ID | Kennung |
            identifiant
        """),
    ),
    Field("agreement", "code", AGREEMENT_NAMES),
    Field(
        "date",
        "date",
        spelled("""
            work date | start date | spent date | spent on | entry date | activity date | service date | day |
            started at | start | Datum | Tag | Startdatum | Leistungsdatum | Buchungsdatum | Arbeitstag |
            date de début | jour | date de prestation | date de saisie
        """),
        required=True,
        remedy=lambda: _("Write the day on which the work was done."),
    ),
    Field(
        "person",
        "text",
        spelled("""
            user | user name | username | employee | employee name | staff | staff name | staff member | team member
            | member | consultant | worker | resource | timekeeper | name | Mitarbeiter | Mitarbeiterin |
            Mitarbeitername | Benutzer | Benutzername | Bearbeiter | Berater | utilisateur | collaborateur | employé
            | salarié | intervenant | consultant(e) | nom
        """),
        parts=(
            spelled("first name | firstname | fname | Vorname | prénom"),
            spelled("last name | lastname | lname | Nachname | nom de famille"),
        ),
    ),
    Field(
        "item",
        "code",
        ITEM_NAMES
        + spelled("""
            task | task name | activity | activity type | work type | type of work | category | Tätigkeit |
            Tätigkeitsart | Aktivität | Aufgabe | Leistungsart | tâche | activité | catégorie
        """),
    ),
    Field(
        "hours",
        "hours",
        spelled("""
            duration (decimal) | decimal hours | hours worked | billable hours | time (decimal) | duration (h) |
            duration | time spent | time | quantity | qty | Stunden | Dauer (dezimal) | Dauer | Std | Std. |
            Stundenzahl | Arbeitszeit | Aufwand | Zeit | Anzahl Stunden | heures | nombre d'heures | durée | temps |
            temps passé | nb heures
        """),
        required=True,
        remedy=lambda: _("Write the hours, such as 1:30 or 1.5."),
    ),
    Field(
        "rate",
        "price",
        spelled("""
            hourly rate | billable rate | billing rate | bill rate | price | unit price | Stundensatz | Satz | Preis
            | Verrechnungssatz | Abrechnungssatz | taux horaire | taux facturable | taux | tarif | tarif horaire | prix
        """),
    ),
    Field(
        "note",
        "lines",
        spelled("""
            notes | description | comment | comments | memo | remark | details | work description | Notiz | Notizen
            | Beschreibung | Bemerkung | Kommentar | Text | Tätigkeitsbeschreibung | commentaire | remarque |
            désignation | détail | libellé
        """),
    ),
    Field("client", "code", CLIENT_NAMES, offered=False),
    Field(
        "billable",
        "bool",
        spelled("""
            is billable | billable status | abrechenbar | verrechenbar | fakturierbar | facturable
        """),
        offered=False,
    ),
    Field("currency", "currency", CURRENCY_NAMES, offered=False),
    # What time trackers call things: found in the book by other names than codes, or not at all.
    Field("tracker_id", "code", offered=False),
    Field("tracker_code", "text", offered=False),
    Field("tracker_project", "text", offered=False),
    Field("tracker_task", "text", offered=False),
    Field("tracker_start", "text", offered=False),
)
_TRACKED = ("tracker_code", "tracker_project", "tracker_task", "tracker_start")

_CHARGES = {
    "charge": spelled("one-off | fee | Einmalposten | Gebühr | frais"),
    "discount": spelled("rebate | Rabatt | Nachlass | remise | rabais"),
    "deposit": spelled("advance payment | down payment | Anzahlung | Abschlag | acompte"),
}

CHARGE_FIELDS = (
    Field("id", "code", spelled("charge id | external id | uuid | line id | Kennung | identifiant")),
    Field("client", "code", CLIENT_NAMES),
    Field("agreement", "code", AGREEMENT_NAMES),
    Field(
        "date",
        "date",
        spelled("""
            charge date | service date | delivery date | bill date | billing date | due date | Datum |
            Leistungsdatum | Lieferdatum | Abrechnungsdatum | date de prestation | date de livraison |
            date de facturation
        """),
        required=True,
        remedy=lambda: _("Write the day from which the charge may be billed."),
    ),
    Field("item", "code", ITEM_NAMES),
    Field(
        "description",
        "lines",
        spelled("""
            text | note | notes | memo | details | line description | title | Beschreibung | Bezeichnung | Notiz |
            Titel | désignation | libellé | détail | intitulé
        """),
    ),
    Field(
        "quantity",
        "number",
        spelled("""
            qty | quantities | units | number of units | Menge | Anzahl | Stück | quantité | qté | nombre
        """),
    ),
    Field(
        "unit_price",
        "price",
        spelled("""
            price | unit amount | unit cost | rate | net price | Einzelpreis | Preis | E-Preis | EP | Stückpreis |
            Nettopreis | prix | prix unitaire | prix unitaire ht | pu ht | pu | tarif
        """),
    ),
    Field("currency", "currency", CURRENCY_NAMES, offered=False),
    Field("kind", "choice", ("charge kind",), offered=False, choices=_CHARGES),
)

_ONE = Decimal(1)
_DAY = Decimal(24)


def check_time(values: Values, verdict: Verdict) -> None:
    hours = values["hours"]
    if hours == 0:
        verdict.reject("hours", _("0 hours are nothing to bill."), _("Write the hours, or leave the row out."))
    elif hours is not None and abs(hours) > _DAY and any(values[name] is not None for name in _TRACKED):
        verdict.reject(
            "hours",
            _("{hours} hours in one entry: a day has 24.").format(hours=number_text(hours)),
            _("Correct the entry; if the file counts minutes or seconds, export it with hours such as 1:30."),
        )
    elif hours is not None and hours < 0:
        verdict.note("hours", _("Hours below 0 take back what was written down too high."))
    elif hours is not None and hours > _DAY:
        verdict.note("hours", _("{hours} hours on one day.").format(hours=number_text(hours)))
    # Trackers give time that is not billed, or whose rate they do not know, the rate 0.
    if values["rate"] == 0 and (values["billable"] is False or any(values[name] is not None for name in _TRACKED)):
        values["rate"] = None
    if values["id"] is None:
        values["id"] = values["tracker_id"] or _made_id(values)
    check_price(values, verdict, "rate", zero=False)


def _made_id(values: Values) -> str | None:
    """The same for the same entry in every export of a tracker, whatever became of its length since."""
    if values["tracker_start"] is None:
        return None
    names = ("person", "date", "tracker_start", "client", "tracker_project", "tracker_task", "note")
    told = "\x1f".join("" if values[name] is None else str(values[name]) for name in names)
    return "t-" + hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def check_charge(values: Values, verdict: Verdict) -> None:
    if values["quantity"] is None:
        values["quantity"] = _ONE
    check_quantity(values, verdict, "quantity", negative=True)
    check_product(values, verdict)
    price = values["unit_price"]
    quantity = values["quantity"]
    takes_off = quantity is not None and (quantity < 0) != (price is not None and price < 0)
    if values["kind"] == "discount" and price is not None and not takes_off:
        price = values["unit_price"] = -price
    if values["kind"] in ("charge", "deposit") and takes_off:
        verdict.reject("kind", _("What is below 0 is a discount."), _("Write discount, or an amount above 0."))
    elif values["kind"] in ("discount", "deposit") and price is None and values["item"]:
        verdict.reject("unit_price", _("A discount or a deposit needs its price."), _("Write the unit price."))
    elif price is not None and price < 0:
        verdict.note("unit_price", _("The price is below 0: the charge is a discount."))
    if price is None and values["item"] is None:
        verdict.reject(
            "unit_price",
            _("The row has neither a price nor an item whose price is known."),
            _("Write the unit price, or the code of an item."),
        )
    if price == 0:
        verdict.reject("unit_price", _("A price of 0 would bill nothing."), _("Write the price, or leave the row out."))


TIME = Kind("time", TIME_FIELDS, check_time, key=("id",), one_of=(("agreement", "client", "tracker_project"),))
CHARGES = Kind(
    "charges", CHARGE_FIELDS, check_charge, key=("id",), one_of=(("client", "agreement"), ("item", "description"))
)
