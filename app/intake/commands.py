"""A complaint as it is handed in: the same frozen value from the web, the phone desk, e-mail, the API and imports.

Its JSON is the body of `POST /complaints` in the public contract. Only the narrative and one way to reach the
complainant are required; null means the same as absent.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from app.cases.commands import AnomalyKey, Money, refuse_unreadable
from app.core.commands import Frozen, RowId
from app.core.contact import Email, Phone
from app.core.text import Body, OptionalLine, OptionalNote
from workflows.procedure.checks.facts import REQUEST_SCHEMA
from workflows.regulation import book

LanguageTag = Literal["zh-Hans", "zh-Hant", "en"]
MOST_REMEDIES = 10
ORDER, EVENTS = (REQUEST_SCHEMA["properties"][name]["anyOf"][0] for name in ("order", "events"))
Order = Annotated[dict[str, Any], WithJsonSchema(ORDER)]
_LIST = Field(strict=False, max_length=MOST_REMEDIES)  # JSON has lists, a frozen value has tuples


class Complainant(Frozen):
    """Who complains, and how to reach them. `hours` is when they like to be called."""

    name: OptionalLine | None = None
    phone: Phone | None = None
    email: Email | None = None
    contact_by: Literal["email", "phone"] | None = None
    hours: OptionalLine | None = None
    on_behalf_of: OptionalLine | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Complainant:
        if not self.phone and not self.email:
            raise PydanticCustomError("contact_missing", "contact_missing")
        return self


class Respondent(Frozen):
    """The company as the complainant knows it."""

    organisation_id: RowId | None = None
    name: OptionalLine | None = None


def _remedy_kind(key: str) -> str:
    if key not in {kind.key for kind in book.current().remedy_kinds}:
        raise PydanticCustomError("not_possible", "not_possible")
    return key


class SoughtRemedy(Frozen):
    """One thing that would put it right. `note` gives the reason for more than the order's price."""

    kind: Annotated[str, AfterValidator(_remedy_kind)]
    amount: Money | None = None
    note: OptionalNote = ""


class Submission(Frozen):
    """A whole complaint. `anomaly` is what the complainant says, no verdict; `order` and `events` as in `/checks`."""

    narrative: Body
    complainant: Complainant
    language: LanguageTag | None = None
    anomaly: AnomalyKey | None = None
    respondent: Respondent | None = None
    order: Order | None = None
    events: Annotated[tuple[dict[str, Any], ...], Field(strict=False), WithJsonSchema(EVENTS)] | None = None
    remedies_sought: Annotated[tuple[SoughtRemedy, ...], _LIST] | None = None
    danger: bool | None = None

    @model_validator(mode="after")
    def _facts_can_be_read(self) -> Submission:
        """Refuse facts that the rule engine would refuse, each mistake at its own place."""
        refuse_unreadable("Submission", self.order, self.events or ())
        return self
