"""`descend`: how everything that is trained here is trained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

Report = Callable[[int, int, float], None]
"""Called with (step, steps, mean loss of the last steps)."""
_RECENT = 20
_WARM = 10
"""The rate rises over one in so many steps, and falls from there to a fiftieth."""


def descend(
    weights: Sequence[torch.Tensor],
    steps: int,
    rate: float,
    loss_of: Callable[[], Any],
    report: Report | None = None,
) -> None:
    """Lower the loss of so many steps, each of which `loss_of` gives, by AdamW with gradients of length 1 at most."""
    import torch

    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=0.01)
    warm = max(1, steps // _WARM)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.02, (steps - step) / (steps - warm + 1)))
    )
    recent: list[float] = []
    for step in range(steps):
        loss = loss_of()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        schedule.step()
        optimiser.zero_grad()
        recent = [*recent[1 - _RECENT :], float(loss.detach())]
        if report is not None:
            report(step + 1, steps, sum(recent) / len(recent))
