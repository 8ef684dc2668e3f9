from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.engine import Book
from db.guard import NotAllowed, SignInNeeded
from desktop.errors import UserError
from desktop.services.access.passphrases import (
    change_own,
    open_to_everyone,
    set_passphrase,
    take_away,
    with_passphrase,
)
from desktop.services.access.signing_in import entries, must_change, sign_in, sign_out, who_may_sign_in
from desktop.services.access.standing_in import on_behalf
from desktop.services.books import open_
from desktop.services.changes import undo
from desktop.services.check import check
from desktop.services.people import people, remove_person, save_person
from tests.access import WORDS, as_role, guard, person
from tests.books import new_book

OTHER = "nine quiet lanterns"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        moment = datetime(2026, 3, 2, 9, tzinfo=UTC)
        made.clock = lambda: moment
        yield made


def later(book: Book, seconds: int) -> None:
    moment = book.clock() + timedelta(seconds=seconds)
    book.clock = lambda: moment


def refused(book: Book, name: str, words: str) -> str:
    with pytest.raises(UserError) as error:
        sign_in(book, name, words)
    return str(error.value)


def test_the_first_passphrase_is_an_owners_and_signs_the_owner_in(book: Book) -> None:
    clerk = person(book, "Carla", "clerk")
    with pytest.raises(UserError, match="owner"):
        set_passphrase(book, clerk, WORDS, actor="Carla")
    before = book.guarded
    guard(book)
    assert (before, book.guarded) == (False, True)
    assert book.signed_in is not None
    assert (book.signed_in.name, book.signed_in.role) == ("Olga", "owner")


def test_a_guarded_book_opens_for_nobody_before_a_sign_in(book: Book) -> None:
    guard(book)
    path = book.path
    book.close()
    with open_(path) as again:
        assert again.guarded
        with pytest.raises(SignInNeeded):
            people(again)
        assert who_may_sign_in(again) == ("Olga",)
        assert sign_in(again, "Olga", WORDS).role == "owner"
        assert people(again)[0]["name"] == "Olga"
        sign_out(again)
        with pytest.raises(SignInNeeded):
            people(again)
    with open_(path, read_only=True) as again:
        assert refused(again, "Olga", OTHER)
        assert sign_in(again, "Olga", WORDS).name == "Olga"


def test_the_same_letters_of_another_keyboard_sign_in(book: Book) -> None:
    number = guard(book)
    set_passphrase(book, number, "drei gro\u0308\u00dfe Fische", actor="Olga")
    assert sign_in(book, "Olga", "drei gr\u00f6\u00dfe Fische")


def test_the_hash_is_argon2id_and_stands_in_no_log(book: Book) -> None:
    guard(book)
    with book.reading() as session:
        connection = session.connection()
        kept = str(connection.exec_driver_sql("SELECT hash FROM passphrase").scalar())
        told = connection.exec_driver_sql(
            "SELECT group_concat(coalesce(before, '') || coalesce(after, '')) FROM audit_payload"
        ).scalar()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert kept not in str(told)
    book.close()
    content = book.path.read_bytes()
    assert WORDS.encode() not in content


def test_wrong_tries_make_a_name_wait(book: Book) -> None:
    guard(book)
    for _again in range(3):
        assert "do not belong together" in refused(book, "Olga", OTHER)
    assert "5 more seconds" in refused(book, "Olga", WORDS)
    later(book, 4)
    assert "1 more second." in refused(book, "Olga", WORDS)
    later(book, 1)
    assert "do not belong together" in refused(book, "Olga", OTHER)
    assert "10 more seconds" in refused(book, "Olga", WORDS)
    later(book, -3600)
    assert "10 more seconds" in refused(book, "Olga", WORDS)
    later(book, 3610)
    assert sign_in(book, "Olga", WORDS)
    assert "do not belong together" in refused(book, "Olga", OTHER)
    assert sign_in(book, "Olga", WORDS)


def test_one_name_that_waits_keeps_no_other_out(book: Book) -> None:
    guard(book)
    set_passphrase(book, person(book, "Carla", "clerk"), OTHER, actor="Olga")
    for _again in range(4):
        refused(book, "Carla", WORDS)
    assert sign_in(book, "Olga", WORDS)


def test_who_came_and_who_was_refused_is_kept(book: Book) -> None:
    guard(book)
    refused(book, "Olga", OTHER)
    refused(book, WORDS, "")
    sign_in(book, "Olga", WORDS)
    sign_out(book)
    sign_in(book, "Olga", WORDS)
    found = [(one.name, one.outcome) for one in reversed(entries(book))]
    # What was typed as the name may be the passphrase.
    assert found == [("Olga", "refused"), ("", "refused"), ("Olga", "in"), ("Olga", "out"), ("Olga", "in")]


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaa", "Olgaolga", "x" * 1001])
def test_a_weak_passphrase_is_refused(book: Book, weak: str) -> None:
    number = person(book, "Olga", "owner")
    with pytest.raises(UserError):
        set_passphrase(book, number, weak, actor="Olga")
    assert not book.guarded


def test_one_changes_ones_own_with_the_old_one(book: Book) -> None:
    guard(book)
    clerk = person(book, "Carla", "clerk")
    set_passphrase(book, clerk, OTHER, actor="Olga", must_change=True)
    sign_in(book, "Carla", OTHER)
    assert must_change(book)
    with pytest.raises(UserError, match="present passphrase"):
        change_own(book, WORDS, "three cold mornings")
    with pytest.raises(UserError, match="is the old one"):
        change_own(book, OTHER, OTHER)
    change_own(book, OTHER, "three cold mornings")
    assert not must_change(book)
    assert refused(book, "Carla", OTHER)
    assert sign_in(book, "Carla", "three cold mornings")
    with pytest.raises(NotAllowed):
        set_passphrase(book, 1, OTHER, actor="Carla")
    with pytest.raises(NotAllowed):
        take_away(book, clerk, actor="Carla")


def test_the_last_owner_stays_an_owner_whatever_is_done(book: Book) -> None:
    owner = guard(book)
    clerk = person(book, "Carla", "clerk")
    set_passphrase(book, clerk, OTHER, actor="Olga")
    for harm in (
        lambda: save_person(book, {"role": "clerk"}, actor="Olga", person_id=owner),
        lambda: save_person(book, {"active": False}, actor="Olga", person_id=owner),
        lambda: remove_person(book, owner, actor="Olga"),
        lambda: take_away(book, owner, actor="Olga"),
    ):
        with pytest.raises(UserError, match="last owner"):
            harm()
    save_person(book, {"role": "owner"}, actor="Olga", person_id=clerk)
    made_owner = _last_change(book)
    save_person(book, {"role": "bookkeeper"}, actor="Olga", person_id=owner)
    assert book.signed_in is not None
    assert book.signed_in.role == "bookkeeper"
    sign_in(book, "Carla", OTHER)
    with pytest.raises(UserError, match="last owner"):
        undo(book, "Carla", made_owner)


def _last_change(book: Book) -> int:
    with book.reading() as session:
        return int(session.connection().exec_driver_sql("SELECT max(id) FROM change_set").scalar_one())


def test_who_left_signs_in_no_more(book: Book) -> None:
    guard(book)
    clerk = person(book, "Carla", "clerk")
    set_passphrase(book, clerk, OTHER, actor="Olga")
    save_person(book, {"active": False}, actor="Olga", person_id=clerk)
    refused(book, "Carla", OTHER)
    assert who_may_sign_in(book) == ("Olga",)
    with pytest.raises(UserError, match="Carla"):
        on_behalf(book, "Carla")
    remove_person(book, clerk, actor="Olga")
    assert with_passphrase(book) == frozenset({1})
    assert check(book).problems == ()


def test_the_program_acts_by_the_role_as_it_stands(book: Book) -> None:
    assert on_behalf(book, "anybody") is book
    guard(book)
    clerk = person(book, "Carla", "clerk")
    view = on_behalf(book, "Carla")
    assert view.signed_in is not None
    assert (view.signed_in.role, view.signed_in.behalf) == ("clerk", True)
    save_person(book, {"role": "reader"}, actor="Olga", person_id=clerk)
    standing = on_behalf(book.acting(None), "Carla")
    assert standing.signed_in is not None
    assert standing.signed_in.role == "reader"


def test_an_owner_opens_the_book_to_everyone_again(book: Book) -> None:
    guard(book)
    with pytest.raises(NotAllowed):
        open_to_everyone(as_role(book, "bookkeeper"), actor="Rita")
    open_to_everyone(book, actor="Olga")
    assert not book.guarded
    assert people(book.acting(None))
    guard(book)
    take_away(book, 1, actor="Olga")
    assert not book.guarded
