"""camt.052, camt.053 and camt.054 in the shapes that their versions and the banks give them."""

from datetime import date
from pathlib import Path

import pytest

from desktop.domain.bank_statement import Balance, Entry, Statement
from desktop.errors import UserError
from desktop.importing.bank import read_bank_file

OWN = "DE02120300000000202051"
PAYER = "DE89370400440532013000"


def document(body: str, kind: str = "053.001.08", box: str = "Stmt", message: str = "BkToCstmrStmt") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}"><{message}><GrpHdr><MsgId>M1</MsgId></GrpHdr>
<{box}><Id>S-1</Id><ElctrncSeqNb>7</ElctrncSeqNb><CreDtTm>2026-03-31T18:00:00+02:00</CreDtTm>
<Acct><Id><IBAN>{OWN}</IBAN></Id><Ccy>EUR</Ccy><Ownr><Nm>Sheaf GmbH</Nm></Ownr>
<Svcr><FinInstnId><BICFI>BYLADEM1001</BICFI></FinInstnId></Svcr></Acct>
{body}</{box}></{message}></Document>"""


def entry(amount: str, direction: str = "CRDT", details: str = "", extra: str = "", status: str = "BOOK") -> str:
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>{extra}<Sts><Cd>{status}</Cd></Sts>
<BookgDt><Dt>2026-03-30</Dt></BookgDt><ValDt><Dt>2026-03-31</Dt></ValDt><AcctSvcrRef>BANK-1</AcctSvcrRef>
<NtryDtls>{details}</NtryDtls><AddtlNtryInf>SEPA</AddtlNtryInf></Ntry>"""


def balance(kind: str, amount: str, day: str, direction: str = "CRDT") -> str:
    return f"""<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>{direction}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"""


def paid(amount: str, invoice: str, extra: str = "") -> str:
    return f"""<TxDtls><Refs><EndToEndId>{invoice}-E</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt>{extra}
<RmtInf><Ustrd>Invoice {invoice}</Ustrd></RmtInf></TxDtls>"""


def statements(folder: Path, text: str | bytes) -> tuple[Statement, ...]:
    path = folder / "statement.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_bank_file(path).statements


def one_entry(folder: Path, text: str) -> Entry:
    (statement,) = statements(folder, text)
    (found,) = statement.entries
    return found


def refusal(folder: Path, text: str | bytes) -> UserError:
    with pytest.raises(UserError) as caught:
        statements(folder, text)
    assert caught.value.remedy
    return caught.value


def test_a_payment_with_everything_that_a_bank_says(tmp_path: Path) -> None:
    details = f"""<TxDtls><Refs><AcctSvcrRef>TX-9</AcctSvcrRef><EndToEndId>E2E-5</EndToEndId><MndtId>M-3</MndtId></Refs>
<Amt Ccy="EUR">97.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<AmtDtls><InstdAmt><Amt Ccy="USD">110.00</Amt></InstdAmt></AmtDtls>
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>XBCT</SubFmlyCd></Fmly></Domn></BkTxCd>
<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd></Chrgs>
<RltdPties><Dbtr><Pty><Nm>Acme Ltd</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></DbtrAcct>
<Cdtr><Pty><Nm>Sheaf GmbH</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>{OWN}</IBAN></Id></CdtrAcct></RltdPties>
<RltdAgts><DbtrAgt><FinInstnId><BICFI>COBADEFF</BICFI></FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Ustrd>Thanks</Ustrd><Strd><RfrdDocInf><Nb>INV-7</Nb></RfrdDocInf>
<CdtrRefInf><Ref>RF18 5390 0754 7034</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>"""
    (found,) = statements(tmp_path, document(entry("97.00", details=details)))
    assert (found.format, found.account, found.currency, found.bank, found.number) == (
        "camt",
        OWN,
        "EUR",
        "BYLADEM1001",
        "7",
    )
    assert found.entries == (
        Entry(
            booked_on=date(2026, 3, 30),
            amount=9700,
            currency="EUR",
            valued_on=date(2026, 3, 31),
            party="Acme Ltd",
            party_account=PAYER,
            party_bic="COBADEFF",
            text="Thanks INV-7",
            reference="RF18 5390 0754 7034",
            end_to_end="E2E-5",
            mandate="M-3",
            bank_reference="TX-9",
            code="PMNT-RCDT-XBCT",
            charges=300,
            original=(11000, "USD"),
            place="8",
        ),
    )
    assert found.problems == ()


def test_a_batch_is_opened_where_its_parts_come_to_its_amount(tmp_path: Path) -> None:
    details = "<Btch><PmtInfId>ORDER-4</PmtInfId><NbOfTxs>2</NbOfTxs></Btch>" + paid("60.00", "A") + paid("40.00", "B")
    (found,) = statements(tmp_path, document(entry("100.00", details=details)))
    assert [(one.amount, one.text, one.end_to_end, one.batch, one.bank_reference) for one in found.entries] == [
        (6000, "Invoice A", "A-E", "BANK-1", ""),
        (4000, "Invoice B", "B-E", "BANK-1", ""),
    ]


def test_parts_of_a_batch_can_go_both_ways(tmp_path: Path) -> None:
    details = paid("60.00", "A", "<CdtDbtInd>CRDT</CdtDbtInd>") + paid("10.00", "B", "<CdtDbtInd>DBIT</CdtDbtInd>")
    (found,) = statements(tmp_path, document(entry("50.00", details=details)))
    assert [one.amount for one in found.entries] == [6000, -1000]


def test_what_the_bank_kept_of_a_batch_is_a_movement_of_its_own(tmp_path: Path) -> None:
    kept = '<Chrgs><Rcrd><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>'
    details = paid("60.00", "A") + paid("40.00", "B")
    (found,) = statements(tmp_path, document(entry("98.50", details=details, extra=kept)))
    assert [one.amount for one in found.entries] == [6000, 4000, -150]


def test_a_batch_that_does_not_add_up_stays_whole_and_says_so(tmp_path: Path) -> None:
    (found,) = statements(tmp_path, document(entry("90.00", details=paid("60.00", "A") + paid("40.00", "B"))))
    (whole,) = found.entries
    assert whole.amount == 9000
    assert "Invoice A" in whole.text
    assert "Invoice B" in whole.text
    assert whole.bank_reference == "BANK-1"
    (said,) = found.problems
    assert "2 transactions" in said
    assert "€90.00" in said


def test_a_batch_without_its_parts_keeps_the_name_of_its_order(tmp_path: Path) -> None:
    details = "<Btch><MsgId>MSG</MsgId><PmtInfId>ORDER-4</PmtInfId><NbOfTxs>20</NbOfTxs></Btch>"
    assert one_entry(tmp_path, document(entry("100.00", details=details))).batch == "ORDER-4"


def test_a_returned_debit_names_the_one_who_did_not_pay(tmp_path: Path) -> None:
    details = """<TxDtls><Refs><EndToEndId>INV-9</EndToEndId><MndtId>M-1</MndtId></Refs>
<AmtDtls><InstdAmt><Amt Ccy="EUR">50.00</Amt></InstdAmt></AmtDtls>
<Chrgs><Rcrd><Amt Ccy="EUR">4.00</Amt></Rcrd></Chrgs>
<RltdPties><Dbtr><Nm>Acme Ltd</Nm></Dbtr><Cdtr><Nm>Sheaf GmbH</Nm></Cdtr></RltdPties>
<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls>"""
    found = one_entry(tmp_path, document(entry("54.00", "DBIT", details)))
    assert (found.amount, found.party, found.returns, found.return_reason) == (-5400, "Acme Ltd", True, "AC04")
    assert (found.original, found.charges, found.end_to_end) == ((5000, "EUR"), 400, "INV-9")


@pytest.mark.parametrize(
    "extra",
    [
        "<RvslInd>true</RvslInd>",
        "<BkTxCd><Prtry><Cd>NRTI+109+931</Cd></Prtry></BkTxCd>",
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>IDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd>",
    ],
)
def test_every_sign_of_a_return_is_known(tmp_path: Path, extra: str) -> None:
    assert one_entry(tmp_path, document(entry("54.00", "DBIT", extra=extra))).returns
    assert not one_entry(tmp_path, document(entry("54.00", "DBIT"))).returns


def test_the_accounts_number_tells_the_own_side_where_a_bank_mixes_them_up(tmp_path: Path) -> None:
    details = f"""<TxDtls><RltdPties><Dbtr><Nm>Sheaf</Nm></Dbtr><DbtrAcct><Id><IBAN>{OWN}</IBAN></Id></DbtrAcct>
<Cdtr><Nm>Acme Ltd</Nm></Cdtr><CdtrAcct><Id><IBAN>{PAYER}</IBAN></Id></CdtrAcct></RltdPties></TxDtls>"""
    found = one_entry(tmp_path, document(entry("5.00", "CRDT", details)))
    assert (found.party, found.party_account) == ("Acme Ltd", PAYER)


def test_lines_that_fill_their_width_go_on(tmp_path: Path) -> None:
    first = "Payment of our invoice number 2026-"
    assert len(first) == 35
    details = f"<TxDtls><RmtInf><Ustrd>{first}</Ustrd><Ustrd>0815</Ustrd><Ustrd>thanks</Ustrd></RmtInf></TxDtls>"
    found = one_entry(tmp_path, document(entry("5.00", details=details)))
    assert found.text == "Payment of our invoice number 2026-0815 thanks"


def test_a_placeholder_is_no_reference(tmp_path: Path) -> None:
    details = "<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls>"
    found = one_entry(tmp_path, document(entry("5.00", details=details)))
    assert (found.end_to_end, found.text) == ("", "SEPA")


def test_balances_and_days(tmp_path: Path) -> None:
    body = (
        "<FrToDt><FrDtTm>2026-03-30T00:00:00</FrDtTm><ToDtTm>2026-04-01T00:00:00</ToDtTm></FrToDt>"
        + balance("PRCD", "10.00", "2026-03-29")
        + balance("CLBD", "5.00", "2026-03-31", "DBIT")
        + entry("15.00", "DBIT")
    )
    (found,) = statements(tmp_path, document(body))
    assert found.opening == Balance(date(2026, 3, 29), 1000, "EUR")
    assert found.closing == Balance(date(2026, 3, 31), -500, "EUR")
    assert (found.from_day, found.to_day, found.problems) == (date(2026, 3, 30), date(2026, 3, 31), ())


def test_entries_that_do_not_come_to_the_closing_balance_are_said(tmp_path: Path) -> None:
    body = balance("OPBD", "10.00", "2026-03-30") + balance("CLBD", "30.00", "2026-03-31") + entry("15.00")
    (found,) = statements(tmp_path, document(body))
    (said,) = found.problems
    assert "€10.00" in said
    assert "€15.00" in said
    assert "€25.00" in said
    assert "€30.00" in said


def test_pages_of_one_statement_are_one(tmp_path: Path) -> None:
    page = "<StmtPgntn><PgNb>{}</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>"
    first = (
        page.format(1) + balance("OPBD", "0.00", "2026-03-30") + balance("ITBD", "5.00", "2026-03-30") + entry("5.00")
    )
    second = (
        page.format(2) + balance("ITBD", "5.00", "2026-03-30") + balance("CLBD", "12.00", "2026-03-31") + entry("7.00")
    )
    whole = document(first)
    again = document(second)
    cut = again[again.index("<Stmt>") : again.index("</BkToCstmrStmt>")]
    (found,) = statements(tmp_path, whole.replace("</BkToCstmrStmt>", cut + "</BkToCstmrStmt>"))
    assert [one.amount for one in found.entries] == [500, 700]
    assert found.opening
    assert found.closing
    assert (found.opening.amount, found.closing.amount) == (0, 1200)
    assert found.problems == ()


def test_what_is_not_booked_yet_is_kept_apart(tmp_path: Path) -> None:
    body = entry("5.00") + entry("7.00", status="PDNG") + entry("9.00", status="INFO")
    booked, pending = statements(tmp_path, document(body))
    assert ([one.amount for one in booked.entries], booked.preliminary) == ([500], False)
    assert ([one.amount for one in pending.entries], pending.preliminary) == ([700], True)
    assert any("information only" in said for said in booked.problems)


def test_a_report_of_the_day_is_preliminary(tmp_path: Path) -> None:
    (found,) = statements(tmp_path, document(entry("5.00"), "052.001.13", "Rpt", "BkToCstmrAcctRpt"))
    assert found.preliminary


def test_version_one_puts_transactions_and_codes_elsewhere(tmp_path: Path) -> None:
    body = """<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><DtTm>2026-03-30T10:00:00</DtTm>
</BookgDt><TxDtls>
<RltdPties><Dbtr><Nm>Acme</Nm></Dbtr><DbtrAcct><Id><PrtryAcct><Id>12 34</Id></PrtryAcct></Id></DbtrAcct>
</RltdPties><RmtInf><Strd><RfrdDocInf><RfrdDocNb>INV-1</RfrdDocNb></RfrdDocInf><CdtrRefInf><CdtrRef>RF1</CdtrRef>
</CdtrRefInf></Strd></RmtInf></TxDtls></Ntry>"""
    found = one_entry(tmp_path, document(body, "053.001.01", message="BkToCstmrStmtV01"))
    assert (found.amount, found.party, found.party_account) == (500, "Acme", "1234")
    assert (found.reference, found.text, found.booked_on) == ("RF1", "INV-1", date(2026, 3, 30))


def test_prefixes_and_envelopes_do_not_matter(tmp_path: Path) -> None:
    text = document(entry("5.00")).replace("<", "<n:").replace("<n:/", "</n:").replace("<n:?", "<?")
    text = text.replace("xmlns=", "xmlns:n=").split("?>", 1)[1]
    found = one_entry(tmp_path, f"<Envelope xmlns='urn:other'><Body>{text}</Body></Envelope>")
    assert found.amount == 500


def test_letters_are_right_whatever_the_declaration_says(tmp_path: Path) -> None:
    text = document(entry("5.00", details="<TxDtls><RmtInf><Ustrd>Müller & Söhne</Ustrd></RmtInf></TxDtls>"))
    text = text.replace(" & ", " &amp; ")
    wide = text.replace("UTF-8", "UTF-16")
    for content in (wide.encode("utf-16"), wide.encode("utf-16-be"), wide.encode(), text.encode("cp1252")):
        (found,) = statements(tmp_path, content)
        assert [one.text for one in found.entries] == ["Müller & Söhne"]


def test_more_decimals_than_the_currency_has_are_rounded_and_said(tmp_path: Path) -> None:
    (found,) = statements(tmp_path, document(entry("5.125") + entry("5.100")))
    assert [one.amount for one in found.entries] == [513, 510]
    (said,) = found.problems
    assert "5.125" in said
    assert "€5.13" in said


def test_an_entry_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "statement.xml"
    path.write_text(document(entry("five") + entry("6.00")))
    found = read_bank_file(path)
    assert [one.amount for one in found.statements[0].entries] == [600]
    (rejected,) = found.rejected
    assert (rejected.row, rejected.column) == (6, "Amt")
    assert "“five CRDT”" in rejected.problem


def test_a_file_without_a_readable_entry_is_refused(tmp_path: Path) -> None:
    assert "five" in refusal(tmp_path, document(entry("five"))).message


def test_a_bomb_of_entities_is_refused_at_once(tmp_path: Path) -> None:
    lines = "".join(f'<!ENTITY e{one} "{f"&e{one - 1};" * 10}">' for one in range(1, 12))
    bomb = document(entry("5.00")).replace("?>", f'?><!DOCTYPE Document [<!ENTITY e0 "ha">{lines}]>', 1)
    assert "document type" in refusal(tmp_path, bomb.replace("SEPA", "&e11;")).message


def test_an_entity_of_another_file_is_never_opened(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    reaching = document(entry("5.00")).replace(
        "?>", f'?><!DOCTYPE d [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>', 1
    )
    assert "document type" in refusal(tmp_path, reaching.replace("SEPA", "&x;")).message


@pytest.mark.parametrize(
    "swollen",
    [
        "<Ntry>" * 100_000,
        "<Ntry>" + "<x/>" * 300_000,
        "<Bal>" + "<x>" * 1000,
    ],
)
def test_nesting_and_swelling_have_an_end(tmp_path: Path, swollen: str) -> None:
    assert "nests or swells" in refusal(tmp_path, document(swollen)).message


def test_half_a_file_is_refused_as_cut_off(tmp_path: Path) -> None:
    text = document(entry("5.00") * 3)
    assert "cut off" in refusal(tmp_path, text[: len(text) * 2 // 3]).message


def test_two_documents_in_one_file_are_told(tmp_path: Path) -> None:
    text = document(entry("5.00"))
    assert "second document" in refusal(tmp_path, text + text.split("?>", 1)[1]).message
