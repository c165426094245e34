"""The desk under random acts keeps its invariants; three planted bugs are caught.

`make check` runs the same examples each time. `HENG_EXAMPLES=10000 pytest tests/simulation` runs that many new ones and
prints the seed with a failure; `--hypothesis-seed=N` runs the same ones again, and Hypothesis prints the shortest
sequence of acts that fails.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.core import ids
from tests.simulation.machine import Desk
from tests.simulation.world import World

FEW, ACTS = 40, 40
EXAMPLES = int(os.environ.get("HENG_EXAMPLES") or FEW)
ALWAYS = settings(
    max_examples=EXAMPLES, stateful_step_count=ACTS, deadline=None, database=None, print_blob=True,
    derandomize="HENG_EXAMPLES" not in os.environ, suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def desk(app, time, monkeypatch):
    """The machine in this application, at this time; people are made once."""
    world = World()
    monkeypatch.setattr(ids, "new_token", world.token)
    return type("Desk", (Desk,), {"world": world, "time": time})


def test_whatever_people_do_the_desk_keeps_its_invariants(desk):
    run_state_machine_as_test(desk, settings=ALWAYS)
