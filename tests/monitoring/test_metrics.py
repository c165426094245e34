"""Figures for operations."""

from app.accounts import service as accounts
from tests.factories import a_case, a_person, an_act, saved
from workflows.procedure.authority import Role

AWAY = {"REMOTE_ADDR": "203.0.113.9"}


def test_this_machine_reads_what_is_open_and_late(client, time):
    saved(a_case)
    time.go(hours=3)

    text = client.get("/metrics").text

    assert 'heng_cases{state="triage"} 1' in text
    assert "heng_clocks_unfired 1" in text


def test_others_need_the_right_to_watch(client):
    token = saved(accounts.give_token, saved(a_person, Role.SUPERVISOR), "watch", act=an_act())

    assert client.get("/metrics", environ_overrides=AWAY).status_code == 404
    headers = {"Authorization": f"Bearer {token}"}
    assert client.get("/metrics", environ_overrides=AWAY, headers=headers).status_code == 200
