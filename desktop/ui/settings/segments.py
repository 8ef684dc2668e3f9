"""Segments: clients and agreements billed alike, and what they take from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from desktop.i18n import _, number_text
from desktop.services.delivery.mail.accounts import accounts
from desktop.services.firm import document_templates
from desktop.services.records import Record
from desktop.services.segments import delete_segment, save_segment, segments
from desktop.services.taxes import tax_codes
from desktop.ui.actions import GAP, Action
from desktop.ui.choices import (
    deliveries,
    einvoice_forms,
    inherited,
    language_name,
    languages,
    mail_ways,
    milestone_rules,
    terms_text,
    word_of,
)
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.detail import DetailPane
from desktop.ui.facts import Fact, FactsView, Group
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Section
from desktop.ui.listing import Row
from desktop.ui.page import Design, Page
from desktop.ui.saving import write
from desktop.ui.settings.asking import SETTINGS, ask, texts

_FROM_FIRM = "–"
_NEW: Row = {
    **dict.fromkeys(
        (
            "terms",
            "delivery",
            "einvoice",
            "language",
            "template_id",
            "tax_code_id",
            "mail_account_id",
            "mail_together",
        )
    ),
    "milestones": "run",
}


class SegmentsSection(Page):
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._rows = FewRows(self._load)
        self._chosen: Row = {}
        super().__init__(
            desk.shell,
            Design(
                name="segments",
                title=_("Segments"),
                columns=[
                    Column("name", _("Segment"), 260, sort_key="name", strong=True, wide=True),
                    Column("terms_word", _("Terms"), 160),
                    Column("delivery_word", _("Delivery"), 120, secondary=True),
                    Column("language_word", _("Language"), 86, secondary=True),
                    Column("clients", _("Clients"), 70, "number", sort_key="clients"),
                    Column("agreements", _("Agreements"), 94, "number", sort_key="agreements"),
                ],
                listing=self._rows,
                search_hint=_("Search segments"),
                nothing_yet=_(
                    "A segment groups clients that are billed alike, such as retainers or projects: its terms, "
                    "delivery, language and rules hold for all of them."
                ),
                depends=frozenset({"firm", "clients", "agreements"}),
                main_action="segments.new",
                menu=["segments.edit", GAP, "segments.delete"],
                empty_action="segments.new",
            ),
        )

    def offers(self) -> Iterable[Action]:
        return [
            Action("segments.new", _("New segment…"), self.new, "add", "Ctrl+N"),
            Action("segments.edit", _("Edit…"), self.edit, "edit", "E", self._one, _("edit")),
            Action("segments.delete", _("Delete"), self.delete, "delete", "Del", self._one, danger=True),
        ]

    def _load(self) -> Sequence[Row]:
        senders = {one["id"]: one["name"] for one in accounts(self.desk.book)}
        return [
            {
                **one,
                "account": senders.get(one["mail_account_id"], ""),
                "terms_word": terms_text(one["terms"]) or _FROM_FIRM,
                "delivery_word": word_of(deliveries(), one["delivery"]) or _FROM_FIRM,
                "language_word": language_name(one["language"]) if one["language"] else _FROM_FIRM,
            }
            for one in segments(self.desk.book)
        ]

    def detail(self) -> QWidget:
        self._facts = FactsView(self.shell.theme)
        self.pane = DetailPane(self.acts, ["segments.edit", "segments.delete"], self._facts)
        return self.pane

    def show_detail(self, one: int | None) -> None:
        row = self._rows.rows([one]).get(one, {}) if one is not None else {}
        self._chosen = row
        self.acts.refresh()
        if not row:
            self.pane.show_thing(_("No segment chosen"))
            self._facts.show_groups(())
            return
        self.pane.show_thing(
            str(row["name"]),
            "",
            (),
            _("What is left to the firm shows a dash; the rules of the gate have their own page."),
        )
        facts = [
            Fact(_("Terms"), str(row["terms_word"])),
            Fact(_("Delivery"), str(row["delivery_word"])),
            Fact(_("E-invoice"), word_of(einvoice_forms(), row["einvoice"]) or _FROM_FIRM),
            Fact(_("Language"), str(row["language_word"])),
            Fact(_("Sent by"), str(row["account"])),
            Fact(_("Milestones"), word_of(milestone_rules(), row["milestones"])),
            Fact(_("Several documents"), word_of(mail_ways(), row["mail_together"]) or _FROM_FIRM),
            Fact(_("Clients"), number_text(int(str(row["clients"])))),
            Fact(_("Agreements"), number_text(int(str(row["agreements"])))),
        ]
        self._facts.show_groups([Group("", facts), Group(_("Note"), [Fact("", str(row["note"]))])])

    def _one(self) -> bool:
        return bool(self._chosen)

    def open_row(self, one: int) -> None:
        self.edit()

    def new(self) -> None:
        self.shell.jobs.ask(self._known, lambda known: self._open_form({}, known))

    def edit(self) -> None:
        row = dict(self._chosen)
        self.shell.jobs.ask(self._known, lambda known: self._open_form(row, known))

    def _known(self) -> tuple[list[Record], list[tuple[int, str]], list[Record]]:
        """What the form offers: tax codes, how documents may look, and the accounts that mails go by."""
        return tax_codes(self.desk.book), document_templates(self.desk.book), accounts(self.desk.book)

    def _open_form(self, row: Mapping[str, object], offered: object) -> None:
        assert isinstance(offered, tuple)
        codes, looks, posts = offered
        as_firm = _("As the firm")
        senders = [(one["id"], f"{one['name']} ({one['sender']})") for one in posts]
        known = [(code["id"], f"{code['name']} ({code['code']})") for code in codes if code["active"]]
        fields = [
            Field("name", _("Name"), required=True),
            Field(
                "terms",
                _("Payment terms"),
                span=3,
                hint=_("As the firm"),
                note=_("Such as “30 days”, “2% 10, net 30” or “3 x monthly”."),
            ),
            Field("delivery", _("Delivery"), "choice", span=3, choices=inherited(deliveries(), as_firm)),
            Field("einvoice", _("E-invoice"), "choice", span=3, choices=inherited(einvoice_forms(), as_firm)),
            Field("language", _("Language of documents"), "choice", span=3, choices=inherited(languages(), as_firm)),
            Field("template_id", _("Template"), "choice", span=3, choices=inherited(looks, as_firm)),
            Field("tax_code_id", _("Tax code"), "choice", span=3, choices=inherited(known, _("By the rules"))),
            Field("milestones", _("Milestones done"), "choice", choices=milestone_rules()),
            Field(
                "mail_account_id",
                _("E-mails go by"),
                "choice",
                span=3,
                choices=inherited(senders, _("The first account")),
            ),
            Field("mail_together", _("Several documents"), "choice", span=3, choices=inherited(mail_ways(), as_firm)),
            Field("note", _("Note"), "lines"),
        ]
        key, actor, book = row.get("id"), self.desk.actor, self.desk.book

        def work(typed: dict[str, object]) -> int:
            values = typed | texts(typed, "name", "note")
            return save_segment(book, values, actor=actor, segment_id=key if isinstance(key, int) else None)

        ask(
            self.desk,
            self,
            _("Edit the segment") if row else _("New segment"),
            [Section("", fields)],
            row or _NEW,
            _("Save"),
            work,
            _("Segment saved."),
            self.reveal_written,
            proposes=True,
        )

    def delete(self) -> None:
        key, name = int(str(self._chosen["id"])), str(self._chosen["name"])
        act = partial(delete_segment, self.desk.book, key, actor=self.desk.actor)
        write(
            self.desk, _("Deleting the segment"), act, _("Segment {name} deleted.").format(name=name), changed=SETTINGS
        )
