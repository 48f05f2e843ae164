"""Ranking: one log-probability for each candidate from its features, learned from out-of-fold examples."""
