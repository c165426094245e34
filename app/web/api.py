"""The JSON API's frame: blueprints under /api/v1, strict reading of bodies and queries, and what is said of each call.

Every call is described where it is written (`operation`); `app.web.openapi` makes the document from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from flask import Blueprint, Response, json, request
from msgspec import Struct, field
from pydantic import BaseModel, Field, ValidationError
from werkzeug.exceptions import BadRequest, HTTPException, NotFound, UnsupportedMediaType

from app.core import paging
from app.core.commands import Digits, Frozen
from app.web.edge import csrf
from app.web.problem import problem
from app.web.words import sentence

PREFIX = "/api/v1"
Model = TypeVar("Model", bound=BaseModel)
Row = TypeVar("Row")
View = TypeVar("View", bound=Callable[..., Any])


class Operation(Struct, frozen=True):
    """What the OpenAPI document says of one call."""

    summary: str
    tag: str
    status: int = 200
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answer: type[BaseModel] | dict[str, Any] | None = None
    signed_in: bool = True
    problems: tuple[int, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body_schema: dict[str, Any] | Callable[[], dict[str, Any]] | None = None
    body_type: str = "application/json"
    answer_type: str = "application/json"
    each: tuple[str, Callable[[], Mapping[str, type[BaseModel]]]] | None = None
    """A part of the address, and the body for each word that may stand there: each is told as a call of its own."""


def api_blueprint(name: str) -> Blueprint:
    """Return a blueprint under /api/v1; bearer tokens need no form protection."""
    blueprint = Blueprint(f"{name}_api", __name__, url_prefix=PREFIX)
    csrf.exempt(blueprint)
    return blueprint


def operation(summary: str, *, tag: str, **rest: Any) -> Callable[[View], View]:
    """Describe an API call."""

    def describe(view: View) -> View:
        view.operation = Operation(summary, tag, **rest)  # type: ignore[attr-defined]
        return view

    return describe


class Unprocessable(HTTPException):
    """Fields that break the schema; nothing that was sent is echoed."""

    code = 422

    def __init__(self, errors: list[dict[str, str]]) -> None:
        self.errors = errors
        super().__init__(response=problem(422, sentence("check_fields"), errors=errors))


def read_object() -> dict[str, Any]:
    """Return the JSON object in the body; 415 for another type, 400 for anything that is not one JSON object."""
    if not request.is_json:
        raise UnsupportedMediaType
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest
    return body


def read_body(model: type[Model]) -> Model:
    """Return the body as a `model`, or raise Unprocessable with a pointer for every field that is wrong."""
    return read_as(model, read_object())


def read_as(model: type[Model], value: dict[str, Any]) -> Model:
    """Return `value` as a `model`, read as JSON (instants are text), or raise Unprocessable."""
    if broken := list(_broken(value)):
        raise Unprocessable([{"pointer": pointer, "detail": sentence("surrogate")} for pointer in broken])
    try:
        return model.model_validate_json(json.dumps(value))
    except ValidationError as error:
        raise Unprocessable([_told(each) for each in error.errors(include_url=False, include_input=False)]) from None


def _broken(value: Any, pointer: str = "") -> Iterator[str]:
    """Yield where lone surrogates stand, which no encoder takes."""
    if isinstance(value, str):
        if any("\ud800" <= ch <= "\udfff" for ch in value):
            yield pointer
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _broken(key, pointer)
            yield from _broken(each, f"{pointer}/{key}")
    elif isinstance(value, list):
        for n, each in enumerate(value):
            yield from _broken(each, f"{pointer}/{n}")


def read_query(model: type[Model]) -> Model:
    """Return the query string as a `model`; a parameter given twice or unknown is refused."""
    values = request.args.to_dict(flat=False)
    doubled = [name for name, found in values.items() if len(found) > 1]
    if doubled:
        raise Unprocessable([{"pointer": f"/{name}", "detail": sentence("not_possible")} for name in doubled])
    try:
        return model.model_validate_strings({name: found[0] for name, found in values.items()})
    except ValidationError as error:
        raise Unprocessable([_told(each) for each in error.errors(include_url=False, include_input=False)]) from None


CODES = {
    "extra_forbidden": "unknown_field",
    "missing": "missing",
    "literal_error": "not_possible",
    "enum": "not_possible",
    "string_pattern_mismatch": "not_possible",
    "json_invalid": "wrong_type",
}


def _told(error: Any) -> dict[str, str]:
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error["loc"])
    kind: str = error["type"]
    code = CODES.get(kind)
    if code is None:
        code = "wrong_type" if kind.endswith(("_type", "_parsing")) else kind
    told = error.get("ctx") or {}
    if kind.startswith(("greater_than", "less_than", "too_", "string_too")) and "limit" not in told:
        code = "not_possible"  # pydantic's own; ours name the limit
    return {"pointer": pointer, "detail": sentence(code, told)}


def found(thing: Model | Any | None) -> Any:
    """Return `thing`, or answer 404: what the reader may not see does not exist for them."""
    if thing is None:
        raise NotFound
    return thing


def answer(body: dict[str, Any], status: int = 200) -> Response:
    """Return a JSON answer."""
    return Response(json.dumps(body, ensure_ascii=False), status, content_type="application/json")


def page(items: Iterable[dict[str, Any]], following: str | None) -> Response:
    """Return a page of a list: `{items, next}`."""
    return answer({"items": list(items), "next": following})


class Portion(Frozen):
    """From where to read a short list, and how much of it: all of it as a rule."""

    limit: Annotated[Digits, Field(ge=1, le=paging.MAXIMUM)] = paging.MAXIMUM
    cursor: paging.ByNumber | None = None


def portion(rows: Sequence[Row], shown: Callable[[Row], dict[str, Any]]) -> Response:
    """Return the part of a list at hand that the query asks for; its cursor is the number of rows before it."""
    asked = read_query(Portion)
    first = paging.decode(asked.cursor, int)[0] if asked.cursor else 0
    end = first + asked.limit
    return page([shown(row) for row in rows[first:end]], paging.encode(end) if end < len(rows) else None)


def when(instant: datetime | None) -> str | None:
    """Return an instant as RFC 3339 with offset."""
    return instant.isoformat() if instant else None


def money(amount_minor: int | None, currency: str) -> dict[str, Any] | None:
    """Return an amount as the API writes it."""
    return None if amount_minor is None else {"amount_minor": amount_minor, "currency": currency}
