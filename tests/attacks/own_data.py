"""Who may open what is kept of people: their own, and the desk's pages where it is handed out and erased."""

from __future__ import annotations

GET = {
    "/<lang>/c/<token>/data": "consumer",
    "/<lang>/c/<token>/data/package": "consumer",
    "/admin/data": "supervisor admin",
    "/admin/data/<person_id>": "supervisor admin",
}
POST = {
    "/<lang>/c/<token>/data/erase": "consumer",
    "/admin/data": "supervisor admin",
    "/admin/data/<person_id>/erase": "admin",
    "/admin/data/<person_id>/package": "supervisor admin",
}
