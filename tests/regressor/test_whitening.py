"""Whitened blocks have zero mean and ridged identity covariance; missing contexts stay zero."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.covariance import OAS

from hyplink.regressor.whitening import CONTEXT_SCALE, RIDGE, Whitening, _Moments

BLOCKS = (4, 3)


def _fitted(seed=0, n=500):
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(n, 7)) @ rng.normal(size=(7, 7)) + 5).astype(np.float32)
    vectors[: n // 5, 4:] = 0  # rows without a context
    whitening = Whitening(BLOCKS)
    whitening.fit(torch.split(torch.from_numpy(vectors), 7))
    return whitening, vectors


@given(st.integers(0, 50))
def test_whitened_mentions_have_zero_mean_and_ridged_identity_covariance(seed):
    whitening, vectors = _fitted(seed)
    white = whitening(torch.from_numpy(vectors))[:, :4].double()
    shrunk = np.linalg.eigvalsh(_shrunk(vectors[:, :4]))
    variances = np.linalg.eigvalsh(np.cov(vectors[:, :4].T.astype(np.float64)))
    expected = np.sort(variances / (shrunk + RIDGE * shrunk.max()))
    assert white.mean(0).abs().max() < 1e-2
    assert torch.linalg.eigvalsh(torch.cov(white.T)).numpy() == pytest.approx(expected, abs=2e-2)


def _shrunk(vectors):
    """The covariance as scikit-learn shrinks it, with n − 1 in place of its n."""
    return OAS().fit(vectors.astype(np.float64)).covariance_ * len(vectors) / (len(vectors) - 1)


@pytest.mark.parametrize(("n", "length"), [(3, 9), (12, 100), (50, 20), (1000, 5)])
def test_the_covariance_is_shrunk_by_the_oracle_approximation(n, length):
    rng = np.random.default_rng(n)
    vectors = rng.normal(size=(n, length)) @ rng.normal(size=(length, length)) + 3
    moments = _Moments(length)
    for part in np.array_split(vectors, 3):
        moments.add(torch.from_numpy(part))
    assert moments.shrunk_covariance.numpy() == pytest.approx(_shrunk(vectors), rel=1e-9, abs=1e-9)


def test_new_vectors_are_about_as_long_as_the_few_that_the_whitening_was_fitted_to():
    rng = np.random.default_rng(0)
    vectors = torch.from_numpy((rng.normal(size=(1000, 50)) * np.geomspace(1, 0.05, 50) + 5).astype(np.float32))
    whitening = Whitening((50,))
    whitening.fit([vectors[:12]])
    norms = whitening(vectors).norm(dim=1)
    assert norms[12:].mean() < 2 * norms[:12].mean()


def test_contexts_are_whitened_over_the_rows_that_have_one_and_are_scaled():
    whitening, vectors = _fitted()
    white = whitening(torch.from_numpy(vectors))[100:, 4:].double()
    spread = torch.linalg.eigvalsh(torch.cov(white.T)).max().item()
    assert spread == pytest.approx(CONTEXT_SCALE**2, rel=0.02)


def test_a_missing_context_stays_zero():
    whitening, vectors = _fitted()
    assert not whitening(torch.from_numpy(vectors))[:100, 4:].any()


def test_equal_or_too_few_vectors_give_finite_results():
    for vectors in (np.ones((1, 7), np.float32), np.ones((9, 7), np.float32), np.zeros((9, 7), np.float32)):
        whitening = Whitening(BLOCKS)
        whitening.fit([torch.from_numpy(vectors)])
        assert whitening(torch.from_numpy(vectors)).isfinite().all()


def test_vectors_without_context_blocks_give_the_same_statistics():
    whitening, vectors = _fitted()
    without_blocks, all_vectors = Whitening(BLOCKS), torch.from_numpy(vectors)
    without_blocks.fit([all_vectors[:100, :4], all_vectors[100:]])
    for name, learned in whitening.state_dict().items():
        assert torch.allclose(without_blocks.state_dict()[name], learned, atol=1e-6)
    assert torch.equal(whitening(all_vectors[:100, :4]), whitening(all_vectors[:100])[:, :4])
