"""What is new in a message is told apart from quotes and signatures, as programs write them; nothing is lost."""

import pytest

from app.post.folding import fold

SAID = "退款还没有收到。\n请尽快处理。"
OLDER = "您好，\n已经收到您的投诉。"
MARKED = "> 您好，\n> 已经收到您的投诉。"

QUOTES = {
    "Gmail, English": f"On Tue, 1 Sep 2026 at 12:00, Desk <desk@desk.test> wrote:\n\n{MARKED}",
    "Gmail, wrapped": f"On Tue, 1 Sep 2026 at 12:00, Online Consumer Dispute\n<desk@desk.test> wrote:\n{MARKED}",
    "Gmail, simplified": f"Desk <desk@desk.test> 于2026年9月1日周二 12:00写道：\n\n{MARKED}",
    "Gmail, traditional": f"Desk <desk@desk.test> 於 2026年9月1日 週二 下午12:00寫道：\n\n{MARKED}",
    "iPhone, simplified": f"在 2026年9月1日，下午12:00，Desk <desk@desk.test> 写道：\n\n{MARKED}",
    "iPhone, traditional": f"Desk <desk@desk.test> 於 2026年9月1日 下午12:00 寫道：\n\n{MARKED}",
    "iPhone, English": f"On 1 Sep 2026, at 12:00, Desk <desk@desk.test> wrote:\n\n{MARKED}",
    "QQ": f"------------------ 原始邮件 ------------------\n发件人: \"desk\"<desk@desk.test>;\n"
          f"发送时间: 2026年9月1日(星期二) 中午12:00\n收件人: \"林\"<lin@example.test>;\n主题: 已收到\n\n{OLDER}",
    "163": f"在 2026-09-01 12:00:00，\"desk\" <desk@desk.test> 写道：\n{OLDER}",
    "163, forwarded head": f"---- 回复的原邮件 ----\n发件人\tdesk@desk.test\n日期\t2026年09月01日\n{OLDER}",
    "Outlook, English": f"________________\nFrom: Desk <desk@desk.test>\nSent: Tuesday, September 1, 2026\n"
                        f"To: Lin <lin@example.test>\nSubject: Received\n\n{OLDER}",
    "Outlook, simplified": f"发件人: Desk <d@desk.test>\n发送时间: 2026年9月1日\n收件人: Lin\n主题: 收到\n\n{OLDER}",
    "Outlook, traditional": f"寄件者: Desk <d@desk.test>\n寄件日期: 2026年9月1日\n收件者: Lin\n主旨: 收到\n\n{OLDER}",
    "Outlook, old": f"-----Original Message-----\nFrom: Desk\nSent: 1 Sep\n\n{OLDER}",
    "QQ, spaces of HTML": "------------------&nbsp;原始邮件&nbsp;------------------\n发件人: \"desk\";\n"
                          f"发送时间:&nbsp;2026年9月1日\n\n主题:&nbsp;已收到\n\n{OLDER}",
    "QQ and WeCom, English": f"------------------ Original ------------------\nFrom: \"desk\"<d@desk.test>;\n"
                             f"Date: Tue, Sep 1, 2026\nTo: \"lin\"<lin@x.test>;\nSubject: received\n\n{OLDER}",
    "163, English": f"At 2026-09-01 12:00:00, \"desk\" <desk@desk.test> wrote:\n{OLDER}",
    "163, new": f"---- 回复的原邮件 ----\n| 发件人 | desk<desk@desk.test> |\n| 日期 | 2026年09月01日 |\n{OLDER}",
    "163, new, English": f"---- Replied Message ----\n| From | desk<desk@desk.test> |\n| Date | 09/1/2026 |\n{OLDER}",
    "Aliyun and DingTalk": f"{'-' * 60}\n发件人：desk <d@desk.test>\n日　期：2026年09月01日\n主　题：已收到\n\n{OLDER}",
    "139": f"----邮件原文----\n发件人：desk\n收 件 人：lin\n发送时间：2026-09-01\n主题：收到\n\n{OLDER}",
    "Samsung, simplified": f"-------- 原始信息 --------\n发件人： desk\n日期： 2026/9/1\n主题： 收到\n{OLDER}",
    "Samsung, traditional": f"-------- 原始郵件內容 --------\n寄件者： desk\n日期： 2026/9/1\n主旨： 收到\n{OLDER}",
    "Outlook, telephone": f"取得 Outlook for iOS<https://aka.ms/o0ukef>\n{'_' * 32}\n寄件者: Desk\n寄件日期: 2026年\n"
                          f"收件者: Lin\n主旨: 收到\n\n{OLDER}",
    "Apple, forwarded": f"开始转发的邮件：\n\n发件人: Desk\n日期: 2026年9月1日\n主题: 收到\n\n{OLDER}",
    "Yahoo": f"在 2026年9月1日 星期二 下午12:00:00 [GMT+8]， Desk<d@desk.test> 寫道：  \n \n{OLDER}",
    "only marks": MARKED,
}  # fmt: skip


@pytest.mark.parametrize("client", QUOTES)
def test_an_answer_is_told_apart_from_what_it_quotes(client):
    folded = fold(f"{SAID}\n\n{QUOTES[client]}\n")

    assert folded.body == SAID
    assert "收到您的投诉" in folded.quoted


SIGNATURES = [
    "-- \n林小雨\n手机 138 0013 8000", "发自我的iPhone", "發送自我的 iPad", "Sent from my iPhone", "寄自我的 iPhone",
    "Get Outlook for iOS", "发自我的华为手机", "来自QQ邮箱", "从我的iPhone发送", "从iPhone版QQ邮箱发送",
    "从 Windows 版邮件发送", "| |\n林小雨\n|\n|\nlin@163.com\n|",
]  # fmt: skip


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_signature_is_told_apart(signature):
    folded = fold(f"{SAID}\n\n{signature}\n\n{QUOTES['Gmail, English']}")

    assert (folded.body, folded.quoted.splitlines()[0][:6]) == (SAID, "On Tue")
    assert folded.signature.split()[0] == signature.split()[0]


def test_an_answer_between_the_quoted_lines_is_kept_whole():
    text = "见下。\n\nOn Tue, 1 Sep, Desk <d@d.test> wrote:\n> 退款收到了吗？\n没有。\n> 何时申请的？\n九月一日。"

    assert fold(text).body == text


@pytest.mark.parametrize("client", QUOTES)
def test_a_message_that_only_quotes_is_kept_whole(client):
    assert fold(QUOTES[client]).body == QUOTES[client]


@pytest.mark.parametrize("text", [
    "商家在订单页写道：七天无理由。\n可是拒绝退货。", "From the start: it never worked.\nThe shop refuses.",
    "-- \n林小雨", "I wrote:\n",
])  # fmt: skip
def test_words_that_look_like_a_mark_do_not_hide_what_is_said(text):
    assert fold(text).body.splitlines()[0] == text.splitlines()[0].rstrip()
