"""Word senses: candidates and features of mentions that use a word of a lexicon."""
