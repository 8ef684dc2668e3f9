"""An amount written out in words, as cheques and the tax invoices of India ask for it."""

from __future__ import annotations

from collections.abc import Callable


def _listed(names: str) -> list[str]:
    return names.split()


_EN_ONES = _listed(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_EN_TENS = _listed("- - twenty thirty forty fifty sixty seventy eighty ninety")
_DE_ONES = _listed(
    "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn "
    "sechzehn siebzehn achtzehn neunzehn"
)
_DE_TENS = _listed("- - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig")
_DE_SCALES = ((10**12, "Billion", "Billionen"), (10**9, "Milliarde", "Milliarden"), (10**6, "Million", "Millionen"))
_FR_ONES = _listed(
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix- "
    "sept dix-huit dix-neuf"
)
_FR_TENS = _listed("- - vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt")
_FR_SCALES = ((10**12, "billion", "billions"), (10**9, "milliard", "milliards"), (10**6, "million", "millions"))
_ES_ONES = _listed(
    "cero un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis "
    "diecisiete dieciocho diecinueve veinte veintiún veintidós veintitrés veinticuatro veinticinco "
    "veintiséis veintisiete veintiocho veintinueve"
)
_ES_TENS = _listed("- - - treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS = _listed(
    "- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"
)
# Hindi's numbers up to a hundred follow no rule.
_HI = _listed(
    "शून्य एक दो तीन चार पाँच छह सात आठ नौ दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस बीस "
    "इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस "
    "छत्तीस सैंतीस अड़तीस उनतालीस चालीस इकतालीस बयालीस तैंतालीस चौवालीस पैंतालीस छियालीस सैंतालीस "
    "अड़तालीस उनचास पचास इक्यावन बावन तिरेपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ साठ इकसठ बासठ तिरेसठ "
    "चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर "
    "अठहत्तर उनासी अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी नब्बे इक्यानवे "
    "बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे"
)
_LIMIT = 10**15
# Whole units, then the hundredth part: for one and for others.
_INDIA = {
    "en": (("rupee", "rupees"), ("paisa", "paise")),
    "hi": (("रुपया", "रुपये"), ("पैसा", "पैसे")),
}


def in_words(minor: int, currency: str, digits: int, locale: str) -> str:
    """The amount in words, currency first as cheques have it; empty where the language has no rule here or the amount
    is beyond words. `digits` are the decimals of the currency; what follows the point stays in figures, but for paise.
    """
    language = locale.partition("_")[0]
    spell = _LANGUAGES.get("en_IN" if locale == "en_IN" else language)
    whole, part = divmod(abs(minor), 10**digits)
    if spell is None or whole >= _LIMIT:
        return ""
    minus = _MINUS.get(language, "") + " " if minor < 0 else ""
    if currency == "INR" and language in _INDIA:
        return minus + _rupees(spell, language, whole, part)
    fraction = f" {part:0{digits}d}/{10**digits}" if digits and part else ""
    said = f"{minus}{spell(whole)}{fraction}"
    return f"{currency} {said}"


def _rupees(spell: Callable[[int], str], language: str, whole: int, part: int) -> str:
    (rupee, rupees), (paisa, paise) = _INDIA[language]
    said = f"{spell(whole)} {rupee if whole == 1 else rupees}"
    only, and_ = ("only", "and") if language == "en" else ("मात्र", "और")
    if part:
        said += f" {and_} {spell(part)} {paisa if part == 1 else paise}"
    return f"{said} {only}"


def _english(number: int) -> str:
    return _by_scales(number, ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (1000, "thousand")), _en)


def _indian(number: int) -> str:
    """Crore upon crore beyond a hundred lakhs: 10,00,00,000 are ten crore."""
    crores, rest = divmod(number, 10**7)
    parts = [f"{_indian(crores)} crore"] if crores else []
    if rest or not crores:
        parts.append(_by_scales(rest, ((10**5, "lakh"), (1000, "thousand")), _en))
    return " ".join(parts)


def _hindi(number: int) -> str:
    crores, rest = divmod(number, 10**7)
    parts = [f"{_hindi(crores)} करोड़"] if crores else []
    if rest or not crores:
        parts.append(_by_scales(rest, ((10**5, "लाख"), (1000, "हज़ार"), (100, "सौ")), _HI.__getitem__))
    return " ".join(parts)


def _by_scales(number: int, scales: tuple[tuple[int, str], ...], below: Callable[[int], str]) -> str:
    parts = []
    for size, name in scales:
        count, number = divmod(number, size)
        if count:
            parts.append(f"{below(count)} {name}")
    if number or not parts:
        parts.append(below(number))
    return " ".join(parts)


def _en(number: int) -> str:
    """Below a thousand."""
    hundreds, rest = divmod(number, 100)
    parts = [f"{_EN_ONES[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        tens, ones = divmod(rest, 10)
        word = _EN_ONES[rest] if rest < 20 else _EN_TENS[tens] + (f"-{_EN_ONES[ones]}" if ones else "")
        parts.append(word)
    return " ".join(parts)


def _german(number: int) -> str:
    parts = []
    for size, one, many in (
        (10**12, "Billion", "Billionen"),
        (10**9, "Milliarde", "Milliarden"),
        (10**6, "Million", "Millionen"),
    ):
        count, number = divmod(number, size)
        if count:
            parts.append(f"eine {one}" if count == 1 else f"{_de(count)} {many}")
    if number or not parts:
        thousands, rest = divmod(number, 1000)
        word = f"{_de(thousands)}tausend" if thousands else ""
        parts.append(word + (_de(rest, last=True) if rest or not word else ""))
    return " ".join(parts)


def _de(number: int, *, last: bool = False) -> str:
    """Below a thousand; the last word counts with “eins”."""
    hundreds, rest = divmod(number, 100)
    word = f"{_DE_ONES[hundreds]}hundert" if hundreds else ""
    if not rest and word:
        return word
    if rest < 20:
        return word + ("eins" if rest == 1 and last else _DE_ONES[rest])
    tens, ones = divmod(rest, 10)
    return word + (f"{_DE_ONES[ones]}und" if ones else "") + _DE_TENS[tens]


def _french(number: int) -> str:
    parts = []
    for size, one, many in (
        (10**12, "billion", "billions"),
        (10**9, "milliard", "milliards"),
        (10**6, "million", "millions"),
    ):
        count, number = divmod(number, size)
        if count:
            parts.append(f"{_fr(count, last=True)} {one if count == 1 else many}")
    thousands, rest = divmod(number, 1000)
    if thousands:
        parts.append("mille" if thousands == 1 else f"{_fr(thousands)} mille")
    if rest or not parts:
        parts.append(_fr(rest, last=True))
    return " ".join(parts)


def _fr(number: int, *, last: bool = False) -> str:
    """Below a thousand; “cent” and “quatre-vingt” take an s only where nothing follows."""
    hundreds, rest = divmod(number, 100)
    many = f"{_FR_ONES[hundreds]} cent" if hundreds > 1 else "cent" if hundreds else ""
    if not rest and many:
        return many + ("s" if hundreds > 1 and last else "")
    return f"{many} {_fr_tens(rest, last)}".strip()


def _fr_tens(rest: int, last: bool) -> str:
    if rest < 20:
        return _FR_ONES[rest]
    tens, ones = divmod(rest, 10)
    # Seventy and ninety count on from sixty and eighty.
    ones += 10 if tens in (7, 9) else 0
    if not ones:
        return _FR_TENS[tens] + ("s" if tens == 8 and last else "")
    if ones in (1, 11) and tens < 8:
        return f"{_FR_TENS[tens]} et {_FR_ONES[ones]}"
    return f"{_FR_TENS[tens]}-{_FR_ONES[ones]}"


def _spanish(number: int) -> str:
    """The long scale: a thousand million before a billion of 10**12."""
    parts = []
    for size, one, many in ((10**12, "billón", "billones"), (10**6, "millón", "millones")):
        count, number = divmod(number, size)
        if count:
            parts.append(f"un {one}" if count == 1 else f"{_es_thousands(count)} {many}")
    if number or not parts:
        parts.append(_es_thousands(number))
    said = " ".join(parts)
    # Where no noun follows, one is “uno”.
    return f"{said[:-2]}uno" if said.endswith("ún") else f"{said}o" if said.endswith("un") else said


def _es_thousands(number: int) -> str:
    thousands, rest = divmod(number, 1000)
    parts = ["mil" if thousands == 1 else f"{_es(thousands)} mil"] if thousands else []
    if rest or not parts:
        parts.append(_es(rest))
    return " ".join(parts)


def _es(number: int) -> str:
    if number == 100:
        return "cien"
    hundreds, rest = divmod(number, 100)
    parts = [_ES_HUNDREDS[hundreds]] if hundreds else []
    if rest or not parts:
        tens, ones = divmod(rest, 10)
        parts.append(_ES_ONES[rest] if rest < 30 else _ES_TENS[tens] + (f" y {_ES_ONES[ones]}" if ones else ""))
    return " ".join(parts)


_MINUS = {"en": "minus", "de": "minus", "fr": "moins", "es": "menos", "hi": "ऋण"}
_LANGUAGES: dict[str, Callable[[int], str]] = {
    "en": _english,
    "en_IN": _indian,
    "de": _german,
    "fr": _french,
    "es": _spanish,
    "hi": _hindi,
}
