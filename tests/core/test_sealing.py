"""Small secrets at rest open with the key and for their purpose only, and not when a byte was changed."""

import base64
from dataclasses import replace

import pytest

from app.core import site
from app.core.sealing import seal, unseal


def test_what_was_sealed_opens_again_and_never_looks_the_same(app):
    first, second = seal("totp", b"secret"), seal("totp", b"secret")

    assert (unseal("totp", first), unseal("totp", second)) == (b"secret", b"secret")
    assert first != second
    assert b"secret" not in base64.b64decode(first)


def test_it_opens_for_no_other_purpose_and_under_no_other_key(app, monkeypatch):
    sealed = seal("totp", b"secret")
    with pytest.raises(ValueError):
        unseal("enrolling", sealed)
    monkeypatch.setattr(site, "_settings", replace(site.settings(), secret_key="x" * 64))
    with pytest.raises(ValueError):
        unseal("totp", sealed)


def test_a_changed_byte_is_found(app):
    raw = bytearray(base64.b64decode(seal("totp", b"secret")))
    for at in range(len(raw)):
        broken = bytes(raw[:at]) + bytes([raw[at] ^ 1]) + bytes(raw[at + 1 :])
        with pytest.raises(ValueError):
            unseal("totp", base64.b64encode(broken).decode())
