"""The application as servers and `flask --app wsgi` load it."""

import gc

gc.disable()  # all that is loaded now stays: going through it again and again would be a seventh of the start

from app import cli  # noqa: E402
from app.factory import create_app  # noqa: E402
from workflows.jobs import nudge  # noqa: E402

app = create_app()
cli.install(app)
nudge.install()

gc.freeze()
gc.enable()
