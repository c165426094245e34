"""The settings of this process, for rooms that may not know Flask. Set once, by the factory."""

from __future__ import annotations

from config import Settings

_settings: Settings | None = None


def use(settings: Settings) -> None:
    """Set the process's settings."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """Return the process's settings."""
    if _settings is None:
        raise RuntimeError("The settings are not loaded: create_app() does it.")
    return _settings


def absolute(path: str) -> str:
    """Return the public address of `path`; links are made from BASE_URL only, never from the request."""
    return settings().base_url + path


def cookie(name: str) -> str:
    """Return what a cookie of ours is called: with TLS a name that no other host or path can set."""
    return f"__Host-{name}" if settings().secure_cookies else name
