"""What a line names: open items, orders, clients and settled invoices, found by one index of all their numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from desktop.domain.matching.facts import Line, OpenInvoice, Payer
from desktop.domain.matching.spelling import (
    Run,
    Span,
    digits,
    loose,
    nearest,
    neighbours,
    parts,
    plain,
    runs,
    short_numbers,
    signs,
    spans,
)
from desktop.domain.references import qr_is_valid, qr_reference, rf_is_valid

# Kinds of keys, in the order of what they tell.
REFERENCE: Final = 0
NUMBER: Final = 1
DIGITS: Final = 2
LOOSE: Final = 3
ORDER: Final = 4
CODE: Final = 5
SETTLED: Final = 6
WORDS: Final = 7
CONTINUED: Final = 8
_KINDS: Final = 16

_LEAST: Final = 3
_LEAST_DIGITS: Final = 4
# Digits alone look like one of ours where they begin with the same year and are as many.
_YEAR: Final = 4
_LONG_DIGITS: Final = 8
_WORD: Final = 4
_TYPED_LEAST: Final = 6
_RANGE_MOST: Final = 40
_JOINS: Final = frozenset(["", "UND", "AND", "ET", "Y", "E", "EN", "OG", "U"])
_REACHES: Final = frozenset(["BIS", "TO", "TILL", "THRU", "A", "AU", "AL", "HASTA", "TOT"])
_RF: Final = re.compile(r"\bRF\s?\d\s?\d(?:[ -]?[A-Z0-9]){1,21}")
_QR: Final = re.compile(r"(?<![0-9])\d(?:[ ]?\d){26}(?![0-9])")
_BETWEEN: Final = re.compile(r"[\s/+,;&.:-]*")
# Doubts by the length of a number: few signs stand in a text by chance.
_DOUBTS: Final = {3: 400_000, 4: 150_000, 5: 60_000, 6: 30_000}
_SURE_NUMBER: Final = 20_000
_CHECKED: Final = 4_000
# A reference whose check digits are wrong names something else than was meant; so may the digits of an amount.
_UNSOUND: Final = 200_000


@dataclass(frozen=True, slots=True)
class Mention:
    """One number in the text and the open items that it may stand for. `doubt` is a fraction times 10**6.

    `needed`: a reading of the line that leaves it out has to say so. Others (a last number alone, what goes on after a
    slash) only help where the amount agrees.
    """

    items: tuple[int, ...]
    kind: int
    written: str
    doubt: int
    needed: bool = True


@dataclass(slots=True)
class Named:
    """All that a line names. `strangers` look like invoices of the firm and are none that is open.

    `written` is each stretch that may be a number, by its signs: as it stands in the text. `strangers` are such signs.
    """

    mentions: list[Mention] = field(default_factory=list)
    clients: dict[int, str] = field(default_factory=dict)
    settled: dict[str, int] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    short: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Shape:
    """What tells the typing errors and the short form of an item: its signs, its digits, its last number."""

    signs: str
    digits: str
    tail: int


class NumberIndex:
    """Every number of open items, clients and settled invoices, by its signs."""

    def __init__(self, items: Iterable[OpenInvoice], payers: Iterable[Payer], settled: Mapping[str, int]) -> None:
        self._keys: dict[str, list[int]] = {}
        self._words: dict[str, list[int]] = {}
        self._needs: dict[int, int] = {}
        self._shapes: set[tuple[str, int]] = set()
        self._prefixes: set[str] = set()
        self._settled: list[tuple[str, int]] = []
        self._longest = _LEAST
        self._names: dict[int, str] = {}
        for item in items:
            self._item(item)
        for payer in payers:
            self._key(signs(payer.code), CODE, payer.client_id, least=4)
        for number, client in settled.items():
            self._settled_number(number, client)

    def read(self, line: Line) -> Named:
        """What the line names, each number by the longest key that it stands for."""
        named = Named()
        texts = [plain(text) for text in (line.reference, line.end_to_end, line.text, line.mandate) if text]
        hits: list[Mention] = []
        for text in dict.fromkeys(texts):
            self._read_text(self._structured(text, hits), named, hits)
        named.short = short_numbers(" ".join(texts))
        named.mentions = _without_repeats(hits)
        return named

    def near(self, written: str) -> set[int]:
        """Items whose number is one error of digits away."""
        codes = (code for variant in neighbours(written) for code in self._keys.get(variant, ()))
        return {code // _KINDS for code in codes if code % _KINDS in (REFERENCE, NUMBER)}

    def may_be(self, named: Named) -> list[int]:
        """Open items that are one error away from what is written; where nothing else tells."""
        found: dict[int, None] = {}
        for written in named.written:
            if len(written) >= _TYPED_LEAST and len(digits(written)) >= _WORD:
                found.update(dict.fromkeys(sorted(self.near(written))))
        return list(found)

    def shape(self, item: OpenInvoice) -> Shape:
        found = parts(item.number)
        numbers = [part for part in found if part.isdigit()]
        own = "".join(found)
        return Shape(own, digits(own), int(numbers[-1]) if numbers else 0)

    def typed(self, shape: Shape, named: Named) -> str:
        """What is written that stands for the item with one error; empty for nothing."""
        found = nearest(shape.signs, list(named.written))
        if not found and len(shape.digits) >= 6 and shape.digits != shape.signs:
            found = nearest(shape.digits, [text for text in named.written if text.isdigit()])
        return found

    def _item(self, item: OpenInvoice) -> None:
        self._names[item.id] = item.number
        number = parts(item.number)
        whole = "".join(number)
        self._key(whole, NUMBER, item.id)
        if item.name != item.number:
            self._key(signs(item.name), NUMBER, item.id)
        own = digits(whole)
        if own != whole and len(own) >= _LEAST_DIGITS:
            self._key(own, DIGITS, item.id)
        if len(number) > 1:
            self._key(loose(number), LOOSE, item.id)
            numeric = [part for part in number if part.isdigit()]
            if len(numeric) > 1 and len(numeric) != len(number):
                self._key(loose(numeric), LOOSE, item.id)
        for reference in item.references:
            self._reference(reference, item.id)
        if item.po_number:
            self._key(signs(item.po_number), ORDER, item.id, least=4)
        first = number[0] if number else ""
        if first.isalpha() and own:
            self._shapes.add((first, len(own)))
            self._prefixes.add(first)
        if len(own) >= _LONG_DIGITS:
            self._shapes.add((own[:_YEAR], len(own)))

    def _settled_number(self, number: str, client: int) -> None:
        found = parts(number)
        whole = "".join(found)
        keys = {whole, digits(whole)} if len(digits(whole)) >= _LEAST_DIGITS else {whole}
        for key in (*keys, loose(found)) if len(found) > 1 else keys:
            self._key(key, SETTLED, len(self._settled))
        self._settled.append((number, client))

    def _reference(self, reference: str, item: int) -> None:
        self._key(signs(reference), REFERENCE, item)
        if " " not in reference:
            return
        words = {signs(word) for word in reference.split()}
        telling = {word for word in words if len(digits(word)) >= _WORD}
        if len(words) > 1 and telling:
            self._needs[item] = len(telling)
            for word in telling:
                self._words.setdefault(word, []).append(item)

    def _key(self, key: str, kind: int, row: int, least: int = _LEAST) -> None:
        if len(key) < least:
            return
        code = row * _KINDS + kind
        known = self._keys.setdefault(key, [])
        if code not in known[-1:]:
            known.append(code)
        self._longest = max(self._longest, len(key))

    def _read_text(self, text: str, named: Named, hits: list[Mention]) -> None:
        found = runs(text)
        matches: list[tuple[Span, list[int]]] = []
        words: dict[int, set[str]] = {}
        for span in spans(found, self._longest + 1):
            numeric = not span.signs.isalpha()
            if numeric and len(span.signs) >= _LEAST_DIGITS:
                named.written.setdefault(span.signs, text[found[span.first].start : found[span.last - 1].end])
            codes = self._keys.get(span.signs)
            if codes is None and "." in span.loose:
                codes = self._keys.get(span.loose)
            if codes or (numeric and self._looks_like_ours(span, found)):
                matches.append((span, codes or []))
            if numeric and span.signs in self._words:
                for item in self._words[span.signs]:
                    words.setdefault(item, set()).add(span.signs)
        taken = _longest_first(matches)
        covered = {at for span, _codes in taken for at in range(span.first, span.last)}
        named.strangers += [span.signs for span, codes in taken if not codes]
        for span, codes in taken:
            if self._take(span, codes, found, text, named, hits):
                self._go_on(span, found, text, hits, covered)
        complete = [item for item, seen in words.items() if len(seen) == self._needs[item]]
        for item in complete:
            hits.append(Mention((item,), WORDS, " ".join(sorted(words[item])), 40_000))

    def _take(
        self, span: Span, codes: list[int], found: list[Run], text: str, named: Named, hits: list[Mention]
    ) -> bool:
        """Keep what a stretch of runs stands for; whether it is a number after which others may go on."""
        goes_on = False
        by_kind: dict[int, list[int]] = {}
        for code in codes:
            by_kind.setdefault(code % _KINDS, []).append(code // _KINDS)
        written = text[found[span.first].start : found[span.last - 1].end]
        for kind, rows in sorted(by_kind.items()):
            if kind == CODE:
                for client in rows:
                    named.clients.setdefault(client, written)
            elif kind == SETTLED:
                for row in rows:
                    number, client = self._settled[row]
                    named.settled[number] = client
            elif kind == DIGITS and self._of_another_series(span, found):
                continue
            else:
                by_chance = span.signs.isdigit() and _is_figure(written)
                doubt = _UNSOUND if by_chance else _doubt(kind, span.signs, len(rows))
                hits.append(Mention(tuple(rows), kind, written, doubt, needed=not by_chance))
                goes_on = goes_on or kind in (NUMBER, DIGITS, LOOSE)
            if kind <= ORDER:
                break
        return goes_on

    def _of_another_series(self, span: Span, found: list[Run]) -> bool:
        """Whether letters in front make the digits a number of another series: CN-2026-0007 is not INV-2026-0007."""
        before = found[span.first - 1] if span.first else None
        near = before is not None and found[span.first].start - before.end <= 1
        return near and before is not None and before.text.isalpha() and before.text in self._prefixes

    def _go_on(self, span: Span, found: list[Run], text: str, hits: list[Mention], covered: set[int]) -> None:
        """INV-2026-1001/1002+3 and INV-2026-1001 - 1003: what follows changes the last digits."""
        base, at, end = span.signs, span.last, found[span.last - 1].end
        tail = found[span.last - 1].text
        while at < len(found):
            word, reaches = "", False
            run = found[at]
            if run.text.isalpha():
                word, at = run.text, at + 1
                if word not in _JOINS and word not in _REACHES:
                    return
                if at == len(found):
                    return
                end, run = run.end, found[at]
            if at in covered:
                return
            between = text[end : run.start]
            if not run.text.isdigit() or len(run.text) > len(tail) or not _BETWEEN.fullmatch(between):
                return
            if not word and not between.strip(" ."):
                return
            reaches = word in _REACHES or between.strip() == "-"
            upper = base[: -len(run.text)] + run.text
            keys = _between(base, upper, len(tail)) if reaches else [upper]
            items = [tuple(c // _KINDS for c in self._keys.get(key, ()) if c % _KINDS <= DIGITS) for key in keys]
            if not all(items):
                return
            for key, rows in zip(keys, items, strict=True):
                hits.append(Mention(rows, CONTINUED, key, 60_000, needed=False))
            base, end, at = upper, run.end, at + 1

    def _structured(self, text: str, hits: list[Mention]) -> str:
        """Finds references with check digits; the text without those that are wrong, whose numbers mislead."""
        left = text
        if "RF" in text:
            for found in _RF.finditer(text):
                if not self._creditor_reference(found[0], hits):
                    left = left.replace(found[0], " ")
        for found in _QR.finditer(text):
            bare = "".join(found[0].split())
            if bare in self._keys or not qr_is_valid(bare):
                continue
            own = bare[10:26].lstrip("0")
            # A short number's digits are no key; the digest in front tells the series apart.
            rows = [c // _KINDS for c in self._keys.get(own, ()) if c % _KINDS in (NUMBER, DIGITS)]
            rows = [row for row in rows if qr_reference(self._names[row]) == bare]
            if rows:
                hits.append(Mention(tuple(rows), REFERENCE, found[0], _CHECKED))
        return left

    def _creditor_reference(self, written: str, hits: list[Mention]) -> bool:
        """Whether it is sound. Words behind a reference look like a part of it: the longest that is known counts."""
        bare = "".join(sign for sign in written if sign.isalnum())
        for end in range(len(bare), 6, -1):
            rows = [c // _KINDS for c in self._keys.get(bare[4:end], ()) if c % _KINDS == NUMBER]
            rows += [c // _KINDS for c in self._keys.get(bare[:end], ()) if c % _KINDS == REFERENCE]
            if rows:
                sound = rf_is_valid(bare[:end])
                hits.append(Mention(tuple(dict.fromkeys(rows)), REFERENCE, bare[:end], _CHECKED if sound else _UNSOUND))
                return sound
        return True

    def _looks_like_ours(self, span: Span, found: list[Run]) -> bool:
        """Whether a span has the letters and as many digits as a series of the firm, or its year and as many."""
        first = found[span.first].text
        if first.isdigit():
            return (span.signs[:_YEAR], len(span.signs)) in self._shapes and span.signs.isdigit()
        rest = span.signs[len(first) :]
        return (first, len(rest)) in self._shapes and rest.isdigit()


def _doubt(kind: int, key: str, rows: int) -> int:
    weight = len(digits(key)) + min(4, sum(sign.isalpha() for sign in key))
    doubt = _DOUBTS.get(weight, _SURE_NUMBER if weight > 3 else 500_000)
    if key.isdigit() and weight == 4:
        doubt = 400_000
    if kind == REFERENCE and rf_is_valid(key):
        return _CHECKED
    if kind == REFERENCE and qr_is_valid(key):
        return _CHECKED
    if kind in (DIGITS, LOOSE):
        doubt = max(doubt, 50_000)
    if kind == ORDER:
        doubt = max(doubt, 60_000)
    if rows > 1 and kind == DIGITS:
        doubt = max(doubt, 200_000)
    return doubt


def _is_figure(written: str) -> bool:
    """Whether digits with points or commas between them are rather an amount or a day than a number."""
    return any(sign in ".,:" for sign in written)


def _between(low: str, high: str, width: int) -> list[str]:
    """The numbers after `low` up to `high`, which differ in their last `width` digits; [high] for what is no range."""
    first, last = int(low[-width:]), int(high[-width:])
    if low[:-width] != high[:-width] or not 0 < last - first <= _RANGE_MOST:
        return [high]
    return [f"{low[:-width]}{number:0{width}d}" for number in range(first + 1, last + 1)]


def _longest_first(matches: list[tuple[Span, list[int]]]) -> list[tuple[Span, list[int]]]:
    """The matches without those that stand inside a longer one."""
    kept: list[tuple[Span, list[int]]] = []
    for span, codes in sorted(matches, key=lambda match: (match[0].first - match[0].last, match[0].first)):
        if not any(span.first < other.last and other.first < span.last for other, _codes in kept):
            kept.append((span, codes))
    kept.sort(key=lambda match: match[0].first)
    return kept


def _without_repeats(hits: list[Mention]) -> list[Mention]:
    """One mention for the same items, the one with the least doubt."""
    best: dict[tuple[int, ...], Mention] = {}
    for hit in sorted(hits, key=lambda hit: (not hit.needed, hit.doubt)):
        best.setdefault(tuple(sorted(hit.items)), hit)
    return list(best.values())
