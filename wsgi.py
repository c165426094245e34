"""The application as servers and `flask --app wsgi` load it."""

from app import cli
from app.factory import create_app
from workflows.jobs import nudge

app = create_app()
cli.install(app)
nudge.install()
