"""Drop-in replacement for gensim's PoincareModel that trains with hyplink's kernel."""

import numpy as np
from gensim.models.poincare import PoincareModel

from hyplink.config import TrainOntologySettings
from hyplink.poincare.geometry import MAX_RADIUS, radius_of_norm
from hyplink.poincare.hierarchy import Hierarchy
from hyplink.poincare.trainers.fast_trainer import FastTrainer


class FastPoincareModel(PoincareModel):  # type: ignore[misc]
    """gensim's PoincareModel with a kernel that is about a hundred times as fast and runs on `workers` threads.

    It takes gensim's arguments, builds gensim's vocabulary and leaves gensim's keyed vectors in `kv`. `epsilon` is the
    minimum distance from the unit sphere; points beyond it are scaled back radially. `regularization_coeff` is ignored.

        model = FastPoincareModel(relations, size=10, negative=10, workers=2)
        model.train(epochs=50)
        model.kv.most_similar("mammal.n.01")
    """

    def train(
        self,
        epochs: int,
        batch_size: int = 10,
        print_every: int = 1000,
        check_gradients_every: int | None = None,
    ) -> None:
        """Trains for `epochs` epochs, after `burn_in` further epochs on the first call.

        Args:
            epochs: number of epochs.
            batch_size: ignored; for compatibility with gensim.
            print_every: ignored; for compatibility with gensim.
            check_gradients_every: ignored; for compatibility with gensim.
        """
        settings = TrainOntologySettings(
            trainer="fast",
            dim=self.size,
            epochs=epochs,
            negatives=self.negative,
            lr=self.train_alpha,
            burn_in_epochs=0 if self._burn_in_done else self.burn_in,
            burn_in_lr=self.burn_in_alpha,
            max_radius=min(radius_of_norm(1 - self.epsilon), MAX_RADIUS),
            threads=self.workers,
            seed=self.seed,
        )
        hierarchy = Hierarchy(np.array(self.all_relations, np.int32), len(self.kv))
        trainer = FastTrainer(settings, hierarchy, self.kv.vectors)
        for epoch in range(1, settings.n_epochs + 1):
            trainer.run_epoch(epoch)
        self._burn_in_done: bool = True
        self.kv.vectors = trainer.points.astype(self.dtype)
