"""The two commands from a bare clone: what they find missing, and what they say about it."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev

NOWHERE = "libsheaf-no-such-thing.so.9"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder of the test's own."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes((dev.ROOT / name).read_bytes())
    venv = tmp_path / ".venv"
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", venv)
    monkeypatch.setattr(dev, "STAMP", venv / "set-up")
    monkeypatch.setattr(dev, "PYTHON", venv / "bin" / "python")
    return tmp_path


def test_a_library_is_missing_when_it_does_not_load() -> None:
    assert not dev.loads(NOWHERE)
    if sys.platform == "linux":
        assert dev.loads("libc.so.6")


def test_libraries_of_a_real_window_count_only_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "LIBRARIES", {})
    monkeypatch.setattr(dev, "LIBRARIES_OF_X", {NOWHERE: "libnothing9"})
    monkeypatch.setenv("DISPLAY", ":9")
    assert dev.missing_packages(window=True) == ["libnothing9"]
    assert dev.missing_packages(window=False) == []
    monkeypatch.delenv("DISPLAY")
    assert dev.missing_packages(window=True) == []


def test_without_venv_its_package_is_named(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "LIBRARIES", {})
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object())
    assert dev.missing_packages(window=False) == ["python3-venv"]


@pytest.mark.skipif(os.name == "nt", reason="Windows brings these libraries along")
def test_who_is_not_root_gets_one_line_to_type(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "LIBRARIES", {NOWHERE: "libnothing9", "libsheaf-neither.so.1": "libneither1"})
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert dev.main(["setup"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Some system packages are missing. Install them, then try again:",
        "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends libnothing9 libneither1",
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows brings these libraries along")
def test_a_system_without_apt_gets_the_names(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "LIBRARIES", {NOWHERE: "libnothing9"})
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert dev.main(["setup"]) == 1
    assert "under their Debian names: libnothing9" in capsys.readouterr().err


def test_a_changed_dependency_calls_for_a_new_installation(elsewhere: Path) -> None:
    assert not dev.is_set_up()
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.write_text("")
    dev.STAMP.write_text(dev.fingerprint())
    assert dev.is_set_up()
    with (elsewhere / "constraints.txt").open("a") as file:
        file.write("another==1.0\n")
    assert not dev.is_set_up()


def test_an_environment_left_half_made_does_not_count(elsewhere: Path) -> None:
    assert not dev.works()
    dev.PYTHON.parent.mkdir(parents=True)
    dev.PYTHON.write_text("#!/bin/sh\nexit 1\n")
    dev.PYTHON.chmod(0o755)
    assert not dev.works()


def test_a_second_sample_leaves_the_first_alone(tmp_path: Path) -> None:
    wanted = tmp_path / "sheaf sample"
    assert dev.fresh(wanted) == wanted
    wanted.mkdir()
    assert dev.fresh(wanted) == wanted
    (wanted / "sample.sheaf").write_text("")
    second = dev.fresh(wanted)
    assert second.name.startswith("sheaf sample-20")
    second.mkdir()
    (second / "sample.sheaf").write_text("")
    assert dev.fresh(wanted).name == f"{second.name}-2"


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The program's own commands, noted instead of run; `bill` leaves two invoices behind."""
    noted: list[list[str]] = []

    def note(*arguments: str, **environment: str) -> int:
        noted.append(list(arguments))
        if "bill" in arguments:
            Path(arguments[-1]).mkdir()
            for name in ("one.pdf", "two.pdf"):
                Path(arguments[-1], name).write_bytes(b"")
        return 0

    monkeypatch.setattr(dev, "python", note)
    monkeypatch.setattr(dev, "prepare", lambda window=False: None)
    return noted


def test_without_a_screen_the_sample_is_billed_here(
    tmp_path: Path,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(dev, "has_screen", lambda: False)
    folder = tmp_path / "a sample"
    assert dev.main(["run", "--to", str(folder)]) == 0
    book = str(folder / "sample.sheaf")
    assert commands == [
        ["-m", "desktop", "sample", book, "--clients", "60"],
        ["-m", "desktop", "bill", book, "--render", str(folder / "invoices")],
    ]
    shown = capsys.readouterr().out
    assert f"2 invoices lie as PDFs in {folder / 'invoices'}" in shown
    assert f"exceptions '{book}'" in shown


def test_with_a_screen_the_sample_is_made_once(
    tmp_path: Path, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "has_screen", lambda: True)
    book = tmp_path / "sample.sheaf"
    assert dev.main(["run", "--to", str(tmp_path)]) == 0
    book.write_text("")
    assert dev.main(["run", "--to", str(tmp_path)]) == 0
    opened = ["-m", "desktop", str(book)]
    assert commands == [["-m", "desktop", "sample", str(book), "--clients", "60"], opened, opened]


@pytest.mark.usefixtures("commands")
def test_a_command_that_fails_stops_the_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "has_screen", lambda: False)
    monkeypatch.setattr(dev, "python", lambda *arguments, **environment: 1)
    assert dev.main(["run", "--to", str(tmp_path / "sample")]) == 1
    assert "sheaf sample stopped with exit code 1" in capsys.readouterr().err


def test_build_installs_what_freezes_the_program_first(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "prepare", lambda: None)
    monkeypatch.setattr(dev, "loads", lambda _library: True)
    monkeypatch.setattr("shutil.which", lambda command: command)

    def python(*arguments: str, **_environment: str) -> int:
        calls.append(arguments)
        return 0

    monkeypatch.setattr(dev, "python", python)
    assert dev.main(["build", "--to", "elsewhere"]) == 0
    assert calls[0][:3] == ("-m", "pip", "install")
    assert calls[0][-1] == ".[build]"
    assert calls[1] == ("packaging/make.py", "--to", "elsewhere")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is installed by the system's packages")
def test_build_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(dev, "prepare", lambda: None)
    monkeypatch.setattr(dev, "loads", lambda _library: True)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda command: None if command == "makensis" else command)
    assert dev.main(["build"]) == 1
    assert "apt-get install --yes --no-install-recommends nsis" in capsys.readouterr().err


def test_constraints_name_versions_and_no_address() -> None:
    lines = (dev.ROOT / "constraints.txt").read_text(encoding="ascii").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert all(line.count("==") == 1 and "/" not in line and "@" not in line for line in pins)


@pytest.mark.parametrize("arguments, code", [([], 2), (["fly"], 2), (["--help"], 0)])
def test_exit_codes(arguments: list[str], code: int) -> None:
    done = subprocess.run([sys.executable, dev.ROOT / "dev.py", *arguments], capture_output=True, text=True)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stdout if code == 0 else done.stderr
