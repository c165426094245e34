"""The operator's certificate: where key and certificates lie, and the authority of our own that makes them at first.

A folder holds `signing.key` (0600), `signing.pem` (the operator's certificate) and `authority.pem` (who issued it). An
operator with a certificate from elsewhere names a folder of their own in SIGNING_DIR.
"""

from __future__ import annotations

import os
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from app.core import site

KEY, CERTIFICATE, AUTHORITY = "signing.key", "signing.pem", "authority.pem"
BITS = 3072
LASTS = timedelta(days=10 * 365)


def folder() -> Path:
    """Return where the operator's key and certificates lie."""
    return site.settings().signing_dir


def published() -> Path:
    """Return the file of the issuing authority, which anyone may have to check a signature."""
    return folder() / AUTHORITY


def ready(at: datetime) -> Path:
    """Return the folder, with keys and certificates of a demo authority made there if there is none.

    Two processes may try at once: the folder appears whole, and the second takes what the first made.
    """
    made = folder()
    if not made.exists():
        new = made.with_name(f".{made.name}-{secrets.token_hex(4)}")
        new.mkdir(mode=0o700, parents=True)
        _make(new, at)
        try:
            new.rename(made)
        except OSError:  # another process was quicker
            shutil.rmtree(new)
    return made


def _make(at_path: Path, at: datetime) -> None:
    organ = site.settings().organ_name["en"]
    root, key = _key(), _key()
    issuer, subject = _name(organ, f"{organ}, demo authority"), _name(organ, organ)
    authority = _certificate(issuer, issuer, root, root, at, authority=True)
    certificate = _certificate(subject, issuer, key, root, at, authority=False)
    for name, certified in ((AUTHORITY, authority), (CERTIFICATE, certificate)):
        _write(at_path / name, certified.public_bytes(serialization.Encoding.PEM), 0o644)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(at_path / KEY, secret, 0o600)  # the authority's own key is thrown away: it signs nothing else


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=BITS)


def _name(organ: str, common: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, organ), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, text[:64]) for oid, text in parts])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, signs: rsa.RSAPrivateKey, at: datetime, *,
    authority: bool,
) -> x509.Certificate:  # fmt: skip
    uses: dict[str, Any] = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    uses |= {"digital_signature": not authority, "content_commitment": not authority}
    uses |= {"key_cert_sign": authority, "crl_sign": authority}
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + LASTS)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signs.public_key()), critical=False)
        .sign(signs, hashes.SHA256())
    )


def _write(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
