"""Takes a PDF apart by its cross-reference, strictly: what is not where the table says is an error."""

import re
import zlib
from typing import NamedTuple


class Parts(NamedTuple):
    """Objects by number, and the trailer's dictionary."""

    objects: dict[int, bytes]
    trailer: bytes


def parts(pdf: bytes) -> Parts:
    """AssertionError where the file breaks the rules that a strict reader holds it to."""
    assert pdf.startswith(b"%PDF-1.")
    end = re.search(rb"startxref\n(\d+)\n%%EOF\n\Z", pdf)
    assert end, "the file does not end with its startxref"
    start = int(end[1])
    head = re.match(rb"xref\n0 (\d+)\n", pdf[start:])
    assert head, "startxref does not point at the table"
    count = int(head[1])
    at = start + head.end()
    entries = [pdf[at + 20 * row : at + 20 * row + 20] for row in range(count)]
    assert entries[0] == b"0000000000 65535 f \n"
    objects = {}
    for number, entry in enumerate(entries[1:], 1):
        found = re.fullmatch(rb"(\d{10}) 00000 n \n", entry)
        assert found, f"entry {number} is not 20 bytes of the right form: {entry!r}"
        opening = b"%d 0 obj\n" % number
        offset = int(found[1])
        assert pdf[offset : offset + len(opening)] == opening, f"object {number} is not at {offset}"
        objects[number] = _body(pdf, offset + len(opening), number)
    rest = pdf[at + 20 * count : end.start()]
    trailer = re.fullmatch(rb"trailer\n(<<.*>>)\n", rest, re.DOTALL)
    assert trailer, "no trailer after the table"
    assert b"/Size %d/" % count in trailer[1]
    for body in [*objects.values(), trailer[1]]:
        for number in references(dictionary(body)):
            assert number in objects, f"object {number} is named and not there"
    return Parts(objects, trailer[1])


def _body(pdf: bytes, start: int, number: int) -> bytes:
    length = re.match(rb"<<(?:[^<>]|<<[^<>]*>>)*?/Length (\d+)[^>]*>>stream\n", pdf[start : start + 2000])
    if length:
        after = start + length.end() + int(length[1])
        tail = b"\nendstream\nendobj\n"
        assert pdf[after : after + len(tail)] == tail, f"stream {number} is not as long as it says"
        return pdf[start : after + len(b"\nendstream")]
    end = pdf.index(b"\nendobj\n", start)
    return pdf[start:end]


def dictionary(body: bytes) -> bytes:
    """The object without its stream."""
    return body.split(b">>stream\n")[0]


def stream(body: bytes) -> bytes:
    """The unpacked content of a stream object."""
    packed = body.split(b">>stream\n", 1)[1].removesuffix(b"\nendstream")
    return zlib.decompress(packed) if b"/FlateDecode" in dictionary(body) else packed


def number(pattern: bytes, body: bytes) -> int:
    """The number that the pattern's group finds."""
    found = re.search(pattern, body)
    assert found, f"{pattern!r} is not in {body[:200]!r}"
    return int(found[1])


def references(body: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"(?<![\d.])(\d+) 0 R", body)]
