"""The command groups of `flask --app wsgi`."""
