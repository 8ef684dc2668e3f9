"""What mails say, to whom they go, and which documents go together."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from db.schema import Client, Contact, Delivery, Firm, MailAccount, Segment, Setting
from desktop.domain.mail_text import Worded
from desktop.services.changes import change
from desktop.services.currencies import set_exchange_rate
from desktop.services.delivery.mail import mails
from desktop.services.delivery.mail.mails import mail_drafts
from desktop.services.delivery.mail.texts import save_mail_text
from desktop.services.merging import merge_clients
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import Contracts, rows, value

TODAY = date(2026, 2, 1)
ANNE = "Anne"


@pytest.fixture
def book(tmp_path):
    opened = new_book(tmp_path, delivery="email", email="office@harbour.example")
    yield opened
    opened.close()


@pytest.fixture
def contracts(book):
    made = Contracts(book)
    made.item()
    return made


def billed(contracts, code="C1", agreements=1, **client):
    """A client with so many agreements, to be billed for January."""
    key = contracts.client(code, **{"email": f"{code.lower()}@client.example", **client})
    for number in range(agreements):
        contracts.agreement(key, f"{code}-A{number}")
    return key


def add(book, model, **values):
    with change(book, ANNE, "Set up") as made:
        return made.insert(model, **values)


def contact(book, client, email, **more):
    given = {"name": email.split("@")[0].title(), "gets_invoices": True}
    return add(book, Contact, client_id=client, email=email, **given | more)


def account(book, **more):
    given = {"uid": "u", "position": 1, "name": "Office", "sender": "billing@harbour.example"}
    return add(book, MailAccount, **given | {"host": "mail.harbour.example", "port": 587} | more)


def together(book, wanted=True):
    add(book, Setting, key="delivery.together", value=json.dumps(wanted))


def drafts(book, today=TODAY, ids=None):
    with book.reading() as session:
        chosen = ids or [key for (key,) in rows(book, "SELECT id FROM delivery ORDER BY id")]
        return mail_drafts(session.connection(), chosen, today=today)


def one(book, **more):
    (mail,) = drafts(book, **more)
    return mail


def test_an_invoice_goes_to_its_client_with_amount_and_day(book, contracts):
    billed(contracts)
    contracts.bill("2026-01-31")
    mail = one(book)
    number = value(book, "SELECT number FROM invoice")
    assert mail.to == ("c1@client.example",)
    assert mail.subject == f"Invoice {number} from Harbour Services"
    assert "€119.00" in mail.text
    assert "Please pay €119.00 by 2 Mar 2026." in mail.text
    assert mail.text.startswith("Dear Sir or Madam,\n\n")
    assert mail.text.endswith("Kind regards\nHarbour Services")
    assert [(file.name, file.form) for file in mail.enclosures] == [(f"{number}.pdf", "pdf")]
    # Without an account of its own the firm's address stands for it, and nothing can go.
    assert (mail.account_id, mail.sender, mail.sender_name) == (None, "office@harbour.example", "Harbour Services")


@pytest.mark.parametrize(
    "language, subject, sentence",
    [
        ("de", "Rechnung {number} von Harbour Services", "Bitte zahlen Sie 119,00\xa0€ bis zum 02.03.2026."),
        ("fr", "Facture {number} de Harbour Services", "119,00\xa0€"),
        ("es", "Factura {number} de Harbour Services", "119,00\xa0€"),
        ("hi", "Harbour Services की ओर से बीजक {number}", "€119.00"),
        ("nl", "Invoice {number} from Harbour Services", "Please pay €119.00 by 2 Mar 2026."),
    ],
)
def test_a_mail_speaks_the_language_of_its_document(book, contracts, language, subject, sentence):
    billed(contracts, language=language)
    contracts.bill("2026-01-31")
    mail = one(book)
    assert mail.subject == subject.format(number=value(book, "SELECT number FROM invoice"))
    assert sentence in mail.text
    assert f'lang="{language}"' in mail.html


class TestRecipients:
    def test_contacts_that_get_invoices_stand_where_they_want_to(self, book, contracts):
        client = billed(contracts, contact="Somebody Else")
        contact(book, client, "ap@client.example", name="Dana Scott")
        contact(book, client, "boss@client.example", mail_as="cc")
        contact(book, client, "audit@client.example", mail_as="bcc")
        contact(book, client, "reminders@client.example", gets_invoices=False, gets_reminders=True)
        contracts.bill("2026-01-31")
        mail = one(book)
        assert (mail.to, mail.cc, mail.bcc) == (
            ("ap@client.example",),
            ("boss@client.example",),
            ("audit@client.example",),
        )
        assert mail.text.startswith("Dear Dana Scott,")

    def test_a_client_with_copies_alone_still_gets_it_itself(self, book, contracts):
        client = billed(contracts)
        contact(book, client, "boss@client.example", mail_as="cc")
        contracts.bill("2026-01-31")
        assert (one(book).to, one(book).cc) == (("c1@client.example",), ("boss@client.example",))

    def test_nobody_but_copies_get_it_openly(self, book, contracts):
        client = billed(contracts, email="")
        contact(book, client, "boss@client.example", mail_as="cc")
        contracts.bill("2026-01-31")
        assert (one(book).to, one(book).cc) == (("boss@client.example",), ())

    def test_what_was_typed_for_one_mail_counts(self, book, contracts):
        client = billed(contracts)
        contact(book, client, "ap@client.example")
        contracts.bill("2026-01-31")
        contracts.update(Delivery, 1, address="x@y.example, z@y.example; cc: k@y.example", by_hand=True)
        assert (one(book).to, one(book).cc) == (("x@y.example", "z@y.example"), ("k@y.example",))

    def test_without_by_hand_the_address_is_looked_up_again(self, book, contracts):
        client = billed(contracts)
        contracts.bill("2026-01-31")
        contracts.update(Client, client, email="new@client.example")
        assert one(book).to == ("new@client.example",)

    def test_a_merged_client_counts_as_the_other(self, book, contracts):
        other = billed(contracts, "C1")
        contracts.bill("2026-01-31")
        keep = contracts.client("C2", email="keep@client.example")
        merge_clients(book, keep, other, actor=ANNE)
        mail = one(book)
        assert mail.client_id == keep
        assert "keep@client.example" in mail.to

    def test_nobody_is_an_empty_to(self, book, contracts):
        billed(contracts, email="")
        contracts.bill("2026-01-31")
        assert one(book).to == ()


class TestAccounts:
    def test_the_first_active_one_and_its_ways(self, book, contracts):
        account(book, uid="off", position=0, active=False)
        first = account(book, uid="a", copy_to="archive@harbour.example", reply_to="ap@harbour.example", receipts=True)
        account(book, uid="b", position=2)
        billed(contracts)
        contracts.bill("2026-01-31")
        mail = one(book)
        assert (mail.account_id, mail.sender) == (first, "billing@harbour.example")
        assert (mail.bcc, mail.reply_to, mail.receipt) == (("archive@harbour.example",), "ap@harbour.example", True)

    def test_a_segment_has_its_own_unless_that_is_put_aside(self, book, contracts):
        first = account(book, uid="a")
        own = account(book, uid="b", position=2, sender="projects@harbour.example")
        segment = add(book, Segment, name="Projects", mail_account_id=own)
        billed(contracts, segment_id=segment)
        contracts.bill("2026-01-31")
        assert (one(book).account_id, one(book).sender) == (own, "projects@harbour.example")
        contracts.update(MailAccount, own, active=False)
        assert one(book).account_id == first


class TestTogether:
    def test_one_mail_a_client_where_the_firm_wants_it(self, book, contracts):
        together(book)
        billed(contracts, "C1", 3)
        billed(contracts, "C2", 1)
        contracts.bill("2026-01-31")
        several, single = drafts(book)
        numbers = [number for (number,) in rows(book, "SELECT number FROM invoice WHERE client_id = 1")]
        assert len(several.delivery_ids) == 3
        assert several.subject == "3 documents from Harbour Services"
        for number in numbers:
            assert f"– Invoice {number} of 31 Jan 2026: €119.00, due 2 Mar 2026" in several.text
            assert f">{number}<br>" in several.html
        assert "Please pay €357.00 by 2 Mar 2026." in several.text
        assert [file.name for file in several.enclosures] == [f"{number}.pdf" for number in numbers]
        assert single.subject.startswith("Invoice ")

    def test_client_before_segment_before_firm(self, book, contracts):
        together(book)
        segment = add(book, Segment, name="Apart", mail_together=False)
        apart = billed(contracts, "C1", 2, segment_id=segment)
        billed(contracts, "C2", 2)
        contracts.bill("2026-01-31")
        assert [len(mail.delivery_ids) for mail in drafts(book)] == [1, 1, 2]
        contracts.update(Client, apart, mail_together=True)
        assert [len(mail.delivery_ids) for mail in drafts(book)] == [2, 2]

    def test_only_to_the_same_people(self, book, contracts):
        together(book)
        billed(contracts, "C1", 3)
        contracts.bill("2026-01-31")
        contracts.update(Delivery, 2, address="x@y.example", by_hand=True)
        assert [mail.delivery_ids for mail in drafts(book)] == [(1, 3), (2,)]

    def test_only_in_one_language(self, book, contracts):
        together(book)
        client = billed(contracts, "C1", 1)
        contracts.bill("2026-01-31")
        contracts.update(Client, client, language="de")
        contracts.bill("2026-02-28")
        assert [mail.subject.split()[0] for mail in drafts(book)] == ["Invoice", "Rechnung"]

    def test_not_beyond_what_servers_take(self, book, contracts, monkeypatch):
        together(book)
        billed(contracts, "C1", 3)
        contracts.bill("2026-01-31")
        monkeypatch.setattr(mails, "LARGEST", 250_000)
        assert [mail.delivery_ids for mail in drafts(book)] == [(1, 2), (3,)]

    def test_amounts_of_several_currencies_stand_apart(self, book, contracts):
        together(book)
        client = billed(contracts, "C1", 1)
        contracts.bill("2026-01-31")
        contracts.update(Client, client, currency="USD")
        set_exchange_rate(book, "USD", date(2020, 1, 1), Decimal("0.9"), actor=ANNE)
        contracts.agreement(client, "USD", currency="USD")
        contracts.bill("2026-02-28")
        ids = [key for (key,) in rows(book, "SELECT id FROM delivery")]
        assert len(ids) == 2
        assert "€119.00 + US$238.00" in one(book).text


class TestPayment:
    def test_what_is_late_says_so(self, book, contracts):
        billed(contracts)
        contracts.bill("2026-01-31")
        assert "€119.00 has been due since 2 Mar 2026." in one(book, today=date(2026, 3, 10)).text

    def test_what_is_paid_asks_for_nothing(self, book, contracts):
        billed(contracts)
        contracts.bill("2026-01-31")
        number = value(book, "SELECT number FROM invoice")
        record_payment(book, numbers=[number], amount=11900, paid_on=date(2026, 2, 1), today=TODAY, actor=ANNE)
        assert "Nothing is left to pay." in one(book).text

    def test_a_debit_is_collected_and_needs_no_link(self, book, contracts):
        contracts.update(Firm, 1, payment_link="https://pay.harbour.example/{number}")
        billed(contracts, payment_means="debit", mandate="M1", iban="DE89370400440532013000")
        contracts.bill("2026-01-31")
        text = one(book).text
        assert "We will collect €119.00 by direct debit on 2 Mar 2026." in text
        assert "https://" not in text

    def test_who_withholds_is_asked_for_less(self, book, contracts):
        billed(contracts, withholding=100_000)
        contracts.bill("2026-01-31")
        assert "less the tax that you withhold" in one(book).text

    def test_the_link_is_filled_and_clickable(self, book, contracts):
        contracts.update(Firm, 1, payment_link="https://pay.harbour.example/{number}?a={amount}&c={currency}")
        billed(contracts)
        contracts.bill("2026-01-31")
        mail = one(book)
        number = value(book, "SELECT number FROM invoice")
        assert f"Pay online: https://pay.harbour.example/{number}?a=119.00&c=EUR" in mail.text
        assert f'<a href="https://pay.harbour.example/{number}?a=119.00&amp;c=EUR">' in mail.html

    def test_instalments_name_the_next_one(self, book, contracts):
        billed(contracts, terms="50% now, 50% net 30")
        contracts.bill("2026-01-31")
        if value(book, "SELECT count(*) FROM open_item") == 2:
            assert "€119.00 is due in 2 instalments, the next one, €59.50, on 31 Jan 2026." in one(book).text
        else:
            pytest.fail("the terms make no instalments")


class TestTexts:
    def test_client_before_segment_before_firm_and_language_before_all(self, book, contracts):
        segment = add(book, Segment, name="Gold")
        client = billed(contracts, segment_id=segment, language="de")
        contracts.bill("2026-01-31")

        def write(subject, **more):
            save_mail_text(book, "invoice", Worded(subject, "{payment}"), actor=ANNE, **more)
            return one(book).subject

        assert write("Firm, all") == "Firm, all"
        assert write("Firm, fr", language="fr") == "Firm, all"
        assert write("Firm, de", language="de") == "Firm, de"
        assert write("Segment", scope="segment", scope_id=segment) == "Segment"
        assert write("Client, fr", language="fr", scope="client", scope_id=client) == "Segment"
        assert write("Client", scope="client", scope_id=client) == "Client"

    def test_every_field_is_filled(self, book, contracts):
        billed(contracts, "C1", contact="Ann")
        contracts.bill("2026-01-31")
        from desktop.domain.mail_text import FIELDS

        body = "\n".join(f"{name}=<{{{name}}}>" for name in FIELDS)
        save_mail_text(book, "invoice", Worded("{number} {client}", body), actor=ANNE)
        said = dict(re.findall(r"(\w+)=<(.*)>", one(book).text))
        assert set(said) >= {"greeting", "amount", "open", "due_date", "period", "agreement", "list", "count"}
        assert "{" not in one(book).text
        assert (said["client"], said["contact"], said["amount"], said["agreement"]) == (
            "Client C1",
            "Ann",
            "€119.00",
            "Services C1-A0",
        )
        assert said["period"] == "1–31 Jan 2026"

    def test_no_value_breaks_a_header_or_the_page(self, book, contracts):
        name = "Evil\r\nBcc: all@x.example <script>alert(1)</script> & Co"
        billed(contracts, name=name, contact="<b>Bob</b>\x1b[0m")
        contracts.bill("2026-01-31")
        save_mail_text(book, "invoice", Worded("For {client}", "{greeting}\n\n{client}"), actor=ANNE)
        mail = one(book)
        assert "\n" not in mail.subject
        assert "\r" not in mail.subject + mail.text
        assert "\x1b" not in mail.text
        assert "<script>" not in mail.html
        assert "&lt;script&gt;" in mail.html
        assert "&lt;b&gt;Bob&lt;/b&gt;" in mail.html


class TestOwnWords:
    def test_what_a_person_wrote_for_one_mail_goes(self, book, contracts):
        billed(contracts)
        contracts.bill("2026-01-31")
        contracts.update(Delivery, 1, subject="As we said\r\nBcc: x", body="Dear Bob,\n\nhere it is {number}.")
        mail = one(book)
        assert mail.subject == "As we said Bcc: x"
        assert mail.text == "Dear Bob,\n\nhere it is {number}."
        assert "here it is {number}.</p>" in mail.html

    def test_changed_for_several_they_stay_one_mail(self, book, contracts):
        together(book)
        billed(contracts, "C1", 2)
        contracts.bill("2026-01-31")
        text = one(book).text
        for key in (1, 2):
            contracts.update(Delivery, key, body=text + "\nPS: thank you")
        contracts.update(Setting, "delivery.together", value="false")
        mail = one(book)
        assert mail.delivery_ids == (1, 2)
        assert mail.html.count("<table") == 1
        assert "– Invoice" not in mail.html


class TestEnclosures:
    @pytest.mark.parametrize(
        "form, with_pdf, names",
        [
            ("pdf", True, ["{n}.pdf"]),
            ("facturx", True, ["{n}_factur-x.pdf"]),
            ("xrechnung", True, ["xrechnung-{n}.xml", "{n}.pdf"]),
            ("xrechnung_ubl", False, ["xrechnung-{n}.xml"]),
            ("ubl", True, ["ubl-{n}.xml", "{n}.pdf"]),
        ],
    )
    def test_files_by_form(self, book, contracts, form, with_pdf, names):
        add(book, Setting, key="delivery.with_pdf", value=json.dumps(with_pdf))
        billed(contracts)
        contracts.bill("2026-01-31")
        contracts.update(Delivery, 1, form=form)
        number = value(book, "SELECT number FROM invoice")
        assert [file.name for file in one(book).enclosures] == [name.format(n=number) for name in names]

    def test_names_are_safe_and_differ(self, book, contracts):
        together(book)
        billed(contracts, "C1", 2)
        contracts.bill("2026-01-31")
        for key in (1, 2):
            contracts.update(Delivery, key, title="RE/2026:1")
        assert [file.name for file in one(book).enclosures] == ["RE-2026-1.pdf", "RE-2026-1-2.pdf"]


def test_html_fetches_nothing_and_sets_no_colour_of_text(book, contracts):
    billed(contracts)
    contracts.bill("2026-01-31")
    html = one(book).html
    assert not re.search(r"src=|url\(|<link|<img|<script", html)
    assert not re.search(r"(?<![-\w])color:|background", html)


def test_nothing_asked_for_is_nothing(book):
    with book.reading() as session:
        assert mail_drafts(session.connection(), [], today=TODAY) == []
        assert mail_drafts(session.connection(), [99], today=TODAY) == []
