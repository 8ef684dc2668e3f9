"""Every public case of ISO 20022 and OFX gives its movements, or one sentence that says why it has none."""

from pathlib import Path

import pytest

from desktop.errors import UserError
from desktop.importing.bank import read_bank_file
from tests.cases import case_file, cases_dir

# What each case holds: for every statement the signed minor units of its movements with their currencies.
SEK, EUR, CAD = (-20000000, "SEK"), (885, "EUR"), "CAD"
MOVEMENTS: dict[str, list[list[tuple[int, str]]]] = {
    "camt/camt052.v1.xml": [[SEK]],
    "camt/camt052.v2.other-account.xml": [[SEK]],
    "camt/camt052.v2.with-account-name.xml": [[SEK]],
    "camt/camt052.v2.xml": [[SEK]],
    "camt/camt052.v4.xml": [[SEK]],
    "camt/camt052.v6.Amt-zero.xml": [[SEK]],
    "camt/camt052.v6.xml": [[SEK]],
    "camt/camt052.v8.xml": [[SEK]],
    "camt/camt053.v2.all-balance-types.xml": [[EUR]],
    "camt/camt053.v2.five.decimals.xml": [[EUR]],
    "camt/camt053.v2.minimal.ultimate.xml": [[EUR]],
    "camt/camt053.v2.minimal.xml": [[EUR]],
    "camt/camt053.v2.multi.statement.xml": [[EUR], [(-700, "EUR")]],
    "camt/camt053.v2.with-account-name.xml": [[EUR]],
    "camt/camt053.v2.with-party-ids.xml": [[EUR]],
    "camt/camt053.v3.xml": [[EUR]],
    "camt/camt053.v4.xml": [[EUR]],
    "camt/camt053.v8.xml": [[EUR]],
    "camt/camt054.v2.with-account-name.xml": [[SEK]],
    "camt/camt054.v2.xml": [[SEK]],
    "camt/camt054.v4.xml": [[SEK]],
    "camt/camt054.v8-with-UETR.xml": [[SEK]],
    "camt/camt054.v8-with-financial-institution.xml": [[SEK]],
    "camt/camt054.v8.xml": [[SEK]],
    "camt/camt53.only-Dt-with-DtTm.xml": [[]],
    "ofx/anzcc.ofx": [[(-550, "AUD")]],
    "ofx/bank_medium.ofx": [[(-660, CAD), (-31667, CAD), (-2200, CAD)]],
    "ofx/checking.ofx": [[(1, "USD"), (-3451, "USD"), (-2500, "USD")]],
    "ofx/empty_balance.ofx": [[(12000, CAD)]],
    "ofx/fidelity-savings.ofx": [[(-150000, "USD"), (11583, "USD"), (-19711, "USD"), (-19712, "USD")]],
    "ofx/fidelity.ofx": [[(24, "USD"), (-97, "USD"), (16, "USD")]],
    "ofx/investment_medium.ofx": [[(-365, "USD"), (335, "USD"), (-365, "USD")]],
    "ofx/multiple_accounts.ofx": [[], []],
    "ofx/multiple_accounts2.ofx": [[], []],
    "ofx/ofx-v102-empty-tags.ofx": [[(1234, "AUD")]],
    "ofx/suncorp.ofx": [[(-1685, "AUD")]],
}
REFUSED = {
    "camt/camt053.v2.wrong.xml": "no statement",
    "ofx/account_listing_aggregation.ofx": "lists accounts",
    "ofx/bank_small.ofx": "no statement",
    "ofx/date_missing.ofx": "day of the entry",
    "ofx/decimal_error.ofx": "$120",
    "ofx/error_message.ofx": "General Server Error (2000)",
    "ofx/investment_401k.ofx": "securities",
    "ofx/signon_fail.ofx": "password was incorrect (15500)",
    "ofx/signon_success.ofx": "no statement",
    "ofx/signon_success_no_message.ofx": "no statement",
    "ofx/td_ameritrade.ofx": "securities",
    "ofx/tiaacref.ofx": "securities",
    "ofx/vanguard.ofx": "securities",
    "ofx/vanguard401k.ofx": "securities",
}
# Who paid or was paid, on which account, and what for, where a case says it.
TOLD = {
    "camt/camt053.v2.minimal.xml": ("NAME NAME", "NL56AGDH9619008421", "4654654654654654", ""),
    "camt/camt053.v2.minimal.ultimate.xml": ("DEBTOR NAME NM", "", "4654654654654654", ""),
    "camt/camt053.v2.five.decimals.xml": ("Company Name", "NL56AGDH9619008421", "", "Transaction Description"),
    "camt/camt052.v4.xml": ("Example Creditor 4 - V1", "CH2401234004141414141", "", "Example Remittance - 4 - V1"),
    "camt/camt054.v8-with-financial-institution.xml": ("Example Creditor 3 - V1", "", "", ""),
    "ofx/suncorp.ofx": (
        "EFTPOS WDL HANDYWAY ALDI STORE",
        "",
        "",
        "EFTPOS WDL HANDYWAY ALDI STORE GEELONG WEST VICAU",
    ),
}


@pytest.mark.parametrize("name", MOVEMENTS)
def test_the_movements_of_a_case(name: str) -> None:
    found = read_bank_file(case_file(f"bank/{name}"))
    said = [[(one.amount, one.currency) for one in statement.entries] for statement in found.statements]
    assert said == MOVEMENTS[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_case_without_movements_is_refused_in_one_sentence(name: str) -> None:
    with pytest.raises(UserError) as caught:
        read_bank_file(case_file(f"bank/{name}"))
    assert REFUSED[name] in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("name", TOLD)
def test_who_paid_and_what_for(name: str) -> None:
    (statement,) = read_bank_file(case_file(f"bank/{name}")).statements
    (entry,) = statement.entries
    assert (entry.party, entry.party_account, entry.reference, entry.text) == TOLD[name]


def test_no_case_is_left_out() -> None:
    case_file("bank")
    folder = cases_dir() or Path()
    there = {
        str(one.relative_to(folder / "bank"))
        for kind in ("camt/*.xml", "ofx/*.ofx")
        for one in (folder / "bank").glob(kind)
    }
    assert there == MOVEMENTS.keys() | REFUSED.keys()
