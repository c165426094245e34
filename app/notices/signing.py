"""Signing notices (PAdES) with the operator's key. Only the jobs import this module: the web never holds the key.

What the press printed stays as it is: the signature is added behind it, and forbids every further change.
"""

from __future__ import annotations

import io
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key
from msgspec import Struct
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers, timestamps
from pyhanko.sign.general import get_pyca_cryptography_hash

from app.core import site
from app.notices import authority

FIELD = "Signature"


class Signed(Struct, frozen=True):
    """A signed file, whom its certificate names, and when it was signed."""

    pdf: bytes
    by: str
    at: datetime


class _Behind(IncrementalPdfFileWriter):
    """Adds to a file and leaves what the press wrote about it: its claims of conformance, its dates."""

    def _update_meta(self) -> None:
        pass


class _Signer(signers.SimpleSigner):
    """Keeps its key loaded: an RSA key is checked each time it is read, which takes far longer than to sign."""

    @cached_property
    def _key(self) -> Any:
        return load_der_private_key(self.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if isinstance(self._key, RSAPrivateKey) and not self.prefer_pss:
            return self._key.sign(data, PKCS1v15(), get_pyca_cryptography_hash(digest_algorithm))
        return super().sign_raw(data, digest_algorithm)


def sign(pdf: bytes, *, at: datetime) -> Signed:
    """Return the file with the operator's signature behind it, time-stamped where TIMESTAMP_URL names an authority.

    Raises: OSError or pyhanko's errors where the key cannot be read or the time-stamping authority does not answer.
    """
    signer = _signer(authority.ready(at))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, subfilter=fields.SigSeedSubFilter.PADES, md_algorithm="sha256", certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )  # fmt: skip
    url = site.settings().timestamp_url
    stamper = timestamps.HTTPTimeStamper(url) if url else None
    writer = _Behind(io.BytesIO(pdf))
    done = signers.PdfSigner(metadata, signer=signer, timestamper=stamper).sign_pdf(writer)
    return Signed(done.getvalue(), signer.subject_name or "", at)


@lru_cache(maxsize=2)
def _signer(folder: Path) -> _Signer:
    key, certificate, chain = (
        str(folder / name) for name in (authority.KEY, authority.CERTIFICATE, authority.AUTHORITY)
    )
    signer = _Signer.load(key, certificate, ca_chain_files=(chain,))
    if signer is None:
        raise OSError(f"{folder} does not hold a key and a certificate that belong together")
    return signer
