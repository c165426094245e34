"""Which language and script a text is in, and whether we read it at all."""

import re
from functools import cache

from workflows.triage.normalising import script_data

SUPPORTED = frozenset({"zh-Hans", "zh-Hant", "en"})
SAMPLE_CHARS = 2_000
_SCRIPTS = {
    "han": r"[\u3400-\u9fff\U00020000-\U0002ffff]",
    "ja": r"[\u3040-\u30ff]",
    "ko": r"[\uac00-\ud7af\u1100-\u11ff]",
    "ru": r"[\u0400-\u04ff]",
    "ar": r"[\u0600-\u06ff]",
    "hi": r"[\u0900-\u097f]",
    "th": r"[\u0e00-\u0e7f]",
    "he": r"[\u0590-\u05ff]",
    "el": r"[\u0370-\u03ff]",
}
_LATIN_WORD = r"[a-zà-öø-ÿāēīōūđơưąćęłńśźżğışčřžő']+"
_NOISE = r"https?://\S+|www\.\S+|\S+@\S+|@\w+|<[^>]{0,200}>"
# The small words that give a Latin-script language away.
_SMALL_WORDS = {
    "en": "the a an and is are was were to of in it i my me you your for not no but on with have has had that this be"
    " been they he she we from at by so do does did don't can can't will would get got what why when where how still"
    " yet after out just never order refund return delivery late wrong item please help received seller",
    "es": "el la los las de que y en un una por con no se mi lo para pero está es me su más ha he muy como pedido",
    "fr": "le la les des de et est un une que je pas ne pour mon ma dans vous sur mais avec ce qui à été commande",
    "de": "der die das und ist nicht ich ein eine mit mein zu auf für habe es den von wurde bestellung aber auch",
    "it": "il lo gli di che è un una non mi per con sono ho del della ma anche questo ordine",
    "pt": "o os um uma de que não para com meu minha mas foi está do da em eu pedido muito",
    "nl": "de het een en is niet ik mijn van op met voor dat maar bestelling",
    "vi": "tôi không của và là có được cho này hàng đơn đã chưa giao mua",
    "id": "saya yang dan di tidak barang belum sudah pesanan ini itu dengan untuk kenapa nggak ga sampai",
    "hi-Latn": "hai nahi mera mai mujhe kya aap apka ke ki ka ko se ho gaya rahe kar raha diya hua bhi tha paise ek"
    " mere kiya kyu jab to yeh wala karo",
    "tl": "ang ng sa ko hindi po na mga yung pa din ako wala naman",
    "pl": "nie jest i w na się z że do mi za ale zamówienie",
    "tr": "ve bir bu için değil ile çok ama sipariş ürün",
}


def detect(text: str, *, hint: str | None = None) -> str:
    """Return "zh-Hans", "zh-Hant", "en" or another tag; `hint`, the form's language, decides only in doubt."""
    sample = re.sub(_NOISE, " ", text[:SAMPLE_CHARS].lower())
    counts = {name: len(re.findall(pattern, sample)) for name, pattern in _SCRIPTS.items()}
    words = re.findall(_LATIN_WORD, sample)
    other, most = max(((n, c) for n, c in counts.items() if n != "han"), key=lambda item: item[1])
    if most * 4 > counts["han"] and most > len(words):
        return other
    if counts["han"] and counts["han"] * 5 >= len(words) * 6:
        return _chinese_script(sample, hint)
    if not words:
        return hint if hint in SUPPORTED else "und"
    return _latin(words)


def _chinese_script(sample: str, hint: str | None) -> str:
    traditional, simplified = _script_sets()
    old = sum(c in traditional for c in sample)
    new = sum(c in simplified for c in sample)
    if old == new:
        return hint if hint in ("zh-Hans", "zh-Hant") else "zh-Hans"
    return "zh-Hant" if old > new else "zh-Hans"


def _latin(words: list[str]) -> str:
    scores = {tag: sum(w in small for w in words) for tag, small in _small_words().items()}
    best = max(scores, key=lambda tag: scores[tag])
    if scores[best] >= 2 and scores[best] > 1.2 * scores["en"] and scores[best] * 8 >= len(words):
        return best
    return "en"


@cache
def _small_words() -> dict[str, frozenset[str]]:
    return {tag: frozenset(words.split()) for tag, words in _SMALL_WORDS.items()}


@cache
def _script_sets() -> tuple[frozenset[str], frozenset[str]]:
    data = script_data()
    traditional = frozenset(data["traditional"].replace("\n", "") + data["cantonese"])
    simplified = frozenset(data["simplified"].replace("\n", "")) - frozenset(data["shared"]) - traditional
    return traditional - frozenset(data["shared"]), simplified


def family(language: str) -> str | None:
    """Return "zh" or "en", the family whose cues and words are read for a language, None if we do not read it."""
    return {"zh-Hans": "zh", "zh-Hant": "zh", "en": "en"}.get(language)
