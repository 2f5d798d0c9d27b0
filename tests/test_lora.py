import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from index.lora import ALPHA_PER_RANK, low_rank, low_rank_names, merge, merge_adapter

A = "base_model.model.inner.lora_A.weight"
B = "base_model.model.inner.lora_B.weight"
PLAIN = {"peft_type": "LORA", "bias": "none", "r": 1, "lora_alpha": 2}


class Model(torch.nn.Module):
    """One weight, [[1, 2], [3, 4]]."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(2, 2, bias=False)
        self.inner.weight.data = torch.tensor([[1.0, 2.0], [3.0, 4.0]])


def tensors() -> dict[str, torch.Tensor]:
    return {A: torch.tensor([[1.0, 10.0]]), B: torch.tensor([[1.0], [2.0]])}


def _folder(folder: Path, config: dict[str, object]) -> Path:
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file({name: tensor.half() for name, tensor in tensors().items()}, folder / "adapter_model.safetensors")
    return folder


def test_the_product_is_added_as_often_as_alpha_has_the_rank(tmp_path: Path) -> None:
    model = Model()
    merge_adapter(model, _folder(tmp_path, PLAIN))
    # B A is [[1, 10], [2, 20]], and 2 / 1 times that is added.
    assert model.inner.weight.tolist() == [[3.0, 22.0], [7.0, 44.0]]


def test_names_of_training_are_known_too() -> None:
    model = Model()
    merge(model, {f"model.{name.replace('.weight', '.default.weight')}": one for name, one in tensors().items()}, 1.0)
    assert model.inner.weight.tolist() == [[2.0, 12.0], [5.0, 24.0]]


@pytest.mark.parametrize(
    "config", [PLAIN | {"use_dora": True}, PLAIN | {"bias": "all"}, PLAIN | {"peft_type": "IA3"}], ids=str
)
def test_another_kind_of_adapter_is_refused(tmp_path: Path, config: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a plain LoRA adapter"):
        merge_adapter(Model(), _folder(tmp_path, config))


@pytest.mark.parametrize(
    "wrong",
    [
        {A: tensors()[A]},
        {B: tensors()[B]},
        {name.replace("inner", "other"): one for name, one in tensors().items()},
        {A: torch.ones(1, 3), B: tensors()[B]},
        {A: torch.ones(2, 2), B: tensors()[B]},
    ],
    ids=["no B", "no A", "no place", "wide", "rank"],
)
def test_tensors_that_fit_nothing(wrong: dict[str, torch.Tensor]) -> None:
    with pytest.raises(ValueError, match=r"stands alone|fits nothing"):
        merge(Model(), wrong, 1.0)


def test_peft_merges_alike(tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(0)
    trained = get_peft_model(Model(), LoraConfig(r=2, lora_alpha=4, target_modules=["inner"]))
    for parameter in trained.parameters():
        parameter.data += torch.randn_like(parameter) * parameter.requires_grad
    trained.save_pretrained(tmp_path)
    model = Model()
    merge_adapter(model, tmp_path)
    assert torch.allclose(model.inner.weight, trained.merge_and_unload().inner.weight, atol=1e-6)


def test_a_change_of_low_rank_is_kept_whole_and_another_by_its_foremost_direction() -> None:
    # [[0, 4], [0, 0]] is of rank one; of diag(5, 1) the foremost direction is the first.
    for change, kept in ([[0.0, 4.0], [0.0, 0.0]],) * 2, ([[5.0, 0.0], [0.0, 1.0]], [[5.0, 0.0], [0.0, 0.0]]):
        model = Model()
        before = model.inner.weight.detach().clone()
        pair = low_rank(torch.tensor(change), 1)
        assert [tuple(part.shape) for part in pair] == [(1, 2), (2, 1)]
        merge(model, dict(zip(low_rank_names("inner"), pair, strict=True)), ALPHA_PER_RANK)
        assert torch.allclose(model.inner.weight - before, torch.tensor(kept), atol=1e-5)
