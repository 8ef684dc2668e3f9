"""Marks on a page: text in an element belongs to it, everything else is decoration, and marks never overlap."""

import re

from desktop.documents import fonts
from desktop.documents.glyphs import BASIC, Face
from desktop.documents.sheet import INK, Sheet, Style
from desktop.documents.tagging import Tags, mark


def style() -> Style:
    return Style(Face(0, {BASIC: fonts.tier(BASIC)}), 9, INK)


def shown(sheet: Sheet) -> list[tuple[str, str]]:
    """The texts of a page with the number of their mark, empty for decoration. AssertionError where marks overlap."""
    found, now = [], None
    for operator in sheet.content().decode("latin-1").split("\n"):
        if operator == "EMC":
            assert now is not None
            now = None
        elif operator == "/Artifact BMC":
            assert now is None
            now = ""
        elif begun := re.fullmatch(r"/P<</MCID (\d+)>>BDC", operator):
            assert now is None
            now = begun[1]
        elif text := re.search(r"\((.*)\)Tj", operator):
            assert now is not None
            found.append((text[1], now))
    assert now is None
    return found


def test_text_is_marked_as_its_element() -> None:
    tags, look = Tags(), style()
    sheet = Sheet(tags)
    sheet.left(look, 10, 700, "decoration")
    tags.begin("H1")
    sheet.left(look, 10, 680, "one")
    sheet.left(look, 10, 660, "line more")
    tags.end()
    tags.begin("Table")
    tags.begin("TR")
    sheet.row(look, 640, [(100, look.face["a"]), (200, look.face["b"])], "TD")
    sheet.left(look, 10, 640, "of the row")
    tags.end()
    tags.end()
    sheet.left(look, 10, 600, "page 1")
    assert shown(sheet) == [
        ("decoration", ""),
        ("one", "0"),
        ("line more", "0"),
        ("a", "1"),
        ("b", "2"),
        ("of the row", "3"),
        ("page 1", ""),
    ]
    assert tags.log == ["H1", 0, "", "Table", "TR", "TD", 0, "", "TD", 0, "", 0, "", ""]


def test_an_element_goes_on_over_the_page() -> None:
    tags, look = Tags(), style()
    first, second = Sheet(tags), Sheet(tags, 1)
    tags.begin("P")
    first.left(look, 10, 40, "begins")
    with tags.aside():
        second.left(look, 10, 800, "page heading")
    second.left(look, 10, 700, "goes on")
    tags.end()
    assert shown(first) == [("begins", "0")]
    assert shown(second) == [("page heading", ""), ("goes on", "0")]
    assert tags.log == ["P", 0, 1, ""]


def test_pictures_and_rules_are_marked() -> None:
    tags = Tags()
    sheet = Sheet(tags)
    sheet.rule(10, 10, 100, 1)
    sheet.underlay("/F Do")
    tags.begin("Figure", "A code to pay with")
    sheet.picture("q /Q Do Q")
    tags.end()
    sheet.picture("q /Z Do Q")
    lines = sheet.content().decode().split("\n")
    assert lines[:2] == ["/Artifact BMC", "/F Do"]
    assert lines[-6:] == [mark(0), "q /Q Do Q", "EMC", "/Artifact BMC", "q /Z Do Q", "EMC"]
    assert tags.log == [("Figure",), 0, ""]
    assert tags.alts == ["A code to pay with"]


def test_a_form_is_not_marked_within() -> None:
    look, sheet = style(), Sheet()
    sheet.rule(10, 10, 100, 1)
    sheet.left(look, 10, 40, "letterhead")
    assert b"MC" not in sheet.content()


def test_more_pieces_than_usual() -> None:
    assert mark(511) == "/P<</MCID 511>>BDC"
    assert mark(4_000) == "/P<</MCID 4000>>BDC"
