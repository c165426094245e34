"""The rules of the way of a case: pure functions and tables."""
