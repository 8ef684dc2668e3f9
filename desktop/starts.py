"""Whether the window came up the last times: after two starts that failed, a start in safe mode is offered."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Final

from desktop.paths import log_dir

# So many failures in a row are no accident.
ENOUGH: Final = 2


def _file() -> Path:
    return log_dir() / "starts.json"


def begun() -> int:
    """Note that a start begins; how many before it, in a row, never came so far as to stand."""
    failed = _failed()
    _write(failed + 1)
    return failed


def stands() -> None:
    """The window is up and the book is open, or it was closed as it should be."""
    _write(0)


def _failed() -> int:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return 0
    count = found.get("failed") if isinstance(found, dict) else 0
    return count if isinstance(count, int) and count > 0 else 0


def _write(failed: int) -> None:
    with contextlib.suppress(OSError):
        _file().write_text(json.dumps({"failed": failed}), encoding="utf-8")
