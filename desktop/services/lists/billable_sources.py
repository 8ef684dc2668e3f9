"""The tables that the list of billables is made of: how each is selected, searched and read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from desktop.services.usage_states import CLOSED, DRAFTED

Kind = Literal["time", "one_off", "usage", "milestone"]

_ORDER: tuple[Kind, ...] = ("time", "one_off", "usage", "milestone")


def source(row_id: int) -> tuple[Kind, int]:
    """The kind of row and the id in its table that a row of the list stands for."""
    return _ORDER[row_id % len(_ORDER)], row_id // len(_ORDER)


def row_id(kind: Kind, id: int) -> int:
    return id * len(_ORDER) + _ORDER.index(kind)


def row_id_sql(kind: Kind, column: str) -> str:
    """`row_id` as an expression of SQL."""
    return f"{column} * {len(_ORDER)} + {_ORDER.index(kind)}"


@dataclass(frozen=True, slots=True)
class Source:
    """One table. `words` are the kinds of row in it, told apart by the column `word` where there are several.

    `select` gives id, day{more} of the table {joins} under a condition {where}; `sorts` is what else it may be
    ordered by, `joins` what names and searches need. `rows` gives a row of the list: id, day, client, client id,
    agreement, agreement id, item, person, quantity, own price, currency, text, invoice, draft, billable, kind, item
    id, what was charged, at which price, id of the invoice, run of the draft. `states` are its conditions for
    unbilled, billed, drafted, not_billable and late; nothing of it can be what is not among them. `charge` is the
    table where each row has a charge of its own, `waiting` finds what has no price of its own, `left` what is of a
    day or before and in no draft.
    """

    kind: Kind
    words: tuple[str, ...]
    alias: str
    client: str
    select: str
    sorts: dict[str, str]
    joins: str
    rows: str
    searched: tuple[str, ...]
    states: dict[str, str]
    charge: str
    waiting: str
    word: str = ""
    left: str = ""


_NAMES = """JOIN client c ON c.id = {client} LEFT JOIN agreement a ON a.id = {alias}.agreement_id
  LEFT JOIN item i ON i.id = {alias}.item_id"""
_BILLED = """LEFT JOIN invoice v ON v.id = {alias}.invoice_id
  LEFT JOIN charge h ON h.{column} = {alias}.id AND h.reversed_by IS NULL
  LEFT JOIN invoice_line l ON l.invoice_id = h.invoice_id AND l.position = h.position
  LEFT JOIN draft d ON d.id = {alias}.draft_id LEFT JOIN run r ON r.id = d.run_id"""


def _states(alias: str, more: str = "") -> dict[str, str]:
    return {
        "unbilled": f"{alias}.invoice_id IS NULL{more}",
        "billed": f"{alias}.invoice_id IS NOT NULL",
        "drafted": f"{alias}.invoice_id IS NULL AND {alias}.draft_id IS NOT NULL",
    }


TIME = Source(
    kind="time",
    words=("time",),
    alias="t",
    client="t.client_id",
    select=f"""SELECT {row_id_sql("time", "t.id")} AS id, t.work_date AS day{{more}}
  FROM time_entry t {{joins}} WHERE {{where}}""",
    sorts={"kind": "'time'", "person": "t.person", "quantity": "t.hours", "text": "t.note"},
    joins=_NAMES.format(client="t.client_id", alias="t"),
    rows=f"""SELECT {row_id_sql("time", "t.id")}, t.work_date, c.name, t.client_id, coalesce(a.code, ''),
  t.agreement_id, coalesce(i.name, ''), t.person, t.hours, t.rate, coalesce(a.currency, c.currency), t.note,
  coalesce(v.number, ''), t.draft_id, t.billable, 'time', t.item_id, h.amount, l.unit_price, t.invoice_id,
  coalesce(r.number, '') FROM time_entry t {_NAMES.format(client="t.client_id", alias="t")}
  {_BILLED.format(alias="t", column="time_entry_id")} WHERE t.id IN (SELECT value FROM json_each(?))""",
    searched=("t.note", "t.person"),
    states=_states("t", " AND t.billable = 1") | {"not_billable": "t.billable = 0"},
    charge="time_entry",
    waiting=f"""SELECT {row_id_sql("time", "id")} FROM time_entry
  WHERE invoice_id IS NULL AND billable = 1 AND rate IS NULL""",
    left="t.invoice_id IS NULL AND t.draft_id IS NULL AND t.billable = 1 AND t.work_date <= ?",
)

ONE_OFF = Source(
    kind="one_off",
    words=("charge", "discount", "deposit"),
    alias="o",
    client="o.client_id",
    select=f"""SELECT {row_id_sql("one_off", "o.id")} AS id, o.due_date AS day{{more}}
  FROM one_off o {{joins}} WHERE {{where}}""",
    sorts={"kind": "o.kind", "person": "''", "quantity": "o.quantity", "text": "o.description"},
    joins=_NAMES.format(client="o.client_id", alias="o"),
    rows=f"""SELECT {row_id_sql("one_off", "o.id")}, o.due_date, c.name, o.client_id, coalesce(a.code, ''),
  o.agreement_id, coalesce(i.name, ''), '', o.quantity, o.unit_price, o.currency, o.description,
  coalesce(v.number, ''), o.draft_id, 1, o.kind, o.item_id, h.amount, l.unit_price, o.invoice_id,
  coalesce(r.number, '') FROM one_off o {_NAMES.format(client="o.client_id", alias="o")}
  {_BILLED.format(alias="o", column="one_off_id")} WHERE o.id IN (SELECT value FROM json_each(?))""",
    searched=("o.description",),
    states=_states("o"),
    charge="one_off",
    waiting=f"""SELECT {row_id_sql("one_off", "id")} FROM one_off WHERE invoice_id IS NULL AND unit_price IS NULL""",
    word="o.kind",
    left="o.invoice_id IS NULL AND o.draft_id IS NULL AND o.due_date <= ?",
)

_METER = """JOIN agreement a ON a.id = u.agreement_id JOIN client c ON c.id = a.client_id
  JOIN item i ON i.id = u.item_id"""
_IN_PERIOD = "JOIN usage u2 ON u2.agreement_id = p.agreement_id AND u2.item_id = p.item_id AND u2.invoice_id IS NULL"

USAGE = Source(
    kind="usage",
    words=("usage",),
    alias="u",
    client="(SELECT client_id FROM agreement WHERE id = u.agreement_id)",
    select=f"""SELECT {row_id_sql("usage", "u.id")} AS id, u.end_date AS day{{more}}
  FROM usage u {{joins}} WHERE {{where}}""",
    sorts={"kind": "'usage'", "person": "''", "quantity": "u.quantity", "text": "u.note"},
    joins=_METER,
    rows=f"""SELECT {row_id_sql("usage", "u.id")}, date(u.end_date, '-1 day'), c.name, a.client_id, a.code,
  u.agreement_id, i.name, '', u.quantity, NULL, a.currency, u.note, coalesce(v.number, ''), NULL, 1, 'usage', u.item_id,
  NULL, NULL, u.invoice_id, '' FROM usage u {_METER} LEFT JOIN invoice v ON v.id = u.invoice_id
  WHERE u.id IN (SELECT value FROM json_each(?))""",
    searched=("u.note",),
    states={
        "unbilled": "u.invoice_id IS NULL",
        "billed": "u.invoice_id IS NOT NULL",
        "drafted": f"""u.id IN (SELECT u2.id FROM ({DRAFTED}) p {_IN_PERIOD}
  AND u2.end_date > p.first AND u2.end_date <= p.last AND u2.id <= p.mark)""",
        "late": f"""u.id IN (SELECT u2.id FROM ({CLOSED}) p {_IN_PERIOD}
  AND u2.end_date > p.period_start AND u2.end_date <= p.period_end)""",
    },
    charge="",
    waiting="",
)

_PROJECT = """JOIN agreement a ON a.id = m.agreement_id JOIN client c ON c.id = a.client_id
  LEFT JOIN item i ON i.id = m.item_id"""
_ONE = 1_000_000

# A milestone waits once it is done; what it comes to depends on the scope, and on the others.
MILESTONE = Source(
    kind="milestone",
    words=("milestone",),
    alias="m",
    client="(SELECT client_id FROM agreement WHERE id = m.agreement_id)",
    select=f"""SELECT {row_id_sql("milestone", "m.id")} AS id, m.done_on AS day{{more}}
  FROM milestone m {{joins}} WHERE m.done_on IS NOT NULL AND {{where}}""",
    sorts={"kind": "'milestone'", "person": "''", "quantity": str(_ONE), "text": "m.name"},
    joins=_PROJECT,
    rows=f"""SELECT {row_id_sql("milestone", "m.id")}, m.done_on, c.name, a.client_id, a.code, m.agreement_id,
  coalesce(i.name, ''), '', {_ONE}, NULL, a.currency, m.name, coalesce(v.number, ''), m.draft_id, 1, 'milestone',
  m.item_id, h.amount, l.unit_price, m.invoice_id, coalesce(r.number, '') FROM milestone m {_PROJECT}
  {_BILLED.format(alias="m", column="milestone_id")} WHERE m.id IN (SELECT value FROM json_each(?))""",
    searched=("m.name",),
    states=_states("m"),
    charge="milestone",
    waiting=f"""SELECT {row_id_sql("milestone", "id")} FROM milestone
  WHERE invoice_id IS NULL AND done_on IS NOT NULL""",
)

SOURCES: tuple[Source, ...] = (TIME, ONE_OFF, USAGE, MILESTONE)
