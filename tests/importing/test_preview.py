"""What a person sees before anything is imported."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.importing.mapping import Profile, signature
from desktop.importing.options import TableOptions
from desktop.importing.preview import preview


def test_everything_about_a_file(tmp_path: Path) -> None:
    path = tmp_path / "Kunden.csv"
    text = "Kundenliste\n\nKunden-Nr.;Firma;Land;Kreditlimit;Farbe\n1;Müller;DE;1.000,50;rot\n2;Léon;;5;\n"
    path.write_bytes(text.encode("cp1252"))
    seen = preview(path, "clients")
    assert seen.name == "Kunden.csv"
    assert seen.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert seen.layout == "CP1252, cells separated by semicolon, column names in line 3"
    assert (seen.encoding_sure, seen.header_row) == (False, 3)
    assert [seen.header[place] for place in seen.mapping.unmapped] == ["Farbe"]
    assert seen.signature == signature(seen.header)
    assert seen.conventions.decimals["credit_limit"].value == ","
    assert seen.raw == ((4, ("1", "Müller", "DE", "1.000,50", "rot")), (5, ("2", "Léon", "", "5", "")))
    assert [row.values["credit_limit"] for row in seen.rows] == [Decimal("1000.5")]
    assert (seen.good, seen.bad) == (1, 1)
    assert [(rejection.row, rejection.column) for rejection in seen.rejections] == [(5, "Land")]
    assert [(note.row, note.rows) for note in seen.notes] == [(0, 1), (0, 1)]


def test_figures_count_what_the_lists_leave_out() -> None:
    good = "".join(f"A{n},Name,DE\n" for n in range(30))
    bad = "".join(f"B{n},,Atlantis\n" for n in range(300))
    seen = preview(f"code,name,country\n{good}{bad}".encode(), "clients")
    assert (seen.good, seen.bad) == (30, 300)
    assert (len(seen.rows), len(seen.rejections)) == (20, 200)


def test_equal_notes_are_put_together() -> None:
    seen = preview(b"name,country\nA,DE\nB,DE\nC,DE\n", "clients")
    [note] = seen.notes
    assert (note.text, note.column, note.row, note.rows) == ("The code is made from the name.", "code", 2, 3)


def test_the_rows_of_an_agreement_count_each() -> None:
    text = "code,client,item,unit_price,every,start\nA,C,X,1,monthly,2026-01-01\nA,,Y,2,,\nB,C,X,1,,2026-01-01\n"
    seen = preview(text.encode(), "agreements")
    assert (seen.good, seen.bad, len(seen.rows)) == (2, 1, 1)


def test_a_missing_column_is_shown_not_raised() -> None:
    seen = preview(b"name,city\nAcme,Rome\n", "clients")
    assert seen.mapping.missing == (("country",),)
    assert (seen.rows, seen.rejections, seen.good, seen.bad) == ((), (), 0, 0)
    assert seen.raw == ((2, ("Acme", "Rome")),)


def test_a_profile_brings_its_options_and_may_be_overruled() -> None:
    profile = Profile("p", "items", {"code": ("a",), "name": ("b",), "price": ("c",)}, "", TableOptions(decimal=","))
    text = b"a\tb\tc\nX\tx\t1,234\n"
    assert preview(text, "items", profile=profile).rows[0].values["price"] == Decimal("1.234")
    seen = preview(text, "items", TableOptions(decimal="."), profile)
    assert seen.rows[0].values["price"] == 1234
    assert seen.mapping.profile == "p"


def test_progress_reaches_the_end() -> None:
    told: list[tuple[int, int, str]] = []
    preview(b"name,country\nA,DE\n" * 3, "clients", report=lambda *progress: told.append(progress))
    assert told[0][2].startswith("Looking through")
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize(
    "encoding, text",
    [
        ("utf-16", "Kd-Nr.\tFirma\tLand\r\n1\tMüller\tÖsterreich\r\n"),
        ("utf-16-le", "Kd-Nr.\tFirma\tLand\r\n1\tMüller\tÖsterreich\r\n"),
        ("utf-8-sig", "Kd-Nr.;Firma;Land\r1;Müller;Österreich\r\n"),
        ("cp1252", "Kd-Nr.|Firma|Land\n1|Müller|Österreich\r\n"),
    ],
)
def test_the_same_client_in_any_dress(encoding: str, text: str) -> None:
    [row] = preview(text.encode(encoding), "clients").rows
    assert (row.values["code"], row.values["name"], row.values["country"]) == ("1", "Müller", "AT")


def test_300_columns_of_which_three_matter() -> None:
    header = [f"x{n}" for n in range(297)] + ["name", "code", "country"]
    cells = [""] * 297 + ["Acme", "A", "DE"]
    seen = preview(("\t".join(header) + "\n" + "\t".join(cells) + "\n").encode(), "clients")
    assert seen.good == 1
    assert len(seen.mapping.unmapped) == 297


def test_what_is_no_table_is_one_sentence() -> None:
    with pytest.raises(UserError, match="is a PDF"):
        preview(b"%PDF-1.4", "clients", name="list.pdf")
    with pytest.raises(UserError, match="nothing that can be imported"):
        preview(b"a,b\n1,2\n", "horses")
