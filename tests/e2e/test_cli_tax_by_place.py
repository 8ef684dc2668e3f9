"""Firms of India and the US by commands alone: made with their state, filled from files, billed, paid, proved."""

from tests.e2e.commands import Sheaf

FILES = {
    "clients": (
        "code,name,street,postcode,city,region,country,tax_id,currency\n"
        "K1,Bengaluru Mills,1 MG Road,560001,Bengaluru,Karnataka,IN,29AAPFU0939F1ZR,INR\n"
        "M1,Mumbai Traders,2 Marine Drive,400001,Mumbai,Maharashtra,IN,27AAPFU0939F1ZV,INR\n"
        "X1,Lyon SARL,3 Rue A,69001,Lyon,,FR,,INR\n"
    ),
    "items": (
        "code,name,unit,price,currency,tax_code,hsn_sac\n"
        "CON,Consulting,hour,1500.50,INR,18,998311\n"
        "BOOK,Handbook,piece,399.99,INR,gst-5,4901\n"
    ),
    "charges": (
        "id,client,date,item,description,quantity,unit_price\n"
        "1,K1,2026-04-10,CON,Consulting in April,3,\n"
        "2,K1,2026-04-10,BOOK,Handbook,2,\n"
        "3,M1,2026-04-10,CON,Consulting in April,4,\n"
        "4,X1,2026-04-10,CON,Consulting in April,4.5,\n"
    ),
}
APRIL = ("--through", "2026-04-30", "--issue-date", "2026-04-30")


def test_from_the_first_command_to_the_proof(sheaf: Sheaf) -> None:
    new = ("new", "in.sheaf", "--firm", "Kaveri", "--country", "IN", "--currency", "INR", "--region")
    assert "no state of India" in sheaf(*new, "Bavaria").err
    assert sheaf(*new, "Karnataka").code == 0
    assert sheaf("settings", "in.sheaf", "rounding.INR").out.split() == ["rounding.INR", "1"]
    for kind, text in FILES.items():
        sheaf.write(f"{kind}.csv", text)
        assert sheaf.json("import", "in.sheaf", kind, f"{kind}.csv")["rejected"] == []
    billed = sheaf.json("bill", "in.sheaf", *APRIL)
    assert billed["outcomes"]["issued"] == 3
    shown = {number: sheaf.json("show", "in.sheaf", number) for number in ("INV-2026-0001", "INV-2026-0002")}
    taxes = {key: [(tax["name"], tax["rate"], tax["tax"]) for tax in one["taxes"]] for key, one in shown.items()}
    assert taxes == {
        "INV-2026-0001": [
            ("CGST", "9", "405.14"),
            ("SGST", "9", "405.14"),
            ("CGST", "2.5", "20.00"),
            ("SGST", "2.5", "20.00"),
        ],
        "INV-2026-0002": [("IGST", "18", "1080.36")],
    }
    assert (shown["INV-2026-0002"]["rounding"], shown["INV-2026-0002"]["payable"]) == ("-0.36", "7082.00")
    abroad = sheaf.json("show", "in.sheaf", "INV-2026-0003")
    assert [(tax["category"], tax["tax"]) for tax in abroad["taxes"]] == [("G", "0.00")]
    paid = sheaf.json("pay", "in.sheaf", "INV-2026-0002", "6481.80", "--withheld", "600.20", "--date", "2026-05-05")
    assert paid["allocated"] == [{"number": "INV-2026-0002", "amount": "7082.00"}]
    assert (paid["payment"], paid["withheld"]) == ("P-2026-0001", "P-2026-0002")
    assert sheaf.json("check", "in.sheaf")["clean"]


def test_a_us_firm_collects_nothing_until_it_says_where(sheaf: Sheaf) -> None:
    new = ("new", "us.sheaf", "--firm", "Lone Star", "--country", "US", "--currency", "USD", "--region", "TX")
    assert sheaf(*new).code == 0
    sheaf.write("clients.csv", "code,name,street,city,region,country,currency\nA,Ann LLC,1 A St,Austin,Texas,US,USD\n")
    sheaf.write("items.csv", "code,name,unit,price,currency\nSUB,Subscription,month,100,USD\n")
    sheaf.write(
        "charges.csv", "id,client,date,item,description,quantity\n1,A,2026-04-10,SUB,Subscription for April,1\n"
    )
    for kind in ("clients", "items", "charges"):
        assert sheaf.json("import", "us.sheaf", kind, f"{kind}.csv")["rejected"] == []
    assert sheaf.json("bill", "us.sheaf", *APRIL)["outcomes"]["issued"] == 1
    (tax,) = sheaf.json("show", "us.sheaf", "INV-2026-0001")["taxes"]
    assert (tax["category"], tax["tax"]) == ("O", "0.00")
    assert sheaf.json("check", "us.sheaf")["clean"]
