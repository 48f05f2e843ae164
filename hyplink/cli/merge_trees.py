"""`hyplink explain --merge-tree`: the trees in which the recursive encoder merges the words of a text."""

import sys
from collections.abc import Iterable

from hyplink.corpus import Document
from hyplink.encoders import Encoder, RecursiveEncoder
from hyplink.encoders.merge_tree import render_tree
from hyplink.errors import InputError
from hyplink.run import Reporter


def print_merge_trees(encoder: Encoder, documents: Iterable[Document], reporter: Reporter) -> None:
    """Prints the merge tree of each line of the documents.

    Raises:
        InputError: the encoder is not recursive.
    """
    if not isinstance(encoder, RecursiveEncoder):
        raise InputError(
            "--merge-tree: the encoder of this run is not recursive; set encode.encoder to recursive and run encode "
            "again"
        )
    for document in documents:
        for line in filter(str.strip, document.text.splitlines()):
            if tree := encoder.merge_tree(line):
                sys.stdout.write(f"{render_tree(tree)}\n\n")
            else:
                reporter.line(f"no word of this line has a vector: {line.strip()}")
