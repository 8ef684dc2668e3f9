"""What the pages of a document say to those who hear them: elements in reading order, recorded while text is placed.

Painters begin and end elements; a sheet marks the text that is placed in the innermost open one. Text outside of all
elements is decoration, which screen readers pass over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from desktop.documents.pdftext import text_string

Log = Sequence[str | int | tuple[str, str]]
"""What `Tags.log` holds."""

MARK_ARTIFACT = "/Artifact BMC"
END_MARK = "EMC"
_KNOWN_MARKS = 512
_MARKS = [f"/P<</MCID {number}>>BDC" for number in range(_KNOWN_MARKS)]


def mark(number: int) -> str:
    """The operator that begins the piece of a page that has this number."""
    return _MARKS[number] if number < _KNOWN_MARKS else f"/P<</MCID {number}>>BDC"


class Tags:
    """Elements of one document. `now` is the serial number of the innermost open one, 0 outside of all, and `count`
    how many were begun.

    `log` tells all there is to tell: a role begins an element, (role, alternative text) one with a description, an
    empty text ends one, and the index of a page says that the open element has the next marked piece of that page.
    Two documents of equal logs have equal structures.
    """

    __slots__ = ("count", "_outer", "log", "now")

    def __init__(self) -> None:
        self.log: list[str | int | tuple[str, str]] = []
        self.now = 0
        self.count = 0
        self._outer: list[int] = []

    def begin(self, role: str, alt: str = "") -> None:
        """Open an element: H1, H2, P, Table, TR, TH, TD, L, LI, Lbl, LBody, or Figure with its text in `alt`."""
        self.log.append((role, alt) if alt else role)
        self._outer.append(self.now)
        self.count += 1
        self.now = self.count

    def end(self) -> None:
        """Close the innermost open element."""
        self.log.append("")
        self.now = self._outer.pop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Text that stands within open elements and belongs to none: page headings, table heads said again."""
        now, self.now = self.now, 0
        try:
            yield
        finally:
            self.now = now


class _Element:
    __slots__ = ("alt", "kids", "number", "parent", "role")

    def __init__(self, role: str, alt: str, number: int, parent: int) -> None:
        self.role = role
        self.alt = alt
        self.number = number
        self.parent = parent
        # Numbers of elements, or (page, piece).
        self.kids: list[int | tuple[int, int]] = []


def structure(log: Log, pages: Sequence[int], first: int) -> list[bytes]:
    """The objects of a structure that begin with that number: its root, the way back from the pages' pieces, elements.

    `pages` are the numbers of the pages' objects.
    """
    document = _Element("Document", "", first + 2, first)
    elements = [document]
    stack = [document]
    owners: list[list[int]] = [[] for _ in pages]
    for entry in log:
        if isinstance(entry, int):
            stack[-1].kids.append((entry, len(owners[entry])))
            owners[entry].append(stack[-1].number)
        elif not entry:
            stack.pop()
        else:
            role, alt = (entry, "") if isinstance(entry, str) else entry
            element = _Element(role, alt, document.number + len(elements), stack[-1].number)
            stack[-1].kids.append(element.number)
            elements.append(element)
            stack.append(element)
    back = b"".join([b"%d[%b]" % (page, _named(numbers)) for page, numbers in enumerate(owners)])
    root = b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>"
    found = [root % (document.number, first + 1, len(pages)), b"<</Nums[%b]>>" % back]
    return found + [_object(element, pages) for element in elements]


def _named(numbers: Sequence[int]) -> bytes:
    return b" ".join([b"%d 0 R" % number for number in numbers])


def _object(element: _Element, pages: Sequence[int]) -> bytes:
    home = next((kid[0] for kid in element.kids if isinstance(kid, tuple)), None)
    kids = []
    for kid in element.kids:
        if isinstance(kid, int):
            kids.append(b"%d 0 R" % kid)
        elif kid[0] == home:
            kids.append(b"%d" % kid[1])
        else:
            kids.append(b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (pages[kid[0]], kid[1]))
    parts = [b"<</Type/StructElem/S/%b/P %d 0 R" % (element.role.encode("ascii"), element.parent)]
    if home is not None:
        parts.append(b"/Pg %d 0 R" % pages[home])
    if element.alt:
        parts.append(b"/Alt%b" % text_string(element.alt))
    if element.role == "TH":
        parts.append(b"/A<</O/Table/Scope/Column>>")
    if kids:
        parts.append(b"/K[%b]" % b" ".join(kids))
    parts.append(b">>")
    return b"".join(parts)
