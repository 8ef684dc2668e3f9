"""Scripts whose letters join: what is drawn is shaped, measured as it is drawn, and read back as it was written."""

import os
import re
import unicodedata

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents import fonts, shaping
from desktop.documents.glyphs import BASIC, Face, Tier, plain
from desktop.documents.shaping import DEVANAGARI, JOINING, clusters, shape
from desktop.documents.sheet import Sheet, Style
from tests.documents.one_page import one_page
from tests.golden.pictures import FOLDER, SHARE, approved, difference, keep, picture

SCRIPTS = FOLDER.parent / "scripts"
HINDI = (
    "कि क्षेत्र विक्रेता श्री हिन्दी",
    "र्क धर्म कर्मचारी प्राइवेट लिमिटेड",
    "क़ ज़िला ड़",
    "स्टेशनरी एवं वस्तु, 12,34,567.00 ₹",
    "कुल देय राशि ₹ 1,23,456.00 (द्वादश)",
    "राष्ट्रीय उद्यम निर्माण संस्थान",
    "स्वास्थ्य शृंखला ट्रस्ट, 4थी मंज़िल, बेंगलुरु 560001",
    "एचएसएन/एसएसी कोड 9983",
)
RIGHT_TO_LEFT = ("שלום עולם", "שָׁלוֹם", "محمد بن علي", "شركة الأمل للتجارة", "ں لا الله", "قیمت")
OTHERS = (
    "Ελληνική Ενέργεια Α.Ε.",
    "Київ, вул. Хрещатик 1",
    "Łódź, Győr, Ąžuolas",
    "Straße 7, Çelik & Şen",
    "ok 😀 🚀 ❤",
)
MIXED = ("हिन्दी Łódź & Київ GmbH 12", "Firma שלום GmbH 2026", "Trading محمد Ltd")


def faces(texts: tuple[str, ...], typeface: str = "inter", weight: int = 0) -> tuple[Face, dict[str, Tier]]:
    names = set().union(*[fonts.tiers_for(text, typeface) for text in texts])
    tiers = {name: fonts.tier(name) for name in sorted({BASIC, *names})}
    return Face(weight, tiers, typeface), tiers


def drawn(texts: tuple[str, ...], typeface: str = "inter", weight: int = 0) -> bytes:
    """A page with a text a line, at 14 points."""
    face, tiers = faces(texts, typeface, weight)
    style, sheet = Style(face, 14, "#000000"), Sheet()
    for number, text in enumerate(texts):
        sheet.left(style, 40, 800 - 24 * number, text)
    used = sorted(sheet.fonts | {face.font})
    return one_page(sheet.content(), {name: tiers[name[1:]].fonts["RS".index(name[0])] for name in used})


def read(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as opened:
        page = opened[0]
        text = page.get_textpage()
        lines = text.get_text_bounded().replace("\r\n", "\n").split("\n")
        text.close()
        page.close()
    return lines


@pytest.mark.parametrize("weight", [0, 1])
@pytest.mark.parametrize("typeface", ["inter", "dejavu", "serif"])
@pytest.mark.parametrize("texts", [HINDI, RIGHT_TO_LEFT, OTHERS, MIXED], ids=["hindi", "rtl", "others", "mixed"])
def test_what_is_drawn_can_be_copied(texts: tuple[str, ...], typeface: str, weight: int) -> None:
    assert fonts.missing(texts) == ""
    assert read(drawn(texts, typeface, weight)) == [plain(text) for text in texts]


@pytest.mark.parametrize(
    "word, glyphs",
    [("कि", 2), ("क्ष", 1), ("त्र", 1), ("र्क", 2), ("न्द", 2), ("द्ध", 1), ("ड़", 1), ("क्षि", 2)],
)
def test_syllables_are_joined(word: str, glyphs: int) -> None:
    for weight in (0, 1):
        found = shape(DEVANAGARI, weight, word)
        assert len(found) == glyphs
        assert all(glyph.number for glyph in found)


def test_a_short_i_stands_before_its_consonant() -> None:
    sign, letter = shape(DEVANAGARI, 0, "कि")
    assert letter.number == shape(DEVANAGARI, 0, "क")[0].number
    assert sign.number != letter.number
    (text, group), *more = clusters("कि", (sign, letter))
    assert (text, list(group), more) == ("कि", [sign, letter], [])


def test_a_joiner_keeps_a_consonant_apart() -> None:
    assert len(shape(DEVANAGARI, 0, "क्\u200dष")) == 2
    assert len(shape(DEVANAGARI, 0, "क्ष")) == 1
    face, _ = faces(("क्\u200dष", "क्ष"))
    assert face["क्\u200dष"][1] > face["क्ष"][1]


def test_arabic_letters_take_the_form_of_their_place() -> None:
    alone, joined = shape(JOINING, 0, "ب"), shape(JOINING, 0, "ببب")
    assert len({glyph.number for glyph in joined} | {alone[0].number}) == 4
    assert len(shape(JOINING, 0, "لا")) == 1


def test_brackets_turn_with_the_direction() -> None:
    def shown(text: str) -> list[str]:
        return [piece for script, piece in shaping.pieces(text) if not script]

    assert shown("(שלום)") == ["(", ")"]
    assert "".join(shown("שלום (ab)")) == "(ab) ", "drawn from the left, so the closing one comes first as its mirror"


@pytest.mark.parametrize("text", [*HINDI, *RIGHT_TO_LEFT, *OTHERS, *MIXED])
@pytest.mark.parametrize("weight", [0, 1])
def test_widths_are_those_that_are_drawn(text: str, weight: int) -> None:
    """A bar behind the text stands where the pen of the viewer ends."""
    text = f"x {text} x"
    face, _ = faces((text, text + "|"), weight=weight)
    with pypdfium2.PdfDocument(drawn((text + "|",), weight=weight)) as opened:
        page = opened[0]
        found = page.get_textpage()
        bar = max(found.get_charbox(at, loose=True)[0] for at in range(found.count_chars()))
        found.close()
        page.close()
    assert bar == pytest.approx(40 + face[text][1] * 14 / 1000, abs=0.1)


def test_lines_break_between_words_and_never_in_a_syllable() -> None:
    text = "राष्ट्रीय उद्यम निर्माण संस्थान प्राइवेट लिमिटेड " * 4 + "अत्यन्तलम्बाशब्द" * 6
    face, _ = faces((text,))
    lines = face.wrap(text, 9, 120)
    assert all(line[1] * 9 / 1000 <= 120 for line in lines)
    said = {id(glyphs): words for words, glyphs in face.items()}
    words = [said[id(line)] for line in lines]
    assert "".join("".join(words).split()) == "".join(text.split())
    for line in words:
        assert not unicodedata.category(line[0]).startswith("M")
        assert not line.endswith("\u094d")


def test_each_line_runs_as_the_whole_does() -> None:
    text = "שלום עולם Alpha Beta Gamma Delta שלום Omega"
    face, _ = faces((text,))
    lines = face.wrap(text, 10, 90)
    said = {id(glyphs): words for words, glyphs in face.items()}
    assert len(lines) > 2
    assert all(said[id(line)].startswith("\u200f") for line in lines)


def test_overrides_cannot_turn_a_name() -> None:
    face, _ = faces(("abc",))
    assert face["a\u202ebc\u202c"][2] == (("Rb", "(abc)Tj", 0),)


SIGNS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("ab1 ()\n"),
        st.characters(min_codepoint=0x900, max_codepoint=0x97F),
        st.characters(min_codepoint=0x590, max_codepoint=0x6FF),
        st.sampled_from("\u200c\u200d\u200e\u200f\u0301\u202e"),
        st.characters(min_codepoint=0x1F300, max_codepoint=0x1FAFF),
    ),
    max_size=30,
)


@given(text=SIGNS, typeface=st.sampled_from(["inter", "dejavu", "serif"]), weight=st.sampled_from([0, 1]))
def test_any_text_is_set_or_named_as_missing(text: str, typeface: str, weight: int) -> None:
    face, tiers = faces((text,), typeface, weight)
    _, width, runs = face[text]
    lacking = fonts.missing([text])
    assert width >= 0
    replaced = 0
    for font, show, _ in runs or ():
        if font:
            tier = tiers[font[1:]]
            known = {code for code, _ in tier.glyphs[weight].values()} if tier.glyphs else set(tier.codes.values())
            assert set(_codes(show)) <= known, "a code without a glyph shows an empty box"
            replaced += _codes(show).count(tier.codes.get("\ufffd", -1))
    assert bool(replaced) == bool(lacking or "\ufffd" in plain(text))
    for line in face.wrap(text, 9, 40):
        assert line[1] >= 0


def _codes(show: str) -> list[int]:
    """The codes of a run without what stands around them."""
    strings = re.findall(r"\(((?:[^\\)]|\\.)*)\)", show, re.DOTALL)
    plain_codes = re.sub(
        r"\\(.)", lambda one: {"r": "\r", "n": "\n"}.get(one[1], one[1]), "".join(strings), flags=re.DOTALL
    )
    return [ord(code) for code in plain_codes]


@pytest.mark.parametrize("typeface", ["inter", "dejavu", "serif"])
@pytest.mark.parametrize("weight", [0, 1])
def test_scripts_look_as_they_were_approved(typeface: str, weight: int) -> None:
    shown = picture(drawn((*HINDI, *RIGHT_TO_LEFT, *OTHERS, *MIXED), typeface, weight))
    file = SCRIPTS / f"{typeface}-{'bold' if weight else 'regular'}.png"
    if os.environ.get("SHEAF_PICTURES") == "write":
        keep(shown, file)
    assert difference(shown, approved(file)) < SHARE
