"""Today tells of changes that wait to be decided, and of one that could not come into force."""

from datetime import date

from desktop.services import firm
from desktop.services.configuration.applying import accept, apply_due
from desktop.services.configuration.proposing import propose
from desktop.services.today import today as look
from tests.books import new_book

TODAY = date(2026, 11, 22)


def _propose(book, terms, day):
    return propose(
        book,
        lambda: firm.update_firm(book, {"terms": terms}, actor="Ada"),
        summary="Terms",
        reason="",
        from_day=day,
        actor="Ada",
        today=TODAY,
    )


def _items(book, today=TODAY):
    found = look(book, today, f"{today}T12:00:00Z").items
    return [(one.kind, one.sentence) for one in found if one.kind.startswith("configuration")]


def test_what_waits_to_be_decided_stands_there_until_it_is(tmp_path):
    with new_book(tmp_path) as book:
        assert _items(book) == []
        number = _propose(book, "net 7", date(2026, 11, 23))
        assert _items(book) == [("configuration", f"{number} waits to be decided: Terms")]
        for _more in range(3):
            _propose(book, "net 10", date(2026, 11, 23))
        assert _items(book) == [("configuration", "4 proposed changes wait to be decided")]


def test_one_that_does_not_fit_any_more_is_told(tmp_path):
    with new_book(tmp_path) as book:
        for terms in ("net 7", "net 14"):
            accept(book, _propose(book, terms, date(2026, 12, 1)), actor="Ben", today=TODAY)
        apply_due(book, today=date(2026, 12, 2))
        assert _items(book, date(2026, 12, 2)) == [
            ("configuration_stuck", "C-2026-0002 could not come into force on 1 Dec 2026")
        ]
