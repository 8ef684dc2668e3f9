"""A worker of the tests that crashes tells where it was and how it ended."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
_CONFTEST = """
import pytest
from tests import crashes

@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    crashes.watch(config)
"""


def run(folder: Path, test: str) -> str:
    """What pytest says of these tests with one worker."""
    (folder / "conftest.py").write_text(_CONFTEST, encoding="utf-8")
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        # Nothing of Qt, and nobody who would take the place of the fallen one.
        [sys.executable, "-m", "pytest", "-n1", "--max-worker-restart=0", "-pno:pytest-qt", "-pno:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="There are no signals to end by")
@pytest.mark.parametrize(
    "end, said",
    [
        ("os.abort()", ["ended by SIGABRT", "Fatal Python error: Aborted", "in test_falls", "in waits_beside"]),
        ("os.kill(os.getpid(), 9)", ["ended by SIGKILL", "It left no word"]),
        ("os._exit(3)", ["ended by exit code 3"]),
    ],
)
def test_a_crash_is_told_in_the_summary(tmp_path: Path, end: str, said: list[str]) -> None:
    test = f"""
import os, threading

def waits_beside(begun):
    begun.set()
    threading.Event().wait()

def test_falls():
    begun = threading.Event()
    threading.Thread(target=waits_beside, args=[begun], daemon=True).start()
    begun.wait()
    {end}
"""
    summary = run(tmp_path, test)
    assert [words for words in said if words not in summary] == [], summary


def test_nothing_is_told_of_workers_that_end_well(tmp_path: Path) -> None:
    summary = run(tmp_path, "def test_passes():\n    pass\n")
    assert "1 passed" in summary
    assert "crash" not in summary
