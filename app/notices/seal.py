"""The picture of the organ's seal: its name round a circle, its sign in the middle. No star, no emblem of a state.

Letters are drawn as outlines, so the picture carries no text into the document and needs no font there.
"""

from functools import cache
from math import cos, pi, sin
from pathlib import Path

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont
from msgspec import Struct

from app.notices.facts import NoticeLanguage

_FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
_FACES = {
    NoticeLanguage.TRADITIONAL: ("NotoSerifTC-700.ttf", "NotoSerifTC-400.ttf", "NotoSerifSC-400.ttf"),
    NoticeLanguage.SIMPLIFIED: ("NotoSerifSC-700.ttf", "NotoSerifSC-400.ttf", "NotoSerifTC-400.ttf"),
    NoticeLanguage.ENGLISH: ("NotoSerif-700.ttf", "NotoSerifSC-700.ttf", "NotoSerifSC-400.ttf"),
}
_SIGN = "衡"
_RED = "#c4161c"
_INSIDE = 17.9  # millimetres from the middle to the tops of the letters
_GAP = 0.28  # between letters, in ems


class _Letter(Struct, frozen=True):
    """Outline and advance, in units of one em, y upwards."""

    path: str
    advance: float
    units: int


def seal_svg(organ: str, label: str, language: NoticeLanguage) -> bytes:
    """Return a picture of 42 mm by 42 mm, drawn in millimetres round the origin."""
    body = [
        _circle(20.3, 1.1),
        _circle(18.9, 0.3),
        _along_arc(organ, language, size=5.2, widest=1.5 * pi),
        _sign(language),
        _along_arc(label, language, size=3.0, widest=0.42 * pi, over_the_top=False),
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="42mm" height="42mm" viewBox="-21 -21 42 42">'
        f'<g fill="{_RED}">{"".join(body)}</g></svg>'
    ).encode()


def _circle(radius: float, width: float) -> str:
    return f'<circle r="{radius}" fill="none" stroke="{_RED}" stroke-width="{width}"/>'


def _along_arc(text: str, language: NoticeLanguage, *, size: float, widest: float, over_the_top: bool = True) -> str:
    """Letters along the inside of the ring, over the top or upright at the bottom; at most `widest` radians.

    Long texts get smaller letters.
    """
    letters = [_letter(character, language) for character in text]
    ems = sum(letter.advance for letter in letters) + _GAP * (len(letters) - 1)
    size = min(size, widest * (_INSIDE - 0.9 * size) / ems)
    foot = _INSIDE - 0.9 * size if over_the_top else _INSIDE - 0.15 * size
    run, placed = -ems * size / 2, []
    for letter in letters:
        angle = (run + letter.advance * size / 2) / foot
        if over_the_top:
            placed.append(_draw(letter, size, x=foot * sin(angle), y=-foot * cos(angle), turn=angle))
        else:
            placed.append(_draw(letter, size, x=foot * sin(angle), y=foot * cos(angle), turn=-angle))
        run += (letter.advance + _GAP) * size
    return "".join(placed)


def _sign(language: NoticeLanguage) -> str:
    """The sign of the house, above the line where the organ's name runs through the seal."""
    return _draw(_letter(_SIGN, language), 7.5, x=0, y=-5.0, turn=0)


def _draw(letter: _Letter, size: float, *, x: float, y: float, turn: float) -> str:
    scale = size / letter.units
    return (
        f'<path transform="translate({x:.3f} {y:.3f}) rotate({turn * 180 / pi:.2f}) scale({scale:.6f} {-scale:.6f}) '
        f'translate({-letter.advance * letter.units / 2:.0f} 0)" d="{letter.path}"/>'
    )


@cache
def _face(name: str) -> TTFont:
    return TTFont(_FONTS / name, lazy=True)


@cache
def _letter(character: str, language: NoticeLanguage) -> _Letter:
    """Return the letter from the first face that has it; a blank where none does."""
    for name in _FACES[language]:
        face = _face(name)
        if glyph := face.getBestCmap().get(ord(character)):
            glyphs = face.getGlyphSet()
            glyphs[glyph].draw(pen := SVGPathPen(glyphs))
            units = face["head"].unitsPerEm
            return _Letter(pen.getCommands(), glyphs[glyph].width / units, units)
    return _Letter("", 0.5, 1000)
