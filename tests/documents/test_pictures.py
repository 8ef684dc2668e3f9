"""Every template with every kind of paper, compared with pictures that a person has looked at.

`python -m tests.golden` draws them anew after a change of the design; look at them before committing.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.documents.render import render_pdf
from desktop.domain.document import Document
from tests.golden.pictures import FOLDER, SHARE, approved, difference, drawn, file_of, picture, shown
from tests.golden.table import CASES, PAPERS, TEMPLATES


@pytest.mark.parametrize("template, paper", CASES)
def test_the_page_looks_as_it_was_approved(template: str, paper: str, tmp_path: Path) -> None:
    now, before = drawn(template, paper), approved(file_of(template, paper))
    share = difference(now, before)
    if share >= SHARE:
        shown(before, now).save(tmp_path / "difference.png")
    assert share < SHARE, f"{share:.2%} differs; red was, blue is: {tmp_path / 'difference.png'}"


def test_every_picture_has_its_case() -> None:
    assert {file.name for file in FOLDER.glob("*.png")} == {file_of(*case).name for case in CASES}
    assert len(TEMPLATES) >= 7


def test_pictures_are_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.glob("*.png")) < 2_500_000


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_moved_figure_would_be_seen(template: str) -> None:
    """The tolerance is no blindness: another amount in one line of the table already fails."""
    paper = PAPERS["invoice"]
    assert isinstance(paper, Document)
    first = replace(paper.lines[0], net=paper.lines[0].net + 7_777_700)
    changed = picture(render_pdf(replace(paper, lines=(first, *paper.lines[1:])), TEMPLATES[template]))
    before = drawn(template, "invoice")
    assert difference(before, changed) >= SHARE
    assert difference(before, before) == 0
