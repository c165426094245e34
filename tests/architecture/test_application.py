"""Rules about the put-together application: guards, tasks, what its import costs, migrations."""

import compileall
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect

import config
from app import cli
from app.core import outbox
from app.core.db import db, engine_options
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


def import_of_wsgi(code: str, data_dir: Path) -> str:
    """Return what `code` prints in a fresh process after `import wsgi`."""
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"DATA_DIR": str(data_dir)}
    command = [sys.executable, "-c", f"import sys, time; import wsgi; {code}"]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout


HEAVY = ("weasyprint", "numpy", "PIL", "rq", "alembic", "fontTools", "opencc")


def test_the_web_application_loads_nothing_heavy(tmp_path):
    loaded = import_of_wsgi("print(*sys.modules, sep='\\n')", tmp_path).split()

    assert [name for name in HEAVY if name in loaded] == []


def test_the_cpu_cost_of_importing_the_web_application_is_small(tmp_path):
    for folder in ("app", "workflows"):
        compileall.compile_dir(ROOT / folder, quiet=2)

    spent_s = [float(import_of_wsgi("print(time.process_time())", tmp_path)) for _ in range(3)]

    assert min(spent_s) < 0.7


@pytest.fixture
def migrated(tmp_path):
    """An application whose database was made by the migrations, and `flask db …` for it."""
    app = create_app(config.load({"DATA_DIR": str(tmp_path)}))
    cli.install(app)
    runner = app.test_cli_runner()

    def migrate(*command: str) -> None:
        with app.app_context():
            result = runner.invoke(args=["db", *command], catch_exceptions=False)
        assert result.exit_code == 0, result.output

    migrate("upgrade")
    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"], **engine_options("sqlite"))
    yield engine, migrate
    engine.dispose()
    with app.app_context():
        db.engine.dispose()


def test_the_migrations_make_what_the_models_say(migrated):
    engine, _migrate = migrated

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_the_migrations_can_go_back_and_forth(migrated):
    engine, migrate = migrated

    migrate("downgrade", "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version", "sqlite_sequence"}

    migrate("upgrade")
    assert set(db.metadata.tables) <= set(inspect(engine).get_table_names())
