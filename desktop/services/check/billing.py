"""What was billed: once, on the invoice that says so; and runs that account for everyone."""

from __future__ import annotations

import sqlite3
from itertools import groupby
from typing import Final

from desktop.i18n import N_, _
from desktop.services.check.problem import Problems

_OPEN_DRAFTS: Final = "('ready', 'held', 'approved', 'failed')"

# (kind of problem, sentence, query that gives where)
_RULES: Final = (
    (
        "charge",
        N_("what its charges add up to is not the net of the line"),
        """SELECT i.number || ', ' || l.position FROM charge c JOIN invoice i ON i.id = c.invoice_id
        LEFT JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
        WHERE c.part_of_id IS NULL GROUP BY c.invoice_id, c.position
        HAVING sum(c.amount) IS NOT max(CASE i.kind WHEN 'credit_note' THEN -l.net ELSE l.net END)""",
    ),
    (
        "charge",
        N_("a line of an agreement was billed without a charge"),
        """SELECT i.number || ', ' || l.position FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
        WHERE l.agreement_line_id IS NOT NULL AND i.kind NOT IN ('credit_note', 'opening') AND NOT EXISTS
        (SELECT 1 FROM charge c WHERE c.invoice_id = l.invoice_id AND c.position = l.position)""",
    ),
    (
        "charge",
        N_("it was freed by a document that does not credit its invoice"),
        """SELECT i.number FROM charge c JOIN invoice i ON i.id = c.invoice_id JOIN invoice n ON n.id = c.reversed_by
        WHERE (n.corrects_id IS NOT c.invoice_id OR n.kind <> 'credit_note')
        AND NOT EXISTS (SELECT 1 FROM charge u WHERE u.credits_id = c.id AND u.invoice_id = n.id)""",
    ),
    (
        "charge",
        N_("it is charged twice"),
        """SELECT 'time entry #' || time_entry_id FROM charge WHERE reversed_by IS NULL AND time_entry_id IS NOT NULL
        GROUP BY time_entry_id HAVING count(*) > 1
        UNION ALL SELECT 'charge #' || one_off_id FROM charge WHERE reversed_by IS NULL AND one_off_id IS NOT NULL
        GROUP BY one_off_id HAVING count(*) > 1
        UNION ALL SELECT 'milestone #' || milestone_id FROM charge WHERE reversed_by IS NULL
        AND milestone_id IS NOT NULL GROUP BY milestone_id HAVING count(*) > 1
        UNION ALL SELECT 'commitment #' || commitment_id FROM charge WHERE reversed_by IS NULL
        AND commitment_id IS NOT NULL GROUP BY commitment_id, sequence HAVING count(*) > 1""",
    ),
    (
        "charge",
        N_("days of it are credited as unused, but it still stands"),
        """SELECT i.number FROM charge u JOIN charge c ON c.id = u.credits_id JOIN invoice i ON i.id = c.invoice_id
        WHERE c.reversed_by IS NOT u.invoice_id""",
    ),
    (
        "charge",
        N_("what was credited and what still stands of it are not what it was"),
        """SELECT i.number || ', ' || c.position
        FROM (SELECT DISTINCT credits_id AS id FROM charge WHERE credits_id IS NOT NULL) o
        JOIN charge c ON c.id = o.id JOIN invoice i ON i.id = c.invoice_id
        WHERE c.amount IS NOT (SELECT -coalesce(sum(u.amount), 0) FROM charge u WHERE u.credits_id = c.id)
        + (SELECT coalesce(sum(p.amount), 0) FROM charge p WHERE p.part_of_id = c.id)
        - (SELECT -coalesce(sum(u.amount), 0) FROM charge u WHERE u.credits_id = c.id AND u.reversed_by IS NOT NULL)""",
    ),
    (
        "billable",
        N_("it is marked as billed on another invoice than its charge says"),
        """SELECT 'time entry #' || t.id FROM time_entry t
        LEFT JOIN charge c ON c.time_entry_id = t.id AND c.reversed_by IS NULL WHERE t.invoice_id IS NOT c.invoice_id
        UNION ALL SELECT 'charge #' || o.id FROM one_off o
        LEFT JOIN charge c ON c.one_off_id = o.id AND c.reversed_by IS NULL WHERE o.invoice_id IS NOT c.invoice_id
        UNION ALL SELECT 'milestone #' || m.id FROM milestone m
        LEFT JOIN charge c ON c.milestone_id = m.id AND c.reversed_by IS NULL WHERE m.invoice_id IS NOT c.invoice_id""",
    ),
    (
        "billable",
        N_("it is kept for a draft that is not open any more, though it is not billed"),
        f"""SELECT 'time entry #' || t.id FROM time_entry t JOIN draft d ON d.id = t.draft_id
        WHERE d.state NOT IN {_OPEN_DRAFTS} OR t.invoice_id IS NOT NULL
        UNION ALL SELECT 'charge #' || o.id FROM one_off o JOIN draft d ON d.id = o.draft_id
        WHERE d.state NOT IN {_OPEN_DRAFTS} OR o.invoice_id IS NOT NULL
        UNION ALL SELECT 'milestone #' || m.id FROM milestone m JOIN draft d ON d.id = m.draft_id
        WHERE d.state NOT IN {_OPEN_DRAFTS} OR m.invoice_id IS NOT NULL""",
    ),
    (
        "project",
        N_("its milestones billed all of the price, but do not come to what was agreed"),
        # Each share was rounded on its own; the one that completed them took what was left of the latest day's scope.
        # What a person priced by hand in a draft comes to what that person said.
        """SELECT code FROM (SELECT a.code, a.id, a.agreed, sum(m.fraction) AS part, sum(c.amount) AS net,
          max(m.done_on) AS latest, max(l.price_source = 'hand') AS typed FROM milestone m
          JOIN agreement a ON a.id = m.agreement_id JOIN charge c ON c.milestone_id = m.id AND c.reversed_by IS NULL
          JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
          WHERE m.fraction IS NOT NULL GROUP BY a.id) p
        WHERE part = 1000000 AND NOT typed AND net IS NOT agreed + coalesce((SELECT sum(o.amount) FROM change_order o
          WHERE o.agreement_id = p.id AND o.effect = 'scope' AND o.state = 'approved' AND o.dated <= p.latest), 0)""",
    ),
    (
        "project",
        N_("its milestones are shares of more than 100 %, or of no agreed sum"),
        """SELECT a.code FROM milestone m JOIN agreement a ON a.id = m.agreement_id WHERE m.fraction IS NOT NULL
        GROUP BY a.id HAVING sum(m.fraction) > 1000000 OR a.agreed IS NULL""",
    ),
    (
        "billable",
        N_("the units that an invoice bills of a meter's period are not those of the records that it took"),
        """SELECT i.number || ', line #' || c.agreement_line_id || ', ' || c.period_start FROM charge c
        JOIN invoice i ON i.id = c.invoice_id JOIN agreement_line g ON g.id = c.agreement_line_id
        JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
        WHERE c.kind = 'usage' AND c.reversed_by IS NULL
        GROUP BY c.invoice_id, c.agreement_line_id, c.period_start, c.period_end
        HAVING sum(c.quantity) <> (SELECT coalesce(sum(u.quantity), 0) FROM usage u WHERE u.invoice_id = c.invoice_id
        AND u.agreement_id = g.agreement_id AND u.item_id = g.item_id
        AND u.end_date > min(l.period_start) AND u.end_date <= max(l.period_end))""",
    ),
    (
        "billable",
        N_("two lines of it bill the same days of the same meter"),
        """SELECT DISTINCT i.number || ', lines ' || l.position || ', ' || m.position FROM charge c
        JOIN agreement_line g ON g.id = c.agreement_line_id
        JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
        JOIN charge o ON o.invoice_id = c.invoice_id AND o.kind = 'usage' AND o.reversed_by IS NULL AND o.mark > 0
        AND o.agreement_line_id > c.agreement_line_id
        JOIN agreement_line h ON h.id = o.agreement_line_id AND h.agreement_id = g.agreement_id
        AND h.item_id = g.item_id
        JOIN invoice_line m ON m.invoice_id = o.invoice_id AND m.position = o.position
        AND m.period_start < l.period_end AND l.period_start < m.period_end
        JOIN invoice i ON i.id = c.invoice_id WHERE c.kind = 'usage' AND c.reversed_by IS NULL AND c.mark > 0""",
    ),
    (
        "billable",
        N_("it is marked as billed, but no charge counts it"),
        """SELECT 'record of use #' || u.id FROM usage u WHERE u.invoice_id IS NOT NULL AND NOT EXISTS
        (SELECT 1 FROM agreement_line g JOIN charge c ON c.agreement_line_id = g.id AND c.kind = 'usage'
        AND c.reversed_by IS NULL AND c.mark >= u.id AND c.period_start < u.end_date AND c.period_end >= u.end_date
        WHERE g.agreement_id = u.agreement_id AND g.item_id = u.item_id AND c.invoice_id = u.invoice_id)""",
    ),
    (
        "charge",
        N_("periods of a meter overlap, so that its units may be billed twice"),
        """SELECT DISTINCT i.number || ', line #' || c.agreement_line_id FROM charge c
        JOIN charge o ON o.agreement_line_id = c.agreement_line_id AND o.kind = 'usage' AND o.reversed_by IS NULL
        AND o.period_start < c.period_end AND c.period_start < o.period_end
        AND (o.period_start <> c.period_start OR o.period_end <> c.period_end)
        JOIN invoice i ON i.id = c.invoice_id WHERE c.kind = 'usage' AND c.reversed_by IS NULL""",
    ),
    (
        "run",
        N_("its agreement stands in two open drafts"),
        """SELECT a.code FROM outcome o JOIN agreement a ON a.id = o.agreement_id
        WHERE o.state IN ('ready', 'held', 'failed') AND o.draft_id IS NOT NULL
        GROUP BY o.agreement_id HAVING count(*) > 1""",
    ),
    (
        "run",
        N_("an outcome says issued, but its invoice is missing or of another run"),
        """SELECT r.number FROM outcome o JOIN run r ON r.id = o.run_id LEFT JOIN invoice i ON i.id = o.invoice_id
        WHERE (o.state = 'issued') <> (o.invoice_id IS NOT NULL)
        OR (o.state = 'issued' AND i.run_id IS NOT o.run_id)""",
    ),
    (
        "run",
        N_("a draft and its outcome disagree about their invoice"),
        """SELECT r.number FROM outcome o JOIN run r ON r.id = o.run_id JOIN draft d ON d.id = o.draft_id
        WHERE o.invoice_id IS NOT d.invoice_id OR (d.state = 'issued') <> (o.state = 'issued')""",
    ),
    (
        "run",
        N_("a draft says issued, but its invoice is missing or has other figures"),
        """SELECT r.number FROM draft d JOIN run r ON r.id = d.run_id LEFT JOIN invoice i ON i.id = d.invoice_id
        WHERE (d.state = 'issued') <> (d.invoice_id IS NOT NULL)
        OR (d.state = 'issued' AND (i.client_id <> d.client_id OR i.run_id IS NOT d.run_id
        OR i.gross <> abs(d.gross)))""",
    ),
    (
        "run",
        N_("the totals of a draft are not those of its lines"),
        # A line's net is the 18th field of its row; see desktop.domain.billing.lines.Line.
        """SELECT r.number FROM draft d JOIN run r ON r.id = d.run_id WHERE d.net + d.tax <> d.gross
        OR CASE WHEN json_valid(d.body) THEN (SELECT coalesce(sum(json_extract(value, '$[17]')), 0)
        FROM json_each(d.body, '$.lines')) END IS NOT d.net""",
    ),
    (
        "run",
        N_("its run knows nothing of it"),
        """SELECT i.number FROM invoice i WHERE i.run_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.invoice_id = i.id)""",
    ),
    (
        "run",
        N_("it is done, but has open drafts"),
        f"""SELECT number FROM run r WHERE state = 'done'
        AND EXISTS (SELECT 1 FROM draft d WHERE d.run_id = r.id AND d.state IN {_OPEN_DRAFTS})""",
    ),
)

_CHARGED: Final = """
SELECT c.agreement_line_id, c.period_start, c.period_end, c.sequence, i.number FROM charge c
JOIN invoice i ON i.id = c.invoice_id WHERE c.kind = 'recurring' AND c.reversed_by IS NULL
ORDER BY c.agreement_line_id, c.period_start, c.period_end, c.sequence"""


def check_billing(connection: sqlite3.Connection, problems: Problems) -> None:
    """Charges, what they bill, drafts and outcomes."""
    for what, sentence, query in _RULES:
        for (where,) in connection.execute(query):
            problems.add(what, str(where), _(sentence))
    _check_days(connection, problems)


def _check_days(connection: sqlite3.Connection, problems: Problems) -> None:
    """No day of a line charged twice; tiers of one span are told apart by their sequence."""
    for line, charges in groupby(connection.execute(_CHARGED), key=lambda row: row[0]):
        reached, span = "", ("", "", -1)
        for _line, start, end, sequence, number in charges:
            another_tier = (start, end) == span[:2] and sequence != span[2]
            if start < reached and not another_tier:
                where = _("{number}, line #{line} of an agreement").format(number=number, line=line)
                problems.add("charge", where, _("days from {day} on are charged twice").format(day=start))
            reached, span = max(reached, end), (start, end, sequence)
