"""What the rules refuse, told at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask_babel import force_locale

from app.web.words import sentence
from workflows.procedure.errors import ProcedureError


def in_words(refused: ProcedureError) -> str:
    """Return the sentence for a refusal, in English."""
    with force_locale("en"):
        return sentence(refused.code, refused.fields)


@contextmanager
def told() -> Iterator[None]:
    """End the command with the sentence for what the rules refuse inside the block."""
    try:
        yield
    except ProcedureError as refused:
        raise click.ClickException(in_words(refused)) from refused
