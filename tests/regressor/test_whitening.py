"""Whitened blocks have zero mean and ridged identity covariance; missing contexts stay zero."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyplink.regressor.whitening import CONTEXT_SCALE, RIDGE, Whitening

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
    variances = torch.linalg.eigvalsh(torch.cov(torch.from_numpy(vectors[:, :4]).double().T))
    expected = (variances / (variances + RIDGE * variances.max())).sort().values
    assert white.mean(0).abs().max() < 1e-2
    assert torch.linalg.eigvalsh(torch.cov(white.T)).numpy() == pytest.approx(expected.numpy(), abs=2e-2)


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
