"""Runs commands as a person would, within this process or as one of their own."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from desktop import cli

ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The JSON object on stdout; nothing else may stand there."""
        assert self.code == 0, self.err
        assert self.out.count("\n") == 1
        return json.loads(self.out)


class Sheaf:
    """Commands that start in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *argv: object) -> Answer:
        out, err = io.StringIO(), io.StringIO()
        code = cli.run([str(part) for part in argv], out=out, err=err, folder=self.folder)
        return Answer(code, out.getvalue(), err.getvalue())

    def json(self, *argv: object) -> Any:
        answer = self(*argv, "--json")
        assert answer.err == ""
        return answer.data

    def start(self, *argv: object) -> subprocess.Popen[str]:
        """A command in a process of its own."""
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(
            [sys.executable, "-m", "desktop", *map(str, argv)],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path
