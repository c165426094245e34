"""The house is in order, and every rule is seen to catch what it is there for."""

import subprocess
from pathlib import Path

import pytest

from tests.architecture import rules
from tests.architecture.rules import ROOT

RULES = [
    rules.long_files,
    rules.long_functions,
    rules.forbidden_names,
    rules.clock_readers,
    rules.hidden_commits,
    rules.split_files_off_their_floor,
    rules.inline_code,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule):
    assert rule(ROOT) == []


def long_function(lines: int, decorator: str = "") -> str:
    return f"{decorator}\ndef f():\n" + "    f()\n" * (lines - 1)


PLANTED = {
    "a long file": (rules.long_files, "app/cases/service.py", "a = 1\n" * 401),
    "a long function": (rules.long_functions, "app/cases/service.py", long_function(41)),
    "a long view": (rules.long_functions, "app/cases/views.py", long_function(16, '@desk.get("/x")')),
    "a helper": (rules.forbidden_names, "app/cases/helpers.py", ""),
    "a package of helpers": (rules.forbidden_names, "app/common/__init__.py", ""),
    "a service that reads the clock": (rules.clock_readers, "app/cases/service.py", "datetime.now(UTC)"),
    "a model that reads the clock": (rules.clock_readers, "app/cases/models.py", "datetime.datetime.utcnow()"),
    "a job that reads the clock": (rules.clock_readers, "workflows/jobs/sweeper.py", "time.time()"),
    "a query that asks the database": (rules.clock_readers, "app/cases/queries.py", "func.now()"),
    "a service that commits": (rules.hidden_commits, "app/cases/service.py", "db.session.commit()"),
    "a view that commits by hand": (rules.hidden_commits, "app/cases/views.py", "session().commit()"),
    "a service with a transaction": (rules.hidden_commits, "app/cases/service_x.py", "with transaction(): pass"),
    "a split service on the web": (
        rules.split_files_off_their_floor,
        "app/committee/service_votes.py",
        "from flask import g",
    ),
    "a split service that imports a view": (
        rules.split_files_off_their_floor,
        "app/committee/service_votes.py",
        "from app.committee.views_panel import panel",
    ),
    "a split model that imports a query": (
        rules.split_files_off_their_floor,
        "app/cases/models_clocks.py",
        "from app.cases import queries",
    ),
    "a style attribute": (rules.inline_code, "templates/desk/queue.html", '<p style="color: red">'),
    "a style element": (rules.inline_code, "templates/desk/queue.html", "<style>"),
    "an inline script": (rules.inline_code, "templates/desk/queue.html", "<script nonce='x'>"),
    "an inline handler": (rules.inline_code, "templates/desk/queue.html", '<a onclick="go()">'),
}


@pytest.mark.parametrize("plant", PLANTED)
def test_planted_violation_is_found(tmp_path, plant):
    rule, name, text = PLANTED[plant]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text)

    assert len(rule(tmp_path)) == 1


ALLOWED = {
    "a view of fifteen lines": (rules.long_functions, "app/cases/views.py", long_function(15, '@desk.get("/x")')),
    "a view with a transaction": (rules.hidden_commits, "app/cases/views.py", "with transaction(): pass"),
    "a form on the web": (rules.split_files_off_their_floor, "app/cases/forms_x.py", "import wtforms"),
    "a script of its own file": (rules.inline_code, "templates/layout.html", '<script src="/static/js/x.js"></script>'),
    "measuring how long": (rules.clock_readers, "workflows/jobs/sweeper.py", "time.monotonic()"),
}


@pytest.mark.parametrize("good", ALLOWED)
def test_what_is_allowed_is_let_alone(tmp_path, good):
    rule, name, text = ALLOWED[good]
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).write_text(text)

    assert rule(tmp_path) == []


def tracked() -> list[str]:
    """Return the files of the repository, or all files where there is none (a source archive)."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return listed.stdout.splitlines()
    places = ("app", "workflows", "templates", "tests", "docs", ".ci")
    return [str(p.relative_to(ROOT)) for place in places for p in (ROOT / place).rglob("*") if p.is_file()]


def test_no_file_names_a_package_registry():
    assert rules.registry_addresses(ROOT, tracked()) == []
    assert not [name for name in tracked() if Path(name).name in ("uv.lock", "pylock.toml", "poetry.lock")]


def test_planted_registry_address_is_found(tmp_path):
    (tmp_path / "requirements.txt").write_text("--index-" + "url https://example.org/simple\n")

    assert rules.registry_addresses(tmp_path, ["requirements.txt"]) == ["requirements.txt"]


def test_the_licence_is_there():
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
