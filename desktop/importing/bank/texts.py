"""The text of a bank's file that says little of its encoding: UTF-8 where it is, else what the file or Windows says."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Final

from desktop.i18n import _
from desktop.importing.bank.sources import Source
from desktop.importing.results import Report

_CHUNK: Final = 1 << 20
_WINDOWS: Final = "cp1252"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def text_of(source: Source, declared: str, report: Report | None) -> Iterator[str]:
    """The text in chunks. `declared` is the encoding that the file names, which is believed only where it is not UTF-8:
    many programs declare one and write the other. What is no character becomes the sign for that."""
    decoder = codecs.getincrementaldecoder(_encoding(source, declared))("replace")
    done = 0
    with source.open() as stream:
        while chunk := stream.read(_CHUNK):
            done += len(chunk)
            if report:
                report(min(done, source.size), source.size, _("Reading {name}").format(name=source.name))
            yield decoder.decode(chunk)
    yield decoder.decode(b"", True)


def _encoding(source: Source, declared: str) -> str:
    for mark, encoding in _MARKS:
        if source.head.startswith(mark):
            return encoding
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with source.open() as stream:
            while chunk := stream.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", True)
    except UnicodeDecodeError:
        return _single_byte(declared)
    return "utf-8"


def _single_byte(declared: str) -> str:
    """The code page by what a file calls it ("1252", "ISO-8859-1"); Windows' own where that names none."""
    name = f"cp{declared}" if declared.isdigit() else declared
    try:
        info = codecs.lookup(name or _WINDOWS)
        # An encoding of bytes to bytes is none of text, and UTF-8 was tried.
        known = len("a".encode(info.name)) == 1 and info.name not in ("utf-8", "ascii", "idna", "punycode")
    except (LookupError, ValueError, TypeError):
        known = False
    return info.name if known else _WINDOWS
