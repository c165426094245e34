"""Who may open what links a company's own systems to the desk: its webhooks, and the button of its shop."""

from __future__ import annotations

GET = {
    "/<lang>/from-shop": "anybody",
    "/from-shop": "anybody",
    "/widget/button.js": "anybody",
    "/r/settings/order-links": "respondent rival",
    "/r/settings/webhooks": "respondent rival",
}
POST = {
    "/<lang>/from-shop": "anybody",
    "/r/settings/order-links": "respondent rival",
    "/r/settings/order-links/<key_id>/revoke": "respondent",
    "/r/settings/webhooks": "respondent rival",
    "/r/settings/webhooks/<endpoint_id>/remove": "respondent",
    "/r/settings/webhooks/<endpoint_id>/renew": "respondent",
    "/r/settings/webhooks/deliveries/<delivery_id>/again": "respondent",
}
