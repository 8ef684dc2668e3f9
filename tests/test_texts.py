"""Every text that a person reads can be found by the collector and put into another language.

The sources are read, not run, so that a text shows even where no test opens its window.
"""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Marker: how many of its arguments are texts.
MARKERS = {"_": 1, "N_": 1, "pgettext": 2, "ngettext": 2, "N_n": 2, "phrase": 1, "phrases": 2, "own_word": 1}
# Looked up by a variable: what stands in it was marked where it was written.
LOOKED_UP = {
    "desktop/services/accounting/schedules.py: _(_WORDS[method])",
    "desktop/saying.py: ngettext(one, many, int(str(said.figures['count'])))",
    "desktop/saying.py: _(one)",
    "desktop/saying.py: _(text)",
    "desktop/domain/identifiers.py: own_word(name)",
    "desktop/services/schedules/words.py: _(TASKS[task].title)",
    "desktop/services/privacy/planning.py: _(one.group)",
    "desktop/services/accounting/chart_files.py: _(title)",
    "desktop/services/accounting/words.py: _(_ROLES[role])",
    "desktop/services/accounting/words.py: _(_KINDS[kind])",
    "desktop/services/accounting/words.py: _(_ENTRIES[kind])",
    "desktop/services/subjects.py: _(known)",
    "desktop/services/configuration/history.py: _(_FIELDS[name])",
    "desktop/services/configuration/standing.py: _(_STATES[state])",
    "desktop/services/configuration/standing.py: _(_AREAS[area])",
    "desktop/services/configuration/words.py: _(_NAMES[change.name])",
    "desktop/services/configuration/words.py: _(_STATES[value])",
    "desktop/services/configuration/words.py: _(_RULES[code])",
    "desktop/services/rules.py: _(row.rule.title)",
    "desktop/services/rules.py: _(rule.title)",
    "desktop/services/check/billing.py: _(sentence)",
    "desktop/services/check/money.py: _(sentence)",
    "desktop/services/check/problem.py: _(known)",
    "desktop/services/delivery/deciding.py: _(why)",
    "desktop/services/column_words.py: _(found)",
    "desktop/services/column_words.py: _(known)",
    "desktop/services/history/events.py: _(sentence)",
    "desktop/services/merge_previews.py: ngettext(*forms, count)",
    "desktop/services/runs/remembering.py: _(next((rule.title for rule in RULES if rule.code == code)))",
    "desktop/services/templates/words.py: _(words[name])",
    "desktop/ui/clients/page.py: ngettext(*forms, len(ids))",
    "desktop/ui/clients/reach.py: _(_WORDS[kind if part else f'new {kind}'])",
    "desktop/ui/language.py: _(known)",
}
# What takes a text to show, and which of its arguments.
SHOWN = {
    "setText": (0,),
    "setToolTip": (0,),
    "setWindowTitle": (0,),
    "setPlaceholderText": (0,),
    "setAccessibleName": (0,),
    "setAccessibleDescription": (0,),
    "setInformativeText": (0,),
    "setStatusTip": (0,),
    "setTitle": (0,),
    "addAction": (0, 1),
    "addMenu": (0,),
    "addTab": (1, 2),
    "addRow": (0,),
    "addItem": (0,),
    "setItemText": (1,),
    "QAction": (0, 1),
    "QLabel": (0,),
    "QPushButton": (0, 1),
    "QCheckBox": (0,),
    "QRadioButton": (0,),
    "QGroupBox": (0,),
    "QMenu": (0,),
    "ElidedLabel": (0,),
    "Column": (1,),
    "Chip": (1,),
    "Field": (1,),
    "Section": (0,),
    "EmptyState": (0, 1),
    "Job": (0,),
    "UserError": (0, 1),
    "change": (2,),
    "report": (2,),
    "say": (0,),
}
# Names of things, not words of a language; and what programs exchange.
PROPER = {
    "Sheaf",
    "sheaf template",
    "CSV",
    "XLSX",
    "PDF",
    "JSON",
    "IBAN",
    "BIC",
    "GSTIN",
    "Qt for Python",
    "DejaVu Sans",
    "Noto Serif",
    "Liberation Sans",
    "Noto Emoji",
    "Noto Sans Devanagari",
    "Bitstream Vera",
    "SIL OFL 1.1",
    "LGPL-2.1 or later",
    "Peppol UBL",
    "Alembic, Mako",
    "bank line",
    "open amount",
    "print job",
    "Google Workspace",
    "Swisscom Bluewin",
    "La Poste",
    "Proton Mail",
    "Toggl Track",
    "TX Austin",
    # Words of the log of changes, which the window puts into its own.
    "approve as second",
    "draft by hand",
    "rows deleted",
    # Of a report to those who mend the program.
    "from source",
    # What a person types as a command.
    "sheaf render",
    "sheaf resume",
    # Of the cases of periods that a file brings, and of SQLite's answers.
    "current usage",
    "inclusive last day",
    "fixed 30",
    "UNIQUE constraint failed: charge.",
    # Of Qt's catalogue, which the window translates by its own.
    "Select All",
    "Files of type:",
    "Look in:",
}
SQL = re.compile(
    r"\b(SELECT|FROM|WHERE|JOIN|INSERT|UPDATE|DELETE|VALUES|AND|OR|NOT|IS NULL|IN \(|IN\b|DESC|ASC|LIMIT|CASE|COLLATE"
    r"|UNION|GROUP BY|ORDER BY|PRAGMA|WITH|INDEX|LIKE|HAVING|RETURNING|AS)\b"
    # Columns one after the other.
    r"|^[\s,]*[a-z0-9_.(]+(,\s+[a-z0-9_.()',]+)+[,\s]*$"
)
STYLE = re.compile(r"[a-z-]+: [^;]*;")
# A table that is written as a file.
TABLE = re.compile(r"^\w+(,\w+){3,}")
_TAG = re.compile(r"<[^>]*>?")
TWO_WORDS = re.compile(r"[A-Za-z]{2,}[,;:.”]? [A-Za-z“]")
# Exceptions that tell of a bug are for those who mend it, and so is the log.
FOR_US = {
    "BrokenPipeError",
    "OSError",
    "TypeError",
    "AssertionError",
    "LookupError",
    "KeyError",
    "RuntimeError",
    "ValueError",
    "NotImplementedError",
}
# What another program reads: units of systemd, lines of cron, a script of AppleScript.
FOR_PROGRAMS = re.compile(r"# (BEGIN|Written by) |on run argv\n")
LOGS = {"debug", "info", "warning", "error", "exception", "critical"}


class Text(NamedTuple):
    path: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.said}"


class Source(NamedTuple):
    path: str
    tree: ast.Module


def sources(root: Path, *folders: str) -> Iterator[Source]:
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            yield Source(path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8")))


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def marked(tree: ast.AST) -> Iterator[tuple[ast.Call, ast.expr]]:
    """The texts of a source: the call that marks one, and its argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKERS:
            for argument in node.args[: MARKERS[node.func.id]]:
                yield node, argument


def unmarked_arguments(source: Source) -> Iterator[Text]:
    """Calls of a marker with what the collector cannot read."""
    for call, argument in marked(source.tree):
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            said = ast.unparse(call)
            if f"{source.path}: {said}" not in LOOKED_UP:
                yield Text(source.path, call.lineno, said)


def nameless_fields(source: Source) -> Iterator[Text]:
    """A translator moves fields about, and must know what stands in each."""
    for _call, argument in marked(source.tree):
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            try:
                fields = [name for _, name, _, _ in string.Formatter().parse(argument.value) if name is not None]
            except ValueError:
                fields = [""]
            if any(not name.isidentifier() for name in fields):
                yield Text(source.path, argument.lineno, argument.value)


def shadowed(source: Source) -> Iterator[Text]:
    """Functions that call `_` after giving the name to something else."""
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            own = list(ast.walk(function))
            arguments = {one.arg for one in own if isinstance(one, ast.arg)}
            stored = {one.id for one in own if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
            inside = {
                name.id
                for one in own
                if isinstance(one, ast.comprehension)
                for name in ast.walk(one.target)
                if isinstance(name, ast.Name)
            }
            calls = [one for one in own if isinstance(one, ast.Call) and called(one) == "_"]
            if calls and ("_" in arguments or "_" in stored - inside):
                yield Text(
                    source.path, calls[0].lineno, f"_ is something else in {getattr(function, 'name', 'lambda')}"
                )


def parts(node: ast.expr) -> Iterator[ast.expr]:
    """The literals that an argument may come to, or is glued of."""
    if isinstance(node, ast.IfExp):
        yield from parts(node.body)
        yield from parts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from parts(value)
    elif isinstance(node, ast.BinOp):
        yield from parts(node.left)
        yield from parts(node.right)
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            if isinstance(value, ast.Constant):
                yield value
    elif isinstance(node, ast.Constant):
        yield node


def letters(node: ast.expr) -> str:
    """The text of a literal that a person would read as words; empty if there is none."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return ""
    text = _TAG.sub("", node.value)
    return text if re.search(r"[^\W\d_]{2}", text) and text.strip() not in PROPER else ""


def shown_plain(source: Source) -> Iterator[Text]:
    """Texts given to what shows them without being marked."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            for at in SHOWN.get(called(node), ()):
                for part in parts(node.args[at]) if at < len(node.args) else ():
                    if text := letters(part):
                        yield Text(source.path, part.lineno, f"{called(node)}: {text}")


def sentences(source: Source) -> Iterator[Text]:
    """Literals of several words that no marker holds."""
    passed = {id(argument) for _call, argument in marked(source.tree)}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.Call) and (called(node) in FOR_US or called(node) in LOGS):
            passed.update(id(inner) for argument in node.args for inner in ast.walk(argument))
        elif isinstance(node, ast.Dict):
            # What a value is found by is not shown.
            passed.update(id(key) for key in node.keys)
        elif isinstance(node, ast.Assert) and node.msg is not None:
            passed.update(id(inner) for inner in ast.walk(node.msg))
        elif isinstance(node, ast.Call) and called(node) == "getLogger":
            passed.update(id(argument) for argument in node.args)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            text = _TAG.sub("", node.value)
            if (
                TWO_WORDS.search(text)
                and not SQL.search(text)
                and not STYLE.search(text)
                and not TABLE.search(text)
                and not FOR_PROGRAMS.match(text)
                and text.strip() not in PROPER
            ):
                yield Text(source.path, node.lineno, text)


# Their literals are what a file may call its columns, what a sample firm is called, what stands on documents.
_OF_OTHERS = ("desktop/services/sample/", "desktop/ui/choices.py")


@pytest.fixture(scope="module")
def everything() -> list[Source]:
    return list(sources(ROOT, "desktop"))


@pytest.fixture(scope="module")
def read_by_people() -> list[Source]:
    found = sources(ROOT, "desktop/ui", "desktop/cli", "desktop/services")
    return [source for source in found if not source.path.startswith(_OF_OTHERS)]


def said(found: Iterator[Text]) -> list[str]:
    return [str(text) for text in found]


def test_the_collector_can_read_every_marked_text(everything: list[Source]) -> None:
    assert [text for source in everything for text in said(unmarked_arguments(source))] == []


def test_fields_have_names(everything: list[Source]) -> None:
    assert [text for source in everything for text in said(nameless_fields(source))] == []


def test_the_marker_is_not_shadowed(everything: list[Source]) -> None:
    assert [text for source in everything for text in said(shadowed(source))] == []


def test_what_is_shown_is_marked(read_by_people: list[Source]) -> None:
    assert [text for source in read_by_people for text in said(shown_plain(source))] == []


def test_no_sentence_stands_outside_the_collector(read_by_people: list[Source]) -> None:
    assert [text for source in read_by_people for text in said(sentences(source))] == []


def _source(text: str) -> Source:
    return Source("desktop/ui/page.py", ast.parse(text))


@pytest.mark.parametrize(
    "check, text",
    [
        (unmarked_arguments, "_(words)"),
        (unmarked_arguments, "_(f'{count} rows')"),
        (unmarked_arguments, "ngettext('{count} row', many, 2)"),
        (nameless_fields, "_('{} rows')"),
        (nameless_fields, "_('{0} rows')"),
        (nameless_fields, "phrase('{0.name} rows')"),
        (nameless_fields, "_('{rows')"),
        (shadowed, "def f():\n    a, _ = g()\n    return _('Rows')"),
        (shadowed, "def f(_):\n    return _('Rows')"),
        (shown_plain, "label.setText('Rows')"),
        (shown_plain, "QLabel(_('Rows') if one else 'Columns')"),
        (shown_plain, "QLabel(f'{count} rows')"),
        (shown_plain, "QLabel(_('Rows') + ' and columns')"),
        (shown_plain, "UserError(_('It is gone.'), 'Look elsewhere.')"),
        (sentences, "WORDS = {'a': 'several rows'}"),
        (sentences, "x = f'{count} rows of it'"),
    ],
)
def test_a_text_that_is_lost_is_found(check: object, text: str) -> None:
    assert callable(check)
    assert list(check(_source(text))), text


@pytest.mark.parametrize(
    "text",
    [
        "_('{count} rows')",
        "ngettext('{count} row', '{count} rows', 2)",
        "label.setText(_('Rows'))",
        "label.setText(name)",
        "label.setText('')",
        "QLabel('Sheaf')",
        "QLabel(f'{name} · {count}')",
        "connection.exec_driver_sql('SELECT a FROM b')",
        "raise TypeError('a bug of the caller')",
        "log.warning('a chunk failed', exc_info=error)",
        "def f():\n    'One row of it.'\n    return [_ for _ in g()]",
    ],
)
def test_a_text_that_is_found_passes(text: str) -> None:
    source = _source(text)
    for check in (unmarked_arguments, nameless_fields, shadowed, shown_plain, sentences):
        assert said(check(source)) == []
