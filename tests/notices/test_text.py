"""What a reader, a search or a screen reader gets out of the file is what the notice says."""

import re
from pathlib import Path

import pypdfium2
import pytest

from app.notices.facts import NoticeLanguage
from tests.notices import samples

EXPECTED = Path(__file__).parent / "expected"
SAMPLES = {
    "decision": samples.a_decision,
    "settlement": samples.a_settlement,
    "closing": samples.a_closing,
    "acknowledgement": samples.an_acknowledgement,
    "deadline_receipt": samples.a_deadline_receipt,
}


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]
    finally:
        document.close()


def text_of(pdf: bytes) -> str:
    """The text of all pages without the last line of each, which is the foot."""
    return "\n".join(page.rpartition("\n")[0] for page in pages_of(pdf))


def squeezed(text: str) -> str:
    """Without spaces and line ends, which fall where the line happens to end; U+FFFE is a hyphen there."""
    return re.sub(r"\s", "", text.replace("\ufffe", "-"))


@pytest.mark.parametrize("language", NoticeLanguage)
@pytest.mark.parametrize("kind", SAMPLES)
def test_the_text_of_a_notice_comes_out_complete_and_in_order(printed, kind, language):
    expected = (EXPECTED / f"{kind}.{language}.txt").read_text(encoding="utf-8")

    text = text_of(printed(SAMPLES[kind](language)))

    assert squeezed(text) == squeezed(expected)


@pytest.mark.parametrize("language", NoticeLanguage)
def test_every_page_carries_its_number_and_the_verification_code(printed, language):
    pages = pages_of(printed(samples.a_decision(language)))

    for n, page in enumerate(pages, start=1):
        foot = page.rpartition("\n")[2]
        assert f"— {n} / {len(pages)} —" in foot
        assert "7F3K-92QD-M1XA" in foot


def test_a_rare_name_is_set_from_the_other_scripts_font(printed):
    facts = samples.a_decision(NoticeLanguage.TRADITIONAL, addressees=("刘䶮", "游錫堃", "陶喆", "Łukasz Жуков"))

    assert "刘䶮、游錫堃、陶喆、Łukasz Жуков" in text_of(printed(facts))


def test_chinese_lines_end_flush_with_the_edge_of_the_text(printed):
    page = pypdfium2.PdfDocument(printed(samples.a_decision()))[0].get_textpage()
    ends: dict[int, float] = {}
    for i in range(page.count_chars()):
        _, bottom, right, _ = page.get_charbox(i, loose=True)
        if page.get_text_range(i, 1).strip() and 200 < bottom < 520:
            ends[round(bottom / 5)] = max(ends.get(round(bottom / 5), 0), right)

    edge = 184 / 25.4 * 72
    full = [right for right in ends.values() if right > edge - 20]

    assert len(full) >= 6
    assert all(abs(right - edge) < 1 for right in full), full
