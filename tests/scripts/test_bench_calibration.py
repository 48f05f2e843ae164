"""With several seeds, each has a fitted run of its own, and no fitted run is made twice."""

import argparse


def test_a_run_is_fitted_again_with_each_seed_and_kept(tiny_run, tmp_path):
    import bench_calibration

    arguments = argparse.Namespace(work=tmp_path, seeds=2)
    own, other = bench_calibration._runs_of(tiny_run, arguments)
    assert (own.folder, other.folder.parent) == (tiny_run, tmp_path)
    assert other.config.fit.seed == own.config.fit.seed + 1
    assert _regressor(own) != _regressor(other)
    fitted = other.path("fit").stat().st_ino
    *_, again = bench_calibration._runs_of(tiny_run, arguments)
    assert again.path("fit").stat().st_ino == fitted


def _regressor(run):
    """The bytes of the largest file of the fitted model, its weights."""
    return max((path.read_bytes() for path in run.path("fit").rglob("*") if path.is_file()), key=len)
