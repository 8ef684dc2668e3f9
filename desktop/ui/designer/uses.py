"""Which template prints for whom: the firm, its segments and clients, by kind and language, as one small table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from desktop.domain.template import KINDS
from desktop.i18n import _
from desktop.services.segments import segments
from desktop.services.templates import choices, choose, templates
from desktop.services.templates.words import KIND_WORDS, language_word, word
from desktop.ui.actions import Action
from desktop.ui.choices import languages
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.payments.payers import payers
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask

_FIRM = ("firm", 0)


class Known(NamedTuple):
    """What a choice is made from: (scope, id) with its words, and templates."""

    whom: list[tuple[object, str]]
    templates: list[tuple[object, str]]


class UsesPage(Page):
    """Opened above the templates; `template_id` is what a new choice begins with."""

    def __init__(self, desk: Desk, template_id: int | None = None) -> None:
        self.desk = desk
        self._template = template_id
        self._rows = FewRows(self._load)
        super().__init__(
            desk.shell,
            Design(
                name="template_uses",
                title=_("Which template prints"),
                columns=[
                    Column("whom", _("For"), 200, sort_key="order", strong=True, wide=True),
                    Column("kind_word", _("Documents"), 170, sort_key="kind_word"),
                    Column("language_word", _("Language"), 130, sort_key="language_word"),
                    Column("template", _("Template"), 180, sort_key="template"),
                ],
                listing=self._rows,
                search_hint=_("Search clients and templates"),
                nothing_yet=_("Nothing is chosen."),
                depends=frozenset({"firm", "clients"}),
                main_action="uses.add",
                side_actions=["uses.remove"],
                menu=["uses.add", "uses.change", "uses.remove"],
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("uses.add", _("Choose a template…"), self.add, "add", "Ctrl+N"),
            Action("uses.change", _("Change…"), self.change, "edit", "E", self._one, _("change")),
            Action("uses.remove", _("Take the choice back"), self.remove, "delete", "Del", self._removable),
        ]

    def _load(self) -> Sequence[Row]:
        return [
            {
                "id": place,
                "order": f"{place:06}",
                "scope": one.scope,
                "scope_id": one.scope_id,
                "kind": one.kind,
                "language": one.language,
                "template_id": one.template_id,
                "template": one.template,
                "whom": _whom(one.scope, one.whose),
                "kind_word": word(KIND_WORDS, one.kind),
                "language_word": language_word(one.language) if one.language else _("Every language"),
            }
            for place, one in enumerate(choices(self.desk.book), 1)
        ]

    def show_detail(self, one: int | None) -> None:
        self.acts.refresh()

    def open_row(self, one: int) -> None:
        self.change()

    @property
    def _current(self) -> Row:
        one = self.table.current_id()
        return self._rows.rows([one]).get(one, {}) if one is not None else {}

    def _one(self) -> bool:
        return bool(self._current)

    def _removable(self) -> bool:
        row = self._current
        return bool(row) and not (row["scope"] == "firm" and not row["kind"] and not row["language"])

    def add(self) -> None:
        self._offer({"whom": _FIRM, "kind": "", "language": "", "template_id": self._template})

    def change(self) -> None:
        row = self._current
        if row:
            whom = (row["scope"], row["scope_id"])
            self._offer({"whom": whom, **{name: row[name] for name in ("kind", "language", "template_id")}})

    def _offer(self, values: dict[str, object]) -> None:
        desk, book = self.desk, self.desk.book

        def load() -> Known:
            whom: list[tuple[object, str]] = [(_FIRM, _whom("firm", ""))]
            whom += [(("segment", one["id"]), _whom("segment", one["name"])) for one in segments(book)]
            whom += [(("client", one.id), _whom("client", one.name)) for one in payers(desk)]
            return Known(whom, [(one.id, one.name) for one in templates(book)])

        self.shell.jobs.ask(load, partial(self._open_form, values))

    def _open_form(self, values: dict[str, object], known: object) -> None:
        assert isinstance(known, Known)
        fields = [
            Field("whom", _("For"), "choice", required=True, choices=known.whom),
            Field(
                "kind", _("Documents"), "choice", span=3, choices=[(one, word(KIND_WORDS, one)) for one in ("", *KINDS)]
            ),
            Field("language", _("Language"), "choice", span=3, choices=[("", _("Every language")), *languages()]),
            Field(
                "template_id",
                _("Template"),
                "choice",
                required=True,
                choices=known.templates,
                note=_("What is chosen for a client goes before its segment, and that before the firm."),
            ),
        ]
        book, actor = self.desk.book, self.desk.actor

        def work(typed: dict[str, object]) -> None:
            whom = typed["whom"]
            assert isinstance(whom, tuple)
            scope, scope_id = whom
            choose(
                book,
                int(str(typed["template_id"])),
                scope=scope,
                scope_id=scope_id,
                kind=str(typed["kind"] or ""),
                language=str(typed["language"] or ""),
                actor=actor,
            )

        ask(
            self.desk,
            self,
            _("Choose a template"),
            [Section("", fields)],
            values,
            _("Choose"),
            work,
            _("Chosen: it prints from now on."),
        )

    def remove(self) -> None:
        row = self._current
        work = partial(
            choose,
            self.desk.book,
            None,
            scope=str(row["scope"]),
            scope_id=int(str(row["scope_id"])),
            kind=str(row["kind"]),
            language=str(row["language"]),
            actor=self.desk.actor,
        )
        write(self.desk, _("Taking a choice back"), work, _("The choice is taken back."), changed=SETTINGS)


def _whom(scope: str, name: str) -> str:
    if scope == "firm":
        return _("The firm")
    return (_("Segment {name}") if scope == "segment" else _("Client {name}")).format(name=name)
