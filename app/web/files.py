"""Handing out stored files: always to be saved, never opened as a page; pictures only as copies that we made."""

from __future__ import annotations

from io import BytesIO

from flask import Response, abort, send_file

from app.core.storage import name_of, store

CLOSED = "default-src 'none'; sandbox"


def attachment(ref: str, filename: str, media_type: str) -> Response:
    """Return a stored file for saving, whatever is in it."""
    return _closed(ref, media_type, as_attachment=True, download_name=filename)


def picture(ref: str) -> Response:
    """Return a copy of a picture that we encoded ourselves (JPEG), to be shown in a page."""
    return _closed(ref, "image/jpeg", as_attachment=False, download_name="picture.jpg")


def text_file(content: bytes, filename: str) -> Response:
    """Return a text byte for byte, for saving."""
    head = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "private, no-cache"}
    return Response(content, mimetype="text/plain", headers=head | {"Content-Security-Policy": CLOSED})


def archive(content: bytes, filename: str) -> Response:
    """Return a ZIP of somebody's data for saving; nothing on the way keeps it."""
    head = {"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"}
    return Response(content, mimetype="application/zip", headers=head | {"Content-Security-Policy": CLOSED})


def _closed(ref: str, media_type: str, *, as_attachment: bool, download_name: str) -> Response:
    try:
        content = BytesIO(store().read(ref))
    except FileNotFoundError:
        abort(404)
    response = send_file(
        content,
        mimetype=media_type,
        as_attachment=as_attachment,
        download_name=download_name,
        etag=name_of(ref),
        max_age=0,
    )
    response.headers["Content-Security-Policy"] = CLOSED
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
