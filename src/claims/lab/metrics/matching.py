"""Comparing two samples at equal difficulty. Shapes: N values with their cells, M cells to be like."""

import torch


def matched_mean(values_N: torch.Tensor, cells_N: torch.Tensor, like_M: torch.Tensor) -> float:
    """Mean of values, reweighted so that each cell has the share that it has in `like_M`.

    Raises ValueError when a cell of `like_M` has no value: there is nothing to compare it with.
    """
    cells, counts = torch.unique(like_M, return_counts=True)
    means = []
    for cell in cells:
        here = values_N[cells_N == cell]
        if not len(here):
            raise ValueError(f"no value in cell {cell.item()}, where the other sample has some")
        means.append(here.double().mean())
    return float((torch.stack(means) * counts).sum() / counts.sum())
