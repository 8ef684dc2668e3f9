"""What stands charged of lines on days that they may not live any more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from desktop.domain.sealing import LINE_FIELDS

LINE_AT = 10
"""Where the fields of the invoice line begin in a row of `standing`."""


def standing(connection: Connection, windows: Iterable[tuple[int, str, str]]) -> Sequence[Any]:
    """The standing charges that meet (agreement line, first day, first day after), each once:
    (charge, agreement line, start, end, sequence, quantity, amount, line id, invoice, number, fields of its line...,
    currency, kind of the document, what credits without lines took of its tax group, what of that group is left,
    what credit notes took of its line or null, what stands credited of its line as unused).

    Left out are charges whose whole invoice was taken back without freeing its days.
    """
    return connection.exec_driver_sql(
        f"""WITH w (line, first, after) AS
          (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)),
        met AS (SELECT DISTINCT c.id FROM w JOIN charge c ON c.agreement_line_id = w.line AND c.kind = 'recurring'
          AND c.reversed_by IS NULL AND c.period_end > w.first AND c.period_start < w.after)
        SELECT c.id, c.agreement_line_id, c.period_start, c.period_end, c.sequence, c.quantity, c.amount, l.id, i.id,
          i.number, {", ".join("l." + name for name in LINE_FIELDS)}, i.currency, i.kind,
          (SELECT coalesce(sum(x.net), 0) FROM invoice k JOIN invoice_line x ON x.invoice_id = k.id
            WHERE k.corrects_id = i.id AND k.run_id IS NULL AND x.corrects_line_id IS NULL
            AND x.category = l.category AND x.rate = l.rate),
          (SELECT sum(y.net) FROM invoice_line y WHERE y.invoice_id = i.id AND y.category = l.category
            AND y.rate = l.rate)
          - (SELECT coalesce(sum(x.net), 0) FROM invoice k JOIN invoice_line x ON x.invoice_id = k.id
            WHERE k.corrects_id = i.id AND k.run_id IS NULL AND x.category = l.category AND x.rate = l.rate)
          - (SELECT coalesce(sum(-u.amount), 0) FROM invoice_line y JOIN invoice_line x ON x.corrects_line_id = y.id
            JOIN charge u ON u.invoice_id = x.invoice_id AND u.position = x.position AND u.kind = 'unused'
            WHERE y.invoice_id = i.id AND y.category = l.category AND y.rate = l.rate AND u.reversed_by IS NULL),
          (SELECT sum(x.net) FROM invoice_line x JOIN invoice k ON k.id = x.invoice_id
            WHERE x.corrects_line_id = l.id AND k.kind = 'credit_note' AND k.run_id IS NULL),
          (SELECT coalesce(sum(-u.amount), 0) FROM invoice_line x
            JOIN charge u ON u.invoice_id = x.invoice_id AND u.position = x.position AND u.kind = 'unused'
            WHERE x.corrects_line_id = l.id AND u.reversed_by IS NULL)
        FROM met JOIN charge c ON c.id = met.id JOIN invoice i ON i.id = c.invoice_id
        JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
        WHERE i.payable > (SELECT coalesce(sum(k.payable), 0) FROM invoice k
          WHERE k.corrects_id = i.id AND k.run_id IS NULL)
        ORDER BY c.agreement_line_id, c.period_start, c.sequence, c.id""",
        (json.dumps(list(windows)),),
    ).fetchall()
