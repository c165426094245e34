"""What can be asked about the exhibits of a case."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.core.commands import Command
from app.core.text import Line, Note, OptionalNote

ExhibitNumber = Annotated[int, Field(ge=1, le=999, description="number of the exhibit in the case")]
ItemNumber = Annotated[int, Field(ge=1, le=999, description="number of the requested item in the case")]
Side = Literal["consumer", "respondent"]
Inspector = Literal["consumer", "merchant", "platform", "logistics_company", "independent"]
Conclusion = Literal["quality", "transit_damage", "unclear", "none"]


class RuleEvidence(Command):
    """Admit an exhibit, or leave it out of what the panel judges on, with a reason."""

    exhibit: ExhibitNumber
    admitted: bool
    reason: OptionalNote = ""


class AskEvidence(Command):
    """Ask one side for named things by an instant."""

    side: Side
    items: Annotated[list[Line], Field(min_length=1, max_length=10)]
    due_at: datetime
    why: OptionalNote = ""


class DeclineEvidence(Command):
    """The side that was asked says that it cannot give an item, and why."""

    item: ItemNumber
    reason: Note


class SettleEvidence(Command):
    """The desk says what became of an item: it was handed in, or it is no longer needed (with a reason)."""

    item: ItemNumber
    handed_in: bool
    reason: OptionalNote = ""


class RecordInspection(Command):
    """What an inspection of the goods found; `packaging` and `damage` are signs of the rulebook."""

    inspected_at: datetime
    inspected_by: Inspector
    what: Line
    packaging: Line
    damage: Annotated[list[Line], Field(max_length=10)] = Field(default_factory=list)
    conclusion: Conclusion
    exhibits: Annotated[list[ExhibitNumber], Field(max_length=50)] = Field(default_factory=list)
    note: OptionalNote = ""
