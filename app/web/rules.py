"""Flask's own class with one thing changed: how an address is put together is worked out when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule that compiles the builder of its addresses at the first address; all of them are a tenth of the start."""

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled: Builder | None = None

        def build(rule: Rule, /, *args: Any, **values: Any) -> tuple[str, str]:
            nonlocal compiled
            if compiled is None:  # two threads may both find none: they compile the same
                compiled = super(LateRule, self)._compile_builder(append_unknown)
            return compiled(rule, *args, **values)

        return build


class Application(Flask):
    """Flask with late rules."""

    url_rule_class = LateRule
