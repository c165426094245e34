"""When each process that runs beside the web was last at work, and when backups were made: so everybody can tell."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, session

BACKUP, BACKUP_SOUND, BACKUP_BROKEN, RESTORED = "backup", "backup sound", "backup broken", "restored"
OF_BACKUPS = (BACKUP, BACKUP_SOUND, BACKUP_BROKEN, RESTORED)
"""When a backup was last made, was last found sound or broken, and when this system came from one."""


class Heartbeat(Model):
    """A row a process."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def beat(name: str, *, at: datetime) -> None:
    """Note in the current transaction that `name` was at work at `at`."""
    session().merge(Heartbeat(name=name, at=at))


def last_seen() -> dict[str, datetime]:
    """Return when each process was last at work."""
    return {row.name: row.at for row in session().scalars(select(Heartbeat))}
