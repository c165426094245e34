"""Checking one notice from its file alone: what it says as data stands in the log, and nothing was changed since.

The file carries its data, and the proof that the log holds a commitment to exactly these bytes under a signed
checkpoint. What is drawn on its pages is held by the signature (PAdES) that covers the whole file; checking that one
needs pyhanko. Source: clause 3.1.4.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from workflows.verify.bundle import Record, Unreadable, parsed
from workflows.verify.notes import Key, opened

if TYPE_CHECKING:  # only who checks a PDF needs it
    from pyhanko.pdf_utils.reader import PdfFileReader

FORMAT = "heng-proof/1"
DATA, PROOF = "notice.json", "proof.json"


class Paper:
    """A notice under examination."""

    def __init__(self, pdf: bytes) -> None:
        """Raises: Unreadable where it is no notice with a proof inside."""
        self.pdf = pdf
        try:
            from pyhanko.pdf_utils.reader import PdfFileReader
        except ImportError:
            raise Unreadable("a PDF, and reading it needs pyhanko (pip install pyhanko)") from None
        try:
            self._reader = PdfFileReader(io.BytesIO(pdf))
            self.files = _attached(self._reader)
        except Exception as error:  # whatever a damaged file makes of its reader
            raise Unreadable(f"the PDF cannot be read: {type(error).__name__}") from None
        self.proof = parsed(self.files, PROOF)

    @property
    def named(self) -> str:
        """The log's key as the file itself names it."""
        return str(self.proof["key"])

    def check(self, key: Key) -> Iterator[tuple[bool, str]]:
        """Yield what was checked and whether it holds. Raises: BadNote where the checkpoint is not good."""
        log = opened(str(self.proof["checkpoint"]), key)
        yield True, f"checkpoint of {log.origin}: {log.size} entries, signature good"
        record = Record.read(self.proof["record"])
        told = record.values
        yield record.stands_in(log), f"entry {record.index} of the log is about notice {told['code']}"
        said = self.files.get(DATA, b"")
        yield sha256(said).hexdigest() == told["data_sha256"], "what it says as data is what was entered"
        yield json.loads(said).get("verification_code") == told["code"], "its code is the one that was entered"
        yield self._signature()

    def _signature(self) -> tuple[bool, str]:
        """Return whether one signature covers the whole file and is good; whose it is, a reader of PDFs tells."""
        from pyhanko.sign.validation.generic_cms import validate_sig_integrity
        from pyhanko.sign.validation.status import SignatureCoverageLevel

        try:
            [signed] = self._reader.embedded_signatures
            whole = signed.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
            intact, valid = validate_sig_integrity(
                signed.signer_info, signed.signer_cert, "data", signed.compute_digest()
            )
            if not (whole and intact and valid):
                return False, "its signature is not good: the file is not as it was signed"
            return True, f"signed by {signed.signer_cert.subject.human_friendly}"
        except Exception as error:
            return False, f"its signature cannot be checked: {type(error).__name__}"


def _attached(reader: PdfFileReader) -> dict[str, bytes]:
    """Return the files inside a PDF, by name."""
    found: dict[str, bytes] = {}
    with suppress(KeyError):
        names: Any = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        for n in range(0, len(names), 2):
            found[str(names[n])] = names[n + 1]["/EF"]["/F"].data
    return found
