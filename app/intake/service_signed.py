"""What a shop signed goes into a case, once for each link."""

from __future__ import annotations

from app.cases.models import Case
from app.core.db import session
from app.intake.models import ShopFacts
from app.intake.signed import FromShop
from workflows.procedure.act import Act


def take(shop: FromShop, case: Case, *, act: Act) -> None:
    """Mark the facts of the case as signed; a link that made a case already marks no other."""
    if spent(shop.digest):
        return
    session().add(
        ShopFacts(
            digest=shop.digest, case_id=case.id, organisation_id=shop.organisation_id, order_facts=shop.order,
            taken_at=act.at,
        )
    )  # fmt: skip


def spent(digest: str) -> bool:
    """Return whether a complaint was made from this link already."""
    return session().get(ShopFacts, digest) is not None
