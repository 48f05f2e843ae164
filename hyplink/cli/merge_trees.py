"""`hyplink explain --merge-tree`: how the recursive encoder merges the words of a text."""

import sys
from collections.abc import Iterable

from hyplink.corpus import Document
from hyplink.encoders import Encoder, RecursiveEncoder
from hyplink.encoders.merge_tree import render_tree
from hyplink.errors import InputError
from hyplink.run import Reporter


def print_merge_trees(encoder: Encoder, documents: Iterable[Document], reporter: Reporter) -> None:
    """Prints the tree of merges of every line of the documents.

    Raises:
        InputError: the encoder merges nothing.
    """
    if not isinstance(encoder, RecursiveEncoder):
        raise InputError(
            "--merge-tree: the encoder of this run merges no words; "
            "make a run with `--set encode.encoder=recursive` to see trees"
        )
    for document in documents:
        for line in filter(str.strip, document.text.splitlines()):
            if tree := encoder.merge_tree(line):
                sys.stdout.write(f"{render_tree(tree)}\n\n")
            else:
                reporter.line(f"no vector is known of any word of: {line.strip()}")
