"""Who may do what: roles, permissions, and the one table of grants.

A permission is `<resource>:<action>`. Whether the object is the actor's own is checked here too, once, for every
step. Source: clause 2.2.4.1 (a desk of its own), 3.3.2 (a committee), 3.4.1 (an independent supervisor).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from workflows.procedure.errors import NotPermitted


class Role(StrEnum):
    """What a person is to the desk. `consumer` and `system` are never given to an account."""

    OPERATOR = "operator"
    RESPONDENT = "respondent"
    MEDIATOR = "mediator"
    LEAD = "lead"
    MEMBER = "member"
    CHAIR = "chair"
    SECRETARY = "secretary"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    CONSUMER = "consumer"
    SYSTEM = "system"


ACCOUNT_ROLES = tuple(role for role in Role if role not in (Role.CONSUMER, Role.SYSTEM))
DESK_ROLES = frozenset({Role.OPERATOR, Role.MEDIATOR, Role.LEAD})
COMMITTEE_ROLES = frozenset({Role.MEMBER, Role.CHAIR, Role.SECRETARY})
JUDGES = frozenset({Role.MEMBER, Role.CHAIR})


class Permission(StrEnum):
    """One thing that can be allowed."""

    CASE_READ = "case:read"
    CASE_READ_ALL = "case:read_all"
    QUEUE_READ = "queue:read"
    CASE_CLASSIFY = "case:classify"
    CASE_ASSIGN = "case:assign"
    CASE_JOIN = "case:join"
    CASE_REPLY = "case:reply"
    CASE_CLOSE = "case:close"
    CASE_REFER = "case:refer"
    CASE_WITHDRAW = "case:withdraw"
    CASE_RATE = "case:rate"
    COMPLAINT_TYPE = "complaint:type"
    ANSWER_REQUEST = "answer:request"
    ANSWER_SEND = "answer:send"
    EMERGENCY_START = "emergency:start"
    EMERGENCY_END = "emergency:end"
    CALL_ACKNOWLEDGE = "call:acknowledge"
    CONTACTS_KEEP = "contacts:keep"
    FINDING_CONFIRM = "finding:confirm"
    MESSAGE_SEND = "message:send"
    OFFER_PROPOSE = "offer:propose"
    OFFER_ANSWER = "offer:answer"
    EVIDENCE_ADD = "evidence:add"
    EVIDENCE_ASK = "evidence:ask"
    EVIDENCE_RULE = "evidence:rule"
    DOSSIER_READ = "dossier:read"
    INTEREST_DECLARE = "interest:declare"
    VOTE_CAST = "vote:cast"
    PANEL_CHALLENGE = "panel:challenge"
    CHALLENGE_RULE = "challenge:rule"
    DECISION_DRAFT = "decision:draft"
    DECISION_SIGN = "decision:sign"
    DECISION_PUBLISH = "decision:publish"
    PERFORMANCE_PROVE = "performance:prove"
    PERFORMANCE_CONFIRM = "performance:confirm"
    REVIEW_REQUEST = "review:request"
    PENALTY_READ = "penalty:read"
    PENALTY_ANSWER = "penalty:answer"
    PENALTY_DECIDE = "penalty:decide"
    RESPONDENT_DESK = "respondent_desk:read"
    HOOKS_MANAGE = "hooks:manage"
    OUTBOX_READ = "outbox:read"
    OUTBOX_REDRIVE = "outbox:redrive"
    WATCH_READ = "watch:read"
    PEOPLE_MANAGE = "people:manage"
    PERSON_READ = "person:read"
    PERSON_ERASE = "person:erase"
    ORGANISATION_MANAGE = "organisation:manage"
    SYSTEM_MANAGE = "system:manage"
    SECURITY_READ = "security:read"
    ACCESS_READ = "access:read"
    APPROVAL_DECIDE = "approval:decide"
    CASE_EXPORT = "case:export"
    QUESTION_ANSWER = "question:answer"
    PROCEED = "procedure:proceed"


P = Permission
_READ_DESK = frozenset({P.CASE_READ, P.CASE_READ_ALL, P.QUEUE_READ})
_PARTY = frozenset({
    P.CASE_READ, P.MESSAGE_SEND, P.OFFER_PROPOSE, P.OFFER_ANSWER, P.EVIDENCE_ADD, P.PANEL_CHALLENGE, P.REVIEW_REQUEST,
})  # fmt: skip
_MEDIATOR = _READ_DESK | {
    P.CASE_CLASSIFY, P.CASE_ASSIGN, P.CASE_JOIN, P.CASE_REPLY, P.CASE_CLOSE, P.CASE_REFER, P.ANSWER_REQUEST,
    P.MESSAGE_SEND,
    P.FINDING_CONFIRM, P.OFFER_PROPOSE, P.EVIDENCE_ADD, P.EVIDENCE_ASK, P.EVIDENCE_RULE,
    P.DECISION_PUBLISH, P.OUTBOX_READ, P.COMPLAINT_TYPE,
    P.CALL_ACKNOWLEDGE, P.QUESTION_ANSWER, P.PENALTY_READ,
}  # fmt: skip
_MEMBER = frozenset({P.CASE_READ, P.DOSSIER_READ, P.INTEREST_DECLARE, P.VOTE_CAST})

GRANTS: Mapping[Role, frozenset[Permission]] = {
    Role.CONSUMER: _PARTY | {P.PERFORMANCE_CONFIRM, P.CASE_WITHDRAW, P.CASE_RATE},
    Role.RESPONDENT: _PARTY
    | {P.ANSWER_SEND, P.PERFORMANCE_PROVE, P.RESPONDENT_DESK, P.CALL_ACKNOWLEDGE, P.HOOKS_MANAGE, P.PENALTY_ANSWER},
    Role.OPERATOR: _READ_DESK
    | {
        P.COMPLAINT_TYPE,
        P.CASE_REPLY,
        P.MESSAGE_SEND,
        P.EVIDENCE_ADD,
        P.OUTBOX_READ,
        P.EMERGENCY_START,
        P.CALL_ACKNOWLEDGE,
    },
    Role.MEDIATOR: _MEDIATOR,
    Role.LEAD: _MEDIATOR | {
        P.EMERGENCY_START, P.EMERGENCY_END, P.CONTACTS_KEEP, P.WATCH_READ, P.OUTBOX_REDRIVE, P.APPROVAL_DECIDE,
        P.PENALTY_DECIDE,
    },
    Role.MEMBER: _MEMBER,
    Role.CHAIR: _MEMBER | {P.CHALLENGE_RULE, P.DECISION_SIGN, P.DECISION_PUBLISH, P.EVIDENCE_ASK},
    Role.SECRETARY: frozenset({
        P.CASE_READ, P.DOSSIER_READ, P.CHALLENGE_RULE, P.DECISION_DRAFT, P.DECISION_PUBLISH, P.EVIDENCE_ASK,
        P.EVIDENCE_RULE,
    }),
    Role.SUPERVISOR: _READ_DESK
    | {P.WATCH_READ, P.DOSSIER_READ, P.ACCESS_READ, P.CASE_EXPORT, P.PENALTY_READ, P.PERSON_READ},
    Role.ADMIN: frozenset(
        {
            P.PEOPLE_MANAGE,
            P.PERSON_READ,
            P.PERSON_ERASE,
            P.ORGANISATION_MANAGE,
            P.CONTACTS_KEEP,
            P.SYSTEM_MANAGE,
            P.OUTBOX_READ,
            P.OUTBOX_REDRIVE,
            P.WATCH_READ,
            P.SECURITY_READ,
            P.ACCESS_READ,
            P.APPROVAL_DECIDE,
        }
    ),
    Role.SYSTEM: frozenset(Permission),
}  # fmt: skip


class Scope(StrEnum):
    """What a token of the API is for. A token does what its scopes and its person's roles both allow."""

    READ = "read"
    FILE = "file"
    WORK = "work"
    DECIDE = "decide"
    EXPORT = "export"


_READING = frozenset({
    P.CASE_READ, P.CASE_READ_ALL, P.QUEUE_READ, P.DOSSIER_READ, P.RESPONDENT_DESK, P.OUTBOX_READ, P.WATCH_READ,
    P.PENALTY_READ,
})  # fmt: skip
_DECIDING = frozenset({
    P.INTEREST_DECLARE, P.VOTE_CAST, P.CHALLENGE_RULE, P.DECISION_DRAFT, P.DECISION_SIGN, P.DECISION_PUBLISH,
    P.PENALTY_DECIDE,
})  # fmt: skip
_AT_THE_SCREEN = frozenset({
    P.PEOPLE_MANAGE, P.PERSON_READ, P.PERSON_ERASE, P.ORGANISATION_MANAGE, P.SYSTEM_MANAGE, P.SECURITY_READ,
    P.ACCESS_READ, P.APPROVAL_DECIDE, P.PROCEED,
})  # fmt: skip

SCOPES: Mapping[Scope, frozenset[Permission]] = {
    Scope.READ: _READING,
    Scope.FILE: frozenset({P.COMPLAINT_TYPE}),
    Scope.WORK: frozenset(Permission) - _READING - _DECIDING - _AT_THE_SCREEN - {P.CASE_EXPORT} | {P.CASE_READ},
    Scope.DECIDE: _DECIDING | {P.CASE_READ, P.DOSSIER_READ},
    Scope.EXPORT: frozenset({P.CASE_EXPORT, P.CASE_READ, P.CASE_READ_ALL, P.WATCH_READ}),
}


def permissions_of(scopes: Iterable[Scope]) -> frozenset[Permission]:
    """Return what a token with these scopes may do at most. No token manages people or agrees to erasing."""
    return frozenset[Permission]().union(*(SCOPES[scope] for scope in scopes))


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a person with roles, a complainant holding one case's key, or the system itself."""

    roles: frozenset[Role]
    name: str
    user_id: int | None = None
    organisation_id: int | None = None
    case_id: int | None = None
    language: str = "zh-Hans"
    confirmed: bool = field(default=True, compare=False)
    at_most: frozenset[Permission] | None = field(default=None, compare=False)

    def may(self, permission: Permission) -> bool:
        """Return whether any of the actor's roles grants `permission`, whatever the object, within a token's scopes."""
        if self.at_most is not None and permission not in self.at_most:
            return False
        return any(permission in GRANTS[role] for role in self.roles)

    def narrowed(self, permissions: frozenset[Permission]) -> Actor:
        """Return the same person, who may do no more than `permissions`: with a token of the API."""
        return replace(self, at_most=permissions)

    @property
    def is_consumer(self) -> bool:
        return Role.CONSUMER in self.roles

    @property
    def is_respondent(self) -> bool:
        return Role.RESPONDENT in self.roles

    @property
    def is_system(self) -> bool:
        return Role.SYSTEM in self.roles

    @property
    def side(self) -> str:
        """Return `consumer`, `respondent`, `system` or `desk`: on whose side the actor stands in a case."""
        if self.is_consumer:
            return "consumer"
        if self.is_respondent:
            return "respondent"
        return "system" if self.is_system else "desk"


SYSTEM = Actor(roles=frozenset({Role.SYSTEM}), name="Heng")
NOBODY = Actor(roles=frozenset(), name="")


def consumer_of(case_id: int, *, name: str, language: str, confirmed: bool) -> Actor:
    """Return the complainant of one case; `confirmed` tells whether they proved it is them (one-time code or token)."""
    return Actor(frozenset({Role.CONSUMER}), name, case_id=case_id, language=language, confirmed=confirmed)


def require(actor: Actor, permission: Permission, *, case_id: int, organisation_ids: Collection[int]) -> None:
    """Raise NotPermitted unless a role of the actor grants `permission` and the case is one the actor may touch.

    `organisation_ids` are the respondents of the case. Parties touch only their own case; staff never a case in
    which the organisation they belong to is a party.
    """
    if not actor.may(permission):
        raise NotPermitted("role", permission=permission)
    if actor.is_consumer:
        if actor.case_id != case_id:
            raise NotPermitted("other_case", permission=permission)
        if not actor.confirmed:
            raise NotPermitted("unconfirmed", permission=permission)
    elif actor.is_respondent:
        if actor.organisation_id not in organisation_ids:
            raise NotPermitted("other_case", permission=permission)
    elif actor.organisation_id is not None and actor.organisation_id in organisation_ids:
        raise NotPermitted("own_interest", permission=permission)


class Audience(StrEnum):
    """Who may read a message or an entry of the history."""

    BOTH = "both"
    CONSUMER = "consumer"
    RESPONDENT = "respondent"
    INTERNAL = "internal"


def audiences_seen(actor: Actor) -> frozenset[Audience]:
    """Return the audiences whose texts the actor may read."""
    if actor.is_consumer:
        return frozenset({Audience.BOTH, Audience.CONSUMER})
    if actor.is_respondent:
        return frozenset({Audience.BOTH, Audience.RESPONDENT})
    if actor.may(Permission.CASE_READ_ALL) or actor.is_system:
        return frozenset(Audience)
    return frozenset({Audience.BOTH}) if actor.roles & COMMITTEE_ROLES else frozenset()


def sees_offers(actor: Actor) -> bool:
    """Return whether the actor may learn what was offered: never the committee (the settlement wall)."""
    return not actor.roles & COMMITTEE_ROLES and (
        actor.is_consumer or actor.is_respondent or actor.is_system or actor.may(Permission.CASE_READ_ALL)
    )
