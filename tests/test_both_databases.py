"""Nothing that asks a database something is left out of the run on PostgreSQL without a reason that stands here."""

import re

from tests.databases import NEEDS_NONE, STAYS_ON_SQLITE, left_out

OPENS_ONE = re.compile(r"\b(create_app|System)\(")
ON_SQLITE_ONLY = {
    "core/test_sqlite_build.py": "is about SQLite",
    "core/test_bucket.py": "what opens a database there asks for one",
    "core/test_order_of_syncs.py": "is about SQLite: PostgreSQL keeps its own promise",
    "chaos/test_plants.py": "is about the experiment",
    "jobs/test_running_system.py": "processes that come and go, whatever they write to",
}


def test_what_is_left_out_opens_no_database(request):
    reasons = request.config.stash[left_out]
    files = {nodeid.partition("::")[0] for nodeid, why in reasons.items() if why == NEEDS_NONE}

    forgotten = [
        file
        for file in files
        if file.removeprefix("tests/") not in ON_SQLITE_ONLY
        and OPENS_ONE.search((request.config.rootpath / file).read_text("utf-8"))
    ]

    assert forgotten == []


def test_every_reason_is_one_that_is_known(request):
    reasons = set(request.config.stash[left_out].values())

    assert reasons <= {NEEDS_NONE, *STAYS_ON_SQLITE.values()}
