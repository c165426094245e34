"""What the rulebook refuses, in words that name the place to mend."""


class RulebookError(Exception):
    """The rulebook's data holds a mistake: in which file, in which entry, and why."""

    def __init__(self, file: str, entry: str, reason: str) -> None:
        self.file, self.entry, self.reason = file, entry, reason
        super().__init__(f"{file}, {entry}: {reason}")


class NotInRulebook(LookupError):
    """The rulebook has no such entry."""


class NotInForce(NotInRulebook):
    """The rulebook has the entry, but it does not hold on the day asked for."""
