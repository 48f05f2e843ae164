"""Reads and writes the files of each format as documents; the files in one format are known to one module."""
