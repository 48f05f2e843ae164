"""Compressed files are read up to a limit that text does not reach."""

import gzip
import io

import pytest

from hyplink.errors import InputError
from hyplink.reading.compressed import SETTING, USUAL_BYTES, TooLargeError, opened, unpacked_limit


def test_a_file_is_unpacked_if_its_first_bytes_are_those_of_gzip(tmp_path):
    (tmp_path / "a").write_bytes(gzip.compress(b"one\ntwo\n"))
    (tmp_path / "b").write_bytes(b"one\ntwo\n")
    for name in ("a", "b"):
        with opened(tmp_path / name) as stream:
            assert list(stream) == [b"one\n", b"two\n"]


def test_content_that_unpacks_to_more_than_the_limit_is_an_error_that_names_the_setting(tmp_path, monkeypatch):
    (tmp_path / "a.gz").write_bytes(gzip.compress(bytes(3 * 2**20)))
    monkeypatch.setenv(SETTING, "2")
    with opened(tmp_path / "a.gz") as stream, pytest.raises(TooLargeError, match=f"more than 2 MB; .* set {SETTING}"):
        stream.read()
    monkeypatch.setenv(SETTING, "3")
    with opened(tmp_path / "a.gz") as stream:
        assert len(stream.read()) == 3 * 2**20


def test_the_limit_follows_the_size_of_the_file(monkeypatch):
    monkeypatch.delenv(SETTING, raising=False)
    assert unpacked_limit(1000) == USUAL_BYTES
    assert unpacked_limit(10**8) == 60 * 10**8


def test_a_setting_that_is_not_a_number_is_an_error(tmp_path, monkeypatch):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"one"))
    monkeypatch.setenv(SETTING, "2G")
    with pytest.raises(InputError, match="HYPLINK_MAX_UNPACKED_MB=2G: expected a number of megabytes"):
        opened(tmp_path / "a.gz")


def test_the_stream_closes_its_file(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"one"))
    stream = opened(tmp_path / "a.gz")
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        io.BufferedReader(stream).read()
