"""A short title for a case, from the complainant's own first sentence."""

from __future__ import annotations

import re

LONGEST = 60
_SENTENCE = re.compile(r"[^。！？!?\n…；;]*?(?:[。！？!?\n…；;]|\.(?=\s)|$)")
_GREETING = re.compile(
    r"^(?:您好|你好|您們好|hello|hi|hey|dear \w+(?: \w+)?|good (?:morning|afternoon|evening))[\s,，!！。.、:：~～]*",
    re.IGNORECASE,
)


def title_of(narrative: str) -> str:
    """Return the first sentence that says something, at most 60 characters, cut between words."""
    text = " ".join(_GREETING.sub("", narrative.strip()).split()) or " ".join(narrative.split())
    sentence = next((found for found in _sentences(text) if len(found) >= 4), text)
    if len(sentence) <= LONGEST:
        return sentence
    cut = sentence[: LONGEST - 1]
    between = re.match(r"(.{30,})\s", cut)
    return (between.group(1) if between else cut).rstrip(" ，,、:：;；") + "…"


def _sentences(text: str) -> list[str]:
    return [found for match in _SENTENCE.finditer(text) if (found := match.group().strip(" 。.；;…"))]
