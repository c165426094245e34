"""Evidence over the API."""

import hashlib
import io

from app.accounts import service as accounts
from tests.factories import a_case, a_person, an_act, saved
from workflows.procedure.authority import Role
from workflows.procedure.states import CaseState

TEXT = "2026-08-28 12:00 商家：活动商品不退不换。\n".encode() * 20


def headers(user):
    return {"Authorization": f"Bearer {saved(accounts.give_token, user, 'test', act=an_act())}"}


def send(client, case, who, **fields):
    data = {"file": (io.BytesIO(TEXT), "chat.txt")} | fields
    return client.post(f"/api/v1/cases/{case.number}/evidence", headers=who, data=data)


def test_a_file_is_kept_and_comes_back_byte_for_byte(client):
    case, lead = saved(a_case), headers(saved(a_person, Role.LEAD))

    answer = send(client, case, lead, sha256=hashlib.sha256(TEXT).hexdigest())

    assert answer.status_code == 201
    item = client.get(f"/api/v1/cases/{case.number}/evidence", headers=lead).json["items"][0]
    fetched = client.get(item["url"], headers=lead)
    assert fetched.data == TEXT
    assert fetched.headers["Content-Disposition"].startswith("attachment")


def test_a_file_that_arrived_otherwise_is_refused(client):
    case, lead = saved(a_case), headers(saved(a_person, Role.LEAD))

    answer = send(client, case, lead, sha256="0" * 64)

    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/sha256/0")
    assert client.get(f"/api/v1/cases/{case.number}/evidence", headers=lead).json["items"] == []


def test_a_body_without_files_or_cut_off_is_refused(client):
    case, lead = saved(a_case), headers(saved(a_person, Role.LEAD))
    url = f"/api/v1/cases/{case.number}/evidence"
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of'

    empty = client.post(url, headers=lead, data={"note": "x"}, content_type="multipart/form-data")
    broken = client.post(url, headers=lead, data=cut, content_type="multipart/form-data; boundary=x")

    assert empty.status_code == 422
    assert broken.status_code == 400


def test_a_foreign_respondent_finds_nothing(client):
    case = saved(a_case, CaseState.ANSWERING)
    foreign = headers(saved(a_person, Role.RESPONDENT, organisation_id=saved(a_case).respondent_id))

    assert send(client, case, foreign).status_code == 404
    assert client.get(f"/api/v1/cases/{case.number}/evidence/1", headers=foreign).status_code == 404
