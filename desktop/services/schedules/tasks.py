"""What can be done by the clock. Another task plugs in by one entry of TASKS."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from desktop.i18n import N_
from desktop.services.schedules.billing import bill
from desktop.services.schedules.reading_bounces import read_bounces
from desktop.services.schedules.reconciling import reconcile
from desktop.services.schedules.reminding import remind
from desktop.services.schedules.sending import send
from desktop.services.schedules.work import Came, Work


@dataclass(frozen=True, slots=True)
class Task:
    """`title` is what people call it, looked up when it is shown. `limited` ones heed the limits of documents and
    amount, `by_segment` ones can be of one segment, `needs_secrets` ones log in somewhere, and `from_folder` ones take
    files in from one.

    `carry_out` raises UserError where it cannot; what an earlier call began for the same time it goes on with.
    """

    title: str
    carry_out: Callable[[Work], Came]
    by_segment: bool = False
    limited: bool = False
    needs_secrets: bool = False
    from_folder: bool = False


# At the same time the first of these goes first: what is paid is known before anybody is reminded of it, and what is
# billed or reminded of goes out with what is sent.
TASKS: Final[Mapping[str, Task]] = {
    "bill": Task(N_("Bill what is due"), bill, by_segment=True, limited=True),
    "reconcile": Task(N_("Reconcile bank lines"), reconcile, from_folder=True),
    "remind": Task(N_("Remind who is late"), remind, by_segment=True, limited=True),
    "send": Task(N_("Send what waits"), send, by_segment=True, needs_secrets=True),
    "bounces": Task(N_("Read what came back"), read_bounces, needs_secrets=True),
}
