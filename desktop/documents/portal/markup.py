"""HTML by construction: whatever is no markup is escaped, wherever it stands."""

from __future__ import annotations

from html import escape

_VOID = frozenset({"meta", "img", "path", "rect", "br"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | None


def tag(_name: str, *children: Child, **attributes: str | bool | None) -> Markup:
    """An element. Texts among the children are escaped, None is left out; `class_` is the attribute class, and an
    underscore within a name a hyphen."""
    head = _name + "".join(_attribute(name, value) for name, value in attributes.items())
    if _name in _VOID:
        return Markup(f"<{head}>" if _name in ("meta", "img", "br") else f"<{head}/>")
    return Markup(f"<{head}>{''.join(map(_inner, children))}</{_name}>")


def together(*parts: Child) -> Markup:
    """Parts one after the other, in no element of their own."""
    return Markup("".join(map(_inner, parts)))


def _inner(child: Child) -> str:
    if child is None:
        return ""
    return child if isinstance(child, Markup) else escape(child)


def _attribute(name: str, value: str | bool | None) -> str:
    plain = name.rstrip("_").replace("_", "-")
    if value is None or value is False:
        return ""
    return f" {plain}" if value is True else f' {plain}="{escape(value)}"'
