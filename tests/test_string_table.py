import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.string_table import NumbersOfStrings, StringIndex, StringTable, check_rows

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@given(st.lists(TEXT))
def test_a_table_is_a_sequence_of_its_strings(strings):
    table = StringTable.from_strings(strings)
    assert (len(table), list(table), table[:]) == (len(strings), strings, strings)
    assert [table[row] for row in range(-len(strings), len(strings))] == strings + strings
    assert table[1:5:2] == strings[1:5:2]
    with pytest.raises(IndexError):
        table[len(strings)]


def test_a_lone_surrogate_is_stored_as_a_question_mark():
    assert StringTable.from_strings(["a\ud83db"])[0] == "a?b"


def test_bytes_that_are_no_text_are_replaced():
    assert StringTable(np.frombuffer(b"a\xffb", np.uint8), np.array([0, 3]))[0] == "a\ufffdb"


@pytest.mark.parametrize("starts", [[], [1, 3], [0, 2], [0, 4], [0, 2, 1, 3], [[0, 3]]])
def test_starts_that_are_not_those_of_strings_are_an_error(starts):
    with pytest.raises(ValueError, match="parts that overlap or end outside"):
        StringTable(np.frombuffer(b"abc", np.uint8), np.array(starts, np.int64))


@given(st.lists(TEXT, unique=True), st.lists(TEXT))
def test_an_index_gives_the_row_of_each_of_its_strings_and_none_for_others(strings, others):
    index = StringIndex.from_strings(strings)
    assert len(index) == len(strings)
    for text in strings + others:
        assert index.get(text) == (strings.index(text) if text in strings else None)


def test_an_index_has_two_strings_in_a_bucket_on_average():
    index = StringIndex.from_strings(map(str, range(1000)))
    assert len(index.buckets) == 513
    assert np.diff(index.buckets).max() < 10


def test_a_text_with_a_lone_surrogate_is_in_no_index():
    assert StringIndex.from_strings(["a?", "a"]).get("a\ud83d") is None


def arrays(index):
    return index.strings, index.buckets.copy(), index.rows.copy()


def test_an_index_whose_arrays_do_not_fit_together_is_an_error():
    strings, buckets, rows = arrays(StringIndex.from_strings(["a", "b", "c", "d"]))
    with pytest.raises(ValueError, match="3 buckets; expected a power of two"):
        StringIndex(strings, np.array([0, 1, 2, 4]), rows)
    with pytest.raises(ValueError, match="0 buckets; expected a power of two"):
        StringIndex(strings, np.array([0]), rows)
    with pytest.raises(ValueError, match="parts that overlap"):
        StringIndex(strings, np.array([0, 5, 4]), rows)
    for wrong in ([0, 1, 2, 4], [-1, 0, 1, 2], [0, 1, 2]):
        with pytest.raises(ValueError, match=r"rows outside their table|parts that"):
            StringIndex(strings, buckets, np.array(wrong))


def test_rows_are_checked():
    check_rows(np.array([], np.int64), 0, 0)
    check_rows(np.array([0, 1]), 2, 2)
    with pytest.raises(ValueError, match="rows outside"):
        check_rows(np.array([[0]]), 1, 1)


def test_tables_and_indices_are_pickled_as_their_arrays():
    table, index = (pickle.loads(pickle.dumps(kind.from_strings(["b", "a"]))) for kind in (StringTable, StringIndex))
    assert (list(table), index.get("a"), index.get("c")) == (["b", "a"], 1, None)


def test_numbers_of_a_string_are_kept_once_in_order_of_appearance():
    numbers = NumbersOfStrings.from_pairs([("b", 4), ("a", 9), ("b", 1), ("b", 4), ("c", 0)])
    assert list(numbers.strings.strings) == ["b", "a", "c"]
    assert numbers.starts.tolist() == [0, 2, 3, 4]
    assert numbers.numbers.tolist() == [4, 1, 9, 0]
    assert [numbers.get(each) for each in ("a", "b", "c", "d")] == [[9], [4, 1], [0], []]
    assert NumbersOfStrings.from_pairs([]).get("a") == []


@pytest.mark.parametrize("starts", [[0, 1], [0, 1, 3], [0, 2, 2, 2], [1, 1, 2]])
def test_starts_of_numbers_must_be_those_of_the_strings(starts):
    with pytest.raises(ValueError, match=r"strings without numbers|parts that overlap"):
        NumbersOfStrings(StringIndex.from_strings(["a", "b"]), np.array(starts), np.array([5, 6]))
