"""Whatever is in a file, reading it gives statements or one sentence: never another error, never a hang."""

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.money import LARGEST
from desktop.errors import UserError
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.camt import read_camt
from desktop.importing.bank.ofx import read_ofx
from desktop.importing.bank.ofx_tags import tags
from desktop.importing.bank.qif import read_qif
from desktop.importing.bank.recognising import recognise
from desktop.importing.bank.sources import Source

CAMT = b"""<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><Stmt>
<Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd>
</CdOrPrtry></Tp><Amt Ccy="EUR">27.05</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal><Ntry>
<Amt Ccy="EUR">8.85</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-30</Dt></BookgDt><NtryDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">5.00</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>A</Ustrd></RmtInf></TxDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">3.85</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>B</Ustrd></RmtInf></TxDtls>
</NtryDtls></Ntry></Stmt></Document>"""
OFX = b"""OFXHEADER:100\nCHARSET:1252\n\n<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260330<TRNAMT>12.50<FITID>1<NAME>A &amp; B<MEMO><![CDATA[x<y]]></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>5<DTASOF>20260331</LEDGERBAL></STMTRS></OFX>"""
QIF = b"!Account\nN12345\n^\n!Type:Bank\nD3/15'26\nT1,234.50\nPAcme\nMText\nN12\n^\nD3/16'26\nT-5.00\n^\n"
READERS: list[tuple[Callable[[Source], BankFile], bytes]] = [(read_camt, CAMT), (read_ofx, OFX), (read_qif, QIF)]
PIECES = (
    b"<",
    b">",
    b"</",
    b"&",
    b"<!--",
    b"<![CDATA[",
    b"\0",
    b"\xff\xfe",
    b"-",
    b"9" * 30,
    b"NaN",
    b"<Ntry>",
    b"^\n",
)


def source(content: bytes) -> Source:
    return Source("statement", len(content), content[:65536], lambda: BytesIO(content))


def proved(read: Callable[[Source], BankFile], content: bytes) -> None:
    refusal = None
    try:
        found = read(source(content))
    except UserError as error:
        refusal = error
    if refusal is not None:
        assert refusal.message
        assert refusal.remedy
        return
    assert found.statements
    for statement in found.statements:
        for entry in statement.entries:
            assert abs(entry.amount) <= LARGEST
            assert len(entry.text) <= 2_000


@pytest.mark.parametrize("read, whole", READERS)
def test_the_samples_are_good(read: Callable[[Source], BankFile], whole: bytes) -> None:
    assert read(source(whole)).statements[0].entries


@pytest.mark.parametrize("read, whole", READERS)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_changed_bytes(read: Callable[[Source], BankFile], whole: bytes, data: st.DataObject) -> None:
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(content)))
        end = min(len(content), start + data.draw(st.sampled_from((0, 1, 2, 8, 60))))
        new = data.draw(
            st.one_of(st.binary(max_size=6), st.sampled_from(PIECES), st.just(bytes(content[start:end]) * 3))
        )
        content[start:end] = new
    proved(read, bytes(content))


@pytest.mark.parametrize("read, whole", READERS)
@given(end=st.integers(0, 900))
@settings(max_examples=100, deadline=None)
def test_half_files(read: Callable[[Source], BankFile], whole: bytes, end: int) -> None:
    proved(read, whole[:end])


@pytest.mark.parametrize("read", [one for one, _whole in READERS])
@given(content=st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_random_bytes(read: Callable[[Source], BankFile], content: bytes) -> None:
    recognise(content, "a.csv")
    proved(read, content)


@given(cut=st.lists(st.integers(1, 40), min_size=1))
def test_tags_do_not_depend_on_where_the_chunks_end(cut: list[int]) -> None:
    text = OFX.decode()
    chunks, at = [], 0
    for size in cut:
        chunks.append(text[at : at + size])
        at += size
    chunks.append(text[at:])
    assert list(tags(chunks)) == list(tags([text]))
