"""Checking a published outcome from its bundle alone: proofs, panel draw, tally, clocks, files. Needs no network.

Nothing in the bundle is believed: each record has to stand in the log under a good signature, and what follows from
the records (who sits, what was voted, when a limit ended) is worked out again by the rules. Source: clause 3.1.4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from workflows.procedure import panel as lots
from workflows.procedure.issues import IssueKind, outcome
from workflows.procedure.panel import Candidate
from workflows.procedure.voting import Choice, tally
from workflows.verify.bundle import Record
from workflows.verify.merkle import extends
from workflows.verify.notes import BadNote, Checkpoint, Key, opened
from workflows.verify.timing import clocks_of

BROKEN = (KeyError, ValueError, TypeError, AttributeError, IndexError, LookupError)


class Outcome:
    """A bundle under examination."""

    def __init__(self, content: Mapping[str, Any], papers: Mapping[str, bytes], key: Key) -> None:
        """Raises: BadNote where the checkpoint is not good; KeyError, ValueError or TypeError for what is no bundle."""
        self.key, self.papers = key, papers
        self.log: Checkpoint = opened(content["checkpoint"], key)
        self.records = [Record.read(each) for each in content["records"]]
        self.seeds = {int(each["draw"]): each for each in content["seeds"]}
        self.number = str(content["number"])

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the opened values of all records of a kind, in the order of the log, each with its `index`."""
        found = sorted((each for each in self.records if each.kind == kind), key=lambda each: each.index)
        return [each.values | {"index": each.index} for each in found]

    def check(self) -> dict[str, list[str]]:
        """Return what is wrong, by what was checked; all lists are empty when the bundle is sound."""
        checks = {
            "records": self.proofs, "publication": self.publication, "draw": self.draw, "votes": self.votes,
            "clocks": self.clocks, "files": self.files,
        }  # fmt: skip
        return {name: list(_guarded(name, check())) for name, check in checks.items()}

    # --- the log -----------------------------------------------------------------------------------------------------

    def proofs(self) -> Iterator[str]:
        """Yield each record that the log does not hold as it stands here."""
        for record in self.records:
            if not record.stands_in(self.log):
                yield f"{record.name} is not what was entered in the log"
        places = [record.index for record in self.records]
        if len(set(places)) != len(places):
            yield "an entry of the log is there twice"

    def publication(self) -> Iterator[str]:
        """Yield what does not fit what was published, or is of another case."""
        published = self.of("publication")
        if [each["number"] for each in published] != [self.number]:
            yield f"it is not the publication of {self.number}"
            return
        case_id = published[0]["case_id"]
        for kind in ("act", "panel", "decision"):
            if any(each["case_id"] != case_id for each in self.of(kind)):
                yield f"a record ({kind}) is of another case"
        if any(each["entry_id"] != published[0]["id"] for each in self.of("notice")):
            yield "a record (notice) is of another publication"

    @property
    def published(self) -> dict[str, Any]:
        return self.of("publication")[0]

    # --- the panel ---------------------------------------------------------------------------------------------------

    def draw(self) -> Iterator[str]:
        """Yield each seat that the lots did not give. The seed is worked out again from the log's checkpoint."""
        for panel in self.of("panel"):
            drawn = {each["n"]: each for each in self.of("draw") if each["panel_id"] == panel["id"]}
            seeds = {n: self._seed(panel["id"], n, each["index"]) for n, each in drawn.items()}
            for n, seed in seeds.items():
                if seed is None:
                    yield f"draw (entry {drawn[n]['index']}): the checkpoint that gives the seed is not good"
            taken: list[int] = []
            for seat in (each for each in self.of("seat") if each["panel_id"] == panel["id"]):
                if seat["user_id"] != _next_in(drawn, seeds, seat, taken, panel["expert_seats"]):
                    yield f"seat (entry {seat['index']}): place {seat['place']} was not drawn for {seat['user_id']}"
                taken.append(seat["user_id"])

    def _seed(self, panel_id: int, n: int, index: int) -> str | None:
        given = self.seeds[index]
        try:
            first = opened(given["checkpoint"], self.key)
        except BadNote:
            return None
        proof = [bytes.fromhex(each) for each in given["consistency"]]
        grew = extends(first.size, first.root, self.log.size, self.log.root, proof)
        return lots.seed_of(first.root.hex(), panel_id, n) if grew and first.size > index else None

    # --- the votes ---------------------------------------------------------------------------------------------------

    def votes(self) -> Iterator[str]:
        """Yield what does not follow from the votes: which of them count, the results, the outcome."""
        if self.published["kind"] != "decision":
            return
        decision = next(each for each in self.of("decision") if each["round"] == self.published["round"])
        panel = next(each for each in self.of("panel") if each["round"] == decision["round"])
        cast = [each for each in self.of("vote") if each["panel_id"] == panel["id"]]
        counted, faults = self._counted(panel, cast)
        yield from faults
        issues = [each for each in self.of("issue") if each["panel_id"] == panel["id"]]
        presides = [
            each for each in self.of("seat") if each["panel_id"] == panel["id"] and each["place"] == lots.CHAIR_PLACE
        ]
        chair = presides[-1]["ballot"]
        results = []
        for issue in issues:
            said = {each["ballot"]: Choice(each["choice"]) for each in counted if each["issue_id"] == issue["id"]}
            if not panel["quorum"] <= len(said) <= panel["size"]:
                yield f"{len(said)} votes count on an issue, of {panel['size']} seats and a quorum of {panel['quorum']}"
            results.append((IssueKind(issue["kind"]), tally(said, chair_id=chair).result))
        if not outcome(results) == decision["outcome"] == self.published["outcome"]:
            yield f"the votes come to {outcome(results)}, decided was {decision['outcome']}"

    def _counted(self, panel: Mapping[str, Any], cast: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[str]]:
        """Return the votes that count by the record of the close, and where these are not each ballot's last ones."""
        closed = [each for each in self.of("act") if each["action"] == "voting_ended"]
        numbers = set([each["detail.votes"] for each in closed if each["detail.round"] == panel["round"]][-1])
        counted = [each for each in cast if each["id"] in numbers]
        faults = [f"{len(numbers)} votes were counted, {len(counted)} are here"] if len(counted) != len(numbers) else []
        last = {(each["ballot"], each["issue_id"]): each["id"] for each in cast}
        for each in counted:
            if last[each["ballot"], each["issue_id"]] != each["id"]:
                faults.append(f"vote (entry {each['index']}) was changed later, and counted all the same")
        return counted, faults

    # --- clocks and files --------------------------------------------------------------------------------------------

    def clocks(self) -> Iterator[str]:
        """Yield each clock that is not what the history and the rules in force make of it."""
        yield from clocks_of(self.published["account"], self.of("act"), self.of("effect"))

    def files(self) -> Iterator[str]:
        """Yield each file whose hash is not the one that was entered in the log for its language."""
        entered = {f"{self.number}-{each['language'].lower()}.pdf": each["pdf_sha256"] for each in self.of("notice")
                   if each["edition"] == "public"}  # fmt: skip
        for name, content in self.papers.items():
            if entered.get(name) != sha256(content).hexdigest():
                yield f"{name} is not the file that was published"
        yield from (f"{name} is missing" for name in entered.keys() - self.papers.keys())
        if not entered:
            yield "no file was published"


def _next_in(
    drawn: Mapping[int, Mapping[str, Any]], seeds: Mapping[int, str | None], seat: Mapping[str, Any], taken: list[int],
    experts: int,
) -> int | None:  # fmt: skip
    """Return who takes the place: the lowest lot of the first draw that still has somebody for it."""
    for n in sorted(drawn):
        able = [
            Candidate(each["id"], each["presides"], each["sits"], expert=each["expert"])
            for each in drawn[n]["candidates"]
        ]
        found = lots.draw(seeds[n] or "", able, places=[seat["place"]], taken=taken, experts=experts)
        if found:
            return found[seat["place"]] if n == seat["draw"] else None
    return None


def _guarded(name: str, faults: Iterator[str]) -> Iterator[str]:
    """Yield the faults; what is missing or no longer readable is one."""
    try:
        yield from faults
    except BROKEN as error:
        yield f"the {name} cannot be worked out again: {type(error).__name__} {error}"


def by_kind(records: Sequence[Record]) -> dict[str, int]:
    """Return how many records there are of each kind."""
    counts: dict[str, int] = defaultdict(int)
    for record in records:
        counts[record.kind] += 1
    return dict(counts)
