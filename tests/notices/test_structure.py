"""The file as a thing: accessible, complete in itself, small, the same every time."""

import io
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont

from app.notices.facts import NoticeFacts, NoticeLanguage
from app.notices.press import COPIES
from app.notices.render import Press
from tests.notices import samples


@pytest.fixture(params=NoticeLanguage)
def decision(request, printed) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(printed(samples.a_decision(request.param))))


def test_it_says_that_it_is_accessible_and_in_which_language(decision):
    language = str(decision.Root.Lang)
    with decision.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == str(decision.docinfo["/Title"])
    assert language in list(NoticeLanguage)
    assert bool(decision.Root.MarkInfo.Marked)
    assert bool(decision.Root.ViewerPreferences.DisplayDocTitle)
    assert samples.a_decision(NoticeLanguage(language)).number in str(decision.docinfo["/Title"])


def test_its_structure_tells_headings_lists_tables_and_pictures(decision):
    tags = [element for element, _ in elements(decision)]

    assert tags.count("H1") == 1
    assert tags.count("H2") == 5
    assert tags.count("L") == 1
    assert {"P", "LI", "Table", "Caption", "TH", "TD"} <= set(tags)
    for tag, element in elements(decision):
        if tag == "Figure":
            assert str(element.Alt)
        if tag == "TD":
            assert len(element.A.Headers) == 2


def test_all_that_is_drawn_is_tagged_or_marked_as_ornament(decision):
    for page in decision.pages:
        depth = 0
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) in ("BDC", "BMC"):
                depth += 1
            elif str(operator) == "EMC":
                depth -= 1
            elif str(operator) in ("Tj", "TJ", "Do", "f", "S", "B", "f*", "sh"):
                assert depth > 0, (operands, operator)


def test_it_embeds_every_font_as_a_subset(decision):
    fonts = [font for page in decision.pages for font in page.resources.Font.values()]

    assert fonts
    for font in fonts:
        assert "/ToUnicode" in font
        (descendant,) = font.DescendantFonts
        assert "/FontFile2" in descendant.FontDescriptor
        assert "Noto" in str(font.BaseFont)
        assert str(font.BaseFont)[7] == "+"


def test_its_pages_are_a4(decision):
    for page in decision.pages:
        assert [round(float(x) / 72 * 25.4) for x in page.mediabox] == [0, 0, 210, 297]


def test_its_fonts_hold_what_is_drawn_and_nothing_else(decision):
    files = [each for each in decision.objects if isinstance(each, pikepdf.Stream) and "/Length1" in each]

    assert files
    for file in files:
        font = TTFont(io.BytesIO(file.read_bytes()))
        assert int(file.Length1) == len(file.read_bytes())
        assert set(font.keys()) <= {
            "GlyphOrder",
            "glyf",
            "head",
            "hhea",
            "hmtx",
            "loca",
            "maxp",
            "cvt ",
            "fpgm",
            "prep",
        }


def test_the_same_facts_give_the_same_bytes_in_another_process(printed):
    facts = samples.a_decision(NoticeLanguage.TRADITIONAL)
    another = Press()
    another.start()
    try:
        assert another.render(NoticeFacts.from_json(facts.to_json())) == printed(facts)
    finally:
        another.stop()


def test_no_notice_starts_a_process_of_its_own():
    """How long a notice takes is measured by the benchmark; here, that it is printed by copies that are there."""
    own = Press()
    own.start()
    try:
        own.render(samples.a_closing())
        before = copies_of(own)
        for _ in range(3):
            own.render(samples.a_closing())

        assert len(before) == COPIES
        assert copies_of(own) == before
    finally:
        own.stop()


def copies_of(press) -> set[str]:
    number = press._process.pid
    return set(Path(f"/proc/{number}/task/{number}/children").read_text().split())


def elements(pdf: pikepdf.Pdf):
    """Yield (tag, element) over the whole structure, in reading order."""
    waiting = [pdf.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, pikepdf.Array):
            waiting[:0] = list(item)
        elif isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield str(item.S)[1:], item
            if "/K" in item:
                waiting.insert(0, item.K)
