"""Programs are kept running, and end with whoever started them."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs.waiting import eventually, runs
from workflows.jobs import processes
from workflows.jobs.processes import Child, Program, stop

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


def program(code: str, **changes) -> Program:
    return Program("x", (sys.executable, "-c", code), **changes)


@pytest.fixture
def keep():
    """Start programs that are ended after the test."""
    children = []

    def start(wanted: Program) -> Child:
        children.append(child := Child(wanted, os.environ))
        child.start()
        return child

    yield start
    stop(children)


def test_a_program_that_dies_is_started_again(keep):
    child = keep(program("import signal; signal.pause()"))
    first = child.process.pid

    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: child.tend() or (child.process and child.process.pid != first))


def test_the_pause_grows_while_a_program_fails_at_its_start(keep, capsys):
    child = keep(program("raise SystemExit(3)"))

    assert eventually(lambda: child.tend() or child.pause_s >= 0.8)
    assert "ended (exit 3); again in 0.4 s" in capsys.readouterr().out


def test_the_pause_is_short_again_for_a_program_that_had_settled(keep, monkeypatch):
    child = keep(program("import signal; signal.pause()"))
    child.pause_s = 8.0
    monkeypatch.setattr(processes, "SETTLED_S", 0.0)

    os.kill(child.process.pid, signal.SIGKILL)

    assert eventually(lambda: child.tend() or child.process is None)
    assert child.pause_s == processes.FIRST_PAUSE_S


def test_what_a_dead_program_left_of_its_group_is_ended(keep, tmp_path):
    note = tmp_path / "pid"
    code = (
        f"import subprocess as s; p = s.Popen(['sleep', '600']); open({str(note)!r}, 'w').write(str(p.pid)); p.wait()"
    )
    child = keep(program(code))
    assert eventually(lambda: note.exists() and note.read_text())

    os.kill(child.process.pid, signal.SIGKILL)

    assert eventually(lambda: child.tend() or not runs(int(note.read_text())))


def test_its_lines_come_out_under_its_name(keep, capsys):
    child = keep(program("print('hello', flush=True); import signal; signal.pause()"))

    assert eventually(lambda: "x        | hello\n" in capsys.readouterr().out)
    assert child.process.poll() is None


def test_stopping_asks_first_and_then_insists(keep, monkeypatch, capsys):
    monkeypatch.setattr(processes, "PATIENCE_S", 0.5)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    child = keep(program(deaf))
    pid = child.process.pid
    assert eventually(lambda: "deaf" in capsys.readouterr().out)

    stop([child])

    assert not runs(pid)
    assert "did not finish" in capsys.readouterr().out


def test_foundations_are_stopped_after_what_stands_on_them(keep, tmp_path):
    log = tmp_path / "log"
    code = (
        "import signal, sys, time\n"
        f"def note(what): open({str(log)!r}, 'a').write(what + ' ')\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(time.sleep({delay}) or note('{name}')))\n"
        "note('up')\n"
        "signal.pause()\n"
    )
    ground = keep(program(code.format(name="ground", delay=0), foundation=True))
    roof = keep(program(code.format(name="roof", delay=0.2)))
    assert eventually(lambda: log.exists() and log.read_text() == "up up ")

    stop([ground, roof])

    assert log.read_text() == "up up roof ground "


def test_a_program_ends_when_its_supervisor_is_killed(tmp_path):
    note = tmp_path / "pid"
    code = (
        "import os, signal\n"
        "from workflows.jobs.processes import Child, Program\n"
        "child = Child(Program('x', ('sleep', '600')), os.environ)\n"
        "child.start()\n"
        f"open({str(note)!r}, 'w').write(str(child.process.pid))\n"
        "signal.pause()\n"
    )
    root = Path(__file__).resolve().parents[2]
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=root)
    assert eventually(lambda: note.exists() and note.read_text())
    pid = int(note.read_text())
    assert eventually(lambda: Path(f"/proc/{pid}/comm").read_text() == "sleep\n")

    supervisor.kill()
    supervisor.wait()

    assert eventually(lambda: not runs(pid))
