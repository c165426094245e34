"""300 synthetic cases through the leak gate: what was planted is found, and no published byte tells who a party is.

Text (the frozen facts, the data inside the files, the register, its API) of all of them; PDFs of every sixtieth.
"""

from __future__ import annotations

import io
import json
from random import Random

import pikepdf
import pypdfium2
import pytest
from sqlalchemy import select

from app.cases.queries import case_to_work
from app.core.db import session
from app.notices.commands import Publish, Resolve
from app.notices.gate import coarse, leaking, marks_of
from app.notices.inside import data_of
from app.notices.models import Edition, LeakResolution
from app.notices.service import waiting
from app.register.showing import entry_shown, row_shown
from tests.factories import a_case, an_organisation, saved
from tests.notices import synthetic
from tests.notices.cases import REFUND, a_decided_case, published
from tests.notices.test_text import squeezed
from workflows.procedure.errors import Invalid

CASES, PRINTED_EVERY = 300, 60


def publishing(case, **command):
    """Publish the case as it stands in the database now."""
    return saved(lambda: published(case_to_work(case.id), **command))


def a_leaky_case(party: synthetic.Party, sentences: list[str], random: Random):
    """A decided case in whose texts these sentences stand, somewhere between harmless ones."""
    facts = [*random.sample(synthetic.NEUTRAL, 2), *sentences[::2]]
    random.shuffle(facts)
    reasons = random.choice(synthetic.NEUTRAL) + "".join(sentences[1::2])
    changes = {
        "respondent": an_organisation(name=party.shop, email=f"x{random.randrange(10**9)}@shop.example"),
        "narrative": party.narrative, "title": party.narrative[:12], "amount_minor": party.amount_minor,
        "order_facts": {"id": party.order, "category": "apparel"},
    }  # fmt: skip
    case = a_decided_case(terms=(REFUND,), case_changes=changes, facts_found=facts, reasons=reasons)
    complainant = case.parties[0]
    complainant.name, complainant.phone, complainant.email = party.name, "+86" + party.phone, party.email
    return case


def found_in(case) -> str:
    [outcome] = waiting(case)
    return squeezed("\n".join(leak.text for each in leaking(outcome, marks_of(case)).values() for leak in each))


def published_bytes(entry) -> str:
    public = [notice for notice in entry.notices if notice.edition is Edition.PUBLIC]
    texts = [data_of(notice.facts).decode() for notice in public]
    shown = json.dumps([row_shown(entry), entry_shown(entry)], ensure_ascii=False)
    return squeezed("\n".join([*texts, entry.searched, shown]))


def test_what_is_planted_is_found_and_nothing_of_it_is_published(app, press):
    random = Random(20260901)
    planted = missed = 0
    told: list[str] = []
    with app.test_request_context("/"):
        for n in range(CASES):
            party = synthetic.a_party(random)
            leaks = list(synthetic.planted(party, random))
            case = saved(a_leaky_case, party, [sentence for sentence, _ in leaks], random)
            [outcome] = waiting(case)
            found = squeezed(
                "\n".join(leak.text for each in leaking(outcome, marks_of(case)).values() for leak in each)
            )
            planted += len(leaks)
            missed += sum(squeezed(leak) not in found for _, leak in leaks)
            with pytest.raises(Invalid, match="names_in_public_text"):
                publishing(case)

            entry = publishing(case, redact=True)

            text = published_bytes(entry)
            told += [token for token in party.tokens if squeezed(token) in text]
            if n % PRINTED_EVERY == 0:
                told += [token for token in party.tokens if squeezed(token) in printed_bytes(entry, press)]

    assert told == []
    assert planted > 900
    assert missed <= planted / 100, (missed, planted)


def printed_bytes(entry, press) -> str:
    """Return everything that can be read out of one public file: pages, properties, metadata, what is attached."""
    facts = next(notice.facts for notice in entry.notices if notice.edition is Edition.PUBLIC)
    pdf = press.render(facts)
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        properties = [str(value) for value in document.docinfo.values()]
        metadata = document.Root.Metadata.read_bytes().decode()
        attached = [file.get_file().read_bytes().decode() for file in document.attachments.values()]
    return squeezed("\n".join([*pages, *properties, metadata, *attached]))


# --- a person resolves each ---


def test_each_find_is_accepted_for_a_reason_or_replaced_and_that_is_kept(app):
    case = saved(a_decided_case, facts_found=["林小雨买了外套。"], reasons="电话13800138000无人接听。")
    accepted = Resolve(text="13800138000", accept="这是公开的客服电话。")

    with pytest.raises(Invalid) as refused:
        publishing(case, resolutions=[accepted])
    entry = publishing(case, resolutions=[accepted, Resolve(text="林小雨", instead="投诉人")])

    assert refused.value.fields["words"] == "林小雨"
    facts = next(n.facts for n in entry.notices if (n.edition, n.language) == (Edition.PUBLIC, "zh-Hans"))
    assert (facts.facts_found, facts.reasons) == (("投诉人买了外套。",), ("电话13800138000无人接听。",))
    kept = {each.found: (each.accepted_because, each.instead) for each in session().scalars(select(LeakResolution))}
    assert kept == {"13800138000": ("这是公开的客服电话。", None), "林小雨": (None, "投诉人")}


def test_what_is_put_in_the_place_of_a_find_may_not_leak_either(app):
    case = saved(a_decided_case, facts_found=["林小雨买了外套。"])

    with pytest.raises(Invalid, match="names_in_public_text"):
        publishing(case, resolutions=[Resolve(text="林小雨", instead="林女士")])


@pytest.mark.parametrize(("name", "everyday"), [("商家旗舰店", ""), ("消费者", "消费者"), ("退货", "退货")])
def test_a_party_whose_name_is_an_everyday_word_is_published_once_a_person_said_which_is_which(app, name, everyday):
    shop = saved(an_organisation, name=name)
    sentence = "消费者七日内要求退货，商家没有同意。"
    case = saved(a_decided_case, facts_found=[sentence, f"{name}没有答复。"], case_changes={"respondent": shop})

    with pytest.raises(Invalid) as refused:
        publishing(case)
    accepted = [Resolve(text=everyday, accept="这是日常用语，不指任何一方。")] if everyday else []
    entry = publishing(case, resolutions=accepted, redact=True)

    assert name in refused.value.fields["words"].split("、")
    facts = next(n.facts for n in entry.notices if (n.edition, n.language) == (Edition.PUBLIC, "zh-Hans"))
    assert facts.facts_found[0] == sentence
    assert "商家旗舰店" not in facts.facts_found[1]


def test_a_copy_of_the_partys_own_words_stops_publication(app):
    story = "外婆在夜市上看中了这只翡翠镯子"
    case = saved(a_decided_case, reasons="消费者称在夜市上看中了这只翡翠镯子。", case_changes={"narrative": story})

    with pytest.raises(Invalid) as refused:
        publishing(case)

    assert refused.value.fields["words"] == "在夜市上看中了这只翡翠镯子"


# --- rare cases ---


@pytest.mark.parametrize(("others", "category", "band"), [(0, None, None), (3, None, None), (4, "apparel", "to_500")])
def test_what_fewer_than_five_cases_share_is_not_told(app, others, category, band):
    for _ in range(others):
        saved(a_case, order_facts={"category": "apparel"})
    case = saved(a_decided_case)
    [outcome] = waiting(case)

    told = coarse(case, outcome)

    assert (told.category, told.amount_band) == (category, band)
    entry = publishing(case)
    assert (entry.category, entry.amount_band) == (category, band or "withheld")


def test_the_kind_of_goods_is_left_out_before_the_sum(app):
    for _ in range(4):
        saved(a_case, order_facts={"category": "food"})
    case = saved(a_decided_case)

    told = coarse(case, waiting(case)[0])

    assert (told.category, told.amount_band) == (None, "to_500")


def test_the_public_reads_no_sum_to_the_cent_no_number_and_no_day_of_the_case(app):
    case = saved(a_decided_case)
    entry = publishing(case)

    for notice in entry.notices:
        if notice.edition is Edition.PUBLIC:
            facts = notice.facts
            assert (facts.case_number, facts.received_at, facts.addressees) == ("", None, ())
            assert all(remedy.amount_minor is None for remedy in facts.remedies)
            assert case.number not in notice.frozen
    assert Publish().redact is False
