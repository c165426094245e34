"""Backups: made while the system runs, checked offline, restored into an empty place."""
