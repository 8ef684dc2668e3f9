"""What goes into the frozen program beside what PyInstaller finds by itself, and what stays out."""

from __future__ import annotations

import tomllib
from pathlib import Path, PurePosixPath
from typing import Any, Final

DATA: Final = [
    ("resources", "resources"),
    # Alembic reads revisions as files; the modules that they import are collected with the rest of `db`.
    ("db/migrations", "db/migrations"),
    ("CHANGELOG.md", "resources"),
    ("LICENSE", "resources"),
]

WHOLE: Final = [
    "desktop",
    "db",
    # Frozen without all of it, every tax id is refused.
    "stdnum",
    "keyring.backends",
    "sqlcipher3",
    "argon2",
    "sqlalchemy.dialects.sqlite",
]
MODULES: Final = ["logging.config", "alembic.command", "alembic.ddl.sqlite", "jeepney.io.blocking", "secretstorage"]

# Their versions are shown, or they find their own backends by it.
METADATA: Final = [
    "sheaf",
    "PySide6_Essentials",
    "reportlab",
    "uharfbuzz",
    "pillow",
    "pypdfium2",
    "SQLAlchemy",
    "alembic",
    "babel",
    "python-stdnum",
    "rapidfuzz",
    "python-calamine",
    "openpyxl",
    "python-dateutil",
    "argon2-cffi",
    "sqlcipher3",
    "keyring",
]

LEFT_OUT: Final = [
    # For tests, or an optional extra of a hundred megabytes.
    "saxonche",
    "facturx",
    "lxml",
    "pikepdf",
    "numpy",
    "matplotlib",
    "IPython",
    "pytest",
    "_pytest",
    "hypothesis",
    "mypy",
    "fontTools",
    "setuptools",
    "pkg_resources",
    "pip",
    "tkinter",
    "lib2to3",
    "pygments",
    "requests",
    "PIL._avif",
    "PIL._imagingft",
    "PIL._imagingtk",
    "PIL._webp",
    "PySide6.QtNetwork",
    "pydoc_data",
    "readline",
    "reportlab.graphics.testshapes",
]

# The window is widgets: what plays films, draws scenes or speaks to designers of windows is not opened by anything.
_QT_LEFT_OUT: Final = (
    "Qt6Network",
    "QtNetwork",
    "Qt6Quick",
    "Qt6Qml",
    "Qt6Pdf",
    "Qt6Designer",
    "Qt6Help",
    "Qt6Sql",
    "Qt6Test",
    "Qt6VirtualKeyboard",
    "Qt6ShaderTools",
    "Qt6LabsAnimation",
    "Qt6Concurrent",
    "Qt6EglFSDeviceIntegration",
    "Qt6EglFsKmsGbmSupport",
    "Qt6EglFsKmsSupport",
    "QtQuick",
    "QtQml",
    "QtDesigner",
    "QtHelp",
    "QtSql",
    "QtTest",
)
_PLUGINS_LEFT_OUT: Final = (
    "qmltooling",
    "sqldrivers",
    "egldeviceintegrations",
    "virtualkeyboard",
    "designer",
    "scenegraph",
    "generic",
    "networkinformation",
    "tls",
)
_PICTURES_LEFT_OUT: Final = ("qicns", "qtga", "qtiff", "qwbmp", "qwebp")
_PLATFORMS_LEFT_OUT: Final = ("eglfs", "linuxfb", "vkkhrdisplay", "minimalegl", "vnc", "minimal")
_LANGUAGES: Final = ("de", "fr", "es", "en", "hi")

DOCUMENT_TYPES: Final[dict[str, Any]] = {
    "NSHighResolutionCapable": True,
    "CFBundleDocumentTypes": [
        {
            "CFBundleTypeName": "Sheaf book",
            "CFBundleTypeExtensions": ["sheaf"],
            "CFBundleTypeRole": "Editor",
            "LSItemContentTypes": ["org.sheaf.book"],
        }
    ],
    "UTExportedTypeDeclarations": [
        {
            "UTTypeIdentifier": "org.sheaf.book",
            "UTTypeDescription": "Sheaf book",
            "UTTypeConformsTo": ["public.data"],
            "UTTypeTagSpecification": {"public.filename-extension": ["sheaf"]},
        }
    ],
}


# Every desktop has its own, as new as these or newer, and fitting its configuration: fonts, windows, the bus.
_LIBRARIES_OF_THE_SYSTEM: Final = (
    "X11.so",
    "Xau.so",
    "Xdmcp",
    "bsd.",
    "md.",
    "dbus-1",
    "systemd",
    "gcrypt",
    "gpg-error",
    "lz4",
    "cap.",
    "glib-2",
    "gobject-2",
    "gthread-2",
    "gmodule-2",
    "pcre2",
    "fontconfig",
    "freetype",
    "png16",
    "brotli",
    "expat",
    "stdc++",
    "gcc_s",
)
# What the theme of GTK and Qt's own printing through CUPS would bring along; the program draws and prints by itself.
_LIBRARIES_LEFT_OUT: Final = (
    "gtk-3",
    "gdk",
    "gio-2",
    "atk",
    "atspi",
    "cairo",
    "pango",
    "pixman",
    "epoxy",
    "avahi",
    "cups",
    "gnutls",
    "p11-kit",
    "tasn1",
    "nettle",
    "hogweed",
    "idn2",
    "unistring",
    "gmp.",
    "harfbuzz.so",
    "harfbuzz-fb",
    "freetype-",
    "harfbuzz-gobject",
    "graphite2",
    "fribidi",
    "thai",
    "datrie",
    "mount.",
    "blkid.",
    "selinux",
    "jpeg.so.62",
    "gssapi",
    "krb5",
    "k5crypto",
    "com_err",
    "keyutils",
    "avif-",
    "Xcomposite",
    "Xdamage",
    "Xinerama",
    "Xcursor",
    "Xrandr",
)


def _is_spoken(language: str) -> bool:
    """Whether a country works in it, or a part of one that is large: figures and dates of others stay out."""
    return language in _OFFICIAL


def _official() -> frozenset[str]:
    from babel.core import get_global

    return frozenset(
        name.split("_")[0]
        for languages in get_global("territory_languages").values()
        for name, about in languages.items()
        if about.get("official_status") == "official" and about.get("population_percent", 0) >= 5
    ).union(("root", "ca", "eu", "gl", "cy", "gu", "mr", "te", "kn", "ml", "pa", "or", "as"))


_OFFICIAL: Final = _official()


def wanted(target: str) -> bool:
    """Whether a file goes into the program; `target` is its path there."""
    path = PurePosixPath(target.replace("\\", "/"))
    name = path.name.removeprefix("lib")
    if "__pycache__" in path.parts or path.parts[:2] == ("resources", "pictures"):
        return False
    # The sums of files that pip put there; versions are read from the file beside it.
    if name == "RECORD" and path.parent.suffix == ".dist-info":
        return False
    # Whose network card or telephone a number is of, a megabyte long, is asked by nothing.
    if path.suffix in (".po", ".pot") or str(path) in ("stdnum/oui.dat", "stdnum/imsi.dat"):
        return False
    if "locale-data" in path.parts:
        return _is_spoken(path.stem.split("_")[0])
    # The same for processors of the last ten years, a little faster.
    if "_avx2." in name:
        return False
    if "PySide6" not in path.parts:
        return len(path.parts) > 2 or not name.startswith(_LIBRARIES_LEFT_OUT + _LIBRARIES_OF_THE_SYSTEM)
    if name.startswith(_QT_LEFT_OUT) or "qml" in path.parts:
        return False
    if "plugins" in path.parts:
        if path.parent.name in _PLUGINS_LEFT_OUT or name.startswith(("qgtk3", *_PICTURES_LEFT_OUT)):
            return False
        return (
            path.parent.name != "platforms"
            or name.removeprefix("q").split(".")[0].split("-")[0] not in _PLATFORMS_LEFT_OUT
        )
    if "translations" in path.parts:
        return name.startswith("qtbase_") and name.removeprefix("qtbase_").split(".")[0] in _LANGUAGES
    return True


def version(root: Path) -> str:
    """The one place where the version stands is pyproject.toml."""
    told = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(told["project"]["version"])
