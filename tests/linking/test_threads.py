"""One linker in several threads, and columns of data frames."""

from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import polars as pl
import pytest

from hyplink.candidates import char_tfidf
from tests.linking.hand_made import DOCUMENTS, LengthDetector, calibration_of, linker_of

TEXTS = [each.text for each in DOCUMENTS] * 3


def linker(trained=False):
    return linker_of(calibration_of("documents"), detector=LengthDetector() if trained else None)


@pytest.mark.parametrize("trained", [False, True])
def test_several_threads_on_one_linker_get_the_links_that_one_thread_gets(trained, monkeypatch):
    monkeypatch.setattr(char_tfidf, "TEXTS_KEPT", 2)  # the cache is emptied all the time
    shared, alone = linker(trained), linker(trained)
    expected = [[link.as_json() for link in alone.link(text, search_all=True)] for text in TEXTS]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda text: shared.link(text, search_all=True), TEXTS * 4))
    assert [[link.as_json() for link in links] for links in found] == expected * 4


@pytest.mark.parametrize("column", [pd.Series, pl.Series])
def test_a_column_of_a_data_frame_is_linked_as_its_texts(column):
    shared = linker()
    assert list(shared.link_many(column(TEXTS))) == list(shared.link_many(TEXTS))
    assert shared.to_frame(column(TEXTS)).equals(shared.to_frame(TEXTS))


def test_a_missing_text_in_a_column_is_an_empty_text():
    assert list(linker().link_many(pl.Series(["a rod", None])))[1] == []


def test_a_linker_is_shown_as_a_table_with_escaped_names():
    shared = linker()
    shared.ontology.source = "<b>.obo"
    shown = shared._repr_html_()
    assert "&lt;b&gt;.obo" in shown
    assert f"{len(shared.ontology)}" in shown
    assert "calibrated on documents" in shown
