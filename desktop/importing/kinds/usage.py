"""What meters counted: units of an item over days."""

from __future__ import annotations

from datetime import timedelta

from desktop.i18n import _, date_text
from desktop.importing.kinds.billables import AGREEMENT_NAMES
from desktop.importing.kinds.catalogue import ITEM_NAMES
from desktop.importing.kinds.fields import Field, Kind, Values, Verdict, spelled
from desktop.importing.kinds.rules import check_order

FIELDS = (
    Field(
        "id",
        "code",
        spelled("""
            usage id | record id | event id | reading id | external id | uuid | guid | idempotency key | Satz-ID |
            Ablesung-ID | Kennung | identifiant | id relevé
        """),
    ),
    Field(
        "agreement",
        "code",
        AGREEMENT_NAMES + spelled("subscription | subscription id | subscription code | Abo | Abo-Nr. | abonnement"),
        required=True,
        remedy=lambda: _("Write the code of the agreement that bills the meter."),
    ),
    Field(
        "item",
        "code",
        ITEM_NAMES
        + spelled("""
            meter | metric | meter name | metric name | billable metric | resource | measure | Zähler | Messgröße |
            Zählpunkt | Verbrauchsart | compteur | mesure | métrique
        """),
    ),
    Field(
        "from",
        "date",
        spelled("""
            start | start date | period start | usage start | from date | since | date | day | usage date | timestamp |
            time | event time | recorded at | reading date | von | ab | Beginn | Startdatum | Zeitraum von |
            Verbrauch von | Datum | Tag | Ablesedatum | de | du | depuis | début | date de début | période du |
            date | date de relevé
        """),
        required=True,
        remedy=lambda: _("Write the first day of the usage."),
    ),
    Field(
        "to",
        "date",
        spelled("""
            end | end date | period end | usage end | to date | through | last day | until | bis | Ende | Enddatum |
            Zeitraum bis | Verbrauch bis | letzter Tag | à | au | fin | date de fin | jusqu'au | période au
        """),
    ),
    Field(
        "quantity",
        "number",
        spelled("""
            qty | usage | units | amount used | used | value | consumption | count | volume | total usage | Menge |
            Verbrauch | Einheiten | Anzahl | Wert | quantité | qté | consommation | unités | volume consommé
        """),
        required=True,
        remedy=lambda: _("Write how many units were used; 0 says that there were none."),
    ),
    Field(
        "before",
        "date",
        spelled("""
            end exclusive | exclusive end | end (exclusive) | to (exclusive) | until (exclusive) | period end exclusive
            | before date | bis ausschließlich | bis (ausschließlich) | bis (exklusiv) | fin exclue | fin (exclue)
        """),
        offered=False,
    ),
    Field(
        "note",
        "lines",
        spelled("""
            notes | description | comment | remark | Notiz | Beschreibung | Bemerkung | commentaire | remarque |
            libellé
        """),
        offered=False,
    ),
)

_DAY = timedelta(days=1)
# A record of more days than any cadence has is a slip of the year.
_LONGEST = 1_900


def check(values: Values, verdict: Verdict) -> None:
    """Completes `to`, the last day: a record without one is of a single day. `before` is the day after it."""
    before, last = values["before"], values["to"]
    if before is not None:
        if last is not None and last != before - _DAY and last != before:
            verdict.reject(
                "before",
                _("The usage ends on {last}, and before {before}.").format(
                    last=date_text(last), before=date_text(before)
                ),
                _("Write one of the two, the last day or the first day after it."),
            )
        values["to"] = before - _DAY
    elif last is None:
        values["to"] = values["from"]
    check_order(values, verdict, "from", "to", _("The usage would end on {last}, before its start on {first}."))
    first, last = values["from"], values["to"]
    if first is not None and last is not None and (last - first).days > _LONGEST:
        verdict.reject(
            "to",
            _("The usage would last from {first} to {last}.").format(first=date_text(first), last=date_text(last)),
            _("Correct the year of one of the two."),
        )
    if values["quantity"] is not None and values["quantity"] < 0:
        verdict.note("quantity", _("A quantity below 0 takes back what was counted too high."))


KIND = Kind("usage", FIELDS, check, key=("id",))
