"""Layouts as data: what goes in comes out, and what is wrong is named with its place."""

import json
from typing import Any

import pytest

from desktop.domain.template import BODY_BLOCKS, Block, Column, Layout, Text, half_fields_of, layout_data, layout_from
from desktop.domain.template_values import TemplateProblem
from desktop.paths import resource

FILES = sorted(resource("templates").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_finished_template_is_read_and_written_alike(file: Any) -> None:
    data = json.loads(file.read_text(encoding="utf-8"))
    layout = layout_from(data["layout"])
    assert layout_from(json.loads(json.dumps(layout_data(layout)))) == layout
    assert data["name"]


@pytest.mark.parametrize(
    "data, path",
    [
        ([], ()),
        ({"colour": "#000000"}, ("colour",)),
        ({"page": "A3"}, ("page",)),
        ({"margin_left": True}, ("margin_left",)),
        ({"margin_left": float("inf")}, ("margin_left",)),
        ({"accent": "blue"}, ("accent",)),
        ({"blocks": [{"shown": True}]}, ("blocks", 0)),
        ({"blocks": [{"block": "table"}, {"block": "table"}]}, ("blocks", 1, "block")),
        ({"blocks": [{"block": "table", "size": 40}]}, ("blocks", 0, "size")),
        ({"blocks": [{"block": "title", "size": 41}]}, ("blocks", 0, "size")),
        ({"columns": [{"column": "net"}]}, ("columns",)),
        ({"columns": [{"column": "description"}, {"column": "net", "width": 500}]}, ("columns", 1, "width")),
        ({"facts": ["due", "nothing"]}, ("facts", 1)),
        ({"texts": [{"place": "intro", "text": "Dear {nobody}"}]}, ("texts", 0, "text")),
        ({"texts": [{"place": "intro", "text": "Dear {client.name, hello"}]}, ("texts", 0, "text")),
        ({"texts": [{"place": "intro", "text": "{number} for client.name}"}]}, ("texts", 0, "text")),
        ({"texts": [{"place": "intro", "text": "x" * 5000}]}, ("texts", 0, "text")),
        ({"letterhead": "preprinted", "window": "din5008a", "head": 50}, ("head",)),
    ],
)
def test_what_is_wrong_is_named_with_its_place(data: object, path: tuple[str | int, ...]) -> None:
    with pytest.raises(TemplateProblem) as refused:
        layout_from(data)
    assert refused.value.path == path


def test_what_a_template_does_not_speak_of_stands_where_it_usually_does() -> None:
    layout = Layout(blocks=(Block("payment"), Block("table"), Block("terms", shown=False)))
    order = [block.block for block in layout.body()]
    assert order.index("payment") < order.index("table") < order.index("totals")
    assert "terms" not in order
    assert "signature" not in order
    assert set(order) < set(BODY_BLOCKS)


def test_the_text_that_fits_best_is_said() -> None:
    layout = Layout(
        columns=(Column("description"), Column("net")),
        texts=(Text("intro", "a"), Text("intro", "b", language="de"), Text("intro", "c", kind="final")),
    )
    assert layout.text("intro", "invoice", "fr") == "a"
    assert layout.text("intro", "invoice", "de_CH") == "b"
    assert layout.text("intro", "final", "de") == "c"
    assert layout.text("closing", "final", "de") == ""


def test_half_fields_are_found_with_their_words() -> None:
    assert half_fields_of("{number} {client.name, {date} due_date}.") == ["{client.name,", "due_date}"]
    assert half_fields_of("{{date} {") == ["{", "{"]
    assert half_fields_of("{number}{date}") == []
