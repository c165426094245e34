"""The desk under random acts keeps its invariants; planted mistakes are caught.

Every run of the tests tries the same 2,000 stories. `make simulate` tries 10,000 longer ones that nobody has tried
before (`EXAMPLES=50000` for more); what fails is told with its seed, and `HENG_SEED=… make simulate` tells it again.
"""

import os
import random
import re
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from app.cases import service, service_clocks
from app.cases.models import FAR
from app.core import clock, db, site, storage
from tests.conftest import StandingClock
from tests.simulation.invariants import Broken
from tests.simulation.machine import Desk
from tests.simulation.stage import Chance, Stage, in_memory
from tests.simulation.world import World
from workflows.procedure.clocks import next_instant

FEW, PARTS = 2_000, 4
EXAMPLES = int(os.environ.get("HENG_EXAMPLES") or FEW)
MANY = EXAMPLES > FEW
ACTS = 30 if MANY else 6
SEED = int(os.environ.get("HENG_SEED") or (random.SystemRandom().randrange(10**9) if MANY else 1))


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The machine on a desk in memory, rehearsed."""
    with pytest.MonkeyPatch.context() as patch, clock.told_by(time := StandingClock()):
        for kept, name in ((site, "_settings"), (storage, "_store")):
            patch.setattr(kept, name, getattr(kept, name))
        app = in_memory(tmp_path_factory.mktemp("simulation"), patch)
        with app.app_context():
            db.db.create_all()
            chance, stage = Chance(patch), Stage()
            made = type("Desk", (Desk,), {"world": World(), "time": time, "stage": stage, "chance": chance})
            made.rehearse()
            yield made
            stage.close()
            db.session().rollback()
            db.db.session.remove()
            db.db.engine.dispose()


def tell(desk, examples: int, number: int, *, phases=(Phase.generate, Phase.shrink)) -> None:
    """Try that many stories from a seed."""
    how = settings(
        max_examples=examples, stateful_step_count=ACTS, deadline=None, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=phases,
    )  # fmt: skip
    run_state_machine_as_test(seed(number)(type("Desk", (desk,), {})), settings=how)


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_people_do_the_desk_keeps_its_invariants(desk, part):
    try:
        tell(desk, EXAMPLES // PARTS, SEED + part)
    except Exception as broken:
        broken.add_note(f"The same again: HENG_EXAMPLES={EXAMPLES} HENG_SEED={SEED}, part {part}")
        raise


def an_hour_early(*arguments):
    return next_instant(*arguments) - timedelta(hours=1)


def never_due(case):
    case.due_at = FAR


PLANTED = {
    "a clock that warns an hour early": (service_clocks, "next_instant", an_hour_early, "3./4."),
    "clocks that nobody ends": (service_clocks, "end", lambda *_, **__: None, "3./4."),
    "a page that is taken twice": (service, "check_version", lambda *_: None, "10."),
    "a case that forgets when it is due": (service_clocks, "_refresh", never_due, "5."),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_mistake_is_caught(desk, planted, monkeypatch):
    module, name, mistake, invariant = PLANTED[planted]
    monkeypatch.setattr(module, name, mistake)

    with pytest.raises(Broken, match=f"^{re.escape(invariant)}"):
        tell(desk, 200, 1, phases=[Phase.generate])
