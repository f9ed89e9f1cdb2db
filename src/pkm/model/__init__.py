"""Nouns: frozen, no I/O, no clock."""
