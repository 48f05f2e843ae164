import json

import pytest

from hyplink.errors import RunError
from hyplink.run.mode import MIN_DOCUMENTS, MIN_MENTIONS, Mode


@pytest.mark.parametrize("is_lexicon", [False, True])
@pytest.mark.parametrize(
    ("n_documents", "n_mentions", "trained_on"),
    [
        (MIN_DOCUMENTS, MIN_MENTIONS, "documents"),
        (MIN_DOCUMENTS - 1, 10 * MIN_MENTIONS, "names"),
        (10 * MIN_DOCUMENTS, MIN_MENTIONS - 1, "names"),
        (0, 0, "names"),
    ],
)
def test_documents_train_a_run_if_there_are_enough_of_them_with_enough_mentions(
    n_documents, n_mentions, trained_on, is_lexicon
):
    mode = Mode.decide(n_documents=n_documents, n_mentions=n_mentions, is_lexicon=is_lexicon)
    assert mode == Mode(trained_on, is_lexicon)
    assert mode.names_only == (trained_on == "names")


@pytest.mark.parametrize("mode", [Mode("documents", is_lexicon=True), Mode("names", is_lexicon=False)])
def test_a_mode_is_read_back(tmp_path, mode):
    mode.write(tmp_path / "mode.json")
    assert Mode.read(tmp_path / "mode.json") == mode


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"trained_on": "names"},
        {"trained_on": "texts", "is_lexicon": False},
        {"trained_on": "names", "is_lexicon": 1},
        {"trained_on": ["names"], "is_lexicon": False},
    ],
)
def test_a_damaged_mode_gives_one_line(tmp_path, content):
    path = tmp_path / "mode.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RunError, match=r"mode\.json: damaged: .*; restore the file, or re-run its stage with --force"):
        Mode.read(path)
