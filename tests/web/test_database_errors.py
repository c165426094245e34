"""What a reader is told when the database refuses, or is not there."""

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError


class Refusal(Exception):
    """What the driver says."""

    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("refused")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "sqlstate", "status"),
    [
        (IntegrityError, "23505", 409),
        (OperationalError, "40P01", 409),
        (OperationalError, "55P03", 409),
        (OperationalError, None, 503),
        (IntegrityError, "23514", 500),
    ],
)
@pytest.mark.parametrize("path", ["/en/rules", "/api/v1/rulebook"])
def test_a_lost_race_may_be_tried_again_and_a_database_that_is_away_comes_back(
    app, client, monkeypatch, path, error, sqlstate, status
):
    endpoint, _ = app.url_map.bind("desk.test").match(path)

    def refused(**_values):
        raise error("INSERT", {}, Refusal(sqlstate))

    monkeypatch.setitem(app.view_functions, endpoint, refused)

    answer = client.get(path)

    assert answer.status_code == status
    assert "INSERT" not in answer.text
