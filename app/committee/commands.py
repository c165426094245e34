"""What can be asked of the committee, and what it is told."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from app.cases.commands import Term
from app.core.commands import Command, Frozen
from app.core.text import Body, Line, Note, OptionalNote

ChoiceKey = Literal["uphold", "partly", "reject", "abstain"]
OutcomeKey = Literal["for_consumer", "partly", "for_respondent", "sent_back"]
GroundKey = Literal["new_evidence", "wrong_fact", "wrong_rule", "procedure"]
ChallengeGround = Literal["relation", "took_part", "one_sided", "other"]
STATEMENTS = ("dossier_read", "matches_vote", "no_interest", "names_nobody")
StatementKey = Literal["dossier_read", "matches_vote", "no_interest", "names_nobody"]


class DeclareInterest(Command):
    """Say whether there is an interest in the case; with one, and its reason, the seat goes to the next in the draw."""

    interest: Literal["none", "conflict"]
    reason: OptionalNote = ""


class ReadDossier(Command):
    """Say that what changed in the dossier was read. `mark`, where given, is that of the state that was shown."""

    mark: Annotated[str, Field(max_length=16)] = ""


class ChallengeMember(Command):
    """Doubt that a member of the panel is impartial. `place` is the member's on the panel; 1 presides."""

    place: Annotated[int, Field(ge=1, le=99)]
    grounds: Annotated[list[ChallengeGround], Field(min_length=1, max_length=4)]
    text: Note


class RuleChallenge(Command):
    """Rule on a challenge by its number: upheld, another member is drawn; rejected, the member stays."""

    challenge: Annotated[int, Field(ge=1, le=99)]
    ruling: Literal["upheld", "rejected"]
    reason: Note


class IssueVote(Frozen):
    """A vote on one issue. `issue` is its number on the panel's list."""

    issue: Annotated[int, Field(ge=1, le=99)]
    choice: ChoiceKey
    reason: Note


class CastVotes(Command):
    """Vote on every issue; voting again before the close replaces the votes, and keeps the earlier ones on record."""

    votes: Annotated[list[IssueVote], Field(min_length=1, max_length=99)]


class DraftDecision(Command):
    """The decision in structured fields. `outcome` and `terms` have to be what the panel voted."""

    outcome: OutcomeKey
    facts_found: Annotated[list[Note], Field(min_length=1, max_length=20)]
    clauses: Annotated[list[Line], Field(min_length=1, max_length=20)]
    reasons: Body
    terms: Annotated[list[Term], Field(max_length=20, default_factory=list)]
    dissent: OptionalNote = ""


class ReturnDraft(Command):
    """The chair sends the draft back, and says why."""

    note: Note


class SignDecision(Command):
    """The chair signs: every statement ticked, the password given once more, and a dissent published or not.

    Whoever signs a dissent and says nothing of it has it published, without names.
    """

    statements: Annotated[list[StatementKey], Field(max_length=len(STATEMENTS))]
    password: Annotated[str, Field(min_length=1, max_length=1000)]
    dissent: Literal["publish", "keep"] = "publish"


class RequestReview(Command):
    """A party asks for a review of the decision."""

    grounds: Annotated[list[GroundKey], Field(min_length=1, max_length=4)]
    text: Note


class KeepMember(Frozen):
    """What is known of somebody who can be drawn: term (days, the last one counts), expertise, companies with ties."""

    user_id: int
    serves_from: date | None = None
    serves_until: date | None = None
    expertise: list[str]
    ties: list[int]
