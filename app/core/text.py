"""One validator for all text, whichever channel it came by."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

BODY_LIMIT = 20_000
LINE_LIMIT = 300
_ALLOWED_CONTROLS = "\t\n"
# Letters that draw nothing: a text of these alone is blank to the eye.
_UNSEEN = {"\u115f", "\u1160", "\u2800", "\u3164", "\uffa0"}


class TextRefused(ValueError):
    """Why a text cannot be taken: code `control`, `surrogate`, `too_long` or `blank`."""

    def __init__(self, code: str, limit: int | None = None) -> None:
        self.code, self.limit = code, limit
        super().__init__(code)


def is_blank(text: str) -> bool:
    """Return whether `text` shows nothing to the eye: spaces, invisible letters, marks and format characters."""
    return all(ch in _UNSEEN or unicodedata.category(ch) in ("Zs", "Zl", "Zp", "Cf", "Cc", "Mn", "Me") for ch in text)


def clean(text: str, *, limit: int = BODY_LIMIT) -> str:
    """Return `text` with line ends as newlines and no space around it, or raise TextRefused.

    `limit` counts characters. Blank text is returned as an empty string; whether that will do is the caller's to say.
    """
    if len(text) > 2 * limit:
        raise TextRefused("too_long", limit)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for ch in text:
        if (ch < " " and ch not in _ALLOWED_CONTROLS) or "\x7f" <= ch <= "\x9f" or ch in "\ufffe\uffff":
            raise TextRefused("control")
        if "\ud800" <= ch <= "\udfff":
            raise TextRefused("surrogate")
    text = text.strip()
    if len(text) > limit:
        raise TextRefused("too_long", limit)
    return "" if is_blank(text) else text


def one_line(text: str, *, limit: int = LINE_LIMIT) -> str:
    """Return `text` cleaned, with every run of white space as one space: a name, a number, a title."""
    return " ".join(clean(text, limit=limit).split())


def _checked(limit: int, *, line: bool, required: bool) -> AfterValidator:
    def check(value: str) -> str:
        try:
            text = (one_line if line else clean)(value, limit=limit)
        except TextRefused as refused:
            raise PydanticCustomError(refused.code, refused.code, {"limit": limit}) from None
        if required and not text:
            raise PydanticCustomError("blank", "blank")
        return text

    return AfterValidator(check)


def _unlikely_string(value: Any) -> Any:
    """Refuse lone surrogates before pydantic's own reader trips over them."""
    if isinstance(value, str) and any("\ud800" <= ch <= "\udfff" for ch in value[: 2 * BODY_LIMIT]):
        raise PydanticCustomError("surrogate", "surrogate")
    return value


# The same for those who read a schema: which characters are taken, and that there is something to see.
_SHOWN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
_SEEN = (
    r"[^\x00-\x20\x7f-\xa0\xad\u0300-\u036f\u115f\u1160\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000"
    r"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff]"
)


def _told(limit: int, *, required: bool) -> WithJsonSchema:
    pattern = f"^{_SHOWN}*{_SEEN}{_SHOWN}*$" if required else f"^{_SHOWN}*$"
    return WithJsonSchema({"type": "string", "maxLength": limit, "pattern": pattern})


_LIKELY = BeforeValidator(_unlikely_string)
_MUST, _MAY = _told(LINE_LIMIT, required=True), _told(LINE_LIMIT, required=False)
Line = Annotated[str, _LIKELY, _checked(LINE_LIMIT, line=True, required=True), _MUST]
OptionalLine = Annotated[str, _LIKELY, _checked(LINE_LIMIT, line=True, required=False), _MAY]
Body = Annotated[str, _LIKELY, _checked(BODY_LIMIT, line=False, required=True), _told(BODY_LIMIT, required=True)]
OptionalBody = Annotated[
    str, _LIKELY, _checked(BODY_LIMIT, line=False, required=False), _told(BODY_LIMIT, required=False)
]
Note = Annotated[str, _LIKELY, _checked(2_000, line=False, required=True), _told(2_000, required=True)]
OptionalNote = Annotated[str, _LIKELY, _checked(2_000, line=False, required=False), _told(2_000, required=False)]


# What turns the direction of a line or draws nothing: harmless when seen, a lie when not. Joiners that build emoji and
# letters of some scripts are left alone.
_TRICKS = re.compile("[\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def made_visible(text: str) -> str:
    """Return the text as screens show it: what would turn or hide parts of it is written out, as [U+202E]."""
    return _TRICKS.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)


# Letters of other scripts that look like Latin ones, in small letters.
_ALIKE = str.maketrans("аеорсухіјѕԁԛԝһӏαονρτυιкмтвн", "aeopcyxijsdqwhlaovptuikmtbh")


def folded(text: str) -> str:
    """Return the text as names are compared: width, case, spaces, what is not seen, and letters that look alike."""
    seen = "".join(ch for ch in unicodedata.normalize("NFKC", text) if unicodedata.category(ch) != "Cf")
    return "".join(seen.casefold().translate(_ALIKE).split())
