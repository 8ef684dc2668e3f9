"""Gives a segment the rules of a template, with what that changes; keeps rules as a template."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.jobs import Job
from desktop.services.rule_templates import (
    RuleChange,
    Template,
    apply_template,
    delete_template,
    preview_template,
    rename_template,
    save_template,
    templates,
)
from desktop.services.segments import segments
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.saving import tell, writing
from desktop.ui.settings.asking import SETTINGS, ask
from desktop.ui.settings.gate_rows import Level, effect_words
from desktop.ui.table_form import TableFormDialog


def give_template(desk: Desk, parent: QWidget, segment_id: int | None) -> None:
    """Ask for a segment and a template; `segment_id` is chosen first."""
    book = desk.book

    def shown(known: object) -> None:
        assert isinstance(known, tuple)
        groups, kept = known
        if not groups:
            desk.shell.notices.say(
                _("There is no segment yet."), _("Templates are for segments: add one under Segments."), tone="note"
            )
            return
        GiveTemplate(desk, parent, groups, kept, segment_id).open()

    desk.shell.jobs.ask(
        lambda: ([(int(str(one["id"])), str(one["name"])) for one in segments(book)], templates(book)), shown
    )


class GiveTemplate(TableFormDialog):
    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        groups: Sequence[tuple[int, str]],
        kept: Sequence[Template],
        segment_id: int | None,
    ) -> None:
        self.desk = desk
        self._groups = dict(groups)
        self._about = {one.name: one.about for one in kept}
        self._changes: Sequence[RuleChange] = ()
        self._asked = 0
        fields = [
            Field("segment", _("Segment"), "choice", required=True, span=3, choices=list(groups)),
            Field(
                "template",
                _("Template"),
                "choice",
                required=True,
                span=3,
                choices=[(one.name, one.name) for one in kept],
            ),
        ]
        super().__init__(
            desk.shell,
            _("Use a template of rules"),
            Form([Section("", fields)], desk.shell.theme),
            _("Give it to the segment"),
            self._job,
            parent,
            name="rule_template",
            listing=FewRows(self._rows),
            columns=[
                Column("title", _("Rule"), 190, strong=True, wide=True),
                Column("before", _("Now"), 200, lines=2),
                Column("after", _("With the template"), 200, lines=2),
            ],
            empty=_("The segment has these rules already."),
            hint=_("What the segment says of other rules is left to the firm again."),
            width=700,
        )
        first = segment_id if segment_id in self._groups else next(iter(self._groups))
        self.form.put({"segment": first, "template": kept[0].name})
        self.saved.connect(self._told)
        self.model.set_query(self.model.asked)
        self.follow()

    def _chosen(self) -> tuple[int, str] | None:
        try:
            typed = self.form.values()
        except UserError:
            return None
        segment, name = typed["segment"], typed["template"]
        return (segment, str(name)) if isinstance(segment, int) and name else None

    def follow(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        segment, name = chosen
        book = self.desk.book
        self._asked += 1
        mine = self._asked
        self.desk.shell.jobs.ask(lambda: (mine, name, preview_template(book, name, segment)), self._previewed)

    def _previewed(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        number, name, changes = answer
        if number != self._asked:
            return
        self._changes = changes
        count = len(changes)
        words = ngettext("{count} rule changes.", "{count} rules change.", count).format(count=count)
        said = (self._about.get(name, ""), words if count else _("Nothing changes."))
        self.say(" ".join(filter(None, said)))
        self.model.reload()

    def _rows(self) -> list[Row]:
        home = self.desk.shell.home_currency
        return [
            {
                "title": one.before.title,
                "before": effect_words(one.before, home),
                "after": effect_words(one.after, home),
            }
            for one in self._changes
        ]

    def _job(self, typed: dict[str, object]) -> Job:
        book, actor = self.desk.book, self.desk.actor
        segment, name = int(str(typed["segment"])), str(typed["template"])
        return writing(
            self.desk, _("Giving the rules"), lambda: apply_template(book, name, segment, actor=actor), SETTINGS
        )

    def _told(self, written: object) -> None:
        chosen = self._chosen()
        segment = self._groups.get(chosen[0], "") if chosen else ""
        tell(self.desk, _("{segment} has the rules now.").format(segment=segment), written, SETTINGS)


def save_as_template(desk: Desk, parent: QWidget, level: Level) -> None:
    """Ask for a name for what a level itself says of the rules."""
    book, actor = desk.book, desk.actor
    scope, scope_id = level

    def work(typed: dict[str, object]) -> None:
        save_template(book, str(typed["name"] or ""), scope=scope, scope_id=scope_id, actor=actor)

    ask(
        desk,
        parent,
        _("Save as a template"),
        [Section("", [Field("name", _("Name"), required=True)])],
        {},
        _("Save"),
        work,
        _("The template is saved."),
    )


def rename(desk: Desk, parent: QWidget) -> None:
    """Ask which template of the book gets which name."""
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> None:
        rename_template(book, int(str(typed["template"])), str(typed["name"] or ""), actor=actor)

    name = Field("name", _("New name"), required=True)
    _ask_own(desk, parent, _("Rename a template"), _("Rename"), [name], work, _("The template is renamed."))


def delete(desk: Desk, parent: QWidget) -> None:
    """Ask which template of the book goes; the segments that have its rules keep them."""
    book, actor = desk.book, desk.actor

    def work(typed: dict[str, object]) -> None:
        delete_template(book, int(str(typed["template"])), actor=actor)

    _ask_own(desk, parent, _("Delete a template"), _("Delete"), [], work, _("The template is deleted."))


def _ask_own(
    desk: Desk,
    parent: QWidget,
    title: str,
    verb: str,
    more: list[Field],
    work: Callable[[dict[str, object]], object],
    said: str,
) -> None:
    book = desk.book

    def shown(known: object) -> None:
        assert isinstance(known, list)
        own = [(one.id, one.name) for one in known if one.id]
        if not own:
            desk.shell.notices.say(
                _("No template was saved in this book yet."),
                _("Those that come with Sheaf stay as they are."),
                tone="note",
            )
            return
        field = Field("template", _("Template"), "choice", required=True, choices=own)
        ask(desk, parent, title, [Section("", [field, *more])], {"template": own[0][0]}, verb, work, said)

    desk.shell.jobs.ask(lambda: templates(book), shown)
