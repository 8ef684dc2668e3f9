"""The archive for the accountant: what is in it, that it is the same each time, and that any changed byte is found."""

import csv
import hashlib
import io
import json
import random
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from db.book_files import open_book
from db.engine import Book
from desktop.errors import UserError
from desktop.services.archive.container import Container, Entry, Mark, directory, dos_day
from desktop.services.archive.datev_settings import set_datev
from desktop.services.archive.making import write_archive
from desktop.services.archive.manifest import MANIFEST, SUMS, manifest_text, sums_text
from desktop.services.archive.verifying import verify_archive
from desktop.services.credits import credit_invoice
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.einvoicing import sound_book, sound_client
from tests.issued import add_rate
from tests.lived_book import lived_book

DAY = date(2026, 2, 28)


def with_rate(book: Book) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.9"))


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a book and the archive of its run of four documents: one plain, one hybrid, one XRechnung, one in
    dollars; DATEV is set up."""
    folder = tmp_path_factory.mktemp("archive")
    with sound_book(folder) as book:
        made = Contracts(book)
        with_rate(book)
        for code, form in (("C1", "none"), ("C2", "facturx"), ("C3", "xrechnung")):
            made.agreement(sound_client(made, code, form), f"A{code}")
        made.agreement(made.client("C4", name="Ocean Inc", currency="USD"), "AC4", currency="USD")
        made.bill(DAY.isoformat())
        assert value(book, "SELECT count(*) FROM invoice") == 4
        set_datev(book, {"datev.consultant": "1001", "datev.client": "1"}, actor=ANNE)
        write_archive(book, folder / "run.zip", run="R-2026-0001")
    return folder


@pytest.fixture
def book(made_once: Path, tmp_path: Path) -> Iterator[Book]:
    shutil.copyfile(made_once / "Harbour.sheaf", tmp_path / "Harbour.sheaf")
    with open_book(tmp_path / "Harbour.sheaf") as book:
        yield book


@pytest.fixture
def archive(made_once: Path, tmp_path: Path) -> Path:
    return Path(shutil.copyfile(made_once / "run.zip", tmp_path / "run.zip"))


def manifest(path: Path) -> Any:
    with zipfile.ZipFile(path) as found:
        return json.loads(found.read(MANIFEST))


def test_everything_of_a_run_is_in_it(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        assert found.testzip() is None
        names = set(found.namelist())
        found.extractall(tmp_path / "out")
    numbers = [f"INV-2026-000{place}" for place in range(1, 5)]
    assert names == {
        *(f"documents/{number}.pdf" for number in numbers), "xml/INV-2026-0003.xml", "run-report.pdf", "invoices.csv",
        "invoices.xlsx", "journal.csv", "datev/EXTF_Buchungsstapel.csv", "sheaf_verify.py", "manifest.json",
        "SHA256SUMS.txt",
    }  # fmt: skip
    out = tmp_path / "out"
    assert b"factur-x.xml" in (out / "documents/INV-2026-0002.pdf").read_bytes()
    assert b"factur-x.xml" not in (out / "documents/INV-2026-0001.pdf").read_bytes()
    assert b"CrossIndustryInvoice" in (out / "xml/INV-2026-0003.xml").read_bytes()
    told = manifest(archive)
    assert (told["run"]["number"], told["date"], told["left_out"]) == ("R-2026-0001", "2026-02-28", [])
    assert [one["number"] for one in told["documents"]] == numbers
    assert told["documents"][2]["files"] == ["documents/INV-2026-0003.pdf", "xml/INV-2026-0003.xml"]
    assert told["documents"][0]["gross"] == "238.00"
    assert told["totals"]["EUR"] == {"documents": 3, "net": "600.00", "tax": "114.00", "gross": "714.00"}


def test_common_tools_prove_it(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as found:
        found.extractall(tmp_path / "out")
    tool = shutil.which("sha256sum")
    if tool is None:
        pytest.skip("no sha256sum here")
    proved = subprocess.run([tool, "-c", SUMS], cwd=tmp_path / "out", capture_output=True, text=True, check=False)
    assert proved.returncode == 0, proved.stderr
    with zipfile.ZipFile(archive) as found:
        assert proved.stdout.count(": OK") == len(found.namelist()) - 1


def test_tables_have_the_books_figures(archive: Path, book: Book) -> None:
    with zipfile.ZipFile(archive) as found:
        listed = list(csv.DictReader(io.StringIO(found.read("invoices.csv").decode("utf-8-sig"))))
        journal = list(csv.DictReader(io.StringIO(found.read("journal.csv").decode("utf-8-sig"))))
        sheet = openpyxl.load_workbook(io.BytesIO(found.read("invoices.xlsx"))).active
    wanted = rows(book, "SELECT number, gross, digest FROM invoice ORDER BY id")
    assert [(row["number"], int(Decimal(row["gross"]) * 100), row["seal"]) for row in listed] == wanted
    assert sum(Decimal(row["firm_amount"]) for row in journal) == 0
    assert {row["document"] for row in journal} == {number for number, *_ in wanted}
    assert sheet is not None
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == 5


def test_the_same_book_gives_the_same_bytes(archive: Path, book: Book, tmp_path: Path) -> None:
    again = write_archive(book, tmp_path / "again.zip", run="R-2026-0001")
    assert (tmp_path / "again.zip").read_bytes() == archive.read_bytes()
    assert again.sha256 == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert again.size == archive.stat().st_size


def test_a_span_has_everything_booked_in_it(book: Book, tmp_path: Path) -> None:
    credit_invoice(book, "INV-2026-0001", reason="wrong", actor=ANNE, today=date(2026, 3, 5))
    path = tmp_path / "span.zip"
    made = write_archive(book, path, first=date(2026, 3, 1), last=date(2026, 3, 31))
    assert made.documents == 1
    told = manifest(path)
    assert (told["run"], told["from"], told["to"]) == (None, "2026-03-01", "2026-03-31")
    assert told["totals"] == {"EUR": {"documents": 1, "net": "-200.00", "tax": "-38.00", "gross": "-238.00"}}
    assert verify_archive(path, book).problems == ()
    with pytest.raises(UserError, match="nothing was issued or booked"):
        write_archive(book, path, first=date(2027, 1, 1), last=date(2027, 1, 31))


def test_days_of_two_fiscal_years_have_a_file_for_datev_each(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        set_datev(book, {"datev.consultant": "1001", "datev.client": "1"}, actor=ANNE)
        path = tmp_path / "a.zip"
        made = write_archive(book, path, first=date(2025, 1, 1), last=date(2026, 4, 30))
        assert made.left_out == ()
        assert verify_archive(path, book).problems == ()
    with zipfile.ZipFile(path) as found:
        files = {name for name in found.namelist() if name.startswith("datev/")}
    assert files == {"datev/EXTF_Buchungsstapel_2025.csv", "datev/EXTF_Buchungsstapel_2026.csv"}


def test_what_cannot_go_in_is_said_and_stops_nothing(book: Book, tmp_path: Path) -> None:
    set_datev(book, {"datev.client": ""}, actor=ANNE)
    made = write_archive(book, tmp_path / "a.zip", run="R-2026-0001")
    (said,) = made.left_out
    assert "Mandantennummer" in said
    assert manifest(made.path)["left_out"] == [said]
    assert verify_archive(made.path).problems == ()


def test_a_stop_leaves_what_stood_there(book: Book, archive: Path) -> None:
    before = archive.read_bytes()

    class Stop(Exception):
        pass

    def report(done: int, _total: int, _text: str) -> None:
        if done:
            raise Stop

    with pytest.raises(Stop):
        write_archive(book, archive, run="R-2026-0001", report=report)
    assert archive.read_bytes() == before
    assert [one.name for one in archive.parent.glob("*.part")] == []


def test_a_run_without_documents_is_refused(book: Book, tmp_path: Path) -> None:
    Contracts(book).bill(DAY.isoformat())
    with pytest.raises(UserError, match="issued nothing"):
        write_archive(book, tmp_path / "a.zip", run="R-2026-0002")
    with pytest.raises(UserError, match="no run R-9"):
        write_archive(book, tmp_path / "a.zip", run="R-9")


def test_numbers_with_slashes_and_twins_stay_in_the_folder(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        with book.writing() as session:
            session.connection().exec_driver_sql("UPDATE series SET pattern = '../RE/{year}/{n:04}'")
        made = Contracts(book)
        made.agreement(made.client("C1"), "A1")
        made.bill("2026-01-31")
        assert value(book, "SELECT number FROM invoice").startswith("../RE/")
        path = tmp_path / "a.zip"
        write_archive(book, path, run="R-2026-0001")
        assert verify_archive(path, book).problems == ()
        with zipfile.ZipFile(path) as found:
            (name,) = [name for name in found.namelist() if name.startswith("documents/")]
    assert ".." not in name.split("/")
    assert name.count("/") == 1


# Verifying


def test_a_whole_archive_is_proved(archive: Path, book: Book) -> None:
    found = verify_archive(archive, book)
    assert found.problems == ()
    assert (found.documents, found.seals, found.run) == (4, 4, "R-2026-0001")
    with zipfile.ZipFile(archive) as opened:
        assert found.files == len(opened.namelist())


def refused(path: Path) -> bool:
    """Whether it is said that something is wrong, in whichever way."""
    try:
        return bool(verify_archive(path).problems)
    except UserError:
        return True


def test_one_changed_byte_anywhere_is_found(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    chance = random.Random(20260228)
    with zipfile.ZipFile(archive) as found:
        # Headers and the list at the end are small: each gets its share beside the files' contents.
        tail = found.start_dir
        heads = [info.header_offset + chance.randrange(30) for info in found.infolist()]
    places = [chance.randrange(len(whole)) for _ in range(120)]
    places += [chance.randrange(tail, len(whole)) for _ in range(120)] + heads
    path = tmp_path / "changed.zip"
    for place in places:
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        assert refused(path), f"byte {place} of {len(whole)}"


def rewritten(archive: Path, target: Path, change: Callable[[dict[str, bytes]], object], *, sums: bool = True) -> Path:
    """The archive written anew with other contents, its checksums made to fit where `sums`."""
    with zipfile.ZipFile(archive) as found:
        contents = {name: found.read(name) for name in found.namelist()}
    change(contents)
    if sums:
        contents.pop(SUMS, None)
        marks = [Mark(name, len(one), hashlib.sha256(one).hexdigest()) for name, one in contents.items()]
        contents[SUMS] = sums_text(marks)
    with target.open("wb") as file:
        container = Container(file, DAY)
        for name, content in contents.items():
            container.add(name, content)
        container.close()
    return target


def test_writing_it_anew_unchanged_gives_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    assert rewritten(archive, tmp_path / "b.zip", lambda _one: None).read_bytes() == archive.read_bytes()


def told_otherwise(key: str, value: object) -> Callable[[dict[str, bytes]], None]:
    def change(contents: dict[str, bytes]) -> None:
        whole = json.loads(contents[MANIFEST])
        whole[key] = value if not callable(value) else value(whole[key])
        contents[MANIFEST] = (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()

    return change


def first_document(**changes: object) -> Callable[[list[dict[str, object]]], list[dict[str, object]]]:
    return lambda documents: [documents[0] | changes, *documents[1:]]


CHANGED: list[tuple[str, Callable[[dict[str, bytes]], object], str]] = [
    ("a file changed", lambda files: files.update({"journal.csv": files["journal.csv"] + b"x"}), "journal.csv"),
    ("same size", lambda files: files.update({"journal.csv": files["journal.csv"][:-1] + b"x"}), "SHA-256"),
    ("a file gone", lambda files: files.pop("documents/INV-2026-0002.pdf"), "missing"),
    ("a file more", lambda files: files.update({"documents/INV-9.pdf": b"%PDF"}), "not in its manifest"),
    ("sums changed", lambda files: files.update({SUMS: files[SUMS][:-9] + b"evil.pdf\n"}), SUMS),
    ("sums gone", lambda files: files.pop(SUMS), SUMS),
    ("totals", told_otherwise("totals", {}), "totals"),
    ("an amount", told_otherwise("documents", first_document(gross="9.00")), "totals"),
    ("twice", told_otherwise("documents", lambda all_: [*all_, all_[0]]), "twice"),
    ("a day", told_otherwise("date", "2026-02-27"), "day"),
    ("no file", told_otherwise("documents", first_document(files=[])), "no document"),
    ("a strange file", told_otherwise("documents", first_document(files=["documents/x.pdf"])), "does not list"),
]


@pytest.mark.parametrize("what, change, said", CHANGED, ids=[one[0] for one in CHANGED])
def test_what_was_changed_with_care_is_found_too(
    archive: Path, tmp_path: Path, what: str, change: Callable[[dict[str, bytes]], object], said: str
) -> None:
    changed = rewritten(archive, tmp_path / "c.zip", change, sums=not what.startswith("sums"))
    assert any(said in one for one in verify_archive(changed).problems)


def test_only_the_book_finds_a_forgery_that_agrees_with_itself(archive: Path, book: Book, tmp_path: Path) -> None:
    def forge(contents: dict[str, bytes]) -> None:
        whole = json.loads(contents[MANIFEST])
        whole["documents"][1]["seal"] = "0" * 64
        whole["documents"][3]["number"] = "INV-2026-0099"
        contents[MANIFEST] = (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()

    forged = rewritten(archive, tmp_path / "f.zip", forge)
    assert verify_archive(forged).problems == ()
    found = verify_archive(forged, book)
    assert found.seals == 2
    assert any("INV-2026-0002 is another one" in one for one in found.problems)
    assert any("INV-2026-0099 is not in the book" in one for one in found.problems)
    assert any("1 document of run R-2026-0001 is in the book and not" in one for one in found.problems)


def other_zip(path: Path, contents: dict[str, bytes], **how: Any) -> Path:
    with zipfile.ZipFile(path, "w", **how) as made:
        for name, content in contents.items():
            made.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../evil.txt", "/etc/passwd", "a/../../b", "C:\\evil", "a\\b", "documents//x", "./x", "", "x" * 5_000]
)
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "evil.zip"
    with path.open("wb") as file:
        container = Container(file, DAY)
        container.add(MANIFEST, b"{}")
        container.add(name, b"x")
        container.close()
    with pytest.raises(UserError, match="leads out of its folder"):
        verify_archive(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = other_zip(tmp_path / "bomb.zip", {MANIFEST: bytes(200_000_000)}, compression=zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 500_000
    with pytest.raises(UserError, match="is packed"):
        verify_archive(bomb)


def test_files_that_claim_more_than_there_is_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.zip"
    day = dos_day(DAY)
    entries = [Entry(MANIFEST, 4_000_000_000, 0, 0), Entry("x", 4_000_000_000, 0, 0)]
    path.write_bytes(b"".join(directory(entries, day, 0)))
    with pytest.raises(UserError, match="larger than the archive"):
        verify_archive(path)


def test_what_is_cut_off_is_refused_in_one_sentence(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    path = tmp_path / "cut.zip"
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match="no archive that can be trusted"):
            verify_archive(path)
    path.write_bytes(whole + b"\0")
    assert refused(path)
    path.write_bytes(b"x" + whole)
    assert refused(path)


def test_a_wrong_checksum_of_the_zip_is_found(archive: Path, tmp_path: Path) -> None:
    whole = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as found:
        info = found.getinfo("journal.csv")
        start = found.start_dir
    place = whole.index(b"journal.csv", start) - 46 + 16
    for at in (place, info.header_offset + 14):
        whole[at : at + 4] = struct.pack("<I", info.CRC ^ 1)
    path = tmp_path / "crc.zip"
    path.write_bytes(whole)
    assert any("journal.csv" in one and "checksum" in one for one in verify_archive(path).problems)


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b'{"format": "sheaf-archive", "version": 2}', b"\xff\xfe", b"[" * 100_000,
     b'{"format": "sheaf-archive", "version": 1, "documents": [{}], "files": []}',
     b'{"format": "sheaf-archive", "version": 1, "documents": [{"number": "1", "kind": "x", "date": "", "client": "",'
     b' "currency": "EUR", "net": "1E+999999999", "tax": "0", "gross": "0", "seal": "", "files": []}], "files": []}',
     b'{"format": "sheaf-archive", "version": 1, "documents": [], "files": [{"path": 1, "bytes": 2, "sha256": ""}]}'],
)  # fmt: skip
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        container = Container(file, DAY)
        container.add(MANIFEST, text)
        container.close()
    with pytest.raises(UserError, match=r"manifest\.json cannot be read"):
        verify_archive(path)


def test_what_is_no_archive_of_ours_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"has no manifest\.json"):
        verify_archive(other_zip(tmp_path / "a.zip", {"a.txt": b"hello"}))
    with pytest.raises(UserError, match="cannot be read"):
        verify_archive(tmp_path / "none.zip")
    with pytest.raises(UserError, match="cannot be read"):
        verify_archive(tmp_path)


# The container


def test_the_container_is_a_zip_for_everyone_and_grows_beyond_65535_files(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with path.open("wb") as file:
        container = Container(file, DAY)
        for place in range(70_000):
            container.add(f"f/{place}", b"%d" % place)
        container.close()
    with zipfile.ZipFile(path) as found:
        assert len(found.namelist()) == 70_000
        assert found.read("f/69999") == b"69999"
        assert found.getinfo("f/0").date_time == (2026, 2, 28, 0, 0, 0)


def test_files_far_behind_are_found(tmp_path: Path) -> None:
    """Offsets beyond four gigabytes are written the longer way; the directory alone shows it."""
    far = 5_000_000_000
    whole = b"".join(directory([Entry("a", 1, 0, far)], dos_day(DAY), far + 32))
    assert struct.pack("<HHQ", 1, 8, far) in whole
    assert struct.pack("<I", 0x06064B50) in whole


def test_the_manifest_tells_amounts_in_major_units() -> None:
    row = {"number": "1", "kind": "credit_note", "issue_date": "2026-01-01", "client": "C", "currency": "JPY",
           "net": 500, "tax": 50, "gross": 550, "seal": "x", "files": []}  # fmt: skip
    told = json.loads(manifest_text({}, [row, row | {"currency": "KWD", "kind": "invoice"}], [], []))
    assert told["documents"][0]["gross"] == "550"
    assert told["totals"] == {
        "JPY": {"documents": 1, "net": "-500", "tax": "-50", "gross": "-550"},
        "KWD": {"documents": 1, "net": "0.500", "tax": "0.050", "gross": "0.550"},
    }
