"""The file as a whole: both claims of conformance, the data inside, clean properties, the signature behind it."""

import io
import json
import subprocess
import xml.etree.ElementTree as ET

import pikepdf
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from app.core import clock
from app.notices import authority, certifying, signing
from app.notices.facts import NoticeFacts, NoticeLanguage
from app.notices.inside import DATA_NAME
from tests.notices import samples

SCHEMA = "{http://www.aiim.org/pdfa/ns/schema#}"


@pytest.fixture
def signed(app, printed, keys, monkeypatch):
    monkeypatch.setattr(authority, "folder", lambda: keys)
    return lambda facts: signing.sign(printed(facts), at=clock.now())


@pytest.fixture(params=NoticeLanguage)
def document(request, signed):
    with pikepdf.open(io.BytesIO(signed(samples.a_decision(request.param)).pdf)) as document:
        yield document


def test_it_claims_pdf_a_3_and_pdf_ua_1_and_explains_the_second_claim(document):
    with document.open_metadata() as metadata:
        claims = (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"])
    schemas = [each.text for each in ET.fromstring(document.Root.Metadata.read_bytes()).iter(f"{SCHEMA}prefix")]

    assert claims == ("3", "A", "1")
    assert schemas == ["pdfuaid"]
    assert document.Root.OutputIntents[0].S == "/GTS_PDFA1"
    assert all(page.Tabs == "/S" for page in document.pages)


def test_it_carries_the_decision_as_data_once(document):
    [file] = document.Root.AF
    data = json.loads(file.EF.F.read_bytes())

    assert (str(file.AFRelationship), str(file.UF)) == ("/Data", DATA_NAME)
    assert str(file.EF.F.Subtype) == "/application/json"
    assert (data["schema"], data["clause"], data["kind"]) == ("heng-notice/1", "2.2.4.4", "decision")
    facts = {key: value for key, value in data.items() if key not in ("schema", "clause")}
    assert NoticeFacts.from_json(json.dumps(facts)) == samples.a_decision(NoticeLanguage(data["language"]))


def test_its_properties_tell_no_author_path_case_or_earlier_text(document):
    told = " ".join(str(value) for value in document.docinfo.values()) + document.Root.Metadata.read_bytes().decode()

    assert not {"/Author", "/Subject", "/Keywords", "/Creator"} & set(document.docinfo.keys())
    assert not any(word in told for word in ("H2026-000123-7", "/work", "/home", "/tmp", "templates", "dc:creator"))
    assert "/PieceInfo" not in document.Root
    assert len(document.pages) == 2


def test_the_signature_is_valid_covers_the_whole_file_and_leaves_what_was_printed(signed, printed, app, keys):
    facts = samples.a_decision()
    done = signed(facts)

    status = validated(done.pdf, keys)

    assert done.pdf.startswith(printed(facts))
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert done.by == "Online Consumer Dispute Centre"
    assert len(done.pdf) <= 120_000


@pytest.mark.parametrize("language", NoticeLanguage)
def test_a_signed_notice_is_small(signed, app, language):
    assert len(signed(samples.a_decision(language)).pdf) <= 120_000


def test_one_changed_byte_breaks_the_signature(signed, app, keys):
    pdf = bytearray(signed(samples.a_decision()).pdf)
    place = pdf.index(b"/MediaBox")
    pdf[place + 11] ^= 1

    assert not validated(bytes(pdf), keys).bottom_line


def validated(pdf: bytes, keys):
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    trusted = ValidationContext(
        trust_roots=[load_cert_from_pemder(str(keys / authority.AUTHORITY))], allow_fetching=False
    )
    return validate_pdf_signature(signature, trusted)


def test_poppler_reads_structure_fonts_and_signature(signed, app, tmp_path):
    file = tmp_path / "notice.pdf"
    file.write_bytes(signed(samples.a_decision(NoticeLanguage.ENGLISH)).pdf)

    def told(*command: str) -> str:
        return subprocess.run([*command, str(file)], capture_output=True, text=True, check=False).stdout

    structure, fonts = told("pdfinfo", "-struct"), told("pdffonts").splitlines()[2:]
    assert all(tag in structure for tag in ("H1", "H2", "Table", "TH", "TD", "Figure", "LI"))
    assert fonts
    assert all(line.split()[-5] == "yes" for line in fonts)  # embedded
    assert "Signature is Valid" in told("pdfsig", "-nocert")


def test_the_key_is_read_by_the_owner_only_and_two_that_start_at_once_get_one(app, tmp_path, monkeypatch):
    folder = tmp_path / "notices"
    monkeypatch.setattr(certifying, "BITS", 1024)
    monkeypatch.setattr(authority, "folder", lambda: folder)

    authority.ready(clock.now())
    first = (folder / authority.KEY).read_bytes()
    authority.ready(clock.now())

    assert (folder / authority.KEY).stat().st_mode & 0o777 == 0o600
    assert (folder / authority.KEY).read_bytes() == first
    assert [each.name for each in tmp_path.iterdir()] == ["notices"]


def test_no_page_and_no_service_loads_what_reads_the_key():
    from tests.architecture.rules import ROOT

    users = {
        path.relative_to(ROOT).as_posix()
        for folder in ("app", "workflows")
        for path in (ROOT / folder).rglob("*.py")
        if "notices.signing" in path.read_text() or "import signing" in path.read_text()
    }

    assert users == {"workflows/jobs/tasks.py", "workflows/jobs/worker.py"}
