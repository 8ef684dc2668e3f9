"""Plain rows from the driver, and ids as one text, so that a statement stays the same for any number of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

Rows = Sequence[Any]


def ids_text(ids: Iterable[int]) -> str:
    return json.dumps(list(ids))


def plain_rows(connection: Connection, sql: str, *parameters: Any) -> Rows:
    """Plain tuples from the driver within the connection's transaction; SQLAlchemy's rows cost as much as reading."""
    driver: Any = connection.connection.driver_connection
    found: list[Any] = driver.execute(sql, parameters).fetchall()
    return found
