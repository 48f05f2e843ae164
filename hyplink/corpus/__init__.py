"""Documents and the mentions in them; readers and writers of annotated and plain text."""

from hyplink.corpus.brat import write_brat
from hyplink.corpus.document import Document, Mention
from hyplink.corpus.files import InputFile, input_files, is_corpus
from hyplink.corpus.readers import read_documents, read_file
from hyplink.corpus.report import CorpusReport
from hyplink.corpus.running import running_texts
from hyplink.corpus.writers import pieces_of, written_format_of
from hyplink.corpus.wsd import write_answers

__all__ = [
    "CorpusReport",
    "Document",
    "InputFile",
    "Mention",
    "input_files",
    "is_corpus",
    "pieces_of",
    "read_documents",
    "read_file",
    "running_texts",
    "write_answers",
    "write_brat",
    "written_format_of",
]
