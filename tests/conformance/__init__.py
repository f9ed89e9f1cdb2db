"""Scores against what other projects expect of the same real files; `make conformance` prints them all."""
