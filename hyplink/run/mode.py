"""The mode of a run: what its linker was trained on, decided once and stored with the run."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from hyplink.run.artifacts import read_record
from hyplink.run.files import write_json

TrainingSource = Literal["documents", "names"]

MIN_DOCUMENTS, MIN_MENTIONS = 5, 100
"""Minimum numbers of annotated documents and of mentions in them; a run with fewer is trained on names alone.

Fewer cannot be split so that ranking, calibration and mention detection are all tested on held-out documents.
"""


@dataclass(frozen=True)
class Mode:
    """What a run's linker was trained on. Modules read it instead of inferring it from missing data.

    Attributes:
        trained_on: `documents` if ranker, calibration and span detector are trained on annotated documents; `names` if
            on names held out of the ontology. The annotated mentions of a run with too few of them are still surface
            forms of their concepts, and training examples of the regressor.
        is_lexicon: whether the ontology is a lexicon, whose concepts are senses of words.
        tuned_encoder: whether the encoder was trained on the ontology's names by the stage tune-encoder.
    """

    trained_on: TrainingSource
    is_lexicon: bool
    tuned_encoder: bool = False

    @classmethod
    def decide(cls, *, n_documents: int, n_mentions: int, is_lexicon: bool) -> "Mode":
        """The mode of a run, from its numbers of annotated documents and of mentions of known concepts in them."""
        enough = n_documents >= MIN_DOCUMENTS and n_mentions >= MIN_MENTIONS
        return cls("documents" if enough else "names", is_lexicon)

    @property
    def names_only(self) -> bool:
        """Whether the run was trained on names alone."""
        return self.trained_on == "names"

    def write(self, path: Path) -> None:
        """Writes the mode as JSON."""
        write_json(path, asdict(self))

    @classmethod
    def read(cls, path: Path) -> "Mode":
        """The mode that `write` wrote.

        Raises:
            RunError: the file is missing or damaged.
        """
        return read_record(cls, path)
