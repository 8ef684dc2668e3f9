"""What the installers rest on: all that is imported is collected, versions agree, types of files are told rightly."""

from __future__ import annotations

import ast
import configparser
import importlib.util
import shutil
import struct
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from db.engine import APPLICATION_ID
from tests.books import new_book
from tests.test_architecture import ROOT, imports, modules

PACKAGING = ROOT / "packaging"
MIME = "{http://www.freedesktop.org/standards/shared-mime-info}"


def loaded(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of packaging, which is no package: it would shadow a library of that name."""
    spec = importlib.util.spec_from_file_location(f"packaging_{name}", PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.syspath_prepend(str(PACKAGING))
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return loaded("collected", monkeypatch)


def test_packaging_is_no_package() -> None:
    assert not (PACKAGING / "__init__.py").exists()


def test_nothing_that_the_program_imports_is_left_out(collected: ModuleType) -> None:
    """Late imports as well: a frozen program meets them only when somebody uses what they are for."""
    found = modules(ROOT)
    wanted = {one.imported for module in found.values() for one in imports(module, set(found))}
    left_out = tuple(collected.LEFT_OUT)
    assert [name for name in wanted if name in left_out or name.startswith(tuple(f"{one}." for one in left_out))] == []


def test_packages_taken_whole_and_their_versions_are_there(collected: ModuleType) -> None:
    missing = [name for name in [*collected.WHOLE, *collected.MODULES] if importlib.util.find_spec(name) is None]
    assert missing == [] or sys.platform != "linux"
    assert [name for name in collected.METADATA if not version(name)] == []
    assert [source for source, _target in collected.DATA if not (ROOT / source).exists()] == []


def test_what_imports_by_name_is_taken_whole(collected: ModuleType) -> None:
    """Rules of tax ids, keyrings and what revisions import are chosen at run time, out of sight of PyInstaller."""
    assert {"stdnum", "keyring.backends", "desktop", "db", "sqlcipher3", "argon2"} <= set(collected.WHOLE)
    assert ("db/migrations", "db/migrations") in collected.DATA
    assert ("resources", "resources") in collected.DATA


@pytest.mark.parametrize(
    "target, goes",
    [
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqxdgdesktopportal.so", True),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/plugins/printsupport/libcupsprintersupport.so", True),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("PySide6/Qt/translations/qtbase_ko.qm", False),
        ("PySide6/Qt/translations/designer_de.qm", False),
        ("libxcb-cursor.so.0", True),
        ("libgtk-3.so.0", False),
        ("libX11.so.6", False),
        ("libsqlite3.so.0", True),
        ("resources/translations/de/LC_MESSAGES/sheaf.mo", True),
        ("resources/translations/de/LC_MESSAGES/sheaf.po", False),
        ("resources/pictures/today-light.png", False),
        ("resources/self_test/old.sheaf.xz", True),
        ("db/migrations/versions/0001_first.py", True),
        ("db/migrations/versions/__pycache__/0001_first.cpython-311.pyc", False),
        ("stdnum/numdb.py", True),
        ("stdnum/iban.dat", True),
        ("stdnum/oui.dat", False),
        *(
            (f"babel/locale-data/{name}.dat", True)
            for name in ("root", "en_IN", "de_CH", "fr", "es_MX", "hi", "ja", "ar")
        ),
        ("babel/locale-data/vo.dat", False),
    ],
)
def test_what_goes_into_the_program(collected: ModuleType, target: str, goes: bool) -> None:
    assert collected.wanted(target) is goes
    assert collected.wanted(target.replace("/", "\\")) is goes


def test_the_version_stands_in_one_place(collected: ModuleType) -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert collected.version(ROOT) == told == version("sheaf")
    assert "@VERSION@" in (PACKAGING / "linux" / "sheaf.1").read_text(encoding="utf-8")
    # Windows asks for four parts, the last of which the installer's script adds.
    assert all(part.isdecimal() for part in told.split("."))
    assert len(told.split(".")) == 3
    for path in (PACKAGING / "windows" / "sheaf.nsi", ROOT / "installer.spec"):
        assert told not in path.read_text(encoding="utf-8")


def test_the_recipe_is_python() -> None:
    ast.parse((ROOT / "installer.spec").read_text(encoding="utf-8"))


def test_the_desktop_knows_the_program_and_its_files(tmp_path: Path) -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(PACKAGING / "linux" / "sheaf.desktop", encoding="utf-8")
    told = entry["Desktop Entry"]
    assert (told["Type"], told["Exec"], told["Icon"]) == ("Application", "sheaf %f", "sheaf")
    assert told["Categories"].endswith(";")
    types = ElementTree.parse(PACKAGING / "linux" / "sheaf.xml").getroot()
    (kind,) = types.findall(f"{MIME}mime-type")
    assert told["MimeType"] == f"{kind.attrib['type']};"
    assert kind.find(f"{MIME}glob").attrib["pattern"] == "*.sheaf"  # type: ignore[union-attr]
    # Its magic is where SQLite keeps the mark of a book.
    new_book(tmp_path).close()
    book = (tmp_path / "Harbour.sheaf").read_bytes()
    outer, inner = kind.iter(f"{MIME}match")
    for match in (outer, inner):
        start = int(match.attrib["offset"])
        value = match.attrib["value"].encode()
        assert book[start : start + len(value)] == value
    assert inner.attrib["value"].encode() == APPLICATION_ID.to_bytes(4, "big")


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-validate is not there")
def test_the_desktop_entry_is_valid() -> None:
    subprocess.run(["desktop-file-validate", PACKAGING / "linux" / "sheaf.desktop"], check=True)


@pytest.mark.skipif(shutil.which("makensis") is None, reason="makensis is not there")
def test_the_script_of_the_windows_installer_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    make = loaded("make", monkeypatch)
    loaded("icons", monkeypatch).draw(PACKAGING / "sheaf.svg", ROOT / "build" / "icons")
    make.compile_windows_script("1.2.3")


def test_licences_are_told_of_what_was_collected(monkeypatch: pytest.MonkeyPatch) -> None:
    licences = loaded("licences", monkeypatch)
    text = licences.of(["babel.core", "PySide6.QtWidgets", "desktop.app", "stdnum.iban"], [], ROOT)
    for wanted in ("babel 2.", "PySide6_Essentials", "python-stdnum", "GNU LESSER GENERAL PUBLIC", "OFL", "Python"):
        assert wanted.lower() in text.lower()
    assert "openpyxl" not in text.lower()


def test_the_debian_package_names_what_stays_the_systems_own(
    collected: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    depends = " ".join(loaded("debian", monkeypatch).DEPENDS)
    for library in ("libx11-6", "libdbus-1-3", "libfontconfig1", "libfreetype6", "libglib2.0-0", "libstdc++6"):
        assert library in depends
    assert not collected.wanted("libstdc++.so.6")


def test_icus_data_is_shortened_to_what_qt_asks_and_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    icu_data = loaded("icu_data", monkeypatch)
    items = [
        (b"icudt99l/brkitr/thaidict.dict", b"dictionary"),
        (b"icudt99l/coll/root.res", b"order"),
        (b"icudt99l/ibm-37.cnv", b"converter"),
        (b"icudt99l/root.res", b"root"),
    ]
    header = b"\x20\x00\xda\x27\x14\x00\x00\x00\x00\x00\x02\x00CmnD".ljust(32, b"\0")
    shortened = icu_data.without(b"\x7fELF" + header + icu_data._table(items) + b"closing", icu_data._LEFT_OUT)
    assert shortened[:32] == header
    table = shortened[32:]
    (count,) = struct.unpack_from("<I", table)
    rows = [struct.unpack_from("<II", table, 4 + 8 * index) for index in range(count)]
    assert [table[at : table.index(b"\0", at)] for at, _data in rows] == [
        b"icudt99l/coll/root.res",
        b"icudt99l/root.res",
    ]
    assert [data % 16 for _at, data in rows] == [0, 0]
    assert table[rows[0][1] :].startswith(b"order\0")
    assert table[rows[1][1] :].startswith(b"root\0")
