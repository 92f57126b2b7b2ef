"""How well a model plans, and how well it executes what it planned: exact, by reading every faultless execution.

Shapes: B prompts, S strategies, A answer tokens.
"""

import torch
from transformers import PreTrainedModel

from claims.lab.metrics.divergence import entropy
from claims.lab.sampling import log_likelihood
from claims.lab.tasks.plans import STRATEGIES, Plans


@torch.no_grad()
def planning(model: PreTrainedModel, task: Plans, prompts_BP: torch.Tensor, rng: torch.Generator) -> dict[str, float]:
    """Means over prompts: chances of a valid plan, of executing one's own plan without fault, and of both.

    `plan_error_share`: of wrong answers those whose plan is not valid. Entropies are in nats a token.
    """
    executed_NA = task.executed(prompts_BP).flatten(0, 1)
    log_BSA = log_likelihood(model, prompts_BP, executed_NA).view(len(prompts_BP), STRATEGIES, -1)
    plan_BS, faultless_BS = log_BSA[..., 0].exp(), log_BSA[..., 1:].sum(dim=2).exp()
    right = float((plan_BS * faultless_BS * task.valid(prompts_BP)).sum(dim=1).mean())
    planned = float((plan_BS * task.valid(prompts_BP)).sum(dim=1).mean())
    entropy_A = entropy(model, prompts_BP, length=task.answer_length, generator=rng)
    return {
        "accuracy": right,
        "plan_accuracy": planned,
        "execution_accuracy": float((plan_BS * faultless_BS).sum() / plan_BS.sum()),
        "plan_error_share": (1.0 - planned) / max(1.0 - right, 1e-9),
        "plan_entropy": float(entropy_A[0]),
        "execution_entropy": float(entropy_A[1:].mean()),
    }
