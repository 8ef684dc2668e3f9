"""Writes revision 0001 anew from the models; for as long as no book of a user has it.

python -m tests.db.first_revision
"""

import textwrap
from pathlib import Path

from db import ddl
from db.upgrades import REVISIONS

PATH = REVISIONS / "versions" / "0001_first.py"

_HEAD = '''"""The first book."""

from alembic import op

revision = "0001"
down_revision = None

# Parents stand before their children.
STATEMENTS = (
'''
_FOOT = """)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in reversed(STATEMENTS):
        verb, kind, name, *_ = statement.split()
        if (verb, kind) == ("CREATE", "TABLE"):
            op.execute(f"DROP TABLE {name}")
"""


def source() -> str:
    """The revision's file as the models want it."""
    parts = [_HEAD]
    for statement in ddl.table_statements():
        parts.append('    """\n')
        for line in statement.splitlines():
            inset = 4 if line[:1].isspace() else 0
            wrapped = textwrap.wrap(line.strip(), 110, break_long_words=False, break_on_hyphens=False)
            parts += [f"    {' ' * inset}{part}\n" for part in wrapped]
        parts.append('    """,\n')
    return "".join([*parts, _FOOT])


if __name__ == "__main__":
    Path(PATH).write_text(source(), encoding="utf-8")
