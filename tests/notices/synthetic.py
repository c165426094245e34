"""Synthetic cases for the leak gate: parties with names, numbers and words of their own, and leaks planted of them.

Everything follows from a seed. The texts are put together here; nobody wrote or lives in them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from opencc import OpenCC

SURNAMES = "赵钱孙周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹章苏潘葛范彭"
GIVEN = "子涵雨桐浩然思远佳怡梓晨欣妍俊杰诗琪宇航静雯博文晓峰丽娜志强海燕国栋玉兰"
LETTERS = dict(zip(SURNAMES + GIVEN, (
    "ZQSZWZWFCCWJSHYZQXHLZKCYJWTJXZZSPGFP" "ZHYTHRSYJYZCXYJJSQYHJWBWXFLNZQHYGDYL"
), strict=True))  # fmt: skip
SHOPS = ("云栖", "锦鲤", "青禾", "望山", "拾光", "半夏", "星野", "南风", "木槿", "鹿鸣")
GOODS = ("服饰", "数码", "家居", "食品", "美妆", "图书", "户外", "母婴")
KINDS_OF_SHOP = ("旗舰店", "专营店", "官方旗舰店", "专卖店")
STREETS = ("世纪大道", "解放路", "人民西路", "桃园街", "滨江路", "文化巷")
OPENINGS = ("我趁周末给", "上个月底我帮", "快递来的那天下着雨，我替", "在直播间抢了很久才给", "半夜睡不着就随手给")
WHOM = ("住在乡下的外婆", "刚上初中的儿子", "搬了新家的同事", "隔壁楼的老师傅", "要去留学的表妹")
THINGS = ("一只翡翠镯子", "一台二手缝纫机", "一把紫砂茶壶", "一双羊毛手套", "一幅手绣屏风", "一套乐高城堡")
TROUBLES = ("打开一看角上磕掉一块漆", "拉链拉到一半就卡死了", "盖子怎么拧都盖不严实", "颜色跟照片差了很远")
NEUTRAL = (
    "消费者在签收后第三天提出退货，商品完好，包装齐全。", "商家未提交发货前检验的凭证。", "包裹在期限内送达。",
    "双方对价款没有争议。", "退货运费应当由商家承担。", "消费者提交的照片足以证明瑕疵在签收时已经存在。",
)  # fmt: skip
_traditional = OpenCC("s2t")


@dataclass(frozen=True)
class Party:
    """One case's private facts, each as it could be found in a text."""

    name: str
    shop: str
    phone: str
    email: str
    order: str
    address: str
    amount_minor: int
    narrative: str

    @property
    def tokens(self) -> list[str]:
        """What no published byte may hold."""
        amount = f"{self.amount_minor / 100:,.2f}"
        runs = [self.narrative[at : at + 8] for at in range(len(self.narrative) - 7)]
        return [self.name, self.shop, self.phone, self.email, self.order, self.address, amount, *runs]


def a_party(random: Random) -> Party:
    """Return a party; no two words of its story are the notice's."""
    name = random.choice(SURNAMES) + "".join(random.sample(GIVEN, 2))
    shop = random.choice(SHOPS) + random.choice(GOODS) + random.choice(KINDS_OF_SHOP)
    phone = f"1{random.choice('3578')}{random.randrange(10**9):09}"
    email = f"{random.choice('abcdefg')}{random.randrange(10**6)}@mail.example"
    order = f"O{random.randrange(10**11):011}"
    address = (
        f"{random.choice(STREETS)}{random.randrange(1, 900)}号{random.randrange(1, 30)}栋{random.randrange(100, 999)}室"
    )
    amount = random.randrange(100, 90_000) * 100 + random.randrange(1, 100)
    story = f"{random.choice(OPENINGS)}{random.choice(WHOM)}买了{random.choice(THINGS)}，{random.choice(TROUBLES)}。"
    return Party(name, shop, phone, email, order, address, amount, story)


def planted(party: Party, random: Random) -> Iterator[tuple[str, str]]:
    """Yield sentences with one leak each, and the leak as it stands there, in its disguise."""
    run_at = random.randrange(len(party.narrative) - 9)
    run = party.narrative[run_at : run_at + 9].strip("，。")
    name, shop, phone = party.name, party.shop, party.phone
    amount = party.amount_minor / 100
    letters = [LETTERS[each] for each in name]
    initialled = ["".join(letters), ".".join(letters), letters[0] + "女士", letters[0] + "某"]
    names = [name, "·".join(name), " ".join(name), _traditional.convert(name)]
    shops = [shop, shop[:4], _traditional.convert(shop)]
    phones = [phone, f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"]
    disguised = [
        ("{}申请退货。", random.choice(names)),
        ("{}表示不接受。", random.choice(initialled)),
        ("{}说没有收到退款。", name[0] + random.choice(("女士", "先生", "某", "某某", "○○"))),
        ("{}的客服拒绝了。", random.choice(shops)),
        ("联系电话{}无人接听。", random.choice(phones)),
        ("已经写信到{}。", party.email),
        ("订单{}已经签收。", random.choice([party.order, party.order.lower(), _wide(party.order)])),
        ("收货地点是{}。", party.address),
        ("价款{}元有据可查。", random.choice([f"{amount:.2f}", f"{amount:,.2f}"])),
        ("消费者称“{}”。", random.choice([run, _traditional.convert(run)])),
    ]
    for sentence, leak in random.sample(disguised, random.randrange(2, 6)):
        yield sentence.format(leak), leak


def _wide(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) for letter in text)
