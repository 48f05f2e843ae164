"""hyplink links mentions in text to the concepts of an ontology, in hyperbolic space.

from hyplink import Linker

linker = Linker.load("runs/my")
for link in linker.link("No sign of breast cancer."):
    print(link.text, link.answer, link.negated)
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from hyplink.corpus import Document as Document
    from hyplink.corpus import Mention as Mention
    from hyplink.errors import HyplinkError as HyplinkError
    from hyplink.linking.link import Candidate as Candidate
    from hyplink.linking.link import Link as Link
    from hyplink.linking.linker import Linker as Linker
    from hyplink.ontology import Concept as Concept
    from hyplink.ontology import Ontology as Ontology
    from hyplink.ontology import read_ontology as read_ontology
    from hyplink.pipeline import train as train

_HOMES = {
    "Candidate": "hyplink.linking.link",
    "Concept": "hyplink.ontology",
    "Document": "hyplink.corpus",
    "HyplinkError": "hyplink.errors",
    "Link": "hyplink.linking.link",
    "Linker": "hyplink.linking.linker",
    "Mention": "hyplink.corpus",
    "Ontology": "hyplink.ontology",
    "read_ontology": "hyplink.ontology",
    "train": "hyplink.pipeline",
}
# Where the public names live. They are imported when they are first asked for: torch alone takes seconds.

__all__ = ["__version__", *_HOMES]


def __getattr__(name: str) -> object:
    """Imports a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
