"""Syllables by which the glyphs of joining scripts are sorted into tiers: what is common together, the rest behind it.

They also tell which text a glyph stands for, so that what is drawn can be copied and searched.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktop.documents.shaping import DEVANAGARI, JOINING, words_of
from desktop.documents.words_hi import WORDS

_CONSONANTS = "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसह"
# Those that are often written as a half before another.
_HALVED = "कखगघचजञणतथधनपबभमयलवशषस"
_DOTTED = ("ड़", "ढ़", "क़", "ख़", "ग़", "ज़", "फ़")
_VOWELS = "अआइईउऊऋएऐओऔऑ"
_SIGNS = "ािीुूृेैोौॉॅंँः़्।॥॰"
_VIRAMA = "\u094d"
_JOINER = "\u200d"
_REPH = "र" + _VIRAMA
# Conjuncts of everyday and of trade: “service”, “tax”, “percent”, “statement of account”, names of firms and states.
_CONJUNCTS = (
    "क्ष",
    "ज्ञ",
    "त्र",
    "श्र",
    "क्त",
    "क्र",
    "ग्र",
    "घ्र",
    "ट्र",
    "ड्र",
    "द्र",
    "प्र",
    "फ्र",
    "ब्र",
    "भ्र",
    "म्र",
    "व्र",
    "स्र",
    "ह्र",
    "द्ध",
    "द्व",
    "द्य",
    "द्म",
    "द्द",
    "ट्ट",
    "ट्ठ",
    "ड्ड",
    "ड्ढ",
    "त्त",
    "न्न",
    "प्त",
    "श्च",
    "श्व",
    "श्न",
    "ष्ट",
    "ष्ठ",
    "ह्म",
    "ह्न",
    "ह्य",
    "ह्व",
    "ह्ल",
    "स्त्र",
    "न्त्र",
    "ष्ट्र",
    "न्द्र",
    "क्त्र",
    "ल्ल",
    "च्च",
    "ज्ज",
    "क्क",
    "ग्न",
)
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغـفقكلمنهوىيپچژکگیٹڈڑںھہے"
_ARABIC_REST = "ًٌٍَُِّْ،؛؟٪٫٬٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹"
_HEBREW = "אבגדהוזחטיךכלםמןנסעףפץצקרשת־׳״"


def syllables(script: str) -> list[list[str]]:
    """Groups of syllables, the most common group first."""
    if script == DEVANAGARI:
        return [list(_common()), list(_others())]
    if script == JOINING:
        marks = [chr(point) for point in (*range(0x591, 0x5C8), *range(0x5F0, 0x5F3), *range(0xFB1D, 0xFB50))]
        return [list(_arabic()), [*_HEBREW, *marks]]
    raise ValueError(script)


def _common() -> Iterator[str]:
    yield from _CONSONANTS
    yield from _VOWELS
    for sign in _SIGNS:
        yield sign
    for letter in (*_CONSONANTS, *_DOTTED):
        yield letter
        yield letter + "ि"
        yield letter + "िं"
    for letter in _HALVED:
        yield letter + _VIRAMA + _JOINER
    for sign in ("", "ं", "ि", "ी", "े", "ों", "ीं"):
        yield _REPH + "म" + sign
    for conjunct in _CONJUNCTS:
        yield conjunct
        yield conjunct + "ि"
    for letter in _CONSONANTS:
        yield letter + "ी"
    yield from (
        "रु",
        "रू",
        "हृ",
        "दृ",
        "शु",
        "हीं",
        "में",
        "हैं",
        "कों",
        "नीं",
        "ओं",
        "एं",
        "आं",
        "ाँ",
        "र्वि",
        "न्दी",
        "स्टिं",
        "न्त्रि",
        "ष्ट्रि",
        "क्षिं",
    )
    yield from _own_words(WORDS)


def _own_words(words: object) -> Iterator[str]:
    """What every document in Hindi may say."""
    if isinstance(words, str):
        for _, word in words_of(words):
            yield word
    elif isinstance(words, dict | tuple):
        for one in words.values() if isinstance(words, dict) else words:
            yield from _own_words(one)


def _others() -> Iterator[str]:
    yield from map(chr, range(0x900, 0x980))
    letters = (*_CONSONANTS, *_DOTTED)
    for first in letters:
        yield first + _VIRAMA + _JOINER
        for second in letters:
            yield first + _VIRAMA + second
            yield first + _VIRAMA + second + "ि"
            yield first + _VIRAMA + second + "िं"
        for sign in _SIGNS:
            yield first + sign
            yield _REPH + first + sign


def _arabic() -> Iterator[str]:
    for letter in _ARABIC:
        yield letter
        yield letter + _JOINER
        yield _JOINER + letter + _JOINER
        yield _JOINER + letter
    for alef in "اأإآ":
        yield "ل" + alef
        yield _JOINER + "ل" + alef
    yield from _ARABIC_REST
