"""What wants mending is said once, where it is mended, and goes away when it is; it can be put off until a day."""

from datetime import date

import pytest

from db.schema import (
    Agreement,
    AgreementLine,
    Client,
    Contact,
    ExchangeRate,
    Item,
    Milestone,
    Rate,
    SeriesYear,
    Usage,
)
from desktop.i18n import current_locale, set_language
from desktop.services.book_settings import LAST_BACKUP, set_book_setting
from desktop.services.books import back_up
from desktop.services.changes import change, undo
from desktop.services.duplicates import tell_apart
from desktop.services.hygiene import hygiene, postpone
from desktop.services.merging import merge_clients
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value
from tests.issued import add_invoice

TODAY = date(2026, 3, 31)
WHOLE = {"postcode": "53111", "email": "office@nordlicht.de"}


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


@pytest.fixture
def told(book):
    return Contracts(book)


@pytest.fixture
def sound(told):
    """A client and its agreement of which there is nothing to say."""
    client = told.client("C1", **WHOLE)
    return client, told.agreement(client, "A1")


def _codes(book, today=TODAY):
    return {one.code for one in hygiene(book, today)}


def _one(book, code, today=TODAY):
    (found,) = [one for one in hygiene(book, today) if one.code == code]
    return found


def test_a_sound_book_has_nothing_to_say(book, sound):
    assert hygiene(book, TODAY) == []


@pytest.mark.parametrize(
    "change_of_it, code, field",
    [
        ({"country": "AT"}, "tax_id_missing", "tax_id"),
        ({"tax_treatment": "reverse_charge"}, "tax_id_missing", "tax_id"),
        ({"tax_id": "DE123456789"}, "tax_id_invalid", "tax_id"),
        ({"iban": "DE00370400440532013000"}, "iban_invalid", "iban"),
        ({"street": "", "city": ""}, "address_incomplete", "street"),
        ({"postcode": ""}, "address_incomplete", "postcode"),
        ({"buyer_reference_required": True}, "buyer_reference_missing", "buyer_reference"),
        ({"email": "office at nordlicht"}, "mail_malformed", "email"),
        ({"email": "", "delivery": "email"}, "mail_missing", "email"),
    ],
)
def test_clients(book, told, sound, change_of_it, code, field):
    client, _agreement = sound
    told.update(Client, client, **change_of_it)
    found = _one(book, code)
    assert (found.subject, found.place, found.place_id) == ("clients", "clients", client)
    assert found.field == f"client:{client}:{field}"
    undo(book, ANNE)
    assert hygiene(book, TODAY) == []


@pytest.mark.parametrize(
    "change_of_it",
    [
        {"country": "AT", "tax_id": "ATU13585627"},
        {"country": "AT", "is_business": False},
        {"country": "US"},
        {"buyer_reference_required": True, "buyer_reference": "04011000-1234512345-06"},
        {"country": "HK", "postcode": ""},
    ],
)
def test_clients_of_whom_there_is_nothing_to_say(book, told, sound, change_of_it):
    told.update(Client, sound[0], **change_of_it)
    assert hygiene(book, TODAY) == []


def test_what_no_run_would_stop_at_is_only_a_note(book, told, sound):
    client, agreement = sound
    told.update(Client, client, tax_id="DE123456789")
    assert _one(book, "tax_id_invalid").severity == "block"
    told.update(Agreement, agreement, active=False)
    assert _one(book, "tax_id_invalid").severity == "note"


def test_one_good_contact_is_enough_for_delivery(book, told, sound):
    told.update(Client, sound[0], email="", delivery="email")
    with change(book, ANNE, "Contact") as made:
        made.insert(Contact, client_id=sound[0], name="Bea", email="bea@nordlicht.de", gets_invoices=True)
    assert hygiene(book, TODAY) == []


def test_contacts(book, told, sound):
    gone = told.client("C2", active=False, name="Aurora", **WHOLE | {"email": ""})
    with change(book, ANNE, "Contacts") as made:
        made.insert(Contact, client_id=sound[0], name="Bea", email="bea")
        made.insert(Contact, client_id=gone, name="Cem", email="cem@aurora.de", gets_invoices=True)
    assert _codes(book) == {"contact_mail", "contact_dead"}


def test_silent_clients(book, told, sound):
    silent = told.client("C2", name="Aurora", postcode="1")
    assert _one(book, "client_unused").subject_id == silent
    add_invoice(book, silent, date(2024, 3, 1), (10_000, 19))
    assert _one(book, "client_silent").subject_id == silent
    assert "client_silent" not in _codes(book, date(2026, 2, 28))


def test_what_was_issued_to_a_merged_client_is_heard_of(book, told, sound):
    keep, absorb = told.client("C2", name="Aurora", postcode="1"), told.client("C3", name="Borea", postcode="1")
    add_invoice(book, keep, date(2023, 3, 1), (10_000, 19))
    add_invoice(book, absorb, date(2026, 3, 1), (10_000, 19))
    merge_clients(book, keep, absorb, actor=ANNE)
    assert _codes(book) == {"backup_old"}


def test_items(book, told, sound):
    unpriced = told.item("X", "Support")
    told.agreement(sound[0], "A2", {"item_id": unpriced, "unit_price": None})
    assert _one(book, "item_without_price").place_id == unpriced
    told.update(Item, unpriced, price=money(5), currency="USD")
    assert _one(book, "price_missing_in").field == f"item:{unpriced}:price"
    with change(book, ANNE, "Rate") as made:
        made.insert(Rate, item_id=unpriced, currency="EUR", valid_from=date(2026, 1, 1), price=money(4))
    assert hygiene(book, TODAY) == []
    told.item("Y", "Never sold")
    assert _codes(book) == {"item_unused"}


def test_cards(book, told, sound):
    with change(book, ANNE, "Rates") as made:
        made.insert(Rate, item_id=told.item(), currency="EUR", valid_from=date(2024, 1, 1), price=money(4))
    assert _codes(book) == {"rate_old"}
    with change(book, ANNE, "Rates") as made:
        made.insert(Rate, item_id=told.item(), currency="EUR", valid_from=date(2026, 5, 1), price=money(5))
    assert _codes(book) == {"rate_changes"}
    assert _codes(book, date(2026, 1, 31)) == set()


def test_agreements(book, told, sound):
    client, agreement = sound
    bare = told.agreement(client, "A2")
    line = value(book, "SELECT id FROM agreement_line WHERE agreement_id = ?", bare)
    told.update(AgreementLine, line, item_id=None, unit_price=None)
    assert _codes(book) == {"line_without_price"}
    with change(book, ANNE, "Empty it") as made:
        made.delete(AgreementLine, line)
    assert _one(book, "agreement_without_lines").place_id == bare
    told.update(Agreement, bare, active=False)
    told.update(Agreement, agreement, end_date=date(2026, 5, 1), po_number="PO-7", po_expires=date(2026, 3, 1))
    assert {one.code: one.severity for one in hygiene(book, TODAY)} == {"agreement_ends": "note", "po_expires": "hold"}
    assert "30" in _one(book, "agreement_ends").message


def test_an_ended_agreement_with_work_left(book, told, sound):
    client, agreement = sound
    told.hours(client, agreement, "2026-03-02", "2", rate="50")
    told.update(Agreement, agreement, end_date=date(2026, 3, 15))
    assert _one(book, "ended_unbilled").severity == "hold"


def test_meters_and_milestones(book, told, sound):
    client, _agreement = sound
    meter = told.agreement(client, "A2", {"kind": "usage", "quantity": "0"}, billing="usage")
    assert "no record yet" in next(one.message for one in hygiene(book, TODAY) if one.code == "meter_silent")
    with change(book, ANNE, "Usage") as made:
        made.insert(
            Usage,
            agreement_id=meter,
            item_id=told.item(),
            start_date=date(2026, 3, 1),
            end_date=date(2026, 3, 8),
            days=7,
            quantity=money(5),
        )
        late = made.insert(
            Milestone, agreement_id=meter, position=1, name="Go live", amount=100, planned_on=date(2026, 3, 1)
        )
    assert _codes(book) == {"milestone_late"}
    told.update(Milestone, late, done_on=date(2026, 3, 30))
    assert hygiene(book, TODAY) == []


def test_work(book, told, sound):
    client, agreement = sound
    told.hours(client, None, "2026-03-20", "2", rate="50")
    assert _codes(book) == {"time_without_agreement"}
    told.hours(client, agreement, "2026-01-20", "2", rate="50")
    assert _codes(book) == {"time_without_agreement", "unbilled_old"}
    told.hours(client, agreement, "2026-03-21", "2")
    found = _one(book, "time_without_price")
    assert (found.severity, found.place, found.field) == ("block", "billables", f"client:{client}")
    told.update(Item, told.item(), price=money(5), currency="EUR")
    assert _codes(book) == {"time_without_agreement", "unbilled_old"}


def test_drafts_that_wait(book, told, sound):
    told.update(Client, sound[0], on_hold=True)
    billed = told.bill("2026-01-31")
    started = date.fromisoformat(value(book, "SELECT started_at FROM run")[:10])
    later = date.fromordinal(started.toordinal() + 20)
    assert "drafts_waiting" not in _codes(book, started)
    assert _one(book, "drafts_waiting", later).name == billed.run


def test_rates_of_exchange_and_series(book, told, sound):
    told.agreement(told.client("C2", name="Aurora", currency="USD", **WHOLE | {"email": ""}), "A2", currency="USD")
    assert _one(book, "exchange_missing").field == "currencies"
    with change(book, ANNE, "Rate") as made:
        made.insert(ExchangeRate, currency="USD", valid_from=date(2026, 2, 1), rate=money("0.9"))
        series = value(book, "SELECT id FROM series WHERE kind = 'invoice' AND is_default")
        made.insert(SeriesYear, series_id=series, year=2026, next=9_500, last_date=None)
    assert _codes(book) == {"exchange_old", "series_full"}


def test_duplicates_until_they_are_told_apart(book, told, sound):
    other = told.client("C2", **WHOLE | {"name": "Client C1"})
    told.agreement(other, "A2")
    found = _one(book, "duplicates")
    assert (found.place, "2 clients" in found.message) == ("duplicates", True)
    tell_apart(book, "clients", [sound[0], other], actor=ANNE)
    assert hygiene(book, TODAY) == []


def test_backups(book, told, sound, tmp_path):
    add_invoice(book, sound[0], date(2026, 3, 1), (10_000, 19))
    assert _codes(book) == {"backup_old"}
    back_up(book, tmp_path / "copy.sheaf")
    done = date.fromisoformat(book.now[:10])
    assert "backup_old" not in _codes(book, done)
    set_book_setting(book, LAST_BACKUP, "2026-03-20", actor=ANNE)
    assert "backup_old" in _codes(book)
    assert "backup_old" not in _codes(book, date(2026, 3, 25))


def test_put_off_until_a_day_and_taken_up_again(book, told, sound):
    told.update(Client, sound[0], tax_id="DE123456789")
    found = _one(book, "tax_id_invalid")
    postpone(book, [found], date(2026, 4, 15), actor=ANNE)
    assert _one(book, "tax_id_invalid").postponed == date(2026, 4, 15)
    assert _one(book, "tax_id_invalid", date(2026, 4, 15)).postponed is None
    postpone(book, [found], None, actor=ANNE)
    assert _one(book, "tax_id_invalid").postponed is None
    undo(book, ANNE)
    assert _one(book, "tax_id_invalid").postponed == date(2026, 4, 15)


def test_what_stops_a_run_comes_first(book, told, sound):
    told.update(Client, sound[0], tax_id="DE123456789", iban="DE1")
    told.hours(sound[0], None, "2026-03-20", "2", rate="50")
    assert [one.severity for one in hygiene(book, TODAY)] == ["block", "hold", "note"]
    assert len({one.key for one in hygiene(book, TODAY)}) == 3


def test_what_was_found_once_is_told_in_the_language_of_now(book, sound):
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE client SET city = ''")
    before, english = current_locale(), [one.message for one in hygiene(book, TODAY)]
    set_language("de")
    try:
        german = [one.message for one in hygiene(book, TODAY)]
    finally:
        set_language(before)
    assert len(german) == len(english) > 0
    assert german != english
    assert [one.message for one in hygiene(book, TODAY)] == english


def test_what_is_mended_is_gone_at_once(book, sound):
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE client SET city = ''")
    assert hygiene(book, TODAY)
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE client SET city = 'Hamburg'")
    assert hygiene(book, TODAY) == []
