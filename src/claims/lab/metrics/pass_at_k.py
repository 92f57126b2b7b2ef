"""What several samples of a model solve: pass@k, from exact chances or from counts. Shape: N problems."""

import torch


def pass_at_k(chances_N: torch.Tensor, k: int) -> float:
    """Chance that one of `k` independent samples is right, mean over problems; `chances_N` are those of one sample."""
    return float((1.0 - (1.0 - chances_N.double().clamp(0.0, 1.0)) ** k).mean())


def pass_at_k_from_counts(right_N: torch.Tensor, samples: int, k: int) -> float:
    """The unbiased estimate from how many of `samples` answers were right: arXiv:2107.03374, equation 1.

    Raises ValueError when there are fewer samples than `k`.
    """
    if k > samples:
        raise ValueError(f"pass@{k} cannot be estimated from {samples} samples")
    wrong_N = (samples - right_N).double()
    # C(wrong, k) / C(samples, k), through logarithms of factorials; 0 where fewer than k answers are wrong.
    none_N = (_log_choose(wrong_N, k) - _log_choose(torch.full_like(wrong_N, samples), k)).exp()
    return float((1.0 - torch.where(wrong_N < k, 0.0, none_N)).mean())


def _log_choose(n_N: torch.Tensor, k: int) -> torch.Tensor:
    return torch.lgamma(n_N + 1) - torch.lgamma((n_N - k).clamp_min(0.0) + 1) - torch.lgamma(n_N.new_tensor(k + 1.0))
