"""The API keeps to its own document, whoever asks: a short run of what `make conformance` does at length."""

from __future__ import annotations

from itertools import cycle

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.attacks.conformance import READERS, beyond
from tests.attacks.fresh_keys import before_call
from tests.attacks.world import World

FEW = settings(
    max_examples=3, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck),
)  # fmt: skip


def test_the_api_keeps_to_its_document(world: World):
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", world.app)
    operations, readers = [found.ok() for found in document.get_all_operations()], cycle(READERS)
    spared = {name: [positive_data_acceptance] for name in beyond()}
    asked = set()

    def keeps_to_it(case):
        before_call(None, case)
        case.call_and_validate(headers=world.bearer(next(readers)), excluded_checks=spared.get(case.operation.label))
        asked.add(case.operation.label)

    for operation in operations:
        FEW(given(case=operation.as_strategy())(keeps_to_it))()

    assert len(asked) == len(operations) > 40
