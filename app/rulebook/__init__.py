"""Changing the rulebook: proposed by one administrator, judged by the rules' own checks, approved by another."""
