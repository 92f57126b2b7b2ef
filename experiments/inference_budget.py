"""Can a model that answers at once catch up with one that thinks, by sampling more, and can sampling stand in for RL?

Wang et al., arXiv:2504.14047v1: without a verifier, models without reasoning stay behind at any budget. Objections:
resampling from a power of the model's likelihood nearly matches RL (arXiv:2510.14901v1); with an oracle to pick, samples
of the base overtake RL (arXiv:2504.13837v4).
Differs: a map over 11 symbols, given in the prompt, is followed for 2 or 8 steps by decoders of 0.2M parameters. All arms
start from one base that was trained on scratchpads until it has 60 % of those of two steps right. The direct model sees
more tokens than the other, so that training is not what it lacks: five questions about a map in one sequence, three
quarters of them of two steps. A budget is in tokens of a direct answer, one each. The answers are enumerated: resampling
(Metropolis-Hastings, whole answers as proposals) and oracle picks are exact, majority votes are one election a prompt.
Cost: about 45 CPU seconds a replicate.
"""

from collections.abc import Mapping

import torch

from claims.experiment import Arm, Control, Experiment, Metric, Run, Settings
from claims.lab.metrics.inference import majority_vote, power_sampling
from claims.lab.metrics.pass_at_k import pass_at_k
from claims.lab.seeding import generator
from claims.lab.tasks.iterated_map import IteratedMap
from claims.lab.training.map_followers import base, reinforced, taught


class Params(Settings):
    """Model; base; SFT in a format; GRPO after it; the exam."""

    symbols: int = 11
    width: int = 64
    layers: int = 4
    heads: int = 4
    base_until: float = 0.6
    base_most: int = 500
    base_lr: float = 5e-3
    batch: int = 64
    pad_steps: int = 60  # of SFT on scratchpads
    direct_steps: int = 500  # of SFT on direct answers
    direct_lr: float = 3e-3
    steps: int = 40  # of GRPO
    lr: float = 3e-4
    prompts: int = 16
    group: int = 8
    exponent: float = 4.0
    most: int = 256  # samples
    held_out: int = 1024
