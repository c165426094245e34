"""A text in the three languages of the house, and the tags that name them."""

from collections.abc import Mapping

from msgspec import Struct

LANGUAGES = ("zh-Hant", "zh-Hans", "en")


class Text3(Struct, frozen=True):
    """One text in traditional Chinese, simplified Chinese and English."""

    zh_hant: str
    zh_hans: str
    en: str

    def in_(self, language: str) -> str:
        """Return the text in "zh-Hant", "zh-Hans" or "en". Raises: KeyError for any other tag."""
        return self.as_dict()[language]

    def as_dict(self) -> dict[str, str]:
        """Return the text keyed by language tag, as the public contract shows it."""
        return {"zh-Hant": self.zh_hant, "zh-Hans": self.zh_hans, "en": self.en}

    def filled(self, words: Mapping[str, "Text3"]) -> "Text3":
        """Return the text with each {name} replaced by its words in the same language. Raises: KeyError."""
        return Text3(
            self.zh_hant.format_map({name: each.zh_hant for name, each in words.items()}),
            self.zh_hans.format_map({name: each.zh_hans for name, each in words.items()}),
            self.en.format_map({name: each.en for name, each in words.items()}),
        )

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Text3":
        """Return the text from a mapping by language tag."""
        return cls(texts["zh-Hant"], texts["zh-Hans"], texts["en"])
