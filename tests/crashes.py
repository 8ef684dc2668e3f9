"""A worker of the tests that crashes says where each of its threads was, and how it ended, in the summary."""

from __future__ import annotations

import faulthandler
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any, TextIO

import pytest

_KEY = "crashes"
_SECONDS_TO_END = 5


def watch(config: pytest.Config) -> None:
    """To be called once pytest's own fault handler is set, which would write where nobody looks."""
    given = getattr(config, "workerinput", None)
    if given is not None:
        config.pluginmanager.register(_Worker(Path(given[_KEY]) / given["workerid"]))
    elif config.pluginmanager.hasplugin("dsession"):
        config.pluginmanager.register(_Controller())


class _Worker:
    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("w", encoding="utf-8")
        faulthandler.enable(self._file, all_threads=True)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        faulthandler.disable()
        self._file.close()


class _Controller:
    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sheaf-crashes-")
        self._ends: dict[str, str] = {}

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput[_KEY] = self._folder.name

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        if error is not None:
            self._ends[node.workerinput["workerid"]] = _end(getattr(node.gateway._io, "popen", None))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for path in sorted(Path(self._folder.name).iterdir()):
            stacks = path.read_text(encoding="utf-8", errors="replace").strip()
            if stacks or path.name in self._ends:
                terminalreporter.section(f"crash of {path.name}, which ended by {self._ends.get(path.name, 'itself')}")
                terminalreporter.write_line(
                    stacks or "It left no word: what killed it left no time, as too little memory."
                )

    def pytest_unconfigure(self) -> None:
        self._folder.cleanup()


def _end(process: subprocess.Popen[bytes] | None) -> str:
    """The signal or the exit code that a worker ended with."""
    if process is None:
        return "unknown means"
    try:
        code = process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        return "nothing yet"
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
