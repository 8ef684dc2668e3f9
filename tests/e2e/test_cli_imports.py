"""Files as they come from other programs, through the command: read right, or refused in a sentence."""

import json

import pytest

from tests.e2e.commands import Answer, Sheaf


def _import(sheaf: Sheaf, kind: str, content: str | bytes, *options: str) -> Answer:
    sheaf.write("file.csv", content)
    return sheaf("import", "firm.sheaf", kind, "file.csv", *options, "--json")


CLIENTS = "Kundennummer;Firma;Land;Straße\r\nK1;Müller & Söhne;Österreich;Gasse 1\r\nK2;Łódź Sp. z o.o.;Polen;Ul. 2\r\n"


@pytest.mark.parametrize(
    "content",
    [
        CLIENTS.encode("utf-16"),
        CLIENTS.encode("utf-16-be"),
        CLIENTS.encode("utf-8-sig"),
        CLIENTS.encode("utf-8").replace(b"\r\n", b"\r", 1),
        CLIENTS.encode("utf-8").replace(b"\r\nK2", b"\nK2"),
        CLIENTS.replace(";", "\t").encode("utf-8"),
        b"sep=;\r\n" + CLIENTS.encode("utf-8"),
    ],
    ids=["utf-16", "utf-16-be", "mark", "mixed ends", "two ends", "tabs", "sep line"],
)
def test_layouts(firm: Sheaf, content: bytes) -> None:
    data = _import(firm, "clients", content).data
    assert (data["rows"], data["imported"], data["rejected"]) == (2, 2, [])
    firm.write("again.csv", "code,name\nK1,x\n")
    rows = firm.json("import", "firm.sheaf", "clients", "file.csv", "--preview")
    assert rows["unchanged"] == 2


def test_the_shape_of_the_answer(firm: Sheaf) -> None:
    data = _import(firm, "time", "id,agreement,date,hours\nT8,A-1,2025-03-05,1\nT9,A-7,2025-02-30,x\n").data
    assert set(data) >= {"batch", "rows", "imported", "unchanged", "rejected"}
    assert isinstance(data["batch"], int)
    assert (data["rows"], data["imported"], data["unchanged"]) == (2, 1, 0)
    assert [set(one) for one in data["rejected"]] == [{"row", "column", "value", "problem", "remedy"}] * 2
    assert [(one["row"], one["column"], one["value"]) for one in data["rejected"]] == [
        (3, "date", "2025-02-30"),
        (3, "hours", "x"),
    ]
    assert all(one["problem"] and one["remedy"] for one in data["rejected"])


@pytest.mark.parametrize(
    "rate, stored",
    [("1.234,50", "1234.50"), ("1'000.5", "1000.5"), ("€ 99", "99"), ("99 EUR", "99"), ("80,-", "80")],
)
def test_figures(firm: Sheaf, rate: str, stored: str) -> None:
    data = _import(firm, "time", f'id;agreement;date;hours;rate\nT8;A-1;2025-03-05;1;"{rate}"\n').data
    assert data["rejected"] == []
    firm.json("bill", "firm.sheaf", "--through", "2025-03-31", "--issue-date", "2025-03-31")
    ids = [row["id"] for row in firm.json("exceptions", "firm.sheaf")["exceptions"]]
    if ids:
        firm.json("approve", "firm.sheaf", *ids, "--note", "x")
        firm.json("resume", "firm.sheaf", "R-2025-0001")
    number = firm.json("invoices", "firm.sheaf", "--client", "ACME")["invoices"][0]["number"]
    prices = {float(line["unit_price"]) for line in firm.json("show", "firm.sheaf", number)["lines"]}
    assert float(stored) in prices


@pytest.mark.parametrize(
    "line, column, words",
    [
        ("T8,A-1,2025-02-30,1,", "date", "does not exist in the calendar"),
        ("T8,A-1,2025-03-05,1,0", "rate", "would bill nothing"),
        ("T8,A-1,2025-03-05,0,", "hours", "nothing to bill"),
        ("T8,A-1,2025-03-05,,", "hours", "is empty"),
        ("T8,A-1,2025-03-05,1:75,", "hours", "59 minutes"),
        ('T8,A-1,"2025-03-05,1,', "", "quotation mark"),
    ],
)
def test_rows_that_are_refused(firm: Sheaf, line: str, column: str, words: str) -> None:
    answer = _import(firm, "time", f"id,agreement,date,hours,rate\n{line}\nT9,A-1,2025-03-06,2,\n")
    data = json.loads(answer.out)
    found = [one for one in data["rejected"] if one["row"] == 2]
    assert found, data
    assert any(words in one["problem"] for one in found), found
    if column:
        assert found[0]["column"] == column
    assert data["imported"] == 1


def test_three_hundred_columns(firm: Sheaf) -> None:
    header = ",".join(["code", "name", "country", *(f"extra {n}" for n in range(297))])
    row = ",".join(["WIDE", "Wide Ltd", "GB", *("x" for _ in range(297))])
    data = _import(firm, "clients", f"{header}\n{row}\n").data
    assert (data["imported"], data["rejected"]) == (1, [])


def test_all_or_nothing(firm: Sheaf) -> None:
    text = "id,agreement,date,hours\nT8,A-1,2025-03-05,1\nT9,A-1,2025-03-06,0\n"
    answer = _import(firm, "time", text, "--all-or-nothing")
    assert answer.code == 1
    assert "Nothing was imported, because rows are rejected." in answer.err
    data = json.loads(answer.out)
    assert (data["batch"], data["rows"], data["imported"]) == (None, 2, 0)
    assert _import(firm, "time", text).data["imported"] == 1


def test_nothing_good_is_a_problem(firm: Sheaf) -> None:
    answer = _import(firm, "time", "id,agreement,date,hours\nT9,A-1,2025-03-06,0\n")
    assert answer.code == 1
    assert json.loads(answer.out)["imported"] == 0


def test_a_preview_for_people(firm: Sheaf) -> None:
    firm.write("file.csv", "Wer;Datum;Stunden;Vertrag;Rest\nAnn;2.3.2025;1,5;A-1;x\nAnn;3.3.2025;1,5;A-9;x\n")
    answer = firm("import", "firm.sheaf", "time", "file.csv", "--preview")
    assert answer.code == 0
    for words in (
        "UTF-8, cells separated by semicolon, column names in line 1",
        "Vertrag  agreement",
        "Not read: Wer, Rest",
        "There is no agreement “A-9”.",
        "1 row imported, 0 unchanged, 1 rejected. Nothing was written.",
    ):
        assert words in answer.out, words
    assert firm.json("log", "firm.sheaf", "--last", "1")["changes"][0]["summary"].startswith("Import 2 rows")


def test_columns_are_mapped_once_by_command(firm: Sheaf) -> None:
    text = "Wer;Wann;Wieviel;Wofür\nAnn;2.3.2025;1,5;A-1\n"
    refused = _import(firm, "time", text)
    assert refused.code == 1
    assert "No column of the file is recognised" in refused.err
    maps = ["--map", "person=Wer", "--map", "date=wann", "--map", "hours=Wieviel", "--map", "agreement=Wofür"]
    preview = json.loads(_import(firm, "time", text, *maps, "--preview").out)
    assert preview["columns"] == {"agreement": "Wofür", "date": "Wann", "person": "Wer", "hours": "Wieviel"}
    assert _import(firm, "time", text, *maps, "--profile", "Zeiten").data["imported"] == 1
    assert _import(firm, "time", text.replace("Ann", "Bob")).data["imported"] == 1
    assert _import(firm, "time", text, "--profile", "zeiten").data["unchanged"] == 1
    for wrong, words in (
        (["--profile", "Other"], "There are: “Zeiten”."),
        (["--map", "hours=Nowhere"], "The columns are: Wer, Wann, Wieviel, Wofür."),
        (["--map", "colour=Wer"], "time have no field “colour”."),
        (["--map", "hours"], "Write FIELD=COLUMN."),
        (["--delimiter", ";;"], "one character"),
        (["--encoding", "klingon"], "klingon"),
    ):
        answer = _import(firm, "time", text, *wrong)
        assert (answer.code, answer.out) == (1, "")
        assert words in answer.err, wrong


def test_said_is_said(firm: Sheaf) -> None:
    text = "id|agreement|date|hours\nT8|A-1|03/04/2025|1\n"
    _import(firm, "time", text, "--delimiter", "|", "--date-order", "mdy", "--encoding", "cp1252")
    firm.json("bill", "firm.sheaf", "--through", "2025-03-31", "--issue-date", "2025-03-31")
    lines = firm.json("show", "firm.sheaf", "INV-2025-0001")["lines"]
    assert "2025-03-04" in [source["start"] for source in lines[0]["sources"]]


@pytest.mark.parametrize("kind", ["clients", "items", "rates", "agreements", "time", "charges", "opening"])
def test_an_empty_template_imports_nothing(firm: Sheaf, kind: str) -> None:
    path = firm.json("template", kind, f"{kind}-new.csv")["file"]
    result = firm.json("import", "firm.sheaf", kind, path)
    assert (result["rows"], result["rejected"]) == (0, [])
    assert "exists already" in firm("template", kind, path).err


@pytest.mark.parametrize(
    "name, words", [("none.csv", "There is no file"), (".", "is a folder"), ("firm.sheaf", "is a database")]
)
def test_files_that_are_none(firm: Sheaf, name: str, words: str) -> None:
    answer = firm("import", "firm.sheaf", "clients", name)
    assert (answer.code, answer.out) == (1, "")
    assert words in answer.err


def test_a_kind_that_is_none(firm: Sheaf) -> None:
    answer = _import(firm, "moons", "a,b\n1,2\n")
    assert answer.code == 1
    assert "clients, items, rates" in answer.err
