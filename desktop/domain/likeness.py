"""Names, ids, mails and phones reduced to what two spellings of one thing have in common."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

# Words for the form of a firm, which people leave out or spell as they like; letters set apart by dots are joined.
_LEGAL: Final = """ab ag aps as asa bv bvba bt co company corp corporation cv doo dba eg ehf eirl eurl ev gbr gesmbh
 gmbh ggmbh gmbhco haftungsbeschrankt inc incorporated kft kg kgaa limited llc llp lp ltd ltda mbh nv oe oo ohg ou oy
 oyj partg partgmbb plc private pte pty pvt sa sac saa sagl sarl sas sasu sca sci scop sia sl slu snc sp spa spj spol
 spzoo sprl srl srls sro ug uab vof z zoo zrt se the"""
# Joining words say nothing, and one language's stands for another's.
_JOINING: Final = frozenset(["and", "und", "et", "y", "i", "en", "og", "och", "e"])
_LETTERS: Final = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i", "þ": "th", "ð": "d"})
_INITIALS: Final = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}")
_SIGNS: Final = re.compile(r"[\W_]+")
# ä is written ae, a or ä by the same people: all become the one vowel.
_UMLAUT: Final = re.compile(r"([aou])e+")

_LEGAL_PLAIN: Final = frozenset(_UMLAUT.sub(r"\1", word) for word in _LEGAL.split())

# Hosts where anybody has a mailbox: the same host says nothing of two people.
_PUBLIC: Final = """gmail googlemail outlook hotmail live msn yahoo ymail icloud me mac aol gmx web t-online freenet
 arcor orange wanadoo laposte sfr free libero tiscali alice virgilio bluewin proton protonmail pm mail yandex qq 163 126
 zoho fastmail tutanota posteo mailbox hey rediffmail btinternet sky telenet skynet ziggo xs4all seznam wp o2 onet
 comcast verizon att sbcglobal example"""
_PUBLIC_HOSTS: Final = frozenset(_PUBLIC.split())
# What may stand before the country: yahoo.co.uk is yahoo's.
_SECOND: Final = frozenset(["co", "com", "org", "net", "ac", "gov", "edu", "or", "ne"])

_UNITS: Final = {"h": "hour", "hr": "hour", "std": "hour", "stunde": "hour", "stunden": "hour", "pc": "piece"}

# A pair of names below this is told as unlike; rapidfuzz can stop there.
LEAST_ALIKE: Final = 80


@lru_cache(maxsize=32768)
def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text without capitals, accents, punctuation and joining words."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = _INITIALS.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", text)
    words = _SIGNS.sub(" ", text).split()
    return tuple(_UMLAUT.sub(r"\1", word) for word in words if word not in _JOINING)


def firm_words(name: str) -> tuple[str, ...]:
    """The words of a firm's name without the words for its legal form at either end; at least one word stays."""
    words = list(plain_words(name))
    while len(words) > 1 and words[-1] in _LEGAL_PLAIN:
        words.pop()
    while len(words) > 1 and words[0] in _LEGAL_PLAIN:
        words.pop(0)
    return tuple(words)


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How alike two names in plain words are, in percent; 0 below LEAST_ALIKE.

    The order of the words does not matter, nor whether one is written in two. Names that differ in a number name
    different things ("Station 7", "Station 8").
    """
    if not one or not other:
        return 0
    if one == other:
        return 100
    if numbers_of(one) != numbers_of(other):
        return 0
    # Sorted, so that the answer is the same whichever comes first.
    sorted_one, sorted_other = " ".join(sorted(one)), " ".join(sorted(other))
    best = max(
        fuzz.ratio(sorted_one, sorted_other, score_cutoff=LEAST_ALIKE),
        fuzz.ratio("".join(one), "".join(other), score_cutoff=LEAST_ALIKE),
    )
    return int(best)


def numbers_of(words: Iterable[str]) -> tuple[str, ...]:
    """The words that hold a digit, in order."""
    return tuple(sorted(word for word in words if any(sign.isdigit() for sign in word)))


def plain_id(text: str) -> str:
    """A tax id or an IBAN in capitals without spaces and signs; a text without a digit is none."""
    bare = "".join(sign for sign in text.upper() if sign.isalnum())
    return bare if any(sign.isdigit() for sign in bare) else ""


def plain_mail(text: str) -> str:
    """An address in small letters without a tag behind a plus; empty where it is none."""
    local, at, host = text.strip().casefold().rpartition("@")
    local = local.split("+")[0]
    return f"{local}@{host}" if at and local and "." in host else ""


def own_host(mail: str) -> str:
    """The host of a plain address where it is a firm's own; empty for the hosts where anybody has a mailbox."""
    host = mail.rpartition("@")[2]
    labels = host.split(".")
    if len(labels) > 2 and labels[-2] in _SECOND:
        labels.pop()
    return "" if len(labels) < 2 or labels[-2] in _PUBLIC_HOSTS else host


def plain_phone(text: str) -> str:
    """The last nine digits, which are the same with and without the country's code; empty below seven."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return digits[-9:] if len(digits) >= 7 else ""


def plain_unit(text: str) -> str:
    """A unit in the singular: hours, hour, hrs and h are one."""
    word = "".join(plain_words(text))
    word = word.removesuffix("s") if len(word) > 2 else word
    return {"h": "hour", "hr": "hour", "std": "hour", "stunde": "hour", "stunden": "hour", "pc": "piece"}.get(
        word, word
    )
