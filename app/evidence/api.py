"""Evidence over the API: what a case holds, adding to it, fetching it."""

from __future__ import annotations

from typing import Any, BinaryIO, cast

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app.cases import queries as cases
from app.cases.exhibits import opened
from app.core.db import transaction
from app.core.text import TextRefused, clean, one_line
from app.core.uploads import COUNT_LIMIT, Upload, UploadRefused, take
from app.evidence import queries, service
from app.evidence.forms import HARM_REASON
from app.evidence.handing import may_say_why, say_why, send
from app.evidence.models import Evidence
from app.web.api import Portion, Unprocessable, answer, api_blueprint, found, operation, portion, when
from app.web.guards import act, current_actor, requires
from app.web.words import sentence
from workflows.procedure.authority import COMMITTEE_ROLES, Permission

api = api_blueprint("evidence")
BLUEPRINTS = (api,)
LIST: dict[str, Any] = {"type": "object", "required": ["items", "next"]}
NOTE = 2_000
FILES: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "array",
            "minItems": 1,
            "maxItems": COUNT_LIMIT,
            "items": {"type": "string", "format": "binary"},
        },
        "sha256": {"type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
        "note": {"type": "string", "maxLength": NOTE},
    },
    "additionalProperties": False,
}


@api.get("/cases/<number>/evidence")
@requires(Permission.CASE_READ)
@operation("The evidence of a case", tag="evidence", query=Portion, answer=LIST, problems=(400,))
def list_evidence(number: str) -> Response:
    """Return the exhibits in order."""
    case = found(cases.by_number(number, current_actor()))
    return portion(list(queries.of_case(case)), lambda each: _shown(number, each))


@api.post("/cases/<number>/evidence")
@requires(Permission.EVIDENCE_ADD)
@operation(
    "Add files; with `sha256`, one for each file, what arrived is compared with what was sent", tag="evidence",
    status=201, body_schema=FILES, body_type="multipart/form-data", answer=LIST,
)  # fmt: skip
def add_evidence(number: str) -> Response:
    """Keep the files as the next exhibits, all or none."""
    found(cases.by_number(number, current_actor()))
    note = _note()
    files = _taken(request.files.getlist("file"), request.form.getlist("sha256"))
    with transaction():
        case = found(cases.by_number(number, current_actor()))
        added = service.add(case, files, act=act(), note=note)
        shown = [_shown(number, each) for each in added]
    return answer({"items": shown, "next": None}, 201)


@api.get("/cases/<number>/evidence/<exhibit>")
@requires(Permission.CASE_READ)
@operation("One file, as this reader may have it", tag="evidence", answer_type="*/*")
def fetch_evidence(number: str, exhibit: str) -> Response:
    """Return an exhibit by its number in the case, for saving."""
    wanted = _numbered(number, exhibit)
    if current_actor().roles & COMMITTEE_ROLES:
        with transaction():
            opened(wanted.case_id, wanted.id, act())
    sure = _says_why(wanted)
    return send(_numbered(number, exhibit), current_actor(), sure=sure)


def _numbered(number: str, exhibit: str) -> Evidence:
    case = found(cases.by_number(number, current_actor()))
    wanted: Evidence = found(next((each for each in queries.of_case(case) if str(each.number) == exhibit), None))
    return wanted


def _says_why(exhibit: Evidence) -> bool:
    """Write down the reason for which staff take out a file that does harm; return whether they gave one."""
    try:
        reason = one_line(request.args.get("reason", ""), limit=HARM_REASON)
    except TextRefused:
        return False
    if not reason or not may_say_why(exhibit, current_actor()):
        return False
    with transaction():
        say_why(exhibit, reason, act=act())
    return True


def _note() -> str:
    """Return the note that came with the files, cleaned; refuse fields that there are none of."""
    unknown = {*request.form, *request.files} - FILES["properties"].keys()
    if unknown:
        raise Unprocessable([{"pointer": f"/{name}", "detail": sentence("unknown_field")} for name in sorted(unknown)])
    try:
        return clean(request.form.get("note", ""), limit=NOTE)
    except TextRefused as refused:
        words = sentence(refused.code, {"limit": refused.limit})
        raise Unprocessable([{"pointer": "/note", "detail": words}]) from None


def _taken(files: list[FileStorage], promised: list[str]) -> list[Upload]:
    if not files or len(files) > COUNT_LIMIT or (promised and len(promised) != len(files)):
        code = "too_many" if len(files) > COUNT_LIMIT else "missing"
        raise Unprocessable([{"pointer": "/file", "detail": sentence(code, {"limit": COUNT_LIMIT})}])
    return [_take(n, file, promised[n] if promised else None) for n, file in enumerate(files)]


def _take(n: int, file: FileStorage, promised: str | None) -> Upload:
    try:
        upload = take(file.filename or "", cast(BinaryIO, file.stream))
    except UploadRefused as refused:
        words = sentence(refused.code, {"limit": refused.limit})
        raise Unprocessable([{"pointer": f"/file/{n}", "detail": words}]) from None
    if promised is not None and promised.lower() != upload.sha256:
        raise Unprocessable([{"pointer": f"/sha256/{n}", "detail": sentence("hash_differs")}])
    return upload


def _shown(number: str, evidence: Evidence) -> dict[str, Any]:
    return {
        "exhibit": evidence.number,
        "filename": evidence.filename,
        "media_type": evidence.media_type,
        "size": evidence.size,
        "sha256": evidence.sha256,
        "by": evidence.side,
        "note": evidence.note,
        "proves": evidence.proves,
        "standing": evidence.standing,
        "standing_reason": evidence.standing_reason,
        "added_at": when(evidence.added_at),
        "url": f"/api/v1/cases/{number}/evidence/{evidence.number}",
    }
