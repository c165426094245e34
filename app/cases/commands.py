"""What can be asked of a case by the desk and by its parties."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from app.core.commands import AmountMinor, Command, Frozen, RowId
from app.core.text import Body, Line, Note, OptionalBody, OptionalNote
from workflows.procedure.checks.facts import CheckRequest, FactError, FactsError

AnomalyKey = Literal[
    "system_fault", "product_info_error", "payment_info_error", "logistics_info_error", "return_refusal", "other"
]
PartyKey = Literal["platform", "merchant", "payment_provider", "logistics_company"]
BearerKey = Literal["consumer", "platform", "merchant", "payment_provider", "logistics_company"]
AudienceKey = Literal["both", "consumer", "respondent", "internal"]
Score = Annotated[int, Field(ge=1, le=5)]


class Classify(Command):
    """Confirm or overrule the anomaly and who answers for it; overruling needs a reason."""

    anomaly: AnomalyKey
    organisation_id: RowId | None = None
    party_kind: PartyKey | None = None
    reason: OptionalNote = ""
    emergency: bool | None = None


class Assign(Command):
    """Give the case to one of the desk; without a person, to nobody."""

    user_id: RowId | None = None


class Reply(Command):
    """Write to one side, to both, or a note for the desk alone. To the consumer it meets the first reply.

    `body_for_respondent` is the same in the respondent's language, for a message to both sides who read different ones.
    """

    body: Body
    audience: AudienceKey = "consumer"
    body_for_respondent: OptionalBody = ""


class RequestAnswer(Command):
    """Ask the responsible organisation to answer."""

    organisation_id: RowId | None = None
    note: OptionalNote = ""


class Close(Command):
    """End the case without an outcome on its merits."""

    reason: Literal["out_of_scope", "inadmissible", "joined"]
    explanation: Note


class Withdraw(Command):
    """The complainant stops it."""

    reason: OptionalNote = ""


class Money(Frozen):
    """An amount as the API writes it."""

    amount_minor: AmountMinor
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "CNY"


class Term(Frozen):
    """One remedy as it is offered, agreed or ordered. `days` from the day it becomes binding.

    `freight_by` says who bears the freight where goods travel (clause 2.1.6.4: the merchant, unless agreed otherwise).
    """

    kind: Line
    amount: Money | None = None
    party_kind: PartyKey | None = None
    days: Annotated[int, Field(ge=1, le=90)] = 7
    freight_by: BearerKey | None = None
    note: OptionalNote = ""


class Perform(Command):
    """The respondent shows that a remedy was done."""

    remedy: Annotated[int, Field(ge=1, le=999, description="number of the remedy in the case")]
    proof: Note


class ConfirmPerformance(Command):
    """The consumer confirms that a remedy was done."""

    remedy: Annotated[int, Field(ge=1, le=999)]


class DisputePerformance(Command):
    """The consumer says that a remedy was not done."""

    remedy: Annotated[int, Field(ge=1, le=999)]
    reason: Note


class Rate(Command):
    """Three answers from 1 to 5, and words."""

    solved: Score
    fair: Score
    effort: Score
    comment: OptionalNote = ""


class ConfirmFinding(Command):
    """A person agrees with what the rule engine found."""

    clause: Line


class StateFacts(Command):
    """Facts of the order as one side says them, as `POST /checks` takes them; the desk says for which side."""

    order: dict[str, Any] | None = None
    events: list[dict[str, Any]] = Field(default_factory=list, max_length=500)
    side: Literal["consumer", "respondent", "desk"] | None = None

    @model_validator(mode="after")
    def _facts_can_be_read(self) -> "StateFacts":
        refuse_unreadable("StateFacts", self.order, self.events)
        return self


def refuse_unreadable(title: str, order: dict[str, Any] | None, events: Sequence[dict[str, Any]]) -> None:
    """Refuse facts that the rule engine would refuse, each mistake at its own place. Raises ValidationError."""
    try:
        CheckRequest.from_json({"order": order, "events": list(events)})
    except FactsError as refused:
        raise ValidationError.from_exception_data(title, [_told(error) for error in refused.errors]) from None


def _told(error: FactError) -> InitErrorDetails:
    place = tuple(int(part) if part.isdigit() else part for part in error.pointer.split("/")[1:])
    return InitErrorDetails(type=PydanticCustomError(error.code, error.code, error.params), loc=place, input=None)


class Join(Command):
    """Work on this case together with another one."""

    case_number: Line
    reason: Note


class Part(Command):
    """Work on this case by itself again."""

    case_number: Line
    reason: Note
