"""The PDF of an invoice, credit note, deposit or final invoice, from the frozen document and nothing else.

The same document and template give the same bytes, on any day and in any process.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter

from desktop.documents import fonts
from desktop.documents.cldr import document_locale, money_pattern, patterns_for
from desktop.documents.composer import Press
from desktop.documents.flow import Paper
from desktop.documents.forms import enclosed
from desktop.documents.geometry import logo_box
from desktop.documents.glyphs import BASIC, SLIP
from desktop.documents.letters.words import letter_words
from desktop.documents.logo import load_logo
from desktop.documents.pdffile import Frame
from desktop.documents.setting import Setting
from desktop.documents.words import words_for
from desktop.documents.writing import Patterns
from desktop.domain.document import TemplateVersion
from desktop.domain.letter import Letter
from desktop.domain.pay_codes import slip_account
from desktop.domain.template import Layout, layout_data, layout_from
from desktop.domain.template_values import TemplateProblem
from desktop.errors import UserError
from desktop.i18n import _
from desktop.saying import put

_lock = threading.Lock()


def render_pdf(document: Paper, template: TemplateVersion, form: str = "pdf") -> bytes:
    """The whole file, with the e-invoice inside if the form is "facturx". UserError if the template cannot be used."""
    return b"".join(render_parts(document, template, form))


def render_parts(document: Paper, template: TemplateVersion, form: str = "pdf") -> tuple[bytes, bytes]:
    """The file in two parts: what documents of this kind share, and what this one adds. Together they are the file."""
    frame, delta = compose(document, template, form)
    return frame.prefix.data, frame.data + delta


def compose(document: Paper, template: TemplateVersion, form: str = "pdf") -> tuple[Frame, bytes]:
    """The file as what it shares with others and the document's delta."""
    setting = setting_for(document, template)
    tiers = [fonts.tier(name) for name in sorted(tiers_needed(document, setting))]
    # A press keeps what it measured, and the window's preview renders beside a job.
    with _lock:
        press = _press()
        press.learn(tiers)
        return press.compose(document, setting, enclosed(document, form))


def setting_for(document: Paper, template: TemplateVersion) -> Setting:
    """The setting of a document: its template, language and currencies. Asked twice, it is the same object."""
    seller, buyer = document.seller.country, document.buyer.country
    # An American reads a foreign firm's dates in America's order.
    country = "US" if buyer == "US" else seller
    if isinstance(document, Letter):
        others = document.currencies()[1:]
    else:
        others = (document.tax_currency,) if document.tax_in_tax_currency is not None else ()
    return _setting(template, document_locale(document.language, country), document.currency, others)


@lru_cache(maxsize=1024)
def _setting(template: TemplateVersion, locale: str, currency: str, others: tuple[str, ...]) -> Setting:
    check_template(template)
    layout = template.layout
    patterns = patterns_for(locale)
    return Setting(
        layout=layout,
        logo=load_logo(template.logo, logo_box(layout)),
        patterns=patterns,
        money=money_pattern(locale, currency),
        others=tuple(money_pattern(locale, other) for other in others if other),
        tiers=frozenset(fonts.tiers_for(_own_text(layout, patterns), layout.typeface)),
    )


def _own_text(layout: Layout, patterns: Patterns) -> str:
    """What documents say beside what is frozen in them: the template's texts, the words of the language, months."""
    words = words_for(patterns.locale)
    own = [text.text for text in layout.texts] + [column.title for column in layout.columns]
    return "\n".join([*own, *_strings(words), *patterns.months, *patterns.short_months])


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            yield from _strings(one)


def check_template(template: TemplateVersion) -> None:
    """UserError if a template cannot be used: to be asked when it is chosen, so that no run meets it."""
    try:
        # Layouts are made in code too; what this refuses no painter is prepared for.
        layout_from(layout_data(template.layout))
    except TemplateProblem as problem:
        where = ", ".join([str(one + 1) if isinstance(one, int) else one for one in problem.path])
        raise UserError(
            _("The template “{name}” cannot be printed: {where}: {problem}").format(
                name=template.name, where=where, problem=put(problem.said)
            ),
            _("Change this in the template, or choose another one."),
        ) from problem
    load_logo(template.logo, logo_box(template.layout))


def tiers_needed(document: Paper, setting: Setting) -> set[str]:
    """The names of the tiers beside the basic one that a document needs in a setting."""
    text = document_text(document)
    needed = fonts.tiers_for(text, setting.layout.typeface) | setting.tiers
    return needed | fonts.tiers_for(text, SLIP) if slip_account(document) else needed


@lru_cache(maxsize=1)
def _press() -> Press:
    return Press(fonts.tier(BASIC))


def document_text(document: Paper) -> str:
    """All text of a document in one string, to find out which fonts it needs."""
    return "\n".join(_texts(document))


def _texts(document: Paper) -> Iterator[str]:
    for party in (document.seller, document.buyer):
        yield from _OF_PARTY(party)
    for account in document.bank:
        yield from (account.holder, account.iban, account.bic, account.bank)
    if isinstance(document, Letter):
        yield from document.texts()
        yield from letter_words(document.language)
        return
    if document.delivery:
        yield from _OF_PARTY(document.delivery)
    for line in document.lines:
        yield from _OF_LINE(line)
    for group in document.taxes:
        yield from (group.exemption, group.name)
    for deposit in document.deposits:
        yield deposit[0]
    yield from _OF_DOCUMENT(document)


def _each(names: str) -> Callable[[object], tuple[str, ...]]:
    return attrgetter(*names.split())


_OF_PARTY = _each(
    "name contact street street2 postcode city region tax_id tax_number email phone website registration code place"
    " certificate section"
)
_OF_LINE = _each("description unit detail group allowance_reason classification")
_OF_DOCUMENT = _each(
    "number po_number buyer_reference agreement project terms intro closing late_clause footer corrects reason link"
    " upi_id"
)
