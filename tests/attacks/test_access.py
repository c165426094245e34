"""Every route for every reader: who gets in is exactly what stands here, and a route that does not stand here fails.

A reader gets in where the answer is a page, a file, or "not possible now"; they stay outside where they are sent to
sign in or to confirm themselves, or told that it is not allowed or not there.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.attacks.world import CANARY, READERS, World, addresses, changed, everything

DESK = "operator mediator lead"
WORKERS = "mediator lead"
READ = f"{DESK} supervisor"
SIDES = f"consumer respondent {READ}"
PANEL = "secretary chair member supervisor"
SIGNED_IN = f"respondent rival {READ} admin {PANEL} drawn spare"

# Who gets in by GET (above the line) and by POST (below). `anybody` is everybody, signed in or not.
GET = {
    "/": "anybody",
    "/<lang>/": "anybody",
    "/<lang>/accessibility": "anybody",
    "/<lang>/ask": "anybody",
    "/<lang>/checks": "anybody",
    "/<lang>/checks/template.csv": "anybody",
    "/<lang>/complain": "anybody",
    "/<lang>/complain/check": "anybody",
    "/<lang>/complain/companies": "anybody",
    "/<lang>/complain/contact": "anybody",
    "/<lang>/complain/details": "anybody",
    "/<lang>/complain/evidence": "anybody",
    "/<lang>/complain/evidence/<file_id>/picture": "",  # a file of another browser's draft
    "/<lang>/complain/order": "anybody",
    "/<lang>/complain/outcome": "anybody",
    "/<lang>/complain/problem": "anybody",
    "/<lang>/complain/resume": "anybody",
    "/<lang>/complain/resume/<token>": "anybody",  # whoever holds the link that was sent
    "/<lang>/complain/saved": "anybody",
    "/<lang>/decisions": "anybody",
    "/<lang>/decisions.atom": "anybody",
    "/<lang>/decisions.csv": "anybody",
    "/<lang>/decisions/<number>": "anybody",
    "/<lang>/decisions/<number>.pdf": "anybody",
    "/<lang>/help": "anybody",
    "/<lang>/ledger": "anybody",
    "/<lang>/ledger/<position>": "anybody",
    "/<lang>/privacy": "anybody",
    "/<lang>/rules": "anybody",
    "/<lang>/rules.txt": "anybody",
    "/<lang>/stats": "anybody",
    "/<lang>/stats.csv": "anybody",
    "/<lang>/track": "anybody",
    "/<lang>/track/code": "anybody",
    "/<lang>/v": "anybody",
    "/<lang>/v/<code>": "anybody",
    "/accessibility": "anybody",
    "/account": SIGNED_IN,
    "/account/factors": SIGNED_IN,
    "/account/hours": f"{PANEL} drawn spare {READ} admin",
    "/account/language/<tag>": "anybody",
    "/account/passkey": SIGNED_IN,
    "/account/password": SIGNED_IN,
    "/account/prove": SIGNED_IN,
    "/account/totp": SIGNED_IN,
    "/ask": "anybody",
    "/checks": "anybody",
    "/complain": "anybody",
    "/decisions": "anybody",
    "/decisions/<number>": "anybody",
    "/decisions/<number>.pdf": "anybody",
    "/healthz": "anybody",
    "/help": "anybody",
    "/ledger": "anybody",
    "/ledger/<position>": "anybody",
    "/metrics": "anybody",
    "/privacy": "anybody",
    "/readyz": "anybody",
    "/rules": "anybody",
    "/signin": "anybody",
    "/signin/forgot": "anybody",
    "/signin/link/<token>": "anybody",  # whoever holds the link that was sent
    "/signin/second": "",  # which leads who has not given a password to the sign-in
    "/stats": "anybody",
    "/track": "anybody",
    "/v": "anybody",
    "/v/<code>": "anybody",
    "/admin/system": "lead supervisor admin",
    "/admin/system/given-up": "lead admin",
    "/<lang>/v/certificate.pem": "anybody",
    "/api/v1/ask": "anybody",
    "/api/v1/decisions": "anybody",
    "/api/v1/decisions.csv": "anybody",
    "/api/v1/decisions/<number>": "anybody",
    "/api/v1/decisions/<number>.pdf": "anybody",
    "/api/v1/docs": "anybody",
    "/api/v1/ledger/checkpoint": "anybody",
    "/api/v1/ledger/entries": "anybody",
    "/api/v1/ledger/proof": "anybody",
    "/api/v1/openapi.json": "anybody",
    "/api/v1/rulebook": "anybody",
    "/api/v1/rulebook/<clause>": "anybody",
    "/api/v1/stats": "anybody",
    # The private link opens these to whoever holds it, with names and numbers covered …
    "/<lang>/c/<token>": "anybody",
    "/<lang>/c/<token>/clocks": "anybody",
    "/<lang>/c/<token>/deadlines.pdf": "anybody",
    "/<lang>/c/<token>/evidence": "anybody",
    "/<lang>/c/<token>/messages": "anybody",
    "/<lang>/c/<token>/offer/<n>": "anybody",
    "/<lang>/c/<token>/receipt.pdf": "anybody",
    "/<lang>/c/<token>/verify": "anybody",
    "/<lang>/complain/receipt/<token>": "anybody",
    # … and these to the complainant, who proved it by a code.
    "/<lang>/c/<token>/appeal": "consumer",
    "/<lang>/c/<token>/evidence/<number>": "consumer",
    "/<lang>/c/<token>/evidence/<number>/picture": "consumer",
    "/<lang>/c/<token>/fulfil": "consumer",
    "/<lang>/c/<token>/notice/<notice_id>": "consumer",
    "/<lang>/c/<token>/papers/<name>.pdf": "consumer",
    "/<lang>/c/<token>/propose": "consumer",
    "/<lang>/c/<token>/rate": "consumer",
    "/<lang>/c/<token>/withdraw": "consumer",
    "/api/v1/cases": f"{SIDES} stranger rival secretary chair member drawn spare",  # each their own
    "/api/v1/cases/<number>": SIDES,
    "/api/v1/cases/<number>/actions": SIDES,
    "/api/v1/cases/<number>/clocks": SIDES,
    "/api/v1/cases/<number>/events": SIDES,
    "/api/v1/cases/<number>/evidence": SIDES,
    "/api/v1/cases/<number>/evidence/<exhibit>": SIDES,
    "/api/v1/cases/<number>/findings": SIDES,
    "/committee": f"{PANEL} drawn spare",
    "/committee/<number>": f"{PANEL} drawn",  # who was drawn is led to the question of interests
    "/committee/<number>/notice": "secretary",
    "/committee/<number>/publish": "secretary chair",
    "/committee/<number>/recuse": "chair member drawn",
    "/committee/<number>/result": PANEL,
    "/committee/<number>/sign": "chair",
    "/committee/<number>/vote": "chair member drawn",
    "/committee/members": "secretary",
    "/desk": READ,
    "/desk/": READ,
    "/desk/cases/<number>": READ,
    "/desk/cases/<number>/ask": WORKERS,
    "/desk/cases/<number>/classify": WORKERS,
    "/desk/cases/<number>/close": WORKERS,
    "/desk/cases/<number>/emergency": "operator lead",
    "/desk/cases/<number>/emergency-end": "lead",
    "/desk/cases/<number>/offer": WORKERS,
    "/desk/cases/<number>/publish": WORKERS,
    "/desk/cases/<number>/refer": WORKERS,
    "/desk/cases/<number>/reply": DESK,
    "/desk/cases/<number>/transfer": WORKERS,
    "/desk/contacts": "lead admin",
    "/desk/contacts/<organisation_id>": "lead admin",
    "/desk/emergencies": READ,
    "/desk/mail": READ,
    "/desk/mail/<mail_id>": READ,
    "/desk/mail/<mail_id>/files/<n>": READ,
    "/desk/mail/<mail_id>/raw": READ,
    "/desk/outbox": f"{DESK} admin",
    "/desk/phone": DESK,
    "/desk/phone/done/<number>": DESK,
    "/desk/questions": WORKERS,
    "/desk/questions/<question_id>": WORKERS,
    "/desk/search": READ,
    "/evidence/<evidence_id>": f"respondent {READ}",
    "/evidence/<evidence_id>/picture": f"respondent {READ}",
    "/outcomes": READ,
    "/outcomes/<number>": f"respondent secretary {READ}",
    "/outcomes/<number>/<register_number>/<tag>.pdf": f"respondent secretary {READ}",
    "/outcomes/<number>/<register_number>/take-down": f"secretary {WORKERS}",
    "/outcomes/<number>/deadlines": f"respondent secretary {READ}",
    "/outcomes/<number>/deadlines.pdf": f"respondent secretary {READ}",
    "/outcomes/<number>/papers/<name>.pdf": f"respondent secretary {READ}",
    "/r": "respondent rival",
    "/r/contacts": "respondent rival",
    "/r/cases/<number>": "respondent",
    "/r/cases/<number>/appeal": "respondent",
    "/r/cases/<number>/fulfil": "respondent",
    "/r/cases/<number>/messages": "respondent",
    "/r/cases/<number>/notice/<notice_id>": "respondent",
    "/r/cases/<number>/offer/<n>": "respondent",
    "/r/cases/<number>/propose": "respondent",
    "/r/cases/<number>/respond": "respondent",
}
REMEMBERED = {"api_tokens"}  # a token remembers when it was used
ACT = "/api/v1/cases/<number>/actions/"
POST = {
    "/<lang>/checks": "anybody",
    "/<lang>/complain": "anybody",
    "/<lang>/complain/check": "anybody",
    "/<lang>/complain/contact": "anybody",
    "/<lang>/complain/contact/draft": "anybody",
    "/<lang>/complain/details": "anybody",
    "/<lang>/complain/details/draft": "anybody",
    "/<lang>/complain/evidence": "anybody",
    "/<lang>/complain/evidence/<file_id>/remove": "anybody",
    "/<lang>/complain/order": "anybody",
    "/<lang>/complain/order/draft": "anybody",
    "/<lang>/complain/outcome": "anybody",
    "/<lang>/complain/outcome/draft": "anybody",
    "/<lang>/complain/problem": "anybody",
    "/<lang>/complain/problem/draft": "anybody",
    "/<lang>/complain/resume": "anybody",
    "/<lang>/complain/resume/<token>": "anybody",
    "/<lang>/complain/saved": "anybody",
    "/<lang>/track": "anybody",
    "/<lang>/track/code": "anybody",
    "/account/hours": f"{PANEL} drawn spare {READ} admin",
    "/admin/system/given-up/again": "lead admin",
    "/admin/system/given-up/<outbox_id>/again": "lead admin",
    "/api/v1/checks": "anybody",
    "/api/v1/classify": "anybody",
    "/api/v1/complaints": "anybody",
    "/account/factors/<factor_id>/remove": SIGNED_IN,  # their own, and so all of these
    "/account/passkey": SIGNED_IN,
    "/account/password": SIGNED_IN,
    "/account/prove": SIGNED_IN,
    "/account/recovery": SIGNED_IN,
    "/account/sessions/<session_id>/end": SIGNED_IN,
    "/account/sessions/others": SIGNED_IN,
    "/account/tokens": SIGNED_IN,
    "/account/tokens/<token_id>/revoke": SIGNED_IN,
    "/account/totp": SIGNED_IN,
    "/signin": "anybody",
    "/signin/forgot": "anybody",
    "/signin/link/<token>": "anybody",
    "/signin/passkey": "",  # a passkey that nobody has leads back to the sign-in
    "/signin/second": "",
    "/signout": "",  # which leads everybody to the sign-in
    # The private link shows these forms again with what was written; only its owner is let do anything (below).
    "/<lang>/c/<token>/appeal": "anybody",
    "/<lang>/c/<token>/evidence": "anybody",
    "/<lang>/c/<token>/fulfil": "anybody",
    "/<lang>/c/<token>/lock": "anybody",
    "/<lang>/c/<token>/messages": "anybody",
    "/<lang>/c/<token>/offer/<n>": "anybody",
    "/<lang>/c/<token>/propose": "anybody",
    "/<lang>/c/<token>/rate": "anybody",
    "/<lang>/c/<token>/verify": "anybody",
    "/<lang>/c/<token>/verify/send": "",  # which leads to the page that asks for the code
    "/<lang>/c/<token>/withdraw": "consumer",
    "/api/v1/cases/<number>/evidence": f"consumer respondent {DESK}",
    f"{ACT}accept": "consumer respondent",
    f"{ACT}acknowledge_call": f"respondent {DESK}",
    f"{ACT}answer": "respondent",
    f"{ACT}assign": WORKERS,
    f"{ACT}classify": WORKERS,
    f"{ACT}close": WORKERS,
    f"{ACT}confirm_performance": "consumer",
    f"{ACT}declare_interest": "chair member drawn",
    f"{ACT}decline": "consumer respondent",
    f"{ACT}dispute_performance": "consumer",
    f"{ACT}draft_decision": "secretary",
    f"{ACT}emergency_step": "operator lead",
    f"{ACT}end_emergency": "lead",
    f"{ACT}perform": "respondent",
    f"{ACT}propose": f"consumer respondent {WORKERS}",
    f"{ACT}publish": f"secretary chair {WORKERS}",
    f"{ACT}rate": "consumer",
    f"{ACT}refer": WORKERS,
    f"{ACT}reply": DESK,
    f"{ACT}request_answer": WORKERS,
    f"{ACT}request_review": "consumer respondent",
    f"{ACT}return_draft": "chair",
    f"{ACT}sign_decision": "chair",
    f"{ACT}start_emergency": "operator lead",
    f"{ACT}vote": "chair member drawn",
    f"{ACT}withdraw": "consumer",
    "/committee/<number>/notice": "secretary",
    "/committee/<number>/publish": "secretary chair",
    "/committee/<number>/recuse": "chair member drawn",
    "/committee/<number>/return": "chair",
    "/committee/<number>/sign": "chair",
    "/committee/<number>/vote": "chair member drawn",
    "/desk/bulk": WORKERS,
    "/desk/cases/<number>/ask": WORKERS,
    "/desk/cases/<number>/classify": WORKERS,
    "/desk/cases/<number>/close": WORKERS,
    "/desk/cases/<number>/emergency": "operator lead",
    "/desk/cases/<number>/emergency-end": "lead",
    "/desk/cases/<number>/findings/<clause>": WORKERS,
    "/desk/cases/<number>/offer": WORKERS,
    "/desk/cases/<number>/publish": WORKERS,
    "/desk/cases/<number>/refer": WORKERS,
    "/desk/cases/<number>/reply": DESK,
    "/desk/cases/<number>/transfer": WORKERS,
    "/desk/mail/<mail_id>/discard": DESK,
    "/desk/mail/<mail_id>/open": DESK,
    "/desk/mail/<mail_id>/place": DESK,
    "/desk/phone": DESK,
    "/desk/contacts/<organisation_id>": "lead admin",
    "/desk/emergencies/<number>/acknowledge": DESK,
    "/desk/emergencies/<number>/start": "operator lead",
    "/desk/emergencies/<number>/step": "operator lead",
    "/desk/questions/<question_id>": WORKERS,
    "/desk/questions/<question_id>/forget": WORKERS,
    "/desk/questions/answers/<answer_id>/withdraw": WORKERS,
    "/desk/views": DESK,
    "/desk/views/<view_id>/remove": DESK,
    "/outcomes/<number>/<register_number>/take-down": f"secretary {WORKERS}",
    "/outcomes/<number>/publish": f"secretary {WORKERS}",
    "/outcomes/notices/<notice_id>/again": f"secretary {WORKERS}",
    "/r/cases/<number>/appeal": "respondent",
    "/r/cases/<number>/fulfil": "respondent",
    "/r/cases/<number>/messages": "respondent",
    "/r/cases/<number>/offer/<n>": "respondent",
    "/r/cases/<number>/propose": "respondent",
    "/r/cases/<number>/respond": "respondent",
    "/r/contacts": "respondent rival",
    "/r/emergencies/<number>/acknowledge": "respondent",
}


def let_in(answer: TestResponse) -> bool:
    """Whether the reader got further than the door."""
    assert answer.status_code < 500, answer.text
    to = answer.headers.get("Location", "").partition("?")[0]
    outside = to == "/signin" or to.endswith("/verify")
    return answer.status_code not in (401, 403, 404, 410) and not outside


def nothing(address: str) -> dict[str, dict[str, str]]:
    return {"json": {}} if address.startswith("/api/") else {"data": {}}


def meant(table: dict[str, str], name: str, reader: str) -> bool:
    return table.get(name) == "anybody" or reader in table.get(name, "").split()


def tried(world: World, method: str, table: dict[str, str], reader: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses worth trying: what is open to anybody is tried by two."""
    for name, address in addresses(world, method):
        if table.get(name) != "anybody" or reader in ("nobody", "admin"):
            yield name, address


@pytest.mark.parametrize("reader", READERS)
def test_every_page_opens_to_those_it_is_meant_for_and_to_nobody_else(world: World, reader: str):
    browser = world.browser(reader)
    wrong, told = [], []

    for name, address in tried(world, "GET", GET, reader):
        answer = world.ask(reader, browser, address)
        if let_in(answer) is not meant(GET, name, reader):
            wrong.append(f"{name}: {answer.status_code}")
        if not meant(GET, name, reader) and CANARY.encode() in answer.data:
            told.append(name)

    assert (wrong, told) == ([], [])


@pytest.mark.parametrize("reader", READERS)
def test_every_act_is_open_to_those_it_is_meant_for_and_refusing_the_others_changes_nothing(world: World, reader: str):
    browser = world.browser(reader)
    acts = [each for each in tried(world, "POST", POST, reader) if each[0] != "/signout"]
    meant_for_others = [(name, url) for name, url in acts if not meant(POST, name, reader)]
    own = [(name, url) for name, url in acts if meant(POST, name, reader)]
    before = everything()

    refused = {name: world.ask(reader, browser, url, "POST", **nothing(url)) for name, url in meant_for_others}
    touched = changed(before)
    let = {name: world.ask(reader, browser, url, "POST", **nothing(url)) for name, url in own}

    assert [name for name, answer in refused.items() if let_in(answer)] == []
    assert [name for name, answer in let.items() if not let_in(answer)] == []
    assert [name for name, answer in refused.items() if CANARY.encode() in answer.data] == []
    # whoever holds the link may ask for a code
    assert touched - REMEMBERED <= {"one_time_codes", "outbound_messages", "outbox"}


def test_the_supervisor_reads_and_changes_nothing(world: World):
    browser = world.browser("supervisor")
    closed = [
        (name, url) for name, url in addresses(world, "POST")
        if POST[name] != "anybody" and "/c/" not in name and not name.startswith(("/account/", "/signin/"))
    ]  # fmt: skip
    before = everything()

    answers = {name: world.ask("supervisor", browser, url, "POST", **nothing(url)).status_code for name, url in closed}

    assert {name for name, status in answers.items() if status not in (403, 404, 409)} == {"/signout"}
    assert changed(before) - REMEMBERED == {"sessions"}


def test_no_route_is_unlisted_and_nothing_listed_is_gone(world: World):
    assert {name for name, _ in addresses(world, "GET")} == set(GET)
    assert {name for name, _ in addresses(world, "POST")} == set(POST)
