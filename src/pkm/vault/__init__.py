"""The user's files: read, written whole, never half."""
