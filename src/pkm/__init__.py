"""Personal Knowledge Mastery at a terminal: seek, sense, share."""

__version__ = "0.1.0"
