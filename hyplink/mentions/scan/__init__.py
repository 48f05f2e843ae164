"""The scan of many texts at once for windows of words that may be names: `word_table` numbers words, `windows` scans."""
