"""Adds a trained LoRA adapter to the weights that it was trained over: W + alpha / rank * B A.

Hu et al. 2021, arXiv:2106.09685. peft, which trains adapters here, merges them too, but importing it takes a second of
every start. What was trained whole is kept in the same form, as near as its rank allows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

ALPHA_PER_RANK = 2
"""How far the adapters that are trained here count: alpha is so many times the rank."""
_PEFT = "base_model.model."
_DOWN, _UP = ".lora_A.", ".lora_B."
_UNKNOWN = ("use_dora", "use_rslora", "alpha_pattern", "rank_pattern", "modules_to_save", "fan_in_fan_out")
"""What an adapter may have that changes how it is merged; those trained here have none of it."""


def merge_adapter(model: Any, folder: Path) -> None:
    """Merge the peft folder of a plain LoRA adapter into a transformer, in place.

    Raises OSError, KeyError or ValueError where the folder is not whole, not such an adapter, or of another model.
    """
    from safetensors.torch import load_file

    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    strange = [name for name in _UNKNOWN if config.get(name)]
    if config["peft_type"] != "LORA" or config["bias"] != "none" or strange:
        raise ValueError(f"not a plain LoRA adapter: {', '.join(strange) or config['peft_type']}")
    merge(model, load_file(folder / "adapter_model.safetensors"), config["lora_alpha"] / config["r"])


def low_rank(change: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The pair (A, B) of this rank that `merge` makes nearest to a change of a weight (Eckart & Young 1936).

    Shapes (rank, in) and (out, rank) for a change of shape (out, in).
    """
    import torch

    left, values, right = torch.linalg.svd(change, full_matrices=False)
    roots = values[:rank].sqrt()
    return roots[:, None] * right[:rank], left[:, :rank] * (roots / ALPHA_PER_RANK)


def low_rank_names(module: str) -> tuple[str, str]:
    """What peft calls the pair of the weight of a module."""
    return f"{_PEFT}{module}{_DOWN}default.weight", f"{_PEFT}{module}{_UP}default.weight"


def merge(model: Any, tensors: Mapping[str, torch.Tensor], scale: float) -> None:
    """Add `scale` times the product of every pair of `tensors`, named as peft names them, to the weight it is for.

    Raises ValueError where one has no counterpart, no place in `model`, or another shape.
    """
    modules = dict(model.named_modules())
    for name, down in tensors.items():
        if _DOWN not in name:
            if name.replace(_UP, _DOWN) not in tensors:
                raise ValueError(f"{name} stands alone")
            continue
        module = modules.get(name.partition(_DOWN)[0].rpartition(_PEFT)[2])
        up = tensors.get(name.replace(_DOWN, _UP))
        weight = getattr(module, "weight", None)
        if up is None or weight is None or weight.shape != (len(up), down.shape[1]) or up.shape[1] != len(down):
            raise ValueError(f"{name} fits nothing in this model")
        weight.data += scale * (up.float() @ down.float())
