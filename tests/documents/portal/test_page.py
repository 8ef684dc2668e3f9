"""A client's page: right figures and words, nothing of a text taken for markup, codes that a camera reads."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.letters.words import word
from desktop.documents.paycodes.payloads import codes_for
from desktop.documents.paycodes.qr import qr_symbol
from desktop.documents.portal.markup import Markup, tag
from desktop.documents.portal.page import OpenItem, Page, PageAccount, PageDocument, PageFile, page_text
from desktop.documents.portal.style import STYLE
from desktop.documents.portal.symbol import symbol_drawing
from desktop.documents.portal.words import WORDS, page_word
from desktop.domain.document import BankAccount, Party
from desktop.domain.letter import Letter

DAY = date(2026, 11, 22)
SELLER = Party(
    "Brandt & Partner GmbH", street="Kai 1", postcode="20457", city="Hamburg", country="DE", email="a@b.example"
)
BUYER = Party("Acme <Ltd>", code="C-7", country="DE")
BANK = (BankAccount("Brandt & Partner", "DE89370400440532013000", "COBADEFFXXX", "Commerzbank"),)
ASKING = Letter(
    "statement", DAY, "EUR", "en", SELLER, BUYER, number="INV-1", payable=100_000, payment_reference="INV-1", bank=BANK
)
ITEM = OpenItem(
    "INV-1", "invoice", date(2026, 9, 1), date(2026, 10, 1), 52, 119_000, 119_000, 100_000, "INV-1",
    codes_for(ASKING), "PO <7>", True,
)  # fmt: skip
FILES = (
    PageFile("pdf", "INV-1.pdf", "documents/INV 1.pdf"),
    PageFile("ubl", "INV-1.xml", "data:application/xml;base64,QQ=="),
)
PAGE = Page(
    "en",
    DAY,
    SELLER,
    BUYER,
    (PageAccount("EUR", (ITEM,), (0, 0, 119_000, 0, 0), 1_000, BANK),),
    (
        PageDocument("INV-1", "invoice", date(2026, 9, 1), date(2026, 10, 1), "EUR", 119_000, 119_000, FILES),
        PageDocument("INV-0", "invoice", date(2026, 8, 1), date(2026, 9, 1), "EUR", 5_000, 0, ()),
        PageDocument("CN-1", "credit_note", date(2026, 8, 1), date(2026, 8, 1), "EUR", 500, None, ()),
    ),
    "data:image/png;base64,QQ==",
)


class Reader(HTMLParser):
    """What a browser takes from the page: elements with their attributes, texts, and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))
        assert len(dict(attributes)) == len(attributes)
        if name not in ("meta", "img", "br"):
            self._open.append(name)

    def handle_startendtag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name: str) -> None:
        assert self._open.pop() == name

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "script"):
            self.texts.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == name]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


def test_it_says_what_is_open_and_how_to_pay_it() -> None:
    found = Reader(page_text(PAGE))
    for said in (
        "Your account with Brandt & Partner GmbH",
        "Acme <Ltd> · C-7",
        "As of 22 Nov 2026.",
        "Invoice INV-1",
        "PO PO <7> · Payment plan · Disputed: €190.00",
        "52 days late",
        "1,190.00",
        "Credit not yet used €10.00 Balance €1,180.00",
        "DE89 3704 0044 0532 0130 00",
        "Payment reference INV-1",
        "Credit note CN-1",
        "overdue",
        "settled",
    ):
        assert said in found.text
    links = [one["href"] for one in found.all("a")]
    assert links == [
        "#pay-eur-1",
        "documents/INV%201.pdf",
        "data:application/xml;base64,QQ==",
        "mailto:a@b.example",
    ]
    assert [one.get("download") for one in found.all("a")] == [None, "INV-1.pdf", "INV-1.xml", None]
    copied = [one["data-copy"] for one in found.all("button")]
    assert copied == ["DE89370400440532013000", "COBADEFFXXX", "1000.00", "INV-1"]
    assert all("hidden" in one for one in found.all("button"))


def test_it_needs_nobody_and_is_made_for_everybody() -> None:
    found = Reader(page_text(PAGE))
    assert found.all("html") == [{"lang": "en-GB"}]
    (policy,) = [one["content"] or "" for one in found.all("meta") if one.get("http-equiv")]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert not found.all("link")
    assert not [one for one in found.all("img") if not (one["src"] or "").startswith("data:")]
    assert all(one.get("alt") for one in found.all("img"))
    assert all(one.get("role") == "img" and one.get("aria-label") for one in found.all("svg"))
    assert all(one.get("scope") for one in found.all("th"))
    reached = [one for one in found.all("div") if "tabindex" in one]
    assert [(one["role"], one["aria-label"]) for one in reached] == [
        ("region", "Open items · EUR"),
        ("region", "By age · EUR"),
        ("region", "Documents"),
    ]
    assert [name for name, _more in found.elements if re.fullmatch("h[1-6]", name)] == ["h1", "h2", "h2", "h3", "h2"]
    names = [one["id"] for _name, one in found.elements if "id" in one]
    assert len(names) == len(set(names))
    assert {one["aria-labelledby"] for one in found.all("section")} <= set(names)


def test_every_open_item_has_a_place_of_its_own_to_pay_it() -> None:
    numbers = ("INV/1", "INV-1", "РЧ/1", "РЧ/2")
    items = tuple(replace(ITEM, name=number) for number in numbers)
    dollars = replace(PAGE.accounts[0], currency="USD", items=items[:1])
    found = Reader(page_text(replace(PAGE, accounts=(replace(PAGE.accounts[0], items=items), dollars))))
    places = [one["id"] for one in found.all("article")]
    assert len(set(places)) == 5
    assert [f"#{place}" for place in places] == [
        one["href"] for one in found.all("a") if (one["href"] or "").startswith("#")
    ]


def test_a_name_written_from_right_to_left_stands_by_itself() -> None:
    text = page_text(replace(PAGE, buyer=replace(BUYER, name="شركة المثال", code="0042")))
    assert "<bdi>شركة المثال</bdi> · 0042" in text


def test_on_paper_a_sum_stands_once_at_its_end() -> None:
    _screen, paper = STYLE.split("@media print")
    assert "tfoot{display:table-row-group}" in paper


def test_its_own_style_and_script_run_and_nothing_else() -> None:
    import hashlib
    from base64 import b64encode

    text = page_text(PAGE)
    for name in ("style", "script"):
        (inner,) = re.findall(f"<{name}>(.*?)</{name}>", text, re.DOTALL)
        assert f"sha256-{b64encode(hashlib.sha256(inner.encode()).digest()).decode()}" in text
    assert " style=" not in text
    assert " onclick" not in text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_no_text_of_a_book_is_markup(text: str) -> None:
    plain = Reader(page_text(PAGE))
    item = replace(ITEM, name=text, po_number=text, reference=text)
    evil = replace(
        PAGE,
        buyer=replace(BUYER, name=text, code=text),
        seller=replace(SELLER, name=text, phone=text),
        accounts=(replace(PAGE.accounts[0], items=(item,)),),
    )
    found = Reader(page_text(evil))
    assert [name for name, _more in found.elements] == [name for name, _more in plain.elements]


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "\"onload='x'", "<!--", "&lt;", "javascript:x"])
def test_well_known_tricks_are_texts(text: str) -> None:
    found = Reader(page_text(replace(PAGE, buyer=replace(BUYER, name=text))))
    assert f"{text} · C-7" in "".join(found.texts)
    assert len(found.all("script")) == 1


@pytest.mark.parametrize("language", sorted(WORDS))
def test_each_language_has_all_words_and_their_fields(language: str) -> None:
    for key, english in WORDS["en"].items():
        forms = WORDS[language][key]
        assert type(forms) is type(english)
        for own, other in zip(*([one] if isinstance(one, str) else one for one in (forms, english)), strict=True):
            assert set(re.findall(r"\{\w+\}", own)) == set(re.findall(r"\{\w+\}", other))
    found = Reader(page_text(replace(PAGE, language=language)))
    assert found.all("html")[0]["lang"].split("-")[0] == language  # type: ignore[union-attr]
    assert word(language, "open_items") in found.text
    assert page_word(language, "late", 52).format(count=52) in found.text


@pytest.mark.parametrize(
    "days, said", [(-2, "due in 2 days"), (-1, "due in 1 day"), (0, "due today"), (1, "1 day late")]
)
def test_days_are_counted_in_words(days: int, said: str) -> None:
    item = replace(ITEM, days=days)
    text = Reader(page_text(replace(PAGE, accounts=(replace(PAGE.accounts[0], items=(item,)),)))).text
    assert said in text
    assert ("Overdue" in text) == (days > 0)


@pytest.mark.parametrize("means", ["debit", "card"])
def test_who_is_debited_is_asked_for_nothing(means: str) -> None:
    page = replace(PAGE, accounts=(replace(PAGE.accounts[0], means=means),))
    found = Reader(page_text(page))
    assert "nothing for you to do" in found.text
    assert "DE89" not in found.text
    assert not found.all("svg")


def test_a_settled_account_and_an_empty_one() -> None:
    page = replace(PAGE, accounts=(replace(PAGE.accounts[0], items=(), credit=0),), documents=())
    text = Reader(page_text(page)).text
    assert "Nothing is open." in text
    assert "Nothing has been issued yet." in text
    assert "How to pay" not in text


@pytest.mark.parametrize("size", [1, 40, 200, 500])
@pytest.mark.parametrize("swiss", [False, True])
def test_a_drawing_has_the_modules_of_its_code(size: int, swiss: bool) -> None:
    symbol = qr_symbol(bytes(range(33, 33 + 90)) * 6 if size == 500 else b"x" * size)
    drawn = symbol_drawing(symbol, "code", swiss=swiss)
    bars = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.split("<path")[1])
    dark = {(int(row) - 4, int(left) - 4 + step) for left, row, wide in bars for step in range(int(wide))}
    wide = symbol.width // 8
    for row in range(symbol.size):
        for column in range(symbol.size):
            byte = symbol.image[row * wide + column // 8]
            assert ((row, column) in dark) == bool(byte >> (7 - column % 8) & 1)
    assert drawn.count("<path") == (4 if swiss else 1)


def test_elements_escape_what_is_no_markup() -> None:
    made = tag("p", "<b>", Markup("<i>"), None, title='"', hidden=False, data_x=None, class_="a&b", open=True)
    assert made == '<p title="&quot;" class="a&amp;b" open>&lt;b&gt;<i></p>'
