"""`make chaos`: file complaints while the running system is killed piece by piece, then check that nothing was lost.

It starts what `make run` starts, on a folder and a port of its own. The limits are short ones, by the rulebook's data:
an emergency must be started within a minute and a first reply given within ten, so that clocks come due while things
die.
`--planted` plants a bug, and then the run must fail. Ends with 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import config
from app.cases.queries import due_clocks
from app.core.db import db, session, transaction
from app.factory import create_app
from tests.architecture import translations
from tests.chaos import verdict
from tests.chaos.filing import SHOP, Crowd
from tests.chaos.mischief import Mischief, plan
from tests.chaos.product import FIGURES, PLANTS, a_copy
from tests.chaos.verdict import Finding, none
from tests.factories import a_person, an_organisation
from tests.jobs.running import START_WITHIN_S, System
from tests.jobs.waiting import eventually
from workflows.procedure.authority import Role
from workflows.regulation import shipped

MINUTE_S = 60.0
ANSWERED_S = 300.0
"""How long people go on trying afterwards: a slow machine takes its time and loses nothing."""
LIMITS = {
    "emergency_start": ("1", "minute"),
    "first_reply_important": ("10", "minute"),
    "first_reply_ordinary": ("10", "minute"),
    "warnings": ("[10]", "percent"),
}
"""A minute after it was filed every complaint has a breach and a warning, of two clocks, behind it."""
SHORT_LIMITS = LIMITS | {"warnings": ("[5, 10, 15]", "percent")}
SHORT_S, SHORT_COMPLAINTS = 20.0, 150


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos ARGS=…", description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0, help="how long processes are killed (default 3)")
    parser.add_argument("--complaints", type=int, default=2_000, help="how many are filed meanwhile (default 2000)")
    parser.add_argument("--short", action="store_true", help=f"a try of {SHORT_S:.0f} seconds with {SHORT_COMPLAINTS}")
    parser.add_argument("--peaceful", action="store_true", help="kill nothing: what the same load is like in peace")
    parser.add_argument("--planted", choices=sorted(PLANTS), help="plant this bug: the run must then fail")
    parser.add_argument("--seed", type=int, help="of the kills and the files")
    parser.add_argument("--folder", help="where the data lie (default: the system's temporary folder)")
    return parser.parse_args()


def main() -> int:
    wanted = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is then stopped
    seed = wanted.seed if wanted.seed is not None else random.SystemRandom().randrange(10**6)
    lasts_s = SHORT_S if wanted.short else wanted.minutes * 60
    number = SHORT_COMPLAINTS if wanted.short else wanted.complaints
    print(f"seed {seed}: {number:,} complaints in {lasts_s:.0f} s", flush=True)
    translations.compile_all()
    folder = Path(tempfile.mkdtemp(prefix="heng-chaos-", dir=wanted.folder))
    root = a_copy(folder / "heng", SHORT_LIMITS if wanted.short else LIMITS, wanted.planted)
    (folder / "data").mkdir(mode=0o700)
    system = System(folder / "data", root=root)
    try:
        findings = list(run(system, Crowd(system.port, number, lasts_s * 0.9, seed), wanted, lasts_s, seed, root))
    finally:
        if system.process.poll() is None:
            system.stop()
    (folder / "log").write_text("".join([*system.earlier, *system.lines]))
    broken = [finding for finding in findings if finding.kept is False]
    print("\n".join(map(str, findings)), flush=True)
    if broken:
        print(f"{len(broken)} broken. Data and log are in {folder}; the same kills again: --seed {seed}")
    else:
        shutil.rmtree(folder)
    return int(bool(broken))


def run(
    system: System, crowd: Crowd, wanted: argparse.Namespace, lasts_s: float, seed: int, root: Path
) -> Iterator[Finding]:
    """Do it all, and yield what was found."""
    if not eventually(lambda: "Heng is ready" in system.log, START_WITHIN_S):
        raise RuntimeError(system.log)
    with looking_in(system, root):
        with transaction():
            an_organisation(name=SHOP)
            a_person(Role.LEAD)
        mischief = Mischief(
            system, plan(lasts_s, short=wanted.short, peaceful=wanted.peaceful), seed, crowd.acknowledged
        )
        killing = threading.Thread(target=mischief.run)
        crowd.start()
        killing.start()
        killing.join()
        crowd.finish(within_s=ANSWERED_S)
        until = calm(0.0 if wanted.short else MINUTE_S)
        yield from done_to_it(mischief, crowd)
        system.stop()
        left = mischief.orphans + list(system.processes().values())
        for command in left:
            yield Finding(f"left behind: {command[-40:]}", "", "", None)
        yield none("processes left behind", len(left))
        yield from verdict.complaints(crowd.complaints)
        least = len(crowd.complaints) // 2 if wanted.short else 2 * len(crowd.complaints)
        yield from verdict.clocks(until, mischief.outages, least)
        yield from verdict.records(until)


@contextmanager
def looking_in(system: System, root: Path) -> Iterator[None]:
    """Read the system's database and files from here, by the limits that hold there."""
    app = create_app(config.load({"DATA_DIR": str(system.data_dir)}))
    shipped.files.cache_clear()
    shipped.rulebook.cache_clear()
    with mock.patch.object(shipped, "DATA", root / FIGURES.parent), app.app_context():
        yield
        session().rollback()
        db.session.remove()
        db.engine.dispose()


def calm(wait_s: float) -> datetime:
    """Let the last clocks come due, then give everything due until now its time. Returns that instant."""
    time.sleep(wait_s)
    until = datetime.now(UTC)

    def all_done() -> bool:
        session().rollback()
        return not due_clocks(until) and not verdict.undone(until)

    eventually(all_done, verdict.CAUGHT_UP_S)
    return until


def done_to_it(mischief: Mischief, crowd: Crowd) -> Iterator[Finding]:
    killed = ", ".join(f"{name} {times}" for name, times in mischief.killed.most_common())
    yield Finding("processes killed", f"{mischief.killed.total()}", killed, None)
    yield Finding("Redis emptied, times", f"{mischief.flushed}", "", None)
    yield Finding("Redis away", f"{mischief.redis_gone_s:.0f} s", "", None)
    took = sorted(each.took_s for each in crowd.complaints)
    yield Finding("filing with its file, median", f"{took[len(took) // 2]:.2f} s", "", None)
    yield Finding("filing with its file, slowest (retries and all)", f"{took[-1]:.1f} s", "", None)
    for refusal, times in crowd.refusals.most_common(6):
        yield Finding(f"tried again: {refusal[:44]}", f"{times}", "", None)
    broken = sum(times for status, times in crowd.statuses.items() if status >= 500)
    yield none("answers 5xx", broken)


if __name__ == "__main__":
    sys.exit(main())
