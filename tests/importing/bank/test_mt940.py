"""SWIFT statements: public cases of many banks, their ways of saying who and what for, and files that are broken."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.bank_statement import Entry
from desktop.errors import UserError
from desktop.importing.bank import read_bank_file
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.mt940 import read_mt940
from desktop.importing.bank.sources import Source
from tests.cases import case_file, cases_dir

# What each case holds: for every statement that has entries the sum of them in minor units, and how many they are.
CASES: dict[str, list[tuple[int, int]]] = {
    "betterplace/with_binary_character.sta": [(-18_018_675, 3), (112_000, 1)],
    "cmxl/mt940.sta": [(8_730, 11), (220_000, 2), (1_004_000, 3)],
    "cmxl/statement_line.sta": [(-162, 1)],
    "cmxl/statement_details.sta": [(-162, 1)],
    "betterplace/empty_entry_date.sta": [(5_000, 1)],
    "jejik/abnamro.sta": [(-32_144, 8), (-2_449, 2)],
    "jejik/generic.sta": [(-1_000, 1), (-1_000, 1)],
    "jejik/ing.sta": [(-4_559, 7)],
    "jejik/knab.sta": [(50_000, 1), (-676_000, 2)],
    "jejik/postfinance.sta": [(22_920, 2), (-6_980, 2)],
    "jejik/rabobank-iban.sta": [(-3_500, 2), (-3_500, 2)],
    "jejik/sns.sta": [(-2_500, 2)],
    "jejik/triodos.sta": [(-71_570, 2)],
    "mBank/mt940.sta": [(3, 3)],
    "mBank/mt942.sta": [(3, 3)],
    "mBank/with_newline_in_tnr.sta": [(8_900, 2)],
    "sberbank/171011_01234945.sta": [(-943_700, 3)],
    "self-provided/february_30.sta": [(-600, 1)],
    "self-provided/mt942.sta": [(-42, 1)],
    "self-provided/raphaelm.sta": [(10_500_000, 6), (4_000_000, 2), (-5_000_000, 1)],
    "self-provided/raiffeisen-cmi.sta": [(-101_221_350, 7)],
    "self-provided/sparkassen.sta": [(3_000, 1)],
    "self-provided/wrapped_timestamp.sta": [(-600, 1)],
}


def read(text: str | bytes) -> BankFile:
    content = text.encode() if isinstance(text, str) else text
    return read_mt940(Source("a.sta", len(content), content[:65536], lambda: BytesIO(content)))


def only(movement: str, *details: str) -> Entry:
    """The one entry of a statement with this field 61 and these lines of field 86."""
    said = "\n".join([f":86:{details[0]}", *details[1:]]) + "\n" if details else ""
    file = read(f":20:X\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C260401EUR0,\n:61:{movement}\n{said}")
    ((entry,),) = (one.entries for one in file.statements)
    return entry


def public_cases() -> list[str]:
    folder = cases_dir()
    if folder is None:
        return ["mt940"]
    found = sorted((folder / "bank/mt940").rglob("*"))
    return [str(one.relative_to(folder / "bank")) for one in found if one.is_file() and one.name != "LICENSE"]


@pytest.mark.parametrize("name", public_cases())
def test_a_public_case_gives_its_entries_or_one_sentence(name: str) -> None:
    path = case_file(f"bank/{name}")
    if not any(line.startswith((b":61:", b":60F:", b":62F:")) for line in path.read_bytes().splitlines()):
        with pytest.raises(UserError) as refused:
            read_bank_file(path)
        assert refused.value.message
        assert refused.value.remedy
        return
    file = read_bank_file(path)
    assert file.problems == ()
    for one in file.statements:
        assert one.entries or one.opening or one.closing
        if one.opening is not None and one.closing is not None:
            adds_up = one.opening.amount + sum(entry.amount for entry in one.entries) == one.closing.amount
            assert adds_up is not any("come to" in said for said in one.problems)


@pytest.mark.parametrize("name", CASES)
def test_the_movements_of_public_cases(name: str) -> None:
    file = read_bank_file(case_file(f"bank/mt940/{name}"))
    told = [(sum(entry.amount for entry in one.entries), len(one.entries)) for one in file.statements if one.entries]
    assert told == CASES[name]


def test_every_statement_of_a_large_public_case_adds_up() -> None:
    file = read_bank_file(case_file("bank/mt940/betterplace/sepa_mt9401.sta"))
    assert (len(file.statements), sum(len(one.entries) for one in file.statements)) == (26, 97)
    assert [said for one in file.statements for said in one.problems] == []
    returned = [entry for one in file.statements for entry in one.entries if entry.returns]
    assert {entry.return_reason for entry in returned} >= {"914", "901", "903"}


def test_german_subfields() -> None:
    entry = only(
        "2604020402CR1190,00NTRFNONREF//0724710333343453",
        "166?00GUTSCHR. UEBERWEISUNG?100599?20EREF+RG-2026-0007?21SVWZ+Rech",
        "nung RG-2026-0007 v?22om 1. April?30COBADEFFXXX?31DE8937040044053201",
        "3000?32Acme Werkzeugbau und Masch?33inen GmbH?34000",
    )
    assert (entry.amount, entry.currency, entry.bank_reference) == (119_000, "EUR", "0724710333343453")
    assert (entry.party, entry.party_account) == ("Acme Werkzeugbau und Masch inen GmbH", "DE89370400440532013000")
    assert (entry.end_to_end, entry.party_bic) == ("RG-2026-0007", "COBADEFFXXX")
    assert entry.text == "Rechnung RG-2026-0007 vom 1. April"
    assert not entry.returns


def test_parts_of_27_letters_are_one_word_and_shorter_ones_are_lines() -> None:
    entry = only(
        "2604020402CR1,00NTRFNONREF",
        "166?20SVWZ+123456789012345678901A?21BCD?22second line?23third",
    )
    assert entry.text == "123456789012345678901ABCD second line third"


def test_a_returned_debit_says_so_with_its_reason_and_mandate() -> None:
    entry = only(
        "2604020402DR122,50NRTINONREF//9988776655",
        "109?00RUECKLASTSCHRIFT?20EREF+D-2026-0001-7?21MREF+M-17?22SVWZ+Konto nicht gedeckt?34914",
    )
    assert (entry.amount, entry.returns, entry.return_reason) == (-12_250, True, "914")
    assert (entry.end_to_end, entry.mandate, entry.text) == ("D-2026-0001-7", "M-17", "Konto nicht gedeckt")


@pytest.mark.parametrize(
    "movement, amount, returns",
    [
        ("2604020402C1,5NTRFNONREF", 150, False),
        ("2604020402D1,NTRFNONREF", -100, False),
        ("2604020402RC1,00NTRFNONREF", -100, True),
        ("2604020402RD1,00NTRFNONREF", 100, True),
        ("2604020402RDR1,00NTRFNONREF", 100, True),
        ("260402CR1,00NTRFNONREF", 100, False),
        ("20260402CR1,00NTRFNONREF", 100, False),
        ("2604020402C000000001234,56N078NONREF", 123_456, False),
        ("2604020402C1.234,56NTRFNONREF", 123_456, False),
    ],
)
def test_marks_and_amounts(movement: str, amount: int, returns: bool) -> None:
    entry = only(movement, "Text")
    assert (entry.amount, entry.returns, entry.booked_on) == (amount, returns, date(2026, 4, 2))


@pytest.mark.parametrize(
    "movement, booked, valued",
    [
        ("2512310102C1,00NTRFX", date(2026, 1, 2), date(2025, 12, 31)),
        ("2601021231C1,00NTRFX", date(2025, 12, 31), date(2026, 1, 2)),
        ("2602300301C1,00NTRFX", date(2026, 3, 1), date(2026, 2, 28)),
        ("2402290229C1,00NTRFX", date(2024, 2, 29), date(2024, 2, 29)),
    ],
)
def test_the_entry_day_is_in_the_nearest_year(movement: str, booked: date, valued: date) -> None:
    entry = only(movement)
    assert (entry.booked_on, entry.valued_on) == (booked, valued)


@pytest.mark.parametrize(
    "details, party, account, text, end_to_end",
    [
        (
            [
                "/TRCD/00100/EREF/EV12341231321231/CNTP/NL32INGB0000012345/INGBNL2A/",
                "ING BANK NV///REMI/USTD//TEST 7//",
            ],
            "ING BANK NV",
            "NL32INGB0000012345",
            "TEST 7",
            "EV12341231321231",
        ),
        (
            [
                "/TRTP/SEPA OVERBOEKING/IBAN/NL47RABO0123456789/BIC/RABONL2U/NAME/J.",
                "JANSEN/REMI/INV-2026-0007/EREF/NOTPROVIDED",
            ],
            "J.JANSEN",
            "NL47RABO0123456789",
            "INV-2026-0007",
            "",
        ),
        (
            ["/ORDP//NAME/JAN JANSEN/REMI/FACTUUR 7/ISDT/2026-04-02"],
            "JAN JANSEN",
            "",
            "FACTUUR 7",
            "",
        ),
        (["FACTUUR 7", "REK: NL65INGB0123456789/NAAM: PICQER"], "PICQER", "NL65INGB0123456789", "FACTUUR 7", ""),
        (
            ["911 TRANSAKCJA COLLECT; ID IPH: XX0; Z RACH.: 56114010810000267002001001;", " OD: JAN NOWAK; TYT.: FV 7"],
            "JAN NOWAK",
            "56114010810000267002001001",
            "FV 7",
            "",
        ),
        (
            [
                "020~00Przelew~20Faktura~217/2026~3010600076~310000777777777777~32HUTA SZKLA",
                "~38PL08106000760000777777777777",
            ],
            "HUTA SZKLA",
            "PL08106000760000777777777777",
            "Faktura 7/2026",
            "",
        ),
        (
            ["GIRO AUS ONLINE-SIC 80532 AUFTRAGGEBER: JANE DOE MITTEILUNGEN: RECHNUNG 7"],
            "JANE DOE",
            "",
            "GIRO AUS ONLINE-SIC 80532 AUFTRAGGEBER: JANE DOE MITTEILUNGEN: RECHNUNG 7",
            "",
        ),
        (["7 from GB33BUKB20201555555555"], "", "GB33BUKB20201555555555", "7 from GB33BUKB20201555555555", ""),
        (["EREF+E7 SVWZ+Rechnung 7 ABWA+Tochter GmbH"], "Tochter GmbH", "", "Rechnung 7", "E7"),
    ],
)  # fmt: skip
def test_details_of_many_countries(details: list[str], party: str, account: str, text: str, end_to_end: str) -> None:
    entry = only("2604020402C1,00NTRFNONREF", *details)
    assert (entry.party, entry.party_account, entry.text, entry.end_to_end) == (party, account, text, end_to_end)


def test_structured_references_and_references_of_the_movement() -> None:
    entry = only("2604020402C1,00NTRFNONREF", "/REMI/STRD/CUR/8012312312312325/")
    assert entry.reference == "8012312312312325"
    entry = only("2604020402C1,00NTRFINV-2026-0007//B1", "Thanks")
    assert (entry.text, entry.bank_reference) == ("Thanks INV-2026-0007", "B1")


def test_swift_blocks_sheets_and_days() -> None:
    one = (
        "{1:F01COBADEFFXXXX0000000000}{2:O9400000000000COBADEFFXXXX00000000000000000000N}{4:\n:20:A\n"
        ":25:12030000/202051EUR\n:28C:17/1\n:60F:C260401EUR10,00\n:61:2604020402C5,00NTRFNONREF\n:86:a\n"
        ":62M:C260402EUR15,00\n-}{5:}\n"
    )
    two = one.replace("17/1", "17/2").replace(":60F:C260401EUR10,00", ":60M:C260402EUR15,00")
    two = two.replace(":62M:C260402EUR15,00", ":62F:C260402EUR20,00")
    first, second = read(one + two).statements
    assert (first.account, first.currency, first.number) == ("12030000/202051", "EUR", "17/1")
    assert (first.from_day, first.to_day) == (date(2026, 4, 2), date(2026, 4, 2))
    assert (second.number, second.problems) == ("17/2", ())
    assert second.closing is not None
    assert second.closing.amount == 2_000


def test_an_interim_report_is_preliminary() -> None:
    (statement,) = read(
        ":20:A\n:25:1234567\n:28C:1\n:34F:EURD0,\n:13D:2604021130+0100\n:61:2604020402C5,00NTRFNONREF\n:90C:1EUR5,00\n-\n"
    ).statements
    assert (statement.format, statement.preliminary, statement.currency) == ("mt942", True, "EUR")
    assert (statement.from_day, statement.to_day) == (date(2026, 4, 2), date(2026, 4, 2))


def test_a_hyphen_within_a_text_ends_nothing() -> None:
    (statement,) = read(
        ":20:A\n:25:1234567\n:28C:1\n:60F:C260401EUR0,\n:61:2604020402C5,00NTRFNONREF\n:86:one\n-\ntwo\n"
        ":61:2604020402C6,00NTRFNONREF\n:86:three\n:62F:C260402EUR11,00\n-\n"
    ).statements
    assert ([entry.amount for entry in statement.entries], statement.problems) == ([500, 600], ())


def test_a_movement_that_cannot_be_read_is_told_and_the_rest_taken() -> None:
    (statement,) = read(
        ":20:A\n:25:1\n:60F:C260401EUR0,\n:61:2699990402C5,00NTRFX\n:61:2604020402C6,00NTRFX\n:62F:C260402EUR6,00\n"
    ).statements
    assert [entry.amount for entry in statement.entries] == [600]
    assert "Line 4" in statement.problems[0]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-8-sig"])
def test_umlauts_of_every_encoding(encoding: str) -> None:
    text = ":20:A\n:25:1\n:60F:C260401EUR0,\n:61:2604020402C6,00NTRFX\n:86:Größe für Müller\n"
    assert read(text.encode(encoding)).statements[0].entries[0].text.startswith("Größe für Müller")


def test_a_cut_file_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "cut.sta"
    path.write_text(":20:STARTUMS\n:25:12030000/202051\n", encoding="utf-8")
    with pytest.raises(UserError, match="there is no statement in it"):
        read_bank_file(path)


@given(
    st.lists(
        st.sampled_from(
            [":20:A", ":25:1", ":28C:1/1", ":60F:C260401EUR1,00", ":61:2604020402C5,00NTRFX//Y", ":61:", ":86:?20?31",
             ":86:166?00A?20EREF+?21SVWZ+", ":86:/EREF//REMI/", ":62F:C260402EUR6,00", ":62F:", "-", ":", "{4:", "\x00",
             ":61:2604020402RCR9999999999999999999999,99NTRF", ":34F:", ":90C:", ":NS:01x", "Ümlaut", ":13D:9"]
        )
        | st.text(max_size=20),
        max_size=25,
    )
)  # fmt: skip
def test_anything_is_read_or_refused_in_a_sentence(lines: list[str]) -> None:
    refusal = None
    try:
        file = read("\n".join(lines).encode("utf-8", "surrogatepass"))
    except UserError as error:
        refusal = error
    if refusal is not None:
        assert refusal.message
    else:
        assert file.statements
