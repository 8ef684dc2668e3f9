"""What is proposed to go once its time is over, and for how long a firm keeps what."""

from __future__ import annotations

from datetime import date

import pytest

from db.engine import Book
from db.schema import Client
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.privacy.erasing import erase
from desktop.services.privacy.planning import rules_of
from desktop.services.privacy.retaining import due, erasures, set_periods
from tests.contracts import Contracts
from tests.services.privacy.test_erasing import ANNE, LATER, NOW, book, contracts, settle

__all__ = ["book", "contracts"]


def aside(book: Book) -> None:
    settle(book)
    with change(book, ANNE, "Set aside") as made:
        made.update(Client, 1, active=False)


def test_who_was_set_aside_long_ago_may_go(book: Book) -> None:
    assert due(book, today=LATER) == ()
    aside(book)
    assert due(book, today=NOW) == ()
    (plan,) = due(book, today=LATER)
    assert (plan.client_id, plan.until, plan.obstacles) == (1, None, ())
    done = erase(book, 1, reason="over", kind="retention", actor=ANNE, today=LATER)
    assert due(book, today=LATER) == ()
    (told,) = erasures(book)
    assert (told.number, told.kind, told.rows["party"]) == (done.number, "retention", 1)


def test_what_the_law_asks_is_the_least(book: Book, contracts: Contracts) -> None:
    with pytest.raises(UserError, match="§ 147 AO"):
        set_periods(book, documents=7, letters=6, actor=ANNE)
    set_periods(book, documents=12, letters=6, actor=ANNE)
    assert (rules_of(book).retention.documents, rules_of(book).retention.statute) == (12, "")
    aside(book)
    assert due(book, today=date(2037, 1, 1))[0].until == date(2038, 12, 31)
    set_periods(book, documents=None, letters=None, actor=ANNE)
    assert rules_of(book).retention.documents == 8
    assert check(book).clean
