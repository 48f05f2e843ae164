"""The decisions of annotators about surface forms, from the annotated mentions of a run."""

from collections.abc import Iterator, Sequence

from hyplink.candidates.examples import Example
from hyplink.candidates.gold_groups import target_concepts
from hyplink.names.corrections import NO_CORRECTIONS, Corrections, Decision
from hyplink.ontology import Ontology
from hyplink.run.mode import Mode


def corrections_of(ontology: Ontology, mentions: Sequence[Example], mode: Mode) -> Corrections:
    """The corrections that annotated mentions amount to.

    Every mention tells what its surface form means. In a run trained on names, its surface form also becomes a name of
    its concepts, and in any run that of a mention does which was linked to another concept. The words of a lexicon have
    several senses each, so that a decision about one use of a word says nothing of others.

    Args:
        ontology: the concepts.
        mentions: of the split `train`.
        mode: of the run.
    """
    if mode.is_lexicon:
        return NO_CORRECTIONS
    decisions = list(_decisions(ontology, mentions, mode))
    return Corrections.from_decisions(decisions, ontology.names() if decisions else ())


def _decisions(ontology: Ontology, mentions: Sequence[Example], mode: Mode) -> Iterator[Decision]:
    for each in mentions:
        right = tuple(ontology.concept_ids[concept] for concept in target_concepts(each, ontology))
        is_nil = not each.gold
        if right or is_nil:
            rejected = tuple(concept for concept in each.proposed or () if concept not in frozenset().union(*each.gold))
            yield Decision(each.read_as, right, rejected, mode.names_only or is_corrected(each))


def is_corrected(mention: Example) -> bool:
    """Whether a mention was linked to another concept than it is annotated with."""
    return mention.proposed is not None and set(mention.proposed) != {each for part in mention.gold for each in part}
