"""Files that people send: named cleanly, known by their content, kept by their hash, pictures copied without place.

The original is kept byte for byte. What others see of a picture is a copy that holds nothing but the picture.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from app.core.storage import Stored, TooLarge, store

FILE_LIMIT = 20 * 1024 * 1024  # bytes of one file
COUNT_LIMIT = 20  # files of one side in one case
NAME_LIMIT = 100
HEAD = 16 * 1024
CHUNK = 256 * 1024

# Media types that are taken, and the ending each is given. Nothing among them runs by being opened in a browser.
ENDINGS = {
    "image/jpeg": "jpg", "image/png": "png", "image/apng": "png", "image/gif": "gif", "image/webp": "webp",
    "image/bmp": "bmp", "image/tiff": "tif", "image/heic": "heic", "image/avif": "avif",
    "application/pdf": "pdf", "text/plain": "txt", "application/rtf": "rtf", "application/zip": "zip",
    "application/msword": "doc", "application/vnd.ms-excel": "xls", "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt", "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "audio/aac": "aac", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/ogg": "ogg", "audio/x-flac": "flac",
    "audio/x-wav": "wav", "audio/amr": "amr",
    "video/mp4": "mp4", "video/x-m4v": "m4v", "video/quicktime": "mov", "video/webm": "webm", "video/3gpp": "3gp",
    "video/x-matroska": "mkv", "video/x-msvideo": "avi", "video/mpeg": "mpg",
}  # fmt: skip
ALSO = {"jpg": {"jpeg", "jpe", "jfif"}, "tif": {"tiff"}, "heic": {"heif"}, "mpg": {"mpeg"}, "txt": {"csv", "log", "md"}}
# What a file chooser offers. HEIC is left out on purpose: telephones then hand over JPEG, which everybody can open.
ACCEPT = "image/jpeg,image/png,image/webp,image/gif,application/pdf,video/mp4,video/quicktime,audio/*,.doc,.docx,.txt"


class UploadRefused(ValueError):
    """A file cannot be taken: `code` is file_empty, file_too_large or file_type; `limit` in MB."""

    def __init__(self, code: str) -> None:
        self.code, self.limit = code, FILE_LIMIT // 1024**2
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the store. `size` in bytes; `shared_…` is the copy of a picture that others are shown; `proves` is
    what of the checklist of proof its sender says it is."""

    filename: str
    media_type: str
    size: int
    sha256: str
    ref: str = field(repr=False)
    shared_sha256: str | None = None
    shared_ref: str | None = field(default=None, repr=False)
    proves: str | None = None

    def as_row(self) -> dict[str, Any]:
        """Return its fields by name, as tables keep them."""
        return asdict(self)


def new_among(files: Iterable[Upload], known: Collection[str]) -> list[Upload]:
    """Return the files whose content (by SHA-256) is not `known`, each once, by the name that came first."""
    found: dict[str, Upload] = {}
    for file in files:
        if file.sha256 not in known:
            found.setdefault(file.sha256, file)
    return list(found.values())


def take(filename: str, stream: BinaryIO) -> Upload:
    """Keep a file and return it; its type is read from its content, never from its name. Raises UploadRefused.

    Must be called outside a transaction: it writes to disk and decodes pictures.
    """
    head = stream.read(HEAD)
    if not head:
        raise UploadRefused("file_empty")
    media_type = media_type_of(head)
    if media_type is None:
        raise UploadRefused("file_type")
    try:
        stored = store().put(_chunks(head, stream), limit=FILE_LIMIT)
    except TooLarge:
        raise UploadRefused("file_too_large") from None
    shared = shared_copy(stored.ref) if media_type.startswith("image/") else None
    given = (clean_name(filename, media_type), media_type, stored.size, stored.sha256, stored.ref)
    return Upload(*given, shared.sha256, shared.ref) if shared else Upload(*given)


def _chunks(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    yield head
    while chunk := stream.read(CHUNK):
        yield chunk


def media_type_of(head: bytes) -> str | None:
    """Return the media type that the first bytes of a file tell, or None for a type that is not taken."""
    import filetype

    if kind := filetype.guess(head):
        return kind.mime if kind.mime in ENDINGS else None
    return "text/plain" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    for encoding in ("utf-8-sig", "utf-16", "gb18030", "big5hkscs"):
        if encoding == "utf-16" and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            continue
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return not any(unicodedata.category(ch) == "Cc" and ch not in "\t\n\r\f" for ch in text)
    return False


_UNWELCOME = re.compile(r'[\x00-\x1f\x7f-\x9f\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"<>|:*?]')


def shown_name(filename: str) -> str:
    """Return a file's own name as it can be shown: no path, no invisible signs."""
    last = unicodedata.normalize("NFC", _UNWELCOME.sub("", filename.replace("\\", "/").rpartition("/")[2]))
    return " ".join(last.split()).lstrip(". ")[: 2 * NAME_LIMIT] or "file"


def clean_name(filename: str, media_type: str) -> str:
    """Return a name that is safe to save under: one that can be shown, with the ending of its content."""
    name = PurePosixPath(shown_name(filename))
    ending = ENDINGS[media_type]
    own = name.suffix[1:].lower()
    fits = own in {ending, *ALSO.get(ending, ())}
    stem = (name.stem if fits else name.name)[: NAME_LIMIT - 6].rstrip(". ")
    return f"{stem}.{own if fits else ending}"


# --- the copy of a picture that others see -------------------------------------------------------------------------

LONGEST_EDGE = 2_400
MOST_PIXELS = 40_000_000  # a JPEG may have more: it is decoded at a fraction of its size
MOST_PIXELS_JPEG = 250_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
UNDECODABLE = (
    OSError, ValueError, SyntaxError, ArithmeticError, MemoryError, LookupError, AttributeError, TypeError, Warning,
)  # fmt: skip


def shared_copy(ref: str) -> Stored | None:
    """Return a re-encoded JPEG of the stored picture: upright, no place, no camera, no hidden content.

    None where the picture cannot be decoded within limits; then only its owner and the desk see the original.
    """
    from io import BytesIO

    from PIL import Image, ImageFile, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # our own limits follow, before anything is decoded
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # a library that prints PDFs turns this on for the whole process
    out = BytesIO()
    try:
        with store().open(ref) as file, Image.open(file, formats=FORMATS) as picture:
            if picture.width * picture.height > (MOST_PIXELS_JPEG if picture.format == "JPEG" else MOST_PIXELS):
                return None
            picture.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
            flat = Image.new("RGB", upright.size, "white")
            flat.paste(upright.convert("RGBA"), mask=upright.convert("RGBA").getchannel("A"))
            flat.save(out, "JPEG", quality=85, optimize=True)
    except UNDECODABLE:
        return None  # whatever a broken picture makes the decoder stumble over
    return store().put_bytes(out.getvalue())
