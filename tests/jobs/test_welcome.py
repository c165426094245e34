"""What the terminal says when everything is up."""

import json
from dataclasses import replace

import config
from workflows.jobs import welcome


def test_the_sign_ins_stand_in_columns_whatever_the_script(tmp_path):
    people = [
        {"role": "mediator", "email": "lin@example.org", "password": "one", "organisation": None, "token": "t"},
        {"role": "respondent", "email": "a@b.example", "password": "three", "organisation": "晨光家电", "token": "t"},
    ]
    (tmp_path / "demo-accounts.json").write_text(json.dumps(people))
    settings = replace(config.load({"DATA_DIR": str(tmp_path)}), base_url="http://desk.example")

    assert [line for line in welcome.message(settings) if line] == [
        "Heng is ready: http://desk.example",
        "  role        e-mail           password  organisation",
        "  mediator    lin@example.org  one",
        "  respondent  a@b.example      three     晨光家电",
        f"Ctrl-C stops it; the data stays in {tmp_path}.",
    ]


def test_columns_count_a_chinese_character_as_two():
    assert welcome.table([("晨光", "a"), ("x", "b")]) == ["  晨光  a", "  x     b"]


def test_nobody_at_the_address_is_no_answer():
    assert not welcome.answers("http://127.0.0.1:9/healthz")
