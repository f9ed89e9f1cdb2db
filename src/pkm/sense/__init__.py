"""Sense: the person's own words on it."""
