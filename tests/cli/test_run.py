"""What every command has in common: exit codes, streams, errors, progress and a stop."""

import argparse
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop import cli
from desktop.cli.arguments import Commands, amount, count, day
from desktop.cli.call import Call
from desktop.cli.progress import Progress, Stopped
from desktop.cli.tables import pairs, table
from desktop.errors import UserError

Ran = tuple[int, str, str]


@pytest.fixture
def run_as(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ran]:
    """Runs a command `do` that is the given function."""

    def run(work: Callable[[Call], int | None], *options: str) -> Ran:
        class Group:
            @staticmethod
            def add(commands: Commands) -> None:
                commands.add("do", work, "does it", book=False, writes=True)

        monkeypatch.setattr(cli, "_GROUPS", (Group,))
        out, err = io.StringIO(), io.StringIO()
        return cli.run(["do", *options], out=out, err=err, folder=tmp_path), out.getvalue(), err.getvalue()

    return run


@pytest.mark.parametrize(
    "argv, code",
    [(["--help"], 0), (["calc", "--help"], 0), (["calc"], 2), (["nonsense"], 2), (["calc", "a", "--what"], 2)],
)
def test_exit_codes_of_usage(argv: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == code
    printed = capsys.readouterr()
    assert bool(printed.out) == (code == 0)
    assert bool(printed.err) == (code == 2)
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("flag", ["--safe", "--read-only", "--encryption"])
def test_how_the_window_starts_is_found_in_the_help_and_never_taken_for_a_commands(
    flag: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["--help"]) == 0
    assert flag in capsys.readouterr().out
    book = tmp_path / "Harbour.sheaf"
    command = ["new", str(book), "--firm", "Harbour", "--country", "DE", "--currency", "EUR"]
    assert cli.main([flag, *command]) == 2
    assert f"sheaf {flag} BOOK" in capsys.readouterr().err
    assert not book.exists()


def test_an_error_that_can_be_mended_is_one_sentence(run_as: Callable[..., Ran]) -> None:
    def work(_call: Call) -> None:
        raise UserError("The disk is full.", "Free some space.")

    assert run_as(work, "--json") == (1, "", "The disk is full. Free some space.\n")


def test_a_bug_shows_no_traceback_and_keeps_it_in_the_log(
    run_as: Callable[..., Ran], caplog: pytest.LogCaptureFixture
) -> None:
    def work(_call: Call) -> None:
        raise ZeroDivisionError("inside")

    code, out, err = run_as(work)
    assert (code, out) == (1, "")
    assert "Traceback" not in err
    assert "the log has the details" in err
    assert "ZeroDivisionError: inside" in caplog.text


def test_an_answer_is_one_object_on_stdout(run_as: Callable[..., Ran]) -> None:
    def work(call: Call) -> None:
        call.progress(1, 2, "half")
        call.say("by the way")
        call.answer({"name": "Müller"}, lambda: "for people")

    assert run_as(work, "--json", "--progress") == (0, '{"name": "Müller"}\n', "half 1/2\nby the way\n")
    assert run_as(work) == (0, "for people\n", "by the way\n")


def test_json_survives_a_console_without_the_letters(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(
        '{"currency": "EUR", "lines": [{"id": "Ł", "qty": 1, "unit_price": 1, "tax_category": "Z"}]}', "utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "calc", str(tmp_path / "case.json"), "--json"],
        env=os.environ | {"PYTHONIOENCODING": "cp1252"},
        capture_output=True,
        check=True,
    )
    assert b'"\\u0141"' in done.stdout


def test_who_does_not_read_the_answer_gets_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "case.json").write_text(
        '{"currency": "EUR", "lines": [{"qty": 1, "unit_price": 1, "tax_category": "Z"}]}'
    )
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "desktop", "calc", str(tmp_path / "case.json"), "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


def test_who_does_it(run_as: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "nora")

    def work(call: Call) -> None:
        call.answer({}, lambda: call.actor)

    assert run_as(work)[1] == "nora\n"
    assert run_as(work, "--as", "Ines")[1] == "Ines\n"


def test_paths_start_where_the_caller_stands(run_as: Callable[..., Ran], tmp_path: Path) -> None:
    def work(call: Call) -> None:
        assert call.path("out/../a.pdf") == tmp_path / "a.pdf"
        assert call.path("/b.pdf") == Path("/b.pdf").absolute()

    assert run_as(work)[0] == 0


def test_ctrl_c_stops_between_two_items(run_as: Callable[..., Ran]) -> None:
    done: list[int] = []

    def work(call: Call) -> None:
        for item in range(100):
            call.progress(item, 100, "item")
            done.append(item)
            if item == 3:
                signal.raise_signal(signal.SIGINT)
            done.append(item)

    code, out, err = run_as(work)
    assert (code, out) == (1, "")
    assert err.startswith("Stopped.")
    assert done == [0, 0, 1, 1, 2, 2, 3, 3]  # the item was finished, the next one not begun


def test_a_second_ctrl_c_ends_what_never_reports(run_as: Callable[..., Ran]) -> None:
    def work(_call: Call) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        time.sleep(30)

    began = time.monotonic()
    assert run_as(work)[0] == 1
    assert time.monotonic() - began < 10
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_command_runs_beside_the_main_thread(run_as: Callable[..., Ran]) -> None:
    results: list[Ran] = []

    def work(call: Call) -> None:
        call.answer({"ok": True}, lambda: "ok")

    thread = threading.Thread(target=lambda: results.append(run_as(work)))
    thread.start()
    thread.join()
    assert results == [(0, "ok\n", "")]


def test_progress_on_a_screen_is_one_line() -> None:
    stream = io.StringIO()
    progress = Progress(stream, shown=True, screen=True)
    progress(1000, 2000, "planning")
    progress(1001, 2000, "planning")  # too soon to be read
    progress(2000, 2000, "done")
    progress.clear()
    assert stream.getvalue() == "\rplanning 1,000/2,000\rdone 2,000/2,000    \r                \r"


def test_progress_is_silent_unless_wanted_but_still_stops() -> None:
    stream = io.StringIO()
    progress = Progress(stream, shown=False, screen=False)
    progress(1, 2, "half")
    assert stream.getvalue() == ""
    progress.stop()
    with pytest.raises(Stopped):
        progress(2, 2, "whole")


def test_tables_align() -> None:
    rows = [["INV-1", "1,234.50"], ["東京", "7.00"]]
    assert table(["Number", ">Amount"], rows).splitlines() == [
        "Number    Amount",
        "──────  ────────",
        "INV-1   1,234.50",
        "東京        7.00",
    ]
    assert table(["Number"], [], empty="Nothing is open.") == "Nothing is open."
    assert pairs([("a", "1"), ("long", "")]) == "a     1\nlong"


@pytest.mark.parametrize(
    "read, text",
    [
        (day, "2026-02-30"),
        (day, "1.2.2026"),
        (amount, "1,50"),
        (amount, "inf"),
        (count, "0"),
        (count, "-3"),
        (count, "x"),
    ],
)
def test_arguments_that_make_no_sense(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=text):
        read(text)
