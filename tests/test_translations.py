"""Every text has its translation in every language, with the same fields, and what is compiled is what is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from tests import texts

_FIELD = re.compile(r"\{(\w*)[^}]*\}")
_CODE = re.compile(r"`[^`]*`")
_MARK = "…"


def forms(message: Message) -> tuple[list[str], list[str]]:
    """The English forms and those of the language."""
    english = list(message.id) if isinstance(message.id, list | tuple) else [message.id]
    own = list(message.string) if isinstance(message.string, list | tuple) else [message.string]
    return english, [form or "" for form in own]


def messages(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def translated(catalog: Catalog) -> Iterator[tuple[list[str], list[str]]]:
    """The forms of what has a translation."""
    return ((english, own) for english, own in map(forms, messages(catalog)) if all(own))


@pytest.fixture(scope="module")
def collected() -> Catalog:
    return texts.collect()


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_each_text_has_its_translation(language: str, collected: Catalog) -> None:
    """Run `python3 dev.py texts` and fill in what the catalogue lacks."""
    catalog = texts.read(language)
    known = {message.id[0] if isinstance(message.id, list | tuple) else message.id for message in messages(catalog)}
    wanted = {message.id[0] if isinstance(message.id, list | tuple) else message.id for message in messages(collected)}
    assert sorted(wanted - known) == []
    assert sorted(known - wanted) == []
    assert texts.missing(catalog) == []


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_translations_keep_the_fields(language: str) -> None:
    for english, own in translated(texts.read(language)):
        fields = {field for form in english for field in _FIELD.findall(form)}
        for form in own:
            assert set(_FIELD.findall(form)) <= fields, form
        # The form for many must say how many, and whatever else the English says.
        assert set(_FIELD.findall(own[-1])) == set(_FIELD.findall(english[-1])), own[-1]


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_translations_keep_edges_and_commands(language: str) -> None:
    for english, own in translated(texts.read(language)):
        for form in own:
            model = english[-1]
            assert form[:1].isspace() == model[:1].isspace(), form
            assert form[-1:].isspace() == model[-1:].isspace(), form
            assert form.endswith(_MARK) == model.endswith(_MARK), form
            assert sorted(_CODE.findall(form)) == sorted(_CODE.findall(model)), form


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = texts.po_path(language).with_suffix(".mo").read_bytes()
    assert compiled == texts.mo_bytes(texts.read(language)), "run: python3 dev.py texts"


def test_a_missing_form_is_noticed() -> None:
    catalog = Catalog(locale="de")
    catalog.add("whole", "ganz")
    catalog.add("lacking")
    catalog.add(("{count} row", "{count} rows"), ("{count} Zeile", ""))
    assert texts.missing(catalog) == ["lacking", "{count} row"]


def test_the_collector_finds_texts_marked_for_later(collected: Catalog) -> None:
    assert "Clients" in collected
    assert any(isinstance(message.id, tuple) for message in messages(collected))
