"""Which text a file's bytes are: the mark at its start, then strict UTF-8, then the user's code page.

Charset guessers are left out on purpose: they take short Western European files for anything.
"""

from __future__ import annotations

import codecs
import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.options import DEFAULT_CODE_PAGE, TableOptions

# UTF-32's mark begins with that of UTF-16, so it comes first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 18
# Signs that fill binary files and hardly ever stand in a table.
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1a")
# Python's codecs for other ends than the text of a file.
_NO_FILE = frozenset({"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape"})


@dataclass(frozen=True, slots=True)
class Scan:
    """What one pass over the bytes found. `lines` counts line ends; `unreadable` characters that no text stands for.

    `sure` is false where the code page was taken for want of anything better.
    """

    encoding: str
    sure: bool
    lines: int
    unreadable: int
    zeros: int
    digest: str
    size: int


def scan(stream: BinaryIO, name: str, options: TableOptions) -> Scan:
    """Read the stream to its end. UserError for an empty file and for one that is not a text table."""
    head = stream.read(_CHUNK)
    if not head:
        raise UserError(
            _("“{name}” is empty.").format(name=name), _("Export it again, with the column names in the first line.")
        )
    _refuse_other_formats(head, name)
    encoding = _known_encoding(options.encoding, name) if options.encoding else _marked(head) or _unmarked_wide(head)
    sure = encoding is not None
    found = _pass(stream, head, encoding or "utf-8", "replace" if sure else "strict", name)
    if found is None:
        stream.seek(0)
        page = _known_encoding(options.code_page or DEFAULT_CODE_PAGE, name)
        found = _pass(stream, stream.read(_CHUNK), page, "replace", name)
    assert found is not None
    if found.encoding == "utf-8":
        sure = True
    return Scan(found.encoding, sure, found.lines, found.unreadable, found.zeros, found.digest, found.size)


def _pass(stream: BinaryIO, head: bytes, encoding: str, errors: str, name: str) -> Scan | None:
    """None when a strict reading fails."""
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    digest = hashlib.sha256()
    lines = unreadable = zeros = size = characters = 0
    blank = True
    chunk = head
    while True:
        digest.update(chunk)
        size += len(chunk)
        try:
            text = decoder.decode(chunk, not chunk)
        except UnicodeDecodeError:
            return None
        if chunk is head and sum(text.count(sign) for sign in set(text) if ord(sign) in _CONTROLS) * 10 > len(text):
            raise _no_text(name)
        characters += len(text)
        lines += max(text.count("\n"), text.count("\r"))
        unreadable += text.count("\ufffd")
        zeros += text.count("\0")
        blank = blank and not text.strip("\ufeff\0 \t\r\n")
        if not chunk:
            break
        chunk = stream.read(_CHUNK)
    if unreadable * 3 > characters:
        raise _no_text(name)
    if blank:
        raise UserError(
            _("“{name}” holds nothing but empty lines.").format(name=name),
            _("Export it again, with the column names in the first line."),
        )
    return Scan(encoding, True, lines, unreadable, zeros, digest.hexdigest(), size)


def _no_text(name: str) -> UserError:
    return UserError(
        _("“{name}” is not a text file.").format(name=name), _("Export the table as CSV and import that file.")
    )


def _known_encoding(encoding: str, name: str) -> str:
    try:
        info = codecs.lookup(encoding)
        # Python also knows codecs of bytes to bytes, such as zip, which are no text.
        "".encode(encoding)
        known = info.name.replace("_", "-") not in _NO_FILE
    except (LookupError, ValueError):
        known = False
    if not known:
        raise UserError(
            _("No encoding is called “{encoding}”.").format(encoding=encoding),
            _("Choose utf-8, utf-16 or cp1252 for “{name}”.").format(name=name),
        )
    return info.name


def _marked(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def _unmarked_wide(head: bytes) -> str | None:
    """UTF-16 without its mark: in a table most characters are below 256, so every other byte is zero."""
    sample = head[:4096]
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd * 10 >= half * 4 and even * 10 <= half:
        return "utf-16-le"
    if even * 10 >= half * 4 and odd * 10 <= half:
        return "utf-16-be"
    return None


def _refuse_other_formats(head: bytes, name: str) -> None:
    start = head[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    spreadsheet = _("Open it in a spreadsheet program, save it as .xlsx, .ods or CSV and import that file.")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if b"mimetypeapplication/vnd.oasis.opendocument" in head:
            raise UserError(
                _("“{name}” is an OpenDocument file, but no spreadsheet.").format(name=name),
                _("Save the table as a spreadsheet or as CSV and import that file."),
            )
        raise UserError(
            _("“{name}” is a ZIP archive.").format(name=name), _("Unpack it and import the table that is in it.")
        )
    if start.startswith(b"%pdf-"):
        raise UserError(
            _("“{name}” is a PDF, not a table.").format(name=name),
            _("Export the table as CSV from the program that made it."),
        )
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"{\\rtf")):
        raise UserError(_("“{name}” is a web page or XML, not a table.").format(name=name), spreadsheet)
    if head.startswith(b"SQLite format 3\0"):
        raise UserError(
            _("“{name}” is a database, not a table.").format(name=name),
            _("If it is a Sheaf book, open it instead of importing it."),
        )
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")):
        raise UserError(
            _("“{name}” is packed.").format(name=name), _("Unpack it and import the CSV file that is in it.")
        )
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise UserError(
            _("“{name}” is a picture, not a table.").format(name=name), _("Export the table as CSV and import that.")
        )
