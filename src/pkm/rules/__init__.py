"""Pure rules over the nouns: no I/O, no clock."""
