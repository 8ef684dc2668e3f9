"""XML read piece by piece: what is asked for comes as small trees, the rest is let go, and nothing is fetched or
expanded. A document type is refused, so that no entity of its own can be declared."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.importing.bank.sources import Source
from desktop.importing.results import Report

_CHUNK: Final = 1 << 18
# The standard nests twenty deep; an entry of a real bank has some hundreds of elements.
_DEEPEST: Final = 200
_MOST_NODES: Final = 200_000
_LONGEST_TEXT: Final = 1 << 20
_ENCODING_ERRORS: Final = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_INVALID_TOKEN,
        expat.errors.XML_ERROR_UNKNOWN_ENCODING,
        expat.errors.XML_ERROR_INCORRECT_ENCODING,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
    )
)
_CUT_OFF: Final = frozenset(
    expat.errors.codes[message]
    for message in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)
_AFTER_THE_END: Final = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
# What the file declares; then what programs write that declare another, and the code page of their machine.
_ENCODINGS: Final = (None, "utf-8", "windows-1252")


class Node:
    """An element without its namespace. `line` is where it begins in the file; `text` is without spaces around it."""

    __slots__ = ("attributes", "children", "line", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str], line: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.line = line
        self.children: list[Node] = []
        self.text = ""

    def all(self, *path: str) -> list[Node]:
        """Every element below it at the end of the path, in order."""
        found = [self]
        for tag in path:
            found = [child for node in found for child in node.children if child.tag == tag]
            if not found:
                break
        return found

    def first(self, *path: str) -> Node | None:
        found = self.all(*path)
        return found[0] if found else None

    def said(self, *path: str) -> str:
        """The first text that is not empty at the end of the path, with single spaces; "" where there is none."""
        for node in self.all(*path):
            if node.text:
                return " ".join(node.text.split())
        return ""


def pieces(
    source: Source, boxes: frozenset[str], apart: frozenset[str], dropped: frozenset[str], report: Report | None
) -> Iterator[Node]:
    """The parts of every element that `boxes` names, in the file's order: first the box itself, empty, as it opens;
    then each child of it, whole. What `apart` names comes as soon as it ends and is gone from what it stood in. What
    `dropped` names is never kept. A node without a tag says that all before it is void: the reading began anew.

    UserError where the file is no XML, is cut off, declares a document type, or nests or swells beyond any statement.
    """
    for encoding in _ENCODINGS:
        try:
            yield from _Reading(source, boxes, apart, dropped, encoding).run(report)
        except _OtherEncoding:
            yield Node("", {}, 0)
        else:
            return


class _OtherEncoding(Exception):
    """The bytes are not in the encoding that the file declares."""


class _Reading:
    def __init__(
        self,
        source: Source,
        boxes: frozenset[str],
        apart: frozenset[str],
        dropped: frozenset[str],
        encoding: str | None,
    ) -> None:
        self._source = source
        self._boxes, self._apart, self._dropped = boxes, apart, dropped
        self._encoding = encoding
        self._names: dict[str, str] = {}
        self._found: list[Node] = []
        self._depth = self._skipped_below = self._nodes = self._length = 0
        self._box_depths: list[int] = []
        self._open: list[Node] = []
        self._texts: list[list[str]] = []
        parser = expat.ParserCreate(encoding)
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        self._parser = parser

    def run(self, report: Report | None) -> Iterator[Node]:
        size, done = self._source.size, 0
        with self._source.open() as stream:
            chunk = _start_of_xml(stream)
            while True:
                self._feed(chunk, last=not chunk)
                yield from self._found
                self._found.clear()
                if not chunk:
                    break
                done += len(chunk)
                if report:
                    report(min(done, size), size, _("Reading {name}").format(name=self._source.name))
                chunk = stream.read(_CHUNK)

    def _feed(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            name, line = self._source.name, number_text(error.lineno)
            if error.code in _ENCODING_ERRORS and self._encoding != _ENCODINGS[-1]:
                raise _OtherEncoding from None
            again = _("Download the statement again from your bank. Nothing of this file was taken in.")
            if error.code in _CUT_OFF and last:
                raise UserError(
                    _("“{name}” is cut off: it ends at line {line} in the middle.").format(name=name, line=line), again
                ) from None
            if error.code == _AFTER_THE_END:
                raise UserError(
                    _("“{name}” holds a second document from line {line} on.").format(name=name, line=line),
                    _("Save each document as a file of its own, and take these in."),
                ) from None
            raise UserError(_("“{name}” is broken at line {line}.").format(name=name, line=line), again) from None
        except (LookupError, ValueError):
            # An encoding by a name that is none, or one of several bytes a character.
            raise _OtherEncoding from None

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._skipped_below:
            return
        if self._depth > _DEEPEST:
            raise self._swollen()
        tag = self._names.get(full_name) or self._name(full_name)
        if tag in self._dropped:
            self._skipped_below = self._depth
            return
        line = self._parser.CurrentLineNumber
        if tag in self._boxes and not self._open:
            self._box_depths.append(self._depth)
            self._found.append(Node(tag, attributes, line))
        elif self._open or (self._box_depths and self._depth == self._box_depths[-1] + 1):
            self._nodes += 1
            if self._nodes > _MOST_NODES:
                raise self._swollen()
            self._open.append(Node(tag, attributes, line))
            self._texts.append([])

    def _end(self, _full_name: str) -> None:
        depth = self._depth
        self._depth -= 1
        if self._skipped_below:
            if depth == self._skipped_below:
                self._skipped_below = 0
            return
        if self._open:
            node = self._open.pop()
            node.text = "".join(self._texts.pop()).strip()
            if node.tag in self._apart or not self._open:
                self._found.append(node)
                self._nodes -= _size(node)
            else:
                self._open[-1].children.append(node)
            if not self._open:
                self._nodes = self._length = 0
        elif self._box_depths and depth == self._box_depths[-1]:
            self._box_depths.pop()

    def _characters(self, text: str) -> None:
        if self._texts and not self._skipped_below:
            self._length += len(text)
            if self._length > _LONGEST_TEXT * 16 or len(text) > _LONGEST_TEXT:
                raise self._swollen()
            if not text.isspace() or self._texts[-1]:
                self._texts[-1].append(text)

    def _name(self, full_name: str) -> str:
        if len(self._names) > 10_000:
            raise self._swollen()
        tag = self._names[full_name] = full_name.rpartition(":")[2]
        return tag

    def _doctype(self, *_declared: Any) -> None:
        raise UserError(
            _("“{name}” declares a document type of its own, which no bank statement does.").format(
                name=self._source.name
            ),
            _("Such a file can be made to fill the memory, so it is not read. Download the statement from your bank."),
        )

    def _swollen(self) -> UserError:
        line = number_text(self._parser.CurrentLineNumber)
        return UserError(
            _("“{name}” is no bank statement: at line {line} it nests or swells beyond any.").format(
                name=self._source.name, line=line
            ),
            _("Download the statement again from your bank. Nothing of this file was taken in."),
        )


def _size(node: Node) -> int:
    return 1 + sum(map(_size, node.children))


def _start_of_xml(stream: BinaryIO) -> bytes:
    """The first chunk, without what some programs put before the declaration."""
    chunk = stream.read(_CHUNK)
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")):
        return chunk
    return chunk.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")
