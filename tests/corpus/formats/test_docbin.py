"""DocBins that other programs, or nobody, could have written."""

import zlib

import pytest
import spacy
from spacy.tokens import DocBin, Span

from hyplink.corpus import read_documents
from hyplink.errors import InputError


@pytest.mark.parametrize("pieces", [[[[0, "x"]]], [[0, 3]], 7, "ab", [[[0, 1, 2]]], [], [None, None], [[[2, 1]]]])
def test_user_data_with_other_pieces_is_an_error_of_one_line(write, pieces):
    doc = spacy.blank("en")("A rod here")
    doc.spans["hyplink"] = [Span(doc, 1, 2, "Concept")]
    doc.user_data["pieces"] = pieces
    path = write("a.spacy", DocBin(store_user_data=True, docs=[doc]).to_bytes())
    if pieces == []:  # nothing is discontinuous
        assert len(next(read_documents([path])).mentions) == 1
        return
    with pytest.raises(InputError, match=r"a\.spacy: cannot be read as a DocBin: "):
        list(read_documents([path]))


def test_a_docbin_that_unpacks_to_far_more_than_text_is_refused(write, monkeypatch):
    monkeypatch.setenv("HYPLINK_MAX_UNPACKED_MB", "1")
    path = write("a.spacy", zlib.compress(bytes(2**21)))
    with pytest.raises(InputError, match=r"a\.spacy: .* unpacks to more than 1 MB; .* HYPLINK_MAX_UNPACKED_MB"):
        list(read_documents([path]))
