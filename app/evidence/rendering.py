"""Pictures of one file: the inside of a child process without files, network, or memory to spare.

    python -I … main(KIND)     the file on standard input → length, JSON, pictures and perhaps a copy without its place

Decoders of pictures, films and PDFs break on hostile files. Whatever makes one stumble ends this process, not its
parent. It imports what it needs, then gives up the right to open anything: no file, no socket, no other program.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, BinaryIO

from app.evidence import office

LENGTH = struct.Struct(">I")
CPU_S, MEMORY = 12, 1_200 * 1024**2
SMALL, LARGE = 320, 1_400  # longest edge in pixels: in lists, on a page of its own
MOST_PIXELS = 60_000_000
MOST_PAGES = 5
PEAKS = 96
MOST_SECONDS = 3_600  # of sound that is read for its wave
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
SHARED = 2_400  # longest edge of the copy that others see, as that of other pictures
MUXERS = {
    "video/mp4": "mp4", "video/x-m4v": "mp4", "video/quicktime": "mp4", "video/3gpp": "mp4", "video/webm": "webm",
    "video/x-matroska": "matroska", "audio/mpeg": "mp3", "audio/mp4": "ipod", "audio/ogg": "ogg",
    "audio/x-flac": "flac", "audio/x-wav": "wav", "audio/aac": "adts",
}  # fmt: skip


class Declined(Exception):
    """Why there is no picture: `type` or `limit`."""


class Made:
    """What was made of a file. `pictures` are JPEGs, the small one first; `copy` is the file without its place."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []
        self.copy = b""
        self.why: str | None = None  # there is no picture
        self.told: dict[str, Any] = {}

    def show(self, picture: Any, *, small: bool = False) -> None:
        """Add a picture; the first one in two sizes."""
        for edge in (SMALL,) if small else (SMALL, LARGE) if not self.pictures else (LARGE,):
            self.pictures.append(_jpeg(picture, edge))


def _jpeg(picture: Any, edge: int) -> bytes:
    from PIL import Image

    copy = picture.convert("RGBA")
    copy.thumbnail((edge, edge))
    flat, out = Image.new("RGB", copy.size, "white"), BytesIO()
    flat.paste(copy, mask=copy.getchannel("A"))
    flat.save(out, "JPEG", quality=82)
    return out.getvalue()


def of_picture(file: BinaryIO, _media_type: str) -> Made:
    """Return a small picture of a picture; the page of its own shows the shared copy."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None
    made = Made()
    with Image.open(file, formats=FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS and picture.format != "JPEG":
            raise Declined("limit")
        made.told = {"width": picture.width, "height": picture.height}
        picture.draft("RGB", (SMALL * 2, SMALL * 2))
        upright = ImageOps.exif_transpose(picture)
        made.show(upright, small=True)
        if picture.format in ("AVIF", "HEIF"):  # decoded nowhere but here
            made.copy = _jpeg(upright, SHARED)
    return made


def of_pdf(file: BinaryIO, _media_type: str) -> Made:
    """Return the first pages of a PDF as pictures, and how many it has."""
    import pypdfium2

    made = Made()
    document = pypdfium2.PdfDocument(file.read())
    made.told = {"pages": len(document)}
    for page in (document[n] for n in range(min(len(document), MOST_PAGES))):
        longest = max(*page.get_size(), 1.0)
        made.show(page.render(scale=min(LARGE / longest, 4.0)).to_pil())
    made.copy = _without_author(file)
    return made


def _without_author(file: BinaryIO) -> bytes:
    """Return the PDF without who made it, where, and with what; empty where it is locked, or signed: a signature proves
    more than its metadata tell, and would be lost."""
    import pikepdf

    out = BytesIO()
    file.seek(0)
    try:
        with pikepdf.open(file) as document:
            if document.is_encrypted or any("/ByteRange" in each for each in _dictionaries(document)):
                return b""
            for each in _dictionaries(document):
                for key in ("/Metadata", "/PieceInfo", "/LastModified"):
                    if key in each:
                        del each[key]
            del document.docinfo
            document.save(out, deterministic_id=True)
    except (pikepdf.PdfError, RuntimeError):  # a locked one asks for chance, which nothing here can be read from
        return b""
    return out.getvalue()


def _dictionaries(document: Any) -> list[Any]:
    """Return every dictionary of a PDF, those of streams too."""
    import pikepdf

    streams = [each.stream_dict for each in document.objects if isinstance(each, pikepdf.Stream)]
    return [each for each in document.objects if isinstance(each, pikepdf.Dictionary)] + streams


def of_film(file: BinaryIO, media_type: str) -> Made:
    """Return the first picture of a film with its size and length, and a copy that tells no place."""
    import av

    made = Made()
    with av.open(file, "r", metadata_errors="replace") as container:
        if not container.streams.video:
            return _of_sound(container, file, media_type, made)
        stream = container.streams.video[0]
        made.told = {"seconds": _seconds(container), "width": stream.width, "height": stream.height}
        if stream.width * stream.height > MOST_PIXELS:
            raise Declined("limit")
        stream.thread_type = "NONE"
        frame = next(container.decode(stream))
        made.show(frame.to_image())
    made.copy = _without_place(file, media_type)
    return made


def _of_sound(container: Any, file: BinaryIO, media_type: str, made: Made) -> Made:
    """Return the wave of a recording as numbers from 0 to 100, its length, and a copy that tells no place."""
    if not container.streams.audio:
        raise Declined("type")
    peaks = list(_peaks(container))
    made.told = {"seconds": _seconds(container) or round(len(peaks) / 10, 1), "peaks": _fewer(peaks)}
    made.copy = _without_place(file, media_type)
    return made


def _seconds(container: Any) -> float | None:
    return round(container.duration / 1_000_000, 1) if container.duration else None


def _peaks(container: Any) -> Iterator[int]:
    """Yield the loudest sample of each tenth of a second, as it is decoded."""
    import av

    resampler = av.AudioResampler(format="s16", layout="mono", rate=8_000)
    heard = bytearray()
    tenth, seen = 1_600, 0
    for frame in container.decode(audio=0):
        for piece in resampler.resample(frame):
            heard += bytes(piece.planes[0])[: piece.samples * 2]
        while len(heard) >= tenth:
            yield max(map(abs, struct.unpack("<800h", heard[:tenth])))
            del heard[:tenth]
            seen += 1
            if seen >= MOST_SECONDS * 10:
                return
    if len(heard) > 1:
        whole = len(heard) // 2
        yield max(map(abs, struct.unpack(f"<{whole}h", heard[: whole * 2])))


def _fewer(peaks: list[int]) -> list[int]:
    loudest = max(peaks, default=0) or 1
    count = min(PEAKS, len(peaks))
    groups = [peaks[n * len(peaks) // count : (n + 1) * len(peaks) // count] for n in range(count)]
    return [100 * max(group) // loudest for group in groups]


def _without_place(file: BinaryIO, media_type: str) -> bytes:
    """Return the file with its sound and pictures as they are and nothing beside them; empty where that cannot be.

    Tags of the file and of its tracks, chapters, and tracks that hold neither sound nor pictures are left behind.
    """
    import av

    if media_type not in MUXERS:
        return b""
    file.seek(0)
    out = BytesIO()
    options = {"fflags": "+bitexact", "write_xing": "1", "id3v2_version": "0", "write_id3v1": "0"}
    with (
        av.open(file, "r", metadata_errors="replace") as source,
        av.open(out, "w", format=MUXERS[media_type], options=options) as target,
    ):
        kept = [stream for stream in source.streams if stream.type in ("audio", "video")]
        tracks = {stream.index: target.add_stream_from_template(stream) for stream in kept}
        for track in tracks.values():
            track.metadata.clear()
        target.metadata.clear()
        for packet in source.demux(kept):
            if packet.dts is not None:
                packet.stream = tracks[packet.stream.index]
                target.mux(packet)
    return out.getvalue()


def of_office(file: BinaryIO, _media_type: str) -> Made:
    """Return no picture of an office document, but a copy without its authors, where one can be made."""
    made = Made()
    made.why = "type"
    try:
        made.copy = office.without_author(BytesIO(file.read()))
    except office.Untouchable:
        pass
    except office.TooMuch:
        made.why = "limit"
    return made


KINDS: dict[str, Callable[[BinaryIO, str], Made]] = {
    "image": of_picture, "application/pdf": of_pdf, "video": of_film, "audio": of_film,
    **dict.fromkeys(office.TYPES, of_office),
}  # fmt: skip


def kind_of(media_type: str) -> str | None:
    """Return the kind of preview for files of this type, or None where there is none."""
    return next((kind for kind in (media_type, media_type.partition("/")[0]) if kind in KINDS), None)


def _limit() -> None:
    """Give up files, network and all but so much memory and time."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def _warm_up(kind: str, media_type: str) -> None:
    """Load what is needed while files can still be opened: by doing it once with nothing in it."""
    from PIL import Image, ImageOps, TiffImagePlugin, WebPImagePlugin  # noqa: F401

    Image.preinit()
    _jpeg(Image.new("RGB", (1, 1)), SMALL)
    if media_type in ("image/heic", "image/avif"):
        import pi_heif
        from PIL import AvifImagePlugin  # noqa: F401

        pi_heif.register_heif_opener()
    elif kind == "application/pdf":
        import pikepdf
        import pypdfium2

        pypdfium2.PdfDocument.new().new_page(1, 1).render().to_pil()
        with pikepdf.new() as document:
            document.save(BytesIO())
    elif kind in office.TYPES:
        office.warm_up()
    elif kind in ("audio", "video"):
        import av
        import av.subtitles.stream
        import av.video.reformatter

        av.logging.set_level(None)
        av.VideoFrame(16, 16, "yuv420p").to_image()
        av.AudioResampler(format="s16", layout="mono", rate=8_000)


def main(media_type: str) -> None:
    """Make pictures of the file on standard input, under limits, and write them."""
    kind = kind_of(media_type) or ""
    _warm_up(kind, media_type)
    _limit()
    made, why = Made(), None
    try:
        made = KINDS[kind](sys.stdin.buffer, media_type)
        why = made.why
    except Declined as declined:
        why = str(declined)
    except MemoryError:
        why = "limit"
    except Exception as error:  # the process ends here anyway; the reason has to reach the parent
        why, made.told = "broken", {"error": f"{type(error).__name__}: {error}"[:200]}
    head = {"why": why, "told": made.told, "pictures": [len(each) for each in made.pictures], "copy": len(made.copy)}
    body = json.dumps(head).encode()
    for piece in (LENGTH.pack(len(body)), body, *made.pictures, made.copy):
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()
