"""The voice: Typer and rich live here only."""
