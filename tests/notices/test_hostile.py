"""Whatever stands in a field is text on paper: it fetches and runs nothing. A notice that runs away is stopped."""

import dataclasses
import socket
import subprocess
import sys
import threading
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.notices import document
from app.notices.facts import NoticeFacts, NoticeKind, NoticeLanguage
from app.notices.render import ROOT, Press, RenderFailed
from app.notices.telling import Story
from app.notices.telling_dossier import _table
from tests.conftest import NOON
from tests.factories import a_case, an_act, saved
from tests.jobs.waiting import eventually, runs
from tests.notices import samples
from tests.notices.test_text import squeezed, text_of


@pytest.fixture(scope="module")
def canary():
    """A web server that nobody may call; yields (address, calls)."""
    calls: list[str] = []

    class Canary(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Canary) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", calls
        server.shutdown()


def with_text_everywhere(facts: NoticeFacts, text: str) -> NoticeFacts:
    """Return the facts with `text` added to every text in them."""

    def spoil(value):
        if isinstance(value, tuple):
            return tuple(spoil(item) for item in value)
        if dataclasses.is_dataclass(value):
            return dataclasses.replace(
                value, **{f.name: spoil(getattr(value, f.name)) for f in dataclasses.fields(value)}
            )
        return value + text if type(value) is str and value else value

    kept = {"time_zone", "kind", "language"}
    changes = {f.name: spoil(getattr(facts, f.name)) for f in dataclasses.fields(facts) if f.name not in kept}
    changes["remedies"] = tuple(dataclasses.replace(remedy, currency="CNY") for remedy in changes["remedies"])
    return dataclasses.replace(facts, **changes)


@pytest.mark.parametrize(
    "payload",
    [
        '<img src="{at}/a"><iframe src="{at}/b"></iframe><script src="{at}/c"></script>',
        '<link rel="stylesheet" href="{at}/d"><style>@import url({at}/e);</style>',
        "\"); }} * {{ background: url('{at}/f') }} @import '{at}/g';",
        "' style='background:url({at}/h)' data-foot='x",
        '<object data="file:///etc/passwd"></object><a rel="attachment" href="file:///etc/passwd">x</a>',
        "&lt;img src=x&gt; ]]> <!-- <svg><image href='{at}/i'/></svg>",
        "<table><tr><td colspan=1000000>{at}</td></tr></table>" + "<div>" * 40,
        "<svg><g id=a><use href='#a'/><use href='#a'/></g></svg><embed src='{at}/j'><font-face src='{at}/k'>",
        "{{{{ 7 * 7 }}}} {{% include '/etc/passwd' %}} {{organ}} {{0.__class__}} %s ${{x}}",
    ],
)
@pytest.mark.parametrize("sample", [samples.a_decision, samples.an_acknowledgement, samples.a_deadline_receipt])
def test_markup_in_any_field_is_printed_as_it_stands_and_fetches_nothing(printed, canary, payload, sample):
    address, calls = canary
    payload = payload.format(at=address)

    text = text_of(printed(with_text_everywhere(sample(), payload)))

    assert squeezed(payload) in squeezed(text)
    assert "root:" not in text
    assert calls == []


@pytest.mark.parametrize("language", NoticeLanguage)
@pytest.mark.parametrize(
    "text", ["A" * 4000, "漢" * 4000, "x " * 2000, "\u200b" * 4000, "https://example.org/" + "a/" * 900]
)
def test_very_long_text_is_broken_into_lines(printed, language, text):
    facts = samples.a_decision(language, facts_found=(text,), addressees=(text[:300],), complainant=text[:300])

    assert squeezed(text).replace("\u200b", "") in squeezed(text_of(printed(facts)))


def test_characters_that_turn_the_order_of_text_round_are_left_out(printed):
    facts = samples.a_decision(addressees=("林\u202e某\u2066某\x00\x1b",))

    assert "林某某：" in text_of(printed(facts))


def test_marks_piled_on_a_letter_are_printed_up_to_eight():
    page = document.html(samples.a_decision(addressees=("e" + "\u0301" * 100 + "x\u0302" * 9,)))

    assert "e" + "\u0301" * 8 + "x\u0302" * 9 in page
    assert "\u0301" * 9 not in page


def test_a_pictograph_that_no_font_has_becomes_a_geta_mark(printed):
    facts = samples.a_decision(addressees=("小美👩\u200d👧🌸旗舰店①",))

    assert "小美〓〓〓旗舰店①：" in text_of(printed(facts))


@pytest.mark.parametrize("name", ["محمد", "김철수", "สมชาย", "\U00030edd"])
def test_letters_that_no_font_has_refuse_the_notice_and_are_named(press, name):
    with pytest.raises(RenderFailed) as refused:
        press.render(samples.a_decision(addressees=(f"林某某{name}",)))

    assert refused.value.reason == "missing_glyphs"
    assert f"U+{ord(name[0]):04X}" in refused.value.detail


def test_a_broken_fact_is_an_error_with_its_reason(press):
    with pytest.raises(RenderFailed, match="Atlantis"):
        press.render(samples.a_decision(time_zone="Atlantis/Capital"))


@pytest.fixture
def small_press():
    presses = []

    def make(**limits: int) -> Press:
        presses.append(press := Press(**limits))
        press.start()
        return press

    yield make
    for press in presses:
        press.stop()


def test_a_notice_over_its_time_is_stopped_and_the_next_one_is_printed(small_press):
    press = small_press(cpu_s=1)
    endless = samples.a_decision(facts_found=tuple("长" * 2000 for _ in range(300)))

    with pytest.raises(RenderFailed) as stopped:
        press.render(endless)

    assert stopped.value.reason == "over_limit"
    assert press.render(samples.a_closing()).startswith(b"%PDF-")


def test_a_notice_over_its_memory_is_stopped(small_press):
    press = small_press(memory_bytes=200_000_000)

    with pytest.raises(RenderFailed) as stopped:
        press.render(samples.a_decision())

    assert stopped.value.reason == "over_limit"


def test_a_press_that_died_is_started_again(small_press):
    press = small_press()
    press._process.kill()
    press._process.wait()

    assert press.render(samples.a_closing()).startswith(b"%PDF-")


def test_a_press_of_which_only_the_copies_live_for_a_moment_is_not_asked_again(small_press):
    press = small_press()
    with socket.socket(socket.AF_UNIX) as last_copy:  # it holds the listener and takes nothing up any more
        died = press._socket_path
        press._process.kill()
        press._process.wait()
        Path(died).unlink()
        last_copy.bind(died)
        last_copy.listen()
        hanging_up = threading.Thread(target=lambda: last_copy.accept()[0].close())
        hanging_up.start()

        assert press.render(samples.a_closing()).startswith(b"%PDF-")
        hanging_up.join()


def test_facts_that_are_too_many_are_refused_at_once(press):
    with pytest.raises(RenderFailed):
        press.render(samples.a_decision(facts_found=("长" * 900_000,), issued_at=datetime(2026, 1, 1).astimezone()))


def test_a_case_with_five_thousand_entries_is_printed_within_the_limits(app, small_press):
    story = Story(saved(a_case), None, NOON, an_act().actor, NoticeLanguage.SIMPLIFIED)
    rows = [(f"2026-08-27 {n}", "消费者", "收到的杯子把手有裂痕，已经拍照。") for n in range(5_000)]
    tables = tuple(_table(story, key, ("when", "who", "what"), rows) for key in ("history", "messages"))
    press = small_press(cpu_s=10, memory_bytes=512_000_000)

    text = text_of(press.render(samples.a_closing(tables=tables, kind=NoticeKind.DOSSIER)))

    assert "2026-08-27 4999" in text
    assert squeezed("较早的4500项可在案件页面查阅") in squeezed(text)


def test_three_hundred_nested_elements_are_text(printed):
    deep = "<div>" * 300

    assert deep in squeezed(text_of(printed(samples.a_decision(facts_found=(deep,)))))


def test_a_worker_that_forks_shares_its_warm_press(press):
    fork = get_context("fork")
    answers = fork.Queue()
    workers = [fork.Process(target=lambda: answers.put(press.render(samples.a_closing()))) for _ in range(2)]
    for worker in workers:
        worker.start()

    assert [answers.get(timeout=60) for _ in workers] == [press.render(samples.a_closing())] * 2
    for worker in workers:
        worker.join()


def test_the_press_ends_with_the_process_that_started_it():
    code = (
        "import app.notices.render as r; r.warm_up(); print(r._press._process.pid, flush=True); import os; os._exit(9)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert eventually(lambda: not runs(int(done.stdout)))
