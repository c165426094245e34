"""Files of a rulebook as they come in: whatever is sent, nothing is written, nothing grows, and the reason is told."""

from __future__ import annotations

import stat
import zipfile
from io import BytesIO

import pytest

from app.rulebook import parcels
from workflows.regulation.errors import RulebookError


def a_zip(**files: bytes) -> BytesIO:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    buffer.seek(0)
    return buffer


def test_files_come_in_one_by_one_and_packed_whatever_folder_they_lay_in():
    packed = a_zip(**{"my rules/figures.toml": b"a = 1", "my rules/clauses/2_1_stages.toml": b"b = 1"})
    beside = a_zip(**{"__MACOSX/x/._figures.toml": b"?", "x/.DS_Store": b"?", "README.md": b"?", "x/": b""})

    found = parcels.opened([("a.zip", packed), ("b.zip", beside), ("plans.toml", BytesIO(b"\xef\xbb\xbfc = 1\r\n"))])

    assert found == {"figures.toml": "a = 1", "clauses/2_1_stages.toml": "b = 1", "plans.toml": "c = 1\n"}


BOMB = {"figures.toml": b"#" * (parcels.MOST_BYTES + 1)}
TOGETHER = {f"clauses/c{n}.toml": b"#\n" * (parcels.MOST_BYTES // 2) for n in range(5)}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.zip", a_zip(**BOMB), "larger"),
        ("a.zip", a_zip(**TOGETHER), "all are too large"),
        ("a.zip", a_zip(**{f"clauses/c{n}.toml": b"" for n in range(101)}), "more than 100 files"),
        ("a.zip", a_zip(**{"../figures.toml": b""}), "has not the name"),
        ("a.zip", a_zip(**{"/etc/figures.toml": b""}), "has not the name"),
        ("a.zip", a_zip(**{"a\\figures.toml": b""}), "has not the name"),
        ("a.zip", a_zip(**{"figures.py": b""}), "has not the name"),
        ("a.zip", a_zip(**{"a/figures.toml": b"", "b/figures.toml": b""}), "came twice"),
        ("a.zip", BytesIO(b"PK\x03\x04 no zip at all"), "cannot be read"),
        ("a.zip", BytesIO(a_zip(**{"figures.toml": b"a = 1" * 99}).getvalue()[:-40]), "cannot be read"),
        ("a.zip", a_zip(), "is a TOML file"),
        ("figures.toml", BytesIO(b"\xff\xfe"), "UTF-8"),
        ("figures.toml", BytesIO(b"a." * 9_000 + b"b = 1"), "a line of more"),
        ("figures.toml", BytesIO(b"#\n" * parcels.MOST_BYTES), "larger"),
        ("rules.pdf", BytesIO(b"%PDF-1.7"), "has not the name"),
    ],
)
def test_what_is_no_parcel_of_rules_is_refused(name: str, content: BytesIO, why: str):
    content.seek(0)

    with pytest.raises(RulebookError, match=why):
        parcels.opened([(name, content)])


def test_a_link_in_a_zip_leads_nowhere():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("figures.toml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    buffer.seek(0)

    assert parcels.opened([("a.zip", buffer)]) == {"figures.toml": "/etc/passwd"}  # its words, never what it points at


def test_a_file_that_is_locked_is_refused():
    content = bytearray(a_zip(**{"figures.toml": b"a = 1"}).getvalue())
    content[content.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(RulebookError, match="password"):
        parcels.opened([("a.zip", BytesIO(bytes(content)))])
