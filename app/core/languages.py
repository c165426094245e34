"""The three languages: tags, address segments, and Babel's names for them."""

from __future__ import annotations

from collections.abc import Iterable

LANGUAGES = ("zh-Hans", "zh-Hant", "en")
DEFAULT = "zh-Hans"
NAMES = {"zh-Hans": "简体中文", "zh-Hant": "繁體中文", "en": "English"}
SHORT = {"zh-Hans": "简", "zh-Hant": "繁", "en": "EN"}
SEGMENTS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
BABEL = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant", "en": "en"}


def segment(language: str) -> str:
    """Return the first part of a public page's path in `language`."""
    return language.lower()


def known(tag: str | None) -> str | None:
    """Return our language for any tag (`zh-CN`, `zh_TW`, `zh-HK`, `en-GB`), or None for a language we do not speak."""
    if not tag:
        return None
    parts = tag.replace("_", "-").lower().split("-")
    if parts[0] == "en":
        return "en"
    if parts[0] not in ("zh", "yue"):
        return None
    traditional = {"hant", "tw", "hk", "mo"} & set(parts) or (parts[0] == "yue" and "hans" not in parts)
    return "zh-Hant" if traditional and "hans" not in parts else "zh-Hans"


def preferred(tags: Iterable[str]) -> str:
    """Return the first of a reader's languages that we speak, or the default."""
    return next((language for language in map(known, tags) if language), DEFAULT)
