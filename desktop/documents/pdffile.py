"""The file of a PDF in three parts: a prefix of objects that documents share, a frame that documents of one shape
share, and what one document adds to them.

They stand in this order, so that the bytes of the first two, their parts of the cross-reference and the state of their
checksum are made once.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from datetime import date

from desktop.documents.pdfa import ATTACHMENT, PRODUCER, Metadata, output_intent, profile_stream
from desktop.documents.pdftext import fit, text_string
from desktop.documents.tagging import Log, elements, structure

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_FRAMES = 256
# A tenth larger than the best packing, and made in a third of the time.
_PACKING = 2


class _Objects:
    """Objects one after the other, from a number and a place in the file on."""

    def __init__(self, number: int, at: int) -> None:
        self.last = number - 1
        self.parts: list[bytes] = []
        self.entries: list[bytes] = []
        self.at = at

    def add(self, body: bytes) -> int:
        """The number of the object."""
        self.last += 1
        part = b"%d 0 obj\n%b\nendobj\n" % (self.last, body)
        self.parts.append(part)
        self.entries.append(b"%010d 00000 n \n" % self.at)
        self.at += len(part)
        return self.last


class Prefix:
    """Objects 1 to n of a file. `resources` is the number of the one that every page names as its resources."""

    def __init__(self, objects: Sequence[bytes], resources: int, media_box: bytes, language: str, author: str) -> None:
        found = _Objects(1, len(_HEADER))
        for body in objects:
            found.add(body)
        self.intent = found.add(output_intent(found.add(profile_stream())))
        self.data = b"".join([_HEADER, *found.parts])
        self.last = found.last
        self.entries = b"".join(found.entries)
        self.sum = hashlib.sha256(self.data)
        self.digest = self.sum.hexdigest()
        self.media_box = media_box
        self.resources = resources
        self.language = language
        self.author = fit(author)
        self._frames: dict[tuple[tuple[object, ...], int, bool], Frame] = {}
        self._metadata: dict[bool, Metadata] = {}

    def frame(self, log: Log, pages: int, *, attached: bool = False) -> Frame:
        """What documents share that have this structure on so many pages, and an e-invoice inside or none."""
        key = (tuple(log), pages, attached)
        found = self._frames.get(key)
        if found is None:
            if len(self._frames) >= _FRAMES:
                self._frames.pop(next(iter(self._frames)))
            found = self._frames[key] = Frame(self, log, pages, attached=attached)
        return found

    def metadata(self, *, attached: bool) -> Metadata:
        found = self._metadata.get(attached)
        if found is None:
            found = self._metadata[attached] = Metadata(self.author, self.language, attached=attached)
        return found


class Frame:
    """The objects after the prefix that say what stands on the pages and in what order, pages and catalog among them.

    They name the document's own objects, whose numbers follow: the contents of the pages, the metadata, the
    information, the e-invoice if there is one, and the descriptions of pictures.
    """

    def __init__(self, prefix: Prefix, log: Log, pages: int, *, attached: bool) -> None:
        self.prefix = prefix
        self._metadata = prefix.metadata(attached=attached)
        found = _Objects(prefix.last + 1, len(prefix.data))
        numbers = range(found.last + 1, found.last + 1 + pages)
        root = numbers[-1] + 1
        # After the structure with its root, way back and document: the tree of pages, the catalog, the file's entry.
        parent = root + 3 + elements(log)
        own = parent + (3 if attached else 2)
        tree = structure(log, numbers, root, own + pages + (3 if attached else 2))
        for index in range(pages):
            found.add(
                # An archive wants each page to name its resources, not to inherit them.
                b"<</Type/Page/Parent %d 0 R/Resources %d 0 R/Contents %d 0 R/StructParents %d/Tabs/S>>"
                % (parent, prefix.resources, own + index, index)
            )
        for body in tree:
            found.add(body)
        kids = b" ".join([b"%d 0 R" % number for number in numbers])
        found.add(b"<</Type/Pages/Count %d/Kids[%b]/MediaBox[%b]>>" % (pages, kids, prefix.media_box))
        files = b""
        if attached:
            file = parent + 2
            name = text_string(ATTACHMENT)
            files = b"/AF[%d 0 R]/Names<</EmbeddedFiles<</Names[%b %d 0 R]>>>>" % (file, name, file)
        self.root = found.add(
            b"<</Type/Catalog/Pages %d 0 R/Lang%b/MarkInfo<</Marked true>>/StructTreeRoot %d 0 R"
            b"/ViewerPreferences<</DisplayDocTitle true>>/OutputIntents[%d 0 R]/Metadata %d 0 R%b>>"
            % (parent, text_string(prefix.language), root, prefix.intent, own + pages, files)
        )
        if attached:
            found.add(
                b"<</Type/Filespec/F%b/UF%b/AFRelationship/Alternative/Desc(E-invoice)/EF<</F %d 0 R/UF %d 0 R>>>>"
                % (name, name, own + pages + 2, own + pages + 2)
            )
        self.data = b"".join(found.parts)
        self._last, self._at = found.last, found.at
        self._table = b"0000000000 65535 f \n" + prefix.entries + b"".join(found.entries)
        self._sum = prefix.sum.copy()
        self._sum.update(self.data)
        self._digest = self._sum.digest()
        author = b"/Author%b" % text_string(prefix.author) if prefix.author else b""
        self._info = b"%b/Creator(%b)/Producer(%b)" % (author, PRODUCER.encode(), PRODUCER.encode())

    @property
    def size(self) -> int:
        """Bytes before the document's own."""
        return self._at

    def delta(
        self, contents: Sequence[bytes], title: str, day: date, attachment: bytes = b"", alts: Sequence[str] = ()
    ) -> bytes:
        """The rest of the file: the packed contents of the pages, the descriptions of its pictures, and what names and
        finds them.

        The date is the document's, not the clock's, and the identity follows from the content, so that the same
        document gives the same bytes.
        """
        title = fit(title)
        found = _Objects(self._last + 1, self._at)
        for packed in contents:
            found.add(b"<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(packed), packed))
        found.add(self._metadata.stream(title, day))
        moment = b"(D:%04d%02d%02d000000Z)" % (day.year, day.month, day.day)
        info = found.add(b"<</Title%b%b/CreationDate%b/ModDate%b>>" % (text_string(title), self._info, moment, moment))
        if attachment:
            packed = zlib.compress(attachment, _PACKING)
            mark = hashlib.md5(attachment, usedforsecurity=False).hexdigest().encode("ascii")
            found.add(
                b"<</Type/EmbeddedFile/Subtype/text#2Fxml/Params<</ModDate%b/Size %d/CheckSum<%b>>>"
                b"/Filter/FlateDecode/Length %d>>stream\n%b\nendstream"
                % (moment, len(attachment), mark, len(packed), packed)
            )
        for alt in alts:
            found.add(text_string(fit(alt)))
        objects = b"".join(found.parts)
        identity = hashlib.sha256(self._digest + objects).hexdigest()[:32].encode("ascii")
        size = found.last + 1
        table = b"xref\n0 %d\n%b%b" % (size, self._table, b"".join(found.entries))
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
        return objects + table + trailer % (size, self.root, info, identity, identity, found.at)

    def checksum(self, delta: bytes) -> str:
        """The SHA-256 of the whole file, without going over what is shared again."""
        whole = self._sum.copy()
        whole.update(delta)
        return whole.hexdigest()


def form(content: bytes, box: bytes, resources: int) -> bytes:
    """A form: drawing that pages name instead of repeating it. The content is packed already."""
    head = b"<</Type/XObject/Subtype/Form/BBox[%b]/Resources %d 0 R/Filter/FlateDecode/Length %d>>stream\n"
    return head % (box, resources, len(content)) + content + b"\nendstream"


def references(entries: dict[str, int]) -> bytes:
    """A dictionary of names and the objects they stand for."""
    return b"<<%b>>" % b"".join([b"/%b %d 0 R" % (name.encode("ascii"), number) for name, number in entries.items()])


def resources(fonts: dict[str, int], drawings: dict[str, int]) -> bytes:
    drawn = b"/XObject%b" % references(drawings) if drawings else b""
    return b"<</Font%b%b>>" % (references(fonts), drawn)
