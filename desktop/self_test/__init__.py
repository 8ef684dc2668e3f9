"""`sheaf --self-test`: does this copy of the program do its whole work on this computer? Told step by step.

For whoever built or installed it. All that it makes lies in a folder of its own that goes away at the end.
"""

from __future__ import annotations

import json
import logging
import platform
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop.errors import UserError
from desktop.i18n import _
from desktop.self_test.steps import LAST, STEPS, Bench, own_version
from desktop.self_test.window import WINDOW_FLAG, show, window_opens

FLAG = "--self-test"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step: `detail` says what was seen, or why it failed."""

    step: str
    ok: bool
    detail: str
    seconds: float


def main(arguments: Sequence[str]) -> int:
    """Run every step and tell; 0 where all of them passed, 2 where an argument is not known."""
    if len(arguments) == 2 and arguments[0] == WINDOW_FLAG:
        return show(Path(arguments[1]))
    unknown = [one for one in arguments if one != "--json"]
    if unknown:
        print(_("The self-test knows one option, --json; not {text}.").format(text=" ".join(unknown)), file=sys.stderr)
        return 2
    as_json = "--json" in arguments
    outcomes = []
    # Windows keeps a file that something still maps; the folder of a failed step is not worth a second failure.
    with tempfile.TemporaryDirectory(prefix="sheaf-self-test-", ignore_cleanup_errors=True) as folder:
        bench = Bench(Path(folder))
        for name, step in (*STEPS, ("window", window_opens), *LAST):
            outcome = _tried(name, step, bench)
            outcomes.append(outcome)
            if not as_json:
                print(f"{'ok  ' if outcome.ok else 'FAIL'}  {outcome.step}: {outcome.detail}", flush=True)
        bench.clear()
    passed = all(outcome.ok for outcome in outcomes)
    if as_json:
        steps = [asdict(outcome) for outcome in outcomes]
        about = {"version": own_version(), "python": platform.python_version(), "system": platform.platform()}
        print(json.dumps({"ok": passed, **about, "steps": steps}, ensure_ascii=False))
    else:
        print(_("All of it works.") if passed else _("Something does not work on this computer; see above."))
    return 0 if passed else 1


def _tried(name: str, step: object, bench: Bench) -> Outcome:
    assert callable(step)
    began = time.monotonic()
    try:
        detail, ok = str(step(bench)), True
    except UserError as error:
        detail, ok = str(error), False
    except Exception as error:
        log.exception("The self-test's step %s failed", name)
        detail, ok = f"{type(error).__name__}: {error}", False
    return Outcome(name, ok, detail, round(time.monotonic() - began, 2))
