"""Names of files by a pattern: on any system, within the folder, and each document its own."""

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.delivery.naming import FIELDS, USUAL_PATTERN, check_pattern, place_of
from desktop.errors import UserError

VALUES = {
    "client": "Müller & Söhne GmbH",
    "code": "C-7",
    "number": "INV/2026/0418",
    "kind": "Invoice",
    "date": "2026-03-31",
    "year": "2026",
    "month": "03",
    "day": "31",
    "segment": "",
    "amount": "1190.00",
    "currency": "EUR",
    "run": "R-2026-0001",
}


@pytest.mark.parametrize(
    "pattern, place",
    [
        (USUAL_PATTERN, "C-7 Müller & Söhne GmbH/2026/INV-2026-0418.pdf"),
        (
            "{year}/{month}/{date} {kind} {number} {amount} {currency}",
            "2026/03/2026-03-31 Invoice INV-2026-0418 1190.00 EUR.pdf",
        ),
        ("{segment}/{run}/{number}", "R-2026-0001/INV-2026-0418.pdf"),
        ("{segment} {code}\\{number}", "C-7/INV-2026-0418.pdf"),
        ("{number}", "INV-2026-0418.pdf"),
    ],
)
def test_a_pattern_makes_a_place(pattern: str, place: str) -> None:
    check_pattern(pattern)
    assert "/".join(place_of(pattern, VALUES, ".pdf")) == place


@pytest.mark.parametrize(
    "client, folder",
    [
        ("../../etc", "-..-etc"),
        ("/absolute", "-absolute"),
        ("C:\\Windows", "C-Windows"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("COM¹", "_COM¹"),
        ("Trail. . ", "Trail"),
        ("a\nb\x00c", "a b-c"),
        ("Cafe\u0301", "Caf\u00e9"),
    ],
)
def test_a_value_makes_one_safe_name(client: str, folder: str) -> None:
    assert place_of("{client}/{number}", VALUES | {"client": client}, ".pdf") == (folder, "INV-2026-0418.pdf")


@pytest.mark.parametrize("client", ["..", ".", "", " . "])
def test_a_value_without_a_name_makes_no_folder(client: str) -> None:
    assert place_of("{client}/{number}", VALUES | {"client": client}, ".pdf") == ("INV-2026-0418.pdf",)


@pytest.mark.parametrize(
    "pattern, said",
    [
        ("{customer}/{number}", "not a field"),
        ("{nummer}", "Perhaps you mean {number}"),
        ("{number", "do not pair"),
        ("/srv/{number}", "within the folder"),
        ("../{number}", "within the folder"),
        ("{year}/./{number}", "within the folder"),
        ("{year}//{number}", "within the folder"),
        ("{number}/", "within the folder"),
        ("", "within the folder"),
        ("C:/{number}", "“:” cannot stand"),
        ("{year}?/{number}", "cannot stand"),
        ("{client}/{date}", "one name"),
        ("a/b/c/d/e/f/g/h/{number}", "more than 7 folders"),
    ],
)
def test_a_pattern_that_makes_no_places_is_refused(pattern: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        check_pattern(pattern)


def test_long_names_are_cut_and_files_keep_their_number() -> None:
    values = VALUES | {"client": "हिन्दुस्तान " * 40, "kind": "Rechnung " * 40}
    *folders, name = place_of("{code} {client}/{year}/{kind} {number} {kind}", values, ".pdf")
    assert folders[0].startswith("C-7 हिन्दुस्तान")
    assert "INV-2026-0418" in name
    assert name.endswith(".pdf")
    other = place_of("{code} {client}/{year}/{kind} {number} {kind}", values | {"number": "INV-2"}, ".xml")
    assert other[0] == folders[0]


_texts = st.text(max_size=300)


@given(
    pattern=st.lists(
        st.lists(st.sampled_from([f"{{{name}}}" for name in FIELDS]), min_size=1, max_size=4).map(" ".join),
        min_size=1,
        max_size=8,
    ).map("/".join),
    values=st.fixed_dictionaries(dict.fromkeys(FIELDS, _texts)),
    ending=st.sampled_from([".pdf", ".xml"]),
)
def test_whatever_the_values_say_a_file_stays_within_its_folder(
    pattern: str, values: dict[str, str], ending: str
) -> None:
    place = place_of(pattern, values, ending)
    whole = "/".join(place)
    assert len(whole.encode()) <= 200
    assert place[-1].endswith(ending)
    assert len(place) <= 8
    for name in place:
        assert name not in ("", ".", "..")
        assert not set(name) & set('<>:"/\\|?*')
        assert min(name) >= " "
        assert name == name.strip()
        assert not name.endswith(".")
        assert not PureWindowsPath(name).is_reserved()
    assert not PurePosixPath(whole).is_absolute()
    assert not PureWindowsPath(whole).is_absolute()
