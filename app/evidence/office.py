"""Office documents without who wrote them: a copy with the same words and pictures, and nobody's name in its metadata.

Runs in the child process. Parts that hold no names are copied byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

TYPES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
)  # fmt: skip
MOST_BYTES, MOST_PARTS, LARGEST_XML, DEEPEST = 200_000_000, 5_000, 30_000_000, 2
NOBODY = "Author"  # what office programs themselves write when they are told to forget a name
SIGNED = re.compile(r"_xmlsignatures/|META-INF/.*signatures\.xml", re.IGNORECASE)
NAMELESS = re.compile(r"xl/(worksheets|theme|styles|sharedStrings)|(word|ppt)/theme|styles\.xml$")
INSIDE = re.compile(r"\.(docx|xlsx|pptx|odt|ods|odp)$", re.IGNORECASE)
ATTRIBUTES = {
    "person": ("displayName", "userId", "author"), "presenceInfo": ("userId",), "cmAuthor": ("name", "initials"),
    "author": ("name", "initials", "userId"), "fileSharing": ("userName",), "header": ("userName",),
    "userInfo": ("name",), "absPath": ("url",), "reply": ("author",),
}  # fmt: skip
ANYWHERE = ("author", "initials")  # of comments and of tracked changes
TEXTS = ("author", "creator", "creator-initials", "sender-initials")


class Untouchable(Exception):
    """No copy is made: the document is locked, or signed, which proves more than its metadata tell."""


class TooMuch(Exception):
    """The document unpacks to more than is read."""


def without_author(file: BinaryIO, depth: int = 0) -> bytes:
    """Return the document without its authors' names. Raises Untouchable, TooMuch; BadZipFile for a broken one."""
    out = BytesIO()
    with ZipFile(file) as source, ZipFile(out, "w") as target:
        parts = source.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
            raise TooMuch
        if any(SIGNED.match(part.filename) or part.flag_bits & 1 for part in parts):
            raise Untouchable
        for part in parts:
            content = _cleaned(part.filename, source.read(part), depth)
            target.writestr(_entry(part), content)
    return out.getvalue()


def _entry(part: ZipInfo) -> ZipInfo:
    """Return where the part goes in the copy: its place and name, not when it was written."""
    entry = ZipInfo(part.filename)
    entry.compress_type = ZIP_STORED if part.compress_type == ZIP_STORED else ZIP_DEFLATED
    return entry


def _cleaned(name: str, content: bytes, depth: int) -> bytes:
    if content.startswith(b"\xff\xd8\xff"):
        return b"".join(_segments(content))
    if INSIDE.search(name) and depth < DEEPEST:
        try:
            return without_author(BytesIO(content), depth + 1)
        except (BadZipFile, Untouchable):
            return content
    if not name.endswith(".xml") or NAMELESS.search(name):
        return content
    if len(content) > LARGEST_XML:
        raise TooMuch
    return _without_names(name, content)


def _without_names(name: str, content: bytes) -> bytes:
    from lxml import etree

    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    if any(_local(each) == "encryption-data" for each in root.iter()):
        raise Untouchable
    changed = False
    if name.startswith("docProps/") or name == "meta.xml":
        holder = root if name.startswith("docProps/") else next(iter(root), root)
        changed = len(holder) > 0
        del holder[:]
    changed |= sum(_forget(each) for each in root.iter()) > 0
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)) if changed else content


def _forget(element: Any) -> bool:
    """Take the names out of one element; return whether there were any."""
    local, found = _local(element), False
    for key in list(element.attrib):
        plain = key.rpartition("}")[2]
        if plain in ANYWHERE or plain in ATTRIBUTES.get(local, ()):
            element.attrib[key], found = NOBODY, True
    if local in TEXTS and len(element) == 0 and element.text:
        element.text, found = NOBODY, True
    return found


def _local(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _segments(picture: bytes) -> Iterator[bytes]:
    """Yield a JPEG without the segments that tell place, camera and author; its picture is not touched."""
    yield picture[:2]
    at = 2
    while picture[at : at + 1] == b"\xff" and picture[at + 1 : at + 2] not in (b"\xda", b""):
        end = at + 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
        if picture[at + 1] not in (0xE1, 0xED, 0xFE):
            yield picture[at:end]
        at = end
    yield picture[at:]


def warm_up() -> None:
    """Load what the libraries load late: afterwards no further file can be opened."""
    sample = BytesIO()
    with ZipFile(sample, "w", ZIP_DEFLATED) as document:
        document.writestr("docProps/core.xml", "<a><creator>x</creator></a>")
    without_author(sample)
