"""What TRL's own code makes of given logits, for tests/lab to compare our losses with.

`python benchmarks/trl_losses.py` in an environment with trl 1.16.0 and torch 2.13.0 (they are no dependencies here)
writes `tests/lab/data/trl-losses.json`. The logits come from a closed formula, so that a test can make them again.
The trainers' methods that compute a loss are called on a stand-in that holds their settings, and a stand-in model that
returns the logits.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch

OUT = Path(__file__).resolve().parent.parent / "tests" / "lab" / "data" / "trl-losses.json"
PAIRS, PROMPT, ANSWER, VOCABULARY = 4, 3, 5, 7
SAMPLES, GROUP = 8, 4
PAD = 0


def formula_logits(kind: int, rows: int) -> torch.Tensor:
    """Logits (rows, ANSWER, VOCABULARY) of the answer tokens; `kind` tells models and answers apart."""
    index = torch.arange(rows * ANSWER * VOCABULARY, dtype=torch.float64).view(rows, ANSWER, VOCABULARY)
    return (3.0 * torch.sin(1.7 * index + 0.9 * kind)).float()


def formula_answers(kind: int, rows: int) -> torch.Tensor:
    """Answer tokens (rows, ANSWER), none of them padding."""
    return (torch.arange(rows * ANSWER).view(rows, ANSWER) * (3 + kind) + kind) % (VOCABULARY - 1) + 1


def formula_mask(kind: int, rows: int) -> torch.Tensor:
    """Which answer tokens count (rows, ANSWER): answers of 2 to ANSWER tokens."""
    lengths = 2 + (torch.arange(rows) + kind) % (ANSWER - 1)
    return (torch.arange(ANSWER) < lengths[:, None]).long()


def formula_advantages() -> torch.Tensor:
    """Advantages (SAMPLES,)."""
    return torch.cos(2.0 * torch.arange(SAMPLES, dtype=torch.float64)).float()


class _Model:
    """Returns given logits whatever it is asked; positions before the answer get zeros."""

    training = True

    def __init__(self, *logits: torch.Tensor) -> None:
        answers = torch.cat(logits)
        rows = len(answers)
        lead = torch.zeros(rows, PROMPT - 1, VOCABULARY)
        self.logits = torch.cat([lead, answers, torch.zeros(rows, 1, VOCABULARY)], dim=1)

    def __call__(self, *_: Any, labels: torch.Tensor | None = None, **__: Any) -> SimpleNamespace:
        """As TRL's fused head: log-probabilities of the next labels, 0 where a label is -100; and the logits."""
        if labels is None:
            return SimpleNamespace(logits=self.logits)
        logs = self.logits[:, :-1].log_softmax(-1)
        wanted = labels[:, 1:]
        each = logs.gather(-1, wanted.clamp_min(0)[..., None])[..., 0] * (wanted != -100)
        zeros = torch.zeros_like(each)
        return SimpleNamespace(log_probs=each, entropy=zeros, mean_logits=zeros, is_top1=zeros > 0, logits=self.logits)


class _Accelerator:
    device = torch.device("cpu")
    num_processes = 1

    @staticmethod
    def gather(value: torch.Tensor) -> torch.Tensor:
        return value

    gather_for_metrics = gather

    @staticmethod
    def reduce(value: torch.Tensor, reduction: str) -> torch.Tensor:
        del reduction
        return value


def _settings(**more: Any) -> Any:
    return SimpleNamespace(
        model=SimpleNamespace(training=True, is_gradient_checkpointing=False),
        accelerator=_Accelerator(),
        aux_loss_enabled=False,
        is_encoder_decoder=False,
        precompute_ref_logps=False,
        args=SimpleNamespace(gradient_checkpointing_kwargs=None, delta=None, use_bias_correction_kl=False),
        _metrics=defaultdict(lambda: defaultdict(list)),
        _total_train_tokens=0,
        _tp_size=1,
        **more,
    )


def _tokens(*kinds: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Whole sequences and the mask of their answers, one block of PAIRS rows for each kind."""
    ids = torch.cat([torch.cat([torch.ones(PAIRS, PROMPT), formula_answers(k, PAIRS)], dim=1) for k in kinds]).long()
    mask = torch.cat([torch.cat([torch.zeros(PAIRS, PROMPT), formula_mask(k, PAIRS)], dim=1) for k in kinds]).long()
    return ids, mask


def dpo(beta: float) -> float:
    """DPOTrainer._compute_loss."""
    from trl.trainer.dpo_trainer import DPOTrainer  # type: ignore[import-not-found]

    ids, mask = _tokens(0, 1)
    trainer = _settings(
        ld_alpha=None, ref_model=_Model(formula_logits(2, PAIRS), formula_logits(3, PAIRS)),
        f_divergence_type="reverse_kl", loss_types=["sigmoid"], loss_weights=[1.0], beta=beta, label_smoothing=0.0,
        use_weighting=False,
    )  # fmt: skip
    model = _Model(formula_logits(0, PAIRS), formula_logits(1, PAIRS))
    inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "completion_mask": mask}
    return float(DPOTrainer._compute_loss(trainer, model, inputs, return_outputs=False))


def kto(beta: float) -> float:
    """KTOTrainer._compute_loss: 2 * PAIRS answers, the second half undesirable; unrelated answers are of kind 4."""
    from trl.trainer.kto_trainer import KTOTrainer  # type: ignore[import-not-found]

    ids, mask = _tokens(0, 1)
    other_ids, other_mask = _tokens(4, 5)
    now = _Model(formula_logits(0, PAIRS), formula_logits(1, PAIRS))
    reference = _Model(formula_logits(2, PAIRS), formula_logits(3, PAIRS))
    apart = {id(now): _Model(formula_logits(8, PAIRS), formula_logits(9, PAIRS)),
             id(reference): _Model(formula_logits(6, PAIRS), formula_logits(7, PAIRS))}  # fmt: skip
    trainer = _settings(
        ref_model=reference, calculate_KL=True, loss_type="kto", beta=beta,
        desirable_weight=1.0, undesirable_weight=1.0,
    )  # fmt: skip
    trainer._compute_kl_logps = lambda model, batch: KTOTrainer._compute_kl_logps(trainer, apart[id(model)], batch)
    inputs = {
        "input_ids": ids, "attention_mask": torch.ones_like(ids), "completion_mask": mask,
        "KL_input_ids": other_ids, "KL_attention_mask": torch.ones_like(ids), "KL_completion_mask": other_mask,
        "label": torch.arange(2 * PAIRS) < PAIRS,
    }  # fmt: skip
    return float(KTOTrainer._compute_loss(trainer, now, inputs, return_outputs=False))


def _by_concatenation(trainer_class: Any, **settings: Any) -> float:
    """CPOTrainer or ORPOTrainer.get_batch_loss_metrics.

    The attention mask covers the answers alone, so that ORPO's likelihood is of the answer, as ours is, and not of
    the prompt too; the stand-in model does not read it.
    """
    trainer = _settings(**settings)
    for name in ("concatenated_forward", "get_batch_loss_metrics", "cpo_loss", "odds_ratio_loss"):
        if hasattr(trainer_class, name):
            setattr(trainer, name, getattr(trainer_class, name).__get__(trainer))
    trainer.get_batch_logps = trainer_class.get_batch_logps
    ids, mask = _tokens(0, 1)
    labels = ids.masked_fill(mask == 0, -100)
    trainer.concatenated_inputs = lambda *_, **__: {
        "concatenated_input_ids": ids, "concatenated_attention_mask": mask, "concatenated_labels": labels,
    }  # fmt: skip
    model = _Model(formula_logits(0, PAIRS), formula_logits(1, PAIRS))
    return float(trainer.get_batch_loss_metrics(model, {"chosen_labels": labels[:PAIRS]})[0])


def simpo(beta: float, gamma: float) -> float:
    """CPOTrainer with SimPO's loss and without the likelihood of CPO."""
    from trl.experimental.cpo.cpo_trainer import CPOTrainer  # type: ignore[import-not-found]

    return _by_concatenation(
        CPOTrainer, alpha=0.0, loss_type="simpo", beta=beta, simpo_gamma=gamma, label_smoothing=0.0, cpo_alpha=0.0,
        pad_token_id=PAD,
    )  # fmt: skip


def orpo(weight: float) -> float:
    """ORPOTrainer."""
    from trl.experimental.orpo.orpo_trainer import ORPOTrainer  # type: ignore[import-not-found]

    return _by_concatenation(ORPOTrainer, beta=weight, padding_value=PAD)


def grpo(clip: float, kl: float) -> float:
    """GRPOTrainer._compute_loss with a mean over the tokens of the batch, TRL's `bnpo`."""
    from trl.trainer.grpo_trainer import GRPOTrainer  # type: ignore[import-not-found]

    answers, mask = formula_answers(0, SAMPLES), formula_mask(0, SAMPLES)

    def logs(kind: int) -> torch.Tensor:
        return formula_logits(kind, SAMPLES).log_softmax(-1).gather(-1, answers[..., None])[..., 0]

    now = logs(0)
    trainer = _settings(
        top_entropy_quantile=1.0, off_policy_mask_threshold=None, importance_sampling_level="token", beta=kl,
        epsilon_low=clip, epsilon_high=clip, loss_type="bnpo", use_vllm=False, _entropy_bonus_enabled=False,
        current_gradient_accumulation_steps=1.0,
    )  # fmt: skip
    trainer._get_per_token_logps_and_entropies = lambda *_, **__: (now, torch.zeros_like(now), None)
    inputs = {
        "prompt_ids": torch.ones(SAMPLES, PROMPT).long(), "prompt_mask": torch.ones(SAMPLES, PROMPT).long(),
        "completion_ids": answers, "completion_mask": mask, "advantages": formula_advantages(),
        "old_per_token_logps": 0.9 * now + 0.1 * logs(1), "ref_per_token_logps": 0.8 * now + 0.2 * logs(2),
    }  # fmt: skip
    return float(GRPOTrainer._compute_loss(trainer, _Model(torch.zeros(SAMPLES, ANSWER, VOCABULARY)), inputs))


def main() -> None:
    """Write every loss with the settings that it was asked at."""
    asked: dict[Callable[..., float], tuple[dict[str, float], ...]] = {
        dpo: ({"beta": 0.1}, {"beta": 0.5}),
        kto: ({"beta": 0.1}, {"beta": 0.5}),
        simpo: ({"beta": 2.0, "gamma": 0.5}, {"beta": 2.5, "gamma": 1.4}),
        orpo: ({"weight": 0.1}, {"weight": 1.0}),
        grpo: ({"clip": 0.2, "kl": 0.0}, {"clip": 0.2, "kl": 0.04}),
    }
    cases = [
        {"loss": of.__name__, "settings": settings, "value": of(**settings)}
        for of, several in asked.items()
        for settings in several
    ]
    made = {"trl": version("trl"), "torch": version("torch").partition("+")[0], "cases": cases}
    OUT.write_text(json.dumps(made, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
