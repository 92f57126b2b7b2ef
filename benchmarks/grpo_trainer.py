"""TRL's GRPOTrainer on a small decoder, step by step. Imported only where TRL is installed."""

import importlib
import random
import tempfile
import time
from collections.abc import Callable
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerFast, PrinterCallback, TrainerCallback


def steps(
    model: PreTrainedModel,
    *,
    prompts: int,
    group: int,
    asked: int,
    length: int,
    lr: float,
    count: int,
    vocabulary: int,
    between: Callable[[float], None],
) -> None:
    """Train `model` for `count` steps; `between` gets the processor seconds of each and its own time is not counted.

    TRL's defaults, but for what the other side does not do either: no reference model, constant learning rate, fp32,
    no recomputed activations, no logs, no files. The end token stands outside the vocabulary of the model, so that
    every answer has its full length.
    """
    trl, datasets = (importlib.import_module(name) for name in ("trl", "datasets"))
    rng = random.Random(1)  # noqa: S311  # prompts of a benchmark
    asks = [" ".join(str(rng.randrange(vocabulary)) for _ in range(asked)) for _ in range(prompts * count)]

    class Clock(TrainerCallback):  # type: ignore[misc]  # transformers has no types
        """Seconds from the end of a step to the end of the next."""

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            self.since = time.process_time()

        def on_step_end(self, *_: Any, **__: Any) -> None:
            between(time.process_time() - self.since)
            self.since = time.process_time()

    with tempfile.TemporaryDirectory() as folder:
        settings = trl.GRPOConfig(
            output_dir=folder, per_device_train_batch_size=prompts * group, num_generations=group,
            max_completion_length=length, learning_rate=lr, lr_scheduler_type="constant", max_steps=count,
            temperature=1.0, top_k=0, top_p=1.0, beta=0.0, gradient_checkpointing=False, bf16=False, use_cpu=True,
            logging_strategy="no", save_strategy="no", report_to="none", disable_tqdm=True, seed=1,
        )  # fmt: skip
        trainer = trl.GRPOTrainer(
            model=model, args=settings, processing_class=_words(vocabulary), callbacks=[Clock()],
            train_dataset=datasets.Dataset.from_dict({"prompt": asks}),
            reward_funcs=lambda completions, **_: [rng.random() for _ in completions],
        )  # fmt: skip
        trainer.remove_callback(PrinterCallback)
        trainer.train()


def _words(vocabulary: int) -> PreTrainedTokenizerFast:
    """A tokenizer of the numbers below `vocabulary`, with an end and a padding after them."""
    tokenizers = importlib.import_module("tokenizers")
    words = {str(i): i for i in range(vocabulary)} | {"<end>": vocabulary, "<pad>": vocabulary + 1}
    core = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="<pad>"))  # noqa: S106  # no password
    core.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    special = {"eos_token": "<end>", "pad_token": "<pad>"}
    return PreTrainedTokenizerFast(tokenizer_object=core, padding_side="left", **special)
