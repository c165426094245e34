"""A real S3-style server for tests: rclone (a package of requirements-dev) serves a folder, and checks signatures."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.bucket import Bucket
from app.core.lifeline import end_with_parent
from tests.jobs.waiting import eventually

NAME = "evidence"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server with one bucket. `folder` is where it keeps what it is given."""

    folder: Path
    port: int
    secret: str
    process: subprocess.Popen[bytes]

    def url(self, prefix: str = "desk", *, bucket: str = NAME) -> str:
        return f"s3://{bucket}/{prefix}?endpoint=http://127.0.0.1:{self.port}&region=here"

    def keys(self, folder: Path, *, secret: str = "") -> tuple[Path, str]:
        """Write a file with the keys and return it with the profile in it."""
        told = f"[desk]\naws_access_key_id = heng\naws_secret_access_key = {secret or self.secret}\n"
        file = folder / f"keys-{secrets.token_hex(4)}"
        file.write_text(told)
        file.chmod(0o600)
        return file, "desk"

    def bucket(self, folder: Path, prefix: str = "desk") -> Bucket:
        return Bucket(self.url(prefix), self.keys(folder))


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    """Serve a folder until the block ends."""
    (folder / NAME).mkdir(parents=True)
    secret, port = secrets.token_hex(16), _free_port()
    program = shutil.which("rclone", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    assert program, "rclone comes with requirements-dev.txt"
    own, parent = {**os.environ, "RCLONE_AUTH_KEY": f'"heng,{secret}"', "RCLONE_CONFIG": ""}, os.getpid()
    command = [program, "serve", "s3", str(folder), "--addr", f"127.0.0.1:{port}", "--vfs-cache-mode", "off"]
    process = subprocess.Popen(
        command, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=lambda: end_with_parent(parent),
    )  # fmt: skip
    try:
        assert eventually(lambda: _answers(port)), "the server of the bucket did not start"
        yield Server(folder, port, secret, process)
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])


def _answers(port: int) -> bool:
    with socket.socket() as asking:
        asking.settimeout(0.2)
        return asking.connect_ex(("127.0.0.1", port)) == 0
