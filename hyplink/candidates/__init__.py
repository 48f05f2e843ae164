"""Candidate generation: for a batch of mentions, the concepts each may mean and the features of every candidate."""
