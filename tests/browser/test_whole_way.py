"""The main job, end to end, on everybody's own screens: from a complaint on a telephone to a notice anyone can verify.

`make journey` keeps the pictures and papers; `make test` only drives the longest way.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.ids import CASE_NUMBER
from tests.browser import people as acts
from tests.browser import proof
from tests.browser.complaints import (
    SHOP,
    WAGES,
    a_late_parcel,
    a_refused_return,
    fruit_not_wanted,
    photo,
    the_wrong_tea,
)
from tests.browser.people import People, step
from tests.browser.screens import Album
from tests.jobs.running import System
from tests.jobs.waiting import eventually

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("running system")]
START_WITHIN_S = 150.0  # with the demo, on a busy machine
PRINTED_WITHIN_S = 300.0  # the demo's notices are printed before


@pytest.fixture(scope="module")
def system(tmp_path_factory):
    """The system as `make run` starts it, with its demo, on a free port."""
    running = System(tmp_path_factory.mktemp("journey"), demo=True)
    try:
        assert eventually(lambda: "Heng is ready" in running.log, START_WITHIN_S), running.log
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="module")
def album(request):
    folder = request.config.getoption("--journey")
    return Album(Path(folder) if folder else None)


@pytest.fixture(scope="module")
def people(chromium, system, album):
    everybody = People(chromium, system.url, system.data_dir / "demo-accounts.json", album)
    yield everybody
    everybody.close()


def test_a_refused_return_is_decided_published_and_made_good(people, album, system, tmp_path):
    consumer = people.visitor("consumer", phone=True)
    photos = [photo("吊牌未剪.jpg", "吊牌未剪", "#9b6b4f"), photo("包装袋.jpg", "包装袋完好", "#7c8a92")]
    number, link = acts.file_on_the_web(consumer, a_refused_return(), photos)
    consumer.open(link, "tracking")

    _the_desk_takes_it_up(people, number)
    _the_shop_refuses(people, number)
    _an_offer_is_made_and_declined(people, number, link)
    _the_committee_decides(people, number)
    register_number = _it_is_published(people, number, album)
    _anyone_can_check_it(people, register_number, tmp_path)
    _it_is_made_good(people, number, link)

    consumer.open(f"/zh-hans/decisions/{register_number}")


def _the_desk_takes_it_up(people, number):
    lead = people.signed_in("lead")
    lead.open("/desk?v=unassigned", "queue")
    lead.open(f"/desk/cases/{number}", "case")
    step(lead, number, "emergency", "emergency", note="已请商家暂缓关闭订单。")
    step(lead, number, "classify", "classify", reason="服装，收货七日内申请，商品完好。")
    lead.open(f"/desk/cases/{number}/ask", "ask")  # its triage was sure, so the shop was asked at once
    lead.open(f"/desk/cases/{number}/transfer").page.locator("[name=person]").select_option(label="陈知微")
    lead.shot("transfer").send()
    mediator = people.signed_in("mediator", 0)
    mediator.open("/desk", "my-queue")
    body = "林女士，您好。您的投诉由我跟进，商家须在两天内答复。吊牌和包装请继续留着。"
    step(mediator, number, "reply", "reply", body=body)
    step(lead, number, "emergency-end", "emergency-end", done="商家确认订单保留，不再关闭。")
    mediator.open(f"/desk/cases/{number}?tab=rules", "findings")


def _the_shop_refuses(people, number):
    shop = people.signed_in("respondent", organisation=SHOP)
    shop.open("/r", "list").open(f"/r/cases/{number}", "case")
    shop.open(f"/r/cases/{number}/respond", "respond")
    shop.fill(position="refuse", clause="2.1.6.1", text="特价款已在直播间说明不退不换，且已超过销售季。")
    shop.shot("respond-filled").send("answered")


def _an_offer_is_made_and_declined(people, number, link):
    mediator, consumer = people.signed_in("mediator", 0), people.visitor("consumer")
    step(
        mediator, number, "offer", "offer", clause="2.1.6.1", terms__0__kind="refund", terms__0__amount="320.00",
        terms__0__days="5", note="双方各让一步。",
    )  # fmt: skip
    consumer.open(link, "offer-on-the-table")
    consumer.open(f"{link}/offer/1", "offer")
    consumer.send("verify", button="main form button[value=decline]")
    acts.prove_it_is_them(consumer, people.signed_in("operator"), number, "prove")
    consumer.shot("decline")
    if consumer.page.locator("main [name=reason]").count() == 0:
        consumer.open(f"{link}/offer/1").send(button="main form button[value=decline]")
    consumer.fill(reason="商品完好，理应全额退款。").send("declined")
    summary = (
        "收货七日内申请无理由退货，商品与包装完好；商家称特价款不退不换，商品页没有载明。争点：拒绝退货是否有理由。"
    )
    step(mediator, number, "refer", "refer", summary=summary)


def _the_committee_decides(people, number):
    seats = acts.seated(people, number)
    assert len(seats) == 3
    for n, (role, index) in enumerate(seats):
        judge = people.signed_in(role, index)
        judge.shot("docket" if n == 0 else None)
        acts.declare(judge, number, "interests" if n == 0 else None)
        judge.open(f"/committee/{number}", "dossier" if n == 0 else None)
    for n, (role, index) in enumerate(seats):
        reason = "服装不属于可以排除的商品，商品页也没有载明不退不换，拒绝没有理由。"
        acts.vote(people.signed_in(role, index), number, "uphold", reason, "vote" if n == 0 else None)
    secretary = people.signed_in("secretary")
    secretary.open("/committee", "docket").open(f"/committee/{number}/result", "result")
    secretary.open(f"/committee/{number}/notice", "draft-begun")
    secretary.fill(
        facts="消费者收货第二天申请无理由退货，商品完好。\n商品页没有载明不退不换。",
        reasons="特价不是拒收退件的理由，页面上并未另行写明，依第 2.1.6.1 条由被投诉方负责。",
        terms__0__kind="refund", terms__0__amount="399.00", terms__0__days="7", terms__0__note="商家承担退货运费",
    ).shot("draft").send("drafted")  # fmt: skip
    chair = people.signed_in(*seats[0])
    chair.open(f"/committee/{number}/sign", "sign")
    chair.fill(statements=["dossier_read", "matches_vote", "no_interest", "names_nobody"])
    chair.fill(password=people.account(*seats[0])["password"]).send(
        "signed", button="main form[action$='/sign'] button"
    )


def _it_is_published(people, number, album):
    secretary = people.signed_in("secretary")
    secretary.open(f"/outcomes/{number}", "leak-check").send("published")
    register_number = _register_number(secretary)
    _printed(people, register_number, album)
    for tag in ("zh-Hans", "zh-Hant", "en"):
        path = f"/outcomes/{number}/{register_number}/{tag}.pdf"
        album.keep(f"{register_number}-parties-{tag}.pdf", _once_ready(secretary, path))
    secretary.open(f"/outcomes/{number}", "printed")
    code = secretary.page.locator("main .code").first.inner_text()
    reader = people.visitor("reader")
    reader.open("/zh-hans/decisions", "register").open(f"/zh-hans/decisions/{register_number}", "decision")
    reader.open(f"/v/{code}", "verified")
    people.visitor("reader-phone", phone=True).open(f"/en/decisions/{register_number}", "decision-en")
    return register_number


def _printed(people, register_number, album):
    """Keep the public notice in each language."""
    reader = people.visitor("reader")
    for segment in ("zh-hans", "zh-hant", "en"):
        content = _once_ready(reader, f"/{segment}/decisions/{register_number}.pdf")
        assert content.startswith(b"%PDF")
        album.keep(f"{register_number}-public-{segment}.pdf", content)
    album.keep(f"{register_number}.zip", _once_ready(reader, f"/en/decisions/{register_number}.zip"))


def _anyone_can_check_it(people, register_number, folder):
    """Package and notice hold offline, and do not with one byte changed in a file, a vote, a clock or the draw."""
    reader = people.visitor("reader")
    package, notice = folder / f"{register_number}.zip", folder / "notice.pdf"
    package.write_bytes(_once_ready(reader, f"/en/decisions/{register_number}.zip"))
    notice.write_bytes(reader.fetch(f"/zh-hans/decisions/{register_number}.pdf"))
    lines = [*proof.shown(package), *proof.shown_of(notice)]
    assert len(lines) == 1 + 3 + 3 + 2
    assert [line for right, line in lines if not right] == []


def _once_ready(reader, path):
    """Return the file at `path` as soon as a worker printed it, and the notary signed what proves it."""
    got = []

    def there():
        answer = reader.window.request.get(path)
        got[:] = [answer.body()] if answer.ok else []
        return got

    assert eventually(there, PRINTED_WITHIN_S), path
    return got[0]


def _it_is_made_good(people, number, link):
    shop = people.signed_in("respondent", organisation=SHOP)
    shop.open(f"/r/cases/{number}/fulfil", "fulfil")
    shop.fill(proof="已退款 399 元至原支付账户，流水号 QC-TK-9001。").send("fulfilled")
    consumer = people.visitor("consumer")
    consumer.open(f"{link}/fulfil").fill(done_1="yes").shot("fulfil").send("closed")
    consumer.open(f"{link}/rate").fill(solved="5", fair="5", effort="4", comment="写得明白，办得也快。")
    consumer.shot("rate").send("rated")
    consumer.open(link, "tracking-at-the-end")


# --- shorter ways ----------------------------------------------------------------------------------------------------


def test_what_the_shop_agrees_to_is_settled_in_answering(people, album):
    shop_name = "森日生活選物"
    number, link = acts.hand_in(people, the_wrong_tea(shop_name))
    acts.sort(people, number, "product_info_error", shop_name)
    shop = people.signed_in("respondent", organisation=shop_name)
    shop.open(f"/r/cases/{number}/respond").fill(position="agree", text="寄錯商品，抱歉，全額退款。")
    shop.shot("agree").send("agreed")
    consumer = people.visitor("consumer-hant", phone=True)
    _accept(people, consumer, number, link, 1)
    assert consumer.open(link, "settled").page.locator("main").inner_text()
    _publish_settlement(people, number, album)


def test_what_both_accept_is_settled_in_mediation(people, album):
    carrier = "Northgate Parcel"
    number, link = acts.hand_in(people, a_late_parcel(carrier))
    acts.sort(people, number, "logistics_info_error", carrier)
    respondent = people.signed_in("respondent", organisation=carrier)
    respondent.open(f"/r/cases/{number}/respond")
    respondent.fill(position="refuse", clause="2.1.4.1", text="Delivery times are estimates.").send("refused")
    term = {"kind": "partial_refund", "amount": {"amount_minor": 15_000, "currency": "CNY"}, "days": 5}
    acts.act(
        people, number, "propose", people.account("mediator", 2), terms=[term], clause="2.1.4.1", note="A middle way."
    )
    respondent.open(f"/r/cases/{number}/offer/1", "offer")
    respondent.send("offer-check", button="main form button[value=accept]").send("offer-accepted")
    consumer = people.visitor("consumer-en", phone=True)
    _accept(people, consumer, number, link, 1)
    _publish_settlement(people, number, album)


def _accept(people, consumer, number, link, n):
    consumer.open(f"{link}/offer/{n}", "offer").send(button="main form button[value=accept]")
    acts.prove_it_is_them(consumer, people.signed_in("operator"), number)
    consumer.shot("accept").send("accepted")


def _publish_settlement(people, number, album):
    lead = people.signed_in("lead")
    lead.open(f"/outcomes/{number}", "settlement").send("settlement-published")
    _printed(people, _register_number(lead), album)


def _register_number(staff):
    """The number under which the outcome that is shown stands in the public register."""
    return (
        staff.page.locator("main a[href*='/decisions/']:not([href*='.pdf'])").first.get_attribute("href").split("/")[-1]
    )


def test_a_claim_without_ground_is_decided_for_the_shop(people, album):
    shop_name = "青禾生鲜"
    number, link = acts.hand_in(people, fruit_not_wanted(shop_name))
    acts.sort(people, number, "return_refusal", shop_name)
    shop = people.account("respondent", organisation=shop_name)
    acts.act(
        people,
        number,
        "answer",
        shop,
        position="refuse",
        clause="2.1.6.1",
        text="生鲜商品，页面已注明不支持无理由退货。",
    )
    acts.act(
        people,
        number,
        "refer",
        people.account("lead"),
        summary="生鲜水果，消费者不主张质量问题。争点：能否无理由退货。",
    )
    seats = acts.seated(people, number)
    for role, n in seats:
        acts.declare(people.signed_in(role, n), number)
    for role, n in seats:
        acts.vote(people.signed_in(role, n), number, "reject", "生鲜属于规则列明的例外。")
    acts.act(
        people, number, "draft_decision", people.account("secretary"), outcome="for_respondent", clauses=["2.1.6.1"],
        facts_found=["商品为生鲜水果，没有质量问题。"], reasons="生鲜不适用七天无理由退货，拒绝符合规则。", terms=[],
    )  # fmt: skip
    chair = people.account(*seats[0])
    said = ["dossier_read", "matches_vote", "no_interest", "names_nobody"]
    acts.act(people, number, "sign_decision", chair, statements=said, password=chair["password"])
    secretary = people.signed_in("secretary")
    secretary.open(f"/outcomes/{number}").send("nothing-owed")
    _printed(people, _register_number(secretary), album)
    people.visitor("consumer-lost", phone=True).open(link, "decided-for-the-shop")


def test_what_is_no_purchase_is_taken_by_telephone_and_closed(people):
    operator = people.signed_in("operator")
    operator.open("/desk/phone", "call").fill(name="马师傅", story=WAGES, danger="no")
    operator.page.locator("main form:has([name=story]) [name=phone]").fill("138 0013 8098")
    operator.shot("call-filled").send("read-back", button="main form:has([name=story]) button[type=submit]")
    number = CASE_NUMBER.search(operator.page.locator("main").inner_text())[0]
    lead = people.signed_in("lead")
    explanation = "您反映的是劳动报酬问题，不是网络购物争议。请带上排班和工资记录，向当地劳动监察部门投诉，电话 12333。"
    step(lead, number, "close", "close", reason="out_of_scope", explanation=explanation)
    assert "已结案" in lead.page.locator("main").inner_text()
