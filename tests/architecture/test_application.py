"""Rules about the put-together application: guards, tasks, what its import costs."""

import compileall
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import config
from app.core import outbox
from app.factory import create_app
from tests.architecture.rules import ROOT
from workflows.jobs import tasks

SERVED_BY_FLASK = {"static"}


def unguarded(app) -> list[str]:
    """Return the endpoints that do not say who may open them."""
    guarded = {name for name, view in app.view_functions.items() if hasattr(view, "required_permission")}
    return sorted(app.view_functions.keys() - guarded - SERVED_BY_FLASK)


def test_every_route_states_its_permission(built_app):
    assert unguarded(built_app) == []


def test_planted_route_without_a_permission_is_found(tmp_path):
    app = create_app(config.load({"DATA_DIR": str(tmp_path)}))
    app.add_url_rule("/planted", "planted", lambda: "")

    assert unguarded(app) == ["planted"]


@pytest.mark.parametrize("task", outbox.Task)
def test_every_task_of_the_outbox_is_there_and_says_why_twice_is_harmless(task):
    function = tasks.resolve(task.value)

    assert "wice" in (function.__doc__ or "")


def test_every_task_of_the_outbox_has_a_lane():
    assert set(outbox.LANES) == set(outbox.Task)


def import_of_wsgi(code: str, data_dir: Path) -> str:
    """Return what `code` prints in a fresh process after `import wsgi`."""
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"DATA_DIR": str(data_dir)}
    return output_of(f"import sys, time; import wsgi; {code}", environ)


def output_of(code: str, environ: dict[str, str] | None = None) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout


LIBRARIES = "flask, flask_babel, flask_login, flask_sqlalchemy, flask_wtf, pydantic"
HEAVY = ("weasyprint", "numpy", "PIL", "rq", "redis", "cryptography", "alembic", "fontTools", "opencc")
NOT_YET = ("sqlalchemy.dialects.postgresql", "app.post.reading", "pydoc", "configparser")
"""The other database, the child's reader of mail, and what a library brings for one function."""
READ_AT_ONCE = re.compile(r"= mapped_column\(|\((Command|BaseModel)\):")


def test_the_web_application_loads_nothing_heavy(tmp_path):
    loaded = import_of_wsgi("print(*sys.modules, sep='\\n')", tmp_path).split()

    assert [name for name in HEAVY + NOT_YET if name in loaded] == []


def test_annotations_that_are_read_while_loading_are_not_kept_as_text_first():
    """Tables and commands: each annotation would be compiled again (docs/adr/0032)."""
    late = "from __future__ import annotations\n"
    files = [path for path in (ROOT / "app").rglob("*.py") if path.name.startswith(("models", "commands"))]
    read = {path: path.read_text("utf-8") for path in files}

    assert len(read) > 30
    assert [path for path, text in read.items() if late in text and READ_AT_ONCE.search(text)] == []


def test_the_cpu_cost_of_importing_the_web_application_is_small(tmp_path):
    for folder in ("app", "workflows"):
        compileall.compile_dir(ROOT / folder, quiet=2)

    ours_s = min(float(import_of_wsgi("print(time.process_time())", tmp_path)) for _ in range(3))
    libraries_s = min(float(output_of(f"import time, {LIBRARIES}; print(time.process_time())")) for _ in range(3))

    assert ours_s < 2.7 * libraries_s  # a busy machine is slower at both
