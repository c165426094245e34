"""Uploads that are cut off, misnamed, in disguise, or meet a full disk."""

from __future__ import annotations

import errno
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from PIL import Image
from sqlalchemy import select

from app.cases.access import link_token
from app.core.db import session
from app.core.storage import store
from app.evidence.models import Evidence
from app.evidence.previews import rendered
from tests.attacks.world import World, changed, everything
from tests.evidence.files import PDF, a_photo


@pytest.fixture
def send(world: World):
    """Send files to the case as its complainant."""

    def sending(*files: tuple[bytes, str], **fields: str):
        url = f"/api/v1/cases/{world.cases['mediated']}/evidence"
        data = {"file": [(BytesIO(content), name) for content, name in files], **fields}
        return world.ask("consumer", world.app.test_client(), url, "POST", data=data)

    return sending


@pytest.mark.parametrize("trouble", [errno.ENOSPC, errno.EIO])
def test_a_full_or_broken_disk_is_a_503_and_leaves_no_row(world, send, monkeypatch, trouble):
    def broken(_descriptor):
        raise OSError(trouble, "broken")

    before = everything()
    monkeypatch.setattr("os.fsync", broken)

    answer = send((PDF, "a.pdf"))

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert changed(before) == set()
    assert not list(store().root.glob(".new-*"))


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "CON", "x" * 5_000, ".htaccess\u200b", "..\\..\\a", "商\u202e店.pdf"],
)
def test_a_name_is_only_ever_a_name(world, send, name):
    answer = send((PDF + name.encode(), name))

    assert answer.status_code == 201, answer.text
    kept = session().scalars(select(Evidence).order_by(Evidence.id.desc())).first()
    assert not set('/\\\r\n\u200b\u202e"') & set(kept.filename)
    assert len(kept.filename) <= 100
    assert store().read(kept.ref) == PDF + name.encode()


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\r", b"text that ends in\r", b"\r\n--not a boundary\r"])
def test_what_ends_in_a_return_is_kept_byte_for_byte(world, send, content):
    assert send((content, "a.txt")).status_code == 201
    kept = session().scalars(select(Evidence).order_by(Evidence.id.desc())).first()
    assert store().read(kept.ref) == content


class Pieces(BytesIO):
    """A body that arrives in two pieces."""

    def __init__(self, content: bytes, at: int) -> None:
        super().__init__(content)
        self.at = at

    def read(self, size: int | None = -1, /) -> bytes:
        left = self.at - self.tell()
        return super().read(left if left > 0 and (size is None or size < 0 or size > left) else size)


def raw_file(world, part: bytes, *, at: int | None = None):
    """Send one part as it stands, in two pieces if asked."""
    body = b"--x\r\n" + part + b"\r\n--x--\r\n"
    url = f"/api/v1/cases/{world.cases['mediated']}/evidence"
    sending = {"data": body} if at is None else {"input_stream": Pieces(body, at), "content_length": len(body)}
    kind = "multipart/form-data; boundary=x"
    return world.ask("consumer", world.app.test_client(), url, "POST", content_type=kind, **sending)


def newest() -> Evidence:
    return session().scalars(select(Evidence).order_by(Evidence.id.desc())).first()


@pytest.mark.parametrize("before_the_end", range(13))
def test_wherever_the_network_cuts_a_body_in_two_the_file_is_whole(world, before_the_end):
    content = b"cut %d, and the last byte is a return\r" % before_the_end
    part = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n' + content
    whole = len(b"--x\r\n" + part + b"\r\n--x--\r\n")

    answer = raw_file(world, part, at=whole - before_the_end - 1)

    assert answer.status_code == 201
    assert store().read(newest().ref) == content


@pytest.mark.parametrize(
    "named",
    [b'filename="a\0.png"', b'filename="a%0D%0AX: 1.png"', b"filename*=utf-8''a%0D%0AX%3A%201", b"filename*=x''%ff",
     b'filename="' + b"x" * 5_000 + b'"'],
)  # fmt: skip
def test_a_name_that_no_client_of_ours_writes_is_only_ever_a_name(world, named):
    part = b'Content-Disposition: form-data; name="file"; ' + named + b"\r\n\r\n" + PDF + named

    answer = raw_file(world, part)

    assert answer.status_code == 201, answer.text
    assert not any(sign < " " or sign in '/\\"\x7f' for sign in newest().filename)
    assert "\n" not in world.ask("consumer", world.app.test_client(), answer.json["items"][0]["url"]).headers[
        "Content-Disposition"
    ]  # fmt: skip


def test_a_part_with_half_a_megabyte_of_headers_is_refused(world):
    head = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nX-Long: ' + b"a" * 501_000

    assert raw_file(world, head + b"\r\n\r\nhello").status_code == 413


DISGUISED = {
    "a picture that is a script": b"GIF89a/*" + b"\0" * 32 + b"*/=1;alert(1)",
    "a page called a picture": b"<html><script>alert(1)</script></html>",
    "a paper that is an archive": PDF + b"PK\x03\x04",
}


@pytest.mark.parametrize("name", DISGUISED)
def test_what_is_in_disguise_is_only_ever_saved(world, send, name):
    url = send((DISGUISED[name], "a.png")).json["items"][0]["url"]

    answer = world.ask("consumer", world.app.test_client(), url)

    assert answer.data == DISGUISED[name]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.content_type == "application/octet-stream"


@pytest.mark.parametrize("fields", [{"note": "a\x00b"}, {"note": "x" * 2_001}, {"other": "1"}])
def test_fields_beside_the_files_are_checked_too(world, send, fields):
    before = everything()

    answer = send((PDF, "a.pdf"), **fields)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/{next(iter(fields))}"]
    assert changed(before) == set()


# --- bodies that are cut off or have no form -------------------------------------------------------------------------

BOUNDARY = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
BROKEN = {
    "cut in the middle": (BOUNDARY + b"half of", "multipart/form-data; boundary=x"),
    "no boundary": (BOUNDARY + b"all\r\n--x--\r\n", "multipart/form-data"),
    "a part that says nothing of itself": (b"--x\r\n\r\nall\r\n--x--\r\n", "multipart/form-data; boundary=x"),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("way", ["api", "link"])
def test_a_broken_body_never_passes_as_an_empty_form(world, name, way):
    body, kind = BROKEN[name]
    number = world.cases["mediated"]
    url = f"/api/v1/cases/{number}/evidence" if way == "api" else f"/en/c/{link_token(number)}/evidence"
    browser = world.app.test_client() if way == "api" else world.browser("consumer")
    before = everything()

    answer = world.ask("consumer", browser, url, "POST", data=body, content_type=kind)

    assert answer.status_code == 400
    assert changed(before) == set()


@pytest.mark.parametrize("parts", [1_001, 5_000])
def test_more_parts_than_a_form_has_are_refused(world, parts):
    part = b'--x\r\nContent-Disposition: form-data; name="note"\r\n\r\na\r\n'
    url = f"/api/v1/cases/{world.cases['mediated']}/evidence"
    kind = "multipart/form-data; boundary=x"

    answer = world.ask(
        "consumer", world.app.test_client(), url, "POST", data=part * parts + b"--x--\r\n", content_type=kind
    )

    assert answer.status_code == 413


def test_an_archive_is_kept_as_it_is_and_never_unpacked(world, send):
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("../../etc/cron.d/x", b"\0" * 50_000_000)
    content = out.getvalue()

    item = send((content, "all.zip")).json["items"][0]

    assert (item["media_type"], item["size"]) == ("application/zip", len(content))
    assert rendered(item["sha256"], item["media_type"]).why_none == "type"


def test_what_others_get_of_a_photograph_tells_no_place(world, send):
    photo = a_photo()
    url = send((photo, "a.jpg")).json["items"][0]["url"]

    theirs = world.ask("respondent", world.app.test_client(), url).data
    own = world.ask("consumer", world.app.test_client(), url).data

    assert own == photo
    with Image.open(BytesIO(theirs)) as copy:
        assert dict(copy.getexif()) == {}
