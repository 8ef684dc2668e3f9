"""Work that the book has done by the clock, and what came of it each time."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Amount, Base, Id, words


class Schedule(Base):
    """A task with its days and its time ("06:30", local). `day` 31 is the last of the month, `weekday` 0 Monday.

    A bill of more than `most_documents`, or above `most_amount` in the firm's minor units, waits for a person.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        words("task", "bill", "send", "bounces", "remind", "reconcile"),
        words("every", "day", "week", "month"),
        CheckConstraint("day IS NULL OR day BETWEEN 1 AND 31", name="day_of_month"),
        CheckConstraint("weekday IS NULL OR weekday BETWEEN 0 AND 6", name="day_of_week"),
    )
    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    task: Mapped[str]
    segment_id: Mapped[int | None] = mapped_column(ForeignKey("segment.id"))
    every: Mapped[str]
    weekday: Mapped[int | None]
    day: Mapped[int | None]
    at: Mapped[str]
    most_documents: Mapped[int | None]
    most_amount: Mapped[Amount | None]
    catch_up: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)
    options: Mapped[str] = mapped_column(default="{}")
    since: Mapped[str]


class ScheduleResult(Base):
    """One time that a task was due (`due_at`, local, without a zone) and what came of it; other times are UTC text.

    One row a time: whoever comes second finds it and does nothing. `said` is a stored sentence.
    """

    __tablename__ = "schedule_result"
    __table_args__ = (
        UniqueConstraint("schedule_id", "due_at"),
        words("state", "done", "running", "waits", "put_off", "failed", "missed"),
    )
    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id", ondelete="CASCADE"))
    due_at: Mapped[str]
    state: Mapped[str]
    began_at: Mapped[str]
    ended_at: Mapped[str | None]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("run.id"))
    said: Mapped[str] = mapped_column(default="")
    seen: Mapped[bool] = mapped_column(default=False)
