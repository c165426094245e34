"""The trained weights, and what they make of a text's features. Read once per process, at the first text."""

import hashlib
import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from msgspec import Struct

ANOMALIES = (
    "system_fault",
    "product_info_error",
    "payment_info_error",
    "logistics_info_error",
    "return_refusal",
    "other",
)
SCALE = 100  # weights are kept as whole hundredths

WEIGHTS = Path(str(files(__package__).joinpath("data/weights.tsv")))

Weights = Mapping[str, Sequence[float]]


class Model(Struct, frozen=True):
    """`anomaly` and `alarm` hold weights by feature; `warmth` above 1 makes shares less sure of themselves."""

    anomaly: Weights
    alarm: Weights
    warmth: float
    version: str

    def likelihoods(self, found: Mapping[str, float]) -> dict[str, float]:
        """Return the calibrated probability of each anomaly."""
        return self.shared(self.sums(found))

    def sums(self, found: Mapping[str, float]) -> list[float]:
        """Return what the features speak for together, by anomaly."""
        return weigh(self.anomaly, found.items(), len(ANOMALIES))

    def shared(self, sums: Sequence[float]) -> dict[str, float]:
        """Return sums as calibrated probabilities."""
        return dict(zip(ANOMALIES, softmax([value / self.warmth for value in sums]), strict=True))

    def alarm_share(self, found: Mapping[str, float]) -> float:
        """Return the probability of an emergency."""
        (value,) = weigh(self.alarm, found.items(), 1)
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, value))))

    def pull(self, feature: str, anomaly: str) -> float:
        """Return how much a feature speaks for an anomaly rather than for the average of all."""
        row = self.anomaly.get(feature)
        return row[ANOMALIES.index(anomaly)] - sum(row) / len(row) if row else 0.0


@cache
def thresholds() -> dict[str, Any]:
    """Return the figures of the decision, from data."""
    return tomllib.loads(_data("thresholds.toml").decode("utf-8"))


@cache
def model() -> Model:
    """Return the model that the product ships."""
    return model_of(_data("weights.tsv"))


def model_of(content: bytes) -> Model:
    """Return the model in the content of a file of weights, under a version that tells it and its words apart."""
    seal = hashlib.sha256(content + b"".join(_data(name) for name in _READ_WITH)).hexdigest()[:10]
    return parse(content.decode("utf-8"), warmth=thresholds()["warmth"], version=f"heng-{seal}")


@cache
def ground() -> str:
    """Return a name for all that weights are taught on top of: the release's texts, words and figures."""
    parts = (_data("training.jsonl"), *(_data(name) for name in _READ_WITH))
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


_READ_WITH = (
    "thresholds.toml",
    "emergency.toml",
    "vocabulary.toml",
    *(f"{name}_{family}.toml" for name in ("cues", "words") for family in ("zh", "en")),
)


def _data(name: str) -> bytes:
    return files(__package__).joinpath(f"data/{name}").read_bytes()


def parse(content: str, *, warmth: float, version: str) -> Model:
    """Return the model in a file of weights: a feature and its hundredths per anomaly, or under "alarm" one figure."""
    anomaly: dict[str, tuple[float, ...]] = {}
    alarm: dict[str, tuple[float, ...]] = {}
    part = anomaly
    for line in content.splitlines():
        if line.startswith("#"):
            part = alarm if line == "# alarm" else anomaly
            continue
        feature, *figures = line.split("\t")
        part[feature] = tuple(int(figure) / SCALE for figure in figures)
    return Model(anomaly, alarm, warmth, version)


def weigh(weights: Weights, found: Iterable[tuple[str, float]], width: int) -> list[float]:
    """Return the sums of what each feature speaks for, `width` of them."""
    sums = [0.0] * width
    for name, value in found:
        row = weights.get(name)
        if row is not None:
            for k in range(width):
                sums[k] += value * row[k]
    return sums


def favour(shares: Mapping[str, float], favourite: str, bonus: float) -> dict[str, float]:
    """Return shares in which `favourite` has gained `bonus` in log odds before they were made to add up again."""
    raised = {key: share * (math.exp(bonus) if key == favourite else 1.0) for key, share in shares.items()}
    total = sum(raised.values())
    return {key: share / total for key, share in raised.items()}


def softmax(values: Sequence[float]) -> list[float]:
    """Return shares that add up to 1."""
    top = max(values)
    powers = [math.exp(value - top) for value in values]
    total = sum(powers)
    return [power / total for power in powers]
