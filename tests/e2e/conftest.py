"""A folder to work in, and in it a firm with two clients ready to be billed for March 2025."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.commands import Sheaf

FILES = {
    "clients": (
        "code,name,country,street,postcode,city,tax_id,segment\n"
        "ACME,Acme GmbH,DE,Kai 1,20457,Hamburg,DE129273398,Hours\n"
        "ZEN,Zenith SA,FR,Rue 2,75001,Paris,FR40303265045,Retainers\n"
    ),
    "items": "code,name,unit,price,tax_code\nDEV,Development,hour,100,standard\nRET,Retainer,month,500,\n",
    "agreements": (
        "code,client,billing,item,quantity,unit_price,every,start\n"
        "A-1,ACME,time,DEV,,,monthly,2025-01-01\n"
        "Z-1,ZEN,recurring,RET,1,500,monthly,2025-01-01\n"
    ),
    "time": (
        "id,agreement,date,person,item,hours,rate,note\n"
        "T1,A-1,2025-03-02,Ann,DEV,1.5,,first\n"
        "T2,A-1,2025-03-03,Ann,DEV,2,,second\n"
    ),
}
MARCH = ("--through", "2025-03-31", "--issue-date", "2025-03-31")


@pytest.fixture
def sheaf(tmp_path: Path) -> Sheaf:
    return Sheaf(tmp_path)


@pytest.fixture(scope="session")
def made_firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book made and filled by commands alone."""
    sheaf = Sheaf(tmp_path_factory.mktemp("firm"))
    assert sheaf("new", "firm.sheaf", "--firm", "Harbour", "--country", "DE", "--currency", "EUR").code == 0
    for key, value in (
        ("firm.street", "Kai 9"),
        ("firm.postcode", "20457"),
        ("firm.city", "Hamburg"),
        ("firm.tax_id", "DE136695976"),
        ("bank.iban", "DE89 3704 0044 0532 0130 00"),
        ("rule.old_time", "off"),
    ):
        assert sheaf("settings", "firm.sheaf", key, value).code == 0, key
    for kind, text in FILES.items():
        sheaf.write(f"{kind}.csv", text)
        result = sheaf.json("import", "firm.sheaf", kind, f"{kind}.csv")
        assert result["rejected"] == []
    return sheaf.folder / "firm.sheaf"


@pytest.fixture
def firm(sheaf: Sheaf, made_firm: Path) -> Sheaf:
    """Commands beside a `firm.sheaf` of their own."""
    shutil.copyfile(made_firm, sheaf.folder / "firm.sheaf")
    return sheaf
