"""Figures that are not where the firm wants them."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.i18n import _
from desktop.services.figures.targets import Standing, standings
from desktop.services.reports.goals import limit_words, value_words
from desktop.services.today.item import Item, Look, Target, Urgency


def crossed_targets(look: Look) -> Iterator[Item]:
    """One for each target that is crossed today; what it is comes back with another value."""
    for one in standings(look.connection, look.today, only_wanted=True):
        if one.crossed:
            yield _crossed(one)


def _crossed(one: Standing) -> Item:
    assert one.value is not None
    value, limit = value_words(one.value, one.unit), limit_words(one)
    words = _("{figure} is above its target") if one.at_most else _("{figure} is below its target")
    return Item(
        "target",
        # Snoozed, it stays away as long as it does not get worse by a whole day or percent.
        f"target:{one.name}:{one.value.to_integral_value()}",
        Urgency.WEEK,
        words.format(figure=one.title),
        _("It is {value} and should be {limit}.").format(value=value, limit=limit),
        _("Look at it"),
        Target("reports", filters=frozenset({"report:control", f"by:{one.name}"})),
        weight=60,
    )
