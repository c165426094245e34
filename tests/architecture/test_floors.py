"""Imports only go down: the contracts hold for the code, and each is seen to catch what it is there for."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    return subprocess.run([*command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_the_code_keeps_to_its_floors():
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The house without furniture: every package there is, with nothing in it."""
    shutil.copy(ROOT / ".importlinter", tmp_path)
    for package in ("app", "workflows"):
        for marker in (ROOT / package).rglob("__init__.py"):
            put(tmp_path, marker.relative_to(ROOT).as_posix(), "")
    put(tmp_path, "app/factory.py", "")
    return tmp_path


def put(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_planted_nothing_passes(house):
    assert lint(house).returncode == 0, lint(house).stdout


PLANTED = {
    "a service imports flask": ("no-web", {"app/cases/service.py": "import flask"}),
    "a service imports the forms library": ("no-web", {"app/intake/service.py": "import wtforms"}),
    "a model imports the web floor": ("no-web", {"app/cases/models.py": "import app.web"}),
    "a query imports the job library": ("no-web", {"app/desk/queries.py": "import rq"}),
    "siblings touch": ("house", {"app/mediation/service.py": "import app.evidence"}),
    "a lower floor imports a higher one": ("house", {"app/core/db.py": "import app.cases"}),
    "the trunk imports a branch": ("house", {"app/cases/service.py": "import app.intake"}),
    "the application imports a job": ("floors", {"app/core/outbox.py": "import workflows.jobs"}),
    "triage imports the application": ("floors", {"workflows/triage/__init__.py": "import app.core"}),
    "the law imports the procedure": ("floors", {"workflows/regulation/__init__.py": "import workflows.procedure"}),
    "the procedure imports a database": ("pure-law", {"workflows/procedure/states.py": "import sqlalchemy"}),
    "the regulation imports a database": ("pure-law", {"workflows/regulation/book.py": "import flask_sqlalchemy"}),
    "a query imports a service of its room": (
        "rooms",
        {"app/cases/queries.py": "import app.cases.service", "app/cases/service.py": ""},
    ),
    "a model imports a query of its room": (
        "rooms",
        {"app/accounts/models.py": "import app.accounts.queries", "app/accounts/queries.py": ""},
    ),
    "a room without a floor": ("house", {"app/gossip/__init__.py": ""}),
    "a storey without a floor": ("storeys", {"workflows/attic/__init__.py": ""}),
    "a ring of imports": (
        "acyclic",
        {
            "workflows/procedure/voting.py": "import workflows.procedure.panel",
            "workflows/procedure/panel.py": "import workflows.procedure.voting",
        },
    ),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_planted_violation_is_caught(house, plant):
    contract, files = PLANTED[plant]
    for name, text in files.items():
        put(house, name, text)

    result = lint(house)

    assert result.returncode == 1, result.stdout
    assert name_of(contract) + " BROKEN" in result.stdout, result.stdout


def name_of(contract: str) -> str:
    lines = (ROOT / ".importlinter").read_text().splitlines()
    start = lines.index(f"[importlinter:contract:{contract}]")
    return next(line.removeprefix("name = ") for line in lines[start:] if line.startswith("name = "))
