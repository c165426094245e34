"""Settings from the environment, typed, and checked when the program starts. Imports nothing of ours."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class SettingError(ValueError):
    """A setting that the program cannot start with: names the variable, the reason and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that the environment decides. All of it is optional."""

    data_dir: Path
    host: str
    port: int
    database_url: str
    redis_url: str | None
    base_url: str
    secret_key: str
    secret_key_file: Path
    smtp_url: str | None
    smtp_listen: tuple[str, int] | None
    imap_url: str | None
    sms_url: str | None
    evidence_url: str | None
    evidence_keys: tuple[Path, str] | None
    scan_url: str | None
    ledger_key_file: Path
    signing_dir: Path
    people_key_file: Path
    erasure_register: Path
    timestamp_url: str | None
    help_phone: str
    mail_from: str
    organ_name: Mapping[str, str]
    trusted_hosts: tuple[str, ...]
    trusted_proxies: int
    second_factor: str
    fresh_minutes: int

    @property
    def demo(self) -> bool:
        """Return whether the demo was loaded here: its people sign in with the password alone."""
        return (self.data_dir / "demo-accounts.json").exists()

    @property
    def unfinished_restore(self) -> Path:
        """Return the mark that lies in DATA_DIR while a backup is being restored: until it goes, nothing starts."""
        return self.data_dir / "restore.unfinished"

    @property
    def second_factor_required(self) -> bool:
        return self.second_factor == "required" or (not self.second_factor and not self.demo)

    @property
    def secure_cookies(self) -> bool:
        return self.base_url.startswith("https://")


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings, or raise SettingError. Makes DATA_DIR and the secret key at first start."""
    data_dir = _folder(Path(environ.get("DATA_DIR") or "var").resolve())
    host, port = environ.get("HOST") or "127.0.0.1", _port(environ)
    base_url = _web_address(environ, local_url(host, port))
    secret_key_file = Path(environ.get("SECRET_KEY_FILE") or data_dir / "secret.key")
    return Settings(
        data_dir=data_dir,
        host=host,
        port=port,
        database_url=environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'heng.db'}",
        redis_url=environ.get("REDIS_URL") or None,
        base_url=base_url,
        secret_key=_secret(secret_key_file),
        secret_key_file=secret_key_file,
        smtp_url=_server(environ, "SMTP_URL", "smtp", "smtps"),
        smtp_listen=_listen(environ.get("SMTP_LISTEN") or "127.0.0.1:8025"),
        imap_url=_server(environ, "IMAP_URL", "imap", "imaps"),
        sms_url=_server(environ, "SMS_URL", "http", "https"),
        evidence_url=_bucket(environ),
        evidence_keys=_bucket_keys(environ),
        scan_url=_server(environ, "SCAN_URL", "clamd"),
        ledger_key_file=Path(environ.get("LEDGER_KEY_FILE") or data_dir / "ledger" / "notary.key"),
        signing_dir=Path(environ.get("SIGNING_DIR") or data_dir / "keys" / "notices"),
        people_key_file=_keys_of_people(environ, data_dir),
        erasure_register=Path(environ.get("ERASURE_REGISTER") or data_dir / "erased.register"),
        timestamp_url=environ.get("TIMESTAMP_URL") or None,
        help_phone=environ.get("HELP_PHONE") or "400-000-1234",
        mail_from=environ.get("MAIL_FROM") or f"desk@{urlsplit(base_url).hostname}",
        organ_name={
            "zh-Hans": environ.get("ORGAN_NAME_HANS") or "网络消费争议处理中心",
            "zh-Hant": environ.get("ORGAN_NAME_HANT") or "網上消費爭議處理中心",
            "en": environ.get("ORGAN_NAME_EN") or "Online Consumer Dispute Centre",
        },
        trusted_hosts=_hosts(environ, base_url),
        trusted_proxies=_number(environ, "TRUSTED_PROXIES", default=0, most=5),
        second_factor=_one_of(environ, "SECOND_FACTOR", ("required", "optional")),
        fresh_minutes=_number(environ, "REAUTHENTICATE_MINUTES", default=30, most=720),
    )


def local_url(host: str, port: int) -> str:
    """Return the address at which this machine itself reaches a server that listens on `host` and `port`."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 # nosec B104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _folder(path: Path) -> Path:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"DATA_DIR {path} cannot be used: {error.strerror}. Name a folder you may write to."
        ) from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingError(f"DATA_DIR {path} cannot be written to. Name another folder.")
    return path


def _port(environ: Mapping[str, str]) -> int:
    given = environ.get("PORT") or "8000"
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 65_536):
        raise SettingError(f"PORT is {given!r}; it must be a number from 1 to 65535.")
    return int(given)


def _number(environ: Mapping[str, str], name: str, *, default: int, most: int) -> int:
    given = environ.get(name) or str(default)
    if not (given.isascii() and given.isdigit() and int(given[:6]) <= most):
        raise SettingError(f"{name} is {given!r}; it must be a number from 0 to {most}.")
    return int(given)


def _one_of(environ: Mapping[str, str], name: str, possible: tuple[str, ...]) -> str:
    given = environ.get(name) or ""
    if given and given not in possible:
        raise SettingError(f"{name} is {given!r}; it must be {' or '.join(possible)}.")
    return given


def _web_address(environ: Mapping[str, str], default: str) -> str:
    url = (environ.get("BASE_URL") or default).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingError(f"BASE_URL is {url!r}; it must look like https://desk.example.org, without a path.")
    return url


def _listen(given: str) -> tuple[str, int] | None:
    """Return (host, port) where mail comes in, or None for `off`."""
    if given.lower() == "off":
        return None
    host, _, port = given.rpartition(":")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        raise SettingError(f"SMTP_LISTEN is {given!r}; it must look like 127.0.0.1:8025, or be off.")
    return host.strip("[]") or "127.0.0.1", int(port)


def _server(environ: Mapping[str, str], variable: str, *schemes: str) -> str | None:
    url = environ.get(variable) or None
    if url and (urlsplit(url).scheme not in schemes or not urlsplit(url).hostname):
        looks = " or ".join(f"{scheme}://user:password@host" for scheme in schemes)
        raise SettingError(f"{variable} must look like {looks}.")  # its value holds a password
    return url


def _bucket(environ: Mapping[str, str]) -> str | None:
    url = environ.get("EVIDENCE_URL") or None
    parts = urlsplit(url or "")
    asked = parse_qs(parts.query, keep_blank_values=True)
    endpoint = urlsplit(asked.get("endpoint", ["https://s3"])[-1])
    sound = endpoint.scheme in ("http", "https") and endpoint.hostname and not set(asked) - {"endpoint", "region"}
    if url and not (parts.scheme == "s3" and parts.hostname and "@" not in parts.netloc and sound):
        raise SettingError(
            "EVIDENCE_URL must look like s3://bucket/prefix?endpoint=https://s3.example.org&region=eu-1; "
            "the keys stand in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or in AWS_SHARED_CREDENTIALS_FILE."
        )
    return url


def _bucket_keys(environ: Mapping[str, str]) -> tuple[Path, str] | None:
    """Return the file with the keys of the store and the profile in it, where one is named."""
    if not (named := environ.get("AWS_SHARED_CREDENTIALS_FILE")):
        return None
    if environ.get("EVIDENCE_URL") and not os.access(named, os.R_OK):
        raise SettingError(f"AWS_SHARED_CREDENTIALS_FILE {named} cannot be read.")
    return Path(named), environ.get("AWS_PROFILE") or "default"


def _hosts(environ: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    named = [host.strip() for host in (environ.get("TRUSTED_HOSTS") or "").split(",") if host.strip()]
    return (*dict.fromkeys([urlsplit(base_url).hostname or "", "localhost", "127.0.0.1", *named]),)


def _keys_of_people(environ: Mapping[str, str], data_dir: Path) -> Path:
    """Return the file with the master keys of people's data, made at the very first start (mode 0600).

    A file that the environment names must be there, and so must one beside a database that is: new keys would open
    nothing of it.
    """
    named = environ.get("PEOPLE_KEY_FILE")
    path = Path(named) if named else data_dir / "keys" / "people.key"
    if path.exists():
        return path
    if named or (data_dir / "heng.db").exists():
        raise SettingError(
            f"PEOPLE_KEY_FILE {path} is missing: without it nothing that people wrote can be read. Put it back, or make"
            " the first one with: python -c \"import config; config.new_people_keys(config.Path('FILE'))\""
        )
    new_people_keys(path)
    return path


def new_people_keys(path: Path) -> None:
    """Make the first master key, and the key of the hashes by which people's data is found. Whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"lookup {secrets.token_hex(32)}\nmaster {secrets.token_hex(32)}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)  # unlike renaming it, this overwrites nothing: of two that start at once, one wins
    except FileExistsError:
        pass
    finally:
        new.unlink()


def _secret(path: Path) -> str:
    """Return the key in `path`, made there with mode 0600 when there is none."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_text("ascii").strip()
        if len(key) < 32:
            raise SettingError(
                f"SECRET_KEY_FILE {path} holds fewer than 32 characters. Put a longer key there."
            ) from None
        return key
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_hex(32))
    return key
