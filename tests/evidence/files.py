"""Files for tests, made on the spot."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


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
