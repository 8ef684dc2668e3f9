"""Instalments by commands alone: terms that make them, payments that name them, plans agreed on and called off."""

import pypdfium2

from tests.e2e.commands import Sheaf
from tests.e2e.conftest import MARCH

BOOK = "firm.sheaf"


def _dues(firm: Sheaf, number: str) -> list[tuple[str, str, str, str]]:
    found = firm.json("show", BOOK, number)["due"]
    return [(one["number"], one["date"], one["amount"], one["open"]) for one in found]


def _aging(firm: Sheaf, day: str) -> list[str]:
    (row,) = firm.json("report", BOOK, "aging", "--client", "ZEN", "--as-of", day)["rows"]
    return [row[name] for name in ("current", "d1_30", "d31_60", "d61_90", "over_90", "total")]


def test_terms_in_instalments(firm: Sheaf) -> None:
    firm.write("clients.csv", 'code,name,country,terms\nZEN,Zenith SA,FR,"30 % à réception, le solde à 30 jours"\n')
    result = firm.json("import", BOOK, "clients", "clients.csv")
    assert (result["imported"], result["rejected"]) == (1, [])
    firm.json("bill", BOOK, *MARCH, "--render", "pdf")
    assert _dues(firm, "INV-2025-0002") == [
        ("INV-2025-0002/1", "2025-03-31", "450.00", "450.00"),
        ("INV-2025-0002/2", "2025-04-30", "1050.00", "1050.00"),
    ]
    document = pypdfium2.PdfDocument(firm.folder / "pdf" / "INV-2025-0002.pdf")
    words = document[0].get_textpage().get_text_range()
    document.close()
    assert "INV-2025-0002/2" in words
    paid = firm.json("pay", BOOK, "INV-2025-0002/2", "1050", "--date", "2025-04-02")
    assert paid["allocated"] == [{"number": "INV-2025-0002", "amount": "1050.00"}]
    assert [one[3] for one in _dues(firm, "INV-2025-0002")] == ["450.00", "0.00"]
    rows = firm.json("report", BOOK, "open", "--client", "ZEN", "--as-of", "2025-04-10")["rows"]
    assert [(row["name"], row["due_date"], row["days"], row["open"]) for row in rows] == [
        ("INV-2025-0002/1", "2025-03-31", "10", "450.00")
    ]
    refused = firm("pay", BOOK, "INV-2025-0002/3", "1", "--date", "2025-04-02")
    assert refused.code == 1
    assert "INV-2025-0002 has no instalment 3" in refused.err
    assert firm.json("check", BOOK)["clean"]


def test_terms_that_do_not_add_up_are_refused_with_their_figures(firm: Sheaf) -> None:
    answer = firm("settings", BOOK, "firm.terms", "30% now, 60% net 30")
    assert answer.code == 1
    assert "come to 90%, not to 100%" in answer.err


def test_a_payment_plan(firm: Sheaf) -> None:
    firm.json("bill", BOOK, *MARCH)
    number = "INV-2025-0002"
    agreed = firm.json(
        "plan", BOOK, number, "--instalments", "3", "--first", "2025-07-01", "--date", "2025-06-10", "--reason", "asked"
    )
    assert agreed == {
        "amount": "1500.00",
        "currency": "EUR",
        "replaced": [],
        "plans": [
            {
                "number": number,
                "instalments": [
                    {"number": f"{number}/2", "due_date": "2025-07-01", "amount": "500.00"},
                    {"number": f"{number}/3", "due_date": "2025-08-01", "amount": "500.00"},
                    {"number": f"{number}/4", "due_date": "2025-09-01", "amount": "500.00"},
                ],
            }
        ],
    }
    assert _aging(firm, "2025-06-09") == ["0.00", "0.00", "1500.00", "0.00", "0.00", "1500.00"]
    assert _aging(firm, "2025-06-10") == ["1500.00", "0.00", "0.00", "0.00", "0.00", "1500.00"]
    firm.json("pay", BOOK, f"{number}/2", "500", "--date", "2025-07-01")
    told = firm("show", BOOK, number).out
    assert "1,500.00 in a payment plan" in told
    assert "by the plan of" in told
    back = firm.json("plan", BOOK, number, "--cancel", "--date", "2025-08-10", "--reason", "not kept")
    assert back == {"number": number, "amount": "1000.00", "currency": "EUR"}
    assert _aging(firm, "2025-08-09") == ["500.00", "500.00", "0.00", "0.00", "0.00", "1000.00"]
    assert _aging(firm, "2025-08-10") == ["0.00", "0.00", "0.00", "0.00", "1000.00", "1000.00"]
    assert firm("undo", BOOK).code == 1
    assert firm.json("check", BOOK)["clean"]


def test_a_plan_of_ones_own_dates_and_amounts(firm: Sheaf) -> None:
    firm.json("bill", BOOK, *MARCH)
    plan = ("plan", BOOK, "INV-2025-0002", "--date", "2025-05-10", "--reason", "asked")
    wrong = firm(*plan, "--part", "2025-06-01=1000", "2025-07-01=400")
    assert wrong.code == 1
    assert "The instalments come to €1,400.00, but €1,500.00 is open." in wrong.err
    made = firm.json(*plan, "--part", "2025-06-01=1000", "2025-07-01=500")
    assert [one["amount"] for one in made["plans"][0]["instalments"]] == ["1000.00", "500.00"]
    assert firm(*plan, "--part", "2025-06-01").code == 2
    assert firm(*plan, "--instalments", "3", "--every", "now and then").code == 1
    assert firm.json("check", BOOK)["clean"]
