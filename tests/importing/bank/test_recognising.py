"""Which format a file has by how it begins, whatever its name."""

from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.importing.bank import read_bank_file, recognise


@pytest.mark.parametrize(
    "head, name, found",
    [
        (b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.13">', "a.xml", "camt"),
        (b"\xef\xbb\xbf<ns2:BkToCstmrDbtCdtNtfctn>", "a", "camt"),
        ('<?xml version="1.0" encoding="UTF-16"?><Document xmlns="camt.052.001.02">'.encode("utf-16"), "a", "camt"),
        (b"\r\n\r\nOFXHEADER:100\r\n", "a.txt", "ofx"),
        (b"<ofx><STMTRS>", "a", "ofx"),
        (b"!Type:Bank\nD1/1/26", "a.csv", "qif"),
        (b"{1:F01BANKDEFF}{2:I940}{4:\r\n:20:X\r\n:25:1/2\r\n", "a.txt", "mt940"),
        (b":20:X\r\n:25:1/2\r\n:34F:EUR0,\r\n", "a.sta", "mt942"),
        (b"Date;Amount\n2026-01-01;5\n", "a.csv", "csv"),
        (b"PK\x03\x04\x14\x00statement.xml", "a.zip", "zip"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "a.xlsx", ""),
        (b"%PDF-1.7\n", "a.pdf", ""),
        (b"<html><body>Date;Amount\n</body>", "a.csv", ""),
        (b"\x89PNG\r\n\x1a\n\0\0", "a.csv", ""),
        (b"Dear customer", "a.txt", ""),
    ],
)
def test_a_format_by_its_first_bytes(head: bytes, name: str, found: str) -> None:
    assert recognise(head, name) == found


def test_what_is_no_statement_is_refused_in_one_sentence(tmp_path: Path) -> None:
    picture = tmp_path / "logo.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    with pytest.raises(UserError, match=r"“logo\.png” is no bank statement") as caught:
        read_bank_file(picture)
    assert "CAMT" in caught.value.remedy


def test_empty_missing_and_endless_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"\xef\xbb\xbf \r\n")
    with pytest.raises(UserError, match="is empty"):
        read_bank_file(path)
    with pytest.raises(UserError, match="cannot be read"):
        read_bank_file(tmp_path / "other.xml")
    monkeypatch.setattr("desktop.importing.bank.sources.LARGEST", 1 << 20)
    path.write_bytes(b"<Document>" + b" " * (3 << 20))
    with pytest.raises(UserError, match="has 3 MB, and statements of more than 1 MB"):
        read_bank_file(path)
