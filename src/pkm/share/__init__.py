"""Share: what leaves, and to whom."""
