"""What opens something, covered where staff read kept messages: one-time codes and private links."""

from __future__ import annotations

import re

DOTS = "••••••"
_LINK = re.compile(r"(/(?:c|r|signin/link|complain/resume|complain/receipt)/)[A-Za-z0-9_-]{16,}")
_CODE = re.compile(r"(?<![A-Za-z\d/+-])(?<!\d[.,:])\d{6}(?![A-Za-z\d]|[.,:/-]\d)", re.ASCII)


def conceal(text: str) -> str:
    """Return the text with every private link's token and every code of six digits covered."""
    return _CODE.sub(DOTS, _LINK.sub(rf"\1{DOTS}", text))


def hides_something(text: str) -> bool:
    """Return whether there is anything in the text to cover."""
    return conceal(text) != text
