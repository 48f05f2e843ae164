"""Reads text in any supported format as a stream of `Document`s, annotated or plain, and writes documents."""

from hyplink.corpus.document import Document, Mention
from hyplink.corpus.files import InputFile, input_files, is_corpus
from hyplink.corpus.formats.brat import write_brat
from hyplink.corpus.formats.texts import TextColumns
from hyplink.corpus.formats.wsd import write_answers
from hyplink.corpus.readers import check_sheet, read_documents, read_file
from hyplink.corpus.report import CorpusReport
from hyplink.corpus.running_text import running_texts
from hyplink.corpus.writers import corpus_chunks, corpus_format_of

__all__ = [
    "CorpusReport",
    "Document",
    "InputFile",
    "Mention",
    "TextColumns",
    "check_sheet",
    "corpus_chunks",
    "corpus_format_of",
    "input_files",
    "is_corpus",
    "read_documents",
    "read_file",
    "running_texts",
    "write_answers",
    "write_brat",
]
