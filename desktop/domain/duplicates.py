"""Clients and items that are likely one and the same: which, how likely, and why.

Only rows that share a key (an id, a mailbox, a rare word, the head or tail of the name) are compared, so that
thousands take no longer than a breath.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, TypeVar

from desktop.domain.likeness import (
    alike,
    firm_words,
    own_host,
    plain_id,
    plain_mail,
    plain_phone,
    plain_unit,
    plain_words,
)

Code = Literal[
    "tax_id", "iban", "mail", "phone", "host", "name", "postcode", "city", "street", "code", "unit", "price", "tax_code"
]

# Likely enough to be shown, of 100.
THRESHOLD: Final = 60

# How much of the doubt each agreement takes away, of 100; a name takes as much as it is alike.
_CLIENT_WEIGHTS: Final = {"tax_id": 90, "iban": 85, "mail": 65, "phone": 35, "host": 20, "postcode": 25, "street": 25}
_ITEM_WEIGHTS: Final = {"code": 55, "unit": 15, "price": 25, "tax_code": 5}
_NAME_WEIGHT: Final = 70
_CITY_WEIGHT: Final = 20
# How much stays of a likeness where two rows contradict each other, of 100.
_OTHER_TAX_ID, _OTHER_COUNTRY = 45, 70
_OTHER_UNIT, _OTHER_PRICE, _OTHER_TAX = 60, 80, 70

# A name alike by so much takes away no doubt, one alike by 100 the whole of its weight.
_NAME_FROM: Final = 70

# In a block of more rows only neighbours in the order of their names are compared.
_BLOCK, _NEIGHBOURS = 24, 6
# A word that more rows share tells nothing apart.
_COMMON: Final = 40
_HEAD: Final = 5


@dataclass(frozen=True, slots=True)
class ClientFace:
    """What tells a client from another; `mails` and `phones` are its own and its contacts'."""

    id: int
    name: str
    country: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    tax_id: str = ""
    iban: str = ""
    mails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFace:
    """What tells an item from another; the price is any integer that is equal for equal prices, None for none."""

    id: int
    name: str
    code: str = ""
    unit: str = ""
    price: int | None = None
    currency: str = ""
    tax_code: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that two rows have in common; `share` is how alike in percent, `text` the thing itself."""

    code: Code
    share: int = 100
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rows that may be one, the lower id first; `score` of 100."""

    one: int
    other: int
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that may be one, by id; `score` is that of the best pair."""

    ids: tuple[int, ...]
    score: int
    pairs: tuple[Pair, ...]


class _Row(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def keys(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class _Client:
    id: int
    words: tuple[str, ...]
    country: str
    street: tuple[str, ...]
    postcode: str
    city: tuple[str, ...]
    tax_id: str
    iban: str
    mails: frozenset[str]
    phones: frozenset[str]
    hosts: frozenset[str]
    keys: frozenset[str] = field(compare=False)


@dataclass(frozen=True, slots=True)
class _Item:
    id: int
    words: tuple[str, ...]
    code: str
    unit: str
    price: tuple[int, str] | None
    tax_code: str
    keys: frozenset[str] = field(compare=False)


Step = Callable[[int, int], None]
_R = TypeVar("_R", bound=_Row)


def compare_clients(one: ClientFace, other: ClientFace) -> Pair:
    """How likely two clients are one; the same whichever comes first."""
    return _clients(_client(one), _client(other))


def compare_items(one: ItemFace, other: ItemFace) -> Pair:
    """How likely two items are one; the same whichever comes first."""
    return _items(_item(one), _item(other))


def duplicate_clients(
    faces: Iterable[ClientFace],
    apart: Collection[tuple[int, int]] = (),
    step: Step | None = None,
    threshold: int = THRESHOLD,
) -> list[Group]:
    """Groups of clients that may be one, the likeliest first; `apart` are pairs (lower id first) known to be two.

    `step` hears how many of how many pairs were compared.
    """
    return _groups([_client(face) for face in faces], _clients, apart, step, threshold)


def duplicate_items(
    faces: Iterable[ItemFace],
    apart: Collection[tuple[int, int]] = (),
    step: Step | None = None,
    threshold: int = THRESHOLD,
) -> list[Group]:
    """As duplicate_clients."""
    return _groups([_item(face) for face in faces], _items, apart, step, threshold)


def _client(face: ClientFace) -> _Client:
    words = firm_words(face.name)
    tax_id, iban = plain_id(face.tax_id), plain_id(face.iban)
    mails = frozenset(filter(None, map(plain_mail, face.mails)))
    phones = frozenset(filter(None, map(plain_phone, face.phones)))
    hosts = frozenset(filter(None, map(own_host, mails)))
    keys = {f"tax {tax_id}"} if tax_id else set()
    keys |= {f"iban {iban}"} if iban else set()
    keys |= {f"mail {mail}" for mail in mails} | {f"phone {phone}" for phone in phones}
    keys |= {f"host {host}" for host in hosts} | _name_keys(words)
    return _Client(
        face.id,
        words,
        face.country.upper(),
        plain_words(face.street),
        "".join(plain_words(face.postcode)),
        plain_words(face.city),
        tax_id,
        iban,
        mails,
        phones,
        hosts,
        frozenset(keys),
    )


def _item(face: ItemFace) -> _Item:
    words = plain_words(face.name)
    code = "".join(plain_words(face.code))
    price = None if face.price is None else (face.price, face.currency)
    keys = _name_keys(words) | ({f"code {code}"} if code else set())
    return _Item(face.id, words, code, plain_unit(face.unit), price, face.tax_code, frozenset(keys))


def _name_keys(words: Sequence[str]) -> set[str]:
    """Its words, and the head and the tail of the whole: a slip of the pen spoils one of them, not all."""
    whole = "".join(words)
    if not whole:
        return set()
    ordered = "".join(sorted(words))
    return {f"word {word}" for word in words if len(word) > 2} | {
        f"head {whole[:_HEAD]}",
        f"tail {whole[-_HEAD:]}",
        f"head {ordered[:_HEAD]}",
    }


def _clients(one: _Client, other: _Client) -> Pair:
    reasons: list[Reason] = []
    doubt = 100.0
    for code, first, second in (("tax_id", one.tax_id, other.tax_id), ("iban", one.iban, other.iban)):
        if first and first == second:
            reasons.append(Reason(code, text=first))  # type: ignore[arg-type]
    shared: tuple[tuple[Code, frozenset[str]], ...] = (
        ("mail", one.mails & other.mails),
        ("phone", one.phones & other.phones),
        ("host", (one.hosts & other.hosts) if not one.mails & other.mails else frozenset()),
    )
    reasons += [Reason(code, text=min(found)) for code, found in shared if found]
    doubt = _left(doubt, (_CLIENT_WEIGHTS[reason.code] for reason in reasons))
    share = alike(one.words, other.words)
    if share:
        reasons.append(Reason("name", share))
        doubt = _left(doubt, (_name_weight(share),))
    # Many firms share a town: it only says something of names that are alike or ids that are shared.
    if reasons:
        places = _places(one, other)
        reasons += places
        doubt = _left(doubt, (_CLIENT_WEIGHTS.get(reason.code, _CITY_WEIGHT) for reason in places))
    score = 100 - doubt
    if one.tax_id and other.tax_id and one.tax_id != other.tax_id:
        score = score * _OTHER_TAX_ID / 100
    if one.country and other.country and one.country != other.country:
        score = score * _OTHER_COUNTRY / 100
    return _pair(one.id, other.id, score, reasons)


def _places(one: _Client, other: _Client) -> list[Reason]:
    found: list[Reason] = []
    if one.postcode and one.postcode == other.postcode:
        found.append(Reason("postcode"))
    elif one.city and one.city == other.city:
        found.append(Reason("city"))
    if found and one.street and alike(one.street, other.street) >= 90:
        found.append(Reason("street"))
    return found


def _items(one: _Item, other: _Item) -> Pair:
    share = alike(one.words, other.words)
    reasons = [Reason("name", share)] if share else []
    doubt = _left(100.0, (_name_weight(share),) if share else ())
    if one.code and one.code == other.code:
        reasons.append(Reason("code"))
        doubt = _left(doubt, (_ITEM_WEIGHTS["code"],))
    score = 100 - doubt
    if reasons:
        agreeing: tuple[tuple[Code, bool], ...] = (
            ("unit", one.unit == other.unit),
            ("price", one.price is not None and one.price == other.price),
            ("tax_code", bool(one.tax_code) and one.tax_code == other.tax_code),
        )
        more = [Reason(code) for code, agree in agreeing if agree]
        score = 100 - _left(doubt, (_ITEM_WEIGHTS[reason.code] for reason in more))
        reasons += more
    if one.unit != other.unit:
        score = score * _OTHER_UNIT / 100
    if one.price is not None and other.price is not None and one.price != other.price:
        score = score * _OTHER_PRICE / 100
    if one.tax_code and other.tax_code and one.tax_code != other.tax_code:
        score = score * _OTHER_TAX / 100
    return _pair(one.id, other.id, score, reasons)


def _name_weight(share: int) -> float:
    return _NAME_WEIGHT * max(0, share - _NAME_FROM) / (100 - _NAME_FROM)


def _left(doubt: float, weights: Iterable[float]) -> float:
    """What stays of the doubt, of 100, once each of these has taken its part."""
    for weight in weights:
        doubt = doubt * (100 - weight) / 100
    return doubt


def _pair(one: int, other: int, score: float, reasons: Iterable[Reason]) -> Pair:
    return Pair(min(one, other), max(one, other), round(score), tuple(reasons))


def _groups(
    rows: Sequence[_R],
    compare: Callable[[_R, _R], Pair],
    apart: Collection[tuple[int, int]],
    step: Step | None,
    threshold: int,
) -> list[Group]:
    by_id = {row.id: row for row in rows}
    candidates = sorted(_candidates(rows).difference(apart))
    found = []
    for done, (one, other) in enumerate(candidates):
        if step is not None and done % 2000 == 0:
            step(done, len(candidates))
        pair = compare(by_id[one], by_id[other])
        if pair.score >= threshold:
            found.append(pair)
    return _joined(found)


def _candidates(rows: Sequence[_R]) -> set[tuple[int, int]]:
    blocks: dict[str, list[_R]] = {}
    for row in rows:
        for key in row.keys:
            blocks.setdefault(key, []).append(row)
    pairs: set[tuple[int, int]] = set()
    for key, block in blocks.items():
        if len(block) > _COMMON and key.startswith(("word", "host")):
            continue
        reach = len(block)
        if reach > _BLOCK:
            block = sorted(block, key=lambda row: (row.words, row.id))
            reach = _NEIGHBOURS
        for at, row in enumerate(block):
            for other in block[at + 1 : at + 1 + reach]:
                pairs.add((row.id, other.id) if row.id < other.id else (other.id, row.id))
    # Equal names stand side by side, whatever else they share.
    ordered = sorted(rows, key=lambda row: ("".join(row.words), row.id))
    for at, row in enumerate(ordered):
        for other in ordered[at + 1 : at + 1 + _NEIGHBOURS]:
            pairs.add((row.id, other.id) if row.id < other.id else (other.id, row.id))
    return pairs


def _joined(pairs: Sequence[Pair]) -> list[Group]:
    """Pairs that share a row make one group."""
    root: dict[int, int] = {}

    def top(one: int) -> int:
        while root.setdefault(one, one) != one:
            root[one] = one = root[root[one]]
        return one

    for pair in pairs:
        root[top(pair.other)] = top(pair.one)
    groups: dict[int, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(top(pair.one), []).append(pair)
    made = [_group(own) for own in groups.values()]
    return sorted(made, key=lambda group: (-group.score, group.ids))


def _group(pairs: Sequence[Pair]) -> Group:
    ordered = tuple(sorted(pairs, key=lambda pair: (-pair.score, pair.one, pair.other)))
    ids: Mapping[int, None] = dict.fromkeys(sorted({one for pair in pairs for one in (pair.one, pair.other)}))
    return Group(tuple(ids), ordered[0].score, ordered)
