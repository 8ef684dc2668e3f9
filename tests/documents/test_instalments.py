"""The schedule of a document that is due in parts."""

from dataclasses import replace
from datetime import date

import pytest

from desktop.documents.render import render_pdf
from desktop.domain.document import Document
from desktop.domain.terms import parse_terms
from tests.documents.papers import PLAIN, document, pages, text


def in_parts(terms: str, made: Document) -> Document:
    parts = parse_terms(terms).instalments(made.issue_date, made.payable)
    return replace(made, instalments=parts, due_date=parts[-1][0], terms="")


@pytest.mark.parametrize(
    "language, shown",
    [
        (
            "en",
            [
                "Payment",
                "in 2 instalments",
                "Please pay €5,690.82 in 2 instalments:",
                "Instalment",
                "Share",
                "1 of 2",
                "30%",
                "30 Nov 2026",
                "1,707.25",
                "INV-2026-0418/2",
                "3,983.57",
            ],
        ),
        ("de", ["Zahlung", "in 2 Raten", "1 von 2", "Anteil", "30.12.2026", "3.983,57"]),
        ("fr", ["Paiement", "en 2 versements", "1 sur 2", "Part", "30 déc. 2026"]),
    ],
)
def test_each_part_with_its_share_day_and_reference(language: str, shown: list[str]) -> None:
    found = text(render_pdf(in_parts("30% now, 70% net 30", document(3, language=language)), PLAIN))
    for words in shown:
        assert words in found, words


def test_shares_that_no_percent_says_are_left_out() -> None:
    found = text(render_pdf(in_parts("1/3 now, 2/3 net 30", document(3, language="en")), PLAIN))
    assert "Share" not in found
    assert "1,896.94" in found


def test_a_draft_has_no_reference_yet() -> None:
    found = text(render_pdf(in_parts("30% now, 70% net 30", document(3, language="en", number="")), PLAIN))
    assert "Payment reference" not in found
    assert "2 of 2" in found


def test_one_due_date_is_said_in_a_sentence() -> None:
    found = text(render_pdf(document(3, language="en", terms=""), PLAIN))
    assert "Please pay €5,690.82 by 30 Dec 2026." in found
    assert "nstalment" not in found


def test_a_long_schedule_goes_on_over_the_page() -> None:
    made = in_parts("60 x monthly", document(9, language="en"))
    first, *others = pages(render_pdf(made, PLAIN))
    assert len(others) == 2
    whole = "\n".join([first, *others])
    assert all(f"{place} of 60" in whole for place in range(1, 61))
    assert made.instalments[-1][0] == date(2031, 11, 30)


def test_the_sentence_stays_with_its_table() -> None:
    for rows in range(8, 24):
        for page in pages(render_pdf(in_parts("50/50 net 0/30", document(rows, language="en")), PLAIN)):
            assert ("in 2 instalments:" in page) == ("INV-2026-0418/1" in page)


def test_a_very_long_number_leaves_room_for_the_figures() -> None:
    number = "HARBOUR-SERVICES-LONDON-BRANCH-2026-PROJECTS-AND-RETAINERS-000418-REVISED"
    found = text(render_pdf(in_parts("3 x monthly", document(3, language="en", number=number)), PLAIN))
    assert f"{number}/1" not in found
    assert "1 of 3 30 Dec 2026 1,896.94" in found
