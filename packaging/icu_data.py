"""What Qt needs of ICU's data: how names are ordered and time zones called. The rest is two thirds of 32 megabytes.

Qt for Linux brings a whole library of ICU's data with it. Its names of countries, languages and currencies come from
Babel here, encodings from Python, and line breaks from Qt itself; what ICU does not find, it says, and Qt goes on.
"""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path
from typing import Final

_LEFT_OUT: Final = ("brkitr", "curr", "lang", "rbnf", "region", "translit", "unit")
# Of the ICU data header (udata.h): its own size, and the four letters that a package of data begins with.
_FORMAT: Final = b"CmnD"
_FORMAT_AT: Final = 12
# Every item begins where a processor reads it best.
_ALIGNED: Final = 16


def shortened(library: Path, target: Path) -> Path:
    """A library of the same name and symbol as `library` in the folder `target`, with the wanted data only.

    Needs ld and objcopy, which stand where PyInstaller's own objdump does.
    """
    version = library.name.rpartition(".")[2]
    target.mkdir(parents=True, exist_ok=True)
    (target / "icu.dat").write_bytes(without(library.read_bytes(), _LEFT_OUT))
    for command in (
        ["ld", "-r", "-b", "binary", "-o", "icu.o", "icu.dat"],
        [
            "objcopy",
            f"--set-section-alignment=.data={_ALIGNED}",
            "--rename-section=.data=.rodata,alloc,load,readonly,data,contents",
            f"--redefine-sym=_binary_icu_dat_start=icudt{version}_dat",
            "icu.o",
        ],
        ["ld", "-shared", "-z", "noexecstack", f"--soname={library.name}", "-o", library.name, "icu.o"],
    ):
        subprocess.run(command, cwd=target, check=True)
    return target / library.name


def without(content: bytes, folders: tuple[str, ...]) -> bytes:
    """The package of ICU data that `content` holds somewhere, less what lies in `folders` and its converters."""
    begin = content.index(_FORMAT) - _FORMAT_AT
    (header,) = struct.unpack_from("<H", content, begin)
    table = begin + header
    (count,) = struct.unpack_from("<I", content, table)
    found = [struct.unpack_from("<II", content, table + 4 + 8 * index) for index in range(count)]
    # The last one's end is not told; zone names are short, and what follows is the library's few closing lines.
    ends = [at for _name, at in found[1:]] + [len(content) - table]
    kept: list[tuple[bytes, bytes]] = []
    for (name_at, at), end in zip(found, ends, strict=True):
        name = content[table + name_at : content.index(b"\0", table + name_at)]
        folder = name.decode("ascii").split("/")[1]
        if folder not in folders and not name.endswith(b".cnv"):
            kept.append((name, content[table + at : table + end]))
    return content[begin:table] + _table(kept)


def _table(items: list[tuple[bytes, bytes]]) -> bytes:
    names = bytearray()
    data = bytearray()
    rows = []
    first = 4 + 8 * len(items)
    begin = first + sum(len(name) + 1 for name, _content in items)
    begin += -begin % _ALIGNED
    for name, content in items:
        rows.append(struct.pack("<II", first + len(names), begin + len(data)))
        names += name + b"\0"
        data += content + bytes(-len(content) % _ALIGNED)
    return (struct.pack("<I", len(items)) + b"".join(rows) + names).ljust(begin, b"\0") + data
