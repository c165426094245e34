"""The application as servers load it."""

from app.factory import create_app

app = create_app()
