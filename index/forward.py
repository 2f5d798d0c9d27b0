"""`Forward`: the forward pass of an encoder for questions; `Recorded` and `halved`, of which it is made.

Led by the interpreter, a pass over one question is some two hundred small steps, each of which waits for the
interpreter wherever another thread has it. Recorded (`torch.jit.trace`), it is one step without the interpreter. In
bfloat16, where the processor has it, one core does it as fast as two do in float32, and others go on beside it.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SHAPE = 8
"""Tokens: the length of a batch is a multiple of this. What is worked out for every shape is kept, and few are few."""
_AGREES = 0.998
"""Cosine to what the library itself computes."""
RECORDED_AT = 4
"""Passes from which recording, which takes a third of a second, is worth it: a single question at the shell is not."""
_SAMPLE = ["什么时候召开？", "各级工会和广大工会干部要怎样学习贯彻", "how many"]

Rows = Sequence[Sequence[int]]
"""Token ids of texts."""


class Forward:
    """From texts to vectors as `SentenceTransformer.encode_query` does it.

    Raises ValueError for a model of another build, of which this would not be true.
    """

    def __init__(self, model: SentenceTransformer, half: bool) -> None:
        self._model = model
        self._run = Recorded(_network(model, half))
        longer = [text * 3 for text in _SAMPLE]
        own, wanted = self.vectors(longer), model.encode_query(longer, show_progress_bar=False)
        lengths = np.linalg.norm(own, axis=1) * np.linalg.norm(wanted, axis=1)
        if not ((own * wanted).sum(axis=1) >= _AGREES * lengths).all():
            raise ValueError("not the vectors that the library gives")

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of a few texts, shape (len(texts), dim). In one thread at a time: a tokenizer holds settings."""
        prompt, longest = self._model.prompts.get("query") or "", self._model.max_seq_length
        tokenizer = self._model.tokenizer
        rows = tokenizer([prompt + text for text in texts], truncation=True, max_length=longest)["input_ids"]
        found: NDArray[np.float32] = self._run(*padded(rows, tokenizer.pad_token_id, _SHAPE)).numpy()
        return found


class Recorded:
    """Runs a network over (ids, mask), after a few passes as one graph, which gives the same to the last digit.

    To be used in one thread at a time.
    """

    def __init__(self, network: Any) -> None:
        self._run = network.eval()
        self._passes = 0

    def __call__(self, ids: Any, mask: Any) -> Any:
        import torch

        with torch.inference_mode():
            if self._passes == RECORDED_AT:
                self._run = _recorded(self._run, ids, mask)
            self._passes += 1
            return self._run(ids, mask)


def padded(rows: Rows, pad: int, step: int) -> tuple[Any, Any]:
    """Rows as (ids, mask), both of shape (len(rows), longest), the longest made a multiple of `step`."""
    import torch

    longest = -(-max(map(len, rows)) // step) * step
    ids = torch.tensor([[*row, *[pad] * (longest - len(row))] for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


def halved(model: Any) -> Any:
    """A copy of a transformer in bfloat16 that shares the embeddings, most of the weights.

    Raises ValueError where it has none.
    """
    import torch

    embeddings: Any = dict(model.named_children()).get("embeddings")
    if embeddings is None:  # or further in, as in a model with an adapter beside its weights
        raise ValueError("not a transformer of embeddings and layers")

    class Rounded(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.whole = embeddings

        def forward(self, *given: Any, **named: Any) -> Any:
            return self.whole(*given, **named).to(torch.bfloat16)

    rounded = Rounded()
    half = copy.deepcopy(model, {id(embeddings): rounded})
    for layers in half.children():
        if layers is not rounded:
            layers.to(torch.bfloat16)
    return half


def _recorded(network: Any, ids: Any, mask: Any) -> Any:
    from torch import jit
    from transformers.utils import logging

    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()  # the recorder looks at whatever a model has
    try:
        with warnings.catch_warnings():
            # Of shapes that become numbers of the graph, and of the recorder and what it looks at, both to go one day.
            for kind in (DeprecationWarning, FutureWarning):
                warnings.simplefilter("ignore", kind)
            warnings.filterwarnings("ignore", category=jit.TracerWarning)  # type: ignore[attr-defined]
            return jit.trace(network, (ids, mask), check_trace=False)  # type: ignore[no-untyped-call]
    except RuntimeError:
        return network  # one that cannot be recorded goes on as it is
    finally:
        logging.set_verbosity(verbosity)


def _network(model: SentenceTransformer, half: bool) -> Any:
    import torch

    transformer: Any = model[0]
    inner = halved(transformer.model) if half else transformer.model
    rest: list[Any] = list(model.children())[1:]

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner, self.rest = inner, torch.nn.ModuleList(rest)

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> Any:
            hidden = self.inner(input_ids=ids, attention_mask=mask).last_hidden_state.float()
            features = {"token_embeddings": hidden, "attention_mask": mask}
            for module in rest:
                features = module(features)
            return features["sentence_embedding"]

    return Network()
