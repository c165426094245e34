"""HTML mail as plain text: what a person would read, with nothing that runs, loads or hides.

Only the standard library, because it runs in the child process.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNSEEN = {"script", "style", "head", "title", "svg", "math", "template", "noscript", "object", "iframe", "select"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tr", "ul",
}  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_LONGEST_LINK = 300
_DEEPEST = 2_000


def as_text(html: str) -> str:
    """Return the text of a page. Links keep their address, quotations get `>` before each line."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(reader.lines())).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.done: list[str] = []
        self.line: list[str] = []
        self.unseen: list[str] = []  # open elements, from the first that is not shown
        self.quoting = 0
        self.cells = 0
        self.link: str | None = None

    def lines(self) -> list[str]:
        self._end_line()
        return self.done

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self.unseen or tag in _UNSEEN or _HIDDEN.search(given.get("style") or "") or "hidden" in given:
            if tag not in _VOID and len(self.unseen) < _DEEPEST:
                self.unseen.append(tag)
            return
        if tag in _BLOCKS:
            self._end_line()
        if tag == "br":
            self._end_line(always=True)
        elif tag == "blockquote":
            self.quoting = min(self.quoting + 1, 20)
        elif tag == "li":
            self.line.append("· ")
        elif tag in ("td", "th") and "".join(self.line).strip():
            self.line.append(" ")
        elif tag == "a":
            self.link = given.get("href")

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            if tag in self.unseen:
                while self.unseen.pop() != tag:
                    pass
            return
        if tag in _BLOCKS:
            self._end_line(always=tag == "p")
        if tag == "blockquote":
            self.quoting = max(0, self.quoting - 1)
        elif tag == "a":
            self._tell_link()

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.line.append(re.sub(r"\s+", " ", data.replace("\xa0", " ")))

    def _tell_link(self) -> None:
        url, self.link = (self.link or "").strip(), None
        shown = "".join(self.line[-3:])
        if re.match(r"https?://", url) and len(url) <= _LONGEST_LINK and url.rstrip("/") not in shown:
            self.line.append(f" ({url})")

    def _end_line(self, *, always: bool = False) -> None:
        text = re.sub(r" {2,}", " ", "".join(self.line)).strip()
        self.line = []
        if text or (always and self.done):
            self.done.append(f"{'>' * self.quoting} {text}" if self.quoting else text)
