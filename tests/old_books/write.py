"""Writes a small book with the program of an earlier commit: `python tests/old_books/write.py CHECKOUT FILE.sheaf.xz`.

CHECKOUT is a worktree of that commit, run by this Python. Commands that a program did not know yet are passed over.
"""

from __future__ import annotations

import lzma
import os
import subprocess
import sys
import tempfile
from pathlib import Path

_FILES = {
    "clients": """\
code,name,contact,email,street,street2,postcode,city,country,tax_id,terms,delivery
NORD,Nordwind Logistik GmbH,Jana Behrens,jana@nordwind.example,Kaistraße 4,,20457,Hamburg,DE,DE136695976,net 30,email
TAL,Talbach AG,Urs Keller,urs@talbach.example,Bergweg 9,,70173,Stuttgart,DE,,net 14,email
PRIM,Primeur SARL,Léa Martin,lea@primeur.example,3 rue Haute,,75001,Paris,FR,FR40303265045,net 30,email
""",
    "items": """\
code,name,unit,price,currency,tax_code
CARE,Server care,month,490.00,EUR,standard
DEV,Software development,hour,118.00,EUR,standard
""",
    "agreements": """\
code,client,billing,item,description,quantity,unit_price,every,alignment,timing,start
A-NORD,NORD,recurring,CARE,Care of two servers,2,,month,calendar,arrears,2026-01-01
A-TAL,TAL,time,DEV,Work on the shop,,,month,calendar,arrears,2026-01-01
A-PRIM,PRIM,recurring,CARE,Care of one server,1,500.00,month,anniversary,advance,2026-01-15
""",
    "time": """\
id,agreement,date,person,item,hours,note
T1,A-TAL,2026-01-12,Mia,DEV,6.5,Checkout by invoice
T2,A-TAL,2026-01-20,Mia,DEV,3.25,Search by article number
T3,A-TAL,2026-02-10,Ole,DEV,8,Stock from the warehouse
""",
}
_STATEMENT = """\
Account;Booking date;Value date;Name;Purpose;Amount;Currency
DE02120300000000202051;2026-03-02;2026-03-02;Primeur SARL;Thank you;250.00;EUR
DE02120300000000202051;2026-03-03;2026-03-03;Hausbank;Account fee;-4.90;EUR
"""


def _commands(book: str, folder: Path) -> list[list[str]]:
    numbers = "INV-2026-0001", "INV-2026-0002", "INV-2026-0003"
    return [
        ["new", book, "--firm", "Hafen Beratung", "--country", "DE", "--currency", "EUR"],
        ["settings", book, "bank.iban", "DE02120300000000202051"],
        *(["import", book, kind, str(folder / f"{kind}.csv")] for kind in _FILES),
        ["bill", book, "--through", "2026-01-31", "--issue-date", "2026-02-01"],
        ["pay", book, numbers[0], "500.00", "--date", "2026-02-12", "--reference", "Part one"],
        ["credit", book, numbers[1], "--line", "1", "--reason", "One hour was booked twice"],
        ["write-off", book, numbers[2], "--amount", "1.00", "--reason", "Charges", "--date", "2026-02-14"],
        ["dispute", book, numbers[0], "--reason", "Second server was off"],
        ["note", book, "NORD", "Calls before she pays"],
        ["bill", book, "--through", "2026-02-28", "--issue-date", "2026-03-01"],
        ["reconcile", book, str(folder / "statement.csv")],
        ["approve", book, "1", "2", "--note", "Looked through"],
        ["resume", book, "R-2026-0002"],
        ["cash", book, "Till", "--new", "EUR"],
        ["cash", book, "Till", "--withdrawal", "200.00", "--text", "Change", "--date", "2026-03-02"],
        ["remind", book, "--as-of", "2026-04-20"],
    ]


def write(checkout: Path, target: Path) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(checkout),
        "PYTHONDONTWRITEBYTECODE": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "LC_ALL": "C.UTF-8",
    }
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for kind, text in {**_FILES, "statement": _STATEMENT}.items():
            (folder / f"{kind}.csv").write_text(text, encoding="utf-8")
        book = folder / "book.sheaf"
        for command in _commands(str(book), folder):
            done = subprocess.run(
                [sys.executable, "-m", "desktop", *command],
                cwd=checkout,
                env=environment,
                capture_output=True,
                text=True,
            )
            print(f"{command[0]}: {done.returncode} {(done.stdout + done.stderr).strip().splitlines()[-1:]}")
        target.write_bytes(lzma.compress(book.read_bytes(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    write(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute())
