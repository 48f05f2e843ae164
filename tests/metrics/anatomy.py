"""A tiny ontology for metrics computed by hand, and documents annotated with its concepts."""

from hyplink.metrics.detection import EvaluatedDocument, LabelledMention
from hyplink.ontology import Concept, Ontology

#         root                  other
#        /    \
#     skin    gut
#    /    \      \
#  burn  tumour   ulcer
#            \    /
#          skin-ulcer  (a child of both)
PARENTS = {
    "root": (),
    "other": (),
    "skin": ("root",),
    "gut": ("root",),
    "burn": ("skin",),
    "tumour": ("skin",),
    "ulcer": ("gut",),
    "skin-ulcer": ("tumour", "ulcer"),
}
ONTOLOGY = Ontology([Concept(i, i, parents=parents) for i, parents in PARENTS.items()])


def mention(start, end, *concepts):
    """A continuous mention labelled with concepts."""
    return LabelledMention(((start, end),), frozenset(concepts))


def mentions_of(*concepts):
    """Non-overlapping mentions, one for each concept; a set of concepts gives one mention for which any is correct."""
    sets = [{each} if isinstance(each, str) else each for each in concepts]
    return tuple(mention(10 * i, 10 * i + 5, *each) for i, each in enumerate(sets))


def document(gold, found):
    """A document with gold and detected mentions."""
    return EvaluatedDocument(tuple(gold), tuple(found))
