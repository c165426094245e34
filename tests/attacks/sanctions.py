"""Who may open what is there about penalties, credit, the blacklist and what companies say to it."""

from __future__ import annotations

READ = "mediator lead supervisor"
PUBLISH = "secretary chair mediator lead"
ACT = "/api/v1/cases/<number>/actions/"
PUBLIC = ("merchants", "merchants/<organisation_id>", "penalties", "blacklist")

GET = {
    **{f"/{page}": "anybody" for page in PUBLIC},
    **{f"/<lang>/{page}": "anybody" for page in (*PUBLIC, "merchants/method", "penalties.csv")},
    "/api/v1/blacklist": "anybody",
    "/api/v1/organisations/<organisation_id>/standing": "anybody",
    "/api/v1/penalties": "anybody",
    "/desk/conduct": READ,
    "/desk/conduct/<penalty_number>": READ,
    "/desk/replies": PUBLISH,
    "/desk/replies/<reply_id>/withhold": PUBLISH,
    "/r/credit": "respondent rival",  # each their own
    "/r/replies": "respondent rival",
    "/r/replies/standing": "respondent rival",
    "/r/replies/<register_number>": "respondent",
    "/r/penalties/<penalty_number>": "respondent",
}
POST = {
    f"{ACT}answer_penalty": "respondent",
    f"{ACT}appeal_penalty": "respondent",
    f"{ACT}decide_penalty": "lead",
    f"{ACT}rule_penalty": "lead",
    "/desk/conduct/<penalty_number>/decide": "lead",
    "/desk/conduct/<penalty_number>/rule": "lead",
    "/desk/replies/<reply_id>/withhold": PUBLISH,
    "/r/replies/standing": "respondent rival",
    "/r/replies/<register_number>": "respondent",
    "/r/penalties/<penalty_number>/answer": "respondent",
    "/r/penalties/<penalty_number>/appeal": "respondent",
}
