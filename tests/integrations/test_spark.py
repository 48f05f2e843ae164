"""Links of a Spark data frame are those of one linker."""

import os
from pathlib import Path

import pandas
import pytest

from hyplink.errors import InputError
from hyplink.integrations.spark import SCHEMA, link_frames
from hyplink.linking.linker import Linker
from hyplink.linking.table import TYPES

TEXTS = [
    "The photoreceptor cells of the fly.",
    "Nothing.",
    "An olfactory receptor cell beside a retinal cone cell.",
    None,
]
ROWS = [(str(i), TEXTS[i % len(TEXTS)]) for i in range(40)]


def expected(run, *, nested=False):
    links = Linker.load(run).link_many([text or "" for _, text in ROWS], nested=nested)
    return [(doc, link.start, link.answer.concept) for (doc, _), each in zip(ROWS, links, strict=True) for link in each]


def test_frames_of_texts_become_frames_of_links(tiny_run):
    frame = pandas.DataFrame(ROWS, columns=["id", "note"])
    link = link_frames(tiny_run, text_column="note", id_column="id", options={"nested": True})
    first, empty, second = link(iter([frame[:15], frame[1:2], frame[15:]]))
    assert list(first.columns) == list(TYPES) == [column.split()[0] for column in SCHEMA.split(", ")]
    assert len(empty) == 0
    both = pandas.concat([first, second])
    assert list(zip(both["doc"], both["start"], both["concept"], strict=True)) == expected(tiny_run, nested=True)


def test_an_unknown_option_is_an_error_at_once():
    with pytest.raises(InputError, match="'nest' is unknown; use top_k, min_confidence"):
        link_frames("run", options={"nest": True})


@pytest.mark.slow
def test_links_of_a_spark_data_frame_are_those_of_one_linker(tiny_run, monkeypatch):
    sql = pytest.importorskip("pyspark.sql", reason="PySpark is not installed")
    path = os.pathsep.join(filter(None, [str(Path.cwd()), os.environ.get("PYTHONPATH")]))
    monkeypatch.setenv("PYTHONPATH", path)
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    spark = builder.config("spark.driver.bindAddress", "127.0.0.1").getOrCreate()
    try:
        texts = spark.createDataFrame(ROWS, "doc string, text string").repartition(3)
        links = texts.mapInPandas(link_frames(tiny_run), SCHEMA).collect()
    finally:
        spark.stop()
    assert sorted((row["doc"], row["start"], row["concept"]) for row in links) == sorted(expected(tiny_run))
    assert all(row["relation"] is None for row in links)
