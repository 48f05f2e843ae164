"""Scans many texts at once for windows of words that may be names: `windows` scans, `word_table` numbers words."""
