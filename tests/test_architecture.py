"""Holds the house to its plan: imports point one way, a file has one subject, names say what a thing is.

The sources are read, not imported, so that a breach shows even where nothing runs it.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# What each part of the house may import from the house. The longest name that fits counts;
# a part may always import from itself. These stand under everything.
_GROUND = {"desktop.errors", "desktop.i18n", "desktop.paths", "desktop.log", "desktop.crashes"}
_GOALS = _GROUND | {"desktop.domain", "desktop.services", "desktop.settings", "desktop.secrets", "desktop.jobs"}
_GOALS |= {"desktop.saying"}
# The open book is handed down from above, but what stands in it only the services ask.
_HANDLE = {"db.engine", "db.book_files", "db.files"}
MAY_IMPORT: dict[str, set[str]] = {
    "desktop": set(),
    "desktop.errors": set(),
    "desktop.paths": set(),
    "desktop.i18n": {"desktop.errors", "desktop.paths"},
    "desktop.crashes": {"desktop.paths"},
    "desktop.starts": {"desktop.paths"},
    "desktop.log": {"desktop.crashes", "desktop.paths"},
    "desktop.saying": {"desktop.i18n", "desktop.domain"},
    "desktop.settings": _GROUND,
    "desktop.secrets": _GROUND,
    "desktop.domain": {"desktop.errors", "desktop.i18n"},
    "db": _GROUND | {"desktop.domain"},
    "desktop.documents": _GROUND | {"desktop.domain", "desktop.saying"},
    "desktop.delivery": _GROUND | {"desktop.domain", "desktop.settings", "desktop.secrets"},
    "desktop.importing": _GROUND | {"desktop.domain", "desktop.saying"},
    "desktop.services": _GROUND
    | {
        "desktop.domain",
        "desktop.documents",
        "desktop.delivery",
        "desktop.importing",
        "desktop.saying",
        "desktop.settings",
        "desktop.secrets",
        "db",
    },
    "desktop.jobs": _GROUND,
    "desktop.cli": _GOALS | _HANDLE,
    "desktop.ui": _GOALS | _HANDLE | {"desktop.starts"},
    "desktop.app": _GOALS | {"desktop.ui", "desktop.cli", "desktop.documents", "desktop.starts", "db"},
    "desktop.self_test": _GOALS | {"desktop.app", "db"},
    "desktop.__main__": _GROUND | {"desktop.app", "desktop.cli", "desktop.self_test", "desktop.starts"},
}

# Libraries that only some parts may know. QtCore alone is dearer to fewer and stands apart.
ONLY: dict[str, set[str]] = {
    "sqlalchemy": {"db", "desktop.services"},
    "alembic": {"db"},
    "PySide6": {"desktop.app", "desktop.jobs", "desktop.ui", "desktop.delivery.printer", "desktop.self_test.window"},
}
QT_CORE_ALSO = {"desktop.paths", "desktop.lock", "db.lock"}
VALUE_LIBRARIES = {"babel", "dateutil", "stdnum", "rapidfuzz"}
# What would let the world into the domain: files, clocks, chance, other processes.
WORLDLY = {"os", "io", "pathlib", "shutil", "tempfile", "sqlite3", "time", "random", "secrets", "socket", "subprocess"}
CLOCKS = {"now", "today", "utcnow", "fromtimestamp"}

VAGUE = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common|stuff)(_|$)")
VAGUE_CLASS = re.compile(r"(Utils?|Helpers?|Manager)$")
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
LINES = 450
LINES_OF_A_WIDGET = 400


class Import(NamedTuple):
    importer: str
    imported: str
    line: int


class Module(NamedTuple):
    name: str
    path: Path
    source: str
    tree: ast.Module


def modules(root: Path) -> dict[str, Module]:
    """Every module of the program by its dotted name; a package goes by its own."""
    found = {}
    for top in ("desktop", "db"):
        for path in sorted((root / top).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            source = path.read_text(encoding="utf-8")
            found[name] = Module(name, path.relative_to(root), source, ast.parse(source, str(path)))
    return found


@cache
def house() -> dict[str, Module]:
    """The program itself, read once for all questions."""
    return modules(ROOT)


def imports(module: Module, known: set[str]) -> Iterator[Import]:
    """What the module imports, typing-only imports included: they couple as well."""
    for node in _statements(module.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module.name, alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.name.split(".")
                if module.path.name != "__init__.py":
                    package = package[:-1]
                package = package[: len(package) - node.level + 1]
                base = ".".join([*package, base] if base else package)
            for alias in node.names:
                # `from desktop.domain import tax` imports the module, not a name of the package.
                whole = f"{base}.{alias.name}"
                yield Import(module.name, whole if whole in known else base, node.lineno)


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement, however deep; expressions hold no imports."""
    for node in ast.iter_child_nodes(tree):
        if not isinstance(node, ast.expr):
            yield node
            yield from _statements(node)


def _within(name: str, parts: set[str]) -> bool:
    return any(name == part or name.startswith(part + ".") for part in parts)


def _part(name: str) -> str:
    return max((part for part in MAY_IMPORT if _within(name, {part})), key=len)


def wrong_imports(found: dict[str, Module], libraries: set[str]) -> list[str]:
    """Imports against the arrows, and of libraries that the part may not know or that nobody declared."""
    problems = []
    for module in found.values():
        for one in imports(module, set(found)):
            reason = _why_not(one, libraries)
            if reason:
                problems.append(f"{module.path}:{one.line} imports {one.imported}: {reason}")
    return problems


def _why_not(one: Import, libraries: set[str]) -> str | None:
    top = one.imported.split(".")[0]
    part = _part(one.importer) if one.importer.startswith("desktop") else "db"
    if top in ("desktop", "db"):
        if one.importer.startswith("db.migrations.versions"):
            # A released revision must not change when the schema does.
            return "a released revision stands alone"
        if part != "desktop" and _within(one.imported, {part}):
            return None
        return None if _within(one.imported, MAY_IMPORT[part]) else f"{part} may not"
    if top in sys.stdlib_module_names:
        if part == "desktop.domain" and top in WORLDLY:
            return "the domain knows no files, clock or chance"
        return None
    if top == "PySide6" and _within(one.importer, QT_CORE_ALSO):
        return None if one.imported == "PySide6.QtCore" else "only QtCore here"
    if top in ONLY and not _within(one.importer, ONLY[top]):
        return f"only {', '.join(sorted(ONLY[top]))} may"
    if part == "desktop.domain" and top not in VALUE_LIBRARIES:
        return "the domain knows value libraries only"
    return None if top in libraries else "not among the dependencies of pyproject.toml"


def clocks_in_the_domain(found: dict[str, Module]) -> list[str]:
    """The domain is told what day it is."""
    return [
        f"{module.path}:{node.lineno} asks the clock ({node.func.attr})"
        for module in found.values()
        if _within(module.name, {"desktop.domain"})
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]


def cycles(found: dict[str, Module]) -> list[str]:
    """Modules that cannot be understood, or loaded, one without the other (Tarjan's components).

    A late import counts too: it makes a circle load, it does not undo it.
    """
    edges = {
        module.name: {
            one.imported for one in imports(module, set(found)) if one.imported in found and one.imported != module.name
        }
        for module in found.values()
    }
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    problems: list[str] = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        stack.append(name)
        for after in sorted(edges[name]):
            if after not in order:
                visit(after)
                low[name] = min(low[name], low[after])
            elif after in stack:
                low[name] = min(low[name], order[after])
        if low[name] == order[name]:
            circle = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(circle) > 1:
                problems.append("circle: " + ", ".join(sorted(circle)))

    for name in sorted(edges):
        if name not in order:
            visit(name)
    return problems


def wrong_shapes(found: dict[str, Module]) -> list[str]:
    """Files too long for one subject, names that say nothing, work left lying."""
    problems = []
    for module in found.values():
        limit = LINES_OF_A_WIDGET if _within(module.name, {"desktop.ui"}) else LINES
        lines = module.source.splitlines()
        if len(lines) > limit and not _within(module.name, {"db.migrations.versions"}):
            problems.append(f"{module.path} has {len(lines)} lines, more than {limit}: one subject, or two?")
        if VAGUE.search(module.name.split(".")[-1]):
            problems.append(f"{module.path}: the name does not say what it is about")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and VAGUE_CLASS.search(node.name):
                problems.append(f"{module.path}:{node.lineno} {node.name}: the name does not say what it does")
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                problems.append(f"{module.path}:{number} is unfinished: {line.strip()}")
    return problems


def declared_libraries(pyproject: Path) -> set[str]:
    """The top-level modules of the dependencies that pyproject.toml declares."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[^A-Za-z0-9_-]", wanted)[0].lower() for wanted in project["dependencies"]}
    unlike = {
        "pyside6-essentials": "PySide6",
        "python-stdnum": "stdnum",
        "python-dateutil": "dateutil",
        "python-calamine": "python_calamine",
        "pillow": "PIL",
        "argon2-cffi": "argon2",
    }
    return {unlike.get(name, name) for name in names}


def test_imports_point_one_way() -> None:
    assert wrong_imports(house(), declared_libraries(ROOT / "pyproject.toml")) == []


def test_the_domain_is_told_the_day() -> None:
    assert clocks_in_the_domain(house()) == []


def test_no_two_modules_need_each_other() -> None:
    assert cycles(house()) == []


def test_a_file_has_one_subject_and_its_name_says_which() -> None:
    assert wrong_shapes(house()) == []


def test_every_dependency_is_used() -> None:
    found = house()
    used = {one.imported.split(".")[0] for module in found.values() for one in imports(module, set(found))}
    assert declared_libraries(ROOT / "pyproject.toml") - used == set()


GOOD = {
    "desktop/__init__.py": "",
    "desktop/errors.py": "class UserError(Exception): ...",
    "desktop/domain/__init__.py": "",
    "desktop/domain/money.py": "import babel.numbers\nfrom desktop.errors import UserError",
    "desktop/domain/tax.py": "from . import money\nfrom .money import UserError",
    "desktop/services/__init__.py": "",
    "desktop/services/runs.py": "import sqlalchemy\nfrom desktop.domain import tax\nfrom db import queries",
    "desktop/ui/__init__.py": "",
    "desktop/ui/page.py": "from PySide6.QtWidgets import QWidget\nfrom desktop.services import runs",
    "db/__init__.py": "",
    "db/queries.py": "from sqlalchemy import select\nfrom desktop.domain import money",
}
LIBRARIES = {"babel", "sqlalchemy", "PySide6", "stdnum"}


def _tree(root: Path, changed: dict[str, str]) -> dict[str, Module]:
    for name, source in (GOOD | changed).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    return modules(root)


def _problems(found: dict[str, Module]) -> list[str]:
    return wrong_imports(found, LIBRARIES) + clocks_in_the_domain(found) + cycles(found) + wrong_shapes(found)


def test_a_good_tree_passes(tmp_path: Path) -> None:
    assert _problems(_tree(tmp_path, {})) == []


@pytest.mark.parametrize(
    "file, source, problem",
    [
        ("desktop/domain/tax.py", "from db import queries", "desktop.domain may not"),
        ("desktop/domain/tax.py", "from ..services import runs", "desktop.domain may not"),
        ("desktop/domain/tax.py", "def f():\n    import desktop.services.runs", "desktop.domain may not"),
        ("desktop/domain/tax.py", "import sqlalchemy", "only db, desktop.services may"),
        ("desktop/domain/tax.py", "import pathlib", "no files, clock or chance"),
        ("desktop/domain/tax.py", "from datetime import date\nd = date.today()", "asks the clock (today)"),
        ("desktop/domain/tax.py", "import reportlab", "value libraries only"),
        ("desktop/services/runs.py", "from desktop.ui import page", "desktop.services may not"),
        ("desktop/services/runs.py", "from PySide6 import QtCore", "only desktop.app, desktop.delivery.printer"),
        ("desktop/services/runs.py", "import pandas", "not among the dependencies"),
        ("desktop/ui/page.py", "from db.queries import select", "desktop.ui may not"),
        ("desktop/ui/page.py", "from sqlalchemy import select", "only db, desktop.services may"),
        ("desktop/paths.py", "from PySide6.QtWidgets import QWidget", "only QtCore here"),
        ("desktop/importing/tables.py", "from desktop.documents import pdf", "desktop.importing may not"),
        ("db/queries.py", "from desktop.services import runs", "db may not"),
        ("db/migrations/versions/0001_first.py", "from db import queries", "stands alone"),
        (
            "desktop/domain/money.py",
            "from desktop.domain import tax",
            "circle: desktop.domain.money, desktop.domain.tax",
        ),
        ("desktop/domain/money.py", "def f():\n    from .tax import g", "circle: desktop.domain.money"),
        ("desktop/domain/tax_utils.py", "", "name does not say"),
        ("desktop/services/helpers/__init__.py", "", "name does not say"),
        ("desktop/ui/page.py", "class PageManager: ...", "name does not say"),
        ("desktop/ui/page.py", "x = 1\n" * 401, "401 lines, more than 400"),
        ("db/queries.py", "x = 1\n" * 451, "451 lines, more than 450"),
        ("db/queries.py", "x = 1  # TO" + "DO later", "is unfinished"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, file: str, source: str, problem: str) -> None:
    found = _problems(_tree(tmp_path, {file: source}))
    assert any(problem in line and (file in line or "circle" in line) for line in found), found
