import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.identifiers import check_bic, check_iban, check_tax_id
from desktop.saying import put


@pytest.mark.parametrize(
    "country, text, normal",
    [
        ("DE", "136,695 976", "DE136695976"),
        ("DE", "de 136 695 976", "DE136695976"),
        ("AT", "U13585627", "ATU13585627"),
        ("AT", "ATU 13585627", "ATU13585627"),
        ("GR", "GR094259216", "EL094259216"),
        ("GR", "EL 094259216", "EL094259216"),
        ("FR", "FR40 303265045", "FR40303265045"),
        ("NL", "4495445B01", "NL004495445B01"),
        ("GB", "GB 980 7806 84", "GB980780684"),
        ("GB", "XI980780684", "XI980780684"),
        ("CH", "CHE-107.787.577 MWST", "CHE-107.787.577 MWST"),
        ("CH", "che107787577", "CHE-107.787.577"),
        ("LI", "CHE-107.787.577 MWST", "CHE-107.787.577 MWST"),
        ("NO", "995 525 828 MVA", "NO995525828MVA"),
        ("IN", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
        ("AU", "83 914 571 673", "83914571673"),
        # Firms register abroad: the prefix decides.
        ("DE", "ATU13585627", "ATU13585627"),
        ("MC", "FR40303265045", "FR40303265045"),
        # No rule, no claim.
        ("US", "12-3456789", "12-3456789"),
        ("DE", "  ", ""),
    ],
)
def test_a_good_tax_id_is_written_its_own_way(country, text, normal):
    checked = check_tax_id(country, text)
    assert (checked.ok, checked.normal, put(checked.problem)) == (True, normal, "")


@pytest.mark.parametrize(
    "country, text, problem",
    [
        ("FR", "FR12 345678901", "VAT id FR12 345678901 fails its check digits."),
        ("DE", "DE136695977", "VAT id DE136695977 fails its check digits."),
        ("DE", "DE1", "VAT id DE1 has too few or too many digits."),
        ("DE", "DE13669597X", "VAT id DE13669597X does not have the form of one."),
        ("CH", "CHE-107.787.576", "VAT id CHE-107.787.576 fails its check digits."),
        ("DE", "ATU13585628", "VAT id ATU13585628 fails its check digits."),
        ("IN", "27AAPFU0939F1ZO", "GSTIN 27AAPFU0939F1ZO fails its check digits."),
    ],
)
def test_a_bad_tax_id_is_named_with_what_is_wrong(country, text, problem):
    checked = check_tax_id(country, text)
    assert (checked.ok, put(checked.problem)) == (False, problem)


@given(st.sampled_from(["DE", "FR", "AT", "CH", "GB", "NO", "IN", "US", "GR", ""]), st.text(max_size=20))
def test_no_text_breaks_the_check(country, text):
    checked = check_tax_id(country, text)
    assert checked.ok == (not put(checked.problem))
    if checked.ok:
        assert check_tax_id(country, checked.normal).normal == checked.normal


def test_iban_and_bic():
    assert check_iban("de89 3704 0044 0532 0130 00").normal == "DE89370400440532013000"
    assert put(check_iban("DE89370400440532013001").problem) == "IBAN DE89370400440532013001 fails its check digits."
    assert put(check_iban("DE8937040044053201300").problem)
    assert check_bic("cobadeff xxx").normal == "COBADEFFXXX"
    assert put(check_bic("COBA").problem)
