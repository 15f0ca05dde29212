"""Writes the weighted mean of two readers' weights.

    python training/average_readers.py first.safetensors second.safetensors --share 0.7 --out FILE

A reader that was fitted further on written text reads it better and real text worse; the mean with
where it came from keeps most of both (Wortsman et al. 2022, "Robust fine-tuning of zero-shot
models", doi:10.1109/CVPR52688.2022.00780). Both must come from the same start.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file


def averaged(
    first: dict[str, torch.Tensor], second: dict[str, torch.Tensor], share: float
) -> dict[str, torch.Tensor]:
    """Each tensor of both, ``share`` of it from the second.

    Raises:
        ValueError: they do not hold the same tensors.
    """
    if first.keys() != second.keys():
        raise ValueError("the two files hold different tensors")
    return {
        name: torch.lerp(first[name].float(), second[name].float(), share)
        .to(torch.float16)
        .contiguous()
        for name in first
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("first", type=Path)
    arguments.add_argument("second", type=Path)
    arguments.add_argument("--share", type=float, required=True, help="of the second, in [0, 1]")
    arguments.add_argument("--out", type=Path, required=True)
    options = arguments.parse_args()
    save_file(averaged(load_file(options.first), load_file(options.second), options.share),
              options.out)  # fmt: skip


if __name__ == "__main__":
    main()
