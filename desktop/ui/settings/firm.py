"""The firm itself: what stands on its documents, what its clients inherit, its logo and its bank accounts."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.domain.money import to_major, to_minor
from desktop.i18n import _, current_locale
from desktop.services.archive.datev_settings import KEYS, check_datev, datev_values, set_datev
from desktop.services.firm import firm, update_firm
from desktop.services.problems import ValidationError
from desktop.services.rounding import roundings, set_rounding
from desktop.ui.choices import (
    address_schemes,
    countries,
    currencies,
    deliveries,
    einvoice_forms,
    languages,
    registers,
)
from desktop.ui.configuration.proposing import ask_when
from desktop.ui.desk import Desk
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing
from desktop.ui.settings.asking import SETTINGS, texts
from desktop.ui.settings.bank_accounts import BankAccounts
from desktop.ui.settings.logo import Logo
from desktop.ui.settings.tills import Tills

_SIDE, _LEAST_SIDE = 330, 250
_TEXTS = (
    "name", "contact", "street", "street2", "postcode", "city", "region", "tax_id", "tax_number", "registration",
    "email", "phone", "website", "terms", "late_clause", "intro", "closing", "footer", "endpoint", "endpoint_scheme",
    "legal_id", "legal_scheme", "creditor_id", "upi_id", "payment_link",
)  # fmt: skip


class FirmSection(QWidget):
    """A form that stays open: what is typed is saved by the one button above it, or by Ctrl+S."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        shell = desk.shell
        self.form = Form(_sections(shell.home_currency), shell.theme)
        self.form.changed.connect(self._follow)
        self.save_button = QPushButton(_("Save"))
        self.save_button.setProperty("role", "main")
        self.save_button.clicked.connect(self.save)
        self.propose_button = QPushButton(_("Propose from a day…"))
        self.propose_button.clicked.connect(self.propose)
        self.revert_button = QPushButton(_("Drop the changes"))
        self.revert_button.clicked.connect(self.reload)
        keys = QKeySequence(QKeySequence.StandardKey.Save)
        shortcut = QShortcut(keys, self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save)
        self.logo = Logo(desk)
        self.accounts = BankAccounts(desk)
        self.tills = Tills(desk)
        self._build()
        shell.jobs.changed.connect(self._hear)
        self._asked = False

    def _build(self) -> None:
        title, facts = QLabel(_("Firm")), QLabel(_("As it stands on your documents; issued ones keep what they have."))
        title.setProperty("role", "title")
        facts.setProperty("role", "secondary")
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        words.addWidget(facts)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addLayout(words, 1)
        head.addWidget(self.revert_button)
        head.addWidget(self.propose_button)
        head.addWidget(self.save_button)
        scroll = QScrollArea(widgetResizable=True)
        # Its fields take the focus and bring themselves into view.
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self.form)
        side = QVBoxLayout()
        side.setSpacing(14)
        side.addWidget(_card(self.logo))
        side.addWidget(_card(self.accounts), 1)
        side.addWidget(_card(self.tills), 1)
        holder = QWidget()
        holder.setLayout(side)
        side.setContentsMargins(0, 0, 0, 0)
        # Where the window is narrow the form keeps its fields and the side gives way.
        holder.setMinimumWidth(self._desk.shell.theme.px(_LEAST_SIDE))
        holder.setMaximumWidth(self._desk.shell.theme.px(_SIDE))
        body = QHBoxLayout()
        body.setSpacing(14)
        body.addWidget(_card(scroll), 2)
        body.addWidget(holder, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 18, 24, 0)
        layout.setSpacing(14)
        layout.addLayout(head)
        layout.addLayout(body, 1)
        self._follow()

    def focus_on(self, key: str) -> None:
        """Begin at this field, or at the bank accounts for what stands there."""
        if not self.form.focus_on(key):
            self.accounts.table.setFocus()

    # Following

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._asked:
            self.reload()

    def reload(self) -> None:
        """Ask the book again; what was typed and not saved is dropped."""
        self._asked = True
        self._desk.shell.jobs.ask(lambda: _known(self._desk), self._show)
        self.logo.reload()
        self.accounts.reload()
        self.tills.reload()

    def _show(self, values: object) -> None:
        assert isinstance(values, dict)
        self.form.put(values)
        self._follow()

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if "firm" in changes and self._asked and not self.form.dirty:
            self.reload()
        elif "firm" in changes:
            self.logo.reload()
            self.accounts.reload()
            self.tills.reload()

    def _follow(self) -> None:
        self.save_button.setEnabled(self.form.dirty)
        self.propose_button.setVisible(self.form.dirty)
        self.revert_button.setVisible(self.form.dirty)

    # Saving

    def save(self) -> None:
        if not self.form.dirty or not self.form.check():
            return
        typed, desk = self.form.values(), self._desk
        values = {**typed, **texts(typed, *_TEXTS)}
        job = writing(desk, _("Saving the firm"), lambda: _save(desk, values), SETTINGS)
        self.form.setEnabled(False)
        desk.shell.jobs.start(job, self._saved, self._refused)

    def propose(self) -> None:
        """Let what is typed count from a day on, once somebody has accepted it; the form goes back to what stands."""
        if not self.form.dirty or not self.form.check():
            return
        typed, desk = self.form.values(), self._desk
        values = {**typed, **texts(typed, *_TEXTS)}
        ask_when(desk, self, _("Other defaults of the firm"), lambda: _save(desk, dict(values)), self.reload)

    def _saved(self, written: object) -> None:
        self.form.setEnabled(True)
        # What was saved is what stands: the book's own spelling comes with the reload.
        self.form.put(self.form.values())
        self._follow()
        tell(self._desk, _("The firm is saved."), written, SETTINGS)

    def _refused(self, error: object) -> None:
        self.form.setEnabled(True)
        if isinstance(error, ValidationError):
            left = self.form.refuse(error.fields)
            if not left and not error.remedy:
                return
        self._desk.shell.notices.show_error(error)


def _known(desk: Desk) -> dict[str, object]:
    home = desk.shell.home_currency
    step = roundings(desk.book).get(home)
    datev = {key: value for key, value in datev_values(desk.book).items() if key in KEYS}
    return {**firm(desk.book), **datev, "rounding": None if step is None else to_minor(step, home)}


def _save(desk: Desk, values: dict[str, object]) -> None:
    home, step = desk.shell.home_currency, values.pop("rounding")
    datev = {key: str(values.pop(key) or "") for key in KEYS}
    check_datev(datev)
    update_firm(desk.book, values, actor=desk.actor)
    wanted = to_major(step if isinstance(step, int) else 0, home)
    if wanted != roundings(desk.book).get(home, 0):
        set_rounding(desk.book, home, wanted, actor=desk.actor)
    known = datev_values(desk.book)
    if changed := {key: text for key, text in datev.items() if text != known[key]}:
        set_datev(desk.book, changed, actor=desk.actor)


def _card(inside: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(16, 16, 16, 16)
    layout.addWidget(inside)
    return card


def _months() -> list[Choice]:
    names = Locale.parse(current_locale()).months["stand-alone"]["wide"]
    return [(month, str(names[month])) for month in range(1, 13)]


def _regimes() -> list[Choice]:
    return [
        ("auto", _("the law of my country")),
        ("vat", _("buyer and seller (VAT)")),
        ("india", _("the state in India (GST)")),
        ("us", _("the state in the US (sales tax)")),
        ("generic", _("my own codes and rules of places")),
    ]


def _sections(home: str) -> Sequence[Section]:
    return [
        Section(
            _("Name and address"),
            [
                Field("name", _("Name"), required=True, span=4),
                Field("contact", _("Contact"), span=2),
                Field("street", _("Street"), span=4),
                Field("street2", _("Second line"), span=2),
                Field("postcode", _("Postcode"), span=1),
                Field("city", _("City"), span=3),
                Field("region", _("Region"), span=2),
                Field("country", _("Country"), "choice", required=True, span=3, choices=countries()),
                Field("registration", _("Registration"), span=3, hint=_("Register and number")),
                Field("email", _("E-mail"), span=2),
                Field("phone", _("Phone"), span=2),
                Field("website", _("Website"), span=2),
            ],
        ),
        Section(
            _("Tax"),
            [
                Field("tax_id", _("VAT ID"), span=2),
                Field("tax_number", _("Tax number"), span=2),
                Field("fiscal_start_month", _("Fiscal year from"), "choice", required=True, span=2, choices=_months()),
                Field("tax_regime", _("Tax goes by"), "choice", required=True, span=3, choices=_regimes()),
                Field(
                    "tax_currency",
                    _("Tax is also told in"),
                    "choice",
                    span=3,
                    choices=[(None, _("no other currency")), *currencies(home)],
                ),
                Field(
                    "rounding",
                    _("Round what is payable to"),
                    "money",
                    span=3,
                    currency=home,
                    note=_("Such as 1 or 0.05; empty for none. The tax stays exact, the difference has its own line."),
                ),
                Field(
                    "small_business",
                    _("Small business that charges no tax"),
                    "check",
                    note=_("Such as section 19 UStG in Germany; invoices say so."),
                ),
            ],
        ),
        Section(
            _("What clients inherit"),
            [
                Field(
                    "terms", _("Payment terms"), span=3, note=_("Such as “30 days”, “2% 10, net 30” or “3 x monthly”.")
                ),
                Field("delivery", _("Delivery"), "choice", span=3, choices=deliveries()),
                Field("language", _("Language of documents"), "choice", span=3, choices=languages()),
                Field(
                    "currency", _("Currency of the books"), "choice", required=True, span=3, choices=currencies(home)
                ),
            ],
        ),
        Section(
            _("E-invoices"),
            [
                Field(
                    "einvoice",
                    _("Invoices are also sent as"),
                    "choice",
                    required=True,
                    choices=einvoice_forms(),
                    note=_("For clients who ask for data beside the paper; segment and client may say otherwise."),
                ),
                Field(
                    "endpoint",
                    _("Electronic address"),
                    span=3,
                    hint=_("The VAT ID, else the e-mail"),
                    note=_("Where your customers’ programs reach you."),
                ),
                Field("endpoint_scheme", _("Kind of address"), "choice", span=3, choices=address_schemes()),
                Field("legal_id", _("Number in a register"), span=3, hint=_("Such as HRB 1234")),
                Field("legal_scheme", _("Register"), "choice", span=3, choices=registers()),
            ],
            folds=True,
        ),
        Section(
            _("Ways to pay"),
            [
                Field(
                    "creditor_id",
                    _("SEPA creditor identifier"),
                    span=3,
                    hint="DE98ZZZ09999999999",
                    note=_("For clients who pay by direct debit."),
                ),
                Field("upi_id", _("UPI ID"), span=3, hint="name@bank"),
                Field(
                    "payment_link",
                    _("Payment link"),
                    hint="https://pay.example.com/{number}",
                    note=_("Each invoice fills in {number}, {amount} and {currency}."),
                ),
            ],
            folds=True,
        ),
        Section(
            _("DATEV"),
            [
                Field(
                    "datev.consultant",
                    _("Tax consultant’s number"),
                    span=3,
                    hint="Beraternummer",
                    note=_("Ask your tax consultant; archives then hold a file that DATEV reads."),
                ),
                Field("datev.client", _("Your number there"), span=3, hint="Mandantennummer"),
                Field(
                    "datev.chart",
                    _("Chart of accounts"),
                    "choice",
                    required=True,
                    span=3,
                    choices=[("03", "SKR03"), ("04", "SKR04")],
                ),
                Field(
                    "datev.first_debtor",
                    _("Customers’ accounts begin at"),
                    span=3,
                    note=_("A client’s account is this number and the client’s own, which never changes."),
                ),
            ],
            folds=True,
        ),
        Section(
            _("Words on documents"),
            [
                Field("intro", _("Before the lines"), "lines"),
                Field("closing", _("After the total"), "lines"),
                Field("late_clause", _("On late payment"), "lines"),
                Field("footer", _("At the foot of the page"), "lines"),
            ],
        ),
    ]
