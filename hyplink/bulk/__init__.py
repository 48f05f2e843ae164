"""A corpus, not a file: documents linked by several processes, and links written in shards that can be resumed.

Reads a linker and documents; writes nothing but the shards and their manifest. What is linked, and how, is decided in
`linking`; the formats are those of `export`.
"""
