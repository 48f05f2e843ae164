"""A tiny ontology to work figures out on by hand, and texts read over it."""

from hyplink.metrics.detection import Marked, Reading
from hyplink.ontology import Concept, Ontology

#         root                  other
#        /    \
#     skin    gut
#    /    \      \
#  burn  tumour   ulcer
#            \    /
#          skin-ulcer  (also below gut's ulcer)
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


def marked(start, end, *concepts):
    """A mention in one piece."""
    return Marked(((start, end),), frozenset(concepts))


def said(*concepts):
    """Mentions of these concepts, one behind the other; a set of concepts is one mention, any is right."""
    sets = [{each} if isinstance(each, str) else each for each in concepts]
    return tuple(marked(10 * i, 10 * i + 5, *each) for i, each in enumerate(sets))


def reading(gold, found):
    """One document."""
    return Reading(tuple(gold), tuple(found))
