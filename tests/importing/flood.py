"""Floods each importer with random and mutated files: rows, rejections or one clear sentence, never a crash or a hang.

python -m tests.importing.flood [BYTES] [NAME...] gives each importer so many bytes, ten million unless told.
"""

from __future__ import annotations

import io
import itertools
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Final

from PIL import Image

from db.book_files import look_into, open_book
from db.engine import Book
from desktop.delivery.mail.bounces import heard
from desktop.errors import UserError
from desktop.importing.portal_answers import portal_answers
from desktop.services.archive.making import write_archive
from desktop.services.archive.verifying import verify_archive
from desktop.services.bank.statements import preview, take_in
from desktop.services.check import check
from desktop.services.firm import set_logo
from desktop.services.imports import KINDS, import_file
from desktop.services.templates.exchange import import_template, template_text
from desktop.services.templates.library import template_version, templates
from tests import statement_files
from tests.bank_lines import add_account
from tests.books import new_book
from tests.cases import cases_dir
from tests.contracts import ANNE
from tests.importing.bank.test_any_bytes import CAMT, OFX, QIF
from tests.importing.test_any_file import SAMPLES
from tests.issued import add_client, add_invoice
from tests.statement_files import Told
from tests.workbooks import ods, xlsx

TODAY = date(2026, 3, 31)
LONGEST: Final = 20
_JUNK: Final = (
    b"\0", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"<", b">",
    b"</", b"&", b"&#0;", b"&lt;", b"<!--", b"<![CDATA[", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"]]>", b"{", b"}", b"[",
    b"]", b":", b":61:", b":86:", b"^\n", b"-}", b"=1+1", b"9" * 60, b"-" * 9, b"1e999999", b"NaN", b"2026-02-30",
    b"../../etc/passwd", b"C:\\", b"PK\x03\x04", b"%s%n", b"\xc3\x28", "\u2028\u202e\U0001f600".encode(), b"0" * 4000,
)  # fmt: skip

Importer = Callable[[bytes], object]


@dataclass(frozen=True)
class Target:
    """An importer and files that it takes."""

    swallow: Importer
    seeds: tuple[bytes, ...]


class TooSlow(Exception):
    """One file took longer than anybody would wait."""


def mutated(chance: random.Random, seeds: tuple[bytes, ...]) -> bytes:
    """A file as it may come: a seed with wounds, two seeds grown together, noise, or noise behind a good beginning."""
    kind = chance.random()
    seed = chance.choice(seeds)
    if kind < 0.08:
        return chance.randbytes(chance.randint(0, 4000))
    if kind < 0.16:
        return seed[: chance.randint(0, len(seed))] + chance.randbytes(chance.randint(0, 2000))
    if kind < 0.24:
        other = chance.choice(seeds)
        return seed[: chance.randint(0, len(seed))] + other[chance.randint(0, len(other)) :]
    content = bytearray(seed)
    for _ in range(chance.choice((1, 1, 2, 3, 8, 30))):
        at = chance.randint(0, len(content))
        match chance.randint(0, 5):
            case 0:
                content[at : at + 1] = bytes([chance.randint(0, 255)])
            case 1:
                content[at:at] = chance.choice(_JUNK)
            case 2:
                del content[at : at + chance.choice((1, 2, 10, 200))]
            case 3:
                part = bytes(content[at : at + chance.randint(1, 300)])
                content[at:at] = part * chance.choice((1, 2, 20))
            case 4:
                end = at + chance.randint(1, 12)
                content[at:end] = chance.randbytes(len(content[at:end]))
            case 5:
                # Digits are where amounts, dates and lengths stand.
                places = [place for place in range(at, min(at + 400, len(content))) if 48 <= content[place] <= 57]
                if places:
                    content[chance.choice(places)] = chance.choice(b"0123456789-.,")
    return bytes(content)


def targets(book: Book, folder: Path) -> dict[str, Target]:
    """Every way by which a file of others comes into the program."""
    day = date(2026, 3, 2)
    told = [Told(day, 11_900), Told(date(2026, 3, 3), -250, text="Gebühr"), Told(date(2026, 3, 4), 5_000)]
    account, count = add_account(book), itertools.count()
    banks: dict[str, tuple[bytes, ...]] = {
        "camt": (CAMT, statement_files.camt(folder / "a.xml", told, opening=0).read_bytes()),
        "mt940": (statement_files.mt940(folder / "a.sta", told, opening=0).read_bytes(),),
        "ofx": (OFX.replace(b"USD", b"EUR"),),
        "qif": (QIF,),
        "bank csv": (statement_files.csv(folder / "a.csv", told).read_bytes(),),
    }
    public = cases_dir()
    for name in ("camt", "mt940", "ofx"):
        if public is not None:
            files = sorted(path for path in (public / "bank" / name).rglob("*") if path.is_file())
            others = tuple(path.read_bytes() for path in files if path.stat().st_size < 60_000)
            # As often a file of the firm's own account, so that lines are written as well.
            banks[name] = banks[name] * (len(others) // len(banks[name])) + others
    banks["bank zip"] = (_zipped({"a.xml": banks["camt"][1], "b.sta": banks["mt940"][0]}),)

    def statement(content: bytes) -> object:
        # A table is known for one by its name.
        path = folder / ("statement.csv" if content[:1] == b'"' else "statement")
        path.write_bytes(content)
        try:
            # Were all taken in, thousands of lines of one day would have to be told apart at each file.
            if next(count) % 20:
                return preview(book, [path], today=TODAY, account_id=account)
            return take_in(book, [path], actor=ANNE, today=TODAY, account_id=account)
        finally:
            path.unlink()

    def archive(content: bytes) -> object:
        path = folder / "archive.zip"
        path.write_bytes(content)
        return verify_archive(path, book)

    def opened(content: bytes) -> object:
        path = folder / "other.sheaf"
        path.write_bytes(content)
        try:
            with look_into(path) as connection:
                connection.execute("SELECT count(*) FROM invoice").fetchone()
            with open_book(path) as other:
                return check(other)
        finally:
            for left in folder.glob("*other*"):
                left.unlink()

    def table(kind: str) -> Importer:
        return lambda content: import_file(book, kind, content, actor=ANNE, today=TODAY, name=f"{kind}.csv")

    found = {f"table {kind}": Target(table(kind), _tables(SAMPLES[kind])) for kind in KINDS}
    found |= {name: Target(statement, seeds) for name, seeds in banks.items()}
    with new_book(folder, file="Whole.sheaf") as whole:
        place = whole.path
    found["template"] = Target(
        lambda content: import_template(book, content.decode("utf-8", "surrogateescape"), actor=ANNE),
        tuple(template_text(template_version(book, row.version_id)).encode() for row in templates(book)),
    )
    found["portal answer"] = Target(
        portal_answers, (b'[{"Irn":"a1","AckNo":1126,"AckDt":"2026-04-01 10:00:00","SignedQRCode":"e30.e30.e30"}]',)
    )
    returned = Path(__file__).parents[1] / "delivery" / "mail" / "returned"
    mails = tuple(path.read_bytes() for path in sorted(returned.iterdir()) if path.is_file())
    found["returned mail"] = Target(heard, mails or (b"From: a\r\n\r\nUndelivered",))
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(picture, "PNG")
    found["logo"] = Target(lambda content: set_logo(book, "logo.png", content, actor=ANNE), (picture.getvalue(),))
    add_invoice(book, add_client(book, "ARC"), TODAY, (10_000, 19))
    write_archive(book, folder / "archive.zip", first=TODAY, last=TODAY)
    found["archive"] = Target(archive, ((folder / "archive.zip").read_bytes(),))
    found["book"] = Target(opened, (place.read_bytes(),))
    return found


def _tables(text: str) -> tuple[bytes, ...]:
    rows = [line.split("," if "," in line else ";") for line in text.splitlines()]
    return text.encode(), text.encode("utf-16"), xlsx({"Sheet": rows}), ods({"Sheet": rows})


def _zipped(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return held.getvalue()


@dataclass
class Eaten:
    """What one importer made of the flood; `wrong` are files that were answered by something else than a sentence."""

    files: int = 0
    taken: int = 0
    refused: int = 0
    slowest: float = 0.0
    wrong: list[tuple[bytes, BaseException]] = field(default_factory=list)


def flood(target: Target, size: int, seed: int, fewest: int = 0) -> Eaten:
    """Feed until so many bytes are eaten, and so many files."""
    chance = random.Random(seed)
    told, eaten = Eaten(), 0
    before = signal.signal(signal.SIGALRM, _too_slow)
    while eaten < size or told.files < fewest:
        content = mutated(chance, target.seeds)
        eaten += max(len(content), 1)
        told.files += 1
        began = time.monotonic()
        signal.alarm(LONGEST)
        try:
            target.swallow(content)
            told.taken += 1
        except UserError as refused:
            told.refused += 1
            if not refused.message or not refused.remedy:
                told.wrong.append((content, refused))
        except Exception as error:
            told.wrong.append((content, error))
        finally:
            signal.alarm(0)
        told.slowest = max(told.slowest, time.monotonic() - began)
    signal.signal(signal.SIGALRM, before)
    return told


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow


def main() -> int:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    named = sys.argv[2:]
    kept = Path(tempfile.mkdtemp(prefix="flood-"))
    wrong = 0
    folder = kept / "work"
    folder.mkdir()
    with new_book(folder) as book:
        for name, target in targets(book, folder).items():
            if named and name not in named:
                continue
            told = flood(target, size, seed=1, fewest=size // 50_000)
            wrong += len(told.wrong)
            print(
                f"{name}: {told.files} files, {told.taken} taken, {told.refused} refused, slowest {told.slowest:.2f} s",
                flush=True,
            )
            for number, (content, error) in enumerate(told.wrong):
                file = kept / f"{name.replace(' ', '-')}-{number}"
                file.write_bytes(content)
                print(f"  {error!r}\n  kept in {file}", flush=True)
        problems = check(book).problems
        print(f"The book after it: {problems or 'clean'}")
    shutil.rmtree(folder)
    return 1 if wrong or problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
