"""OFX in both its forms, and in those that banks make of them."""

from datetime import date
from pathlib import Path

import pytest

from desktop.domain.bank_statement import Balance, Entry
from desktop.errors import UserError
from desktop.importing.bank import BankFile, read_bank_file

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:{charset}\n\n"
MOVEMENT = (
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260330120000[-5:EST]<TRNAMT>1234.50<FITID>F-1<NAME>Acme &amp; Co<MEMO>INV-7"
)


def sgml(movements: str, charset: str = "1252", currency: str = "USD") -> str:
    return (
        f"{HEADER.format(charset=charset)}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS></SONRS>"
        f"</SIGNONMSGSRSV1><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>021000021"
        f"<ACCTID>12 345</BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331\n{movements}</BANKTRANLIST>"
        "<LEDGERBAL><BALAMT>-20.00<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def read(folder: Path, text: str | bytes) -> BankFile:
    path = folder / "statement.qfx"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_bank_file(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(UserError) as caught:
        read(folder, text)
    assert caught.value.remedy
    return caught.value.message


def test_a_statement_whole(tmp_path: Path) -> None:
    (found,) = read(tmp_path, sgml(MOVEMENT + "</STMTTRN>")).statements
    assert (found.format, found.account, found.currency, found.bank) == ("ofx", "12345", "USD", "021000021")
    assert (found.from_day, found.to_day) == (date(2026, 3, 1), date(2026, 3, 31))
    assert found.closing == Balance(date(2026, 3, 31), -2000, "USD")
    assert found.entries == (
        Entry(
            booked_on=date(2026, 3, 30),
            amount=123450,
            currency="USD",
            party="Acme & Co",
            text="INV-7",
            bank_reference="F-1",
            code="CREDIT",
            place="8",
        ),
    )


def test_xml_gives_the_same_as_sgml(tmp_path: Path) -> None:
    closed = (
        '<?xml version="1.0"?><?OFX OFXHEADER="200" VERSION="211"?>\n<OFX><STMTRS>\n'
        " <CURDEF>USD</CURDEF>\n<BANKTRANLIST>"
        "<STMTTRN>\n<TRNTYPE>CREDIT</TRNTYPE>\n<DTPOSTED>20260330</DTPOSTED><TRNAMT>1234.50</TRNAMT><FITID>F-1</FITID>"
        "<NAME>Acme &amp; Co</NAME><MEMO><![CDATA[INV-7]]></MEMO></STMTTRN></BANKTRANLIST></STMTRS></OFX>"
    )
    (mine,) = read(tmp_path, closed).statements
    (theirs,) = read(tmp_path, sgml(MOVEMENT + "</STMTTRN>")).statements
    (one,), (other,) = mine.entries, theirs.entries
    assert (one.amount, one.party, one.text, one.bank_reference) == (
        other.amount,
        other.party,
        other.text,
        other.bank_reference,
    )


def test_movements_whose_end_is_missing_are_told_apart(tmp_path: Path) -> None:
    (found,) = read(tmp_path, sgml(MOVEMENT + "\n" + MOVEMENT.replace("F-1", "F-2"))).statements
    assert [one.bank_reference for one in found.entries] == ["F-1", "F-2"]


@pytest.mark.parametrize(
    "written, minor",
    [("-5,50", -550), ("1,234.50", 123450), ("1.234,50", 123450), ("+7", 700), ("8-", -800), ("1,234", 123400)],
)
def test_amounts_as_banks_write_them(tmp_path: Path, written: str, minor: int) -> None:
    (found,) = read(tmp_path, sgml(MOVEMENT.replace("1234.50", written))).statements
    assert [one.amount for one in found.entries] == [minor]


def test_what_was_asked_for_in_another_currency(tmp_path: Path) -> None:
    foreign = MOVEMENT + "<ORIGCURRENCY><CURRATE>1.25<CURSYM>EUR</ORIGCURRENCY></STMTTRN>"
    (found,) = read(tmp_path, sgml(foreign)).statements
    assert [(one.amount, one.currency, one.original) for one in found.entries] == [(123450, "USD", (98760, "EUR"))]


def test_the_number_of_a_cheque_is_its_reference(tmp_path: Path) -> None:
    (found,) = read(
        tmp_path, sgml(MOVEMENT + "<CHECKNUM>319</STMTTRN>" + MOVEMENT + "<CHECKNUM>0</STMTTRN>")
    ).statements
    assert [one.reference for one in found.entries] == ["319", ""]


@pytest.mark.parametrize("charset, encoding", [("1252", "cp1252"), ("ISO-8859-15", "iso-8859-15"), ("1252", "utf-8")])
def test_letters_are_right_whatever_the_header_says(tmp_path: Path, charset: str, encoding: str) -> None:
    text = sgml(MOVEMENT.replace("Acme", "Müller €"), charset)
    (found,) = read(tmp_path, text.encode(encoding)).statements
    assert [one.party for one in found.entries] == ["Müller € & Co"]


def test_several_accounts_are_several_statements(tmp_path: Path) -> None:
    text = sgml(MOVEMENT + "</STMTTRN>")
    second = text[text.index("<BANKMSGSRSV1>") : text.index("</OFX>")].replace("12 345", "67 890")
    found = read(tmp_path, text.replace("</OFX>", second + "</OFX>")).statements
    assert [one.account for one in found] == ["12345", "67890"]


def test_a_movement_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, sgml(MOVEMENT.replace("20260330", "20260231") + "\n" + MOVEMENT))
    assert len(found.statements[0].entries) == 1
    (rejected,) = found.rejected
    assert (rejected.row, rejected.column, rejected.value) == (8, "DTPOSTED", "20260231120000[-5:EST]")
    assert "20260231" in rejected.problem


def test_what_the_bank_takes_back_is_no_movement(tmp_path: Path) -> None:
    correction = MOVEMENT + "<CORRECTFITID>F-0<CORRECTACTION>DELETE</STMTTRN>" + MOVEMENT
    (found,) = read(tmp_path, sgml(correction)).statements
    assert len(found.entries) == 1
    assert "F-0" in found.problems[0]


def test_a_refusal_of_the_bank_is_passed_on(tmp_path: Path) -> None:
    text = HEADER + "<OFX><SONRS><STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Wrong password.</STATUS></SONRS></OFX>"
    assert "Wrong password (15500)" in refusal(tmp_path, text)


def test_other_ends_of_ofx_are_refused_by_name(tmp_path: Path) -> None:
    assert "no statement" in refusal(tmp_path, "<OFX></OFX>")
    assert "securities" in refusal(tmp_path, "<OFX><INVSTMTRS><CURDEF>USD</INVSTMTRS></OFX>")
    assert "lists accounts" in refusal(
        tmp_path, "<OFX><ACCTINFO><BANKACCTFROM><ACCTID>1</BANKACCTFROM></ACCTINFO></OFX>"
    )


def test_half_a_file_is_refused_as_cut_off(tmp_path: Path) -> None:
    text = sgml(MOVEMENT + "</STMTTRN>")
    assert "cut off" in refusal(tmp_path, text[: text.index("</BANKTRANLIST>")])


def test_a_missing_last_line_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, sgml(MOVEMENT).removesuffix("</OFX>"))
    assert len(found.statements[0].entries) == 1
    assert "last line" in found.problems[0]
