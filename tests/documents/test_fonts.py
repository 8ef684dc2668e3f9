"""The typefaces: what they cover, that digits are equally wide, and how text is coded, measured and wrapped."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents import fonts
from desktop.documents.glyphs import BASIC, BASIC_SET, REPLACEMENT, Face, Tier, plain
from desktop.paths import resource

# Letters of Europe's languages by the tier that sets them beside the basic one.
ALPHABETS = {
    "": "ABCXYZabcxyz0123456789 ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿŒœŠšŽžŸ"
    "€£¥₹₺₽₴§°²³½×−–—…·•„“”‘’‚«»‹›¿¡†‡‰\u00a0\u202f\u2009",
    "x": "ĄąĆćĈĉĊċČčĎďĐđĒēĖėĘęĚěĜĝĞğĠġĢģĤĥĦħĨĩĪīĮįİıĴĵĶķĹĺĻļĽľŁłŃńŅņŇňŊŋŌōŐőŔŕŖŗŘřŚśŜŝŞşŢţŤťŦŧŨũŪūŬŭŮůŰűŲųŴŵŶŷŹźŻż"
    "ȘșȚțẀẁẂẃẄẅẞỲỳǦǧǪǫ",
    "g": "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρστυφχψωςΆΈΉΊΌΎΏάέήίόύώϊϋΐΰ",
    "c": "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяЄєІіЇїҐґЎўЂђЈјЉљЊњЋћЏџЃѓЌќЅѕ",
}


@pytest.mark.parametrize("name", ALPHABETS)
def test_europe_is_covered(name: str) -> None:
    letters = ALPHABETS[name]
    assert fonts.missing([letters]) == ""
    assert fonts.tiers_for(letters) == ({name} if name else set())


@pytest.mark.parametrize("name", ["b", "x", "g", "c", "d10", "d1f6", "i1e"])
def test_a_tier_is_one_font_of_a_pdf(name: str) -> None:
    tier = fonts.tier(name)
    assert len(tier.codes) <= 256
    assert len(set(tier.codes.values())) == len(tier.codes)
    assert tier.own <= tier.codes.keys()
    for widths in tier.widths:
        assert all(0 <= width < 4000 for width in widths)
    assert all(len(font.file) < 60_000 for font in tier.fonts)


def test_every_character_has_one_home() -> None:
    tiers = [fonts.tier(name) for name in ("b", "x", "g", "c", "i1e", "i20", "d20", "d10")]
    owned: set[str] = set()
    for tier in tiers:
        assert not owned & tier.own, tier.name
        owned |= tier.own


def test_digits_of_a_weight_are_equally_wide() -> None:
    for name in ("b", "g", "c"):
        tier = fonts.tier(name)
        for widths in tier.widths:
            assert len({widths[tier.codes[digit]] for digit in "0123456789"}) == 1


def test_signs_that_cp1252_lacks_are_basic() -> None:
    for sign in "₹₺₽₴\N{MINUS SIGN}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}→≤":
        assert sign in BASIC_SET
    for control in "\0\n\r\x1f\N{SOFT HYPHEN}":
        assert control not in BASIC_SET


def test_each_font_has_its_licence_beside_it() -> None:
    for font in resource("fonts").glob("*.ttf"):
        licence = font.with_name(font.stem.split("-")[0] + "-LICENSE.txt")
        assert "Permission is hereby granted" in licence.read_text(encoding="utf-8").replace("PERMISSION", "Permission")


def face(*names: str) -> Face:
    tiers: dict[str, Tier] = {name: fonts.tier(name) for name in (BASIC, *names)}
    return Face(0, tiers)


def test_plain_text_is_coded_as_it_is() -> None:
    codes, width, runs = face()["Amount (1,234.56)"]
    assert codes == r"Amount \(1,234.56\)"
    assert runs is None
    assert 7000 < width < 10000


def test_a_greek_name_with_its_spaces_is_one_run() -> None:
    _, _, runs = face("g")["Ελληνική Α.Ε. 2026"]
    assert runs is not None
    assert [font for font, _, _ in runs] == ["Rg"]


def test_a_mixed_name_changes_fonts_where_it_must() -> None:
    _, width, runs = face("x")["Łódź GmbH"]
    assert runs is not None
    assert [font for font, _, _ in runs] == ["Rx", "Rb", "Rx", "Rb"]
    assert width == sum(face("x")[letter][1] for letter in "Łódź GmbH")


def test_an_unknown_character_is_shown_as_one() -> None:
    _, _, runs = face(*fonts.tiers_for("漢"))["漢"]
    assert runs is not None
    assert runs[0][0].startswith("Rd")
    codes = fonts.tier("dff").codes
    assert runs[0][1] == f"({chr(codes[REPLACEMENT])})Tj"
    assert face()["漢"][2] == (("Rb", "(?)Tj", 0),), "without the fallback's tier still no silent gap"


@given(text=st.text(alphabet="abc ÄÖ-łŻαДx\n\t\u200b\u0301W", max_size=120), width=st.integers(12, 300))
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    type_face = face("x", "g", "c")
    lines = type_face.wrap(text, 9, width)
    said = {id(glyphs): words for words, glyphs in type_face.items()}
    whole = "\n".join(said[id(line)] for line in lines)
    assert "".join(plain(whole).split()) == "".join(plain(text).split())
    for line in lines:
        # One letter may be wider than a very narrow column.
        assert line[1] * 9 / 1000 <= width or len(said[id(line)]) == 1


@given(st.text(max_size=60))
def test_plain_text_has_no_controls_and_is_composed(text: str) -> None:
    cleaned = plain(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(sign) == "Cc" for sign in cleaned.replace("\n", ""))
    assert plain(cleaned) == cleaned


def test_the_memory_of_a_face_has_an_end() -> None:
    type_face = face()
    for number in range(45_000):
        _ = type_face[str(number)]
    assert len(type_face) <= 20_000
