"""Whether the SQLite that is here keeps what it was told to keep."""

from __future__ import annotations

FAULTY = ((3, 7, 0), (3, 51, 2))
"""The first and the last version whose write-ahead log may lose a committed transaction when it is begun anew."""


def warning(version: tuple[int, ...] | None = None) -> str | None:
    """Return what to tell the operator about this build (ours, if none is given), or None where it is sound."""
    if version is None:
        from pysqlite3 import dbapi2

        version = dbapi2.sqlite_version_info
    if not FAULTY[0] <= version <= FAULTY[1]:
        return None
    return (
        f"This machine runs SQLite {'.'.join(map(str, version))}. Versions 3.7.0 to 3.51.2 can, rarely, lose what was "
        "just saved when several processes write. Heng runs, but complaints are not safe: set it up again with the "
        "pysqlite3 that requirements.txt names, or use PostgreSQL (DATABASE_URL)."
    )
