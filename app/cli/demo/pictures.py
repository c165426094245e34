"""Pictures as people send them: screenshots, slips, photos of goods and parcels. Drawn, so that nobody's are shown."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

FONTS = Path(__file__).resolve().parents[3] / "static/fonts"
SCREEN = (640, 1140)
PHOTO = (760, 574)
Line = Sequence[str]
Draw = ImageDraw.ImageDraw


@cache
def font(language: str, size: int) -> ImageFont.FreeTypeFont:
    """Return the sans font of a language in pixels."""
    return ImageFont.truetype(str(FONTS / f"NotoSans{'TC' if language == 'zh-Hant' else 'SC'}-500.ttf"), size)


def where_it_was_taken() -> Image.Exif:
    """Return what a telephone writes into a photo, the place among it, which shared copies must lose."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Example", "Example Phone 4"
    exif[0x8825] = {1: "N", 2: (31.0, 14.0, 5.0), 3: "E", 4: (121.0, 28.0, 11.0)}
    return exif


# --- screenshots ---------------------------------------------------------------------------------------------------


def _screen(language: str, title: str, colour: str) -> tuple[Image.Image, Draw]:
    image = Image.new("RGB", SCREEN, "#f4f5f7")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SCREEN[0], 122), fill=colour)
    draw.text((30, 12), "9:41", font=font(language, 24), fill="white")
    draw.rounded_rectangle((556, 18, 606, 40), 6, outline="white", width=3)
    draw.rectangle((561, 23, 592, 35), fill="white")
    draw.text((30, 62), title, font=font(language, 32), fill="white")
    return image, draw


def wrapped(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Return the text in lines no wider than `width` pixels, broken between words or Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and face.getlength(line + piece) > width:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for ch in text:
        if pieces and ch.isascii() and pieces[-1][-1].isascii() and ch != " " and pieces[-1][-1] != " ":
            pieces[-1] += ch
        else:
            pieces.append(ch)
    return pieces


def chat(language: str, title: str, lines: Sequence[Line]) -> Image.Image:
    """Return a screenshot of a conversation; a line is (me or them, words)."""
    image, draw = _screen(language, title, "#2f6f5e")
    face, y = font(language, 25), 150
    for who, words in lines:
        rows = wrapped(words, face, 400)
        width = int(max(face.getlength(row) for row in rows)) + 36
        height, mine = 36 * len(rows) + 26, who == "me"
        x = SCREEN[0] - 92 - width if mine else 92
        draw.ellipse((SCREEN[0] - 80, y, SCREEN[0] - 24, y + 56) if mine else (24, y, 80, y + 56), fill="#b8c4c9")
        draw.rounded_rectangle((x, y, x + width, y + height), 14, fill="#cfe9c9" if mine else "white")
        for n, row in enumerate(rows):
            draw.text((x + 18, y + 10 + 36 * n), row, font=face, fill="#1d2327")
        y += height + 24
    return _cropped(image, y)


def page(language: str, title: str, lines: Sequence[Line], colour: str = "#b3541e") -> Image.Image:
    """Return a screenshot of an order or a listing; a line is (label, value)."""
    image, draw = _screen(language, title, colour)
    draw.rectangle((24, 146, 616, 386), fill="#dfe3e6")
    _goods(draw, (240, 180, 400, 350), colour)
    face, y = font(language, 25), 410
    for label, value in lines:
        rows = wrapped(value, face, 372)
        draw.rectangle((24, y, 616, y + 36 * len(rows) + 22), fill="white")
        draw.text((44, y + 9), label, font=face, fill="#5b666d")
        for n, row in enumerate(rows):
            draw.text((220, y + 9 + 36 * n), row, font=face, fill="#1d2327")
        y += 36 * len(rows) + 26
    return _cropped(image, y)


def tracking(language: str, title: str, lines: Sequence[Line]) -> Image.Image:
    """Return a screenshot of a parcel's way, newest first; a line is (when, what)."""
    image, draw = _screen(language, title, "#30507c")
    face, small, y = font(language, 26), font(language, 21), 170
    for n, (when, what) in enumerate(lines):
        rows = wrapped(what, face, 470)
        bottom = y + 36 * len(rows) + 62
        if n + 1 < len(lines):
            draw.line((60, y + 20, 60, bottom + 18), fill="#b5bec8", width=4)
        draw.ellipse((48, y + 8, 72, y + 32), fill="#30507c" if n == 0 else "#b5bec8")
        for k, row in enumerate(rows):
            draw.text((104, y + 36 * k), row, font=face, fill="#1d2327" if n == 0 else "#56616b")
        draw.text((104, y + 36 * len(rows)), when, font=small, fill="#7a858e")
        y = bottom
    return _cropped(image, y)


def statement(language: str, title: str, lines: Sequence[Line]) -> Image.Image:
    """Return a screenshot of an account's movements; a line is (when, what, amount)."""
    image, draw = _screen(language, title, "#4a3f73")
    face, small, y = font(language, 27), font(language, 21), 150
    for when, what, amount in lines:
        draw.rectangle((24, y, 616, y + 96), fill="white")
        draw.text((44, y + 12), what, font=face, fill="#1d2327")
        draw.text((44, y + 56), when, font=small, fill="#7a858e")
        draw.text((596, y + 30), amount, font=face, fill="#1d2327", anchor="ra")
        y += 104
    return _cropped(image, y)


# --- paper ---------------------------------------------------------------------------------------------------------


def slip(language: str, title: str, lines: Sequence[Line]) -> Image.Image:
    """Return a photo of a printed slip on a table; a line is (label, value)."""
    paper = Image.new("RGB", (470, 150 + 40 * len(lines)), "#fbfaf4")
    draw = ImageDraw.Draw(paper)
    draw.text((235, 28), title, font=font(language, 28), fill="#222222", anchor="ma")
    for n, (label, value) in enumerate(lines):
        draw.text((28, 92 + 40 * n), label, font=font(language, 22), fill="#333333")
        draw.text((442, 92 + 40 * n), value, font=font(language, 22), fill="#333333", anchor="ra")
    draw.line((28, 80, 442, 80), fill="#555555", width=2)
    return _photographed(paper, "#7b5f45", seed=title)


def paper(language: str, title: str, lines: Sequence[str]) -> Image.Image:
    """Return a page of plain paper, as scanned: a report, a letter."""
    image = Image.new("RGB", (910, 1287), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.text((455, 100), title, font=font(language, 36), fill="#111111", anchor="ma")
    y = 200
    for words in lines:
        for row in wrapped(words, font(language, 24), 710):
            draw.text((100, y), row, font=font(language, 24), fill="#222222")
            y += 42
        y += 16
    return image


# --- photos --------------------------------------------------------------------------------------------------------


def photo(language: str, subject: str, label: str = "", colour: str = "#35607a", damage: int = 0) -> Image.Image:
    """Return a photo of goods: `subject` is a shape below, `damage` the number of cracks, `label` what is written."""
    image = Image.new("RGB", (620, 520), "#d8d2c6")
    draw = ImageDraw.Draw(image)
    SHAPES[subject](draw, (120, 60, 500, 440), colour)
    chance = random.Random(subject + label)  # noqa: S311 -- the same picture every time, no secret
    for _ in range(damage):
        _crack(draw, chance)
    if label:
        face = font(language, 26)
        width = int(face.getlength(label)) + 40
        draw.rectangle((310 - width // 2, 456, 310 + width // 2, 504), fill="#fffdf4", outline="#8b8574")
        draw.text((310, 463), label, font=face, fill="#2a2a2a", anchor="ma")
    return _photographed(image, "#8d8478", seed=subject + label)


def _crack(draw: Draw, chance: random.Random) -> None:
    x, y = chance.randint(200, 420), chance.randint(120, 380)
    points = [(x, y)]
    for _ in range(6):
        x, y = x + chance.randint(-34, 34), y + chance.randint(8, 30)
        points.append((x, y))
    draw.line(points, fill="#1b1b1b", width=4, joint="curve")


Box = tuple[int, int, int, int]


def _parcel(draw: Draw, box: Box, colour: str) -> None:
    x0, y0, x1, y1 = box
    draw.polygon([(x0, y0 + 90), (x0 + 90, y0), (x1, y0), (x1 - 90, y0 + 90)], fill="#caa470")
    draw.polygon([(x1 - 90, y0 + 90), (x1, y0), (x1, y1 - 90), (x1 - 90, y1)], fill="#a27c4c")
    draw.rectangle((x0, y0 + 90, x1 - 90, y1), fill="#b98f5b")
    draw.rectangle((x0, y0 + 170, x1 - 90, y0 + 204), fill="#e5d3b0")
    draw.rectangle((x0 + 40, y1 - 130, x0 + 190, y1 - 30), fill="#f6f4ee")
    for n in range(5):
        draw.line((x0 + 54, y1 - 114 + 16 * n, x0 + 176 - 18 * (n % 2), y1 - 114 + 16 * n), fill="#777777", width=4)


def _goods(draw: Draw, box: Box, colour: str) -> None:
    draw.rounded_rectangle(box, 22, fill=colour, outline="#2a2a2a", width=3)


def _shirt(draw: Draw, box: Box, colour: str) -> None:
    x0, y0, x1, y1 = box
    w = x1 - x0
    draw.polygon(
        [
            (x0 + w * 0.3, y0), (x0 + w * 0.42, y0 + 30), (x0 + w * 0.58, y0 + 30), (x0 + w * 0.7, y0), (x1, y0 + 90),
            (x1 - w * 0.14, y0 + 170), (x0 + w * 0.76, y0 + 130), (x0 + w * 0.76, y1), (x0 + w * 0.24, y1),
            (x0 + w * 0.24, y0 + 130), (x0 + w * 0.14, y0 + 170), (x0, y0 + 90),
        ],
        fill=colour, outline="#2a2a2a",
    )  # fmt: skip


def _cup(draw: Draw, box: Box, colour: str) -> None:
    x0, y0, x1, y1 = box
    draw.arc((x1 - 130, y0 + 110, x1, y0 + 290), 270, 90, fill=colour, width=26)
    draw.polygon([(x0 + 20, y0 + 70), (x1 - 80, y0 + 70), (x1 - 120, y1), (x0 + 60, y1)], fill=colour)
    draw.ellipse((x0 + 20, y0 + 40, x1 - 80, y0 + 100), fill="#e9e3d6", outline=colour, width=8)


def _device(draw: Draw, box: Box, colour: str) -> None:
    x0, y0, x1, y1 = box
    draw.rounded_rectangle((x0 + 60, y0, x1 - 60, y1), 34, fill="#22262a")
    draw.rectangle((x0 + 78, y0 + 40, x1 - 78, y1 - 40), fill=colour)


def _shoe(draw: Draw, box: Box, colour: str) -> None:
    x0, y0, x1, y1 = box
    draw.polygon(
        [(x0, y0 + 120), (x0 + 120, y0 + 110), (x0 + 230, y0 + 210), (x1, y0 + 270), (x1, y1 - 50), (x0, y1 - 50)],
        fill=colour, outline="#2a2a2a",
    )  # fmt: skip
    draw.rectangle((x0 - 6, y1 - 56, x1 + 6, y1 - 16), fill="#f2efe8", outline="#2a2a2a")


def _tin(draw: Draw, box: Box, colour: str) -> None:
    x0, y0, x1, y1 = box
    draw.rectangle((x0 + 50, y0 + 40, x1 - 50, y1 - 20), fill=colour)
    draw.ellipse((x0 + 50, y1 - 60, x1 - 50, y1 + 10), fill=colour)
    draw.ellipse((x0 + 50, y0, x1 - 50, y0 + 76), fill="#c9ccce", outline="#6d7275", width=4)
    draw.rectangle((x0 + 50, y0 + 130, x1 - 50, y0 + 260), fill="#fbf7ea")


SHAPES: dict[str, Callable[[Draw, Box, str], None]] = {
    "parcel": _parcel, "box": _goods, "shirt": _shirt, "cup": _cup, "device": _device, "shoe": _shoe, "tin": _tin,
}  # fmt: skip


def _photographed(picture: Image.Image, table: str, *, seed: str) -> Image.Image:
    """Return the picture as a telephone would see it: a little turned, on a table, with a shadow, light and noise."""
    chance = random.Random(seed)  # noqa: S311
    scale = min(0.86 * PHOTO[0] / picture.width, 0.9 * PHOTO[1] / picture.height)
    small = picture.resize((int(picture.width * scale), int(picture.height * scale)), Image.Resampling.BILINEAR)
    turned = small.convert("RGBA").rotate(chance.uniform(-5, 5), expand=True, resample=Image.Resampling.BILINEAR)
    place = ((PHOTO[0] - turned.width) // 2, (PHOTO[1] - turned.height) // 2)
    shot = Image.new("RGB", PHOTO, table)
    shadow = Image.new("L", PHOTO, 0)
    shadow.paste(turned.getchannel("A").point(lambda alpha: alpha // 2), (place[0] + 12, place[1] + 16))
    shot.paste("#000000", (0, 0), shadow.filter(ImageFilter.GaussianBlur(10)))
    shot.paste(turned, place, turned)
    light, noise = _light_and_noise()
    return Image.blend(ImageChops.multiply(shot, light), noise, 0.06)


@cache
def _light_and_noise() -> tuple[Image.Image, Image.Image]:
    light = Image.radial_gradient("L").resize(PHOTO).point(lambda grey: 255 - grey // 3)
    return light.convert("RGB"), Image.effect_noise(PHOTO, 14).convert("RGB")


def _cropped(image: Image.Image, bottom: int) -> Image.Image:
    """Return a screenshot without the empty part below `bottom`."""
    return image.crop((0, 0, SCREEN[0], min(SCREEN[1], max(bottom + 40, 640))))
