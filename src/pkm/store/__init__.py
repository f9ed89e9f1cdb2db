"""SQLite: the index that can be made again."""
