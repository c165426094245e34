import pytest

PAGES = [
    "",
    "/clocks",
    "/messages",
    "/evidence",
    "/offer/1",
    "/offer/1?answer=accept",
    "/offer/1?answer=decline",
    "/propose",
    "/fulfil",
    "/rate",
    "/appeal",
    "/withdraw",
    "/verify",
]


@pytest.mark.parametrize("lang", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("path", PAGES)
def test_page(me, mediated, path, lang):
    mediated.propose("respondent")
    me.confirm()
    me.base = me.base.replace("/en/", f"/{lang}/")
    got = me.get(path)
    assert got.status_code in (200, 303), got.text


@pytest.mark.parametrize(
    "path",
    [
        "/r",
        "/r?v=open",
        "/r?v=closed",
        "/r/cases/N",
        "/r/cases/N/respond",
        "/r/cases/N/offer/1",
        "/r/cases/N/offer/1?answer=accept",
        "/r/cases/N/propose",
        "/r/cases/N/fulfil",
        "/r/cases/N/appeal",
        "/r/cases/N/messages",
    ],
)
def test_r(shop, mediated, path):
    mediated.propose("consumer")
    got = shop.get(path.replace("N", mediated.number))
    assert got.status_code == 200, got.text
