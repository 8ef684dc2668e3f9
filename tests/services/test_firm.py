import io
from datetime import date
from decimal import Decimal

import pytest
from PIL import Image
from sqlalchemy import select

from db.schema import File, TemplateVersion
from desktop.errors import UserError
from desktop.services import book_settings, currencies, files, firm, people
from desktop.services.changes import undo
from desktop.services.limits import limit_of
from desktop.services.problems import ValidationError
from tests.books import new_book

ACTOR = "Ada"


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


def _picture(kind="PNG", size=(320, 90)):
    kept = io.BytesIO()
    Image.new("RGB", size, "#2457D6").save(kept, kind)
    return kept.getvalue()


def test_the_firm_is_changed_and_undone(book):
    firm.update_firm(
        book, {"name": "Hafen GmbH", "tax_id": "de 136695976", "terms": "14 Tage 2% Skonto 7 Tage"}, actor=ACTOR
    )
    row = firm.firm(book)
    assert (row["name"], row["tax_id"], row["terms"]) == ("Hafen GmbH", "DE136695976", "net 14 2%/7")
    undo(book, ACTOR)
    assert firm.firm(book)["name"] == "Harbour Services"


def test_all_problems_of_the_firm_come_at_once(book):
    with pytest.raises(ValidationError) as refused:
        firm.update_firm(
            book,
            {
                "name": "",
                "country": "XX",
                "currency": "ZZZ",
                "language": "?",
                "terms": "x",
                "delivery": "x",
                "email": "x",
                "tax_id": "DE1",
                "template_id": 99,
                "fiscal_start_month": 13,
            },
            actor=ACTOR,
        )
    assert set(refused.value.fields) == {
        "name",
        "country",
        "currency",
        "language",
        "terms",
        "delivery",
        "email",
        "template_id",
        "fiscal_start_month",
    }
    with pytest.raises(ValidationError, match="too few or too many digits"):
        firm.update_firm(book, {"tax_id": "DE1"}, actor=ACTOR)


def test_bank_accounts_stand_in_their_order(book):
    first = firm.save_bank_account(book, {"iban": "de89 3704 0044 0532 0130 00", "bic": "cobadeffxxx"}, actor=ACTOR)
    firm.save_bank_account(book, {"iban": "000123456789", "holder": "Hafen", "currency": "usd"}, actor=ACTOR)
    accounts = firm.bank_accounts(book)
    assert [(a["position"], a["holder"], a["iban"], a["bic"], a["currency"]) for a in accounts] == [
        (1, "Harbour Services", "DE89370400440532013000", "COBADEFFXXX", None),
        (2, "Hafen", "000123456789", "", "USD"),
    ]
    with pytest.raises(ValidationError) as refused:
        firm.save_bank_account(book, {"iban": "DE89370400440532013001", "bic": "X"}, actor=ACTOR, account_id=first)
    assert set(refused.value.fields) == {"iban", "bic"}
    with pytest.raises(ValidationError, match="needs its IBAN"):
        firm.save_bank_account(book, {"bank": "Somewhere"}, actor=ACTOR)
    firm.save_bank_account(book, {"bank": "Commerzbank"}, actor=ACTOR, account_id=first)
    firm.remove_bank_account(book, accounts[1]["id"], actor=ACTOR)
    assert [a["bank"] for a in firm.bank_accounts(book)] == ["Commerzbank"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_makes_a_new_version_of_the_template(book, kind):
    content = _picture(kind)
    firm.set_logo(book, "logo", content, actor=ACTOR)
    kept = firm.logo(book)
    assert kept is not None
    assert (kept.content, kept.media_type) == (content, f"image/{kind.lower()}")
    with book.reading() as session:
        found = session.execute(
            select(
                TemplateVersion.template_id,
                TemplateVersion.version,
                TemplateVersion.logo_id,
                TemplateVersion.specification,
            )
        ).all()
    templates = {row.template_id for row in found}
    assert len(templates) >= 7
    for template in templates:
        versions = [row for row in found if row.template_id == template]
        assert sorted((row.version, row.logo_id or 0) for row in versions) == [(1, 0), (2, kept.id)]
        assert len({row.specification for row in versions}) == 1
    firm.remove_logo(book, actor=ACTOR)
    assert firm.logo(book) is None
    undo(book, ACTOR)
    assert firm.logo(book) == kept


@pytest.mark.parametrize(
    "content, problem",
    [
        (b"GIF89a.....", "is not a picture that a PDF can hold"),
        (_picture(size=(8, 8)), "has 8 x 8 pixels"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\0", "is damaged"),
        (b"\xff\xd8\xff", "is damaged"),
        (_picture("JPEG")[:20], "is damaged"),
    ],
)
def test_what_is_no_logo_is_refused(book, content, problem):
    with pytest.raises(UserError, match=problem):
        firm.set_logo(book, "mark.bin", content, actor=ACTOR)
    assert firm.logo(book) is None


@pytest.mark.parametrize("kind, size", [("PNG", (640, 200)), ("JPEG", (1, 77)), ("JPEG", (513, 3))])
def test_the_size_of_a_picture_is_its_header_s(kind, size):
    assert firm.picture_size(_picture(kind, size)) == size


def test_the_same_bytes_are_kept_once(book):
    firm.set_logo(book, "a.png", _picture(), actor=ACTOR)
    firm.set_logo(book, "b.png", _picture(size=(20, 20)), actor=ACTOR)
    firm.set_logo(book, "c.png", _picture(), actor=ACTOR)
    with book.reading() as session:
        assert session.scalars(select(File.name).order_by(File.id)).all() == ["a.png", "b.png"]


@pytest.mark.parametrize(
    "name, content, kind",
    [
        ("x.pdf", b"%PDF-1.7", "application/pdf"),
        ("x.txt", b"%PDF-1.7", "application/pdf"),
        ("x.docx", b"PK\x03\x04..", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("x.zip", b"PK\x03\x04..", "application/zip"),
        ("x.txt", "Grüße".encode(), "text/plain"),
        ("x.bin", b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
def test_media_types_come_from_the_bytes(name, content, kind):
    assert files.media_type(name, content) == kind


def test_people_have_limits(book):
    ida = people.save_person(book, {"name": "Ida", "credit_limit": 50_000}, actor=ACTOR)
    people.save_person(book, {"write_off_limit": 0}, actor=ACTOR, person_id=ida)
    with pytest.raises(ValidationError) as refused:
        people.save_person(book, {"name": "ida", "credit_limit": -1}, actor=ACTOR)
    assert set(refused.value.fields) == {"name", "credit_limit"}
    assert [(p["name"], p["credit_limit"], p["write_off_limit"]) for p in people.people(book)] == [("Ida", 50_000, 0)]
    with book.reading() as session:
        assert limit_of(session.connection(), "Ida", "credit") == 50_000
        assert limit_of(session.connection(), "Bo", "credit") is None
    book_settings.set_book_setting(book, "limit.credit", 1000, actor=ACTOR)
    with book.reading() as session:
        assert limit_of(session.connection(), "Bo", "credit") == 100_000
    people.remove_person(book, ida, actor=ACTOR)
    assert people.people(book) == []


def test_book_settings_are_set_changed_and_taken_away(book):
    book_settings.set_book_setting(book, "mail.sender", {"name": "Häfen"}, actor=ACTOR)
    book_settings.set_book_setting(book, "mail.sender", {"name": "Ufer"}, actor=ACTOR)
    assert book_settings.book_settings(book) == {"mail.sender": {"name": "Ufer"}}
    book_settings.set_book_setting(book, "mail.sender", None, actor=ACTOR)
    book_settings.set_book_setting(book, "mail.sender", None, actor=ACTOR)
    assert book_settings.book_settings(book) == {}
    undo(book, ACTOR)
    assert book_settings.book_settings(book) == {"mail.sender": {"name": "Ufer"}}


def test_exchange_rates_are_dated(book):
    currencies.set_exchange_rate(book, "gbp", date(2026, 1, 1), Decimal("1.1712345678"), actor=ACTOR)
    currencies.set_exchange_rate(book, "GBP", date(2026, 2, 1), Decimal("1.18"), actor=ACTOR)
    currencies.set_exchange_rate(book, "GBP", date(2026, 2, 1), Decimal("1.19"), actor=ACTOR)
    rates = currencies.exchange_rates(book)
    assert [(r["valid_from"], r["rate"]) for r in rates] == [
        (date(2026, 2, 1), Decimal("1.19")),
        (date(2026, 1, 1), Decimal("1.171235")),
    ]
    for currency, rate, field in [("EUR", "1", "currency"), ("GBP", "0", "rate"), ("GBP", "0.0000001", "rate")]:
        with pytest.raises(ValidationError) as refused:
            currencies.set_exchange_rate(book, currency, date(2026, 1, 1), Decimal(rate), actor=ACTOR)
        assert list(refused.value.fields) == [field]
    currencies.remove_exchange_rate(book, rates[0]["id"], actor=ACTOR)
    assert len(currencies.exchange_rates(book)) == 1
