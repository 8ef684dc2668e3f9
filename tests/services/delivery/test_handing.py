"""What a person hands over: only what waited for it is marked, its files are kept, and it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.queries.registering import SINCE
from desktop.services.book_settings import set_book_setting
from desktop.services.changes import undo
from desktop.services.delivery.handover.bundle import hand_over_run
from desktop.services.delivery.handover.handing import hand_over, waiting_by_hand
from desktop.services.delivery.handover.portal import hand_over_pages
from desktop.services.delivery.kept import file_of
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.issued import add_client, add_invoice
from tests.outgoing import stand
from tests.services.test_registrations import indian_book

DAY = date(2026, 3, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Two by hand, one by mail, one by hand that cannot be the e-invoice that it should be."""
    with new_book(tmp_path) as made:
        add_client(made, "ACME")
        for channel, form in (("hand", "pdf"), ("email", "pdf"), ("hand", "pdf"), ("hand", "ubl")):
            stand(made, add_invoice(made, 1, DAY, (10_000, 19)), channel=channel, form=form, state="waiting")
        yield made


def states(book: Book) -> list[str]:
    return [row[0] for row in rows(book, "SELECT state FROM delivery ORDER BY id")]


def test_what_waited_for_a_hand_is_marked_and_kept(book: Book) -> None:
    assert waiting_by_hand(book, [1, 2, 3]) == (1, 3)
    went = file_of(book, 1)
    assert len(hand_over(book, [1, 2, 3], actor=ANNE)) == 2
    assert states(book) == ["sent", "waiting", "sent", "waiting"]
    assert rows(book, "SELECT invoice_id, form FROM rendering") == [(1, "pdf"), (3, "pdf")]
    assert file_of(book, 1) == went
    assert waiting_by_hand(book, [1, 2, 3, 4]) == (4,)
    assert hand_over(book, [1, 2, 3], actor=ANNE) == ()


def test_what_waits_for_its_registration_is_not_handed_over(tmp_path: Path) -> None:
    with indian_book(tmp_path) as india:
        everything = [row[0] for row in rows(india, "SELECT id FROM invoice ORDER BY id")]
        for (title,) in rows(india, "SELECT title FROM delivery"):
            stand(india, title, channel="hand", form="pdf", state="waiting")
        set_book_setting(india, SINCE, "2026-05-01", actor=ANNE)
        # The consumer's alone needs none.
        assert len(waiting_by_hand(india, everything)) == 1
        assert len(hand_over(india, everything, actor=ANNE)) == 1
        assert sorted(states(india)) == ["sent", "waiting", "waiting"]
        assert value(india, "SELECT count(*) FROM rendering") == 1
        made = hand_over_pages(india, tmp_path / "out", as_of=date(2026, 6, 30))
        assert {one.client: len(list(one.path.parent.rglob("*.pdf"))) for one in made} == {"B2B": 0, "B2C": 1, "EXP": 0}
        assert [one.documents for one in made] == [1, 1, 1]


def test_it_is_taken_back(book: Book) -> None:
    hand_over(book, [1], actor=ANNE)
    undo(book, ANNE)
    assert states(book) == ["waiting"] * 4


def test_what_cannot_take_its_form_is_handed_over_all_the_same(book: Book) -> None:
    hand_over(book, [4], actor=ANNE)
    assert states(book)[3] == "sent"
    assert value(book, "SELECT count(*) FROM rendering") == 0


def test_a_run_in_a_zip_is_handed_over_unless_told_otherwise(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        made = Contracts(book)
        made.agreement(made.client("C1", delivery="pdf"))
        made.agreement(made.client("C2", delivery="print"), "A2")
        run = made.bill("2026-01-31").run
        assert value(book, "SELECT count(*) FROM delivery") == 2
        left = hand_over_run(book, tmp_path / "left.zip", run, actor=ANNE, marked=False)
        assert (left.handed_over, left.archive.documents) == ((), 2)
        assert states(book) == ["waiting", "waiting"]
        given = hand_over_run(book, tmp_path / "run.zip", run, actor=ANNE)
        assert len(given.handed_over) == 1
        assert given.archive.sha256 == left.archive.sha256
        assert rows(book, "SELECT channel, state FROM delivery ORDER BY channel") == [
            ("hand", "sent"),
            ("print", "waiting"),
        ]
        # What went stays as it went, so the ZIP is the same ever after.
        again = hand_over_run(book, tmp_path / "again.zip", run, actor=ANNE)
        assert (again.handed_over, again.archive.sha256) == ((), left.archive.sha256)
