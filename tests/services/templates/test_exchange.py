"""A template as a file comes back as it went out; a bad one is refused with its line, and changes nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engine import Book
from desktop.domain.document import TemplateVersion
from desktop.domain.template import FIELDS, KINDS, TEXT_PLACES, USUAL_LAYOUT, Block, Column, Layout, Text
from desktop.errors import UserError
from desktop.services.templates import import_template, template_file, template_text, template_version, templates
from tests.books import new_book
from tests.services.templates.test_library import png

WHOLE = Layout(
    accent="#AA0000",
    blocks=(Block("notes", False), Block("totals", True, 11, True, "quiet", "right", -2)),
    columns=(Column("description", "What"), Column("net", width=31.5)),
    texts=(Text("intro", "Dear {client.name},\n“grüße” 🙂", "invoice", "de"),),
)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def text_of(layout: Layout = USUAL_LAYOUT, logo: bytes = b"") -> str:
    return template_text(TemplateVersion(1, "Quay", 3, layout, logo))


@pytest.mark.parametrize("layout", [USUAL_LAYOUT, WHOLE])
@pytest.mark.parametrize("logo", [b"", png()])
def test_a_file_comes_back_as_it_went_out(layout: Layout, logo: bytes) -> None:
    read = template_file(text_of(layout, logo))
    assert (read.name, read.layout, read.logo or b"") == ("Quay", layout, logo)


TEXTS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(
        st.builds(
            lambda place, before, field, kind: Text(place, f"{before}{{{field}}}", kind),
            st.sampled_from(TEXT_PLACES),
            TEXTS,
            st.sampled_from(FIELDS),
            st.sampled_from(("", *KINDS)),
        ),
        max_size=4,
    ),
    st.floats(10, 60),
    st.permutations(("net", "description", "quantity")),
)
def test_any_layout_comes_back(texts: list[Text], margin: float, columns: list[str]) -> None:
    layout = replace(USUAL_LAYOUT, texts=tuple(texts), margin_left=margin, columns=tuple(map(Column, columns)))
    assert template_file(text_of(layout)).layout == layout


def test_people_can_read_the_file() -> None:
    text = text_of(WHOLE)
    assert '\n    "accent": "#AA0000",\n' in text
    assert "“grüße”" in text
    # What is usual is said too: another program's usual may be another.
    assert '"margin_left": 25,' in text


def test_importing_takes_a_free_name(book: Book) -> None:
    first = import_template(book, text_of(WHOLE, png()), actor="Anne")
    second = import_template(book, "\ufeff" + text_of(), actor="Anne")
    assert (first.name, second.name, first.note) == ("Quay", "Quay 2", "Imported")
    assert template_version(book, first.version_id).logo == png()
    assert import_template(book, text_of(), name="Pier", actor="Anne").name == "Pier"


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    "old, new, words",
    [
        ('"#AA0000"', '"red"', "“red” is not a colour"),
        ('"margin_left": 25', '"margin_left": 3', "too small or too large"),
        ('"margin_left": 25', '"margin_lift": 25', "“margin_lift” is not known"),
        ('"block": "totals"', '"block": "total"', "“total” is not one of"),
        ("{client.name}", "{customer}", "no field “{customer}”"),
        ('"margin_left": 25,', '"margin_left": 25', "A comma or"),
        ('"name": "Quay"', '"name": 7', "needs a name"),
        ('"format_version": 1', '"format_version": "one"', "number of the format"),
        ('"logo": null', '"logo": "%%%"', "no base64"),
        ('"logo": null', '"logo": 5', "picture in base64"),
        ('"logo": null', '"colour": null', "“colour” is not known"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(book: Book, old: str, new: str, words: str) -> None:
    before = templates(book)
    text = text_of(WHOLE)
    assert old in text
    bad = text.replace(old, new)
    # A comma is missed where the next thing begins.
    line = line_of(bad, new) + (1 if words == "A comma or" else 0)
    with pytest.raises(UserError) as refused:
        import_template(book, bad, file_name="quay.json", actor="Anne")
    assert refused.value.message.startswith(f"quay.json, line {line}, column ")
    assert words in refused.value.message
    assert templates(book) == before


def test_a_logo_that_is_no_picture_is_refused(book: Book) -> None:
    before = templates(book)
    for content in (b"GIF89a" + bytes(40), png()[:50]):
        data = json.loads(text_of()) | {"logo": base64.b64encode(content).decode()}
        with pytest.raises(UserError, match="picture"):
            import_template(book, json.dumps(data), actor="Anne")
    assert templates(book) == before


def test_a_newer_format_is_refused_politely() -> None:
    with pytest.raises(UserError, match="written by a newer Sheaf: its format is 2") as refused:
        template_file(text_of().replace('"format_version": 1', '"format_version": 2, "more": {}'), "q.json")
    assert refused.value.remedy == "Update Sheaf, then import it again."


@pytest.mark.parametrize("text", ["[]", "{}", '{"format": "other"}', "7"])
def test_another_kind_of_file_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="not a template of Sheaf"):
        template_file(text)


def test_a_name_is_one_line() -> None:
    data = json.loads(text_of())
    assert template_file(json.dumps(data | {"name": " Qu\u0000ay\n north "})).name == "Qu ay north"
    with pytest.raises(UserError, match="The template needs a name"):
        template_file(json.dumps(data | {"name": "\u0000\n"}))
