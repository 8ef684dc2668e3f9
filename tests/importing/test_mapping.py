"""Headings of people and programs, and profiles for all the others."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.importing.kinds import KINDS, headers
from desktop.importing.mapping import Profile, heading_key, map_columns, require, signature
from desktop.importing.options import TableOptions
from desktop.importing.templates import write_template

# The headings that programs export, each with the field that it is, as “heading > field”.
EXPORTS = {
    "toggl": (
        "time",
        """
        User > person | Email | Client > client | Project > agreement | Task > item | Description > note |
        Billable > billable | Start date > date | Start time | End date | End time | Duration > hours | Tags |
        Amount (USD)
        """,
    ),
    "harvest": (
        "time",
        """
        Date > date | Client > client | Project | Project Code > agreement | Task > item | Notes > note |
        Hours > hours | Billable? > billable | Invoiced? | Approved? | First Name > person | Last Name > person
        | Employee? | Billable Rate > rate | Billable Amount | Cost Rate | Cost Amount | Currency > currency |
        External Reference URL
        """,
    ),
    "clockify": (
        "time",
        """
        Project > agreement | Client > client | Description > note | Task > item | User > person | Group | Email
        | Tags | Billable > billable | Start Date > date | Start Time | End Date | End Time | Duration (h) |
        Duration (decimal) > hours | Billable Rate (USD) > rate | Billable Amount (USD)
        """,
    ),
    "german time sheet": (
        "time",
        """
        Datum > date | Mitarbeiter > person | Kunde > client | Projekt > agreement | Tätigkeit > item |
        Stunden > hours | Stundensatz > rate | Bemerkung > note
        """,
    ),
    "french time sheet": (
        "time",
        """
        Date > date | Collaborateur > person | Projet > agreement | Prestation > item | Durée > hours |
        Taux horaire > rate | Commentaire > note
        """,
    ),
    "quickbooks customers": (
        "clients",
        """
        Name > contact | Company > name | Email > email | Phone > phone | Mobile | Fax | Website |
        Street > street | City > city | State > region | ZIP > postcode | Country > country | Opening Balance |
        Date | Resale Number > tax_id
        """,
    ),
    "xero contacts": (
        "clients",
        """
        *ContactName > name | AccountNumber > code | EmailAddress > email | FirstName | LastName |
        POAttentionTo > contact | POAddressLine1 > street | POAddressLine2 > street2 | POCity > city |
        PORegion > region | POPostalCode > postcode | POCountry > country | PhoneNumber > phone |
        TaxNumber > tax_id | DefaultTaxSales
        """,
    ),
    "lexoffice": (
        "clients",
        """
        Kundennummer > code | Firmenname > name | Steuernummer > tax_number | Umsatzsteuer ID > tax_id | Anrede
        | Vorname > contact | Nachname > contact | Adresszusatz > street2 | Straße > street | PLZ > postcode |
        Ort > city | Land > country | E-Mail > email
        """,
    ),
    "sevdesk": (
        "clients",
        """
        Kunden-Nr. > code | Organisation > name | Ansprechpartner > contact | Strasse > street | PLZ > postcode
        | Ort > city | Land > country | Umsatzsteuer-ID > tax_id | Zahlungsziel > terms
        """,
    ),
    "freshbooks": (
        "clients",
        """
        Organization > name | First Name > contact | Last Name > contact | Email > email | Phone > phone |
        Street > street | City > city | Province/State > region | Country > country | Postal/Zip > postcode
        """,
    ),
    "french clients": (
        "clients",
        """
        Code client > code | Raison sociale > name | Adresse > street | Code postal > postcode | Ville > city |
        Pays > country | N° TVA intracommunautaire > tax_id | SIRET > tax_number | Délai de paiement > terms
        """,
    ),
    "xero items": (
        "items",
        """
        *ItemCode > code | ItemName > name | SalesDescription | SalesUnitPrice > price | SalesAccount |
        SalesTaxRate > tax_code
        """,
    ),
    "german articles": (
        "items",
        """
        Artikelnummer > code | Bezeichnung > name | Einheit > unit | Preis netto > price | USt-Satz > tax_code
        """,
    ),
    "quickbooks open invoices": (
        "opening",
        """
        Date > issue_date | Num > number | Customer > client | Due Date > due_date | Amount > gross |
        Open Balance > open
        """,
    ),
    "xero invoices": (
        "opening",
        """
        ContactName > client | InvoiceNumber > number | InvoiceDate > issue_date | DueDate > due_date |
        Total > gross | InvoiceAmountDue > open | Currency > currency
        """,
    ),
    "german open items": (
        "opening",
        """
        Rechnungsnummer > number | Kunde > client | Rechnungsdatum > issue_date | Fällig am > due_date |
        Währung > currency | Betrag > gross | Offen > open
        """,
    ),
    "german contracts": (
        "agreements",
        """
        Vertragsnummer > code | Kundennummer > client | Artikel > item | Menge > quantity |
        Einzelpreis > unit_price | Rabatt % > discount_percent | Intervall > every | Vertragsbeginn > start |
        Vertragsende > end | Bestellnummer > po_number
        """,
    ),
    "french charges": (
        "charges",
        """
        Code client > client | Date > date | Désignation > description | Quantité > quantity |
        PU HT > unit_price
        """,
    ),
    "german rates": (
        "rates",
        """
        Artikel > item | Kunde > client | gültig ab > from | Währung > currency | Preis > price
        """,
    ),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_the_columns_of_other_programs_are_known(program: str) -> None:
    kind, text = EXPORTS[program]
    columns = [tuple(" ".join(part.split()) for part in column.split(">")) for column in text.split("|")]
    header = [column[0] for column in columns]
    expected: dict[str, tuple[int, ...]] = {}
    for place, column in enumerate(columns):
        if len(column) == 2:
            expected[column[1]] = (*expected.get(column[1], ()), place)
    mapping = map_columns(header, kind)
    assert mapping.columns == expected
    assert mapping.missing == ()
    require(mapping)
    used = {place for places in mapping.columns.values() for place in places}
    assert set(mapping.unmapped) == set(range(len(header))) - used


@pytest.mark.parametrize("kind", KINDS)
def test_the_canonical_header_maps_onto_itself(kind: str) -> None:
    names = headers(kind)
    for header in (names, tuple(reversed(names)), tuple(name.upper().replace("_", " ") for name in names)):
        mapping = map_columns(header, kind)
        assert {heading_key(header[place]) for places in mapping.columns.values() for place in places} == {
            heading_key(name) for name in names
        }
        assert all(
            heading_key(header[places[0]]) == heading_key(name) and len(places) == 1
            for name, places in mapping.columns.items()
        )


def test_the_headers_are_those_of_the_manual() -> None:
    assert headers("clients") == (
        "code", "name", "contact", "email", "street", "street2", "postcode", "city", "region", "country", "tax_id",
        "currency", "language", "terms", "segment", "delivery", "po_required", "buyer_reference", "credit_limit",
    )  # fmt: skip
    assert headers("items") == ("code", "name", "unit", "price", "currency", "tax_code", "hsn_sac")
    assert headers("rates") == ("item", "client", "from", "currency", "up_to", "price", "mode")
    assert headers("agreements") == (
        "code", "client", "segment", "billing", "item", "description", "quantity", "unit_price", "discount_percent",
        "every", "alignment", "anchor", "timing", "start", "end", "po_number", "po_limit", "charged_through",
    )  # fmt: skip
    assert headers("time") == ("id", "agreement", "date", "person", "item", "hours", "rate", "note")
    assert headers("charges") == (
        "id", "client", "agreement", "date", "item", "description", "quantity", "unit_price",
    )  # fmt: skip
    assert headers("opening") == ("number", "client", "issue_date", "due_date", "currency", "gross", "open")


@pytest.mark.parametrize("kind", KINDS)
def test_no_heading_stands_for_two_fields(kind: str) -> None:
    meant: Counter[str] = Counter()
    for field in KINDS[kind].fields:
        every = {field.name, *field.names, *(heading for part in field.parts for heading in part)}
        meant.update({heading_key(heading) for heading in every})
    shared = {heading for heading, times in meant.items() if times > 1}
    # Beside a company a plain name is a person's, beside a VAT id a tax number is the local one.
    assert shared == ({"name", "contactname", "nom", "taxnumber"} if kind == "clients" else set())


def test_accents_umlauts_and_signs_do_not_matter() -> None:
    assert heading_key("Fällig_am") == heading_key("FAELLIG AM") == heading_key(" fallig-am: ")
    assert heading_key("N° TVA") == heading_key("no tva")
    assert heading_key("Straße") == heading_key("STRASSE")


def test_a_missing_field_is_named_with_the_columns_that_are_free() -> None:
    mapping = map_columns(["code", "name", "state of residence"], "clients")
    assert mapping.missing == (("country",),)
    with pytest.raises(UserError, match="recognised as country") as refused:
        require(mapping)
    assert "“state of residence”" in refused.value.remedy
    with pytest.raises(UserError, match="agreement or client"):
        require(map_columns(["date", "hours"], "time"))


def test_a_code_is_not_needed_where_it_can_be_made() -> None:
    assert map_columns(["name", "country"], "clients").missing == ()
    assert map_columns(["country"], "clients").missing == (("code",), ("name",))


def test_an_unknown_kind() -> None:
    with pytest.raises(UserError, match="“horses” is nothing that can be imported"):
        map_columns(["a"], "horses")


def test_a_profile_maps_what_nobody_recognises() -> None:
    header = ["Wer", "Wo", "Land", "Vorher", "Nachher"]
    profile = Profile("mine", "clients", {"name": ("Wer",), "country": ("Wo",), "contact": ("Vorher", "Nachher")})
    mapping = map_columns(header, "clients", profile)
    assert mapping.columns == {"name": (0,), "country": (1,), "contact": (3, 4)}
    # A column that the person left out stays out although its heading is known.
    assert mapping.unmapped == (2,)
    assert mapping.heading("contact") == "Vorher + Nachher"
    assert map_columns(list(reversed(header)), "clients", profile).columns["name"] == (4,)


def test_a_profile_comes_back_from_its_text() -> None:
    mapping = map_columns(["Name", "Land", ""], "clients")
    profile = mapping.as_profile("mine", TableOptions(decimal=",", delimiter=";"))
    again = Profile.from_json(profile.name, profile.kind, profile.signature, profile.to_json())
    assert again == profile
    assert again.options.decimal == ","


def test_a_column_without_a_name_can_be_mapped() -> None:
    header = ["", "Land", "Text", "Text", "# of licences"]
    columns = {"name": (0,), "country": (1,), "contact": (2, 3), "phone": (4,)}
    profile = replace(map_columns(header, "clients"), columns=columns).as_profile("mine")
    assert profile.columns == {"name": ("#1",), "country": ("Land",), "contact": ("Text", "#4"), "phone": ("#5",)}
    assert map_columns(header, "clients", profile).columns == columns


@pytest.mark.parametrize(
    "profile, word",
    [
        (Profile("p", "items", {"code": ("a",)}), "is for items, not for clients"),
        (Profile("p", "clients", {"code": ("gone",)}), "expects the column “gone”"),
        (Profile("p", "clients", {"colour": ("a",)}), "maps “colour”"),
        (Profile("p", "clients", {"code": ()}), "maps “code”"),
    ],
)
def test_a_profile_that_does_not_fit(profile: Profile, word: str) -> None:
    with pytest.raises(UserError, match=word):
        map_columns(["a", "b"], "clients", profile)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"columns": 1}', '{"columns": {}, "options": {"x": 1}}', "null"])
def test_a_profile_that_cannot_be_read(text: str) -> None:
    with pytest.raises(UserError, match="“p” cannot be read"):
        Profile.from_json("p", "clients", "", text)


def test_a_header_is_known_again() -> None:
    assert signature(["Name", "Land"]) == signature(["LAND ", "name"])
    assert signature(["Name", "Land"]) != signature(["Name", "Ort"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_has_the_canonical_header(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "template.csv"
    write_template(kind, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [list(headers(kind))]
    with pytest.raises(UserError, match="exists already"):
        write_template(kind, path)
    with pytest.raises(UserError, match="cannot be written"):
        write_template(kind, tmp_path / "no" / "folder.csv")
