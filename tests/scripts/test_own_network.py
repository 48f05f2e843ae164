"""The script of a network of one's own goes the whole way on a small part of the data that ships."""

import runpy
import sys
from pathlib import Path

import numpy as np

SCRIPT = Path(__file__).parents[2] / "scripts" / "own_network.py"


def test_the_script_learns_to_place_mentions_near_their_concepts(monkeypatch, capsys):
    words = ["--root", "CL:0000006", "--embedding-epochs", "5", "--vector-epochs", "5", "--epochs", "15", "--dim", "5"]
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), *words])
    made = runpy.run_path(str(SCRIPT))
    lines = capsys.readouterr().out.splitlines()
    first, last = (float(line.rpartition(" ")[2]) for line in lines if line.startswith("epoch "))
    assert last < first / 2
    n_mentions, n_concepts = len(made["dev"]), len(made["embedding"].keys)
    assert (n_concepts, made["points"].shape) == (70, (n_mentions, 5))
    assert (made["points"].norm(dim=1) < 1).all()
    assert (np.diff(made["distances"], axis=1) >= 0).all()
    assert np.mean(np.array(made["steps"]) == 0) > 0.3  # 1/70 by chance
    assert lines[-1].count("(") >= 3  # a mention and its nearest concepts
