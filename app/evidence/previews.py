"""Previews of exhibits: made after the commit, each in a child process with limits; a file that breaks it has none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from sqlalchemy import select

from app.core.db import session
from app.core.storage import in_memory, store
from app.evidence import service_harm
from app.evidence.models import Evidence, Preview
from app.evidence.rendering import LENGTH, kind_of
from app.evidence.scanning import harm_in
from workflows.procedure.act import Act

ROOT = str(Path(__file__).resolve().parents[2])
PATIENCE_S = 30.0  # its CPU is limited to less; this is for a machine that is busy
MOST = 80 * 1024**2  # bytes that are taken from it


class Rendered(Struct, frozen=True):
    """What came out of the child: pictures (JPEG, the small one first), what it found, a copy that tells no place."""

    pictures: list[bytes] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    why_none: str | None = None
    copy: bytes = b""


def waiting(case_id: int) -> list[int]:
    """Return the exhibits of a case that have no preview yet."""
    made = select(Preview.evidence_id)
    query = select(Evidence.id).where(Evidence.case_id == case_id, Evidence.id.not_in(made))
    return list(session().scalars(query.order_by(Evidence.number)))


def make(evidence_id: int) -> Rendered:
    """Return pictures of an exhibit; none of one that does harm. Must be called outside a transaction."""
    exhibit = session().get_one(Evidence, evidence_id)
    media_type, ref = exhibit.media_type, exhibit.ref
    session().rollback()  # a child takes its time: no reading transaction is held
    if harm := harm_in(store().read(ref)):
        return Rendered(why_none="harm", told={"harm": harm})
    return rendered(ref, media_type)


def rendered(ref: str, media_type: str) -> Rendered:
    """Return what a child process made of a stored file; one that breaks or takes too long has no pictures."""
    if kind_of(media_type) is None:
        return Rendered(why_none="type")
    with in_memory(store().read(ref)) as file:
        try:
            done = subprocess.run(  # noqa: S603 -- our own interpreter, nothing of the file in the command
                _command(media_type), stdin=file, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/",
                timeout=PATIENCE_S, start_new_session=True, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Rendered(why_none="limit")
    return _read(done.stdout)


def _command(media_type: str) -> list[str]:
    """Return how our own interpreter is started for it; nothing of the file stands in it but its checked type."""
    start = f"import sys; sys.path[:] = {[ROOT, *sys.path]!r}; from app.evidence.rendering import main"
    return [sys.executable, "-I", "-c", f"{start}; main({media_type!r})"]


def _read(out: bytes) -> Rendered:
    if len(out) < LENGTH.size or len(out) > MOST:
        return Rendered(why_none="limit")  # it was ended at a limit before it could say anything
    (length,) = LENGTH.unpack(out[: LENGTH.size])
    at = LENGTH.size + length
    try:
        head = json.loads(out[LENGTH.size : at])
    except ValueError:
        return Rendered(why_none="broken")
    pictures = []
    for size in head["pictures"]:
        pictures.append(out[at : at + size])
        at += size
    return Rendered(pictures, head["told"], head["why"], out[at : at + head["copy"]])


def keep(evidence_id: int, made: Rendered, *, act: Act) -> None:
    """Write down what was made; a second maker finds it done."""
    if session().get(Preview, evidence_id) is not None:
        return
    exhibit = session().get_one(Evidence, evidence_id)
    pictures = [store().put_bytes(picture).ref for picture in made.pictures]
    why = made.why_none or (None if pictures or made.told.get("peaks") else "broken")
    session().add(Preview(evidence_id=evidence_id, pictures=pictures, told=made.told, why_none=why, made_at=act.at))
    if harm := made.told.get("harm"):
        service_harm.tell(exhibit, harm, act=act)
    if made.copy and exhibit.shared_sha256 is None:
        copy = store().put_bytes(made.copy)
        exhibit.shared_sha256, exhibit.shared_ref = copy.sha256, copy.ref
