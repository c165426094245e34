"""The files of the stories: drawn by their descriptions and taken in like anything that people send."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from app.cli.demo import pictures
from app.cli.demo.stories import ZONE, Story, instant
from app.core.uploads import Upload, take

_WHEN = re.compile(r"\{([^{}]+)\}")


def drawn(stories: Sequence[Story]) -> dict[str, Upload]:
    """Return every file of the stories by `story/name`, kept in the store. Call outside a transaction."""
    from flask import current_app

    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def draw(work: tuple[Story, dict[str, Any]]) -> tuple[str, Upload]:
        story, description = work
        with app.app_context():
            upload = take(
                description["name"], BytesIO(content(_told(description, story), story.submission["language"]))
            )
        return f"{story.key}/{description['name']}", upload

    with ThreadPoolExecutor(2) as threads:
        return dict(threads.map(draw, ((story, file) for story in stories for file in _files(story))))


def _files(story: Story) -> list[dict[str, Any]]:
    """Return what came with the complaint, and what either side added later."""
    return [*story.files, *(step for step in story.steps if step["do"] == "evidence")]


def content(description: dict[str, Any], language: str) -> bytes:
    """Return the bytes of a file as `kind` and the other fields describe it."""
    if description["kind"] == "text":
        return "\n".join(description["lines"]).encode()
    picture = getattr(pictures, description["kind"])(language, **_fields(description))
    into = BytesIO()
    if description["name"].endswith(".pdf"):
        picture.convert("RGB").save(into, "PDF", resolution=110)
    elif description["name"].endswith(".png"):
        picture.save(into, "PNG")
    else:
        picture.convert("RGB").save(into, "JPEG", quality=84, exif=pictures.where_it_was_taken())
    return into.getvalue()


def _fields(description: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in description.items() if key not in ("name", "kind", "at", "do", "side", "note")}


def _told(value: Any, story: Story) -> Any:
    """Return a description with its instants, `{-3d 14:02}`, written as people write them."""
    if isinstance(value, str):
        return _WHEN.sub(lambda found: f"{instant(found[1], story.filed_at).astimezone(ZONE):%m-%d %H:%M}", value)
    if isinstance(value, list):
        return [_told(each, story) for each in value]
    if isinstance(value, dict):
        return {key: _told(each, story) for key, each in value.items() if key not in ("at",)}
    return value
