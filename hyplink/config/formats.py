"""The names of the formats that are read and written, as configurations and the command line spell them."""

from typing import Literal

InputFormat = Literal["auto", "pubtator", "brat", "bioc", "jsonl", "docbin", "mentions", "wsd", "pubmed", "text"]
"""Text, with or without mentions; `mentions` is a table of them, `wsd` the WSD Evaluation Framework."""

StreamedFormat = Literal["pubtator", "bioc", "bioc-json", "jsonl", "docbin", "mentions"]
"""Annotated text in one file."""

CorpusFormat = Literal[StreamedFormat, "brat"]
"""Annotated text that is written; BRAT has two files a document."""

TableFormat = Literal["tsv", "csv", "xlsx", "parquet"]
"""Links as a table."""

LinkFormat = Literal["jsonl", TableFormat, "pubtator", "brat", "bioc", "bioc-json", "docbin", "sssom", "html"]
"""Links."""

OntologyFormat = Literal["obo", "obographs", "owl", "skos", "table", "relations", "wordnet", "wn-lmf"]
"""Ontologies that are read; OWL and SKOS in any RDF syntax."""

WrittenOntologyFormat = Literal["obo", "obographs", "skos", "table"]
"""Ontologies that are written; SKOS in Turtle."""

PartOfSpeech = Literal["n", "v", "a", "r"]
"""Nouns, verbs, adjectives and adverbs, of a lexicon."""

Column = Literal[
    "id",
    "label",
    "synonyms",
    "narrow_synonyms",
    "broad_synonyms",
    "related_synonyms",
    "definition",
    "parents",
    "alternative_ids",
    "cross_references",
    "replaced_by",
    "obsolete",
]
"""What a column of an ontology that is a table holds."""
