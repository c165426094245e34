"""Files for tests, made on the spot."""

from __future__ import annotations

import base64
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

AUTHOR = "Lin Xiaoyu"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

A_HEIC = base64.b64decode(  # 64 by 48 pixels, with a place and a telephone's name in it
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRpbG9jAA"
    "AAAERAAAIAAQAAAAAB4gABAAAAAAAAABoAAgAAAAAB/AABAAAAAAAAAHAAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVp"
    "bmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGE"
    "ABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkA"
    "AAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEH"
    "BpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAAkm1kYXQAAAAWKAGvGYDvSaW+"
    "0xOH/qeC/yKtaY+bgAAAAAZFeGlmAABNTQAqAAAACAACAQ8AAgAAAAoAAAAmiCUABAAAAAEAAAAwAAAAAFRlbGVwaG9uZQAAAgABAAIAAAACTg"
    "AAAAACAAUAAAADAAAATgAAAAAAAAAfAAAAAQAAAA0AAAABAAAAMgAAAAE="
)


def a_photo(
    *, size: tuple[int, int] = (640, 480), place: bool = True, turned: bool = False, form: str = "JPEG"
) -> bytes:
    """A picture as a telephone takes it, with the place where it was taken."""
    out = BytesIO()
    picture = Image.new("RGB", size, (200, 120, 40))
    exif = Image.Exif()
    exif[Base.Make] = "Telephone"
    if turned:
        exif[Base.Orientation] = 6
    exif.get_ifd(IFD.GPSInfo).update({GPS.GPSLatitudeRef: "N", GPS.GPSLatitude: (31.0, 13.0, 50.0)})
    picture.save(out, form, exif=exif)
    return out.getvalue()


def an_authors_pdf(*, locked: str = "", signed: bool = False) -> bytes:
    """A PDF that tells who made it, in both places where that stands."""
    import pikepdf

    out, document = BytesIO(), pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Author"] = AUTHOR
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [AUTHOR]
    if signed:
        document.Root["/Seal"] = document.make_indirect(pikepdf.Dictionary(ByteRange=[0, 1, 2, 3]))
    document.save(out, encryption=pikepdf.Encryption(owner=locked, user="") if locked else None)
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
OFFICE_PARTS = {
    "docx": {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/document.xml": f'<w:document {W}><w:body><w:p><w:ins w:id="1" w:author="{AUTHOR}"><w:r><w:t>The coat was'
        " never worn</w:t></w:r></w:ins></w:p></w:body></w:document>",
        "word/comments.xml": f"<w:comments {W}><w:comment w:id='0' w:author='{AUTHOR}' w:initials='LX'/></w:comments>",
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:creator>{AUTHOR}</dc:creator><cp:lastModifiedBy>{AUTHOR}</cp:lastModifiedBy></cp:coreProperties>",
        "docProps/app.xml": f"<Properties><Company>{AUTHOR}</Company></Properties>",
    },
    "xlsx": {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f'<workbook><fileSharing userName="{AUTHOR}"/><a b="The coat was never worn"/></workbook>',
        "xl/comments1.xml": f"<comments><authors><author>{AUTHOR}</author></authors></comments>",
        "xl/persons/person.xml": f'<personList><person displayName="{AUTHOR}" userId="{AUTHOR}"/></personList>',
        "xl/tables/table1.xml": '<table displayName="Orders"/>',
    },
    "pptx": {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "ppt/presentation.xml": "<p>The coat was never worn</p>",
        "ppt/commentAuthors.xml": f'<cmAuthorLst><cmAuthor id="0" name="{AUTHOR}" initials="LX"/></cmAuthorLst>',
    },
    "odt": {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "meta.xml": f'<o:document-meta xmlns:o="urn:o" xmlns:m="urn:m"><o:meta><m:initial-creator>{AUTHOR}'
        "</m:initial-creator></o:meta></o:document-meta>",
        "content.xml": '<o:body xmlns:o="urn:o" xmlns:dc="http://purl.org/dc/elements/1.1/">The coat was never worn'
        f"<o:annotation><dc:creator>{AUTHOR}</dc:creator></o:annotation></o:body>",
    },
}


def an_office_file(kind: str, *, picture: bytes = b"", more: dict[str, str] | None = None) -> bytes:
    """An office document as programs write it, with its author's name wherever they put it."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as document:
        for name, content in (OFFICE_PARTS[kind] | (more or {})).items():
            document.writestr(name, content, ZIP_STORED if name == "mimetype" else None)
        document.writestr("word/media/image1.jpeg" if kind == "docx" else "Pictures/1.jpg", picture or a_photo())
    return out.getvalue()


def a_pdf(pages: int = 2) -> bytes:
    """A PDF with so many empty pages."""
    import pypdfium2

    document, out = pypdfium2.PdfDocument.new(), BytesIO()
    for _ in range(pages):
        document.new_page(200, 300)
    document.save(out)
    return out.getvalue()


PLACE = "+31.2304+121.4737/"


def a_film(form: str = "mov", *, size: tuple[int, int] = (64, 48), frames: int = 5) -> bytes:
    """A short film as a telephone takes it, with the place where it was taken."""
    import av

    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        container.metadata.update({"location": PLACE, "make": "Telephone"})
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        picture = av.VideoFrame.from_image(Image.new("RGB", size, (200, 120, 40)))
        for n in range(frames):
            picture.pts = n
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return out.getvalue()


def a_sound(form: str = "wav", codec: str = "pcm_s16le", *, seconds: int = 2) -> bytes:
    """A recording of a rising tone, tagged with the place."""
    import math
    import struct

    import av

    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        container.metadata.update({"title": "Telephone", "comment": PLACE})
        stream = container.add_stream(codec, rate=8_000, layout="mono")
        frame = av.AudioFrame(format="s16", layout="mono", samples=8_000 * seconds)
        tone = [int(20_000 * n / (8_000 * seconds) * math.sin(n / 4)) for n in range(8_000 * seconds)]
        frame.planes[0].update(struct.pack(f"<{len(tone)}h", *tone))
        frame.sample_rate, frame.pts = 8_000, 0
        for piece in [frame, None]:
            container.mux(stream.encode(piece))
    return out.getvalue()
