"""Finds the floors, which measure bare sqlite3 and hand-written PDFs and know nothing of the product."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType


def load() -> ModuleType:
    """The floors module beside the project, or where SHEAF_FLOORS says. SystemExit with a sentence without it."""
    given = os.environ.get("SHEAF_FLOORS")
    path = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "bench" / "floors.py"
    if not path.is_file():
        raise SystemExit(f"The floors are not at {path}; name their file in SHEAF_FLOORS.")
    spec = importlib.util.spec_from_file_location("floors", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["floors"] = module
    spec.loader.exec_module(module)
    return module
