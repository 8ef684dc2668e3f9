"""Sets whole documents: pages from a frozen document, on a prefix that documents of its kind share."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from desktop.documents.closing import draw_closing, measure_totals
from desktop.documents.flow import Flow, Look
from desktop.documents.glyphs import Face, Tier
from desktop.documents.opening import draw_draft_mark, draw_opening
from desktop.documents.pdffile import Frame, Prefix, form, resources
from desktop.documents.setting import Setting, geometry
from desktop.documents.sheet import FAINT, Sheet, Style, styles
from desktop.documents.stationery import FOOT_RULE, LOGO, foot, letterhead
from desktop.documents.table import draw_table
from desktop.documents.words import tax_name, words_for
from desktop.documents.writing import Writer
from desktop.domain.document import Document, Party

_HEAD_FORM = "H"
_FOOT_FORM = "F"
_PREFIXES = 32
_LONGEST_MARK = 600.0
# A tenth larger than the best packing, and made in half the time.
_PACKING = 3


class _Stationery:
    """Letterhead and foot of one seller, drawn once."""

    def __init__(self, head: Sheet, feet: Sheet, top: float, spill: str, tax: str) -> None:
        self.head = zlib.compress(head.content(), 9)
        self.foot = zlib.compress(feet.content(), 9)
        self.fonts = head.fonts | feet.fonts
        self.page_number = top
        self.bottom = top + FOOT_RULE + 10
        self.spill = spill
        self.tax = tax


class Composer:
    """Sets the documents of one setting. Keeps what comes back: letterheads, prefixes, figures, measured text."""

    def __init__(self, setting: Setting, tiers: dict[str, Tier], faces: tuple[Face, Face]) -> None:
        self._setting = setting
        self._tiers = tiers
        self._always = [face.font for face in faces]
        self._look = Look(
            place=geometry(setting.page),
            styles=styles(*faces, setting.accent),
            words=words_for(setting.patterns.locale),
            writer=Writer(setting.patterns, setting.money),
            accent=setting.accent,
        )
        self._mark = _draft_mark(faces[1], self._look.words.draft_mark)
        self._tax_writer = Writer(setting.patterns, setting.tax_money) if setting.tax_money else None
        self._stationery: dict[tuple[Party, str], _Stationery] = {}
        self._prefixes: dict[tuple[Party, str, frozenset[str]], Prefix] = {}

    def compose(self, document: Document, attachment: bytes) -> tuple[Frame, bytes]:
        """The file in two parts: what it shares with others, and the document's own delta; its e-invoice inside."""
        stationery = self._stationery_of(document)
        flow = Flow(document, self._look, stationery.bottom, stationery.tax)
        draw_opening(flow)
        totals = measure_totals(flow, self._tax_writer)
        draw_table(flow, totals.height)
        draw_closing(flow, totals, stationery.spill)
        self._finish(flow, stationery)
        fonts = stationery.fonts.union(self._always, *[sheet.fonts for sheet in flow.pages])
        prefix = self._prefix(document, stationery, fonts)
        name = f"{self._look.words.title(document.kind)} {document.number or self._look.words.draft}"
        packed = [zlib.compress(sheet.content(), _PACKING) for sheet in flow.pages]
        frame = prefix.frame(flow.tags.log, len(packed), attached=bool(attachment))
        return frame, frame.delta(packed, name, document.issue_date, attachment)

    def _finish(self, flow: Flow, stationery: _Stationery) -> None:
        """What can only be drawn once the number of pages is known, and the shared forms."""
        style, words = self._look.styles.footer, self._look.words
        for number, sheet in enumerate(flow.pages, 1):
            sheet.underlay(f"/{_HEAD_FORM} Do /{_FOOT_FORM} Do" if number == 1 else f"/{_FOOT_FORM} Do")
            page = words.page.format(page=number, pages=len(flow.pages))
            sheet.right(style, self._look.place.right, stationery.page_number, page)
            if not flow.document.number:
                draw_draft_mark(sheet, flow, self._mark)

    def _stationery_of(self, document: Document) -> _Stationery:
        key = (document.seller, document.footer)
        found = self._stationery.get(key)
        if found is None:
            look = self._look
            head = letterhead(self._setting, look.place, look.styles, document.seller)
            tax = tax_name(look.words, self._setting.patterns.locale, document.seller.country)
            feet = foot(look, document.seller, document.footer, tax)
            found = _Stationery(head, *feet, tax)
            _keep(self._stationery, key, found)
        return found

    def _prefix(self, document: Document, stationery: _Stationery, fonts: frozenset[str] | set[str]) -> Prefix:
        key = (document.seller, document.footer, frozenset(fonts))
        found = self._prefixes.get(key)
        if found is None:
            found = self._build(document, stationery, sorted(fonts))
            _keep(self._prefixes, key, found)
        return found

    def _build(self, document: Document, stationery: _Stationery, fonts: Iterable[str]) -> Prefix:
        objects: list[bytes] = []

        def add(body: bytes) -> int:
            objects.append(body)
            return len(objects)

        named: dict[str, int] = {}
        for name in fonts:
            font = self._tiers[name[1:]].fonts["RS".index(name[0])]
            file, unicode = add(font.file), add(font.unicode)
            named[name] = add(font.font % (add(font.descriptor % file), unicode))
        drawings: dict[str, int] = {}
        if logo := self._setting.logo:
            drawings[LOGO] = add(logo.image(None if logo.mask is None else add(logo.mask)))
        box = b"0 0 %g %g" % (self._look.place.width, self._look.place.height)
        shared = add(resources(named, drawings))
        forms = {
            _HEAD_FORM: add(form(stationery.head, box, shared)),
            _FOOT_FORM: add(form(stationery.foot, box, shared)),
        }
        page_resources = add(resources(named, forms))
        language = self._setting.patterns.locale.replace("_", "-")
        return Prefix(objects, page_resources, box, language, document.seller.name)


def _draft_mark(face: Face, word: str) -> Style:
    """As large as the diagonal of a page allows."""
    size = 120.0
    return Style(face, min(size, size * _LONGEST_MARK / Style(face, size, FAINT).width(word)), FAINT)


def _keep(found: dict, key: object, value: object) -> None:
    """Remember, but not without end: a book of many sellers must not fill the memory."""
    if len(found) >= _PREFIXES:
        found.pop(next(iter(found)))
    found[key] = value


class Press:
    """All that one process needs to set documents. It learns tiers and settings, and knows no font library."""

    def __init__(self, basic: Tier) -> None:
        self._tiers = {basic.name: basic}
        self._faces: dict[str, tuple[Face, Face]] = {}
        self._composers: dict[Setting, Composer] = {}

    def learn(self, tiers: Iterable[Tier]) -> None:
        for tier in tiers:
            if tier.name not in self._tiers:
                self._tiers[tier.name] = tier
                for faces in self._faces.values():
                    for face in faces:
                        face.learn(tier)

    def compose(self, document: Document, setting: Setting, attachment: bytes = b"") -> tuple[Frame, bytes]:
        """The file in two parts, the e-invoice inside if there is one. The tiers that the document's text needs must
        have been learnt."""
        composer = self._composers.get(setting)
        if composer is None:
            composer = Composer(setting, self._tiers, self._faces_of(setting.typeface))
            _keep(self._composers, setting, composer)
        return composer.compose(document, attachment)

    def _faces_of(self, typeface: str) -> tuple[Face, Face]:
        """Both weights of a typeface, whose basic tier must have been learnt."""
        found = self._faces.get(typeface)
        if found is None:
            found = self._faces[typeface] = (Face(0, self._tiers, typeface), Face(1, self._tiers, typeface))
        return found
