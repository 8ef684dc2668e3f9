"""The languages of letters say the same things, and each word is used."""

import re
import string
from pathlib import Path

import pytest

import desktop
from desktop.documents.letters import words_de, words_en, words_es, words_fr, words_hi
from desktop.documents.letters.words import word

TABLES = {"de": words_de.WORDS, "es": words_es.WORDS, "fr": words_fr.WORDS, "hi": words_hi.WORDS}


def places(text: str | tuple[str, str]) -> set[str]:
    texts = (text,) if isinstance(text, str) else text
    return {name for one in texts for _, name, _, _ in string.Formatter().parse(one) if name}


@pytest.mark.parametrize("language", TABLES)
def test_every_word_fills_in_the_same_facts(language: str) -> None:
    ours, english = TABLES[language], words_en.WORDS
    assert ours.keys() == english.keys()
    for key, text in ours.items():
        assert isinstance(text, str) == isinstance(english[key], str), key
        assert places(text) == places(english[key]), key
        assert all(one.strip() for one in ((text,) if isinstance(text, str) else text)), key


def test_every_word_is_used() -> None:
    root = Path(desktop.__file__).parent
    sources = [*root.glob("services/letters/*.py"), *root.glob("documents/letters/[!w]*.py")]
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    used = set(re.findall(r'"(\w+)"', text))
    # Keys that are made of a kind, a level or a state.
    made = re.compile(r"(kind|method|outcome|state)_\w+|reminder_[0123](_ask)?")
    unused = [key for key in words_en.WORDS if key not in used and not made.fullmatch(key)]
    assert unused == []


def test_forms_go_with_their_count() -> None:
    assert word("en", "cover_opening", 1) == words_en.WORDS["cover_opening"][0]
    assert word("en_GB", "cover_opening", 0) == words_en.WORDS["cover_opening"][1]
    assert word("fr", "cover_opening", 0) == words_fr.WORDS["cover_opening"][0]
    assert word("hi_IN", "cover_opening", 1) == words_hi.WORDS["cover_opening"][0]
    assert word("de-AT", "cover_opening", 2) == words_de.WORDS["cover_opening"][1]
    assert word("pl", "sum") == "Total"
