"""Where the public cases stand that billing has to answer. They are facts of others and not part of the project."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def cases_dir() -> Path | None:
    """The folder of the cases: the one that SHEAF_CASES names, else `shared/cases` beside the project."""
    named = os.environ.get("SHEAF_CASES")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "cases"
    return folder if folder.is_dir() else None


def case_file(name: str) -> Path:
    """A file or folder of the cases. Skips the test where they are absent; fails it where CI is true."""
    folder = cases_dir()
    if folder is not None and (folder / name).exists():
        return folder / name
    reason = f"{name} is not there: set SHEAF_CASES to the folder of the cases"
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def case_params(name: str) -> list[Any]:
    """The cases of a JSON file as parameters named by their ids.

    Where they are absent, a single None: the test hands it to `case_file`, which skips or fails then.
    """
    folder = cases_dir()
    if folder is None or not (folder / name).exists():
        return [pytest.param(None, id="absent")]
    return [pytest.param(case, id=case["id"]) for case in json.loads((folder / name).read_text("utf-8"))]
