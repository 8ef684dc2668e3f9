"""The words of letters, by language, with the forms that go with a count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from desktop.documents.letters import words_de, words_en, words_es, words_fr, words_hi

Table = Mapping[str, str | tuple[str, str]]

_WORDS: dict[str, Table] = {
    "en": words_en.WORDS,
    "de": words_de.WORDS,
    "fr": words_fr.WORDS,
    "es": words_es.WORDS,
    "hi": words_hi.WORDS,
}
# These languages have the form for one with nothing too.
_NONE_IS_ONE = ("fr", "hi")


def letter_words(locale: str) -> Iterator[str]:
    """All the words of a language, to find out which glyphs a letter may need."""
    for found in _words(locale).values():
        yield from (found,) if isinstance(found, str) else found


def _words(locale: str) -> Table:
    return _WORDS.get(locale.replace("-", "_").partition("_")[0], _WORDS["en"])


def word(locale: str, key: str, plural: int | None = None) -> str:
    """The word of a key in a language or locale, English where there is none; of a pair, the form for the count."""
    language = locale.replace("-", "_").partition("_")[0]
    found = _words(locale)[key]
    if isinstance(found, str):
        return found
    one = plural == 1 or (plural == 0 and language in _NONE_IS_ONE)
    return found[0 if one else 1]
