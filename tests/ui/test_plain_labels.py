"""No label of the window guesses whether what somebody typed is markup: each says that its text is plain."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "desktop" / "ui"
# Says itself which of its texts is a link, and escapes what stands in it.
CHOOSES = {"facts.py"}


def _open_labels(path: Path) -> list[str]:
    """Labels that would guess whether their text is markup, and whose text is not written here."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QLabel":
            first = node.args[0] if node.args else None
            ours = isinstance(first, ast.Constant) or (
                isinstance(first, ast.Call) and isinstance(first.func, ast.Name) and first.func.id in ("_", "ngettext")
            )
            if not ours and "textFormat" not in {one.arg for one in node.keywords}:
                found.append(f"{path.name}:{node.lineno}")
    return found


def test_every_label_of_the_window_says_that_it_is_plain() -> None:
    found = [one for path in sorted(ROOT.rglob("*.py")) if path.name not in CHOOSES for one in _open_labels(path)]
    assert found == []


def test_a_label_that_guesses_is_found(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    bad.write_text("QLabel(name)\nQLabel(wordWrap=True)\nQLabel(_('Ours'))\nQLabel(name, textFormat=plain)\n")
    assert _open_labels(bad) == ["bad.py:1", "bad.py:2"]
