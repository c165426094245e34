"""The jobs of these tests run in the application of the test."""

from __future__ import annotations

import pytest

from workflows.jobs import tasks


@pytest.fixture(autouse=True)
def jobs(app, monkeypatch):
    monkeypatch.setattr(tasks, "application", lambda: app)
