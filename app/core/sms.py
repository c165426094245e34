"""Text messages: to the HTTP gateway that is set, or as files in DATA_DIR where none is. See docs/sms.md."""

from __future__ import annotations

import http.client
import json
import os
import ssl
from urllib.parse import unquote, urlsplit

from app.core import site
from app.core.mail import Refused
from app.core.messages import OutboundMessage

PATIENCE_S = 20.0
MOST_READ = 2_000  # bytes of an answer
TRY_AGAIN = (408, 409, 425, 429)


def send(message: OutboundMessage) -> bool:
    """Hand the message to the gateway and return True; without one, write it to a file and return False.

    Raises: Refused when the gateway will never take it, OSError when it cannot be reached or asks to wait.
    """
    if url := site.settings().sms_url:
        _hand_over(url, message)
        return True
    _write(message)
    return False


def _write(message: OutboundMessage) -> None:
    folder = site.settings().data_dir / "sms"
    folder.mkdir(mode=0o700, exist_ok=True)
    told = {"id": message.message_id, "to": message.address, "text": message.body, "language": message.language}
    file = folder / f"{message.created_at:%Y%m%dT%H%M%S}-{message.message_id}.json"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(told, out, ensure_ascii=False)


def _hand_over(url: str, message: OutboundMessage) -> None:
    parts = urlsplit(url)
    told = {"to": message.address, "text": message.body, "language": message.language, "id": message.message_id}
    headers = {"Content-Type": "application/json", "Idempotency-Key": message.message_id}
    if parts.username:
        headers["Authorization"] = f"Bearer {unquote(parts.username)}"
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, json.dumps(told, ensure_ascii=False).encode(), headers)
        answer = connection.getresponse()
        words = answer.read(MOST_READ).decode("utf-8", "replace")
    except http.client.HTTPException as broken:
        raise OSError(f"the gateway answers no HTTP: {type(broken).__name__}") from broken
    finally:
        connection.close()
    if 400 <= answer.status < 500 and answer.status not in TRY_AGAIN:
        raise Refused(f"{answer.status} {words[:200]}")
    if not 200 <= answer.status < 300:
        raise OSError(f"the gateway answered {answer.status}")


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=PATIENCE_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=PATIENCE_S)
