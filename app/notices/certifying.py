"""The demo authority: a certificate of our own, and the operator's that it signed. Made once, at the first start."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from msgspec import Struct

from app.core import site

BITS = 3072
LASTS = timedelta(days=10 * 365)


class Certified(Struct, frozen=True):
    """The operator's secret key, its certificate, and that of who issued it: PEM."""

    key: bytes
    certificate: bytes
    authority: bytes


def certified(at: datetime) -> Certified:
    """Return a new key with its certificates. The authority's own key is thrown away: it signs nothing else."""
    organ = site.settings().organ_name["en"]
    root, key = _key(), _key()
    issuer, subject = _name(organ, f"{organ}, demo authority"), _name(organ, organ)
    pem = serialization.Encoding.PEM
    return Certified(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        _certificate(subject, issuer, key, root, at, authority=False).public_bytes(pem),
        _certificate(issuer, issuer, root, root, at, authority=True).public_bytes(pem),
    )


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
