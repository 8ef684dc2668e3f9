"""The picture of a report on its first page: a line with limits, or bars with their ranges, as vectors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desktop.documents.sheet import HAIRLINE, INK, QUIET, Sheet, Style, colour
from desktop.documents.tagging import Tags

HEIGHT = 128.0
_LINE, _SIGNAL, _BAND, _BAR = "#3D5A80", "#B3261E", "#E8EEF5", "#8FA3BC"
_GAP = 6.0
_DOT, _DIAMOND = 1.5, 3.2


class PlotMark(NamedTuple):
    """A value with its limits or its range, in the units of the ticks; None where there is none."""

    label: str
    size: int | None
    low: int | None
    centre: int | None
    high: int | None
    signal: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """`ticks` are sizes with their texts, ascending; `told` says all of it to those who cannot see it."""

    title: str
    told: str
    bars: bool
    ticks: Sequence[tuple[int, str]]
    marks: Sequence[PlotMark]


def draw(sheet: Sheet, tags: Tags, plot: Plot, style: Style, left: float, top: float, width: float) -> None:
    """Draw below a height; takes HEIGHT with the title."""
    tags.begin("Figure", plot.told)
    sheet.left(style, left, top - style.size, plot.title)
    side = max(style.width(text) for _size, text in plot.ticks) + _GAP
    room = _Room(
        left + side,
        top - HEIGHT + style.size * 2.2,
        width - side,
        HEIGHT - style.size * 4.4,
        plot.ticks[0][0],
        plot.ticks[-1][0],
        len(plot.marks),
    )
    sheet.picture("\n".join(["q", *_operators(plot, room), "Q"]))
    for size, text in plot.ticks:
        sheet.right(style, left + side - _GAP, room.height_of(size) - style.size * 0.35, text)
    wide = max(style.width(mark.label) for mark in plot.marks) + 2 * _GAP
    every = max(1, int(-(-wide // room.step)))
    for place in range(len(plot.marks) - 1, -1, -every):
        label = plot.marks[place].label
        start = room.middle(place) - style.width(label) / 2
        sheet.left(
            style, min(max(start, left), left + width - style.width(label)), room.bottom - style.size * 1.5, label
        )
    tags.end()


class _Room(NamedTuple):
    left: float
    bottom: float
    width: float
    height: float
    low: int
    high: int
    months: int

    @property
    def step(self) -> float:
        return self.width / self.months

    def middle(self, place: int) -> float:
        return self.left + (place + 0.5) * self.step

    def height_of(self, size: int) -> float:
        return self.bottom + self.height * (size - self.low) / (self.high - self.low)


def _operators(plot: Plot, room: _Room) -> Iterator[str]:
    if not plot.bars:
        yield from _band(plot, room)
    yield f"{colour(HAIRLINE)} RG 0.5 w"
    for size, _text in plot.ticks:
        yield _stroke([(room.left, room.height_of(size)), (room.left + room.width, room.height_of(size))])
    yield from _bars(plot, room) if plot.bars else _line(plot, room)


def _band(plot: Plot, room: _Room) -> Iterator[str]:
    """The ground between the limits of each month."""
    yield f"{colour(_BAND)} rg"
    for place, mark in enumerate(plot.marks):
        if mark.low is not None and mark.high is not None:
            bottom, top = room.height_of(mark.low), room.height_of(mark.high)
            yield f"{room.left + place * room.step:.2f} {bottom:.2f} {room.step:.2f} {top - bottom:.2f} re f"


def _line(plot: Plot, room: _Room) -> Iterator[str]:
    yield f"{colour(QUIET)} RG 0.6 w"
    for dash, of in (("[3 2] 0 d", "low"), ("[3 2] 0 d", "high"), ("[] 0 d", "centre")):
        yield dash
        for place, mark in enumerate(plot.marks):
            size = getattr(mark, of)
            if size is not None:
                start, y = room.left + place * room.step, room.height_of(size)
                yield _stroke([(start, y), (start + room.step, y)])
    yield f"{colour(_LINE)} RG 1.2 w [] 0 d"
    run: list[tuple[float, float]] = []
    for place, mark in enumerate(plot.marks):
        if mark.size is not None:
            run.append((room.middle(place), room.height_of(mark.size)))
        if run and (mark.size is None or place == len(plot.marks) - 1):
            yield _stroke(run)
            run = []
    for place, mark in enumerate(plot.marks):
        if mark.size is not None:
            x, y, r = room.middle(place), room.height_of(mark.size), _DIAMOND if mark.signal else _DOT
            ends = ((x, y + r), (x + r, y), (x, y - r), (x - r, y)) if mark.signal else _square(x, y, r)
            path = " ".join(f"{a:.2f} {b:.2f} {'l' if at else 'm'}" for at, (a, b) in enumerate(ends))
            yield f"{colour(_SIGNAL if mark.signal else _LINE)} rg {path} f"


def _square(x: float, y: float, r: float) -> tuple[tuple[float, float], ...]:
    return ((x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r))


def _bars(plot: Plot, room: _Room) -> Iterator[str]:
    yield f"{colour(_BAR)} rg {colour(INK)} RG 0.7 w"
    zero = room.height_of(0)
    for place, mark in enumerate(plot.marks):
        if mark.size:
            width = room.step * 0.64
            start, tall = room.middle(place) - width / 2, room.height_of(mark.size) - zero
            yield f"{start:.2f} {zero:.2f} {width:.2f} {tall:.2f} re f"
        if mark.low is not None and mark.high is not None and mark.low < mark.high:
            x, bottom, top = room.middle(place), room.height_of(mark.low), room.height_of(mark.high)
            yield _stroke([(x, bottom), (x, top)])
            for y in (bottom, top):
                yield _stroke([(x - _DIAMOND, y), (x + _DIAMOND, y)])


def _stroke(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.2f} {y:.2f} {'l' if at else 'm'}" for at, (x, y) in enumerate(points)) + " S"
