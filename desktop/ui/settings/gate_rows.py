"""The rules of one level as rows, and how what they say reads."""

from __future__ import annotations

from collections.abc import Sequence

from db.engine import Book
from desktop.i18n import _, number_text, percent_text
from desktop.services.rules import OwnRule, RuleRow, rules
from desktop.ui.few_rows import FewRows
from desktop.ui.listing import Row
from desktop.ui.tags import tag

Level = tuple[str, int]
FIRM: Level = ("firm", 0)
SCOPES = ("client", "segment")


class GateRows(FewRows):
    """The rules at the level that a filter names, such as `segment:3`; else the firm's."""

    def __init__(self, book: Book, home: str) -> None:
        super().__init__(self._load_level)
        self._book = book
        self._home = home
        self.level = FIRM

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        self.level = level_of(filters)
        others = frozenset(one for one in filters if one.partition(":")[0] not in SCOPES)
        return super().ids(search, others, sort, descending)

    def _load_level(self) -> list[Row]:
        # Asked for within one call of `ids`, which questions to a listing never share.
        scope, scope_id = self.level
        return [rule_row(rule, place, self._home) for place, rule in enumerate(rules(self._book, scope, scope_id), 1)]


def level_of(filters: frozenset[str]) -> Level:
    for scope in SCOPES:
        for one in filters:
            word, colon, key = one.partition(":")
            if colon and word == scope:
                return (scope, int(key))
    return FIRM


def rule_row(rule: RuleRow, place: int, home: str) -> Row:
    return {
        "id": place,
        "code": rule.code,
        "title": rule.title,
        "state": "on" if rule.enabled else "off",
        "severity": rule.severity,
        "limits": ", ".join(parameter_words(name, value, home) for name, value in rule.parameters.items()),
        "source": source_word(rule.source),
        "care": care_words(rule.owner, rule.hours),
        "parameters": rule.parameters,
        "enabled": rule.enabled,
        "own": rule.own,
        "marks": ("own",) if rule.own else (),
    }


def source_word(source: str) -> str:
    words = {
        "default": _("as it comes"),
        "firm": _("the firm"),
        "segment": _("the segment"),
        "client": _("the client"),
        "agreement": _("the agreement"),
    }
    return words.get(source, source)


def parameter_words(name: str, value: int, home: str) -> str:
    """A parameter as it reads in a table: `60 days`."""
    figure = number_text(value)
    match name:
        case "limit":
            return _("above {amount}").format(amount=f"{figure} {home}")
        case "percent":
            return percent_text(value)
        case "days":
            return _("{count} days").format(count=figure)
        case "least":
            return _("once there are {count}").format(count=figure)
        case "times":
            return _("{count} times the usual").format(count=figure)
    return f"{name} {figure}"


def care_words(owner: str, hours: int | None) -> str:
    """Who looks at it and how soon, in a few words."""
    when = "" if hours is None else _("{hours} h").format(hours=number_text(hours))
    return ", ".join(part for part in (owner, when) if part)


def effect_words(rule: RuleRow, home: str) -> str:
    """What a rule does, in one line: `Holds, above 10,000 EUR, Bea, 24 h`."""
    if not rule.enabled:
        return tag("off").word
    parts = [tag(rule.severity).word]
    parts += [parameter_words(name, value, home) for name, value in rule.parameters.items()]
    return ", ".join([*parts, *filter(None, [care_words(rule.owner, rule.hours)])])


def own_words(one: OwnRule, home: str) -> str:
    parts = [] if one.enabled is None else [_("on") if one.enabled else _("off")]
    if one.severity:
        parts.append(tag(one.severity).word)
    parts += [parameter_words(name, value, home) for name, value in one.parameters.items()]
    if care := care_words(one.owner, one.hours):
        parts.append(care)
    return ", ".join(parts)
