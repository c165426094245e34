"""Numbers of cases, decisions, settlements and penalties stay in one piece: browsers break a line after any hyphen."""

from __future__ import annotations

import re

from flask import Flask, Response

# In a text, not in a tag (the next bracket opens one) and not where markup would be read out as text.
NUMBER = re.compile(rb"\b[DHPS]20\d\d-\d++(?:-\d)?\b(?=[^<>]*+<(?!/(?:title|option|textarea|script)\b))")
WHOLE = rb'<span class="nowrap">\g<0></span>'


def install(app: Flask) -> None:
    """Hold them together on every page, wherever they stand: in our sentences, lists and what people wrote."""

    @app.after_request
    def hold(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed:
            page = response.get_data()
            if (held := NUMBER.sub(WHOLE, page)) != page:
                response.set_data(held)
        return response
