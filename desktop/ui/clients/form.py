"""The form of a client: made, or changed with its contacts as one change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from db.engine import Book
from desktop.domain.einvoice_form import einvoice_form
from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job
from desktop.services.clients import client, clients_to_name, create_client, update_client
from desktop.services.firm import document_templates, firm
from desktop.services.people import people
from desktop.services.segments import segments
from desktop.ui.choices import (
    account_kinds,
    address_schemes,
    countries,
    currencies,
    deliveries,
    einvoice_forms,
    inherited,
    language_name,
    languages,
    mail_places,
    mail_ways,
    payment_means,
    registers,
    terms_text,
    treatments,
    word_of,
)
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import ChoiceEditor, TextEditor
from desktop.ui.form import Field, Section
from desktop.ui.lines_editor import LineTable
from desktop.ui.lines_form import LinesForm
from desktop.ui.lines_model import LineColumn
from desktop.ui.saving import tell, writing
from desktop.ui.theme import Theme

_SIZE = (1000, 720)
# The contacts stand before the last section, the note.
_PLACE_OF_CONTACTS = 8


@dataclass(frozen=True)
class Around:
    """What a client's form needs to know: the client itself, None for a new one, and whom it inherits from."""

    record: Mapping[str, Any] | None
    segments: Sequence[Mapping[str, Any]]
    firm: Mapping[str, Any]
    templates: Sequence[tuple[int, str]] = ()
    people: Sequence[Mapping[str, Any]] = ()
    others: Sequence[tuple[int, str]] = ()


def around(book: Book, client_id: int | None) -> Around:
    return Around(
        client(book, client_id) if client_id is not None else None,
        segments(book),
        firm(book),
        document_templates(book),
        people(book),
        clients_to_name(book, client_id),
    )


class ClientForm(LinesForm):
    """Says at terms, delivery and language what an empty field inherits, and from whom."""

    def __init__(self, known: Around, theme: Theme) -> None:
        super().__init__(_sections(known), theme)
        self._known = known
        self.add_table(
            "contacts", _("Contacts"), LineTable(_contact_columns(), theme, _("Contacts")), _PLACE_OF_CONTACTS
        )
        self.editor("segment_id").changed.connect(self._follow_segment)
        self.editor("delivery").changed.connect(self._follow_segment)
        self.editor("payment_means").changed.connect(self._follow_means)
        self.editor("currency").changed.connect(self._follow_means)
        self.editor("terms").changed.connect(self._explain_terms)
        self.put(_values(known))
        self._follow_segment()
        self._follow_means()
        self._explain_terms()
        self.take_as_unchanged()
        if any(self.read(key) for key in ("einvoice", "endpoint", "legal_id")):
            self.unfold("einvoice")

    def changed_values(self) -> dict[str, object]:
        """Fields that differ from the client's: what was wrong before and is not touched keeps nobody from saving."""
        values = self.values()
        del values["contacts"]
        percent = values["withholding"]
        values["withholding"] = percent / 100 if isinstance(percent, Decimal) else Decimal(0)
        record = self._known.record
        if record is None:
            return values
        return {name: value for name, value in values.items() if _plain(value) != _plain(record[name])}

    def contacts(self) -> list[dict[str, object]]:
        """Contacts that stand, with their ids, and new ones."""
        return [
            {"gets_invoices": False, "gets_reminders": False, "mail_as": "to"}
            | {key: value for key, value in one.items() if value is not None}
            for one in self.table("contacts").values()
        ]

    def _follow_segment(self) -> None:
        try:
            chosen = self.editor("segment_id").value()
        except UserError:
            return
        segment = next((one for one in self._known.segments if one["id"] == chosen), {})
        terms, delivery, language = (self._inherited(segment, name) for name in ("terms", "delivery", "language"))
        editor = self.editor("terms")
        assert isinstance(editor, TextEditor)
        editor.setPlaceholderText(f"{terms[1]}: {terms_text(terms[0])}")
        for name, text in (
            ("delivery", f"{delivery[1]}: {word_of(deliveries(), delivery[0])}"),
            ("language", f"{language[1]}: {language_name(language[0])}"),
            ("einvoice", self._inherited_form(segment, str(self.read("delivery") or delivery[0]))),
        ):
            choice = self.editor(name)
            assert isinstance(choice, ChoiceEditor)
            choice.setItemText(0, text)

    def _inherited_form(self, segment: Mapping[str, Any], delivery: str) -> str:
        implied = einvoice_form(None, delivery, None, "none")
        form, source = (implied, _("By its delivery")) if implied != "none" else self._inherited(segment, "einvoice")
        return f"{source}: {word_of(einvoice_forms(), form)}"

    def _follow_means(self) -> None:
        means = self.read("payment_means")
        # Debits in dollars go by ACH, all others by SEPA.
        by_ach = self.read("currency") == "USD"
        for key in ("mandate", "mandate_date", "mandate_scheme", "bic"):
            self.show_field(key, means == "debit" and not by_ach)
        for key in ("routing", "account_number", "account_kind"):
            self.show_field(key, means == "debit" and by_ach)
        self.show_field("card", means == "card")

    def _inherited(self, segment: Mapping[str, Any], name: str) -> tuple[str, str]:
        if segment.get(name):
            return str(segment[name]), _("As {segment}").format(segment=segment["name"])
        return str(self._known.firm[name]), _("As the firm")

    def _explain_terms(self) -> None:
        typed = self.editor("terms").value()
        said = terms_text(str(typed)) if typed else ""
        self.explain(
            "terms", said if said != typed else _("Such as “net 30”, “net 30 2%/10”, “day 15”, “30% now, 70% net 30”.")
        )


def _plain(value: object) -> object:
    """An empty text and no text are the same."""
    return None if value == "" else value


def _sections(known: Around) -> list[Section]:
    own = known.record["currency"] if known.record else ""
    templates = inherited(known.templates, _("As the firm"))
    people = [(None, _("None")), *((one["id"], str(one["name"])) for one in known.people)]
    segments = [(None, _("None")), *((one["id"], str(one["name"])) for one in known.segments)]
    return [
        Section(
            _("Name and address"),
            [
                Field("name", _("Name"), required=True, span=4, hint=_("As it stands on its invoices")),
                Field("code", _("Code"), span=2, required=known.record is not None, hint=_("Made for you")),
                Field("contact", _("For the attention of"), span=2),
                Field("email", _("E-mail for invoices"), span=2),
                Field("phone", _("Phone"), span=2),
                Field("street", _("Street"), span=3),
                Field("street2", _("Second line"), span=3),
                Field("postcode", _("Postcode"), span=1),
                Field("city", _("City"), span=2),
                Field("region", _("Region"), span=1),
                Field("country", _("Country"), "choice", required=True, span=2, choices=countries()),
            ],
        ),
        Section(
            _("Tax"),
            [
                Field("tax_id", _("VAT or tax ID"), span=2, note=_("Proved when you save.")),
                Field("tax_number", _("Tax number"), span=2),
                Field("is_business", _("A business"), "check", span=2),
                Field("tax_treatment", _("Taxed"), "choice", span=4, choices=treatments()),
            ],
        ),
        Section(
            _("Place of supply, exemption and withholding"),
            [
                Field(
                    "place_of_supply",
                    _("Place of supply"),
                    span=3,
                    hint=_("The region of the address"),
                    note=_("The state whose tax applies, such as “Karnataka” or “TX Austin”."),
                ),
                Field("tax_certificate", _("Exemption certificate"), span=3, hint=_("Its number")),
                Field("withholding", _("Withholds of the net"), "percent", span=3, hint=_("Such as 10 for TDS")),
                Field("withholding_section", _("By section"), span=3, hint="194J"),
            ],
            folds=True,
        ),
        Section(
            _("Billing"),
            [
                Field("segment_id", _("Segment"), "choice", span=2, choices=segments),
                Field(
                    "currency",
                    _("Currency"),
                    "choice",
                    required=True,
                    span=2,
                    choices=currencies(str(known.firm["currency"]), own),
                ),
                Field("language", _("Language"), "choice", span=2, choices=inherited(languages(), "–")),
                Field("terms", _("Payment terms"), span=3),
                Field("delivery", _("Delivery"), "choice", span=3, choices=inherited(deliveries(), "–")),
                Field("template_id", _("Template"), "choice", span=3, choices=templates),
                Field("combine", _("One invoice for all its agreements"), "check", span=3),
                Field("salesperson_id", _("Salesperson"), "choice", span=3, choices=people),
                Field(
                    "mail_together",
                    _("Several documents"),
                    "choice",
                    span=3,
                    choices=inherited(mail_ways(), _("As the segment or the firm")),
                ),
            ],
        ),
        Section(
            _("How it pays"),
            [
                Field("payment_means", _("Pays by"), "choice", required=True, span=2, choices=payment_means()),
                Field("iban", _("IBAN"), span=4),
                Field(
                    "paid_by_id",
                    _("Paid for by"),
                    "choice",
                    choices=[(None, _("itself")), *known.others],
                    note=_(
                        "A parent company whose money pays for this client too: its bank lines are matched with both."
                    ),
                ),
                Field("mandate", _("Mandate"), span=2, hint=_("Its reference")),
                Field("mandate_date", _("Signed on"), "date", span=2),
                Field("mandate_scheme", _("Scheme"), "choice", span=2, choices=[("CORE", "CORE"), ("B2B", "B2B")]),
                Field("bic", _("BIC"), span=3, hint=_("Only where its bank asks for it")),
                Field("routing", _("Routing number"), span=2),
                Field("account_number", _("Account number"), span=2),
                Field("account_kind", _("Kind of account"), "choice", span=2, choices=account_kinds()),
                Field("card", _("Card, last four digits"), span=2, hint="4242"),
            ],
        ),
        Section(
            _("E-invoice"),
            [
                Field(
                    "einvoice",
                    _("Sent to this client as"),
                    "choice",
                    choices=inherited(einvoice_forms(), "–"),
                    note=_("For clients whose programs read the invoice; what is missing is said before issuing."),
                ),
                Field("endpoint", _("Electronic address"), span=3, hint=_("Leitweg-ID, VAT ID or e-mail")),
                Field("endpoint_scheme", _("Kind of address"), "choice", span=3, choices=address_schemes()),
                Field("legal_id", _("Number in a register"), span=3, hint=_("Such as HRB 1234")),
                Field("legal_scheme", _("Register"), "choice", span=3, choices=registers()),
            ],
            folds=True,
        ),
        Section(
            _("Purchase orders and references"),
            [
                Field("buyer_reference", _("Buyer reference"), span=2, hint=_("Such as a Leitweg-ID")),
                Field("buyer_reference_required", _("Refuse invoices without one"), "check", span=2),
                Field("po_required", _("Hold invoices without a PO"), "check", span=2),
            ],
        ),
        Section(
            _("Limits and holds"),
            [
                Field("credit_limit", _("Credit limit"), "money", span=2, currency_from="currency", hint=_("None")),
                Field("on_hold", _("On hold"), "check", span=1),
                Field("disputed", _("Disputed"), "check", span=1),
                Field("hold_reason", _("Why on hold"), span=2),
            ],
        ),
        Section(_("Note"), [Field("note", _("For your eyes only"), "lines")]),
    ]


def _contact_columns() -> list[LineColumn]:
    gets = ((True, _("Yes")), (False, _("No")))
    return [
        LineColumn("name", _("Name"), width=136),
        LineColumn("role", _("Role"), width=90),
        LineColumn("email", _("E-mail"), wide=True),
        LineColumn("phone", _("Phone"), width=120),
        LineColumn("gets_invoices", _("Gets invoices"), "choice", width=104, choices=gets, start=False),
        LineColumn("gets_reminders", _("Reminders"), "choice", width=92, choices=gets, start=False),
        LineColumn("mail_as", _("On the e-mail"), "choice", width=104, choices=mail_places(), start="to"),
    ]


def _values(known: Around) -> dict[str, object]:
    if known.record is None:
        return {
            "country": known.firm["country"],
            "currency": known.firm["currency"],
            "tax_treatment": "auto",
            "is_business": True,
            "segment_id": None,
            "template_id": None,
            "salesperson_id": None,
            "paid_by_id": None,
            "delivery": None,
            "mail_together": None,
            "language": None,
            "einvoice": None,
            "endpoint_scheme": "",
            "legal_scheme": "",
            "payment_means": "transfer",
            "mandate_scheme": "CORE",
            "account_kind": "checking",
            "contacts": [],
        }
    kept = ("id", "name", "role", "email", "phone", "gets_invoices", "gets_reminders", "mail_as")
    contacts = [{key: one[key] for key in kept} for one in known.record["contacts"]]
    share = known.record["withholding"]
    return {**known.record, "contacts": contacts, "withholding": share * 100 if share else None}


def edit_client(
    desk: Desk, parent: QWidget, client_id: int | None, done: Callable[[int], object], field: str = ""
) -> None:
    """Show the form of a client, or of a new one; `done` gets its id once it is saved. It begins at `field`."""
    desk.shell.jobs.ask(
        lambda: around(desk.book, client_id), lambda found: _show(desk, parent, client_id, found, done, field)
    )


def _show(
    desk: Desk, parent: QWidget, client_id: int | None, found: object, done: Callable[[int], object], field: str
) -> None:
    assert isinstance(found, Around)
    form = ClientForm(found, desk.shell.theme)
    book, actor = desk.book, desk.actor

    def save(_values: dict[str, object]) -> Job:
        values, contacts = form.changed_values(), form.contacts()

        def work() -> int:
            if client_id is None:
                return create_client(book, values, actor=actor, contacts=contacts)
            update_client(book, client_id, values, actor=actor, contacts=contacts)
            return client_id

        return writing(desk, _("Saving the client"), work)

    def saved(written: object) -> None:
        name = str(form.editor("name").value())
        said = _("{name} is added.") if client_id is None else _("{name} is saved.")
        tell(desk, said.format(name=name), written)
        done(written.result)  # type: ignore[attr-defined]

    title = _("New client") if found.record is None else str(found.record["name"])
    verb = _("Add the client") if client_id is None else _("Save")
    dialog = FormDialog(desk.shell, title, form, verb, save, parent)
    dialog.resize(*(desk.shell.theme.px(side) for side in _SIZE))
    dialog.saved.connect(saved)
    if not form.focus_on(field):
        form.editor("name").setFocus()
    dialog.keep_typing("client", client_id or 0)
    dialog.open()
