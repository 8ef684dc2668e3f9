"""The dunning levels of the firm or of a segment as rows, and the form of one level."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.domain.delivery import CHANNELS
from desktop.i18n import _, money_text, ngettext, number_text
from desktop.services.dunning.levels import Level, has_own_levels, levels, save_levels
from desktop.services.problems import ValidationError
from desktop.ui.choices import languages
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.outbox.words import way_word
from desktop.ui.settings.asking import ask

NEW: Final = Level(0, "", 7)
_TEXT: Final = "text_"


class LevelRows(FewRows):
    """The levels of the segment that a filter names, such as `segment:3`; else the firm's."""

    def __init__(self, book: Book, home: str) -> None:
        super().__init__(self._load_scope)
        self._book = book
        self._home = home
        self.segment: int | None = None

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        self.segment = segment_of(filters)
        return super().ids(search, frozenset(), sort, descending)

    def _load_scope(self) -> list[Row]:
        # Asked for within one call of `ids`, which questions to a listing never share.
        own = has_own_levels(self._book, self.segment)
        return [_row(one, place, self._home, own) for place, one in enumerate(levels(self._book, self.segment), 1)]


def segment_of(filters: frozenset[str]) -> int | None:
    """The segment that a filter names, None for the firm."""
    for one in filters:
        word, colon, key = one.partition(":")
        if colon and word == "segment":
            return int(key)
    return None


def _row(one: Level, place: int, home: str, own: bool) -> Row:
    return {
        "id": place,
        "place": place - 1,
        "number": one.level,
        "name": one.name,
        "days": days_after(one.days),
        "to_pay": one.days_to_pay,
        "way": way_word(one.channel) if one.channel else _("As the documents"),
        "fee": one.fee,
        "currency": home,
        "interest": _("Yes") if one.interest else _("No"),
        "own": own,
        "level": one,
    }


def days_after(days: int) -> str:
    """When a level begins, in words."""
    if days < 0:
        return ngettext("{count} day before it is due", "{count} days before it is due", -days).format(
            count=number_text(-days)
        )
    if days == 0:
        return _("on the day it is due")
    return ngettext("{count} day late", "{count} days late", days).format(count=number_text(days))


def level_words(one: Level, home: str) -> str:
    """What a level does, in a sentence."""
    pay = ngettext("and gives {count} day to pay", "and gives {count} days to pay", one.days_to_pay)
    said = [
        _("It begins {when}, {pay}.").format(
            when=days_after(one.days), pay=pay.format(count=number_text(one.days_to_pay))
        )
    ]
    if one.channel:
        said.append(_("It goes: {way}.").format(way=way_word(one.channel)))
    if one.fee:
        said.append(_("It asks for a fee of {fee}.").format(fee=money_text(one.fee, home)))
    if one.interest:
        said.append(_("It asks for interest, where the firm or the segment asks for any."))
    return " ".join(said)


def ask_level(
    desk: Desk, parent: QWidget, segment_id: int | None, place: int | None, then: Callable[[int], object]
) -> None:
    """Ask for a level: that at a place among those which count now, or a new one; the scope then has its own."""
    book = desk.book
    desk.shell.jobs.ask(
        lambda: levels(book, segment_id), lambda found: _ask(desk, parent, segment_id, place, found, then)
    )


def _ask(
    desk: Desk,
    parent: QWidget,
    segment_id: int | None,
    place: int | None,
    found: object,
    then: Callable[[int], object],
) -> None:
    assert isinstance(found, tuple)
    stands: list[Level] = list(found)
    old = stands[place] if place is not None else NEW
    at = len(stands) if place is None else place
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> int:
        level = _typed(old, typed)
        wanted = [*stands[:at], level, *stands[at + 1 :]]
        try:
            kept = save_levels(book, wanted, actor=actor, segment_id=segment_id)
        except ValidationError as error:
            raise ValidationError(
                {_field_of(key, level): sentence for key, sentence in error.fields.items()}, error.remedy
            ) from error
        return 1 + next(key for key, one in enumerate(kept) if one.days == level.days)

    values: dict[str, object] = {
        "name": old.name,
        "days": old.days,
        "days_to_pay": old.days_to_pay,
        "channel": old.channel,
        "fee": old.fee,
        "interest": old.interest,
    }
    values |= {f"{_TEXT}{language}": text for language, text in old.texts.items()}
    ask(
        desk,
        parent,
        _("New level") if place is None else _("Change the level"),
        _sections(desk.shell.home_currency),
        values,
        _("Save"),
        work,
        _("Level saved."),
        then,
    )


def drop_level(book: Book, segment_id: int | None, place: int, *, actor: str) -> None:
    """Take a level away; where it was the last, the levels are left to the firm, and there to the program."""
    stands = levels(book, segment_id)
    save_levels(book, [*stands[:place], *stands[place + 1 :]], actor=actor, segment_id=segment_id)


def _typed(old: Level, typed: dict[str, object]) -> Level:
    def whole(key: str) -> int:
        value = typed[key]
        return value if isinstance(value, int) else 0

    texts = {key.removeprefix(_TEXT): str(value) for key, value in typed.items() if key.startswith(_TEXT) and value}
    return replace(
        old,
        name=str(typed["name"] or ""),
        days=whole("days"),
        days_to_pay=whole("days_to_pay"),
        channel=str(typed["channel"] or ""),
        fee=whole("fee"),
        interest=bool(typed["interest"]),
        texts=texts,
    )


def _field_of(key: str, level: Level) -> str:
    """The field of the form for the service's `levels.0.days`."""
    name = key.rpartition(".")[2]
    if name == "texts":
        return _TEXT + next(iter(level.texts), "")
    return name


def _sections(home: str) -> list[Section]:
    ways = [("", _("As the client’s documents")), *((one, way_word(one)) for one in CHANNELS)]
    words = [("", _("In every language")), *languages()]
    return [
        Section(
            "",
            [
                Field("name", _("Name"), required=True, hint=_("Second reminder")),
                Field(
                    "days",
                    _("Days after the due date"),
                    "whole",
                    required=True,
                    span=3,
                    note=_("Below zero for a friendly notice before it."),
                ),
                Field("days_to_pay", _("Days to pay"), "whole", required=True, span=3),
                Field("fee", _("Fee"), "money", span=3, currency=home, note=_("It is no part of what is receivable.")),
                Field("channel", _("Way"), "choice", choices=ways),
                Field("interest", _("Ask for interest, where any is asked for"), "check"),
            ],
        ),
        Section(
            _("Words of your own"),
            [
                Field(
                    f"{_TEXT}{code}",
                    name,
                    "lines",
                    note=_("In place of Sheaf’s words; {field} and the like are filled in.").format(
                        field="{client.contact}"
                    )
                    if not code
                    else "",
                )
                for code, name in words
            ],
            folds=True,
        ),
    ]
