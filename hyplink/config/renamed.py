"""Settings that were renamed: their old names are accepted, with a warning, for one release."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from hyplink.errors import HyplinkWarning, InputError

RENAMED = {
    "train_ontology.init": "research.embedding_init",
    "train_ontology.pairs": "research.embedding_pairs",
    "train_ontology.gensim_clip": "research.gensim_clip",
    "train_ontology.batch_size": "research.gensim_batch_size",
    "train_ontology.inverse_temperature": "research.inverse_temperature",
    "train_ontology.uniform_share": "research.uniform_share",
    "train_ontology.kin_share": "research.sibling_share",
    "train_ontology.refine_epochs": "research.refine_epochs",
    "train_ontology.hard_negatives": "research.hard_negatives",
    "train_ontology.held_out_edges": "research.held_out_edges",
    "encode.merge": "research.merge",
    "fit.space": "research.space",
    "fit.head": "research.head",
    "fit.concepts": "research.concepts",
    "fit.start": "research.start",
    "fit.start_share": "research.start_share",
    "fit.layer": "research.layer",
    "fit.angle": "research.angle",
    "fit.angle_steepness": "research.angle_steepness",
    "fit.loss": "research.loss",
    "fit.margin": "research.margin",
    "fit.clustering_weight": "research.clustering_weight",
    "fit.clustering_gamma": "research.clustering_gamma",
}
"""The old name of each renamed setting and its new one. Entries are removed one release after they were added."""

_NAMES_SHOWN = 3


class RenamedWarning(HyplinkWarning, FutureWarning):
    """An old name was used that the next release will not accept."""


def new_name(name: str, source: str) -> str:
    """The new name of a renamed setting, with a warning; any other name unchanged.

    Args:
        name: `section.key`.
        source: where it was read, for the message.
    """
    if name in RENAMED:
        _warn([name], source)
    return RENAMED.get(name, name)


def with_new_names(sections: Mapping[str, Mapping[str, Any]], source: str) -> dict[str, dict[str, Any]]:
    """Replaces old names in the sections of a configuration, with one warning for all of them.

    Args:
        sections: the settings of each section by name.
        source: where they were read, for messages.

    Raises:
        InputError: a setting is given by its old and by its new name.
    """
    result = {section: dict(values) for section, values in sections.items()}
    old_names = [
        f"{section}.{key}" for section in sections for key in sections[section] if f"{section}.{key}" in RENAMED
    ]
    for old in old_names:
        (old_section, old_key), (section, key) = old.split("."), RENAMED[old].split(".")
        target = result.setdefault(section, {})
        if key in target:
            raise InputError(f"{source}: {old} is the old name of {RENAMED[old]}, and both are given; remove {old}")
        target[key] = result[old_section].pop(old_key)
    if old_names:
        _warn(old_names, source)
    return result


def _warn(old_names: Sequence[str], source: str) -> None:
    names = ", ".join(f"{old} is now {RENAMED[old]}" for old in old_names[:_NAMES_SHOWN])
    more = f", and {len(old_names) - _NAMES_SHOWN} more" if len(old_names) > _NAMES_SHOWN else ""
    warnings.warn(f"{source}: {names}{more}; the next release will not accept old names", RenamedWarning, stacklevel=3)
