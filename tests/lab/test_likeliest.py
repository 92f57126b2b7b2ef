"""The likeliest answer, in a model whose answers are known."""

import torch

from claims.lab.metrics.likeliest import share_right
from claims.lab.models.decoder import decoder, logits_of


def test_the_share_is_that_of_prompts_whose_likeliest_token_is_the_answer():
    model = decoder(7, 4, width=16, layers=1, heads=2, seed=1, device="cpu")
    prompts = torch.tensor([[1, 2, 3], [4, 5, 6], [0, 0, 1], [2, 2, 2]])
    likeliest = logits_of(model, prompts, last=1)[:, 0].argmax(dim=-1, keepdim=True)
    assert share_right(model, prompts, likeliest) == 1.0
    wrong = likeliest.clone()
    wrong[0] = (wrong[0] + 1) % 7
    assert share_right(model, prompts, wrong) == 0.75
