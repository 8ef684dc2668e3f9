"""E-invoice and ways to pay, where a person sets them: at the firm, a segment, a client and an agreement."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.clients import client, client_id, create_client, update_client
from desktop.services.firm import firm, save_bank_account, update_firm
from desktop.services.runs import plan
from desktop.services.segments import save_segment, segments
from desktop.ui.clients.form import ClientForm, edit_client
from desktop.ui.editors import ChoiceEditor
from desktop.ui.runs.mending import mend
from desktop.ui.runs.review import ReviewPage
from desktop.ui.settings.firm import FirmSection
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.ui.forms import choose, dialog, said_at, save, write
from tests.ui.program import TODAY, Driver, add_retainers

TEST = "test"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path, tax_id="DE136695976", einvoice="facturx")


def form_of(driver: Driver, client_id: int | None) -> ClientForm:
    edit_client(driver.desk, driver.window, client_id, lambda _id: None)
    form = dialog(driver).form
    assert isinstance(form, ClientForm)
    driver.settle()
    return form


def inherited(form: ClientForm) -> str:
    """What the first of the forms of e-invoice stands for."""
    editor = form.editor("einvoice")
    assert isinstance(editor, ChoiceEditor)
    return editor.itemText(0)


def test_a_client_says_how_it_is_addressed_and_how_it_pays(driver: Driver, book: Book) -> None:
    made = create_client(book, {"name": "Stadt Kiel", "country": "DE", "city": "Kiel"}, actor=TEST)
    form = form_of(driver, made)
    choose(driver, form, "einvoice", "xrechnung")
    choose(driver, form, "payment_means", "debit")
    write(form, endpoint="04011000-1234512345-06", mandate="M-2026-7", iban="DE89 3704 0044 0532 0130 00")
    assert save(driver, dialog(driver))
    row = client(book, made)
    assert (row["einvoice"], row["endpoint_scheme"]) == ("xrechnung", "0204")
    assert (row["payment_means"], row["mandate"], row["iban"]) == ("debit", "M-2026-7", "DE89370400440532013000")


def test_what_a_client_inherits_follows_its_delivery_and_its_segment(driver: Driver, book: Book) -> None:
    segment = save_segment(book, {"name": "Public", "einvoice": "xrechnung"}, actor=TEST)
    form = form_of(driver, None)
    assert inherited(form) == "As the firm: Factur-X (ZUGFeRD)"
    choose(driver, form, "segment_id", segment)
    assert inherited(form) == "As Public: XRechnung, as CII"
    choose(driver, form, "delivery", "ubl")
    assert inherited(form) == "By its delivery: Peppol BIS Billing 3"
    dialog(driver).reject()


def test_only_what_the_way_to_pay_needs_is_asked(driver: Driver) -> None:
    form = form_of(driver, None)
    shown = {key: form.editor(key).isVisibleTo(form) for key in ("mandate", "card")}
    assert shown == {"mandate": False, "card": False}
    choose(driver, form, "payment_means", "card")
    assert form.editor("card").isVisibleTo(form)
    choose(driver, form, "payment_means", "debit")
    assert form.editor("mandate").isVisibleTo(form)
    assert not form.editor("card").isVisibleTo(form)
    dialog(driver).reject()


def test_a_wrong_number_is_said_at_its_field_and_a_whole_card_is_never_kept(driver: Driver, book: Book) -> None:
    made = create_client(book, {"name": "Stadt Kiel", "country": "DE", "city": "Kiel"}, actor=TEST)
    form = form_of(driver, made)
    choose(driver, form, "payment_means", "card")
    write(form, endpoint="04011000-1234512345-07", card="4242 4242 4242 4242")
    assert not save(driver, dialog(driver))
    assert said_at(form, "endpoint") == "Leitweg-ID 04011000-1234512345-07 fails its check digits."
    assert said_at(form, "card") == "A whole card number is never kept: write its last four digits alone."
    write(form, endpoint="04011000-1234512345-06", card="•••• 4242")
    assert save(driver, dialog(driver))
    assert client(book, made)["card"] == "4242"


def test_the_firm_says_how_it_is_reached_and_paid(driver: Driver, book: Book) -> None:
    driver.window.go("settings")
    driver.settle()
    section = driver.window.findChild(FirmSection)
    assert isinstance(section, FirmSection)
    choose(driver, section.form, "einvoice", "peppol")
    write(section.form, creditor_id="DE98 ZZZ 09999999998", payment_link="http://pay.example/{number}")
    section.save()
    driver.settle()
    assert "fails its check digits" in said_at(section.form, "creditor_id")
    assert said_at(section.form, "payment_link").startswith("A payment link begins with https://")
    write(section.form, creditor_id="DE98 ZZZ 09999999999", payment_link="https://pay.example/{number}?a={amount}")
    section.save()
    driver.settle()
    row = firm(book)
    assert (row["einvoice"], row["creditor_id"]) == ("peppol", "DE98ZZZ09999999999")
    assert row["payment_link"] == "https://pay.example/{number}?a={amount}"


def test_a_segment_shows_and_keeps_its_form(driver: Driver, book: Book) -> None:
    save_segment(book, {"name": "Public", "einvoice": "xrechnung"}, actor=TEST)
    assert [one["einvoice"] for one in segments(book)] == ["xrechnung"]


def test_what_was_found_opens_the_field_that_mends_it(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    one = client_id(book, "C1")
    update_client(book, one, {"einvoice": "xrechnung", "postcode": "20457", "buyer_reference": "Amt 4"}, actor=TEST)
    update_firm(
        book, {"street": "Kai 1", "postcode": "1", "city": "Kiel", "phone": "123", "email": "a@b.de"}, actor=TEST
    )
    save_bank_account(book, {"iban": "DE89370400440532013000"}, actor=TEST)
    run = plan(book, through=TODAY, issue_date=TODAY, actor=TEST, now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    driver.settle()
    page = driver.window.findChild(ReviewPage)
    assert isinstance(page, ReviewPage)
    page.table.select([page.model.ids[0]])
    driver.settle()
    assert page.pane.words.startswith("XRechnung wants the electronic address of Client 1 GmbH")
    page.acts["review.mend"].trigger()
    form = dialog(driver).form
    driver.until(lambda: form.editor("endpoint").hasFocus())
    write(form, endpoint="rechnung@client.example")
    assert save(driver, dialog(driver))
    driver.settle()
    assert "1 is ready now" in driver.window.notices.sentence


def test_what_lacks_of_the_firm_opens_its_settings(driver: Driver) -> None:
    mend(driver.desk, driver.window, "firm:1:creditor_id", lambda: None)
    driver.settle()
    section = driver.window.findChild(FirmSection)
    assert isinstance(section, FirmSection)
    driver.until(lambda: section.form.editor("creditor_id").hasFocus())
    mend(driver.desk, driver.window, "firm:1:iban", lambda: None)
    driver.until(lambda: section.accounts.table.hasFocus())


def test_a_rate_that_is_missing_is_entered_with_the_currencies(driver: Driver) -> None:
    for field in ("firm:1:rate:USD", "exchange:USD:rate"):
        driver.window.go("today")
        mend(driver.desk, driver.window, field, lambda: None)
        driver.settle()
        settings = driver.window.page
        assert isinstance(settings, SettingsPage)
        assert settings.section == "currencies"
