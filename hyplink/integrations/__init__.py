"""Adapters that run a trained linker inside other frameworks through its public API; each needs its own extra."""
