"""Ctrl+C while a command works, here and in the window: between two items, with word of what is safe."""

import hashlib
import io
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from db.book_files import open_book
from desktop import cli
from desktop.services.handover import HandoverServer
from tests.e2e.commands import Answer, Sheaf
from tests.e2e.conftest import MARCH

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends Ctrl+C to whole consoles only")

CLIENTS = 1_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with a thousand agreements due in March."""
    sheaf = Sheaf(tmp_path_factory.mktemp("many"))
    sheaf("new", "many.sheaf", "--firm", "Harbour", "--country", "DE", "--currency", "EUR")
    numbers = range(CLIENTS)
    sheaf.write("i.csv", "code,name,unit,price\nRET,Retainer,month,500\n")
    sheaf.write(
        "c.csv",
        "code,name,country,street,postcode,city\n"
        + "".join(f"C{n},Client {n},DE,Kai {n},20457,Hamburg\n" for n in numbers),
    )
    sheaf.write(
        "a.csv",
        "code,client,billing,item,quantity,unit_price,every,start\n"
        + "".join(f"A{n},C{n},recurring,RET,1,500,monthly,2025-03-01\n" for n in numbers),
    )
    for kind, name in (("items", "i.csv"), ("clients", "c.csv"), ("agreements", "a.csv")):
        assert sheaf.json("import", "many.sheaf", kind, name)["rejected"] == []
    return sheaf.folder / "many.sheaf"


@pytest.fixture
def work(sheaf: Sheaf, many: Path) -> Sheaf:
    (sheaf.folder / "many.sheaf").write_bytes(many.read_bytes())
    return sheaf


def _stopped(process: subprocess.Popen[str], when: Callable[[str], bool]) -> Answer:
    """Send Ctrl+C at the first line of progress that is as wanted, and wait for the end."""
    assert process.stderr is not None
    heard = ""
    for line in process.stderr:
        heard += line
        if when(line):
            process.send_signal(signal.SIGINT)
            break
    out, err = process.communicate(timeout=60)
    return Answer(process.returncode, out, err)


def _count(book: Path, table: str) -> int:
    connection = sqlite3.connect(f"file:{book}?mode=ro", uri=True)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()


def test_a_stopped_run_says_what_is_safe_and_is_resumed(work: Sheaf) -> None:
    process = work.start("bill", "many.sheaf", *MARCH, "--progress", "--json")
    answer = _stopped(process, lambda line: line.startswith("Planning 1,000/1,000"))
    assert (answer.code, answer.out) == (1, "")
    last = answer.err.splitlines()[-1]
    issued = _count(work.folder / "many.sheaf", "invoice")
    assert issued < CLIENTS
    assert last.startswith(f"Stopped. {issued} invoice")
    assert last.endswith("the rest is still to do: sheaf resume many.sheaf R-2025-0001")

    refused = work("bill", "many.sheaf", *MARCH)
    assert (refused.code, refused.out) == (1, "")
    assert "Run R-2025-0001 was interrupted" in refused.err
    assert "sheaf resume" in refused.err

    done = work.json("resume", "many.sheaf", "R-2025-0001")
    assert done["outcomes"] == {"issued": CLIENTS, "held": 0, "skipped": 0, "failed": 0}
    assert _count(work.folder / "many.sheaf", "invoice") == CLIENTS
    assert work.json("check", "many.sheaf")["clean"]


def test_a_stopped_import_leaves_nothing(work: Sheaf) -> None:
    work.write("t.csv", "id,agreement,date,hours\n" + "".join(f"M{n},A{n % 999},2025-03-02,1\n" for n in range(60_000)))
    answer = _stopped(work.start("import", "many.sheaf", "time", "t.csv", "--progress"), lambda line: True)
    assert answer.code == 1
    assert answer.err.splitlines()[-1].startswith("Stopped.")
    assert _count(work.folder / "many.sheaf", "time_entry") == 0
    assert work.json("import", "many.sheaf", "time", "t.csv")["imported"] == 60_000


def test_a_stop_reaches_the_window_that_does_the_work(work: Sheaf) -> None:
    codes: list[int] = []
    work.write("t.csv", "id,agreement,date,hours\n" + "".join(f"M{n},A{n % 999},2025-03-02,1\n" for n in range(60_000)))
    with open_book(work.folder / "many.sheaf") as book:

        def execute(command):
            code = cli.run(
                command.argv, out=command.out, err=command.err, folder=command.folder, held=book, stop=command.stop
            )
            codes.append(code)
            return code

        server = HandoverServer(book, execute)
        try:
            answer = _stopped(work.start("import", "many.sheaf", "time", "t.csv", "--progress"), lambda line: True)
        finally:
            server.close()
        assert answer.code == 1
        assert answer.err.splitlines()[-1].startswith("Stopped.")
        assert codes == [1]
        with book.reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM time_entry").scalar_one() == 0


def test_a_stop_while_pdfs_are_written(firm: Sheaf) -> None:
    firm.json("bill", "firm.sheaf", *MARCH)
    stop = threading.Event()
    stop.set()
    out, err = io.StringIO(), io.StringIO()
    argv = ["render", "firm.sheaf", "--run", "R-2025-0001", "--to", "pdf"]
    assert cli.run(argv, out=out, err=err, folder=firm.folder, stop=stop) == 1
    assert err.getvalue() == "Stopped. The files written until then are whole; do it again to write the others.\n"
    whole = firm.json("render", *argv[1:])["documents"]
    for one in whole:
        assert hashlib.sha256(Path(one["file"]).read_bytes()).hexdigest() == one["sha256"]
    assert sorted(path.name for path in (firm.folder / "pdf").iterdir()) == ["INV-2025-0001.pdf", "INV-2025-0002.pdf"]


def test_a_hundred_thousand_rows_twice(work: Sheaf) -> None:
    """Within what a person waits for without wondering; the bounds leave room for a busy machine."""
    lines = "".join(
        f"A{n % 1000},2025-{n % 12 + 1:02d}-{n % 28 + 1:02d},P{n % 9},{n % 32 / 4 + 0.25},job {n}\n"
        for n in range(100_000)
    )
    work.write("t.csv", "agreement,date,person,hours,note\n" + lines)
    began = time.monotonic()
    first = work.json("import", "many.sheaf", "time", "t.csv")
    between = time.monotonic()
    second = work.json("import", "many.sheaf", "time", "t.csv")
    ended = time.monotonic()
    assert (first["rows"], first["imported"], first["unchanged"]) == (100_000, 100_000, 0)
    assert (second["rows"], second["imported"], second["unchanged"], second["batch"]) == (100_000, 0, 100_000, None)
    assert between - began < 30
    assert ended - between < 15
    assert _count(work.folder / "many.sheaf", "time_entry") == 100_000
