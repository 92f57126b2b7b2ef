"""Text from several order-2 Markov chains, called topics: to model, and to tell apart.

Shapes: B sequences, T tokens, K topics, V vocabulary.
"""

from dataclasses import dataclass

import torch

from claims.lab.seeding import generator

_SHARPNESS = 1.5  # of the transition logits: the entropy is then a good half of log V


@dataclass(frozen=True)
class Markov:
    """Sequences of `length` tokens from one of `topics` chains over `vocabulary` tokens; `seed` draws transitions."""

    vocabulary: int
    topics: int
    length: int
    seed: int
    device: str = "cpu"

    def transitions(self) -> torch.Tensor:
        """Probability of the next token given the topic and the last two tokens, `(K, V, V, V)`.

        Each of the two adds its own logits: a table of all pairs would take a small model long to learn.
        """
        v, k = self.vocabulary, self.topics
        older, newer = torch.randn((2, k, v, v), generator=generator(self.seed))
        logits_KVVV = _SHARPNESS * (older[:, :, None] + newer[:, None, :])
        chances_KVVV: torch.Tensor = logits_KVVV.softmax(dim=-1)
        return chances_KVVV.to(self.device)

    def sample(self, count: int, rng: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """`count` sequences `(B, T)` that start with two uniform tokens, and the topic of each `(B,)`."""
        chains_KVVV = self.transitions()
        topic_B = torch.randint(self.topics, (count,), generator=rng, device=self.device)
        tokens_BT = torch.randint(self.vocabulary, (count, self.length), generator=rng, device=self.device)
        for t in range(2, self.length):
            next_BV = chains_KVVV[topic_B, tokens_BT[:, t - 2], tokens_BT[:, t - 1]]
            tokens_BT[:, t] = torch.multinomial(next_BV, 1, generator=rng).squeeze(1)
        return tokens_BT, topic_B

    def entropy(self, count: int, rng: torch.Generator) -> float:
        """Nats a drawn token for who knows the chain, from `count` sequences: no model can have less loss."""
        tokens_BT, topic_B = self.sample(count, rng)
        topic_BT = topic_B[:, None].expand(-1, self.length - 2)
        chances_BT = self.transitions()[topic_BT, tokens_BT[:, :-2], tokens_BT[:, 1:-1], tokens_BT[:, 2:]]
        return float(-chances_BT.log().mean())
