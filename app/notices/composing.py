"""From facts to PDF. Only the press, a process of its own with limits, imports this module.

Fonts come from FONTCONFIG_FILE, the two pictures (code, seal) are made here, and nothing else can be fetched. The file
is PDF/A-3 and PDF/UA-1 at once, and carries what it says as data.
"""

import io
import logging
import unicodedata
from typing import Any

import segno
from fontTools.ttLib import TTFont
from msgspec import Struct
from weasyprint import CSS, HTML, Attachment
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.notices import justify
from app.notices.document import TEMPLATES, html
from app.notices.facts import NoticeFacts, NoticeKind
from app.notices.inside import DATA_NAME, PROOF_NAME, data_of
from app.notices.seal import seal_svg

VARIANT = "pdf/a-3a"
FEW_LINES = 0.45
"""A last page that is less full than that ends a notice poorly."""
_DRAWN = {"glyf", "head", "hhea", "hmtx", "loca", "maxp", "cvt ", "fpgm", "prep"}

# PDF/A wants every property that it does not know itself explained: here the one by which a file claims PDF/UA.
_UA_CLAIM = b"""\
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about="" \
xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about="" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">\
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""


class MissingGlyphs(Exception):
    """No font has these letters, so the text would be wrong on paper."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(", ".join(f"{character} (U+{ord(character):04X})" for character in characters))


class FetchRefused(FatalURLFetchingError):
    """The document asked for something that is not part of it."""


class Pictures(URLFetcher):
    """Serves the pictures made for this notice and refuses everything else, so nothing leaves the process."""

    def __init__(self, pictures: dict[str, bytes]) -> None:
        super().__init__(allowed_protocols=())
        self._pictures = pictures

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if url not in self._pictures:
            raise FetchRefused(url)
        return URLFetcherResponse(url, self._pictures[url], {"Content-Type": "image/svg+xml"})


class Composer(Struct, frozen=True):
    """What every notice shares, loaded once."""

    fonts: FontConfiguration
    style: CSS
    tight: CSS

    @classmethod
    def load(cls) -> "Composer":
        justify.install()
        fonts = FontConfiguration()
        style, tight = (
            CSS(filename=TEMPLATES / name, font_config=fonts, url_fetcher=Pictures({}))
            for name in ("notice.css", "tight.css")
        )
        return cls(fonts, style, tight)

    def compose(self, facts: NoticeFacts, proof: bytes = b"") -> bytes:
        """Return the PDF; with a proof that the log knows of it, if there is one. Raises: MissingGlyphs, FetchRefused.

        A pictograph that no font has is set as 〓; a letter is never replaced.
        """
        try:
            return self._print(facts, proof, lacking="")
        except MissingGlyphs as missing:
            if letters := "".join(c for c in missing.characters if unicodedata.category(c)[0] in "LMN"):
                raise MissingGlyphs(letters) from None
            return self._print(facts, proof, lacking=missing.characters)

    def _print(self, facts: NoticeFacts, proof: bytes, *, lacking: str) -> bytes:
        with _MissingGlyphWatch() as watch:
            source = HTML(string=html(facts, lacking=lacking), url_fetcher=Pictures(pictures(facts)))
            options = {"pdf_variant": VARIANT, "attachments": _attachments(facts, proof)}
            document = self._set(source, facts.kind, options)
            pdf = document.write_pdf(pdf_identifier=facts.digest, finisher=_finish, **options)
        if watch.missing:
            raise MissingGlyphs("".join(sorted(watch.missing)))
        assert pdf is not None
        return pdf

    def _set(self, source: HTML, kind: NoticeKind, options: dict[str, Any]) -> Document:
        """Return the notice set in type: tightly where that spares a page on which a few lines would stand alone.

        A decision keeps its size, however it ends.
        """
        document = source.render(stylesheets=[self.style], font_config=self.fonts, **options)
        if kind is NoticeKind.DECISION or not _ends_poorly(document):
            return document
        tight = source.render(stylesheets=[self.style, self.tight], font_config=self.fonts, **options)
        return tight if len(tight.pages) < len(document.pages) else document


def _ends_poorly(document: Document) -> bool:
    """Return whether a few lines stand on the last page alone."""
    last = document.pages[-1]._page_box
    body = next(each for each in last.descendants() if each.element_tag == "body")
    used: float = body.position_y + body.height - last.content_box_y()
    return len(document.pages) > 1 and used < last.height * FEW_LINES


def _attachments(facts: NoticeFacts, proof: bytes) -> list[Attachment]:
    """Return what the notice says, as data, and the proof of it; the press names no day of its own in them."""
    issued_at = facts.issued_at.replace(tzinfo=None)
    inside = [(DATA_NAME, "Data", f"{facts.kind}, {facts.language}", data_of(facts))]
    if proof:
        inside.append((PROOF_NAME, "Supplement", "Proof that the log holds it", proof))
    return [
        Attachment(
            string=content.decode(), name=name, relationship=relationship, description=description, created=issued_at,
            modified=issued_at,
        )
        for name, relationship, description, content in inside
    ]  # fmt: skip


def _finish(document: Any, pdf: Any) -> None:
    """Claim PDF/UA beside PDF/A, go through pages in reading order, name each attached file once, make fonts lean."""
    metadata = next(each for each in pdf.objects if getattr(each, "extra", {}).get("Type") == "/Metadata")
    text = b"\n".join(part if isinstance(part, bytes) else part.encode() for part in metadata.stream)
    metadata.stream = [text.replace(b"</rdf:RDF>", _UA_CLAIM, 1)]
    for page in (each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Page"):
        page["Tabs"] = "/S"
    for each in pdf.objects:
        if "Length1" in getattr(each, "extra", {}):
            each.stream = [_drawn_from(b"".join(each.stream))]
            each.extra["Length1"] = len(each.stream[0])
    files = list(dict.fromkeys(pdf.catalog["AF"]))
    pdf.catalog["AF"].clear()
    pdf.catalog["AF"].extend(files)


def _drawn_from(font: bytes) -> bytes:
    """Return an embedded TrueType font without its names, licence and character maps: a PDF names glyphs by number."""
    kept, lean = io.BytesIO(), TTFont(io.BytesIO(font), lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    for table in set(lean.reader.keys()) - _DRAWN:
        del lean[table]
    lean.save(kept, reorderTables=None)
    return kept.getvalue()


class _MissingGlyphWatch(logging.Handler):
    """Collects the characters for which the renderer found no glyph."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg.startswith(".notdef glyph") and isinstance(record.args, tuple):
            self.missing.add(str(record.args[0]))

    def __enter__(self) -> "_MissingGlyphWatch":
        logging.getLogger("weasyprint").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)


def pictures(facts: NoticeFacts) -> dict[str, bytes]:
    """Return the pictures of a notice by the address under which its template names them."""
    drawn = {}
    if link := facts.tracking_url or facts.verify_url:
        drawn["notice:code"] = segno.make(link, error="m", micro=False).svg_inline(border=0, scale=4).encode()
    if facts.seal_label:
        drawn["notice:seal"] = seal_svg(facts.organ, facts.seal_label, facts.language)
    return drawn
