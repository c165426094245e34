"""Files that are known to do harm: kept as evidence, marked, and handed out only to those who ask twice.

The standard test file is always known. With SCAN_URL (`clamd://HOST:PORT`) a ClamAV daemon is asked about every file.
"""

from __future__ import annotations

import socket
import struct
from urllib.parse import urlsplit

from app.core import site

TEST_FILE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TEST_FILE_NAME = "EICAR test file"
PATIENCE_S, PIECE, LONGEST_ANSWER = 30.0, 64 * 1024, 1_000


def harm_in(content: bytes) -> str | None:
    """Return the name of what does harm in a file, or None. Raises OSError where the scanner gives no answer."""
    if TEST_FILE in content:
        return TEST_FILE_NAME
    url = site.settings().scan_url
    return _asked(url, content) if url else None


def _asked(url: str, content: bytes) -> str | None:
    """Return what clamd finds (its INSTREAM command: pieces with their lengths, ended by an empty one)."""
    host, port = urlsplit(url).hostname, urlsplit(url).port or 3310
    with socket.create_connection((host, port), PATIENCE_S) as line:
        line.sendall(b"zINSTREAM\0")
        for at in range(0, len(content), PIECE):
            piece = content[at : at + PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER and (more := line.recv(LONGEST_ANSWER)):
            answer += more
    said = answer.rstrip(b"\0\r\n").decode("ascii", "replace").removeprefix("stream: ")
    if said == "OK":
        return None
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")[:100]
    raise OSError(f"the scanner gave no answer: {said[:100]!r}")
