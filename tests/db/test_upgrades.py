"""Revisions: the newest equals the models, each goes up and down, and a failed upgrade leaves the old book."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from db import ddl, upgrades
from db.backup import faults
from db.book_files import open_book
from db.schema import Base
from desktop.errors import UserError
from tests.books import new_book
from tests.db import second_revision
from tests.db.rows import fill

ADD_COLUMN = '''
"""A column and a tighter check, which recreates the table."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("client") as batch:
        batch.add_column(sa.Column("nickname", sa.String(), nullable=False, server_default=""))
        batch.create_check_constraint("ck_client_nickname_short", "length(nickname) < 20")


def downgrade() -> None:
    with op.batch_alter_table("client") as batch:
        batch.drop_constraint("ck_client_nickname_short", type_="check")
        batch.drop_column("nickname")
'''
FAIL = """
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("DELETE FROM posting")
    raise RuntimeError("power cut")


def downgrade() -> None: ...
"""
LOSE = FAIL.replace('raise RuntimeError("power cut")', 'op.execute("DELETE FROM journal_entry")').replace(
    'op.execute("DELETE FROM posting")', "pass"
)


def objects(path: Path, kinds: str = "('table', 'index', 'trigger')") -> dict[str, str]:
    """The SQL of everything in a book, blanks aside."""
    with sqlite3.connect(path) as connection:
        rows = connection.execute(f"SELECT name, sql FROM sqlite_master WHERE type IN {kinds} AND sql IS NOT NULL")
        # A table that was made anew has its name in quotes.
        plain = {name: re.sub(r"\s+", " ", sql).replace(f'TABLE "{name}"', f"TABLE {name}") for name, sql in rows}
        found = {name: sql.replace("( ", "(").replace(" )", ")").strip() for name, sql in plain.items()}
    connection.close()
    return found


def parts(sql: str) -> list[str]:
    return sorted(sql.replace('"', "").replace("(", ",").replace(")", ",").replace(" ", "").split(","))


def count(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    (found,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(found)


def migrated(path: Path, to: str) -> None:
    with upgrades.migrating(path) as (_, config):
        command.upgrade(config, to)


def filled(tmp_path: Path) -> Path:
    with new_book(tmp_path) as book, book.writing() as session:
        fill(session)
    return tmp_path / "Harbour.sheaf"


@pytest.fixture
def old_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book of today before a program of some day to come, whose revisions are in `later`."""
    path = filled(tmp_path)
    later = tmp_path / "later"
    shutil.copytree(upgrades.REVISIONS, later, ignore=shutil.ignore_patterns("__pycache__"))
    (later / "versions" / "0003_nickname.py").write_text(ADD_COLUMN, encoding="utf-8")
    monkeypatch.setattr(upgrades, "REVISIONS", later)
    return path


def test_the_revisions_end_in_the_book_that_is_made_new(tmp_path: Path) -> None:
    """Tables, columns, checks, indexes and triggers, word for word."""
    new_book(tmp_path).close()
    path = tmp_path / "migrated.sheaf"
    path.touch()
    migrated(path, "head")
    assert objects(path) == objects(tmp_path / "Harbour.sheaf")


# Reflection cannot see the index over expressions; the comparison above can.
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_newest_revision_equals_the_models(tmp_path: Path) -> None:
    with new_book(tmp_path) as book, book.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == upgrades.newest()


def test_the_second_revision_is_what_the_models_want() -> None:
    """Until a book of a user has it: write it anew with `python -m tests.db.second_revision`."""
    if len(upgrades.known()) > 2:
        pytest.skip("the second revision is released and stays as it is")
    assert second_revision.PATH.read_text(encoding="utf-8") == second_revision.source()


def test_all_revisions_go_down_and_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = filled(tmp_path)
    before = objects(path)
    with monkeypatch.context() as patch, upgrades.migrating(path) as (_, config):
        # A book without tables has nothing to guard.
        patch.setattr(ddl, "trigger_statements", lambda _connection: [])
        command.downgrade(config, "base")
    assert objects(path, "('table')").keys() == {"alembic_version"}
    migrated(path, "head")
    assert objects(path) == before


def test_an_upgrade_keeps_rows_triggers_and_checks(old_book: Path) -> None:
    triggers = objects(old_book, "('trigger')")
    kept = upgrades.upgrade(old_book)
    assert kept.name == "Harbour before upgrade from 0002.sheaf"
    assert objects(old_book, "('trigger')") == triggers
    assert "ck_client_nickname_short" in objects(old_book)["client"]
    assert "ck_client_country_code" in objects(old_book)["client"]
    assert faults(old_book) == []
    # Recreating the clients with foreign keys on would have cascaded into what belongs to them.
    assert [count(old_book, table) for table in ("client", "agreement", "invoice")] == [1, 1, 1]
    with upgrades.migrating(old_book) as (_, config):
        command.downgrade(config, "0002")
    # Recreated tables name their columns and checks in another order.
    assert {name: parts(sql) for name, sql in objects(old_book).items()} == {
        name: parts(sql) for name, sql in objects(kept).items()
    }


def test_the_backup_before_an_upgrade_is_the_old_book(old_book: Path) -> None:
    before = objects(old_book)
    kept = upgrades.upgrade(old_book)
    assert objects(kept) == before
    assert count(kept, "invoice") == 1
    old_book.unlink()
    kept.rename(old_book)
    upgrades.upgrade(old_book)
    assert upgrades.upgrade(old_book).name == "Harbour before upgrade from 0003.sheaf"


def test_an_earlier_backup_is_not_written_over(old_book: Path) -> None:
    first = upgrades.upgrade(old_book)
    shutil.copyfile(first, old_book)
    assert upgrades.upgrade(old_book).name == "Harbour before upgrade from 0002 2.sheaf"


@pytest.mark.parametrize("revision, error", [(FAIL, RuntimeError), (LOSE, UserError)])
def test_a_failed_upgrade_leaves_the_old_book(
    tmp_path: Path, old_book: Path, revision: str, error: type[Exception]
) -> None:
    before = old_book.read_bytes()
    (tmp_path / "later" / "versions" / "0004_fail.py").write_text(revision, encoding="utf-8")
    with pytest.raises(error):
        upgrades.upgrade(old_book)
    assert old_book.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "Harbour before upgrade from 0002.sheaf",
        "Harbour.sheaf",
    ]


def test_opening_an_older_book_upgrades_it_and_says_so(old_book: Path) -> None:
    steps: list[str] = []
    with open_book(old_book, report=lambda done, total, what: steps.append(what)) as book:
        assert "before upgrade from 0002" in book.warnings[0]
    assert steps[-1] == "Bringing Harbour.sheaf up to this version"
    with open_book(old_book) as book:
        assert book.warnings == ()
