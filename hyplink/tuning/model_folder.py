"""The folders that tuning writes: the transformer as Hugging Face's users have it, and its static student.

transformers and sentence-transformers load the first, model2vec and sentence-transformers the second.
"""

from pathlib import Path

from hyplink.run.files import write_json
from hyplink.tuning.model import TunedModel

ENCODER, CROSS_FIT = "encoder", "cross-fit"
"""Folders of the tuned transformer, and of the one tuned without the examples that the ranker learns from."""

STUDENT_SUFFIX = "-static"
"""Follows the name of a transformer's folder in the name of its student's."""

SPLITS = "splits.npy"
"""Names the examples that the ranker learns from."""

_MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
]


def write_model_folder(model: TunedModel, folder: Path) -> None:
    """Writes the transformer: config.json, safetensors, tokenizer.json, and the settings of sentence-transformers.

    sentence-transformers averages the states of all tokens; hyplink leaves out those of special tokens.
    """
    model.network.save_pretrained(folder)
    model.tokenizer.tokenizer.save_pretrained(folder)
    write_json(folder / "modules.json", _MODULES)
    (folder / "1_Pooling").mkdir(exist_ok=True)  # tuning may have been interrupted after it was written
    write_json(
        folder / "1_Pooling" / "config.json", {"word_embedding_dimension": model.dim, "pooling_mode_mean_tokens": True}
    )
