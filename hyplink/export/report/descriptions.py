"""Titles and explanations, as shown in the report, of the models, groups, metrics and classes in `metrics.json`."""

MODEL = "hyplink"

MODELS = {
    MODEL: "names, word vectors and hyperbolic distance, combined by a trained ranker",
    "ball alone": "concepts ranked by hyperbolic distance, without comparing names",
    "exact name": "the concept with a name equal to the mention",
    "character n-gram TF-IDF": "the concept with the most similar name by character n-grams",
    "nearest name by": "the concept whose name has the most similar vector",
    "first sense": "the sense of the word that is most frequent in annotated text",
}
"""What each model does, by the start of its name."""

GROUPS = {
    "every_mention": ("Every mention", "a mention whose gold id is not in the ontology counts as incorrect"),
    "resolvable": ("Resolvable mentions", "the gold id is a concept of this ontology"),
    "seen_concept": ("Concept seen in training", "the training documents contain mentions of the gold concept"),
    "unseen_concept": ("Concept not seen in training", "only the names of the gold concept were trained on"),
    "exact_name": ("Exact name of the concept", "the mention equals a name of the gold concept, ignoring case"),
    "other_name": ("Other surface form", "the mention equals none of its names"),
}

METRICS = {
    "accuracy_at_1": ("accuracy@1", "share of mentions whose first candidate is correct", True),
    "recall_at_5": ("recall@5", "share with a correct candidate among the first five", True),
    "recall_at_10": ("recall@10", "share with a correct candidate among the first ten", True),
    "mean_reciprocal_rank": ("MRR", "mean of 1 / rank of the best correct candidate", True),
    "tree_distance": ("tree distance", "mean number of is-a steps from the answer to the gold concept", False),
    "wu_palmer": ("Wu-Palmer", "similarity based on the lowest common ancestor; 1 for the gold concept itself", True),
}
"""Title and explanation of each metric, and whether higher is better."""

SCORES = {"precision": "precision", "recall": "recall", "f1": "F1"}

SPAN_MATCHES = {
    "strict": ("Exact span", "the concept matches, the span is exactly the annotated one"),
    "relaxed": ("Overlapping span", "the concept matches, the span shares a character with the annotated one"),
}
"""How the span of a detected mention may match that of a gold mention."""

DOCUMENTS = {
    "micro": ("Micro average", "each concept once per document, pooled over all documents"),
    "macro": ("Macro average", "computed for each document, then averaged"),
    "ancestor_credit": ("With ancestor credit", "micro average with partial credit for shared ancestors"),
}

ERRORS = {
    "same": ("correct", "the answer is a gold concept"),
    "too_specific": ("too specific", "the answer is a descendant of the gold concept"),
    "too_general": ("too general", "the answer is an ancestor of the gold concept"),
    "sibling": ("sibling", "the answer and the gold concept share a parent"),
    "other": ("other", "the answer is any other concept"),
    "missed": ("missed", "a gold mention without an answer"),
    "spurious": ("spurious", "an answer where no mention is annotated"),
}

UNRESOLVABLE = ("gold not in ontology", "the gold id is not a concept of this ontology, so no answer could be correct")
"""Title and explanation of the errors that no answer could have avoided."""

OVERRIDES = {"exact_name": "exact name", "any_wording": "name in any surface form"}

RELATIONS = {
    "exact": "the concept is what is meant",
    "broader": "the ontology lacks what is meant, and a concept subsumes it",
    "none": "the ontology has nothing for it",
}

PLACEMENT = {
    "mean_reciprocal_rank": ("MRR", "mean of 1 / rank of the first direct parent", True),
    "hits_at_1": ("hits@1", "share whose first answer is a direct parent", True),
    "hits_at_5": ("hits@5", "share with a direct parent among the first five", True),
    "too_high": ("too high", "share whose first answer is an ancestor of a direct parent", None),
    "steps_too_high": ("steps too high", "mean number of is-a steps by which such an answer is too high", None),
    "wrong_branch": ("wrong branch", "share whose first answer is neither a direct parent nor above one", False),
    "tree_distance": (
        "tree distance",
        "mean number of is-a steps from the first answer, if any, to a direct parent",
        None,
    ),
}
"""Title and explanation of each metric of the parents of missing concepts, and whether higher is better.

None: it says how answers are wrong, and to be least is no merit alone.
"""

RULES = {
    "TF-IDF": "concepts by the similarity of their names, by character n-grams",
    "BM25": "concepts by the rare words that their names share with the mention",
    "parents by TF-IDF": "the parents of the concepts that TF-IDF ranks",
    "parents by vectors": "the parents of the concepts with the most similar vectors",
    "parents by ball": "the parents of the concepts nearest to the mention's point",
    "longest name in it": "the concept with the longest name within the mention",
}
"""How each simple rule ranks concepts as parents."""


def model_note(model: str) -> str:
    """What a model does; empty for a model that is not described."""
    return next((note for name, note in MODELS.items() if model.startswith(name)), "")
