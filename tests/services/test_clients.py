from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from db.schema import AuditEvent, Client, Contact
from desktop.errors import UserError
from desktop.services import agreements, catalogue, clients, rates, rules, segments
from desktop.services.changes import undo
from desktop.services.problems import ValidationError
from desktop.services.records import Record
from tests.books import new_book

ACTOR = "Ada"


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


def _create(book, **values):
    given = {"name": "Nordlicht GmbH", "country": "DE", "street": "Hafen 1", "postcode": "20457", "city": "Hamburg"}
    return clients.create_client(book, given | values, actor=ACTOR)


def test_a_client_is_kept_as_people_write_it(book):
    made = _create(
        book, country="at", tax_id="U13585627", terms="30 Tage", iban="at61 1904 3002 3457 3201", currency=""
    )
    client = clients.client(book, made)
    assert client["code"] == "C-0001"
    assert (client["country"], client["tax_id"], client["terms"]) == ("AT", "ATU13585627", "net 30")
    assert (client["currency"], client["iban"]) == ("EUR", "AT611904300234573201")
    assert (client["contacts"], client["addresses"]) == ([], [])


def test_codes_are_made_after_the_highest(book):
    _create(book, code="C-0041")
    _create(book, code="acme")
    _create(book, code="C-x9")
    assert clients.client(book, _create(book))["code"] == "C-0042"
    assert clients.client_id(book, " ACME ") == 2
    with pytest.raises(UserError, match="no client with the code “nobody”"):
        clients.client_id(book, "nobody")


def test_a_code_with_other_letters_is_found_and_kept_once(book):
    made = _create(book, code="KÄ-1")
    assert clients.client_id(book, "KÄ-1") == clients.client_id(book, "kÄ-1") == made
    with pytest.raises(ValidationError):
        _create(book, code="KÄ-1")


def test_all_problems_come_at_once_and_nothing_is_written(book):
    _create(book, code="ACME")
    with pytest.raises(ValidationError) as refused:
        clients.create_client(
            book,
            {
                "name": " ",
                "code": "acme",
                "country": "FR",
                "tax_id": "FR12 345678901",
                "currency": "EURO",
                "terms": "whenever",
                "email": "nobody",
                "iban": "DE89370400440532013001",
                "language": "xx-yy-zz",
                "credit_limit": -1,
                "delivery": "pigeon",
                "segment_id": 99,
                "tax_treatment": "none",
            },
            actor=ACTOR,
            contacts=[{"name": "Ida", "gets_invoices": True}, {"name": ""}],
            addresses=[{"kind": "moon", "country": "ZZ"}],
        )
    assert set(refused.value.fields) == {
        "name",
        "code",
        "tax_id",
        "currency",
        "terms",
        "email",
        "iban",
        "language",
        "credit_limit",
        "delivery",
        "segment_id",
        "tax_treatment",
        "contacts.0.email",
        "contacts.1.name",
        "addresses.0.kind",
        "addresses.0.country",
    }
    assert refused.value.fields["tax_id"] == "VAT id FR12 345678901 fails its check digits."
    assert refused.value.fields["code"] == "There is a client “ACME” already."
    with book.reading() as session:
        assert session.scalar(select(func.count(Client.id))) == 1


def test_a_client_needs_a_country(book):
    with pytest.raises(ValidationError, match="Choose a country") as refused:
        clients.create_client(book, {"name": "Nobody"}, actor=ACTOR)
    assert list(refused.value.fields) == ["country"]


def test_a_change_checks_what_hangs_together(book):
    made = _create(book, tax_id="DE136695976")
    # The id stays good for Austria's client, because its prefix names another EU state; without it, it would not.
    clients.update_client(book, made, {"country": "AT"}, actor=ACTOR)
    with pytest.raises(ValidationError, match="needs an address") as refused:
        clients.update_client(book, made, {"delivery": "email"}, actor=ACTOR)
    assert list(refused.value.fields) == ["email"]
    clients.update_client(book, made, {"delivery": "email", "email": "a@b.example"}, actor=ACTOR)
    with pytest.raises(ValidationError, match="needs an address"):
        clients.update_client(book, made, {"email": ""}, actor=ACTOR)
    assert clients.client(book, made)["email"] == "a@b.example"


def test_a_change_is_recorded_once_and_undone(book):
    made = _create(book)
    clients.update_client(book, made, {"city": "Bremen", "name": "Nordlicht GmbH"}, actor=ACTOR)
    clients.update_client(book, made, {"city": "Bremen"}, actor=ACTOR)
    with book.reading() as session:
        events = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "client")).all()
    assert events == ["insert", "update"]
    undo(book, ACTOR)
    assert clients.client(book, made)["city"] == "Hamburg"


def test_a_form_saves_a_client_with_its_contacts_as_one_change(book):
    made = _create(book)
    ida = clients.save_contact(book, made, {"name": "Ida", "email": "ida@b.example"}, actor=ACTOR)
    clients.save_contact(book, made, {"name": "Ole"}, actor=ACTOR)
    rows: list[Record] = [{"id": ida, "name": "Ida Berg", "email": "ida@b.example"}, {"name": "Ute"}]
    clients.update_client(book, made, {"city": "Kiel"}, actor=ACTOR, contacts=rows)
    assert [one["name"] for one in clients.client(book, made)["contacts"]] == ["Ida Berg", "Ute"]
    undo(book, ACTOR)
    record = clients.client(book, made)
    assert record["city"] == "Hamburg"
    assert [one["name"] for one in record["contacts"]] == ["Ida", "Ole"]
    with pytest.raises(ValidationError) as refused:
        clients.update_client(book, made, {}, actor=ACTOR, contacts=[rows[0], {"name": "", "email": "x"}])
    assert set(refused.value.fields) == {"contacts.1.name", "contacts.1.email"}
    with pytest.raises(UserError, match="not there any more"):
        clients.update_client(book, made, {}, actor=ACTOR, contacts=[{"id": 999, "name": "Ida"}])


def test_contacts_and_addresses(book):
    made = _create(book)
    contact = clients.save_contact(book, made, {"name": "Ida", "email": "ida@b.example"}, actor=ACTOR)
    clients.save_contact(book, made, {"gets_invoices": True}, actor=ACTOR, contact_id=contact)
    with pytest.raises(ValidationError, match="needs an e-mail address"):
        clients.save_contact(book, made, {"email": ""}, actor=ACTOR, contact_id=contact)
    clients.save_contact(book, made, {"gets_invoices": False, "gets_reminders": True}, actor=ACTOR, contact_id=contact)
    with pytest.raises(ValidationError, match="Who gets the reminders needs an e-mail address"):
        clients.save_contact(book, made, {"email": ""}, actor=ACTOR, contact_id=contact)
    clients.save_contact(book, made, {"mail_as": "bcc", "gets_invoices": True}, actor=ACTOR, contact_id=contact)
    with pytest.raises(ValidationError, match="“loud” is not one of to, cc, bcc"):
        clients.save_contact(book, made, {"mail_as": "loud"}, actor=ACTOR, contact_id=contact)
    assert clients.client(book, made)["contacts"][0]["mail_as"] == "bcc"
    address = clients.save_address(book, made, {"kind": "delivery", "city": "Kiel"}, actor=ACTOR)
    record = clients.client(book, made)
    assert [(c["name"], c["email"], c["gets_invoices"]) for c in record["contacts"]] == [("Ida", "ida@b.example", True)]
    assert [a["city"] for a in record["addresses"]] == ["Kiel"]
    clients.remove_contact(book, contact, actor=ACTOR)
    clients.remove_address(book, address, actor=ACTOR)
    assert clients.client(book, made)["contacts"] == []
    with pytest.raises(UserError, match="not there any more"):
        clients.remove_contact(book, contact, actor=ACTOR)


def test_only_an_unused_client_is_deleted(book):
    made = _create(book)
    item = catalogue.save_item(book, {"name": "Care"}, actor=ACTOR)
    rates.set_rate(
        book,
        item,
        client_id=made,
        currency="EUR",
        valid_from=date(2026, 1, 1),
        tiers=[(None, Decimal(90))],
        actor=ACTOR,
    )
    rules.set_rule(book, "amount_above", scope="client", scope_id=made, parameters={"limit": 5}, actor=ACTOR)
    agreement = agreements.create_agreement(
        book, {"client_id": made, "start_date": date(2026, 1, 1)}, [{"item_id": item}], actor=ACTOR
    )
    with pytest.raises(UserError, match="it has 1 agreements"):
        clients.delete_client(book, made, actor=ACTOR)
    with pytest.raises(UserError, match="active agreements: A-0001"):
        clients.archive_client(book, made, actor=ACTOR)
    agreements.delete_agreement(book, agreement, actor=ACTOR)
    clients.archive_client(book, made, actor=ACTOR)
    assert not clients.client(book, made)["active"]
    clients.restore_client(book, made, actor=ACTOR)
    clients.save_contact(book, made, {"name": "Ida"}, actor=ACTOR)
    clients.delete_client(book, made, actor=ACTOR)
    with pytest.raises(UserError, match="not there any more"):
        clients.client(book, made)
    assert rates.rates(book) == []
    undo(book, ACTOR)
    assert [c["name"] for c in clients.client(book, made)["contacts"]] == ["Ida"]
    assert [r["price"] for r in rates.rates(book, client_id=made)] == [Decimal(90)]
    with book.reading() as session:
        assert session.scalar(select(func.count(Contact.id))) == 1


def test_settings_are_inherited_level_by_level(book):
    gold = segments.save_segment(book, {"name": "Gold", "terms": "net 14", "delivery": "print"}, actor=ACTOR)
    blue = segments.save_segment(book, {"name": "Blue", "terms": "eom"}, actor=ACTOR)
    made = _create(book, segment_id=gold, delivery="folder")
    item = catalogue.save_item(book, {"name": "Care"}, actor=ACTOR)
    common = {"client_id": made, "start_date": date(2026, 1, 1)}
    plain = agreements.create_agreement(book, common, [{"item_id": item}], actor=ACTOR)
    other = agreements.create_agreement(book, common | {"segment_id": blue}, [{"item_id": item}], actor=ACTOR)
    own = agreements.create_agreement(book, common | {"terms": "day 15"}, [{"item_id": item}], actor=ACTOR)

    def seen(**of):
        return {name: (one.value, one.source) for name, one in segments.inherited(book, **of).items()}

    assert seen(agreement_id=plain) == {
        "terms": ("net 14", "segment"),
        "delivery": ("folder", "client"),
        "language": ("en", "firm"),
        "template_id": (1, "firm"),
    }
    assert seen(agreement_id=other)["terms"] == ("eom", "segment")
    assert seen(agreement_id=own)["terms"] == ("day 15", "agreement")
    assert seen(client_id=made) == seen(agreement_id=plain)
    assert seen()["terms"] == ("net 30", "firm")
    assert [(s["name"], s["clients"], s["agreements"]) for s in segments.segments(book)] == [
        ("Blue", 0, 1),
        ("Gold", 1, 0),
    ]
    with pytest.raises(UserError, match="1 clients and 0 agreements are in segment Gold"):
        segments.delete_segment(book, gold, actor=ACTOR)
    clients.update_client(book, made, {"segment_id": None}, actor=ACTOR)
    segments.delete_segment(book, gold, actor=ACTOR)
    assert [s["name"] for s in segments.segments(book)] == ["Blue"]


def test_a_segment_is_checked(book):
    segments.save_segment(book, {"name": "Gold"}, actor=ACTOR)
    with pytest.raises(ValidationError) as refused:
        segments.save_segment(
            book, {"name": "gold", "terms": "soon", "delivery": "x", "language": "xx", "tax_code_id": 99}, actor=ACTOR
        )
    assert set(refused.value.fields) == {"name", "terms", "delivery", "language", "tax_code_id"}
    with pytest.raises(ValidationError, match="needs a name"):
        segments.save_segment(book, {}, actor=ACTOR)
