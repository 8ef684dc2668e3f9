"""The PDF of an invoice, credit note, deposit or final invoice, from the frozen document and nothing else.

The same document and template give the same bytes, on any day and in any process.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import lru_cache

from desktop.documents import fonts
from desktop.documents.cldr import document_locale, money_pattern, patterns_for
from desktop.documents.composer import Press
from desktop.documents.forms import enclosed
from desktop.documents.glyphs import BASIC
from desktop.documents.logo import load_logo
from desktop.documents.pdffile import Frame
from desktop.documents.setting import Setting
from desktop.domain.document import Document, TemplateVersion
from desktop.errors import UserError
from desktop.i18n import _

_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_lock = threading.Lock()


def render_pdf(document: Document, template: TemplateVersion, form: str = "pdf") -> bytes:
    """The whole file, with the e-invoice inside if the form is "facturx". UserError if the template cannot be used."""
    return b"".join(render_parts(document, template, form))


def render_parts(document: Document, template: TemplateVersion, form: str = "pdf") -> tuple[bytes, bytes]:
    """The file in two parts: what documents of this kind share, and what this one adds. Together they are the file."""
    frame, delta = compose(document, template, form)
    return frame.prefix.data, frame.data + delta


def compose(document: Document, template: TemplateVersion, form: str = "pdf") -> tuple[Frame, bytes]:
    """The file as what it shares with others and the document's delta."""
    setting = setting_for(document, template)
    tiers = [fonts.tier(name) for name in sorted(fonts.tiers_for(document_text(document), setting.typeface))]
    # A press keeps what it measured, and the window's preview renders beside a job.
    with _lock:
        press = _press()
        press.learn(tiers)
        return press.compose(document, setting, enclosed(document, form))


def missing_glyphs(document: Document) -> str:
    """The characters of the document that no font has, each once; they are printed as a replacement sign."""
    return fonts.missing([document_text(document)])


def setting_for(document: Document, template: TemplateVersion) -> Setting:
    """The setting of a document: its template, language and currency. Asked twice, it is the same object."""
    seller, buyer = document.seller.country, document.buyer.country
    # An American reads a foreign firm's dates in America's order.
    country = "US" if buyer == "US" else seller
    taxed = document.tax_currency if document.tax_in_tax_currency is not None else ""
    return _setting(template, document_locale(document.language, country), document.currency, taxed)


@lru_cache(maxsize=1024)
def _setting(template: TemplateVersion, locale: str, currency: str, tax_currency: str) -> Setting:
    check_template(template)
    return Setting(
        page=template.layout.page,
        accent=template.layout.accent,
        window=template.layout.window,
        typeface=template.layout.typeface,
        logo=load_logo(template.logo),
        patterns=patterns_for(locale),
        money=money_pattern(locale, currency),
        tax_money=money_pattern(locale, tax_currency) if tax_currency else None,
    )


def check_template(template: TemplateVersion) -> None:
    """UserError if a template cannot be used: to be asked when it is chosen, so that no run meets it."""
    if not _COLOUR.fullmatch(template.layout.accent):
        raise UserError(
            _("“{accent}” is not a colour.").format(accent=template.layout.accent),
            _("Write it like {example}.").format(example="#2457D6"),
        )
    load_logo(template.logo)


@lru_cache(maxsize=1)
def _press() -> Press:
    return Press(fonts.tier(BASIC))


def document_text(document: Document) -> str:
    """All text of a document in one string, to find out which fonts it needs."""
    return "\n".join(_texts(document))


def _texts(document: Document) -> Iterator[str]:
    for party in (document.seller, document.buyer):
        yield party.name
        yield party.contact
        yield party.street
        yield party.street2
        yield party.postcode
        yield party.city
        yield party.region
        yield party.tax_id
        yield party.tax_number
        yield party.email
        yield party.phone
        yield party.website
        yield party.registration
        yield party.code
        yield party.place
        yield party.certificate
        yield party.section
    for line in document.lines:
        yield line.description
        yield line.unit
        yield line.detail
        yield line.group
        yield line.allowance_reason
        yield line.classification
    for group in document.taxes:
        yield group.exemption
        yield group.name
    for account in document.bank:
        yield account.holder
        yield account.iban
        yield account.bic
        yield account.bank
    for deposit in document.deposits:
        yield deposit[0]
    yield document.number
    yield document.po_number
    yield document.buyer_reference
    yield document.agreement
    yield document.terms
    yield document.intro
    yield document.closing
    yield document.late_clause
    yield document.footer
    yield document.corrects
    yield document.reason
