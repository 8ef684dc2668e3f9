"""Which format a bank's file has, by how it begins: banks name their files as they like."""

from __future__ import annotations

import codecs
import re
from typing import Final

# More formats than statements have: an archive holds files of one of them.
ARCHIVE: Final = "zip"
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_OFFICE: Final = (b"[Content_Types].xml", b"mimetypeapplication/", b"xl/", b"word/", b"ppt/")
_SWIFT_TAG: Final = re.compile(r"^\s*:(?:20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|34F|13D?|90[CD]):", re.MULTILINE)
_INTERIM: Final = re.compile(r"\{2:[IO]942|^\s*:(?:34F|90[CD]):", re.MULTILINE)
_QIF: Final = re.compile(r"^\s*!(?:Type:|Account\b|Option:|Clear:)", re.IGNORECASE | re.MULTILINE)
_OFX: Final = re.compile(r"OFXHEADER|<\?OFX\b|<OFX>", re.IGNORECASE)
_CAMT: Final = re.compile(r"\bcamt\.05[234]|<(?:[\w.-]+:)?BkToCstmr")
_SEPARATED: Final = re.compile(r"[;,\t|][^\n]*\n")


def recognise(head: bytes, name: str) -> str:
    """camt, mt940, mt942, ofx, qif or csv by the first bytes of a file; "zip" for an archive, "" for anything else.

    "csv" says no more than that it is a table as banks give them too: whether its columns are known is told by its
    profile.
    """
    if head.startswith(_ZIP):
        return "" if any(mark in head for mark in _OFFICE) else ARCHIVE
    text = head_text(head)
    if "\0" in text:
        return ""
    start = text.lstrip("\ufeff \t\r\n")
    if _CAMT.search(text):
        return "camt"
    if _OFX.search(text):
        return "ofx"
    if start.startswith(("<", "%PDF-", "{\\rtf")):
        return ""
    if _QIF.search(text):
        return "qif"
    if _SWIFT_TAG.search(text):
        return "mt942" if _INTERIM.search(text) else "mt940"
    ending = name.lower().rpartition(".")[2]
    return "csv" if ending in ("csv", "tsv", "txt") and _SEPARATED.search(text + "\n") else ""


def head_text(head: bytes) -> str:
    """How a file begins, in any encoding: exact for plain letters, which is all that telling formats apart needs."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace")
    if head[:2] == b"<\0" or head[1:4:2] == b"\0\0":
        return head.decode("utf-16-le", "replace")
    if head[:2] == b"\0<" or head[0:4:2] == b"\0\0":
        return head.decode("utf-16-be", "replace")
    return head.decode("latin-1")
