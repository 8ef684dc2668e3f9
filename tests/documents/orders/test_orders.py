"""Files for banks, read back by the order of elements and the positions that their standards name."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.orders.nacha import nacha
from desktop.documents.orders.pain001 import VERSIONS as TRANSFERS
from desktop.documents.orders.pain001 import pain001
from desktop.documents.orders.pain008 import VERSIONS as DEBITS
from desktop.documents.orders.pain008 import pain008
from desktop.domain.payment_order import (
    Order,
    OrderAccount,
    OrderItem,
    routing_is_sound,
    sepa_identifier,
    sepa_text,
)

MADE = datetime(2026, 5, 2, 9, 30)
FIRM = OrderAccount(
    holder="Häfen & Söhne GmbH",
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    creditor_id="DE98ZZZ09999999999",
    bank="First Harbor Bank",
    routing="021000021",
    account_number="123456789",
    company_id="1234567890",
)
FIRST = OrderItem(
    125_050,
    "D-2026-0001-1",
    "Åcme Ø AS",
    iban="NL91ABNA0417164300",
    bic="ABNANL2A",
    text="INV-2026-0007; INV-2026-0008 “Kai”",
    mandate="M-1",
    mandate_date=date(2026, 1, 5),
    routing="011401533",
    account_number="987-654",
)
SECOND = replace(FIRST, amount=99, end_to_end="D-2026-0001-2", bic="", sequence="FRST", is_business=False)
THIRD = replace(FIRST, amount=1, end_to_end="D-2026-0001-3", account_kind="savings")
ORDER = Order("D-2026-0001", MADE, date(2026, 5, 6), "EUR", FIRM, (FIRST, SECOND, THIRD))
DOLLARS = replace(ORDER, currency="USD")

# The order in which the schemas want the children of each element, of those that we write.
SEQUENCES = {
    "CstmrDrctDbtInitn": "GrpHdr PmtInf",
    "CstmrCdtTrfInitn": "GrpHdr PmtInf",
    "GrpHdr": "MsgId CreDtTm NbOfTxs CtrlSum InitgPty",
    "PmtInf": "PmtInfId PmtMtd BtchBookg NbOfTxs CtrlSum PmtTpInf ReqdColltnDt ReqdExctnDt Cdtr CdtrAcct CdtrAgt Dbtr"
    " DbtrAcct DbtrAgt ChrgBr CdtrSchmeId DrctDbtTxInf CdtTrfTxInf",
    "PmtTpInf": "SvcLvl LclInstrm SeqTp",
    "DrctDbtTxInf": "PmtId InstdAmt DrctDbtTx DbtrAgt Dbtr DbtrAcct RmtInf",
    "CdtTrfTxInf": "PmtId Amt CdtrAgt Cdtr CdtrAcct RmtInf",
    "MndtRltdInf": "MndtId DtOfSgntr",
    "Othr": "Id SchmeNm",
}


def read(content: bytes) -> ET.Element:
    """The file without its namespace, after its order was proved."""
    root = ET.fromstring(content)
    for element in root.iter():
        element.tag = element.tag.split("}")[1]
    for element in root.iter():
        names = [child.tag for child in element]
        if element.tag in SEQUENCES:
            order = SEQUENCES[element.tag].split()
            assert [order.index(name) for name in names] == sorted(order.index(name) for name in names), element.tag
        for child in element:
            assert child.text or len(child), child.tag
    return root


def texts(root: ET.Element, path: str) -> list[str]:
    return [one.text or "" for one in root.findall(path)]


@pytest.mark.parametrize("version", DEBITS)
def test_debits_stand_in_blocks_of_scheme_and_sequence(version: str) -> None:
    content = pain008(ORDER, version)
    assert f"urn:iso:std:iso:20022:tech:xsd:{version}".encode() in content
    root = read(content)
    assert texts(root, "*/GrpHdr/NbOfTxs") == ["3"]
    assert texts(root, "*/GrpHdr/CtrlSum") == ["1251.50"]
    assert texts(root, "*/GrpHdr/CreDtTm") == ["2026-05-02T09:30:00"]
    assert texts(root, "*/PmtInf/PmtTpInf/SeqTp") == ["FRST", "RCUR"]
    assert texts(root, "*/PmtInf/PmtInfId") == ["D-2026-0001-1", "D-2026-0001-2"]
    assert texts(root, "*/PmtInf/NbOfTxs") == ["1", "2"]
    assert texts(root, "*/PmtInf/CtrlSum") == ["0.99", "1250.51"]
    assert texts(root, "*/PmtInf/CdtrSchmeId/Id/PrvtId/Othr/Id") == ["DE98ZZZ09999999999"] * 2
    assert texts(root, "*/PmtInf/DrctDbtTxInf/InstdAmt") == ["0.99", "1250.50", "0.01"]
    assert {one.get("Ccy") for one in root.findall("*/PmtInf/DrctDbtTxInf/InstdAmt")} == {"EUR"}
    assert texts(root, "*/PmtInf/DrctDbtTxInf/DrctDbtTx/MndtRltdInf/DtOfSgntr") == ["2026-01-05"] * 3
    assert texts(root, "*/PmtInf/Cdtr/Nm") == ["Haefen + Soehne GmbH"] * 2
    assert texts(root, "*/PmtInf/DrctDbtTxInf/Dbtr/Nm") == ["Acme O AS"] * 3
    assert texts(root, "*/PmtInf/DrctDbtTxInf/RmtInf/Ustrd")[0] == "INV-2026-0007, INV-2026-0008 'Kai'"
    tag = "BIC" if version.endswith("02") else "BICFI"
    assert texts(root, f"*/PmtInf/DrctDbtTxInf/DbtrAgt/FinInstnId/{tag}") == ["ABNANL2A"] * 2
    assert texts(root, "*/PmtInf/DrctDbtTxInf/DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]


def test_a_debit_needs_its_mandate() -> None:
    with pytest.raises(ValueError, match="D-2026-0001-1"):
        pain008(replace(ORDER, items=(replace(FIRST, mandate=""),)))
    with pytest.raises(ValueError, match="version"):
        pain008(ORDER, "version")


@pytest.mark.parametrize("version", TRANSFERS)
def test_transfers(version: str) -> None:
    root = read(pain001(ORDER, version))
    assert texts(root, "*/GrpHdr/CtrlSum") == texts(root, "*/PmtInf/CtrlSum") == ["1251.50"]
    day = "*/PmtInf/ReqdExctnDt" if version.endswith("03") else "*/PmtInf/ReqdExctnDt/Dt"
    assert texts(root, day) == ["2026-05-06"]
    assert texts(root, "*/PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN") == ["NL91ABNA0417164300"] * 3
    assert len(root.findall("*/PmtInf/CdtTrfTxInf/CdtrAgt")) == 2


def test_a_nacha_file_balances() -> None:
    content = nacha(DOLLARS).decode("ascii")
    records = content.removesuffix("\r\n").split("\r\n")
    assert {len(record) for record in records} == {94}
    assert len(records) % 10 == 0
    kinds = "".join(record[0] for record in records)
    assert re.fullmatch(r"1(56+8)+9+", kinds)
    header, control = records[0], next(record for record in records if record[0] == "9")
    assert header[3:13] == " 021000021"
    assert header[13:23] == "1234567890"
    assert header[23:40] == "2605020930A094101"
    assert header[40:63].rstrip() == "FIRST HARBOR BANK"
    entries = [record for record in records if record[0] == "6"]
    assert sorted(entry[1:3] for entry in entries) == ["27", "27", "37"]
    assert sum(int(entry[29:39]) for entry in entries) == DOLLARS.total == int(control[31:43])
    assert int(control[43:55]) == 0
    assert int(control[13:21]) == len(entries) == 3
    assert int(control[1:7]) == kinds.count("5") == 2
    assert int(control[7:13]) * 10 == len(records)
    assert int(control[21:31]) == 3 * 1_140_153
    batches = [record for record in records if record[0] == "5"]
    assert [batch[50:53] for batch in batches] == ["PPD", "CCD"]
    assert {batch[69:75] for batch in batches} == {"260506"}
    closing = [record for record in records if record[0] == "8"]
    assert [int(record[20:32]) for record in closing] == [99, 125_051]
    assert [entry[79:94] for entry in entries] == [f"02100002{place:07}" for place in (1, 2, 3)]


def test_a_nacha_file_refuses_what_has_no_place() -> None:
    with pytest.raises(ValueError, match="USD"):
        nacha(ORDER)
    with pytest.raises(ValueError, match="routing"):
        nacha(replace(DOLLARS, items=(replace(FIRST, routing="011401534"),)))
    with pytest.raises(ValueError, match="no place"):
        nacha(replace(DOLLARS, items=(replace(FIRST, amount=10**10),)))


@pytest.mark.parametrize(
    "number, sound",
    [("021000021", True), ("011401533", True), ("011401534", False), ("000000000", False), ("02100002", False)],
)
def test_routing_numbers(number: str, sound: bool) -> None:
    assert routing_is_sound(number) is sound


@given(st.text(), st.integers(1, 140))
def test_texts_hold_only_what_banks_take(text: str, longest: int) -> None:
    assert re.fullmatch(r"[A-Za-z0-9/\-?:().,'+ ]*", sepa_text(text, longest))
    assert len(sepa_text(text, longest)) <= longest
    identifier = sepa_identifier(text, longest)
    assert "//" not in identifier
    assert identifier == identifier.strip("/ ")


@given(st.lists(st.integers(1, 9_999_999), min_size=1, max_size=30), st.booleans())
def test_sums_are_those_of_the_items(amounts: list[int], business: bool) -> None:
    items = tuple(
        replace(FIRST, amount=one, end_to_end=f"E{k}", is_business=business or k % 2 == 0)
        for k, one in enumerate(amounts)
    )
    order = replace(DOLLARS, items=items)
    records = nacha(order).decode().split("\r\n")[:-1]
    control = next(record for record in records if record[0] == "9")
    assert int(control[31:43]) == sum(amounts)
    assert int(control[21:31]) == len(amounts) * 1_140_153 % 10**10
    root = read(pain008(replace(order, currency="EUR")))
    assert sum(round(float(one) * 100) for one in texts(root, "*/PmtInf/CtrlSum")) == sum(amounts)
