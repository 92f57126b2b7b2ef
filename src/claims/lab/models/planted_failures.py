"""Switches and failures whose relation is known, without a model. Shape: N problems of known level, hardest 0."""

import torch


def planted_failures(kind: str, levels_N: torch.Tensor, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Which problems fail, and how many switches each took, `(N,)` both.

    `confounded`: both follow difficulty, and nothing else. `cause`: failures follow switches, whatever the difficulty.
    """
    harder_N = (levels_N.max() - levels_N).float()
    match kind:
        case "confounded":
            switches_N = torch.poisson(1.0 + harder_N, generator=rng)
            score_N = harder_N - harder_N.mean()
        case "cause":
            switches_N = torch.poisson(torch.full_like(harder_N, 3.0), generator=rng)
            score_N = switches_N - 3.0
        case _:
            raise ValueError(f"no failures are planted as {kind!r}: confounded or cause")
    return torch.rand(len(score_N), generator=rng, device=rng.device) < score_N.sigmoid(), switches_N
