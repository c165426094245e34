"""Beside the web: the procedure and the law below it (cellar), the jobs above it (attic). See ADR 0001."""
