"""The application as servers and `flask --app wsgi` load it."""

from app import cli
from app.factory import create_app

app = create_app()
cli.install(app)
