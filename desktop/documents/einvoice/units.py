"""Units by UN/ECE Recommendations 20 and 21: what catalogues call them, and the codes that may be written."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

ONE: Final = "C62"
"""One: the unit of what has none."""

WORDS: Final = {
    "HUR": "h hr hrs hour hours std std. stunde stunden heure heures hora horas stunde(n) घंटा घंटे",
    "MIN": "minute minutes min. minuten minuto minutos",
    "SEC": "s sec second seconds sekunde sekunden seconde secondes segundo segundos",
    "DAY": "d day days day(s) tag tage tag(e) jour jours día días dia dias pt personentag manntag दिन",
    "WEE": "week weeks woche wochen semaine semaines semana semanas",
    "MON": "month months monat monate mois mes meses महीना",
    "QAN": "quarter quarters quartal quartale trimestre trimestres",
    "SAN": "half-year halbjahr semestre",
    "ANN": "year years yr jahr jahre an ans année années año años साल",
    "H87": "piece pieces pc pcs pce stück stk stk. st pièce pièces pieza piezas nos no. pz",
    "C62": "unit units einheit einheiten unité unités unidad unidades user users seat seats licence licences license"
    " licenses nutzer lizenz lizenzen platz plätze call calls aufruf aufrufe word words wort wörter",
    "LS": "flat lump pauschal pauschale psch psch. forfait global sum",
    "ZP": "page pages seite seiten página páginas",
    "PR": "pair pairs paar paire paires par pares",
    "SET": "set sets satz sätze kit jeu juego",
    "DZN": "dozen dutzend douzaine docena",
    "KGM": "kg kgs kilo kilogram kilogramm kilogramme kilogramo",
    "GRM": "g gram grams gramm gramme gramo",
    "MGM": "mg",
    "TNE": "t ton tons tonne tonnes tonnen mt tonelada toneladas",
    "LBR": "lb lbs pound pounds",
    "ONZ": "oz ounce ounces",
    "MTR": "m meter meters metre metres mètre mètres metro metros lfm",
    "CMT": "cm",
    "MMT": "mm",
    "KMT": "km kilometer kilometers kilometre kilometres kilómetro",
    "SMI": "mile miles mi",
    "INH": "inch inches zoll",
    "FOT": "ft foot feet fuß",
    "YRD": "yd yard yards",
    "MTK": "m2 m² sqm qm",
    "FTK": "sqft sq.ft ft2 ft²",
    "MTQ": "m3 m³ cbm kubikmeter",
    "LTR": "l ltr liter liters litre litres litro litros",
    "MLT": "ml",
    "HLT": "hl",
    "GLL": "gal gallon gallons",
    "KWH": "kwh",
    "MWH": "mwh",
    "KWT": "kw",
    "AD": "byte bytes",
    "2P": "kb kilobyte kilobytes",
    "4L": "mb megabyte megabytes",
    "E34": "gb gigabyte gigabytes",
    "E35": "tb terabyte terabytes",
    "E07": "gb-month",
    "P1": "percent prozent %",
    "XBX": "box boxes karton kartons carton cartons schachtel caja cajas",
    "XPK": "pack packs package packages paket pakete paquet paquete packung",
    "XPX": "pallet pallets palette paletten palet",
    "XBG": "bag bags beutel sac",
    "XSA": "sack säcke",
    "XBO": "bottle bottles flasche flaschen bouteille botella",
    "XRO": "roll rolls rolle rollen rouleau rollo",
    "XCT": "ctn",
    "E48": "service service-unit leistung",
    "E49": "working-day working-days arbeitstag arbeitstage",
    "LH": "man-hour labour-hour arbeitsstunde",
    "IE": "person persons people personen personne personnes persona personas teilnehmer participant participants",
    "NPT": "part parts teil teile",
    "C26": "ms millisecond milliseconds",
}
"""The words for each code in the languages that people write their catalogues in."""
_CODES: Final = {word: code for code, words in WORDS.items() for word in (*words.split(), code.lower())}


@lru_cache(maxsize=1024)
def unit_code(unit: str) -> str:
    """The code of a unit as people write it; a code that is written already stays; C62 for what nobody knows."""
    return _CODES.get(" ".join(unit.lower().split()), ONE)
