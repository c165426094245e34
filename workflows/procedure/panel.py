"""The panel: who may sit, and the draw that anyone can run again.

Each candidate's place in the draw is the SHA-256 of the public seed and the candidate's number, so the seed and the
list of candidates are enough to check who was to sit, and who was to replace whom. Source: clause 3.3.2.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from hashlib import sha256

from msgspec import Struct

CHAIR_PLACE = 1


class Candidate(Struct, frozen=True):
    """Somebody of the pool: `presides` may take the chair, `sits` any other seat; `expert` knows the anomaly."""

    user_id: int
    presides: bool
    sits: bool
    organisation_id: int | None = None
    expert: bool = False


def seed_of(root: str, panel: int, n: int) -> str:
    """Return the public seed of draw number `n` of a panel.

    `root` (hex) is that of the first checkpoint of the transparency log that covers the frozen candidates: nobody knew
    it when they were frozen, and everybody can look it up afterwards.
    """
    return f"{root}/{panel}/{n}"


def lot(seed: str, user_id: int) -> str:
    """Return the candidate's lot: the hex SHA-256 of `seed|user_id`. The lowest is drawn first."""
    return sha256(f"{seed}|{user_id}".encode()).hexdigest()


def in_order(seed: str, user_ids: Iterable[int]) -> list[int]:
    """Return the candidates in the order in which they are drawn."""
    return sorted(user_ids, key=lambda user_id: lot(seed, user_id))


def eligible(pool: Iterable[Candidate], *, parties: Collection[int], barred: Collection[int]) -> tuple[Candidate, ...]:
    """Return who may judge the case: nobody of an organisation that is a party, nobody who had to do with it before.

    `parties` are organisations; `barred` are people (earlier panels, those who worked on the case).
    """
    return tuple(
        candidate
        for candidate in pool
        if candidate.user_id not in barred
        and (candidate.organisation_id is None or candidate.organisation_id not in parties)
    )


def draw(
    seed: str,
    candidates: Collection[Candidate],
    *,
    places: Iterable[int],
    taken: Collection[int] = (),
    experts: int = 0,
) -> dict[int, int]:
    """Return who takes each of these places (1 is the chair's), filled in this order; a place is left out where the
    pool is exhausted.

    `taken` are all who ever sat on the panel: nobody who left it comes back. The `experts` places after the chair's go
    to those who know the kind of anomaly, and to anybody where none of them is left.
    """
    seated: dict[int, int] = {}
    for place in places:
        free = {*taken, *seated.values()}
        able = [
            each
            for each in candidates
            if each.user_id not in free and (each.presides if place == CHAIR_PLACE else each.sits)
        ]
        if CHAIR_PLACE < place <= CHAIR_PLACE + experts:
            able = [each for each in able if each.expert] or able
        if able:
            seated[place] = in_order(seed, [each.user_id for each in able])[0]
    return seated


def within_load(able: Collection[Candidate], load: Mapping[int, int], *, most: int, size: int) -> tuple[Candidate, ...]:
    """Return the candidates who sit on fewer than `most` open panels; all of them where those cannot fill `size` seats.

    A case has to be decided: a full calendar does not leave a seat empty.
    """
    free = tuple(each for each in able if load.get(each.user_id, 0) < most)
    return free if can_fill(free, size) else tuple(able)


def can_fill(able: Collection[Candidate], size: int) -> bool:
    """Return whether these can take the chair and every other seat."""
    return any(each.presides for each in able) and any(
        len([other for other in able if other.sits and other is not chair]) >= size - 1
        for chair in able
        if chair.presides
    )


def is_review(round_: int) -> bool:
    """Return whether this round of a case looks at the decision of the round before it.

    After a decision (1) comes its review (2). Where that sends the case back, it is decided anew (3), and that decision
    can be reviewed in turn (4).
    """
    return round_ % 2 == 0


def may_send_back(round_: int) -> bool:
    """Return whether the panel of this round may have the case decided anew: once, so that it comes to an end."""
    return round_ == 2


def ruler(seed: str, n: int, chairs: Iterable[int], others: Iterable[int]) -> int | None:
    """Return who rules on challenge number `n`: by lot of those who preside elsewhere, else of `others`."""
    for able in (list(chairs), list(others)):
        if able:
            return in_order(f"{seed}/challenge/{n}", able)[0]
    return None
