"""How an amount is written."""

from __future__ import annotations

from babel.numbers import format_currency

from app.core.languages import BABEL

SYMBOLS = {"CNY": "¥"}


def written(amount_minor: int, currency: str, language: str) -> str:
    """Return an amount given in minor units as people read it: `¥3,299.00`."""
    if symbol := SYMBOLS.get(currency):
        return f"{symbol}{amount_minor // 100:,}.{amount_minor % 100:02d}"
    return format_currency(amount_minor / 100, currency, locale=BABEL[language])
