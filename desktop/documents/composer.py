"""Sets whole documents: pages from a frozen document, on a prefix that documents of its kind share."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from desktop.documents.blocks import Painter, Parts, parts_of
from desktop.documents.flow import Flow, Look, Paper
from desktop.documents.geometry import geometry
from desktop.documents.glyphs import Face, Glyphs, Tier
from desktop.documents.opening import draw_mark, draw_opening
from desktop.documents.paycodes.block import paint_code_aside
from desktop.documents.pdffile import Frame, Prefix, form, resources
from desktop.documents.setting import Setting
from desktop.documents.sheet import FAINT, Style
from desktop.documents.stationery import LOGO, MOST_FOOT_LINES, Foot, letterhead
from desktop.documents.styles import Styles, restyled, styles
from desktop.documents.texts import Text, texts_of
from desktop.documents.words import tax_name, words_for
from desktop.documents.writing import Writer
from desktop.domain.document import Party
from desktop.domain.template import FIXED_BLOCKS, Block

_HEAD_FORM = "H"
_FOOT_FORM = "F"
_PREFIXES = 32
_LONGEST_MARK = 600.0
_ON_PAYING = frozenset({"terms", "instalments", "payment"})
# A tenth larger than the best packing, and made in a third of the time.
_PACKING = 2


class _Body(NamedTuple):
    """The parts of the body of one kind of paper: painters with their styles, and the template's own texts."""

    parts: Parts
    painters: list[tuple[Painter, Styles, Block]]
    texts: dict[str, Text]
    totals: tuple[Styles, Block] | None


class _Stationery:
    """Letterhead and foot of one seller, drawn once. `closing` stands in the foot unless it differs from document to
    document; `spill` is what found no room there."""

    def __init__(self, look: Look, setting: Setting, seller: Party, closing: list[Glyphs], spill: str) -> None:
        self.tax = tax_name(look.words, look.writer.locale, seller.country)
        sheet, self.logo, self.end = letterhead(look, setting.logo, seller)
        self.foot = Foot(look, seller, closing, self.tax)
        self.head_form = zlib.compress(sheet.content(), 9)
        self.fonts = sheet.fonts | self.foot.sheet.fonts
        self.spill = spill
        self.closing = closing
        self.prefixes: dict[frozenset[str], Prefix] = {}


class Composer:
    """Sets the documents of one setting. Keeps what comes back: letterheads, prefixes, figures, measured text."""

    def __init__(self, setting: Setting, tiers: dict[str, Tier], faces_of: Callable[[str], tuple[Face, Face]]) -> None:
        faces = faces_of(setting.layout.typeface)
        self._setting = setting
        self._tiers = tiers
        self._always = [face.font for face in faces]
        layout = setting.layout
        usual = styles(*faces, layout)

        def styled(block: Block) -> Styles:
            return restyled(usual, block, layout, faces)

        self._look = Look(
            layout=layout,
            place=geometry(layout),
            styles=usual,
            parts={name: styled(layout.block(name)) for name in FIXED_BLOCKS},
            words=words_for(setting.patterns.locale),
            writer=Writer(setting.patterns, setting.money),
            writers={money.currency: Writer(setting.patterns, money) for money in (setting.money, *setting.others)},
            faces_of=faces_of,
        )
        self._blocks = [(styled(block), block) for block in layout.body()]
        self._numbered = layout.block("page_numbers").shown
        self._bold = faces[1]
        self._mark = _across(self._bold, self._look.words.draft_mark)
        self._bodies: dict[tuple[type, str], _Body] = {}
        self._stationery: dict[tuple[Party, str, int], _Stationery] = {}

    def compose(self, document: Paper, attachment: bytes) -> tuple[Frame, bytes]:
        """The file in two parts: what it shares with others, and the document's own delta; its e-invoice inside."""
        body = self._body(document)
        flow = Flow(document, self._look, 0.0, "")
        flow.say = _teller(flow, body.texts)
        flow.title = body.parts.title(flow)
        stationery, closing = self._stationery_of(flow, body)
        flow.bottom, flow.tax, flow.spill = stationery.foot.bottom, stationery.tax, stationery.spill
        if stationery.logo:
            flow.tags.begin("Figure", document.seller.name)
            flow.sheet.picture(stationery.logo)
            flow.tags.end()
        draw_opening(flow, body.parts.facts(flow), stationery.end)
        if body.totals:
            flow.keep = _keeper(flow, body.parts, *body.totals)
        for painter, own, block in body.painters:
            flow.enter(own, block)
            painter(flow)
        flow.at_end()
        self._finish(flow, stationery, closing)
        flow.let_go()
        fonts = stationery.fonts.union(self._always, *[sheet.fonts for sheet in flow.pages])
        prefix = self._prefix(document, stationery, fonts)
        packed = [zlib.compress(sheet.content(), _PACKING) for sheet in flow.pages]
        frame = prefix.frame(flow.tags.log, len(packed), attached=bool(attachment))
        return frame, frame.delta(packed, flow.name, document.issue_date, attachment, flow.tags.alts)

    def _body(self, document: Paper) -> _Body:
        key = (type(document), document.kind)
        found = self._bodies.get(key)
        if found is None:
            parts = parts_of(document)
            drawn = [(block.block, own, block) for own, block in self._blocks if block.block in parts.painters]
            names = [name for name, _, _ in drawn]
            totals = None
            if "table" in names and "totals" in names and names.index("totals") == names.index("table") + 1:
                totals = drawn[names.index("totals")][1:]
            found = self._bodies[key] = _Body(
                parts,
                [*_painters(parts, drawn)],
                texts_of(self._setting.layout, document.kind, self._setting.patterns.locale),
                totals,
            )
        return found

    def _finish(self, flow: Flow, stationery: _Stationery, closing: list[Glyphs]) -> None:
        """What can only be drawn once the number of pages is known, and the shared forms."""
        words, foot = self._look.words, stationery.foot
        for number, sheet in enumerate(flow.pages, 1):
            raised = flow.raised if number == len(flow.pages) else 0.0
            feet = f"q 1 0 0 1 0 {raised:.2f} cm /{_FOOT_FORM} Do Q" if raised else f"/{_FOOT_FORM} Do"
            sheet.underlay(f"/{_HEAD_FORM} Do {feet}" if number == 1 else feet)
            if closing:
                foot.closing(sheet, closing, raised)
            if self._numbered:
                foot.number(sheet, words.page.format(page=number, pages=len(flow.pages)), raised)
            if flow.document.sandbox:
                draw_mark(sheet, flow, self._sandbox_mark, words.sandbox_mark)
            elif flow.draft:
                draw_mark(sheet, flow, self._mark, words.draft_mark)

    @cached_property
    def _sandbox_mark(self) -> Style:
        """Made when a sandbox asks for it: its glyphs are in no other file."""
        return _across(self._bold, self._look.words.sandbox_mark)

    def _stationery_of(self, flow: Flow, body: _Body) -> tuple[_Stationery, list[Glyphs]]:
        """Letterhead and foot, and the closing lines that this document draws into the foot for itself."""
        document, look = flow.document, self._look
        own = "footer" in body.texts and body.texts["footer"].own
        text = flow.say("footer")
        layout = look.layout
        if layout.letterhead != "preprinted" and not layout.block("footer").shown:
            text = ""
        lines = look.parts["footer"].footer.wrap(text, look.place.measure) if text and own else []
        key = (document.seller, "" if own else text, len(lines))
        found = self._stationery.get(key)
        if found is None:
            if not own and text:
                lines = look.parts["footer"].footer.wrap(text, look.place.measure)
            fits = len(lines) <= MOST_FOOT_LINES and layout.letterhead != "preprinted"
            found = _Stationery(look, self._setting, document.seller, lines if fits else [], "" if fits else text)
            if found.closing and not own:
                found.foot.closing(found.foot.sheet, lines)
                found.fonts = found.fonts | found.foot.sheet.fonts
            _keep(self._stationery, key, found)
        if own:
            found.spill = text if not found.closing else ""
            return found, lines if found.closing else []
        return found, []

    def _prefix(self, document: Paper, stationery: _Stationery, fonts: frozenset[str] | set[str]) -> Prefix:
        key = frozenset(fonts)
        found = stationery.prefixes.get(key)
        if found is None:
            found = self._build(document, stationery, sorted(fonts))
            _keep(stationery.prefixes, key, found)
        return found

    def _build(self, document: Paper, stationery: _Stationery, fonts: Iterable[str]) -> Prefix:
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
        if stationery.logo and (logo := self._setting.logo):
            drawings[LOGO] = add(logo.image(None if logo.mask is None else add(logo.mask)))
        box = b"0 0 %g %g" % (self._look.place.width, self._look.place.height)
        shared = add(resources(named, {}))
        drawings |= {
            _HEAD_FORM: add(form(stationery.head_form, box, shared)),
            _FOOT_FORM: add(form(zlib.compress(stationery.foot.sheet.content(), 9), box, shared)),
        }
        page_resources = add(resources(named, drawings))
        language = self._setting.patterns.locale.replace("_", "-")
        return Prefix(objects, page_resources, box, language, document.seller.name)


def _painters(parts: Parts, drawn: list[tuple[str, Styles, Block]]) -> Iterator[tuple[Painter, Styles, Block]]:
    """The painters in their order; where the code to pay follows the words on paying, it stands beside them."""
    names = [name for name, _, _ in drawn]
    beside = ""
    if "pay_codes" in names:
        before = names[: names.index("pay_codes")]
        while before and before[-1] in _ON_PAYING:
            beside = before.pop()
    for name, own, block in drawn:
        if name == beside:
            _, styles, codes = drawn[names.index("pay_codes")]
            yield paint_code_aside, styles, codes
        yield parts.painters[name], own, block


def _teller(flow: Flow, texts: dict[str, Text]) -> Callable[[str], str]:
    """What stands at a place: the template's own text first, else what was frozen with the document."""

    def say(place: str) -> str:
        text = texts.get(place)
        return text.said(flow) if text else getattr(flow.document, place, "") or ""

    return say


def _keeper(flow: Flow, parts: Parts, own: Styles, block: Block) -> Callable[[], float]:
    """How high the totals are, measured in their own styles while the table is drawn in its."""

    def keep() -> float:
        styles, table = flow.styles, flow.block
        flow.styles, flow.block = own, block
        height = parts.totals_height(flow)
        flow.styles, flow.block = styles, table
        return height

    return keep


def _across(face: Face, word: str) -> Style:
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

    def compose(self, document: Paper, setting: Setting, attachment: bytes = b"") -> tuple[Frame, bytes]:
        """The file in two parts, the e-invoice inside if there is one. The tiers that the document's text needs must
        have been learnt."""
        composer = self._composers.get(setting)
        if composer is None:
            composer = Composer(setting, self._tiers, self._faces_of)
            _keep(self._composers, setting, composer)
        return composer.compose(document, attachment)

    def _faces_of(self, typeface: str) -> tuple[Face, Face]:
        """Both weights of a typeface, whose basic tier must have been learnt."""
        found = self._faces.get(typeface)
        if found is None:
            found = self._faces[typeface] = (Face(0, self._tiers, typeface), Face(1, self._tiers, typeface))
        return found
