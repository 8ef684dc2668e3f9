import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from db.engine import Book
from db.guard import ALWAYS, AREAS, ROWS, NotAllowed, SignInNeeded
from db.schema import Base, Client, Payment, Person, Setting
from desktop.domain.access import RIGHTS, ROLES, SignedIn, may
from desktop.services.changes import change
from tests.access import as_role, guard
from tests.books import new_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        guard(made)
        yield made


def test_every_table_has_its_right() -> None:
    assert set(AREAS) == set(Base.metadata.tables)
    assert set(AREAS.values()) <= {*RIGHTS, ALWAYS}
    assert {one.table for one in ROWS} <= set(AREAS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("statement", ["DELETE FROM {table}", "UPDATE {table} SET rowid = rowid"])
def test_each_table_takes_writes_of_those_who_may(book: Book, role: str, statement: str) -> None:
    who = as_role(book, role)
    for table, right in AREAS.items():
        allowed = right == ALWAYS or may(role, right)  # type: ignore[arg-type]
        try:
            with who.writing() as session:
                # Nothing matches: only whether it may be asked at all matters.
                session.connection().exec_driver_sql(statement.format(table=table) + " WHERE 0")
        except NotAllowed as refused:
            lacked: str | None = refused.right
        else:
            lacked = None
        assert lacked == (None if allowed else right), table


@pytest.mark.parametrize("role", ["bookkeeper", "clerk", "reader"])
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE other (id INTEGER)",
        "DROP TRIGGER invoice_no_update",
        f"DROP TRIGGER temp.guard_{len(ROWS) - 1}",
        "ATTACH DATABASE ':memory:' AS other",
        "PRAGMA writable_schema = ON",
        "PRAGMA recursive_triggers = OFF",
        "SELECT load_extension('x')",
        "CREATE TEMP TABLE other AS SELECT 1",
    ],
)
def test_nobody_but_an_owner_changes_how_the_book_is_kept(book: Book, role: str, statement: str) -> None:
    with pytest.raises(NotAllowed) as refused, as_role(book, role).writing() as session:
        session.connection().exec_driver_sql(statement)
    assert refused.value.right == "people"


@pytest.mark.parametrize("role", ROLES)
def test_everybody_reads_lists_in_the_way_of_queries(book: Book, role: str) -> None:
    with as_role(book, role).writing() as session:
        found = session.connection().exec_driver_sql("SELECT value FROM json_each('[1, 2]')").fetchall()
    assert [row[0] for row in found] == [1, 2]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_writes_the_schema_itself(book: Book, role: str) -> None:
    with pytest.raises(DBAPIError), as_role(book, role).writing() as session:
        session.connection().exec_driver_sql("UPDATE sqlite_master SET sql = ''")


def test_a_statement_prepared_by_one_person_is_refused_to_the_next(book: Book) -> None:
    statement = "UPDATE item SET name = name WHERE id = -1"
    clerk = as_role(book, "clerk")
    for _again in range(2):
        with book.writing() as session:
            session.connection().exec_driver_sql(statement)
        with pytest.raises(NotAllowed), clerk.writing() as session:
            session.connection().exec_driver_sql(statement)


def _two_writes(book: Book, model: type[Base], **values: object) -> None:
    with change(book, "x", "x") as made:
        made.insert(Client, code="C-1", name="Kept not", country="DE", currency="EUR", language="de")
        made.insert(model, **values)


def test_rights_hold_after_a_transaction_that_failed(book: Book) -> None:
    clerk = as_role(book, "clerk")
    for _again in range(2):
        with pytest.raises(NotAllowed):
            _two_writes(clerk, Setting, key="access.idle_minutes", value="1")
    with book.reading() as session:
        assert session.query(Client).count() == 0


def test_a_refusal_names_the_person_and_takes_everything_back(book: Book) -> None:
    clerk = as_role(book, "clerk")
    with pytest.raises(NotAllowed) as refused:
        _two_writes(clerk, Person, name="Another")
    assert "Rita" in str(refused.value)
    assert refused.value.remedy
    with book.reading() as session:
        assert session.query(Client).count() == 0


def test_what_is_written_is_written_by_who_signed_in(book: Book) -> None:
    with change(as_role(book, "clerk"), "Somebody else", "Add a client") as made:
        made.insert(Client, code="C-1", name="Ash", country="DE", currency="EUR", language="de")
    with book.reading() as session:
        found = session.connection().exec_driver_sql("SELECT actor FROM audit_event ORDER BY id DESC LIMIT 1").scalar()
    assert found == "Rita"


@pytest.mark.parametrize(
    "key, right",
    [
        ("backup.last", None),
        ("today.snoozed", "change"),
        ("backup.folder", "configure"),
        ("bank.policy", "configure"),
        ("limit.credit", "people"),
        ("second_approval_above", "people"),
        ("access.second.refund", "people"),
    ],
)
@pytest.mark.parametrize("role", ROLES)
def test_settings_ask_each_their_own_right(book: Book, role: str, key: str, right: str | None) -> None:
    who = as_role(book, role)

    def keep(value: str | None) -> bool:
        try:
            with who.writing() as session:
                session.connection().exec_driver_sql(
                    "DELETE FROM setting WHERE key = ?"
                    if value is None
                    else "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = '2'",
                    (key,) if value is None else (key, value),
                )
        except NotAllowed:
            return False
        return True

    allowed = right is None or may(role, right)  # type: ignore[arg-type]
    assert keep("1") == allowed
    with book.writing() as session:
        session.connection().exec_driver_sql("INSERT OR IGNORE INTO setting (key, value) VALUES (?, '1')", (key,))
    assert [keep("2"), keep(None)] == [allowed, allowed]


def test_one_changes_ones_own_passphrase_and_no_other(book: Book) -> None:
    reader = as_role(book, "reader")
    assert reader.signed_in is not None
    own = "INSERT INTO passphrase (person_id, hash, set_at, must_change) VALUES (?, 'x', 'x', 0)"
    with reader.writing() as session:
        session.connection().exec_driver_sql(own, (reader.signed_in.person_id,))
    with pytest.raises(NotAllowed), reader.writing() as session:
        session.connection().exec_driver_sql("UPDATE passphrase SET hash = 'y' WHERE person_id = 1")
    with pytest.raises(NotAllowed), reader.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM passphrase")


def test_without_signing_in_nobody_reads_or_writes(book: Book) -> None:
    stranger = book.acting(None)
    with pytest.raises(SignInNeeded), stranger.reading():
        pass
    with pytest.raises(SignInNeeded), stranger.writing():
        pass


def test_a_book_without_passphrases_asks_nobody(tmp_path: Path) -> None:
    with new_book(tmp_path, file="Open.sheaf") as book:
        assert not book.guarded
        with change(book, "Anybody", "Add a person") as made:
            made.insert(Person, name="Anne")
        with book.writing() as session:
            raw = session.connection().connection.driver_connection
            assert isinstance(raw, sqlite3.Connection)
            assert raw.execute("SELECT count(*) FROM temp.sqlite_master").fetchone() == (0,)


def test_a_role_that_nobody_knows_may_nothing(book: Book) -> None:
    with pytest.raises(NotAllowed), book.acting(SignedIn(1, "Olga", "superuser")).writing() as session:
        session.connection().exec_driver_sql("UPDATE client SET name = ''")
    with book.reading() as session:
        assert session.query(Payment).count() == 0
