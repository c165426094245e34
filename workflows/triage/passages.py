"""The parts of a text and who speaks in each: the writer, somebody quoted, a machine, or a would-be instruction."""

import re
from functools import cache

from msgspec import Struct

OWN, QUOTED, NOISE, INSTRUCTION = "own", "quoted", "noise", "instruction"

_NOISE = (
    r"(?s)<(script|style)\b.{0,2000}?(</\1>|$)|<!--.{0,1000}?(-->|$)|<[a-z/!][^<>\n]{0,200}>|https?://\S+|www\.\S+"
    r"|\[(?:[^\[\]\n]{1,6}x|phone|email|order|link|name)\]|(?<!\w)[@#]\w+|&[a-z]{2,6};"
    r"|\[\[[^\[\]\n]{1,200}\]\]|#{3}[^#\n]{1,200}#{3}|\{\s*\"[^{}\n]{1,400}\}"
)
_SENTENCE_END = r"[。!?;\n]+|\.(?=\s|$|[^\w\s])|\.{2,}|(?<=[a-z])\.(?=[a-z]{3})"
_QUOTE_LINE = r"^[ \t]*(?:>|\|)"
_QUOTE_HEAD = (
    r"^[ \t]*(?:on .{4,60}wrote:|.{0,40}写道:|-+ ?(?:original message|forwarded message|原始邮件|转发邮件) ?-+"
    r"|(?:from|发件人|寄件者|sent|发送时间): .{0,80})\s*$"
)
_INSTRUCTION = (
    r"(?:ignore|disregard|forget|override|bypass)\b.{0,30}\b(?:instruction|previous|prior|above|below|rule|prompt|polic)"
    r"|^\W*(?:system|assistant|developer|admin(?:istrator)?) ?(?:prompt|message|note|override)?: ?(?!error|the system)"
    r"|\b(?:you are|act as|pretend to be) (?:now |an? )*(?:ai|assistant|classifier|model|in .{0,20}mode|chatbot|dan\b)"
    r"|\b(?:output|return|reply|respond|answer|print)\b.{0,20}\b(?:label|only with|just|json|category|class)\b"
    r"|\b(?:classify|label|mark|categori[sz]e|route|tag)\b.{0,30}\b(?:as|to|=)\b ?.{0,3}"
    r"(?:system|product|payment|logistics|return|other|merchant|platform|courier|urgent|emergency)"
    r"|(?:忽略|无视|忘记|忘掉|跳过|不要理会).{0,12}(?:规则|指令|指示|提示|以上|上文|之前|前面|下文|内容|系统)"
    r"|(?:管理员|开发者|最高)(?:指令|命令|提示|消息) ?[:,]|系统(?:指令|命令) ?[:,]"
    r"|(?:判|归|标记|标注|分类|归类|输出|改|设)(?:为|成|到|给).{0,10}(?:责任|logistics|other|system|product|payment|return|物流|商家|平台"
    r"|支付|其他|紧急)"
    r"|(?:你|您)(?:现在|从现在起|的身份)是.{0,12}(?:助手|模型|机器人|分类器|ai)"
    r"|只(?:需|要|准|能)?(?:回复|输出|回答).{0,8}[\"“「'a-z]"
)


class Passage(Struct, frozen=True):
    """A sentence's place in the folded text, `kind` of voice, and whether it asks or supposes rather than tells."""

    start: int
    end: int
    kind: str
    asks: bool


def passages(text: str) -> tuple[Passage, ...]:
    """Return the sentences of folded `text` in order; addresses, masks and markup come back as noise."""
    found: list[Passage] = []
    quoting = False
    for start, end in _lines(text):
        line = text[start:end]
        if _compiled(_QUOTE_HEAD).match(line):
            quoting = not line.lstrip().startswith(("from:", "发件人:", "寄件者:")) or quoting
            found.append(Passage(start, end, NOISE, False))
            continue
        quoted = bool(_compiled(_QUOTE_LINE).match(line))
        if quoting and not line.strip():
            quoting = False
        found.extend(_sentences(text, start, end, QUOTED if quoted or quoting else OWN))
    return tuple(found)


def readable(text: str, parts: tuple[Passage, ...], *kinds: str) -> str:
    """Return `text` with everything blanked that is not of these kinds, so that offsets stay."""
    kept = [" "] * len(text)
    for part in parts:
        if part.kind in kinds:
            kept[part.start : part.end] = text[part.start : part.end]
    return "".join(kept)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the compiled pattern: at the first text, not when the web starts."""
    return re.compile(pattern)


def _lines(text: str) -> list[tuple[int, int]]:
    places, start = [], 0
    for line in text.splitlines(keepends=True):
        places.append((start, start + len(line)))
        start += len(line)
    return places


def _sentences(text: str, start: int, end: int, voice: str) -> list[Passage]:
    """Return the sentences between `start` and `end`, with noise cut out of them."""
    found: list[Passage] = []
    for first, last in _cut(text, start, end, _NOISE):
        if first < 0:
            found.append(Passage(-first - 1, last, NOISE, False))
            continue
        at = first
        for stop in _compiled(_SENTENCE_END).finditer(text, first, last):
            found.append(_sentence(text, at, stop.end(), voice))
            at = stop.end()
        if at < last:
            found.append(_sentence(text, at, last, voice))
    return found


def _cut(text: str, start: int, end: int, pattern: str) -> list[tuple[int, int]]:
    """Return spans in order; those that match `pattern` carry their start as -start - 1."""
    spans, at = [], start
    for match in _compiled(pattern).finditer(text, start, end):
        if match.start() > at:
            spans.append((at, match.start()))
        spans.append((-match.start() - 1, match.end()))
        at = match.end()
    if at < end:
        spans.append((at, end))
    return spans


_ASKS = r"[?]\s*$|(?:吗|么|呢|嘛)[。!,\s]*$"
# What has not happened, or may not have: a sentence that begins so tells nothing yet.
_SUPPOSES = r"^\W*(?:如果|要是|假如|假设|万一|倘若|if |what if |suppose |in case )"


def _sentence(text: str, start: int, end: int, voice: str) -> Passage:
    sentence = text[start:end]
    kind = INSTRUCTION if _compiled(_INSTRUCTION).search(sentence) else voice
    asks = _compiled(_ASKS).search(sentence) or _compiled(_SUPPOSES).search(sentence)
    return Passage(start, end, kind, bool(asks))


_SPOKEN = r"「[^「」]{4,200}」|“[^“”]{4,200}”|\"[^\"]{4,200}\""
_HEARSAY = (
    r"(?:卖家|商家|店家|店方|店铺|网店|商户|客服|店员|老板|对方|代理)[^。!?;\n「“\"]{0,10}(?:说|称|回|答|讲|话|表示|写|告诉|推)"
    rf"[^。!?;\n「“\"]{{0,6}}({_SPOKEN})"
    r"|\b(?:seller|shop|store|merchant|support|agent|rep|customer service)\b[^.!?\n\"“]{0,40}"
    rf"\b(?:said|says|told|tells|replied|wrote|writes|claim\w*|answer\w*|insist\w*)\b[^.!?\n\"“]{{0,25}}({_SPOKEN})"
)


def without_hearsay(own: str) -> str:
    """Return a writer's words with those blanked that a seller or an agent is quoted with, so that offsets stay."""
    kept = list(own)
    for match in _compiled(_HEARSAY).finditer(own):
        start, end = match.span(1 if match.group(1) else 2)
        kept[start:end] = " " * (end - start)
    return "".join(kept)
