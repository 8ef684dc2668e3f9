"""A project by commands alone: a price in shares, done and billed, changed, paid, explained and proved."""

from pathlib import Path

from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

AGREEMENT = (
    "code,client,segment,billing,start,agreed,budget,po_number,po_limit\n"
    "P-1,ACME,Projects,fixed,2025-01-01,8000,9000,4711,8500\n"
)
MILESTONES = (
    "id,agreement,name,item,percent,due,done\n"
    "M1,P-1,Concept signed off,DEV,33.33,2025-02-28,2025-03-05\n"
    "M2,P-1,Portal in operation,DEV,66.67,2025-04-15,\n"
)
CHANGES = "agreement,date,quantity,unit_price,reason,reference\nP-1,2025-03-20,1,500.05,Second language,CO-1\n"
APRIL = ("--through", "2025-04-30", "--issue-date", "2025-04-30", "--segment", "Projects")


def _import(firm: Sheaf, kind: str, text: str) -> None:
    firm.write(f"{kind}.csv", text)
    assert firm.json("import", "firm.sheaf", kind, f"{kind}.csv")["rejected"] == []


def _position(firm: Sheaf, as_of: str) -> dict[str, str]:
    (row,) = (
        one for one in firm.json("report", "firm.sheaf", "projects", "--as-of", as_of)["rows"] if one["code"] == "P-1"
    )
    return row


def test_a_project_from_its_price_to_its_last_payment(firm: Sheaf, tmp_path: Path) -> None:
    _import(firm, "agreements", AGREEMENT)
    _import(firm, "milestones", MILESTONES)
    result = firm.json("bill", "firm.sheaf", *MARCH, "--segment", "Projects")
    assert result["totals"] == {"EUR": "3173.02"}
    line = firm.json("show", "firm.sheaf", "INV-2025-0001")["lines"][0]
    assert (line["description"], line["detail"], line["net"]) == (
        "Concept signed off",
        "33,33\u00a0% × 8.000,00",
        "2666.40",
    )
    (source,) = line["sources"]
    assert source["kind"] == "milestone"
    assert source["detail"] == {
        "milestone": "M1",
        "name": "Concept signed off",
        "percent": "33.33",
        "scope": "8000.00",
        "agreed": "8000.00",
    }
    assert "Concept signed off, 33.33% of 8,000.00" in firm("show", "firm.sheaf", "INV-2025-0001").out
    _import(firm, "changes", CHANGES)
    _import(firm, "milestones", MILESTONES.replace("2025-04-15,", "2025-04-15,2025-04-10"))
    before = _position(firm, "2025-04-30")
    assert {name: before[name] for name in ("agreed", "changed", "scope", "billed", "waiting", "left")} == {
        "agreed": "8000.00",
        "changed": "500.05",
        "scope": "8500.05",
        "billed": "2666.40",
        "waiting": "5833.65",
        "left": "5833.65",
    }
    held = firm.json("bill", "firm.sheaf", *APRIL)
    assert held["outcomes"]["held"] == 1
    (found,) = firm.json("exceptions", "firm.sheaf")["exceptions"]
    assert found["code"] == "po_exceeded"
    firm.json("approve", "firm.sheaf", found["id"], "--note", "a new order comes")
    assert firm.json("resume", "firm.sheaf", held["run"])["totals"] == {"EUR": "6942.04"}
    number = firm.json("invoices", "firm.sheaf", "--run", held["run"])["invoices"][0]["number"]
    firm.json("pay", "firm.sheaf", "INV-2025-0001", number, "4000.00", "--date", "2025-05-02")
    after = _position(firm, "2025-05-31")
    assert {name: after[name] for name in ("billed", "left", "invoiced", "paid", "open", "used", "po_share")} == {
        "billed": "8500.05",
        "left": "0.00",
        "invoiced": "10115.06",
        "paid": "4000.00",
        "open": "6115.06",
        "used": "8500.05",
        "po_share": "100",
    }
    firm.json("report", "firm.sheaf", "projects", "--to", "projects.csv")
    assert (tmp_path / "projects.csv").read_text(encoding="utf-8-sig").startswith("client,client_name,code,title,")
    assert firm.json("check", "firm.sheaf")["clean"]
