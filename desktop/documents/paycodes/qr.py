"""QR codes (ISO/IEC 18004), fast enough for a run: a code of a hundred bytes takes a fraction of a millisecond.

A symbol is one large integer, its rows and then its columns, each followed by at least four light modules up to a whole
byte, so that a mask is one exclusive or, a penalty a few operations on all modules at once, and the rows an image as
they are. Bytes only; levels L, M and Q; versions 1 to 40.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

# Error correction codewords in a block and blocks in a symbol, by version from 1 (tables 9 and 13 of the standard).
_CORRECTION: Final = {
    level: (tuple(map(int, each.split())), tuple(map(int, blocks.split())))
    for level, each, blocks in (
        (
            "L",
            "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28 30 30 30 30 30 30 30 30 "
            "30 30 30 30 30 30",
            "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
        ),
        (
            "M",
            "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26 28 28 28 28 28 28 28 28 28 28 28 28 "
            "28 28 28 28 28 28 28",
            "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
        ),
        (
            "Q",
            "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28 30 30 30 30 30 30 30 "
            "30 30 30 30 30 30 30",
            "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 "
            "62 65 68",
        ),
    )
}
_LEVEL_BITS: Final = {"L": 1, "M": 0, "Q": 3}
LARGEST: Final = 40
_GAP: Final = 4
# Each of three finders is found in three rows and three columns, light on one side at least.
_FINDERS: Final = 3 * 6 * 40
_FREE: Final = -1
_FORMAT_GENERATOR: Final = 0x537
_FORMAT_MASK: Final = 0x5412
_VERSION_GENERATOR: Final = 0x1F25
_MASKS: Final[tuple[Callable[[int, int], bool], ...]] = (
    lambda row, column: (row + column) % 2 == 0,
    lambda row, column: row % 2 == 0,
    lambda row, column: column % 3 == 0,
    lambda row, column: (row + column) % 3 == 0,
    lambda row, column: (row // 2 + column // 3) % 2 == 0,
    lambda row, column: row * column % 2 + row * column % 3 == 0,
    lambda row, column: (row * column % 2 + row * column % 3) % 2 == 0,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2 == 0,
)


class TooLong(ValueError):
    """The payload does not fit into the largest version that is allowed."""


class Symbol(NamedTuple):
    """`size` modules a side; `image` has a bit a module, 1 for dark, in rows of `width` bits, of which the last are
    light and belong to the quiet zone."""

    version: int
    mask: int
    size: int
    width: int
    image: bytes


def qr_symbol(payload: bytes, level: str = "M", largest: int = LARGEST, mask: int | None = None) -> Symbol:
    """The smallest symbol that holds the payload, with the mask of the least penalty unless one is given.

    TooLong if it does not fit into version `largest`.
    """
    version = version_for(len(payload), level, largest)
    plan, guards = _plan(version, level), _guards(version)
    blank = plan.modules(_data(payload, version, plan.room), len(payload))
    if mask is None:
        mask = _mildest(blank, guards)
    rows = (blank ^ guards.masks[mask] ^ plan.labels[mask]) >> guards.half
    return Symbol(version, mask, guards.size, guards.step, rows.to_bytes(guards.half // 8, "big"))


def version_for(length: int, level: str = "M", largest: int = LARGEST) -> int:
    """The smallest version for so many bytes. TooLong if that is above `largest`."""
    for version in range(1, largest + 1):
        if length <= _room(version, level) - (2 if version < 10 else 3):
            return version
    raise TooLong(f"{length} bytes are more than version {largest} holds at level {level}")


def _data(payload: bytes, version: int, room: int) -> bytes:
    """The payload as codewords: mode, length, bytes, terminator, padding."""
    width = 8 if version < 10 else 16
    bits = ((0b0100 << width | len(payload)) << 8 * len(payload) | int.from_bytes(payload, "big")) << 4
    used = (4 + width) // 8 + len(payload) + 1
    # Mode, length and bytes leave four bits of the last codeword, which the terminator fills.
    data = bits.to_bytes(used, "big")[:room]
    return data + (b"\xec\x11" * ((room - len(data) + 1) // 2))[: room - len(data)]


@lru_cache(maxsize=128)
def _modules(version: int) -> int:
    """Modules that hold data and error correction."""
    size = 17 + 4 * version
    taken = 3 * 64 + 2 * (size - 16) + 31
    centres = len(_centres(version))
    if centres:
        taken += (centres * centres - 3) * 25 - (centres - 2) * 2 * 5
    return size * size - taken - (36 if version >= 7 else 0)


@lru_cache(maxsize=512)
def _room(version: int, level: str) -> int:
    """Codewords for data."""
    each, blocks = (table[version - 1] for table in _CORRECTION[level])
    return _modules(version) // 8 - each * blocks


def _centres(version: int) -> tuple[int, ...]:
    """Rows and columns in which alignment patterns are centred."""
    if version == 1:
        return ()
    count = version // 7 + 2
    size = 17 + 4 * version
    # Version 32 is the one that the standard's table spaces otherwise.
    step = 26 if version == 32 else (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    return (6, *(size - 7 - place * step for place in range(count - 2, -1, -1)))


def _powers() -> tuple[list[int], list[int]]:
    powers, logs, value = [0] * 512, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logs[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logs


_POWERS, _LOGS = _powers()


@lru_cache(maxsize=32)
def _division(degree: int) -> tuple[int, ...]:
    """For each leading byte, what dividing by the generator polynomial takes off the `degree` bytes behind it."""
    generator = [1]
    for root in range(degree):
        longer = [*generator, 0]
        for place, factor in enumerate(generator):
            if factor:
                longer[place + 1] ^= _POWERS[_LOGS[factor] + root]
        generator = longer
    table = [0]
    for lead in range(1, 256):
        log = _LOGS[lead]
        product = bytes([_POWERS[_LOGS[factor] + log] if factor else 0 for factor in generator[1:]])
        table.append(int.from_bytes(product, "big"))
    return tuple(table)


def correction(block: bytes, degree: int) -> bytes:
    """The error correction codewords of one block (Reed-Solomon over GF(256), polynomial 0x11D)."""
    table, top, low = _division(degree), 8 * (degree - 1), (1 << 8 * (degree - 1)) - 1
    rest = 0
    for byte in block:
        rest = (rest & low) << 8 ^ table[byte ^ rest >> top]
    return rest.to_bytes(degree, "big")


# Beyond so many bits it is quicker to encode a payload from its beginning.
_MOST_TURNED = 160


class _Plan:
    """Where each codeword of a version and level goes, and what its format information adds under each mask."""

    def __init__(self, version: int, level: str) -> None:
        each, blocks = (table[version - 1] for table in _CORRECTION[level])
        self.room = _room(version, level)
        short = self.room // blocks
        longer = self.room - short * blocks
        self._each = each
        self._lengths = [short] * (blocks - longer) + [short + 1] * longer
        starts = [sum(self._lengths[:block]) for block in range(blocks)]
        order = [
            start + place
            for place in range(short + 1)
            for start, length in zip(starts, self._lengths, strict=True)
            if place < length
        ]
        order += [self.room + block * each + place for place in range(each) for block in range(blocks)]
        self._order = itemgetter(*order) if blocks > 1 else None
        frame = _frame(version)
        # Behind the data's bits stand a light and a dark module, from which all the fixed ones are taken.
        light = _modules(version)
        where = {place: number for number, place in enumerate(_path(frame))}
        self._spare = light - 8 * len(order)
        size = len(frame)
        rows = [[where.get((row, column), light + frame[row][column]) for column in range(size)] for row in range(size)]
        columns = [list(column) for column in zip(*rows, strict=True)]
        gap = [light] * (_step(size) - size)
        self._placed = itemgetter(*[place for line in rows + columns for place in line + gap])
        self.labels = [_whole(_label(version, level, mask)) for mask in range(8)]
        self._empty = self._encoded(bytes(self.room))
        self._known: dict[int, tuple[int, int]] = {}
        self._turned: dict[int, int] = {}

    def modules(self, data: bytes, length: int) -> int:
        """Rows and columns of the symbol, unmasked.

        The code is linear: a bit of the data always turns the same modules. Payments to one account differ in little,
        so what is encoded anew is the difference from another payload of that length.
        """
        bits = int.from_bytes(data, "big")
        known = self._known.get(length)
        if known is None:
            found = self._encoded(data)
            self._known[length] = bits, found
            return found
        other, found = known
        rest = bits ^ other
        if rest.bit_count() > _MOST_TURNED:
            return self._encoded(data)
        while rest:
            place = rest.bit_length() - 1
            rest ^= 1 << place
            turned = self._turned.get(place)
            if turned is None:
                turned = self._turned[place] = self._encoded((1 << place).to_bytes(self.room, "big")) ^ self._empty
            found ^= turned
        return found

    def _encoded(self, data: bytes) -> int:
        return int(bytes(self._placed(self._interleaved(data))), 2)

    def _interleaved(self, data: bytes) -> bytes:
        """The bits of all codewords in their order as digits, then a light and a dark module."""
        words = data
        start = 0
        for length in self._lengths:
            words += correction(data[start : start + length], self._each)
            start += length
        if self._order:
            words = bytes(self._order(words))
        return f"{int.from_bytes(words, 'big'):0{8 * len(words)}b}{'0' * self._spare}01".encode("ascii")


@lru_cache(maxsize=24)
def _plan(version: int, level: str) -> _Plan:
    return _Plan(version, level)


class _Guards(NamedTuple):
    """What masks and penalties of a version need: the masks, and the modules that have one beside or below."""

    size: int
    step: int
    half: int
    masks: tuple[int, ...]
    beside: int
    square: int


@lru_cache(maxsize=24)
def _guards(version: int) -> _Guards:
    frame = _frame(version)
    size = len(frame)
    sides = range(size)
    masks = tuple(
        _whole([[int(frame[row][column] == _FREE and rule(row, column)) for column in sides] for row in sides])
        for rule in _MASKS
    )
    step = _step(size)
    line = "1" * (size - 1) + "0" * (1 + step - size)
    half = size * step
    square = int(line * (size - 1) + "0" * step, 2)
    return _Guards(size, step, half, masks, int(line * (2 * size), 2), square)


def _step(size: int) -> int:
    """Bits from one row to the next."""
    return (size + _GAP + 7) // 8 * 8


def _whole(cells: list[list[int]]) -> int:
    """Rows and then columns as one integer."""
    columns = [list(column) for column in zip(*cells, strict=True)]
    gap = "0" * (_step(len(cells)) - len(cells))
    return int("".join(["".join(map(str, line)) + gap for line in [*cells, *columns]]), 2)


def _mildest(blank: int, guards: _Guards) -> int:
    """The mask under which the symbol is least hard to read (section 7.8.3), before its format information.

    Likeness to finders is the dearest to find out, so a mask is left whose other penalties, with what the three
    finders themselves cost under any mask, are above the best sum.
    """
    found = []
    for number, pattern in enumerate(guards.masks):
        modules = blank ^ pattern
        found.append((_even(modules, guards), number, modules))
    found.sort()
    best, mask = found[0][0] + _like_finders(found[0][2]), found[0][1]
    for even, number, modules in found[1:]:
        if even + _FINDERS > best:
            break
        penalty = even + _like_finders(modules)
        if (penalty, number) < (best, mask):
            best, mask = penalty, number
    return mask


def _even(modules: int, guards: _Guards) -> int:
    """Penalties for runs and squares of one colour, and for being rather dark or light."""
    size, step, half, _masks, beside, square = guards
    # Nothing is negated: integers below zero are slow to combine.
    same = beside ^ (modules ^ modules << 1) & beside
    five = same & same << 1
    five &= five << 2
    runs = 3 * five.bit_count() - 2 * (five & five >> 1).bit_count()
    rows, pairs = modules >> half, same >> half
    pairs &= pairs << step & square
    squares = pairs.bit_count() - ((rows ^ rows << step) & pairs).bit_count()
    dark = rows.bit_count()
    return runs + 3 * squares + 10 * (abs(20 * dark - 10 * size * size) // (size * size))


def _like_finders(modules: int) -> int:
    """The penalty for what looks like a finder."""
    two = modules & modules << 1
    found = modules & (two & modules << 2) << 2 & modules << 6
    found ^= found & (modules << 1 | modules << 5)
    if found:
        pair = modules | modules >> 1
        after = modules | modules << 1
        found ^= found & (pair | pair >> 2) >> 1 & (after | after << 2) << 7
    finders = found.bit_count()
    if found & (found << 4 | found << 6):
        finders = _apart(found)
    return 40 * finders


def _apart(found: int) -> int:
    """How many patterns of seven modules there are that do not overlap, read from the left."""
    text = f"{found:b}"
    count, at = 0, text.find("1")
    while at >= 0:
        count += 1
        at = text.find("1", at + 7)
    return count


def _frame(version: int) -> list[list[int]]:
    """The fixed modules: 1 dark, 0 light or kept for format and version; -1 where data goes."""
    size = 17 + 4 * version
    cells = [[_FREE] * size for _row in range(size)]
    for top, left in ((0, 0), (0, size - 7), (size - 7, 0)):
        for row in range(max(top - 1, 0), min(top + 8, size)):
            for column in range(max(left - 1, 0), min(left + 8, size)):
                ring = max(abs(row - top - 3), abs(column - left - 3))
                cells[row][column] = int(ring not in (2, 4))
    for place in range(8, size - 8):
        cells[6][place] = cells[place][6] = 1 - place % 2
    centres = _centres(version)
    corners = {(6, 6), (6, size - 7), (size - 7, 6)}
    for middle in [(row, column) for row in centres for column in centres if (row, column) not in corners]:
        for row in range(middle[0] - 2, middle[0] + 3):
            for column in range(middle[1] - 2, middle[1] + 3):
                cells[row][column] = int(max(abs(row - middle[0]), abs(column - middle[1])) != 1)
    for row, column, _bit in [*_format_places(size), *_version_places(version)]:
        cells[row][column] = 0
    cells[size - 8][8] = 0
    return cells


def _path(frame: list[list[int]]) -> Iterator[tuple[int, int]]:
    """The free modules in the order in which data fills them: pairs of columns from the right, up and down."""
    size = len(frame)
    upward = True
    for right in range(size - 1, 0, -2):
        # The column of the timing pattern is stepped over.
        column = right if right > 6 else right - 1
        for row in range(size - 1, -1, -1) if upward else range(size):
            for place in (column, column - 1):
                if frame[row][place] == _FREE:
                    yield row, place
        upward = not upward


def _format_places(size: int) -> list[tuple[int, int, int]]:
    """(row, column, bit) of the format information, both times it is told."""
    first = [(row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8)] + [(8, column) for column in (7, 5, 4, 3, 2, 1, 0)]
    second = [(8, size - 1 - place) for place in range(8)] + [(size - 7 + place, 8) for place in range(7)]
    return [(*place, bit) for places in (first, second) for bit, place in enumerate(places)]


def _version_places(version: int) -> list[tuple[int, int, int]]:
    if version < 7:
        return []
    size = 17 + 4 * version
    upper = [(bit // 3, size - 11 + bit % 3, bit) for bit in range(18)]
    return upper + [(column, row, bit) for row, column, bit in upper]


def _label(version: int, level: str, mask: int) -> list[list[int]]:
    """Format and version information and the module that is always dark."""
    size = 17 + 4 * version
    cells = [[0] * size for _row in range(size)]
    told = _LEVEL_BITS[level] << 3 | mask
    told = (told << 10 | _remainder(told << 10, _FORMAT_GENERATOR)) ^ _FORMAT_MASK
    for row, column, bit in _format_places(size):
        cells[row][column] = told >> bit & 1
    told = version << 12 | _remainder(version << 12, _VERSION_GENERATOR)
    for row, column, bit in _version_places(version):
        cells[row][column] = told >> bit & 1
    cells[size - 8][8] = 1
    return cells


def _remainder(value: int, generator: int) -> int:
    """What is left of a polynomial over GF(2) after division."""
    degree = generator.bit_length()
    while value.bit_length() >= degree:
        value ^= generator << value.bit_length() - degree
    return value
