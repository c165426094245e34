"""What runs on servers is what `make run` runs: units and compose file name every process, and nothing that is gone."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from workflows.jobs.queues import QUEUES
from workflows.jobs.supervisor import programs

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = DEPLOY / "systemd"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
MODULE = re.compile(r"-m (\S+)(?: (\w+|%i))?")


def module(command: str) -> str:
    """Return the module that a command runs, with the queue of a worker."""
    name, queue = MODULE.search(command).groups()  # type: ignore[union-attr]
    return f"{name} {queue}" if queue else name


RUN = {module(shlex.join(program.command)) for program in programs("127.0.0.1", 8000)}


def wanted() -> list[str]:
    """Return the units that the target wants."""
    return re.findall(r"heng-[\w@-]+\.service", (UNITS / "heng.target").read_text("utf-8"))


def command_of(unit: str) -> str:
    name, _, instance = unit.removesuffix(".service").partition("@")
    text = (UNITS / (f"{name}@.service" if instance else unit)).read_text("utf-8")
    return re.search(r"^ExecStart=(.*)$", text, re.M)[1].replace("%i", instance)  # type: ignore[index]


def test_the_target_wants_every_process_and_only_those():
    commands = {unit: command_of(unit) for unit in wanted()}

    assert {module(command) for command in commands.values() if "flask" not in command} == RUN
    assert commands["heng-prepare.service"].endswith("flask --app wsgi db upgrade")
    assert {path.name for path in UNITS.glob("*.service")} == {
        re.sub(r"@\w+", "@", unit) for unit in wanted()
    }  # fmt: skip


def test_the_containers_run_every_process_and_only_those():
    image = (DEPLOY / "Dockerfile").read_text("utf-8")
    web = yaml.safe_load(re.search(r"^CMD (.*)$", image, re.M)[1])
    services = {name: each for name, each in COMPOSE["services"].items() if each.get("image") == "heng"}
    commands = [shlex.join(each.get("command", web)) for each in services.values()]

    assert {module(command) for command in commands if "flask" not in command} == RUN
    assert services["prepare"]["command"] == ["flask", "--app", "wsgi", "db", "upgrade"]
    assert services["sweeper"]["deploy"]["replicas"] == 2
    for name, each in services.items():
        assert name == "prepare" or each["depends_on"]["prepare"]["condition"] == "service_completed_successfully"


def test_every_setting_stands_in_the_example():
    settings = set(re.findall(r"environ(?:\.get\(|, )\"([A-Z_]+)\"", (ROOT / "config.py").read_text("utf-8")))
    example = set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / "heng.env.example").read_text("utf-8"), re.M))

    assert len(settings) > 15
    assert settings - example == set()
    assert example - settings == {"POSTGRES_PASSWORD"}


def test_every_queue_has_its_worker():
    assert {f"heng-worker@{queue}.service" for queue in QUEUES} <= set(wanted())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    for unit in UNITS.iterdir():  # the programs are not installed here, so another one stands in for them
        text = unit.read_text("utf-8").replace("/opt/heng/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(text.replace("/opt/heng/.venv/bin/flask", "/bin/true"), "utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", *(f"./{unit}" for unit in wanted()), "./heng.target"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, [line for line in done.stderr.splitlines() if "heng-" in line]) == (0, [])
