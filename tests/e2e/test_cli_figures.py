"""Figures, forecasts and targets from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.commands import Sheaf

BOOK = "figures.sheaf"


@pytest.fixture
def sheaf(tmp_path: Path) -> Sheaf:
    sheaf = Sheaf(tmp_path)
    sheaf.json("sample", BOOK, "--clients", 12, "--today", "2026-11-20")
    return sheaf


def test_every_figure_is_a_report_and_a_file(sheaf: Sheaf) -> None:
    asked = ("--as-of", "2026-11-20")
    for name in ("dso", "collection", "times", "runs", "dispute_rate", "paying", "forecast", "control", "targets"):
        found = sheaf.json("report", BOOK, name, *asked)
        assert found["rows"], name
        for ending in ("pdf", "csv", "xlsx", "json"):
            path = Path(sheaf.json("report", BOOK, name, *asked, "--to", f"{name}.{ending}")["file"])
            assert path.stat().st_size > 100
        told = json.loads((sheaf.folder / f"{name}.json").read_text("utf-8"))
        assert len(told["rows"]) == len(found["rows"])
    notes = sheaf.json("report", BOOK, "forecast", *asked)["notes"]
    assert notes[0].startswith("30 days: ")
    first = sheaf.json("report", BOOK, "control", "--by", "effectiveness", *asked)["rows"][-1]
    assert set(first) == {"month", "value", "lower", "centre", "upper", "signal"}
    by_person = sheaf.json("report", BOOK, "aging", "--by", "salesperson", *asked)["rows"]
    assert len({row["group"] for row in by_person} - {"No salesperson"}) == 2


def test_a_group_that_does_not_exist_is_said(sheaf: Sheaf) -> None:
    answer = sheaf("report", BOOK, "control", "--by", "colour")
    assert (answer.code, "cannot be grouped by “colour”" in answer.err) == (1, True)


def test_targets_are_shown_and_set(sheaf: Sheaf) -> None:
    before = {row["figure"]: row for row in sheaf.json("targets", BOOK)["targets"]}
    assert (before["dso"]["target"], before["dso"]["at_most"], before["effectiveness"]["target"]) == ("45", True, None)
    (row,) = sheaf.json("targets", BOOK, "effectiveness", "99.5")["targets"]
    assert (row["target"], row["at_most"], row["unit"]) == ("99.5", False, "percent")
    (off,) = sheaf.json("targets", BOOK, "dso", "off")["targets"]
    assert (off["target"], off["crossed"]) == (None, False)
    answer = sheaf("targets", BOOK, "dso", "soon")
    assert (answer.code, answer.err.count("\n")) == (1, 1)
    assert "“soon” is no target" in answer.err
    sheaf.json("settings", BOOK, "figures.target.dso", "30")
    assert sheaf.json("targets", BOOK, "dso")["targets"][0]["target"] == "30"
    assert sheaf("settings", BOOK, "figures.target.dso", "soon").code == 1
    assert "at least 99.5%" in sheaf("targets", BOOK).out
