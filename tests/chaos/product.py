"""The product as the experiment runs it: a copy with shorter limits, and with a bug in it if one is to be planted.

Limits are data, so the copy is the product with another `figures.toml`. A planted bug is an edit of the copy's source;
the product itself has no switch for either.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.architecture.rules import ROOT

COPIED, LINKED = ("app", "workflows", "migrations", "templates", "translations"), ("static",)
FIGURES = Path("workflows/regulation/data/figures.toml")


@dataclass(frozen=True, slots=True)
class Plant:
    """A bug: what stands in a file of the product, and what stands there instead; `also` names other files."""

    file: str
    edits: tuple[tuple[str, str], ...]
    also: tuple[tuple[str, str, str], ...] = ()


PLANTS = {
    # says 201 first and commits afterwards
    "lost-commit": Plant(
        "app/core/db.py",
        (
            (
                "            current.commit()\n",
                "            current.flush()\n            db.session.registry.clear()\n"
                "            import threading\n"
                "            threading.Timer(0.15, lambda: (current.commit(), current.close())).start()\n",
            ),
        ),
    ),
    # says 201 first and puts the file in its place afterwards
    "late-evidence": Plant(
        "app/core/storage.py",
        (
            (
                "self.shelf.settle(temporary, sealed.hexdigest())",
                "__import__('threading').Timer(0.5, self.shelf.settle, (temporary, sealed.hexdigest())).start()",
            ),
        ),
    ),
    # does what it was told to do without asking, in one step with doing it, whether it is still to be done
    "double-fire": Plant(
        "app/cases/service_clocks.py",
        (
            ("case_to_fire(clock_id) if is_due(clock_id, act.at) else None", "case_to_fire(clock_id)"),
            (" or clock.status is not ClockStatus.RUNNING or clock.next_at > act.at:", ":"),
            (".where(Clock.id == clock.id, Clock.status == ClockStatus.RUNNING, Clock.level == clock.level)",
             ".where(Clock.id == clock.id)"),
            ("    row = ClockEffect(",
             "    if session().query(ClockEffect).filter_by(clock_id=clock.id, level=level).count():\n"
             "        return\n    row = ClockEffect("),
        ),
        also=(("workflows/jobs/tasks.py", "if is_due(clock_id, now())]", "]"),),
    ),
}  # fmt: skip


def a_copy(folder: Path, figures: dict[str, tuple[str, str]], planted: str | None) -> Path:
    """Make the copy and return its folder. `figures` gives value and unit by key.

    Raises ValueError where the product no longer has what is to be changed.
    """
    folder.mkdir()
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in LINKED:
        (folder / name).symlink_to(ROOT / name)
    for name in ("config.py", "wsgi.py"):
        shutil.copy(ROOT / name, folder / name)
    for key, (value, unit) in figures.items():
        pattern = rf'(key = "{key}"\nclause = "[\d.]+"\n)value = .*\nunit = .*\n'
        _edit(folder / FIGURES, pattern, rf'\g<1>value = {value}\nunit = "{unit}"\n')
    if planted:
        plant = PLANTS[planted]
        for file, old, new in (*((plant.file, *edit) for edit in plant.edits), *plant.also):
            _edit(folder / file, re.escape(old), new.replace("\\", r"\\"))
    return folder


def _edit(file: Path, pattern: str, new: str) -> None:
    text, times = re.subn(pattern, new, file.read_text("utf-8"))
    if times != 1:
        raise ValueError(f"{file.name} has {times} places like {pattern!r}, not one.")
    file.write_text(text, "utf-8")
