"""Hard negatives of the fast trainer's refinement epochs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hyplink.config import TrainOntologySettings
from hyplink.poincare.hierarchy import ConceptLists, Hierarchy
from hyplink.poincare.trainers.fast_trainer import FastTrainer
from tests.poincare.conftest import trees


@settings(max_examples=25)
@given(trees(sizes=(3, 40)), st.integers(1, 6), st.randoms(use_true_random=False))
def test_hard_negatives_are_distinct_and_never_the_concept_or_an_ancestor_including_held_out_ancestors(
    tree, n_hard, random
):
    relations, n = tree
    is_held_out = np.array([i > 0 and random.random() < 0.3 for i in range(len(relations))])
    trained, hidden = relations[~is_held_out], relations[is_held_out]
    chosen = TrainOntologySettings(
        dim=3, epochs=1, burn_in_epochs=0, refine_epochs=4, negatives=8, hard_negatives=n_hard, lr=0.5
    )
    trainer = FastTrainer(
        chosen, Hierarchy(trained, n), held_out=ConceptLists.from_pairs(hidden[:, 0], hidden[:, 1], n)
    )
    for epoch in range(1, chosen.n_epochs + 1):
        trainer.run_epoch(epoch)
    for concept, row in enumerate(trainer.state()["hard"].tolist()):
        negatives = [other for other in row if other >= 0]
        ancestors = relations[relations[:, 0] == concept, 1].tolist()
        assert len(set(negatives)) == len(negatives)
        assert not set(negatives) & {concept, *ancestors}
