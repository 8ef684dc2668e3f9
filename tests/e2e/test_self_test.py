"""`sheaf --self-test`: passes here, says what fails, and leaves nothing lying about."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from desktop import paths, self_test
from desktop.__main__ import main
from desktop.self_test import steps


def test_all_of_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert main(["--self-test", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is True
    assert [one["step"] for one in told["steps"]] == [
        "program",
        "sample",
        "bill",
        "render",
        "check",
        "tax-ids",
        "keyring",
        "upgrade",
        "window",
        "encrypt",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_is_missing_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The steps after it go on, so that one report tells all."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(paths, "resource", lambda name: tmp_path / name)
    wanted = [step for step in steps.STEPS if step[0] in ("upgrade", "tax-ids")]
    monkeypatch.setattr(self_test, "STEPS", tuple(reversed(wanted)))
    monkeypatch.setattr(self_test, "LAST", ())
    monkeypatch.setattr(self_test, "window_opens", lambda _bench: "it opened")
    assert main(["--self-test"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line[:4].strip() for line in lines[:3]] == ["FAIL", "ok", "ok"]
    assert "FileNotFoundError" in lines[0]
    assert "does not work" in lines[-1]


def test_an_option_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--self-test", "--jsn"]) == 2
    assert "--jsn" in capsys.readouterr().err
