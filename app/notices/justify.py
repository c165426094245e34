"""Chinese set flush on both sides.

WeasyPrint stretches only the spaces of a justified line, and Chinese has none, so lines that hold figures or
punctuation would end short of the edge. Here the rest of the line is shared out between all its characters.
"""

from collections.abc import Iterator
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline

_justify_spaces = inline.justify_line
_MOST = 0.2  # of the size of the letters: a line that lacks more is left as it is


def install() -> None:
    """Set Chinese lines flush in every document that this process renders from now on."""
    inline.justify_line = _justify


def _justify(context: Any, line: Any, extra: float) -> None:
    texts = [box for box in _texts(line) if box.text]
    if not texts or not str(texts[0].style["lang"]).startswith("zh"):
        _justify_spaces(context, line, extra)
        return
    gaps = sum(len(box.text) for box in texts) - 1
    if gaps > 0 and extra / gaps <= _MOST * texts[0].style["font_size"]:
        _stretch(line, extra / gaps, 0.0)


def _stretch(box: Any, gap: float, shift: float) -> float:
    """Widen all text in the box by `gap` after each letter; return how far what follows has to move."""
    box.position_x += shift
    if isinstance(box, boxes.TextBox):
        style = box.style.copy()
        spacing = style["letter_spacing"]
        style["letter_spacing"] = gap + (0 if spacing == "normal" else spacing)
        box.style, widening = style, gap * len(box.text)
    else:
        widening = 0.0
        for child in box.children:
            if child.is_in_normal_flow():
                widening = _stretch(child, gap, shift + widening) - shift
    box.width += widening
    return shift + widening


def _texts(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.LineBox | boxes.InlineBox):
        for child in box.children:
            yield from _texts(child)
