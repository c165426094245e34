"""Files are known by content, named cleanly, and pictures are copied without the place where they were taken."""

import hashlib
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from app.core import storage
from app.core.storage import Store, store
from app.core.uploads import FILE_LIMIT, UploadRefused, clean_name, media_type_of, take
from tests.evidence.files import PDF, a_photo


def test_the_original_is_kept_byte_for_byte(app):
    photo = a_photo()

    upload = take("IMG_1.jpg", BytesIO(photo))

    assert upload.sha256 == hashlib.sha256(photo).hexdigest()
    assert store().read(upload.ref) == photo
    assert (upload.filename, upload.media_type, upload.size) == ("IMG_1.jpg", "image/jpeg", len(photo))


def test_the_shared_copy_has_no_place_and_no_camera_and_stands_upright(app):
    upload = take("IMG_1.jpg", BytesIO(a_photo(turned=True)))

    with Image.open(BytesIO(store().read(upload.shared_ref))) as copy:
        assert (copy.format, copy.size, dict(copy.getexif())) == ("JPEG", (480, 640), {})


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_pictures_are_copied_too(app, form):
    assert take("a.png", BytesIO(a_photo(form=form))).shared_sha256


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be huge."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content", [bomb(60_000, 60_000), bomb(640, 480), a_photo()[:900], b"GIF89a<script>alert(1)</script>"]
)
def test_a_picture_that_cannot_be_decoded_within_limits_is_kept_without_a_copy(app, content):
    upload = take("picture", BytesIO(content))

    assert upload.shared_sha256 is None
    assert store().read(upload.ref) == content


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "text/plain"),
        ("订单已取消".encode("gb18030"), "text/plain"),
        (b"MZ\x90\x00\x03\x00", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
        (b"\x00\x01\x02\x03" * 20, None),
    ],
)
def test_the_type_is_read_from_the_content(content, media_type):
    assert media_type_of(content) == media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.jpg", b"", "file_empty"),
        ("a.jpg", b"MZ\x90\0", "file_type"),
        ("a.txt", b"a" * (FILE_LIMIT + 1), "file_too_large"),
    ],
)
def test_what_cannot_be_taken_is_refused_and_not_kept(app, monkeypatch, tmp_path, name, content, code):
    monkeypatch.setattr(storage, "_store", Store(tmp_path))

    with pytest.raises(UploadRefused) as refused:
        take(name, BytesIO(content))

    assert refused.value.code == code
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "media_type", "clean"),
    [
        ("../../etc/passwd", "text/plain", "passwd.txt"),
        ("C:\\fakepath\\收据.pdf", "application/pdf", "收据.pdf"),
        ("photo.exe", "image/jpeg", "photo.exe.jpg"),
        ("photo\u202egpj.html", "image/jpeg", "photogpj.html.jpg"),
        ("a.JPEG", "image/jpeg", "a.jpeg"),
        ("", "image/png", "file.png"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("x" * 300 + ".pdf", "application/pdf", "x" * 94 + ".pdf"),
        ('a"\r\nSet-Cookie: x.pdf', "application/pdf", "aSet-Cookie x.pdf"),
    ],
)
def test_a_name_is_safe_to_show_and_to_save_under(name, media_type, clean):
    assert clean_name(name, media_type) == clean
