"""One PDF of many documents, for a print shop or a print job: what documents share is written once.

Only what is seen and printed goes along: pages, fonts, pictures. The structure for readers, the e-invoices inside and
what each file says of itself stay with the documents themselves.
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from desktop.documents.pdfa import PRODUCER
from desktop.documents.pdftext import fit, text_string

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_ENTRY = 20
# Strings come first, so that what looks like a reference inside one is left alone.
_TOKEN = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]+>|(\d+) 0 R\b", re.DOTALL)
_ROOT = re.compile(rb"/Root (\d+) 0 R")
_PAGES = re.compile(rb"/Pages (\d+) 0 R")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_REFERENCE = re.compile(rb"(\d+) 0 R\b")
_BOX = re.compile(rb"/MediaBox\s*\[([^\]]*)\]")
_RESOURCES = re.compile(rb"/Resources (\d+) 0 R")
_CONTENTS = re.compile(rb"/Contents (\d+) 0 R")
# As many as a reader looks through at once without being slow.
_BRANCHES = 64


class Unmergeable(Exception):
    """The file is not built as this program builds its own."""


class _Page(NamedTuple):
    resources: int
    contents: int
    box: bytes


class _Source:
    """A file of the program's own making: its objects by number, and its pages."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            at = int(data[data.rindex(b"startxref") + 9 :].split(None, 1)[0])
            word, first, count = data[at : at + 40].split(None, 3)[:3]
            table = data.index(b"\n", at + len(word) + 1) + 1
            if word != b"xref" or first != b"0":
                raise Unmergeable
            size = int(count)
            self._offsets = [int(data[table + _ENTRY * n : table + _ENTRY * n + 10]) for n in range(size)]
            following = sorted([*self._offsets[1:], at])
            self._ends = dict(pairwise(following))
            root = _found(_ROOT, data[table + _ENTRY * size :])
            self.pages = self._leaves(_found(_PAGES, self.body(root)), b"")
        except (ValueError, IndexError, KeyError) as problem:
            raise Unmergeable from problem
        if not self.pages:
            raise Unmergeable

    def _leaves(self, number: int, box: bytes) -> list[_Page]:
        body = self.body(number)
        own = _BOX.search(body)
        box = own[1] if own else box
        kids = _KIDS.search(body)
        if kids is None:
            return [_Page(_found(_RESOURCES, body), _found(_CONTENTS, body), box)]
        return [page for one in _REFERENCE.findall(kids[1]) for page in self._leaves(int(one), box)]

    def body(self, number: int) -> bytes:
        """The object as it stands in the file, from after its number to its last word."""
        start = self._offsets[number]
        head = b"%d 0 obj\n" % number
        whole = self.data[start : self._ends[start]]
        if not whole.startswith(head):
            raise Unmergeable
        return whole[len(head) :]

    def end(self, number: int) -> int:
        return self._ends[self._offsets[number]]


def _found(pattern: re.Pattern[bytes], data: bytes) -> int:
    found = pattern.search(data)
    if found is None:
        raise Unmergeable
    return int(found[1])


def page_count(pdf: bytes) -> int:
    """How many pages a file of the program's own making has. Raises Unmergeable for any other."""
    return len(_Source(pdf).pages)


class _Shared(NamedTuple):
    """A beginning that files have in common, and the number of its resources here."""

    data: bytes
    resources: int
    number: int


class _Branch:
    """A node of the tree of pages: its number, its children and how many pages are below it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.kids: list[int] = []
        self.pages = 0

    def add(self, kid: int, pages: int) -> None:
        self.kids.append(kid)
        self.pages += pages

    def body(self, parent: int | None = None) -> bytes:
        kids = b" ".join([b"%d 0 R" % kid for kid in self.kids])
        above = b"/Parent %d 0 R" % parent if parent is not None else b""
        return b"<</Type/Pages%b/Count %d/Kids[%b]>>" % (above, self.pages, kids)


class MergedPdf:
    """Writes documents one after the other to a stream. `pages` and `documents` say how many there are by now."""

    def __init__(self, out: BinaryIO, title: str, day: date, author: str = "") -> None:
        self._out = out
        self._title, self._day, self._author = title, day, author
        self._offsets: list[int] = [0]
        self._at = 0
        self._sum = hashlib.sha256()
        self._shared: list[_Shared] = []
        self._bookmarks: list[tuple[str, int]] = []
        self.pages = self.documents = 0
        self._write(_HEADER)
        self._catalog = self._reserve()
        self._top = _Branch(self._reserve())
        self._branches: list[_Branch] = []

    def add(self, pdf: bytes, bookmark: str = "", *, whole_sheets: bool = False) -> int:
        """Add a document's pages; how many it has. With `whole_sheets` an empty page follows an odd number of them, so
        that the next one begins on a front.

        Raises Unmergeable for a file that is not built as this program builds its own.
        """
        source = _Source(pdf)
        if self.documents % _BRANCHES == 0:
            self._branches.append(_Branch(self._reserve()))
        branch = self._branches[-1]
        own = _Branch(self._reserve())
        copied: dict[int, int] = {}
        for page in source.pages:
            resources = self._resources(source, page.resources, copied)
            contents = self._copied(source, page.contents, copied)
            parts = (own.number, resources, contents, page.box)
            own.add(self._add(b"<</Type/Page/Parent %d 0 R/Resources %d 0 R/Contents %d 0 R/MediaBox[%b]>>" % parts), 1)
        if bookmark:
            self._bookmarks.append((bookmark, own.kids[0]))
        if whole_sheets and own.pages % 2:
            box = source.pages[-1].box
            own.add(self._add(b"<</Type/Page/Parent %d 0 R/Resources<<>>/MediaBox[%b]>>" % (own.number, box)), 1)
        self._place(own.number, own.body(branch.number))
        branch.add(own.number, own.pages)
        self.documents += 1
        self.pages += own.pages
        return len(source.pages)

    def finish(self) -> None:
        """Write the tree of pages, the bookmarks and what finds them. There must be a document."""
        for branch in self._branches:
            self._place(branch.number, branch.body(self._top.number))
            self._top.add(branch.number, branch.pages)
        self._place(self._top.number, self._top.body())
        self._place(
            self._catalog,
            b"<</Type/Catalog/Pages %d 0 R%b/ViewerPreferences<</DisplayDocTitle true>>>>"
            % (self._top.number, self._outlines()),
        )
        moment = b"(D:%04d%02d%02d000000Z)" % (self._day.year, self._day.month, self._day.day)
        author = b"/Author%b" % text_string(fit(self._author)) if self._author else b""
        info = self._add(
            b"<</Title%b%b/Creator(%b)/Producer(%b)/CreationDate%b/ModDate%b>>"
            % (text_string(fit(self._title)), author, PRODUCER.encode(), PRODUCER.encode(), moment, moment)
        )
        start, size = self._at, len(self._offsets)
        identity = self._sum.hexdigest()[:32].encode("ascii")
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
        self._write(b"".join([b"%010d 00000 n \n" % at for at in self._offsets[1:]]))
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
        self._write(trailer % (size, self._catalog, info, identity, identity, start))

    def _outlines(self) -> bytes:
        """The bookmarks, and how the catalog names them; nothing where there are none."""
        if not self._bookmarks:
            return b""
        root = self._reserve()
        first = root + 1
        last = root + len(self._bookmarks)
        for number, (title, page) in enumerate(self._bookmarks, first):
            before = b"/Prev %d 0 R" % (number - 1) if number > first else b""
            after = b"/Next %d 0 R" % (number + 1) if number < last else b""
            named = (text_string(fit(title)), root, before, after, page)
            self._add(b"<</Title%b/Parent %d 0 R%b%b/Dest[%d 0 R/Fit]>>" % named)
        self._place(root, b"<</Type/Outlines/First %d 0 R/Last %d 0 R/Count %d>>" % (first, last, last - root))
        return b"/Outlines %d 0 R/PageMode/UseOutlines" % root

    # What documents bring along

    def _resources(self, source: _Source, number: int, copied: dict[int, int]) -> int:
        for one in self._shared:
            if one.number == number and source.data.startswith(one.data):
                return one.resources
        before = set(copied)
        resources = self._copied(source, number, copied)
        brought = copied.keys() - before
        end = source.end(number)
        # Only what lies wholly in the beginning is the same wherever the beginning is.
        if brought and all(source.end(one) <= end for one in brought):
            self._shared.append(_Shared(source.data[:end], resources, number))
        return resources

    def _copied(self, source: _Source, number: int, copied: dict[int, int]) -> int:
        """The object and all that it names, each once."""
        if number in copied:
            return copied[number]
        copied[number] = new = self._reserve()
        head, stream, rest = source.body(number).partition(b">>stream\n")

        def renumbered(token: re.Match[bytes]) -> bytes:
            return b"%d 0 R" % self._copied(source, int(token[1]), copied) if token[1] else token[0]

        # What it names is written first, so that it knows the numbers.
        body = _TOKEN.sub(renumbered, head) + stream + rest
        self._offsets[new] = self._at
        self._write(b"%d 0 obj\n%b" % (new, body))
        return new

    # The objects of the new file

    def _reserve(self) -> int:
        self._offsets.append(0)
        return len(self._offsets) - 1

    def _add(self, body: bytes) -> int:
        number = self._reserve()
        self._place(number, body)
        return number

    def _place(self, number: int, body: bytes) -> None:
        self._offsets[number] = self._at
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._sum.update(data)
        self._at += len(data)
