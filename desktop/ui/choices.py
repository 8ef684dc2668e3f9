"""What forms let a person choose from: countries, currencies, languages, ways of delivery, in the user's words."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale

from desktop.domain.electronic_address import EMAIL, LEITWEG, RARE, SCHEMES, VAT_COUNTRIES
from desktop.domain.terms import parse_terms
from desktop.i18n import _, naming_locale
from desktop.services.field_checks import countries as country_codes
from desktop.ui.editors import Choice

# Those in which small firms write invoices; a book may use any other, which then joins its own list.
_CURRENCIES = (
    "EUR USD GBP CHF SEK NOK DKK PLN CZK HUF RON BGN ISK RSD UAH TRY AED SAR KWD ILS ZAR MAD EGP NGN KES "
    "INR PKR CNY HKD JPY KRW SGD MYR THB IDR PHP VND AUD NZD CAD MXN BRL ARS CLP COP"
)
# The languages that documents are written in.
_LANGUAGES = ("en", "de", "fr", "es", "hi")


def countries() -> list[Choice]:
    """Codes of ISO 3166-1 with their names, by name."""
    names = Locale.parse(naming_locale()).territories
    return sorted(((code, str(names.get(code, code))) for code in country_codes()), key=lambda one: one[1].casefold())


def country_name(code: str) -> str:
    return str(Locale.parse(naming_locale()).territories.get(code, code))


def currencies(*more: str) -> list[Choice]:
    """Codes with their names; `more` come first, such as the firm's own."""
    names = Locale.parse(naming_locale()).currencies
    return [
        (code, f"{code} · {names.get(code, code)}")
        for code in dict.fromkeys([*filter(None, more), *_CURRENCIES.split()])
    ]


def languages() -> list[Choice]:
    names = Locale.parse(naming_locale()).languages
    return [(code, str(names.get(code, code)).capitalize()) for code in _LANGUAGES]


def language_name(code: str) -> str:
    return str(Locale.parse(naming_locale()).languages.get(code.split("_")[0], code)).capitalize()


def deliveries() -> list[Choice]:
    return [
        ("email", _("E-mail with the PDF")),
        ("pdf", _("PDF, sent by hand")),
        ("print", _("Paper")),
        ("folder", _("A folder")),
        ("facturx", _("E-mail with Factur-X (ZUGFeRD)")),
        ("xrechnung", _("XRechnung")),
        ("ubl", _("Peppol UBL")),
    ]


def einvoice_forms() -> list[Choice]:
    return [
        ("none", _("no e-invoice")),
        ("facturx", _("Factur-X (ZUGFeRD)")),
        ("xrechnung", _("XRechnung, as CII")),
        ("xrechnung_ubl", _("XRechnung, as UBL")),
        ("peppol", _("Peppol BIS Billing 3")),
    ]


def account_kinds() -> list[Choice]:
    return [("checking", _("checking account")), ("savings", _("savings account"))]


def payment_means() -> list[Choice]:
    return [("transfer", _("bank transfer")), ("debit", _("direct debit")), ("card", _("card"))]


def address_schemes() -> list[Choice]:
    """What an electronic address is: the common kinds first, then by name."""
    names = [(EMAIL, f"{_('E-mail address')} · {EMAIL}")]
    names += [(code, f"{name} · {code}") for code, name in SCHEMES.items() if code != EMAIL]
    vat = [
        (code, _("VAT ID of {country} · {code}").format(country=country_name(country), code=code))
        for code, country in VAT_COUNTRIES.items()
    ]
    rare = [(code, code) for code in sorted(RARE)]
    named = sorted(names[3:] + vat, key=lambda one: one[1].casefold())
    return [("", _("Told by the address")), *names[:3], *named, *rare]


def registers() -> list[Choice]:
    """The registers of ISO 6523 that a number may stand in, by name."""
    numbers = [one for one in address_schemes() if str(one[0]).startswith("0") and one[0] != LEITWEG]
    return [("", _("Told by the number")), *numbers]


def milestone_rules() -> list[Choice]:
    """When a milestone that is done is billed."""
    return [("run", _("Billed with the next run")), ("at_once", _("Billed at once"))]


def treatments() -> list[Choice]:
    """How a client is taxed."""
    return [
        ("auto", _("By the rules: country, tax ID, goods or services")),
        ("domestic", _("Always as at home")),
        ("reverse_charge", _("Always reverse charge")),
        ("intra_goods", _("Always tax-free goods within the EU")),
        ("export", _("Always export")),
        ("exempt", _("Always exempt")),
        ("outside", _("Always outside the scope of tax")),
    ]


def word_of(choices: Sequence[Choice], value: object) -> str:
    """How a value reads among its choices; its own text if it is none of them."""
    return next((text for one, text in choices if one == value), "" if value is None else str(value))


def inherited(choices: Sequence[Choice], text: str) -> list[Choice]:
    """The choices with that of leaving the matter to the segment or the firm before them."""
    return [(None, text), *choices]


def mail_ways() -> list[Choice]:
    """How several documents of one client go by mail."""
    return [(True, _("together in one e-mail")), (False, _("each in an e-mail of its own"))]


def mail_places() -> list[Choice]:
    """Where a contact stands on a mail."""
    return [("to", _("To")), ("cc", _("CC")), ("bcc", _("BCC"))]


def terms_text(terms: str | None) -> str:
    """Payment terms in words, such as "30 days net"; what is no term stays as it was typed."""
    if not terms:
        return ""
    try:
        return parse_terms(terms).describe(naming_locale())
    except ValueError:
        return terms
