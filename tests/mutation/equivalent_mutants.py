"""Mechanical mutants that change nothing anyone can see, each with the reason. Names as mutate.py prints."""

EQUIVALENT = {}
