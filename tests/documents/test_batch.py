"""Rendering in processes: the same files in the same order, whatever happens to a process or to the disk."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop.documents import batch
from desktop.documents.batch import RenderPool, Written, make_batch, render_batch
from desktop.documents.render import render_pdf
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.file_names import safe_name
from desktop.domain.template import Layout
from desktop.errors import UserError
from tests.documents.papers import BUYER, LOGO, PLAIN, document

Job = tuple[Document, TemplateVersion]
NAMES = ("Elm & Sons", "Ελληνική Ενέργεια", "Шевченко", "Łódź", "ქართული", "漢字")


def jobs(count: int) -> list[Job]:
    """Documents of several languages, currencies, scripts and templates."""
    found = []
    for number in range(1, count + 1):
        paper = document(
            1 + number % 4,
            number=f"INV/2026/{number:04d}",
            language=("de", "en", "fr", "de-CH")[number % 4],
            currency=("EUR", "CHF")[number % 2],
            buyer=replace(BUYER, name=NAMES[number % len(NAMES)]),
            issue_date=date(2026, 11, 1 + number % 28),
        )
        found.append((paper, LOGO if number % 3 else replace(PLAIN, layout=Layout(page="LETTER"))))
    return found


@pytest.fixture(scope="module")
def pool() -> Iterator[RenderPool]:
    with RenderPool(2) as started:
        yield started


def test_files_are_those_of_a_single_rendering_and_in_order(tmp_path: Path, pool: RenderPool) -> None:
    wanted = jobs(230)
    folder = tmp_path / "new" / "folder"
    written = list(render_batch(wanted, folder, pool=pool))
    assert [row.number for row in written] == [paper.number for paper, _ in wanted]
    for row, (paper, template) in zip(written, wanted, strict=True):
        data = row.path.read_bytes()
        assert data == render_pdf(paper, template)
        assert row.sha256 == hashlib.sha256(data).hexdigest()
        assert row.size == len(data)
    assert written[0].path.name == "INV-2026-0001.pdf"
    assert sorted(row.path.name for row in written) == sorted(
        file.name for file in (tmp_path / "new" / "folder").iterdir()
    )


def test_few_documents_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: RenderPool) -> None:
        raise AssertionError("a pool was started")

    monkeypatch.setattr(RenderPool, "start", refuse)
    for count in (0, 1, 2):
        assert len(list(render_batch(jobs(count), tmp_path))) == count
    with pytest.raises(AssertionError, match="a pool was started"):
        list(render_batch(jobs(3), tmp_path))


def test_jobs_may_come_one_by_one_and_progress_is_told(tmp_path: Path, pool: RenderPool) -> None:
    told: list[tuple[int, int, str]] = []
    source = iter(jobs(120))
    rows = list(render_batch(source, tmp_path, report=lambda *what: told.append(what), pool=pool, total=120))
    assert len(rows) == 120
    assert [done for done, _, _ in told] == [50, 100, 120]
    assert {total for _, total, _ in told} == {120}
    assert told[-1][2] == "120 of 120 documents written"


def test_jobs_are_taken_as_they_are_needed(tmp_path: Path, pool: RenderPool) -> None:
    """So that a hundred thousand documents need not be in memory at once."""
    taken = 0

    def source() -> Iterator[Job]:
        nonlocal taken
        for job in jobs(900):
            taken += 1
            yield job

    rows = render_batch(source(), tmp_path, pool=pool)
    next(rows)
    assert taken <= 50 * 2 * 4 + 3
    with pytest.raises(RuntimeError, match="one batch at a time"):
        next(render_batch(jobs(5), tmp_path, pool=pool))
    rows.close()
    assert len(list(render_batch(jobs(5), tmp_path, pool=pool))) == 5


def test_a_cancel_ends_the_batch_and_not_the_pool(tmp_path: Path, pool: RenderPool) -> None:
    class Cancelled(Exception):
        pass

    def report(done: int, total: int, text: str) -> None:
        if done >= 100:
            raise Cancelled

    given: list[Written] = []
    with pytest.raises(Cancelled):
        given.extend(render_batch(jobs(400), tmp_path / "first", report=report, pool=pool))
    assert len(given) == 100
    assert all(row.path.read_bytes().endswith(b"%%EOF\n") for row in given)
    assert not list((tmp_path / "first").glob("*.part"))
    assert len(list(render_batch(jobs(60), tmp_path / "second", pool=pool))) == 60


@pytest.mark.parametrize("killed", [1, 2])
def test_a_process_that_is_killed_loses_nothing(tmp_path: Path, killed: int) -> None:
    wanted = jobs(400)
    with RenderPool(2) as fresh:
        fresh.start()
        rows = render_batch(wanted, tmp_path, pool=fresh)
        written = [next(rows)]
        for process in fresh.process_ids()[:killed]:
            os.kill(process, getattr(signal, "SIGKILL", signal.SIGTERM))
        written += rows
        assert [row.number for row in written] == [paper.number for paper, _ in wanted]
        assert all(hashlib.sha256(row.path.read_bytes()).hexdigest() == row.sha256 for row in written)
        assert len(fresh.process_ids()) == 2


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path, pool: RenderPool) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    for count in (1, 5):
        with pytest.raises(UserError) as refused:
            list(render_batch(jobs(count), blocked / "folder", pool=pool))
        assert "a file" in refused.value.message
        assert refused.value.remedy


@pytest.mark.parametrize("count", [2, 5])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, pool: RenderPool, count: int) -> None:
    (tmp_path / "INV-2026-0002.pdf").mkdir()
    with pytest.raises(UserError) as refused:
        list(render_batch(jobs(count), tmp_path, pool=pool))
    assert "INV-2026-0002.pdf" in refused.value.message
    assert not list(tmp_path.glob("*.part"))
    assert len(list(render_batch(jobs(4), tmp_path / "after", pool=pool))) == 4


def test_a_broken_logo_is_refused_before_anything_is_written(tmp_path: Path, pool: RenderPool) -> None:
    broken = replace(PLAIN, logo=b"no picture")
    with pytest.raises(UserError, match="logo"):
        list(render_batch([(document(1), broken)] * 5, tmp_path, pool=pool))
    assert list(tmp_path.iterdir()) == []


def test_a_bug_in_a_process_keeps_its_traceback(tmp_path: Path, pool: RenderPool) -> None:
    wrong = replace(document(1), issue_date="30 November")  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="Traceback"):
        list(render_batch([(wrong, PLAIN)] * 5, tmp_path, pool=pool))
    assert len(list(render_batch(jobs(4), tmp_path / "after", pool=pool))) == 4


@pytest.mark.parametrize(
    "number, name",
    [
        ("INV-2026-0418", "INV-2026-0418"),
        ("2026/0418", "2026-0418"),
        ("a\\b:c*d?", "a-b-c-d-"),
        ("..", ""),
        ("con", "_con"),
        ("NUL.2026", "_NUL.2026"),
        ("R 12. ", "R 12"),
        ("Rechnung Nº 7", "Rechnung Nº 7"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_number_makes_a_name_for_every_system(number: str, name: str) -> None:
    assert safe_name(number) == name


def test_names_that_meet_are_kept_apart(tmp_path: Path) -> None:
    numbers = ["A/1", "A-1", "a-1", "", ""]
    rows = list(batch.render_batch([(document(1, number=number), PLAIN) for number in numbers], tmp_path, processes=1))
    assert [row.path.name for row in rows] == ["A-1.pdf", "A-1-2.pdf", "a-1-3.pdf", "draft-4.pdf", "draft-5.pdf"]
    assert [row.number for row in rows] == numbers


def test_a_process_loads_little() -> None:
    """Two processes that loaded ReportLab, Babel or Qt would start slower than they render."""
    script = "import sys, desktop.documents.worker; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"reportlab", "babel", "PIL", "PySide6", "sqlalchemy", "dateutil"}
    assert "desktop.i18n" not in done.stdout.split()


def test_files_in_memory_are_those_on_the_disk_in_any_mix_of_forms(pool: RenderPool) -> None:
    wanted = [(*job, form) for job in jobs(70) for form in ("pdf", "facturx")]
    made = list(make_batch(wanted, pool))
    assert len(made) == 140
    for piece, (paper, template, form) in zip(made, wanted, strict=True):
        whole = piece.prefix + piece.rest
        assert whole == render_pdf(paper, template, form)
        assert piece.sha256 == hashlib.sha256(whole).hexdigest()
    assert list(make_batch(wanted[:2])) == made[:2]


@pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by a signal")
def test_files_in_memory_outlive_a_killed_process() -> None:
    wanted = [(*job, "pdf") for job in jobs(400)]
    with RenderPool(2) as fresh:
        files = make_batch(wanted, fresh)
        first = next(files)
        os.kill(fresh.process_ids()[0], signal.SIGKILL)
        made = [first, *files]
        assert [piece.prefix + piece.rest for piece in made] == [render_pdf(*job) for job in wanted]
