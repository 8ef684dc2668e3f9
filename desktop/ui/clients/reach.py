"""Whom to reach at a client, and where: its contacts and further addresses, added, changed and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.i18n import N_, _
from desktop.jobs import Job
from desktop.services.clients import client, remove_address, remove_contact, save_address, save_contact
from desktop.ui.actions import Action, Actions
from desktop.ui.choices import countries, country_name, mail_places, word_of
from desktop.ui.clients.sheets import Sheet
from desktop.ui.columns import Column
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.few_rows import FewRows
from desktop.ui.form import Field, Form, Section
from desktop.ui.listing import Row
from desktop.ui.saving import tell, write, writing

_ADDRESS_FIELDS = ("kind", "name", "street", "street2", "postcode", "city", "region", "country")
_CONTACT_FIELDS = ("name", "role", "email", "phone", "gets_invoices", "gets_reminders", "mail_as")
_CHANGED = frozenset({"clients"})
_CONTACT, _ADDRESS = "contact", "address"
_WORDS = {
    "new contact": N_("New contact"),
    "new address": N_("New address"),
    "contact": N_("Change the contact"),
    "address": N_("Change the address"),
}


def address_kinds() -> list[Choice]:
    return [("delivery", _("Delivery")), ("office", _("Office")), ("other", _("Other"))]


class ReachSheet(QWidget):
    """Enter changes a contact or an address, Del removes it."""

    def __init__(self, desk: Desk, client_id: int) -> None:
        super().__init__()
        self.desk = desk
        self._client_id = client_id
        # Contacts and addresses stand in one table, so their ids need not differ.
        self._parts: dict[int, tuple[str, dict[str, Any]]] = {}
        self.sheet = Sheet(
            desk,
            "reach",
            _("Contacts and addresses"),
            [
                Column("kind_word", _("What"), 120, sort_key="kind_word", secondary=True),
                Column("name", _("Name"), 190, sort_key="name", strong=True),
                Column("where", _("Where"), 260, wide=True),
                Column("phone", _("Phone"), 140, secondary=True),
                Column("gets", _("E-mails"), 190, secondary=True),
            ],
            FewRows(self._load),
            _("Contacts and further addresses of this client will stand here."),
        )
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.failed.connect(desk.shell.notices.show_error)
        self.acts.declare(
            [
                Action("reach.contact", _("New contact…"), lambda: self._ask(_CONTACT, None), "add"),
                Action("reach.address", _("New address…"), lambda: self._ask(_ADDRESS, None), "add"),
            ]
        )
        self.acts.declare(
            [
                Action("reach.edit", _("Change…"), self.edit, "edit", "E", self._one),
                Action("reach.remove", _("Remove"), self.remove, "delete", "Del", self._one, danger=True),
            ],
            self.sheet.table,
        )
        self.sheet.table.set_menu([self.acts[name] for name in ("reach.edit", "reach.remove")])
        self.sheet.table.current_changed.connect(lambda _one: self.acts.refresh())
        self.sheet.opened.connect(lambda _one: self.edit())
        row = QHBoxLayout()
        row.setSpacing(8)
        for name in self.acts.ids:
            row.addWidget(self.acts.button(name))
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addLayout(row)
        layout.addWidget(self.sheet, 1)

    def edit(self) -> None:
        chosen = self._chosen()
        if chosen is not None:
            self._ask(*chosen)

    def remove(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        kind, part = chosen
        book, actor = self.desk.book, self.desk.actor
        if kind == _CONTACT:
            said = _("{name} is no contact any more.").format(name=part["name"])
            write(
                self.desk,
                _("Removing the contact"),
                lambda: remove_contact(book, part["id"], actor=actor),
                said,
                changed=_CHANGED,
            )
        else:
            write(
                self.desk,
                _("Removing the address"),
                lambda: remove_address(book, part["id"], actor=actor),
                _("The address is removed."),
                changed=_CHANGED,
            )

    def _load(self) -> list[Row]:
        record = client(self.desk.book, self._client_id)
        parts = [(_CONTACT, one) for one in record["contacts"]] + [(_ADDRESS, one) for one in record["addresses"]]
        self._parts = dict(enumerate(parts, 1))
        kinds = dict(address_kinds())
        return [
            {
                "id": key,
                "kind_word": _("Contact") if kind == _CONTACT else kinds[part["kind"]],
                "name": part["name"],
                "where": part["email"] if kind == _CONTACT else _line(part),
                "phone": part.get("phone", ""),
                "gets": _gets(part),
            }
            for key, (kind, part) in self._parts.items()
        ]

    def _chosen(self) -> tuple[str, dict[str, Any]] | None:
        return self._parts.get(self.sheet.table.current_id() or 0)

    def _one(self) -> bool:
        return self._chosen() is not None

    def _ask(self, kind: str, part: dict[str, Any] | None) -> None:
        form = Form([Section("", _contact_fields() if kind == _CONTACT else _address_fields())], self.desk.shell.theme)
        form.put(part or {"kind": "delivery", "gets_invoices": False, "gets_reminders": False, "mail_as": "to"})
        book, actor, client_id = self.desk.book, self.desk.actor, self._client_id
        names = _CONTACT_FIELDS if kind == _CONTACT else _ADDRESS_FIELDS
        own = None if part is None else int(part["id"])

        def save(typed: dict[str, object]) -> Job:
            values = {name: typed[name] if typed[name] is not None else "" for name in names}

            def work() -> int:
                if kind == _CONTACT:
                    return save_contact(book, client_id, values, actor=actor, contact_id=own)
                return save_address(book, client_id, values, actor=actor, address_id=own)

            return writing(self.desk, _("Saving the client"), work, _CHANGED)

        title = _(_WORDS[kind if part else f"new {kind}"])
        dialog = FormDialog(self.desk.shell, title, form, _("Save"), save, self)
        said = _("The contact is saved.") if kind == _CONTACT else _("The address is saved.")
        dialog.saved.connect(_telling(self.desk, said))
        dialog.open()


def _telling(desk: Desk, said: str) -> Callable[[object], None]:
    return lambda written: tell(desk, said, written, _CHANGED)


def _gets(part: dict[str, Any]) -> str:
    """What a contact gets by mail, and as what."""
    wanted = [
        said for name, said in (("gets_invoices", _("invoices")), ("gets_reminders", _("reminders"))) if part.get(name)
    ]
    if not wanted:
        return ""
    place = "" if part["mail_as"] == "to" else f" ({word_of(mail_places(), part['mail_as'])})"
    return ", ".join(wanted) + place


def _contact_fields() -> list[Field]:
    return [
        Field("name", _("Name"), required=True, span=3),
        Field("role", _("Role"), span=3),
        Field("email", _("E-mail"), span=3),
        Field("phone", _("Phone"), span=3),
        Field("gets_invoices", _("Gets the invoices"), "check", span=3),
        Field("gets_reminders", _("Gets reminders and statements"), "check", span=3),
        Field(
            "mail_as",
            _("On the e-mail"),
            "choice",
            required=True,
            span=3,
            choices=mail_places(),
            note=_("CC and BCC get a copy; those in BCC are not seen by the others."),
        ),
    ]


def _address_fields() -> list[Field]:
    return [
        Field("kind", _("What for"), "choice", required=True, span=3, choices=address_kinds()),
        Field("name", _("Name"), span=3, hint=_("Where it differs from the client’s")),
        Field("street", _("Street"), span=3),
        Field("street2", _("Second line"), span=3),
        Field("postcode", _("Postcode"), span=1),
        Field("city", _("City"), span=2),
        Field("region", _("Region"), span=1),
        Field("country", _("Country"), "choice", span=2, choices=countries()),
    ]


def _line(part: dict[str, Any]) -> str:
    town = " ".join(one for one in (part["postcode"], part["city"]) if one)
    country = country_name(part["country"]) if part["country"] else ""
    return ", ".join(one for one in (part["street"], part["street2"], town, part["region"], country) if one)
