"""What happens to agreements while they run, by commands alone: changes, terms, price rises, milestones."""

from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

AGREEMENTS = (
    "code,client,segment,billing,item,quantity,unit_price,every,timing,start\n"
    "S-1,ACME,Care,recurring,DEV,3,31,monthly,advance,2025-03-01\n"
)
PROJECT = "code,client,segment,billing,start,agreed\nP-1,ACME,Care,fixed,2025-03-01,1000\n"
STEPS = "id,agreement,name,item,percent,due\nM1,P-1,Concept,DEV,100,2025-03-20\n"
LATER = ("--through", "2025-04-01", "--issue-date", "2025-04-01", "--segment", "Care")


def _import(firm: Sheaf, kind: str, text: str) -> None:
    firm.write(f"{kind}.csv", text)
    answer = firm("import", "firm.sheaf", kind, f"{kind}.csv", "--json")
    assert (answer.code, answer.err) == (0, "")


def test_a_line_changes_in_a_period_that_is_billed(firm: Sheaf) -> None:
    _import(firm, "agreements", AGREEMENTS)
    assert firm.json("bill", "firm.sheaf", *MARCH, "--segment", "Care")["outcomes"]["issued"] == 1
    asked = ("change", "firm.sheaf", "s-1", "dev", "--from", "2025-03-21", "--quantity", "5", "--reason", "Two more")
    seen = firm.json(*asked, "--preview")
    assert seen["changed"] is False
    assert [(one["net"], one["days"], one["credit"]) for one in seen["lines"]] == [
        ("55.00", 11, False),
        ("-33.00", 11, True),
    ]
    assert seen["net"] == "22.00"
    done = firm.json(*asked)
    assert done == seen | {"changed": True}
    billed = firm.json("bill", "firm.sheaf", *LATER)
    number = firm.json("invoices", "firm.sheaf", "--run", billed["run"])["invoices"][0]["number"]
    lines = firm.json("show", "firm.sheaf", number)["lines"]
    assert sorted(line["net"] for line in lines) == sorted(["55.00", "155.00", "-33.00"])
    assert firm.json("check", "firm.sheaf")["clean"]


def test_a_change_of_nothing_or_of_no_line_says_so(firm: Sheaf) -> None:
    _import(firm, "agreements", AGREEMENTS)
    common = ("--from", "2025-03-21", "--reason", "x")
    nothing = firm("change", "firm.sheaf", "S-1", "DEV", *common)
    assert nothing.code == 1
    assert "Nothing would change" in nothing.err
    wrong = firm("change", "firm.sheaf", "S-1", "NONE", *common, "--quantity", "2")
    assert wrong.code == 1
    assert "No line bills NONE on" in wrong.err
    assert "DEV" in wrong.err
    assert firm("change", "firm.sheaf", "S-9", "DEV", *common, "--quantity", "2").code == 1


def test_prices_are_proposed_listed_and_approved(firm: Sheaf) -> None:
    _import(firm, "agreements", AGREEMENTS)
    asked = ("rises", "firm.sheaf", "--percent", "10", "--from", "2026-01-01", "--segment", "Care")
    assert firm.json(*asked)["proposed"] == 1
    (one,) = firm.json("rises", "firm.sheaf")["proposals"]
    assert (one["agreement"], one["old"], one["new"], one["a_year"]) == ("S-1", "31", "34.1", "111.60")
    assert firm.json("rises", "firm.sheaf", "--approve", one["id"])["changed"] == 1
    assert firm.json("rises", "firm.sheaf")["proposals"] == []
    again = firm("rises", "firm.sheaf", "--approve", one["id"])
    assert again.code == 1
    assert "decided on already" in again.err
    assert firm("rises", "firm.sheaf", "--percent", "10").code == 1
    assert firm("rises", "firm.sheaf", "--percent", "10", "--from", "2026-01-01", "--segment", "None").code == 1
    assert firm("rises", "firm.sheaf", "--reject", "x").code == 1


def test_terms_that_end_are_listed(firm: Sheaf) -> None:
    assert firm.json("renewals", "firm.sheaf")["renewals"] == []
    _import(firm, "agreements", AGREEMENTS.replace("start\n", "start,end\n").replace("-01\n", "-01,2099-12-31\n"))
    assert firm.json("renewals", "firm.sheaf")["renewals"] == []
    (one,) = firm.json("renewals", "firm.sheaf", "--within", "100000")["renewals"]
    assert (one["agreement"], one["state"], one["term_last"]) == ("S-1", "ends", "2099-12-31")
    assert "S-1" in firm("renewals", "firm.sheaf", "--within", "100000").out


def test_a_milestone_is_marked_as_done(firm: Sheaf) -> None:
    _import(firm, "agreements", PROJECT)
    _import(firm, "milestones", STEPS)
    (step,) = firm.json("milestones", "firm.sheaf", "P-1")["milestones"]
    assert (step["name"], step["amount"], step["state"]) == ("Concept", "1000.00", "late")
    done = firm.json("milestones", "firm.sheaf", "P-1", "--done", "Concept", "--date", "2025-03-18")
    assert (done["milestones"][0]["done"], done["billed"]) == ("2025-03-18", [])
    assert firm.json("bill", "firm.sheaf", *MARCH, "--segment", "Care")["totals"] == {"EUR": "1190.00"}
    assert firm("milestones", "firm.sheaf", "P-1", "--done", "Nothing").code == 1
