"""The one kind of error that a user can mend. Everything else is a bug and keeps its traceback."""


class UserError(Exception):
    """Something the user can put right: what happened, in one sentence, and what to do about it."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def __reduce__(self) -> tuple[type["UserError"], tuple[str, str]]:
        # Exception pickles its args alone, and an error of a worker process must arrive with its remedy.
        return type(self), (self.message, self.remedy)
