"""Everything that is wrong with what a person entered, at once: a form shows each sentence at its field."""

from __future__ import annotations

from desktop.errors import UserError


class ValidationError(UserError):
    """A refused entry: `fields` is field -> sentence, in the order of the form."""

    def __init__(self, fields: dict[str, str], remedy: str = "") -> None:
        super().__init__(" ".join(fields.values()), remedy)
        self.fields = fields

    def __reduce__(self) -> tuple[type[ValidationError], tuple[dict[str, str], str]]:  # type: ignore[override]
        return type(self), (self.fields, self.remedy)


class Problems:
    """Collects sentences by field; the first one of a field stays."""

    def __init__(self) -> None:
        self.fields: dict[str, str] = {}

    def add(self, field: str, sentence: str) -> None:
        self.fields.setdefault(field, sentence)

    def add_from(self, prefix: str, other: Problems) -> None:
        """Take over the problems of a part, such as `lines.2.quantity`."""
        for field, sentence in other.fields.items():
            self.add(f"{prefix}.{field}", sentence)

    def __contains__(self, field: str) -> bool:
        return field in self.fields

    def raise_any(self, remedy: str = "") -> None:
        """Raises ValidationError if there is one."""
        if self.fields:
            raise ValidationError(self.fields, remedy)
