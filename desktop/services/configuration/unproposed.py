"""Where a second person decides on the configuration, nothing of it is changed that was not proposed before."""

from __future__ import annotations

import json
from typing import Final

from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import INSERT, Change
from desktop.services.subjects import word

SECOND: Final = "access.second.configuration"
"""The setting by which a second person decides on changes of the configuration."""

_DECIDED: Final = frozenset(
    {
        "dunning_level",
        "dunning_policy",
        "firm",
        "item",
        "rate",
        "rule_setting",
        "rule_template",
        "segment",
        "tax_code",
        "tax_rate",
        "tax_rule",
        "template_choice",
        "template_version",
    }
)


def refuse_unproposed(made: Change) -> None:
    """UserError where the change touches prices, taxes, terms, templates or rules, and the book's rule wants two."""
    if made.decided or not made.counts:
        return
    # A new item has no price of its own that anybody is billed by yet.
    touched = sorted(
        table for table, action in made.written if table in _DECIDED and (table, action) != ("item", INSERT)
    )
    if not touched:
        return
    row = made.connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (SECOND,)).fetchone()
    if row is not None and json.loads(row[0]) not in (None, ""):
        raise UserError(
            _("In this book a second person decides on changes of the configuration ({what}).").format(
                what=word(touched[0])
            ),
            _("Propose the change instead: “Propose from a day…” beside Save, or sheaf config BOOK propose."),
        )
