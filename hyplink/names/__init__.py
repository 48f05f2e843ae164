"""Names: the forms in which two surface forms compare equal, and the variants of a name that texts use."""
