"""SIGKILL in the middle of imports, payments, upgrades, backups and restores: whole or not at all, and never twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.killing import ROOT

POINTS = 12


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of one warm process")
def test_chores_killed_at_random_points_leave_whole_books(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.killed_chores", str(tmp_path), "20261122", str(POINTS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["wrong"] == []
    # Those by the clock may come too late.
    assert all(kills >= POINTS * 2 // 3 for kills in told["kills"].values()), told["kills"]
