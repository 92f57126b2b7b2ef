"""Logistic regression by Newton's method. Shapes: N observations, K predictors."""

import torch

_STEPS, _CLOSE, _FAR = 50, 1e-9, 1e3


def logistic(outcomes_N: torch.Tensor, predictors_NK: torch.Tensor) -> torch.Tensor:
    """Maximum-likelihood coefficients of the predictors, `(K,)`; a constant is fitted as well and left out.

    Raises ValueError where the predictors separate the outcomes: then no finite coefficients are the likeliest.
    """
    outcomes_N, ones_N1 = outcomes_N.double(), predictors_NK.new_ones((len(outcomes_N), 1))
    design = torch.cat([predictors_NK, ones_N1], dim=1).double()
    weights: torch.Tensor = design.new_zeros(design.shape[1])
    for _ in range(_STEPS):
        chance_N = (design @ weights).sigmoid()
        curvature = design.T @ (design * (chance_N * (1 - chance_N))[:, None])
        step, failed = torch.linalg.solve_ex(curvature, design.T @ (outcomes_N - chance_N))
        if failed or not step.isfinite().all() or weights.abs().max() > _FAR:
            break
        weights = weights + step
        if step.abs().max() < _CLOSE:
            return weights[:-1]
    raise ValueError("the predictors separate the outcomes, or repeat each other: no finite coefficients fit best")


def association(outcomes_N: torch.Tensor, predictor_N: torch.Tensor, groups_N: torch.Tensor) -> dict[str, float]:
    """`coefficient_alone`: log odds of the outcome a standard deviation of the predictor.

    `coefficient_shrinkage`: the share of it that is gone when the groups are held fixed; above 1 the sign turned.
    """
    scaled_N1 = ((predictor_N - predictor_N.mean()) / predictor_N.std())[:, None]
    dummies = torch.nn.functional.one_hot(groups_N).to(scaled_N1.dtype)[:, 1:]
    alone = float(logistic(outcomes_N, scaled_N1)[0])
    given = float(logistic(outcomes_N, torch.cat([scaled_N1, dummies], dim=1))[0])
    return {"coefficient_alone": alone, "coefficient_shrinkage": 1.0 - given / alone}
