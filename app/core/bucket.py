"""Files in the bucket of an S3-style store: `s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION`.

A file is put by one signed request, whose signature covers its SHA-256: the server keeps all of it or nothing, and its
answer 200 is what a synced folder is on a disk of our own. Names are the same as in a folder, so files can be carried
over by any program that copies. Keys come from the file that AWS_SHARED_CREDENTIALS_FILE names, from
AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or from the machine's role.

The client is loaded when it is first needed, and not before a process forks: its threads do not survive that.
"""

from __future__ import annotations

from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as BadFile
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import parse_qs, urlsplit

from app.core.shelves import NAME_LENGTH, Reading, place

if TYPE_CHECKING:
    from obstore.store import S3Store

PATIENCE, AGAIN = timedelta(seconds=15), {"max_retries": 3, "retry_timeout": timedelta(seconds=5)}
PATIENCE_ASKING, ONCE = timedelta(seconds=2), {"max_retries": 0, "retry_timeout": timedelta(seconds=2)}


class StoreAway(OSError):
    """The store does not answer or takes nothing from us; what was to be kept is not kept."""


class Bucket:
    """What lies below a prefix in a bucket."""

    def __init__(self, url: str, keys: tuple[Path, str] | None = None) -> None:
        """Reach `url`; `keys` are a file in the form of AWS and the profile in it."""
        parts = urlsplit(url)
        self._asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self._name, self._prefix, self._keys = parts.netloc, parts.path.strip("/"), keys

    @property
    def where(self) -> str:
        return f"s3://{self._name}/{self._prefix}"

    def settle(self, temporary: Path, name: str) -> None:
        self._put(name, temporary.read_bytes())
        temporary.unlink()

    def open(self, name: str) -> BinaryIO:
        import obstore

        with _in_words():
            return BytesIO(obstore.get(self._objects, place(name)).bytes())

    def entries(self) -> Iterator[tuple[str, int]]:
        import obstore

        with _in_words():
            for page in obstore.list(self._objects):
                for each in page:
                    path = PurePosixPath(each["path"])
                    if len(path.name) == NAME_LENGTH:
                        yield path.name, each["size"]

    def bring(self, name: str, content: Reading) -> None:
        self._put(name, content.read())

    def _put(self, name: str, content: bytes) -> None:
        import obstore

        try:
            with _in_words():
                obstore.put(self._objects, place(name), content, use_multipart=False)
        except FileNotFoundError:
            raise StoreAway(f"there is no bucket {self._name}") from None

    def remove(self, name: str) -> None:
        import obstore

        with _in_words():
            obstore.delete(self._objects, place(name))

    def clear(self) -> None:
        import obstore

        names = [place(name) for name, _size in self.entries()]
        with _in_words():
            obstore.delete(self._objects, names)

    def require(self) -> None:
        import obstore

        with _in_words():
            next(iter(obstore.list(self._opened(PATIENCE_ASKING, ONCE), chunk_size=1)), None)

    @cached_property
    def _objects(self) -> S3Store:
        return self._opened(PATIENCE, AGAIN)

    def _opened(self, patience: timedelta, again: dict[str, object]) -> S3Store:
        from obstore.store import S3Store

        config = {"endpoint": self._asked.get("endpoint"), "region": self._asked.get("region"), **self._secret()}
        return S3Store(
            self._name, prefix=self._prefix or None,
            config={name: value for name, value in config.items() if value},  # type: ignore[arg-type]
            client_options={
                "timeout": patience, "connect_timeout": PATIENCE_ASKING,
                "allow_http": self._asked.get("endpoint", "").startswith("http://"),
            },
            retry_config=again,  # type: ignore[arg-type]
        )  # fmt: skip

    def _secret(self) -> dict[str, str]:
        """Return the keys in our file; none where environment or machine have them. Raises StoreAway."""
        if self._keys is None:
            return {}
        path, profile = self._keys
        found = ConfigParser(interpolation=None)
        try:
            found.read_string(path.read_text("utf-8"))
            keys = dict(found[profile])
        except (OSError, UnicodeError, BadFile, KeyError) as reason:
            raise StoreAway(f"{path} holds no keys of {profile}: {type(reason).__name__}") from None
        wanted = {"access_key_id": "aws_access_key_id", "secret_access_key": "aws_secret_access_key"}
        return {ours: keys.get(theirs, "") for ours, theirs in wanted.items()} | {
            "session_token": keys.get("aws_session_token", "")
        }


@contextmanager
def _in_words() -> Iterator[None]:
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except NotFoundError:
        raise FileNotFoundError("the store has no such file") from None
    except BaseError as reason:
        raise StoreAway(str(reason).partition("\n")[0][:300]) from None
