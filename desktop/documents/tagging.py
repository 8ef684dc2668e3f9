"""What the pages of a document say to those who hear them: elements in reading order, recorded while text is placed.

Painters begin and end elements; a sheet marks the text that is placed in the innermost open one. Text outside of all
elements is decoration, which screen readers pass over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

Log = Sequence[str | int | tuple[str]]
"""What `Tags.log` holds."""

MARK_ARTIFACT = "/Artifact BMC"
END_MARK = "EMC"
MARK_AGAIN = "EMC\n/P<</MCID %d>>BDC\n"
"""Ends a piece and begins that of the number."""
_SCOPE = b"/A<</O/Table/Scope/Column>>"
_NOWHERE = -1
_KNOWN_MARKS = 512
_MARKS = [f"/P<</MCID {number}>>BDC" for number in range(_KNOWN_MARKS)]
_MARKS_AGAIN = [f"{END_MARK}\n{each}" for each in _MARKS]


def mark(number: int) -> str:
    """The operator that begins the piece of a page that has this number."""
    return _MARKS[number] if number < _KNOWN_MARKS else f"/P<</MCID {number}>>BDC"


def mark_again(number: int) -> str:
    """The same, after ending the piece before it."""
    return _MARKS_AGAIN[number] if number < _KNOWN_MARKS else f"{END_MARK}\n{mark(number)}"


class Tags:
    """Elements of one document. `now` is the serial number of the innermost open one, 0 outside of all, and `count`
    how many were begun.

    `log` tells the structure: a role begins an element, (role,) one that the next of the `alts` describes, an empty
    text ends one, and the index of a page says that the open element has the next marked piece of that page.
    Two documents of equal logs have equal structures, whatever is said in them.
    """

    __slots__ = ("_outer", "alts", "count", "log", "now")

    def __init__(self) -> None:
        self.log: list[str | int | tuple[str]] = []
        self.alts: list[str] = []
        self.now = 0
        self.count = 0
        self._outer: list[int] = []

    def begin(self, role: str, alt: str = "") -> None:
        """Open an element: H1, H2, P, Table, TR, TH, TD, L, LI, Lbl, LBody, or Figure with its text in `alt`."""
        if alt:
            self.log.append((role,))
            self.alts.append(alt)
        else:
            self.log.append(role)
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


def structure(log: Log, pages: Sequence[int], first: int, alt: int) -> list[bytes]:
    """The objects of a structure that begin with number `first`: its root, the way back from the pages' pieces, and the
    elements, of which the first is the document.

    `pages` are the numbers of the pages' objects, `alt` that of the first description.
    """
    document = first + 2
    roles, parents, more = [b"Document"], [first], [b""]
    homes: list[int] = [_NOWHERE]
    kids: list[list[bytes]] = [[]]
    names = [b"%d 0 R" % document]
    owners: list[list[bytes]] = [[] for _ in pages]
    at = 0
    outer: list[int] = []
    for entry in log:
        if isinstance(entry, int):
            owned = owners[entry]
            if homes[at] == _NOWHERE:
                homes[at] = entry
            if homes[at] == entry:
                kids[at].append(b"%d" % len(owned))
            else:
                kids[at].append(b"<</Type/MCR/Pg %d 0 R/MCID %d>>" % (pages[entry], len(owned)))
            owned.append(names[at])
        elif not entry:
            at = outer.pop()
        else:
            name = b"%d 0 R" % (document + len(names))
            kids[at].append(name)
            parents.append(document + at)
            outer.append(at)
            at = len(names)
            names.append(name)
            kids.append([])
            homes.append(_NOWHERE)
            if isinstance(entry, str):
                roles.append(entry.encode("ascii"))
                more.append(_SCOPE if entry == "TH" else b"")
            else:
                roles.append(entry[0].encode("ascii"))
                more.append(b"/Alt %d 0 R" % alt)
                alt += 1
    back = b"".join([b"%d[%b]" % (page, b" ".join(owned)) for page, owned in enumerate(owners)])
    root = b"<</Type/StructTreeRoot/K %d 0 R/ParentTree %d 0 R/ParentTreeNextKey %d>>"
    found = [root % (document, first + 1, len(pages)), b"<</Nums[%b]>>" % back]
    for role, parent, other, home, inside in zip(roles, parents, more, homes, kids, strict=True):
        page = b"" if home == _NOWHERE else b"/Pg %d 0 R" % pages[home]
        found.append(b"<</S/%b/P %d 0 R%b%b/K[%b]>>" % (role, parent, page, other, b" ".join(inside)))
    return found


def elements(log: Log) -> int:
    """How many elements a structure has besides the document."""
    return sum([not isinstance(entry, int) and entry != "" for entry in log])
