"""Facts of notices for the tests: one decision in each language, and one of every other kind."""

from datetime import UTC, datetime

from app.notices.facts import (
    Ballot,
    ClockAccount,
    ClockOutcome,
    NoticeFacts,
    NoticeKind,
    NoticeLanguage,
    Promise,
    Remedy,
    Rule,
    VoteCount,
    WarningSent,
)

ISSUED_AT = datetime(2026, 8, 27, 7, 20, tzinfo=UTC)
RECEIVED_AT = datetime(2026, 8, 20, 3, 32, tzinfo=UTC)
DUE_AT = datetime(2026, 9, 3, 16, 0, tzinfo=UTC)  # the end of 3 September in Shanghai
_VERIFY = {"verification_code": "7F3K-92QD-M1XA", "verify_url": "https://heng.example/v/7F3K-92QD-M1XA"}

_DECISIONS = {
    NoticeLanguage.SIMPLIFIED: {
        "organ": "衡网络消费争议处理中心",
        "seal_label": "裁决专用章",
        "title": "关于商品外观瑕疵退货争议的\n裁决书",
        "number": "衡裁〔2026〕12号",
        "addressees": ("林某某", "云栖数码旗舰店"),
        "complainant": "林某某",
        "respondent": "云栖数码旗舰店",
        "anomaly": "无理拒绝退换货",
        "facts_found": (
            "林某某于2026年8月15日购买手机一台，价款3,299.00元，8月18日11时32分签收。签收后15分钟内拍摄的照片显示右上角"
            "有两道划痕。8月19日林某某申请退货，云栖数码旗舰店以“拆封不退”为由拒绝。",
            "云栖数码旗舰店未提交发货时外观完好的证据。",
        ),
        "rules": (
            Rule(clause="2.1.5.5", text="在验货期内发现质量问题的，消费者有权退货或者换货。"),
            Rule(clause="2.1.6.4", text="退货、换货的运费由商家承担。"),
        ),
        "outcome": ("林某某的请求成立。云栖数码旗舰店应当履行下列事项。",),
        "remedies": (
            Remedy(text="接受退货，退还货款", party="云栖数码旗舰店", amount_minor=329900, due_at=DUE_AT),
            Remedy(text="承担退货运费", party="云栖数码旗舰店", amount_minor=1800, due_at=DUE_AT),
        ),
        "ballots": (
            Ballot(
                seats=5,
                voted=5,
                recused=1,
                counts=(
                    VoteCount(choice="同意", count=4, reason="举证责任在商家，证据链完整。"),
                    VoteCount(choice="不同意", count=1, reason="建议部分退款，理由附卷。"),
                ),
            ),
        ),
        "notes": ("任何一方不服本裁决，可以在2026年9月3日以前扫描文末二维码申请复核。逾期未申请的，本裁决生效。",),
        "copies_to": ("平台治理部",),
    },
    NoticeLanguage.TRADITIONAL: {
        "organ": "衡網路消費爭議處理中心",
        "seal_label": "裁決專用章",
        "title": "關於商品外觀瑕疵退貨爭議的\n裁決書",
        "number": "衡裁〔2026〕12號",
        "addressees": ("林○○", "雲棲數位旗艦店"),
        "complainant": "林○○",
        "respondent": "雲棲數位旗艦店",
        "anomaly": "無理拒絕退換貨",
        "facts_found": (
            "林○○於2026年8月15日購買手機一支，價款3,299.00元，8月18日11時32分簽收。簽收後15分鐘內拍攝的照片顯示右上角"
            "有兩道刮痕。8月19日林○○申請退貨，雲棲數位旗艦店以「拆封不退」為由拒絕。",
            "雲棲數位旗艦店未提出出貨時外觀完好的證據。",
        ),
        "rules": (
            Rule(clause="2.1.5.5", text="在驗貨期內發現品質問題者，消費者得退貨或換貨。"),
            Rule(clause="2.1.6.4", text="退貨、換貨的運費由商家負擔。"),
        ),
        "outcome": ("林○○的請求成立。雲棲數位旗艦店應履行下列事項。",),
        "remedies": (
            Remedy(text="接受退貨，退還貨款", party="雲棲數位旗艦店", amount_minor=329900, due_at=DUE_AT),
            Remedy(text="負擔退貨運費", party="雲棲數位旗艦店", amount_minor=1800, due_at=DUE_AT),
        ),
        "ballots": (
            Ballot(
                seats=5,
                voted=5,
                recused=1,
                counts=(
                    VoteCount(choice="同意", count=4, reason="舉證責任在商家，證據完整。"),
                    VoteCount(choice="不同意", count=1, reason="建議部分退款，理由附卷。"),
                ),
            ),
        ),
        "notes": ("任何一方不服本裁決，得於2026年9月3日以前掃描文末二維碼申請覆核。逾期未申請者，本裁決生效。",),
        "copies_to": ("平台治理部",),
    },
    NoticeLanguage.ENGLISH: {
        "organ": "Heng Centre for Online Consumer Disputes",
        "seal_label": "Decisions",
        "title": "Decision on a return refused\nfor goods with scratches",
        "number": "HD [2026] 12",
        "addressees": ("Mr L.", "Yunqi Digital Store"),
        "complainant": "Mr L.",
        "respondent": "Yunqi Digital Store",
        "anomaly": "return refused without good reason",
        "facts_found": (
            "Mr L. bought a phone on 15 August 2026 for CNY 3,299.00 and signed for it on 18 August at 11:32. "
            "Photographs taken within 15 minutes show two scratches in the upper right corner. On 19 August he asked "
            "to return it; the store refused because the seal of the box was broken.",
            "The store showed no evidence that the phone was sound when it was sent.",
        ),
        "rules": (
            Rule(
                clause="2.1.5.5",
                text="A quality problem found in the time for inspection entitles to return or exchange.",
            ),
            Rule(clause="2.1.6.4", text="The merchant bears the freight of returns and exchanges."),
        ),
        "outcome": ("The request of Mr L. is upheld. Yunqi Digital Store has to do the following.",),
        "remedies": (
            Remedy(
                text="accept the return and refund the price",
                party="Yunqi Digital Store",
                amount_minor=329900,
                due_at=DUE_AT,
            ),
            Remedy(
                text="bear the freight of the return", party="Yunqi Digital Store", amount_minor=1800, due_at=DUE_AT
            ),
        ),
        "ballots": (
            Ballot(
                seats=5,
                voted=5,
                recused=1,
                counts=(
                    VoteCount(
                        choice="For", count=4, reason="The store has to prove that the goods were sound; it did not."
                    ),
                    VoteCount(choice="Against", count=1, reason="Would refund a part only; the reasons are on file."),
                ),
            ),
        ),
        "notes": (
            "Either side may ask for a review until 3 September 2026, by the code below. Then the decision stands.",
        ),
        "copies_to": ("Platform governance",),
    },
}


def a_decision(language: NoticeLanguage = NoticeLanguage.SIMPLIFIED, **changes: object) -> NoticeFacts:
    """Return the facts of a legal decision; name only what the test is about."""
    fields = {
        "kind": NoticeKind.DECISION,
        "language": language,
        "case_number": "H2026-000123-7",
        "issued_at": ISSUED_AT,
        "received_at": RECEIVED_AT,
        **_VERIFY,
        **_DECISIONS[language],
    }
    return NoticeFacts(**(fields | changes))


def an_acknowledgement(language: NoticeLanguage = NoticeLanguage.SIMPLIFIED, **changes: object) -> NoticeFacts:
    what = {
        NoticeLanguage.SIMPLIFIED: ("投诉受理回执", "值班人员启动应急处理", "第一次人工答复", "处理完毕", "受理专用章"),
        NoticeLanguage.TRADITIONAL: (
            "投訴收件回執",
            "值班人員啟動應急處理",
            "第一次人工回覆",
            "處理完畢",
            "收件專用章",
        ),
        NoticeLanguage.ENGLISH: (
            "Receipt for your complaint",
            "Emergency handling begins",
            "First reply by a person",
            "Case resolved",
            "Receipts",
        ),
    }[language]
    promises = tuple(
        Promise(what=text, due_at=datetime(2026, 8, day, hour, 32, tzinfo=UTC), clause=clause)
        for text, day, hour, clause in zip(
            what[1:4], (20, 21, 27), (5, 3, 3), ("2.2.3.2", "2.1.7.1", "2.2.4.3"), strict=True
        )
    )
    fields = {
        "kind": NoticeKind.ACKNOWLEDGEMENT,
        "title": what[0],
        "seal_label": what[4],
        "promises": promises,
        "number": "",
        "verification_code": "",
        "verify_url": "",
        "outcome": (),
        "tracking_url": "https://heng.example/zh-hans/c/kV3mZ0sQ9bT7xW2nR5yL8p",
        "copies_to": (),
        "addressees": _DECISIONS[language]["addressees"][:1],
    }
    return a_decision(language, **(fields | changes))


RECEIPT_WORDS = {
    NoticeLanguage.SIMPLIFIED: (
        "时限回执",
        "应急处理启动",
        "收到异常报告",
        "2小时以内",
        "一半",
        "值班负责人",
        "处理完毕",
        "收到投诉",
        "7日以内（168小时）",
    ),
    NoticeLanguage.TRADITIONAL: (
        "時限回執",
        "啟動應急處理",
        "收到異常通報",
        "2小時以內",
        "一半",
        "值班負責人",
        "處理完畢",
        "收到投訴",
        "7日以內（168小時）",
    ),
    NoticeLanguage.ENGLISH: (
        "Deadline receipt",
        "Start of emergency handling",
        "anomaly reported",
        "within 2 hours",
        "half",
        "the duty lead",
        "Resolution",
        "complaint received",
        "within 7 days (168 hours)",
    ),
}


def a_deadline_receipt(language: NoticeLanguage = NoticeLanguage.SIMPLIFIED, **changes: object) -> NoticeFacts:
    words = RECEIPT_WORDS[language]
    emergency = ClockAccount(
        name=words[1],
        clause="2.2.3.2",
        figure=words[3],
        started_at=RECEIVED_AT,
        started_because=words[2],
        due_at=RECEIVED_AT.replace(hour=5),
        warnings=(WarningSent(sent_at=RECEIVED_AT.replace(hour=4), share=words[4], told=words[5]),),
        outcome=ClockOutcome.MET,
        ended_at=RECEIVED_AT.replace(hour=4, minute=51),
    )
    resolution = ClockAccount(
        name=words[6],
        clause="2.2.4.3",
        figure=words[8],
        started_at=RECEIVED_AT,
        started_because=words[7],
        due_at=RECEIVED_AT.replace(day=27),
        outcome=ClockOutcome.BROKEN,
    )
    fields = {
        "kind": NoticeKind.DEADLINE_RECEIPT,
        "title": words[0],
        "number": "",
        "copies_to": (),
        "clocks": (emergency, resolution),
    }
    return a_decision(language, **(fields | changes))


def a_settlement(language: NoticeLanguage = NoticeLanguage.SIMPLIFIED, **changes: object) -> NoticeFacts:
    title = {
        NoticeLanguage.SIMPLIFIED: "关于退货争议的和解书",
        NoticeLanguage.TRADITIONAL: "關於退貨爭議的和解書",
        NoticeLanguage.ENGLISH: "Notice of settlement of a dispute about a return",
    }[language]
    fields = {
        "kind": NoticeKind.SETTLEMENT,
        "title": title,
        "outcome": (),
        "facts_found": (),
        "ballots": (),
        "notes": (),
    }
    return a_decision(language, **(fields | changes))


def a_closing(language: NoticeLanguage = NoticeLanguage.SIMPLIFIED, **changes: object) -> NoticeFacts:
    title, why, following = {
        NoticeLanguage.SIMPLIFIED: (
            "结案通知书",
            "所述事项不属于购物流程规则的适用范围。",
            "可以在2026年9月3日以前申请复核。",
        ),
        NoticeLanguage.TRADITIONAL: (
            "結案通知書",
            "所述事項不屬於購物流程規則的適用範圍。",
            "得於2026年9月3日以前申請覆核。",
        ),
        NoticeLanguage.ENGLISH: (
            "Notice that the case is closed",
            "The matter lies outside the rules on shopping.",
            "You may ask for a review until 3 September 2026.",
        ),
    }[language]
    fields = {"kind": NoticeKind.CLOSING, "title": title, "outcome": (why,), "notes": (following,), "rules": ()}
    return a_decision(language, **(fields | changes))
