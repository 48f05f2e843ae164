"""A span detector trained on annotated documents: the spans that their annotators would mark.

`tokenised_text` tokenises a text, `token_tagger` gives tokens the log-odds that a mention begins at, covers and ends
at it, `mention_prior` counts how often a surface form was marked, `span_features` gathers the features of a span,
`span_scorer` makes a probability of them, and `detector` selects spans. `training` trains all of it.
"""

from hyplink.mentions.learned.detector import SpanDetector, load_span_detector, save_span_detector
from hyplink.mentions.learned.unseen_names import Prefer

__all__ = ["Prefer", "SpanDetector", "load_span_detector", "save_span_detector"]
