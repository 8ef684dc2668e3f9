"""`calc` and `periods`: answers of files, alone and in lists, and what is wrong with a file in a sentence."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop import cli
from tests.cases import case_file, cases_dir

CASE = {
    "currency": "EUR",
    "lines": [{"id": "7", "qty": "3", "unit_price": "1234.565", "tax_category": "S", "tax_rate": "19"}],
    "prepaid": "1000",
}


def _file(folder: Path, content: object) -> str:
    path = folder / "case.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(path)


def test_calc_prints_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calc", _file(tmp_path, CASE), "--json"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    answer = json.loads(printed.out)
    assert answer.pop("lines") == [{"id": "7", "net": "3703.70"}]
    assert answer.pop("taxes") == [
        {"category": "S", "rate": "19", "basis": "3703.70", "tax": "703.70", "exemption": None}
    ]
    assert answer == {
        "line_total": "3703.70",
        "allowance_total": "0.00",
        "charge_total": "0.00",
        "tax_exclusive": "3703.70",
        "tax_total": "703.70",
        "tax_total_tax_currency": None,
        "tax_inclusive": "4407.40",
        "payable": "3407.40",
    }


def test_calc_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["calc", _file(tmp_path, CASE)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "S        19  3703.70  703.70" in lines
    assert lines[-1].split() == ["Payable", "3407.40"]


def test_calc_loads_neither_window_nor_book(tmp_path: Path) -> None:
    heavy = "PySide6", "sqlalchemy", "reportlab", "desktop.importing"
    script = (
        "import sys; from desktop.__main__ import main; main(['calc', sys.argv[1]]);"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    command = [sys.executable, "-c", script, _file(tmp_path, CASE)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_number_keeps_all_its_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # As a float, 90071992547409.93 would end in .94.
    line = '{"qty": 1, "unit_price": 90071992547409.93, "tax_category": "Z"}'
    text = '{"currency": "EUR", "lines": [' + line + "]}"
    assert cli.main(["calc", _file(tmp_path, text), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["payable"] == "90071992547409.93"


@pytest.mark.parametrize("command, name", [("calc", "invoice_totals.json"), ("periods", "billing_periods.json")])
def test_a_list_gives_a_list(command: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = case_file(name)
    assert cli.main([command, str(path), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(json.loads(path.read_text("utf-8")))


def test_periods_of_one_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = {
        "kind": "period",
        "interval": "monthly",
        "alignment": "anniversary",
        "anchor": "2024-01-31",
        "started": "2024-01-31",
        "as_of": "2024-03-05",
        "mode": "advance",
        "end_convention": "exclusive",
    }
    assert cli.main(["periods", _file(tmp_path, case), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["period_start"], answer["period_end"]) == ("2024-02-29", "2024-03-31")


@pytest.mark.parametrize(
    "content, parts",
    [
        ("", ["case.json is not JSON (line 1, column 1"]),
        ('{"currency": "EUR",}', ["case.json is not JSON (line 1"]),
        ("[" * 100_000, ["is not JSON"]),
        ('{"currency": NaN}', ["NaN is not a number"]),
        ({}, ["case.json: “currency” is missing. Write an ISO 4217 code"]),
        ([CASE, CASE | {"prepaid": "1,50"}], ["case.json, case 2: “1,50” cannot be “prepaid”."]),
    ],
)
def test_calc_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, parts: list[str]
) -> None:
    assert cli.main(["calc", _file(tmp_path, content), "--json"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    for part in parts:
        assert part in printed.err


@pytest.mark.parametrize(
    "content, part", [([3], "case 1: The case is not a JSON object."), ({"kind": "moon"}, "“moon”")]
)
def test_periods_say_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, part: str) -> None:
    assert cli.main(["periods", _file(tmp_path, content)]) == 1
    assert part in capsys.readouterr().err


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "latin.json").write_bytes('{"currency": "£"}'.encode("latin-1"))
    for name, part in (
        ("none.json", "There is no file"),
        ("latin.json", "not a text in UTF-8"),
        (".", "cannot be read"),
    ):
        assert cli.main(["calc", str(tmp_path / name)]) == 1
        assert part in capsys.readouterr().err


def test_the_cases_are_where_the_tests_look() -> None:
    # A list that silently became empty would let every test of cases pass.
    if cases_dir() is not None:
        assert len(json.loads(case_file("invoice_totals.json").read_text("utf-8"))) >= 100
