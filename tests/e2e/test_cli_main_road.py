"""The main road by commands alone: a firm, its clients, a run, what people decide, PDFs, money, proof."""

import hashlib
import json
from pathlib import Path

import pypdfium2
import pytest

from tests.e2e.commands import Sheaf
from tests.e2e.conftest import FILES, MARCH

RUN_KEYS = {"run", "outcomes", "agreements", "invoices", "totals", "documents", "seconds"}


def _text(path: str) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def test_a_run(firm: Sheaf) -> None:
    before = firm.json("bill", "firm.sheaf", *MARCH, "--preview")
    assert before["outcomes"] == {"issued": 2, "held": 0, "skipped": 0, "failed": 0}
    assert before["run"] is None
    assert firm.json("invoices", "firm.sheaf") == {"invoices": []}

    result = firm.json("bill", "firm.sheaf", *MARCH, "--render", "pdf")
    assert set(result) == RUN_KEYS
    seconds = result.pop("seconds")
    assert set(seconds) == {"plan", "check", "issue", "render"}
    assert seconds["render"] > 0
    assert result == {
        "run": "R-2025-0001",
        "outcomes": {"issued": 2, "held": 0, "skipped": 0, "failed": 0},
        "agreements": 2,
        "invoices": 2,
        "totals": {"EUR": "1916.50"},
        "documents": 2,
    }
    assert sorted(path.name for path in (firm.folder / "pdf").iterdir()) == ["INV-2025-0001.pdf", "INV-2025-0002.pdf"]

    again = firm.json("bill", "firm.sheaf", *MARCH)
    assert again["outcomes"] == {"issued": 0, "held": 0, "skipped": 2, "failed": 0}
    why = firm.json("explain", "firm.sheaf", again["run"])["outcomes"]
    assert [row["outcome"] for row in why] == ["skipped", "skipped"]
    assert all(row["reason"] and row["invoice"] is None for row in why)


def test_a_run_keeps_its_answer_where_its_pdfs_cannot_be_written(firm: Sheaf) -> None:
    firm.write("pdf", "a file, not a folder")
    answer = firm("bill", "firm.sheaf", *MARCH, "--render", "pdf", "--json")
    assert answer.code == 1
    result = json.loads(answer.out)
    assert (result["run"], result["invoices"], result["documents"]) == ("R-2025-0001", 2, 0)
    assert "cannot be written" in answer.err
    assert "safe; write their PDFs with: sheaf render firm.sheaf --run R-2025-0001 --to pdf" in answer.err
    assert answer.err.count("\n") == 1


def test_the_outcomes_of_a_run_add_up(firm: Sheaf) -> None:
    firm.write("charges.csv", "id,client,date,description,quantity,unit_price\nX1,ACME,2025-03-05,Boards,1,80\n")
    firm.json("import", "firm.sheaf", "charges", "charges.csv")
    shown = firm("bill", "firm.sheaf", *MARCH, "--preview").out
    assert "2 agreements and 1 invoice outside any agreement: 3 would be issued." in shown
    result = firm.json("bill", "firm.sheaf", *MARCH)
    assert result["agreements"] == sum(result["outcomes"].values()) == 3
    assert len(firm.json("explain", "firm.sheaf", result["run"])["outcomes"]) == 3


def test_a_run_tells_what_the_firm_has_not_set(firm: Sheaf) -> None:
    assert "lack" not in firm("bill", "firm.sheaf", *MARCH, "--preview").out
    firm.json("settings", "firm.sheaf", "firm.street", "")
    firm.json("settings", "firm.sheaf", "firm.tax_id", "")
    shown = firm("bill", "firm.sheaf", *MARCH, "--preview").out
    assert "Your invoices lack firm.street, firm.tax_id. Set each with: sheaf settings firm.sheaf KEY VALUE" in shown
    firm.json("settings", "firm.sheaf", "firm.tax_number", "48/712/01234")
    assert "lack firm.street. " in firm("bill", "firm.sheaf", *MARCH).out
    assert "lack" not in firm("bill", "firm.sheaf", *MARCH).out


def test_undo_after_a_payment_takes_back_nothing_else(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    firm.json("pay", "firm.sheaf", "INV-2025-0001", "100", "--date", "2025-04-02")
    answer = firm("undo", "firm.sheaf")
    assert (answer.code, answer.out) == (1, "")
    assert "“Payment P-2025-0001" in answer.err
    assert "booked money is reversed" in answer.err


def test_invoices_and_why(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    rows = firm.json("invoices", "firm.sheaf", "--client", "acme")["invoices"]
    assert rows == [
        {
            "number": "INV-2025-0001",
            "kind": "invoice",
            "client": "ACME",
            "issue_date": "2025-03-31",
            "due_date": "2025-04-30",
            "currency": "EUR",
            "net": "350.00",
            "tax": "66.50",
            "gross": "416.50",
            "open": "416.50",
            "status": "overdue",
            "run": "R-2025-0001",
        }
    ]
    assert len(firm.json("invoices", "firm.sheaf", "--run", "R-2025-0001", "--status", "overdue")["invoices"]) == 2
    assert firm.json("invoices", "firm.sheaf", "--status", "paid") == {"invoices": []}
    outcomes = firm.json("explain", "firm.sheaf", "R-2025-0001", "--client", "ZEN")["outcomes"]
    assert outcomes == [
        {
            "agreement": "Z-1",
            "client": "ZEN",
            "outcome": "issued",
            "reason": "Issued as INV-2025-0002.",
            "findings": [],
            "invoice": "INV-2025-0002",
        }
    ]


def test_from_the_total_to_the_hours(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    shown = firm.json("show", "firm.sheaf", "INV-2025-0001")
    (line,) = shown["lines"]
    assert (line["quantity"], line["unit_price"], line["net"], line["price_source"]) == ("3.5", "100", "350.00", "list")
    assert (line["item"], line["agreement"], line["tax_code"], line["rate"]) == ("DEV", "A-1", "standard", "19")
    assert [(one["detail"]["entry"], one["start"], one["quantity"], one["amount"]) for one in line["sources"]] == [
        ("T1", "2025-03-02", "1.5", "150.00"),
        ("T2", "2025-03-03", "2", "200.00"),
    ]
    assert [(tax["category"], tax["basis"], tax["tax"]) for tax in shown["taxes"]] == [("S", "350.00", "66.50")]
    assert sum(float(one["amount"]) for one in shown["journal"]) == 0
    text = firm("show", "firm.sheaf", "INV-2025-0001").out
    assert "1. Development: 3.5 hour × 100 = €350.00" in text
    assert "← time A-1 2025-03-02 – 2025-03-03: 1.5, 150.00 T1, Ann, first" in text


def test_what_is_held_waits_for_a_person(firm: Sheaf) -> None:
    firm("settings", "firm.sheaf", "rule.amount_above.limit", "1000")
    held = firm.json("bill", "firm.sheaf", *MARCH)
    assert held["outcomes"]["held"] == 1
    (found,) = firm.json("exceptions", "firm.sheaf", "--run", held["run"])["exceptions"]
    number = found.pop("id")
    assert found["message"]
    assert found["remedy"]
    assert {name: found[name] for name in ("run", "client", "agreement", "amount", "currency", "severity", "code")} == {
        "run": "R-2025-0001",
        "client": "ZEN",
        "agreement": "Z-1",
        "amount": "1500.00",
        "currency": "EUR",
        "severity": "hold",
        "code": "amount_above",
    }
    keys = {"run", "client", "agreement", "amount", "currency", "severity", "code", "message", "remedy", "owner", "due"}
    assert set(found) == keys
    assert (found["owner"], found["due"]) == (None, None)
    assert firm.json("bill", "firm.sheaf", *MARCH)["invoices"] == 0
    assert firm.json("approve", "firm.sheaf", number, "--note", "agreed by phone") == {"changed": 1}
    assert firm.json("hold", "firm.sheaf", number, "--note", "wait") == {"changed": 1}
    assert firm.json("resume", "firm.sheaf", held["run"])["outcomes"]["held"] == 1
    ids = [row["id"] for row in firm.json("exceptions", "firm.sheaf")["exceptions"]]
    firm.json("approve", "firm.sheaf", *ids, "--note", "now it may go")
    done = firm.json("resume", "firm.sheaf", held["run"])
    assert done["outcomes"] == {"issued": 2, "held": 0, "skipped": 0, "failed": 0}
    assert firm.json("exceptions", "firm.sheaf") == {"exceptions": []}
    assert firm.json("check", "firm.sheaf")["clean"]


def test_exceptions_have_an_owner_and_large_ones_two_approvals(firm: Sheaf) -> None:
    firm("settings", "firm.sheaf", "rule.amount_above.limit", "1000")
    firm("settings", "firm.sheaf", "rule.amount_above.hours", "24")
    firm("settings", "firm.sheaf", "second_approval_above", "1200")
    assert firm.json("settings", "firm.sheaf", "second_approval_above")["settings"] == {
        "second_approval_above": "1200.00"
    }
    run = firm.json("bill", "firm.sheaf", *MARCH)["run"]
    (found,) = firm.json("exceptions", "firm.sheaf")["exceptions"]
    assert found["due"].endswith("Z")
    refused = firm("assign", "firm.sheaf", found["id"], "--to", "Ann")
    assert refused.code == 1
    assert "nobody called “Ann”" in refused.err
    assert firm("assign", "firm.sheaf", found["id"]).code == 1
    assert firm.json("assign", "firm.sheaf", found["id"], "--due", "2025-04-04") == {"changed": 1}
    (found,) = firm.json("exceptions", "firm.sheaf")["exceptions"]
    assert found["due"].startswith("2025-04-0")
    done = firm.json("approve", "firm.sheaf", found["id"], "--note", "fine", "--as", "Ben")
    assert done["changed"] == 1
    (second,) = done["waiting"]
    again = firm("approve", "firm.sheaf", second, "--note", "fine", "--as", "Ben")
    assert again.code == 1
    assert "Ben approved it already" in again.err
    assert firm.json("resume", "firm.sheaf", run)["outcomes"]["held"] == 1
    firm.json("approve", "firm.sheaf", second, "--note", "fine too", "--as", "Carl")
    assert firm.json("resume", "firm.sheaf", run)["outcomes"]["issued"] == 2
    text = firm("show", "firm.sheaf", "INV-2025-0002").out
    assert "Approved by Ben: The amount of 1,500.00 EUR is above" in text
    assert "Approved by Carl: Above 1,200.00 EUR two people approve" in text


def test_a_rule_is_tried_on_what_was_issued(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    tried = firm.json("backtest", "firm.sheaf", "amount_above", "limit=1000", "--suggest", "50")
    assert (tried["looked_at"], tried["held"], tried["held_now"], tried["reason"]) == (2, 1, 0, None)
    (hit,) = tried["invoices"]
    assert (hit["amount"], hit["severity"]) == ("1500.00", "hold")
    assert tried["suggestion"] == {"limit": 350, "held": 1}
    assert firm.json("backtest", "firm.sheaf", "amount_above", "limit=1000", "--severity", "note")["noted"] == 1
    assert firm.json("backtest", "firm.sheaf", "amount_above", "limit=1", "--client", "ZEN")["looked_at"] == 1
    assert firm.json("backtest", "firm.sheaf", "amount_above", "limit=1", "--until", "2024-12-31")["looked_at"] == 0
    assert "dated within these days" in firm("backtest", "firm.sheaf", "amount_above", "--until", "2024-12-31").out
    assert "no limit to choose" in firm("backtest", "firm.sheaf", "vague_text", "--suggest", "5").out
    span = firm(
        "backtest", "firm.sheaf", "amount_above", "--since", "2025-01-01", "--last", "1", "--suggest", "100"
    ).out
    assert "invoice; today" in span
    assert "it holds 1 of the last 1." in span
    firm("settings", "firm.sheaf", "rule.amount_above.limit", "1000")
    assert firm.json("backtest", "firm.sheaf", "amount_above", "--all")["held"] == 1
    assert firm.json("backtest", "firm.sheaf", "amount_above", "--switch", "off")["held"] == 0
    said = firm("backtest", "firm.sheaf", "amount_above", "limit=1000").out
    assert said.startswith("Would have held 1 of the last 2 invoices; today's setting 1.")
    assert "does not keep since when" in firm("backtest", "firm.sheaf", "client_on_hold").out
    for wrong, word in (
        (["nonsense"], "no rule “nonsense”"),
        (["amount_above", "days=3"], "It takes: limit=NUMBER."),
        (["amount_above", "limit=2500.50"], "“2500.50” is no limit of this rule. Give a whole number"),
        (["amount_above", "--since", "2025-02-01", "--until", "2025-01-31"], "is after"),
        (["vague_text", "limit=3"], "It has no limit to set."),
        (["amount_above", "--segment", "Gold"], "no segment “Gold”"),
    ):
        refused = firm("backtest", "firm.sheaf", *wrong)
        assert refused.code == 1
        assert word in refused.err
    for usage, word in ((["--suggest", "200"], "more than all"), (["--all", "--last", "3"], "not allowed with")):
        refused = firm("backtest", "firm.sheaf", "amount_above", *usage)
        assert refused.code == 2
        assert word in refused.err


def test_what_is_blocked_is_mended_and_resumed(firm: Sheaf) -> None:
    broken = "code,name,country,street,postcode,city\nNEW,Newcomer,DE,,,\n"
    firm.write("new.csv", broken)
    firm.json("import", "firm.sheaf", "clients", "new.csv")
    firm.write("more.csv", FILES["agreements"].splitlines()[0] + "\nN-1,NEW,recurring,RET,1,500,monthly,2025-03-01\n")
    firm.json("import", "firm.sheaf", "agreements", "more.csv")
    run = firm.json("bill", "firm.sheaf", *MARCH)
    assert run["outcomes"] == {"issued": 2, "held": 1, "skipped": 0, "failed": 0}
    (found,) = firm.json("exceptions", "firm.sheaf")["exceptions"]
    refused = firm("approve", "firm.sheaf", found["id"], "--note", "x")
    assert (refused.code, refused.out) == (1, "")
    assert "cannot be approved" in refused.err
    firm.write("new.csv", broken.replace(",,,", ",Weg 1,20457,Hamburg"))
    firm.json("import", "firm.sheaf", "clients", "new.csv")
    assert firm.json("resume", "firm.sheaf", run["run"])["outcomes"]["issued"] == 3


def test_a_run_is_given_up(firm: Sheaf) -> None:
    firm("settings", "firm.sheaf", "rule.amount_above.limit", "1")
    run = firm.json("bill", "firm.sheaf", *MARCH)["run"]
    assert firm.json("discard", "firm.sheaf", run) == {"changed": 2}
    firm("settings", "firm.sheaf", "rule.amount_above.limit", "10000")
    assert firm.json("bill", "firm.sheaf", *MARCH, "--segment", "Hours")["invoices"] == 1


def test_documents(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    (one,) = firm.json("render", "firm.sheaf", "--invoice", "INV-2025-0001", "--to", "out")["documents"]
    assert one["number"] == "INV-2025-0001"
    assert hashlib.sha256(Path(one["file"]).read_bytes()).hexdigest() == one["sha256"]
    text = _text(one["file"])
    for words in ("Acme GmbH", "Kai 1", "INV-2025-0001", "416,50", "Kai 9", "DE89 3704 0044 0532 0130 00"):
        assert words in text, words
    both = firm.json("render", "firm.sheaf", "--run", "R-2025-0001", "--to", "again")["documents"]
    assert [row["number"] for row in both] == ["INV-2025-0001", "INV-2025-0002"]
    assert both[0]["sha256"] == one["sha256"]
    for wrong in (("--invoice", "INV-9"), ("--run", "R-9"), ("--invoice", "INV-2025-0001", "--format", "ubl")):
        answer = firm("render", "firm.sheaf", *wrong, "--to", "out")
        assert (answer.code, answer.out) == (1, "")
        assert answer.err.count("\n") == 1
    assert "INV-2025-0001 cannot be written as Peppol; it was issued without: the firm's electronic" in answer.err


def test_e_invoices(firm: Sheaf) -> None:
    """Those that can be are written, and the others are named with what they lack."""
    firm("settings", "firm.sheaf", "firm.phone", "+49 40 123")
    firm("settings", "firm.sheaf", "firm.email", "bill@kai.example")
    firm.json("bill", "firm.sheaf", *MARCH)
    hybrid = firm.json("render", "firm.sheaf", "--run", "R-2025-0001", "--to", "out", "--format", "facturx")
    assert [Path(one["file"]).name for one in hybrid["documents"]] == ["INV-2025-0001.pdf", "INV-2025-0002.pdf"]
    assert "refused" not in hybrid
    for one in hybrid["documents"]:
        assert b"factur-x.xml" in Path(one["file"]).read_bytes()
    answer = firm("render", "firm.sheaf", "--run", "R-2025-0001", "--to", "out", "--format", "xrechnung", "--json")
    assert answer.code == 1
    told = json.loads(answer.out)
    refused = {one["number"] for one in told["refused"]}
    assert refused
    assert refused | {one["number"] for one in told["documents"]} == {"INV-2025-0001", "INV-2025-0002"}
    assert all(one["remedy"] for one in told["refused"])
    assert answer.err.count("XRechnung") == len(refused)


def test_money(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    paid = firm.json("pay", "firm.sheaf", "INV-2025-0001", "500", "--date", "2025-04-10", "--reference", "RF1")
    assert paid == {
        "payment": "P-2025-0001",
        "currency": "EUR",
        "allocated": [{"number": "INV-2025-0001", "amount": "416.50"}],
        "discounts": [],
        "withheld": "",
        "unapplied": "83.50",
    }
    assert firm.json("pay", "firm.sheaf", "1000.25", "--client", "ZEN", "--date", "2025-04-11")["allocated"] == [
        {"number": "INV-2025-0002", "amount": "1000.25"}
    ]
    credit = firm.json("credit", "firm.sheaf", "INV-2025-0002", "--amount", "100", "--reason", "late")
    assert credit["credit_note"].startswith("CN-")
    assert (credit["amount"], credit["reissued"]) == ("100.00", None)
    off = firm.json("write-off", "firm.sheaf", "INV-2025-0002", "--amount", "0.75", "--reason", "small")
    assert (off["amount"], off["open"]) == ("0.75", "399.00")
    row = firm.json("invoices", "firm.sheaf", "--client", "ZEN")["invoices"][0]
    assert row["open"] == "399.00"
    back = firm.json("reverse", "firm.sheaf", paid["payment"], "--reason", "bounced")
    assert back["reverses"] == paid["payment"]
    assert back["restored"] == [{"number": "INV-2025-0001", "amount": "416.50"}]
    assert firm.json("check", "firm.sheaf")["clean"]
    settled = firm.json("show", "firm.sheaf", "INV-2025-0001")["settled"]
    assert [one["amount"] for one in settled] == ["416.50", "-416.50"]


def test_credit_and_reissue_then_a_run(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    done = firm.json("credit", "firm.sheaf", "INV-2025-0001", "--reissue", "--reason", "wrong address")
    assert done["amount"] == "416.50"
    assert done["reissued"].startswith("INV-")
    assert firm.json("bill", "firm.sheaf", *MARCH)["invoices"] == 0
    assert firm.json("check", "firm.sheaf")["clean"]


@pytest.mark.parametrize(
    "argv, words",
    [
        (("pay", "firm.sheaf", "INV-9", "5"), "INV-9"),
        (("pay", "firm.sheaf", "5"), "Nothing says who paid."),
        (("pay", "firm.sheaf", "INV-2025-0001", "1.005"), "EUR has 2 decimals"),
        (("pay", "firm.sheaf", "INV-2025-0001", "5", "--date", "2999-01-01"), "still to come"),
        (("pay", "firm.sheaf", "5", "--client", "ACME", "--currency", "XYZ"), "XYZ"),
        (("pay", "firm.sheaf", "99999999999999999999", "--client", "ACME"), "larger than a book can hold"),
        (("credit", "firm.sheaf", "INV-2025-0001", "--amount", "1000", "--reason", "x"), "416.50"),
        (("credit", "firm.sheaf", "INV-2025-0001", "--line", "7", "--reason", "x"), "7"),
        (("reverse", "firm.sheaf", "P-9", "--reason", "x"), "P-9"),
        (("write-off", "firm.sheaf", "INV-2025-0001", "--amount", "9999", "--reason", "x"), "416.50"),
        (("show", "firm.sheaf", "INV-9"), "INV-9"),
        (("explain", "firm.sheaf", "R-9"), "R-9"),
        (("approve", "firm.sheaf", "77", "--note", "x"), "77"),
        (("invoices", "firm.sheaf", "--client", "NOBODY"), "NOBODY"),
        (("bill", "firm.sheaf", "--segment", "Nobody"), "Nobody"),
        (("report", "firm.sheaf", "statement"), "Give the client's code."),
        (("report", "firm.sheaf", "aging", "--to", "a.doc"), ".csv"),
        (("settings", "firm.sheaf", "firm.stret"), "Did you mean firm.street"),
        (("settings", "firm.sheaf", "firm.tax_id", "DE123"), "DE123"),
        (("settings", "firm.sheaf", "rule.old_time", "perhaps"), "on, off"),
        (("undo", "firm.sheaf", "9999"), "9999"),
    ],
)
def test_refusals_are_one_sentence(firm: Sheaf, argv: tuple[str, ...], words: str) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    answer = firm(*argv, "--json")
    assert (answer.code, answer.out) == (1, "")
    assert words in answer.err
    assert answer.err.count("\n") == 1
    assert "Traceback" not in answer.err


def test_reports(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    aging = firm.json("report", "firm.sheaf", "aging", "--as-of", "2025-05-15")
    assert aging["as_of"] == "2025-05-15"
    assert aging["rows"][0] == {
        "client": "ACME",
        "currency": "EUR",
        "current": "0.00",
        "d1_30": "416.50",
        "d31_60": "0.00",
        "d61_90": "0.00",
        "over_90": "0.00",
        "credit": "0.00",
        "disputed": "0.00",
        "total": "416.50",
    }
    assert firm.json("report", "firm.sheaf", "aging", "--as-of", "2025-03-30")["rows"] == []
    statement = firm.json("report", "firm.sheaf", "statement", "--client", "ACME", "--as-of", "2025-05-15")
    assert statement["rows"][-1]["balance"] == "416.50"
    assert len(firm.json("report", "firm.sheaf", "journal")["rows"]) == 7
    assert "Nothing to report." in firm("report", "firm.sheaf", "unbilled", "--as-of", "2025-03-31").out
    written = firm.json("report", "firm.sheaf", "aging", "--to", "aging.csv")
    lines = Path(written["file"]).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("client,name,currency,current")
    assert len(lines) == 3


def test_proof_backup_and_restore(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    proof = firm.json("check", "firm.sheaf")
    assert set(proof) == {"clean", "problems", "head"}
    assert (proof["clean"], proof["problems"]) == (True, [])
    assert firm.json("check", "firm.sheaf", "--head", proof["head"])["clean"]
    off = firm("check", "firm.sheaf", "--head", "0" * 64, "--json")
    assert off.code == 1
    assert [problem["where"] for problem in json.loads(off.out)["problems"]] == ["0" * 64]
    assert "1 thing in the book is not as it was written." in off.err

    assert firm.json("backup", "firm.sheaf", "copy.sheaf") == {"file": str(firm.folder / "copy.sheaf")}
    firm.json("pay", "firm.sheaf", "INV-2025-0001", "5")
    restored = firm.json("restore", "copy.sheaf", "firm.sheaf")
    assert Path(restored["kept"]).is_file()
    assert firm.json("invoices", "firm.sheaf", "--client", "ACME")["invoices"][0]["open"] == "416.50"


def test_undo_and_log(firm: Sheaf) -> None:
    rows = firm.json("log", "firm.sheaf", "--last", "1")["changes"]
    assert rows[0]["summary"] == "Import 2 rows of time from time.csv"
    assert rows[0]["undoable"]
    assert firm.json("undo", "firm.sheaf") == {"undone": "Import 2 rows of time from time.csv"}
    assert firm.json("bill", "firm.sheaf", *MARCH)["invoices"] == 1
    refused = firm("undo", "firm.sheaf")
    assert refused.code == 1
    assert "INV-2025-0001" in refused.err


def test_settings(firm: Sheaf) -> None:
    found = firm.json("settings", "firm.sheaf")["settings"]
    assert (found["firm.street"], found["bank.iban"]) == ("Kai 9", "DE89370400440532013000")
    assert (found["rule.old_time"], found["rule.amount_above.limit"]) == (False, 10_000)
    assert firm.json("settings", "firm.sheaf", "rule.old_time", "on") == {"settings": {"rule.old_time": True}}
    assert firm.json("settings", "firm.sheaf", "rule.old_time.severity", "note")["settings"] == {
        "rule.old_time.severity": "note"
    }
    assert firm.json("settings", "firm.sheaf", "exchange.USD", "0.92") == {"settings": {"exchange.USD": "0.92"}}
    assert firm.json("settings", "firm.sheaf", "firm.small_business", "yes")["settings"] == {
        "firm.small_business": True
    }
    assert "rule.old_time.severity  note" in firm("settings", "firm.sheaf", "rule.old_time.severity").out


def test_a_sample_is_the_same_again(sheaf: Sheaf) -> None:
    made = sheaf.json("sample", "one.sheaf", "--clients", "5", "--seed", "3", "--today", "2026-11-21", "--clean")
    assert set(made) == {"book", "clients", "agreements", "invoices"}
    assert (made["book"], made["clients"]) == (str(sheaf.folder / "one.sheaf"), 5)
    sheaf.json("sample", "two.sheaf", "--clients", "5", "--seed", "3", "--today", "2026-11-21", "--clean")
    first, second = (sheaf.json("invoices", f"{name}.sheaf") for name in ("one", "two"))
    assert len(first["invoices"]) == made["invoices"] > 0
    assert first == second
    billed = sheaf.json("bill", "one.sheaf", "--through", "2026-11-30", "--issue-date", "2026-11-21")
    assert billed["outcomes"]["held"] == 0
    assert billed["invoices"] > 0
    assert sheaf("sample", "one.sheaf").err.startswith(f"{sheaf.folder / 'one.sheaf'} exists already.")
