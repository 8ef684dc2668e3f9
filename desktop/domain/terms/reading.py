"""Reads payment terms as people write them: one due date, shares, or equal instalments, in three languages."""

from __future__ import annotations

import re
from fractions import Fraction

from desktop.domain.periods import Interval
from desktop.domain.terms.schedule import EqualParts, Shares
from desktop.domain.terms.single import SeveralDiscountsError, Terms, bare_words, parse_single
from desktop.i18n import _

PaymentTerms = Terms | Shares | EqualParts

_REST = r"(?:the |der |den |le )?(?:rest|rests|restbetrag|remainder|remaining|balance|solde|reste)\b"
_HALF = r"(?:the |die |la )?(?:half|halfte|moitie)\b"
_SHARE = rf"(?:[0-9]{{1,3}}(?:[.,][0-9]{{1,4}})? ?%|[0-9]{{1,3}} ?/ ?[0-9]{{1,3}}(?![0-9/])|{_HALF}|{_REST})"
# Between two shares; the comma inside "30 days, then end of the month" is none because no share follows it.
_BETWEEN = re.compile(rf" ?(?:(?<![0-9]),|,(?![0-9])|[;+&]|,? ?\b(?:and|then|und|dann|et|puis)\b)+ ?(?={_SHARE})")
# What is asked for with the order is due at once on its invoice.
_ADVANCE = r"(?:acompte|anzahlung|down ?payment|deposit|advance)"
_WITH_ORDER = (
    (re.compile(rf"\b{_ADVANCE}(?: (?:de|von|of))? (?P<share>{_SHARE})"), r"\g<share> receipt"),
    (re.compile(rf"(?P<share>{_SHARE}) (?:d'|as )?{_ADVANCE}\b"), r"\g<share> receipt"),
    (
        re.compile(
            r"\b(?:(?:with|on|at|upon) (?:the )?order|(?:bei|mit) (?:auftrag|auftragserteilung|bestellung)|"
            r"a la (?:commande|signature)|on signature|down)\b"
        ),
        "receipt",
    ),
    (re.compile(r"\breceipt(?: receipt)+\b"), "receipt"),
)
_PART = re.compile(rf"(?P<share>{_SHARE})[ :]*(?P<terms>.*)")
_LIST = r"[0-9]{1,3}(?: ?/ ?[0-9]{1,3})+"
_COMPACT = re.compile(
    rf"(?P<shares>{_LIST}) ?%?[ :,]*(?:net|netto|due|fallig|a|nach|in)? ?(?P<days>{_LIST}) ?(?P<unit>[a-z]*)"
)
_DAYS = re.compile(
    rf"(?:net|netto|due|fallig|a|nach|in|after)? ?(?P<days>{_LIST}) ?(?:days?|tagen?|jours?)?(?: net(?:to)?)?"
)
_LISTED = re.compile(
    r"(?P<net>(?:net|netto|due|payable|zahlbar|fallig|a|nach|in|after) )?"
    r"(?P<days>[0-9]{1,3}(?:(?: ?[/,] ?| ?,? (?:and|und|et) )[0-9]{1,3})+)"
    r"(?P<unit> ?(?:days?|tagen?|jours?))?(?: net(?:to)?)?"
)

_COUNTS = {"two": 2, "three": 3, "four": 4, "six": 6, "twelve": 12, "zwei": 2, "drei": 3, "vier": 4, "sechs": 6}
_COUNTS |= {"zwolf": 12, "deux": 2, "trois": 3, "quatre": 4, "douze": 12}
_NOUNS = (
    r"(?:instal+ments?|part payments?|payments?|parts?|raten?|teilzahlungen|teilbetragen?|zahlungen|echeances?|"
    r"versements?|paiements?|tranches?|fois)"
)
# Nouns that say the rhythm in one word.
_RHYTHMS = (
    ("monatsraten?", "monthly raten"),
    ("quartalsraten?", "quarterly raten"),
    ("wochenraten?", "weekly raten"),
    ("jahresraten?", "yearly raten"),
    ("mensualites?", "monthly versements"),
    ("trimestrialites?", "quarterly versements"),
    ("annuites?", "yearly versements"),
)
_EQUAL = re.compile(
    rf"(?:due|payable|payables|zahlbar|fallig|paiement)? ?(?:in|en|a)? ?(?P<count>[0-9]{{1,3}}|{'|'.join(_COUNTS)})"
    r"(?: ?[x×](?= )|(?= ))(?P<words>.*)"
)
_FILLERS = re.compile(r"\b(?:equal|gleichen?|gleich hohen?|egales|egaux|of|je)\b")
_NOUN = re.compile(rf"\b{_NOUNS}\b")
_FIRST = re.compile(
    r"(?:[,;]? ?\b(?:starting|beginning|beginnend)?(?: ?\b(?:from|on|ab|mit|a partir de|des))|"
    r"[,;]? ?\b(?:with )?(?:the )?first(?: one| instal+ment)?(?: due)?|[,;]? ?\b(?:die )?erste(?: rate)?(?: fallig)?|"
    r"[,;]? ?\b(?:la )?premiere(?: echeance)?|[,;]? ?\ble premier|[,;]) (?P<first>.+)"
)
_LATER = re.compile(r"(?:after|nach|apres) (?P<interval>.+)")
_DUE = re.compile(r" (?P<first>(?:net|netto|due|zahlbar|fallig)\b.+)")


def parse_terms(text: str) -> PaymentTerms:
    """Terms as people write them: `net 30`, `2/10 net 30`, `30% now, 70% net 30`, `3 monthly instalments`.

    So many equal instalments fall due one interval apart, the first one interval after the issue date, or when
    `from net 14` says. Raises ValueError with a sentence for the user.
    """
    try:
        return parse_single(text)
    except ValueError as error:
        found = (
            _listed(text) or _compact(text) or _shares(text, isinstance(error, SeveralDiscountsError)) or _equal(text)
        )
        if found is None:
            raise
        if isinstance(found, ValueError):
            raise found from error
        return found


def _shares(text: str, like_discounts: bool) -> Terms | Shares | ValueError | None:
    """None where not every part begins with a share, and for small ones that are discounts as well."""
    words = bare_words(text)
    for pattern, instead in _WITH_ORDER:
        words = pattern.sub(instead, words)
    pieces = [_PART.fullmatch(piece.strip()) for piece in _BETWEEN.split(words)]
    parts = [piece for piece in pieces if piece is not None]
    if len(parts) < len(pieces):
        return None
    try:
        shares: list[Fraction | None] = [_share(part["share"]) for part in parts]
        if shares.count(None) > 1:
            raise ValueError(_("Only one instalment can be the rest."))
        rest = 1 - sum((share for share in shares if share is not None), Fraction(0))
        if None not in shares and rest and (len(parts) == 1 or (like_discounts and rest > Fraction(1, 2))):
            return None
        if None in shares and rest <= 0:
            raise ValueError(_("The instalments come to 100% or more before the rest: nothing is left for it."))
        terms = [_part_terms(part["terms"], text) for part in parts]
        if len(parts) == 1 and shares[0] == 1:
            return terms[0]
        return Shares(tuple((rest if share is None else share, one) for share, one in zip(shares, terms, strict=True)))
    except ValueError as error:
        return error


def _share(text: str) -> Fraction | None:
    """None for the rest."""
    if text.endswith("%"):
        return Fraction(text[:-1].strip().replace(",", ".")) / 100
    above, slash, below = text.partition("/")
    if re.fullmatch(_HALF, text):
        return Fraction(1, 2)
    if not slash:
        return None
    if not int(below):
        raise ValueError(_("“{text}” is no share of anything.").format(text=text))
    return Fraction(int(above), int(below))


def _part_terms(text: str, whole: str) -> Terms:
    if not text.strip():
        raise ValueError(_("“{text}” does not say when each instalment is due.").format(text=whole.strip()))
    return parse_single(text)


def _compact(text: str) -> Shares | ValueError | None:
    """Shares in percent beside their days, as in "50/50 net 0/30"."""
    found = _COMPACT.fullmatch(bare_words(text))
    if found is None or (found["unit"] and _DAYS.fullmatch(f"{found['days']} {found['unit']}") is None):
        return None
    shares, days = _numbers(found["shares"]), _numbers(found["days"])
    try:
        if len(shares) != len(days):
            raise ValueError(
                _("“{text}” has {shares} shares but {dates} due dates.").format(
                    text=text.strip(), shares=len(shares), dates=len(days)
                )
            )
        return Shares(tuple((Fraction(share, 100), Terms(day)) for share, day in zip(shares, days, strict=True)))
    except ValueError as error:
        return error


def _listed(text: str) -> Shares | ValueError | None:
    """Equal shares at so many days each, as in "30/60/90" or "30, 60 and 90 days net".

    None where the numbers do not rise, and for two that may be a discount and its days.
    """
    found = _LISTED.fullmatch(bare_words(text))
    if found is None:
        return None
    days = [int(day) for day in re.findall("[0-9]+", found["days"])]
    if days != sorted(set(days)) or (len(days) == 2 and (days[0] < 7 or not (found["net"] or found["unit"]))):
        return None
    try:
        return Shares(tuple((Fraction(1, len(days)), Terms(day)) for day in days))
    except ValueError as error:
        return error


def _equal(text: str) -> Shares | EqualParts | ValueError | None:
    """So many equal instalments; None where the text speaks of none."""
    words = bare_words(text)
    for pattern, instead in _RHYTHMS:
        words = re.sub(rf"\b{pattern}\b", instead, words)
    found = _EQUAL.fullmatch(words)
    if found is None:
        return None
    count = _COUNTS.get(found["count"]) or int(found["count"])
    rest = found["words"]
    if not re.match(r".*[0-9a-z] ?[x×] ", words) and not _NOUN.search(rest):
        return None
    rest = " ".join(_NOUN.sub(" ", rest, count=1).split())
    try:
        listed = _DAYS.fullmatch(_FILLERS.sub("", rest).strip(" ,"))
        if listed:
            days = _numbers(listed["days"])
            if len(days) != count:
                raise ValueError(
                    _("“{text}” has {count} instalments but {dates} due dates.").format(
                        text=text.strip(), count=count, dates=len(days)
                    )
                )
            return Shares(tuple((Fraction(1, count), Terms(day)) for day in days))
        every, first = _interval(rest.replace(",", " ")), None
        started = None if every else _FIRST.search(rest) or _DUE.search(rest)
        if started:
            every = _interval(rest[: started.start()])
            later = _LATER.fullmatch(started["first"])
            if later is None or _interval(later["interval"]) != every:
                first = parse_single(later["interval"] if later else started["first"])
        if every is None:
            raise ValueError(
                _(
                    "“{text}” does not say how far apart the instalments are. Write it like “{count} monthly "
                    "instalments” or “{count} x every 2 weeks from net 14”."
                ).format(text=text.strip(), count=count)
            )
        return EqualParts(count, every, first)
    except ValueError as error:
        return error


def _interval(words: str) -> Interval | None:
    """A rhythm with the endings that adjectives have: monatliche, mensuelles."""
    bare = " ".join(_FILLERS.sub(" ", words).strip(" ,;").replace("-", "").split())
    for text in (bare, bare.removesuffix("s"), bare.removesuffix("e"), bare.removesuffix("en")):
        try:
            return Interval.parse(text)
        except ValueError:
            continue
    return None


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split("/")]
