"""Short English statements about three topics, affirmed or denied: six classes that words alone do not give away."""

import torch

TOPICS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "kitchen": (
        ("baked", "bake", "a loaf of bread"),
        ("peeled", "peel", "the carrots"),
        ("boiled", "boil", "two eggs"),
        ("washed", "wash", "the dishes"),
        ("tasted", "taste", "the soup"),
        ("chopped", "chop", "an onion"),
    ),
    "office": (
        ("signed", "sign", "the contract"),
        ("printed", "print", "a report"),
        ("answered", "answer", "the emails"),
        ("booked", "book", "a meeting room"),
        ("called", "call", "the accountant"),
        ("filed", "file", "the invoices"),
    ),
    "travel": (
        ("missed", "miss", "the night train"),
        ("packed", "pack", "a suitcase"),
        ("rented", "rent", "a small car"),
        ("crossed", "cross", "the border"),
        ("climbed", "climb", "the north ridge"),
        ("boarded", "board", "the ferry"),
    ),
}
_WHO = (
    "my sister",
    "the neighbour",
    "a student",
    "our teacher",
    "the old man",
    "his cousin",
    "the nurse",
    "a stranger",
)
_WHEN = ("on Monday", "last week", "in the morning", "after lunch", "before the storm", "in March", "again", "alone")
CLASSES = 2 * len(TOPICS)


def statements(count: int, rng: torch.Generator) -> tuple[list[str], torch.Tensor]:
    """`count` statements and their classes `(count,)`: twice the topic's number, plus 1 where it is denied."""

    def draw(most: int) -> list[int]:
        return torch.randint(most, (count,), generator=rng).tolist()

    topics = list(TOPICS.values())
    texts, classes = [], []
    for topic, deed, who, when, denied in zip(draw(3), draw(6), draw(8), draw(8), draw(2), strict=True):
        past, plain, what = topics[topic][deed]
        verb = f"did not {plain}" if denied else past
        texts.append(f"{_WHO[who]} {verb} {what} {_WHEN[when]}")
        classes.append(2 * topic + denied)
    return texts, torch.tensor(classes)
