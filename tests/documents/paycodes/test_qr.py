"""Our QR codes against segno's: the same matrix module by module, and the same choice of mask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from segno import consts, encoder

from desktop.documents.paycodes.qr import LARGEST, Symbol, TooLong, qr_symbol, version_for


@pytest.fixture(autouse=True, scope="module")
def padding_of_the_standard() -> Iterator[None]:
    """segno pads with a zero codeword of its own where the data end with a whole byte, as bytes always do behind their
    terminator; the standard (7.4.10) has none there. Readers skip it, but it changes every module behind."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder, "write_padding_bits", lambda buffer, version, length: None)
        yield


def matrix(symbol: Symbol) -> list[list[int]]:
    bits = f"{int.from_bytes(symbol.image, 'big'):0{symbol.width * symbol.size}b}"
    rows = [bits[start : start + symbol.width] for start in range(0, len(bits), symbol.width)]
    assert len(rows) == symbol.size
    assert not any("1" in row[symbol.size :] for row in rows)
    return [list(map(int, row[: symbol.size])) for row in rows]


def theirs(payload: bytes, level: str, version: int, mask: int | None) -> segno.QRCode:
    return segno.make_qr(payload, error=level, version=version, mask=mask, mode="byte", boost_error=False)


def capacity(version: int, level: str) -> int:
    """Bytes that a version holds, by segno's tables."""
    table: Any = consts.ECC
    blocks = table[version][getattr(consts, f"ERROR_LEVEL_{level}")]
    return sum(block.num_blocks * block.num_data for block in blocks) - (2 if version < 10 else 3)


@pytest.mark.parametrize("level", ["L", "M", "Q"])
def test_each_version_holds_what_the_standard_says(level: str) -> None:
    for version in range(1, LARGEST + 1):
        most = capacity(version, level)
        assert version_for(most, level) == version
        if version < LARGEST:
            assert version_for(most + 1, level) == version + 1


@pytest.mark.parametrize("version", range(1, LARGEST + 1))
def test_each_version_is_segnos_at_its_fullest_and_nearly_empty(version: int) -> None:
    for level in "LMQ":
        lengths = {capacity(version, level)}
        if level == "LMQ"[version % 3]:
            # What fills an empty rest is the same at each level.
            lengths.add(capacity(version - 1, level) + 1 if version > 1 else 1)
        for length in lengths:
            payload = bytes((place * 37 + length) % 256 for place in range(length))
            ours = qr_symbol(payload, level, mask=version % 8)
            assert ours.version == version
            assert matrix(ours) == [list(row) for row in theirs(payload, level, version, version % 8).matrix]


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=260), st.sampled_from("LMQ"))
def test_any_payload_is_segnos_with_the_mask_that_the_standard_chooses(payload: bytes, level: str) -> None:
    ours = qr_symbol(payload, level)
    other = theirs(payload, level, ours.version, None)
    assert ours.mask == other.mask
    assert matrix(ours) == [list(row) for row in other.matrix]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([b"\x00", b"\xff", b"\xaa", b"\x5d", b"\xd1"]), st.integers(1, 250))
def test_monotonous_payloads_choose_the_same_mask(sign: bytes, length: int) -> None:
    ours = qr_symbol(sign * length)
    assert ours.mask == theirs(sign * length, "M", ours.version, None).mask


@given(st.binary(min_size=1, max_size=60), st.integers(0, 7))
def test_a_mask_that_is_asked_for_is_taken(payload: bytes, mask: int) -> None:
    ours = qr_symbol(payload, mask=mask)
    assert matrix(ours) == [list(row) for row in theirs(payload, "M", ours.version, mask).matrix]


def test_what_does_not_fit_is_refused() -> None:
    assert qr_symbol(b"x" * 331, largest=13).version == 13
    with pytest.raises(TooLong):
        qr_symbol(b"x" * 332, largest=13)
    with pytest.raises(TooLong):
        qr_symbol(b"x" * 4000, "L")
