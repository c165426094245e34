"""The application as servers and `flask --app wsgi` load it."""

import gc
import os

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for them reads every installed package
gc.disable()  # all that is loaded now stays: going through it again and again would be a seventh of the start

import logging  # noqa: E402

from app import cli  # noqa: E402
from app.core import logs  # noqa: E402
from app.factory import MAX_BODY, create_app  # noqa: E402
from app.web.bodies import WholeBodies  # noqa: E402
from workflows.jobs import nudge  # noqa: E402

AT_ONCE = 4  # requests that a process works on; as many more as there are threads may still be on their way in

logs.install(logging.WARNING)
app = create_app()
cli.install(app)
nudge.install()
app.wsgi_app = WholeBodies(app.wsgi_app, at_once=AT_ONCE, largest=MAX_BODY)  # type: ignore[method-assign]

gc.freeze()
gc.enable()
