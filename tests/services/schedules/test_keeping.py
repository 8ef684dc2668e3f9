"""Schedules as people set them up: what is refused, what is dropped, what can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import Segment
from desktop.domain.schedule import Times
from desktop.errors import UserError
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.problems import ValidationError
from desktop.services.schedules import cautions as cautions_module
from desktop.services.schedules.cautions import cautions
from desktop.services.schedules.keeping import (
    delete_schedule,
    pause,
    save_schedule,
    schedule_named,
    schedules,
)
from desktop.services.segments import delete_segment
from tests.books import new_book
from tests.contracts import ANNE, rows

NOW = datetime(2026, 1, 15, 12, 30)
WHOLE = {"name": "Month end", "task": "bill", "every": "month", "day": 31, "at": "06:00"}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def save(book: Book, key: int | None = None, now: datetime = NOW, **values: Any) -> int:
    given = values if key else WHOLE | values
    return save_schedule(book, given, actor=ANNE, now=now, schedule_id=key)


def test_a_schedule_is_kept_as_it_was_given(book: Book) -> None:
    save(book, most_documents=400, most_amount=2_000_000_00, through="last_month", at="6.05")
    (one,) = schedules(book)
    assert one.times == Times("month", time(6, 5), day=31)
    assert (one.name, one.task, one.through) == ("Month end", "bill", "last_month")
    assert (one.most_documents, one.most_amount) == (400, 2_000_000_00)
    assert (one.active, one.catch_up, one.since) == (True, True, NOW)
    assert schedule_named(book, " Month end ") == one


@pytest.mark.parametrize(
    "field, values",
    [
        ("name", {"name": ""}),
        ("task", {"task": "dance"}),
        ("every", {"every": "year"}),
        ("day", {"day": None}),
        ("day", {"day": 32}),
        ("weekday", {"every": "week"}),
        ("at", {"at": "24:00"}),
        ("at", {"at": "noon"}),
        ("at", {"at": ""}),
        ("through", {"through": "next_year"}),
        ("most_documents", {"most_documents": -1}),
        ("segment_id", {"segment_id": 77}),
    ],
)
def test_each_wrong_field_says_so(book: Book, field: str, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        save(book, **values)
    assert list(refused.value.fields) == [field]
    assert schedules(book) == []


def test_a_name_is_given_once(book: Book) -> None:
    save(book)
    with pytest.raises(ValidationError, match="There is a schedule “Month end” already"):
        save(book, name="month END")


def test_what_means_nothing_beside_the_rest_is_dropped(book: Book) -> None:
    key = save(book, most_documents=5)
    save(book, key, task="send", every="week", weekday=2, day=15)
    (one,) = schedules(book)
    assert (one.times, one.most_documents) == (Times("week", time(6), weekday=2), None)


def test_a_change_is_undone_as_one(book: Book) -> None:
    key = save(book)
    save(book, key, at="07:30", name="Early")
    assert undo(book, ANNE) == "Change schedule Month end"
    (one,) = schedules(book)
    assert (one.name, one.times.at, one.since) == ("Month end", time(6), NOW)
    pause(book, key, on=True, actor=ANNE, now=NOW)
    assert not schedules(book)[0].active
    delete_schedule(book, key, actor=ANNE)
    assert schedules(book) == []
    undo(book, ANNE)
    assert schedules(book)[0].name == "Month end"
    assert check(book).clean


def test_a_new_time_begins_anew_and_a_new_limit_does_not(book: Book) -> None:
    key = save(book)
    later = datetime(2026, 3, 3, 3)
    save(book, key, now=later, most_documents=3)
    assert schedules(book)[0].since == NOW
    save(book, key, now=later, at="06:01")
    assert schedules(book)[0].since == later


def test_a_name_that_is_none_tells_those_there_are(book: Book) -> None:
    save(book)
    with pytest.raises(UserError, match=r"There is no schedule “Moon”. There are: Month end\."):
        schedule_named(book, "Moon")


def test_a_segment_that_a_schedule_is_for_is_not_deleted(book: Book) -> None:
    with change(book, ANNE, "Segment") as made:
        segment = made.insert(Segment, name="Retainers")
    key = save(book, segment_id=segment)
    assert schedules(book)[0].segment == "Retainers"
    with pytest.raises(UserError, match="The schedule “Month end” is for segment Retainers"):
        delete_segment(book, segment, actor=ANNE)
    save(book, key, segment_id=None)
    delete_segment(book, segment, actor=ANNE)
    assert rows(book, "SELECT name FROM segment WHERE name = 'Retainers'") == []


# What stands in the way of sending


ACCOUNT = {"name": "Office", "sender": "a@example.com", "host": "mail.example.com", "port": 587, "user": "a"}


def test_billing_needs_no_secrets(book: Book) -> None:
    assert cautions(book, "bill") == []


def test_sending_without_an_account_is_said(book: Book) -> None:
    assert cautions(book, "send") == ["No e-mail account is set up yet: without one this cannot work."]


def test_sending_without_a_keyring_or_a_password_is_said(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.services.delivery.mail.accounts import save_account

    save_account(book, ACCOUNT, actor=ANNE)
    monkeypatch.setattr(cautions_module, "has_keyring", lambda: False)
    (said,) = cautions(book, "send")
    assert said.startswith("This system has no keyring that keeps passwords")
    monkeypatch.setattr(cautions_module, "has_keyring", lambda: True)
    monkeypatch.setattr(cautions_module, "needs_secret", lambda _account: True)
    (said,) = cautions(book, "send")
    assert said.startswith("The password of “Office” is not kept")
    monkeypatch.setattr(cautions_module, "needs_secret", lambda _account: False)
    assert cautions(book, "send") == []


def test_an_account_without_login_needs_no_keyring(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.services.delivery.mail.accounts import save_account

    save_account(book, ACCOUNT | {"auth": "none", "user": ""}, actor=ANNE)
    monkeypatch.setattr(cautions_module, "has_keyring", lambda: False)
    assert cautions(book, "send") == []
