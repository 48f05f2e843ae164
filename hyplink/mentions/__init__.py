"""Mention detection: the spans of a text that mention concepts, each with the context needed to link it."""
