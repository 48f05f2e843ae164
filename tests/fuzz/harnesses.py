"""All harnesses, by name."""

from tests.fuzz import corpora, ontologies, placement_files, run_files, writers
from tests.fuzz.harness import Harness

HARNESSES: dict[str, Harness] = {
    each.name: each
    for module in (ontologies, corpora, writers, run_files, placement_files)
    for each in module.HARNESSES
}
