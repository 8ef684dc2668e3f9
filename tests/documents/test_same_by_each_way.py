"""What is quick gives the same as what is general: tables on one page, figures that came before, plain text."""

import codecs
from dataclasses import replace

import pytest

from desktop.documents import table
from desktop.documents.figures import Coded
from desktop.documents.fonts import tier
from desktop.documents.glyphs import BASIC, BASIC_CHARACTERS, Face, is_basic
from desktop.documents.render import render_pdf
from desktop.domain.document import Document
from desktop.domain.template import USUAL_LAYOUT
from tests.documents.papers import PLAIN, document


def _long_first(paper: Document) -> Document:
    first, *others = paper.lines
    return replace(paper, lines=(replace(first, description="Betrieb und Wartung " * 12), *others))


@pytest.mark.parametrize("ruling", ["rules", "plain", "zebra", "grid"])
@pytest.mark.parametrize("lines", [1, 4, 8, 15, 16, 17, 40])
def test_a_table_looks_the_same_row_by_row(lines: int, ruling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template = replace(PLAIN, layout=replace(USUAL_LAYOUT, table=ruling))
    papers = [document(lines), _long_first(document(lines))]
    at_once = [render_pdf(paper, template) for paper in papers]
    monkeypatch.setattr(table._Table, "_draw_on_one_page", lambda _table, _keep: False)
    assert [render_pdf(paper, template) for paper in papers] == at_once


def test_figures_are_written_once_and_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.documents.figures._MEMO", 3)
    written = []

    def write(value: int) -> str:
        written.append(value)
        return f"{value}.00"

    face = Face(0, {BASIC: tier(BASIC)})
    coded = Coded(face, write)
    assert [coded[1], coded[1], coded[2]] == [face["1.00"], face["1.00"], face["2.00"]]
    assert written == [1, 2]
    for value in range(10):
        assert coded[value] == face[f"{value}.00"]
        assert len(coded) <= 3


def test_every_sign_is_known_as_basic_or_not() -> None:
    table = codecs.charmap_build(BASIC_CHARACTERS)
    for point in range(0x3000):
        try:
            codecs.charmap_encode(f"a{chr(point)}", "strict", table)
            basic = True
        except UnicodeEncodeError:
            basic = False
        assert is_basic(f"a{chr(point)}") is basic, hex(point)
