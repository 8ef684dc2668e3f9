import threading

import pytest

from db.schema import Client
from desktop.services.changes import change
from tests.books import new_book
from tests.contracts import Contracts, value


@pytest.fixture
def book(tmp_path):
    with new_book(tmp_path) as opened:
        yield opened


def _count(book):
    return value(book, "SELECT count(*) FROM client")


def _add_and_fail(book):
    with change(book, "Ada", "Add") as made:
        made.insert(Client, code="C2", name="Two", country="DE", currency="EUR")
        raise RuntimeError("no")


def test_what_is_rehearsed_is_read_within_and_gone_after(book):
    Contracts(book).client("C0")
    log = value(book, "SELECT count(*) FROM audit_event")
    with book.rehearsing():
        first = Contracts(book).client("C1")
        with change(book, "Ada", "Rename") as made:
            made.update(Client, first, name="Nord")
        assert value(book, "SELECT name FROM client WHERE id = ?", first) == "Nord"
        assert _count(book) == 2
    assert _count(book) == 1
    assert value(book, "SELECT count(*) FROM audit_event") == log


def test_a_use_case_that_raises_takes_back_its_own_part_only(book):
    with book.rehearsing():
        Contracts(book).client("C1")
        with pytest.raises(RuntimeError, match="no"):
            _add_and_fail(book)
        assert _count(book) == 1


def test_an_error_within_leaves_the_book_writable(book):
    with pytest.raises(RuntimeError, match="no"), book.rehearsing():
        _add_and_fail(book)
    Contracts(book).client("C2")
    assert _count(book) == 1


def test_other_threads_see_the_book_as_it_is(book):
    seen = []
    with book.rehearsing():
        Contracts(book).client("C1")
        other = threading.Thread(target=lambda: seen.append(_count(book)))
        other.start()
        other.join()
    assert seen == [0]


def test_one_rehearsal_at_a_time(book):
    with book.rehearsing(), pytest.raises(RuntimeError), book.rehearsing():
        pass
