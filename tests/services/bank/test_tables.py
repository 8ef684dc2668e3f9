"""A table described by its places and by its headings says the same."""

from desktop.services.bank.tables import CsvProfile, columns_of, fields_of


def test_headings_that_stand_twice_or_are_none_are_told_by_their_place() -> None:
    header = ("Tag", "Text", "Text", "", "Betrag (EUR)")
    fields = {0: "booked_on", 1: "text", 2: "text", 3: "party", 4: "amount"}
    columns = columns_of(header, fields)
    assert columns == {
        "booked_on": ("Tag",),
        "text": ("#2", "#3"),
        "party": ("#4",),
        "amount": ("Betrag (EUR)",),
    }
    assert fields_of(header, CsvProfile("", columns)) == fields


def test_a_heading_is_known_in_another_spelling_and_one_that_is_absent_left_out() -> None:
    profile = CsvProfile("", {"booked_on": ("TAG",), "amount": ("Betrag",), "party": ("Name", "#9")})
    assert fields_of(("Tag", "Betrag (EUR)"), profile) == {0: "booked_on", 1: "amount"}
