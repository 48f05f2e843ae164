"""Documents and the mentions in them; readers and writers of annotated and plain text."""

from hyplink.corpus.document import Document, Mention
from hyplink.corpus.files import InputFile, input_files
from hyplink.corpus.jsonl import write_jsonl
from hyplink.corpus.readers import read_documents, read_file
from hyplink.corpus.report import CorpusReport
from hyplink.corpus.wsd import write_answers

__all__ = [
    "CorpusReport",
    "Document",
    "InputFile",
    "Mention",
    "input_files",
    "read_documents",
    "read_file",
    "write_answers",
    "write_jsonl",
]
