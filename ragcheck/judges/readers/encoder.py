"""The lower layers of Gemma 3 as an encoder: every token sees every other.

Architecture: Gemma 3 technical report (arXiv 2503.19786), section 2. A language model that may
look ahead after a little fitting encodes well (BehnamGhader et al. 2024, arXiv 2404.05961); the
fitting is low-rank (Hu et al. 2021, arXiv 2106.09685). The lowest layers are left as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ragcheck.judges.readers.gguf_file import GgufFile

WIDTH, HEADS, HEAD_WIDTH, HIDDEN = 640, 4, 256, 2048
LOCAL_BASE, GLOBAL_BASE, GLOBAL_EVERY = 1e4, 1e6, 6
EPSILON = 1e-6
SHAPES = {
    "attn_q": (HEADS * HEAD_WIDTH, WIDTH),
    "attn_k": (HEAD_WIDTH, WIDTH),
    "attn_v": (HEAD_WIDTH, WIDTH),
    "attn_output": (WIDTH, HEADS * HEAD_WIDTH),
    "ffn_gate": (HIDDEN, WIDTH),
    "ffn_up": (HIDDEN, WIDTH),
    "ffn_down": (WIDTH, HIDDEN),
}
NORMS = (
    "attn_norm", "attn_q_norm", "attn_k_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Depth:
    """How many layers are used, how many of them stay causal and unfitted, and the rank."""

    layers: int
    causal: int
    rank: int


class LowRank(nn.Module):
    """A frozen matrix with a fitted addition of low rank; rank 0 adds nothing."""

    def __init__(self, shape: tuple[int, int], rank: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(shape), persistent=False)
        self.rank = rank
        if rank:
            self.down = nn.Parameter(torch.randn(rank, shape[1]) / shape[1] ** 0.5)
            self.up = nn.Parameter(torch.zeros(shape[0], rank))

    def forward(self, states: Tensor) -> Tensor:
        weight: Any = self.weight
        found = functional.linear(states, weight)
        if self.rank:
            low = functional.linear(states, self.down.to(states.dtype))
            found = found + functional.linear(low, self.up.to(states.dtype))
        return found

    def fold(self) -> None:
        """Adds the fitted part to the matrix, so that it costs nothing when reading."""
        if self.rank:
            weight: Any = self.weight
            added = (self.up @ self.down).to(weight.dtype)
            self.register_buffer("weight", weight + added, persistent=False)
            del self.down, self.up
            self.rank = 0


class Layer(nn.Module):
    """One layer; ``base`` is that of its rotary positions."""

    attn_q: LowRank
    attn_k: LowRank
    attn_v: LowRank
    attn_output: LowRank
    ffn_gate: LowRank
    ffn_up: LowRank
    ffn_down: LowRank
    attn_norm: Tensor
    attn_q_norm: Tensor
    attn_k_norm: Tensor
    post_attention_norm: Tensor
    ffn_norm: Tensor
    post_ffw_norm: Tensor

    def __init__(self, base: float, rank: int) -> None:
        super().__init__()
        self.base = base
        for name, shape in SHAPES.items():
            setattr(self, name, LowRank(shape, rank))
        for name in NORMS:
            width = HEAD_WIDTH if "_q_" in name or "_k_" in name else WIDTH
            self.register_buffer(name, torch.ones(width), persistent=False)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        states = states + _norm(self._attend(_norm(states, self.attn_norm), mask),
                                self.post_attention_norm)  # fmt: skip
        inner = _norm(states, self.ffn_norm)
        inner = functional.gelu(self.ffn_gate(inner), approximate="tanh") * self.ffn_up(inner)
        return states + _norm(self.ffn_down(inner), self.post_ffw_norm)

    def _attend(self, states: Tensor, mask: Tensor) -> Tensor:
        count, length, _ = states.shape
        query = self.attn_q(states).view(count, length, HEADS, HEAD_WIDTH)
        key = self.attn_k(states).view(count, length, 1, HEAD_WIDTH)
        value = self.attn_v(states).view(count, length, 1, HEAD_WIDTH).transpose(1, 2)
        turn = _turn(length, self.base)
        query = _rotate(_norm(query, self.attn_q_norm), turn).transpose(1, 2)
        key = _rotate(_norm(key, self.attn_k_norm), turn).transpose(1, 2)
        found = functional.scaled_dot_product_attention(
            query, key.expand(-1, HEADS, -1, -1), value.expand(-1, HEADS, -1, -1), attn_mask=mask
        )
        joined = found.transpose(1, 2).reshape(count, length, HEADS * HEAD_WIDTH)
        mixed: Tensor = self.attn_output(joined)
        return mixed


def _norm(states: Tensor, weight: Any) -> Tensor:
    wide = states.float()
    wide = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + EPSILON)
    normed: Tensor = (wide * weight).to(states.dtype)
    return normed


def _turn(length: int, base: float) -> tuple[Tensor, Tensor]:
    rates = base ** -(torch.arange(0, HEAD_WIDTH, 2).float() / HEAD_WIDTH)
    angles = torch.arange(length).float()[:, None] * rates
    both = torch.cat((angles, angles), dim=-1)[:, None]
    return both.cos(), both.sin()


def _rotate(states: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    low, high = states.chunk(2, dim=-1)
    cos, sin = (part.to(states.dtype) for part in turn)
    return states * cos + torch.cat((-high, low), dim=-1) * sin


class GemmaEncoder(nn.Module):
    """Tokens to states, with one score for "begins here" and one for "ends here" a token."""

    def __init__(self, depth: Depth) -> None:
        super().__init__()
        self.depth = depth
        self.blocks = nn.ModuleList(
            Layer(
                GLOBAL_BASE if (number + 1) % GLOBAL_EVERY == 0 else LOCAL_BASE,
                0 if number < depth.causal else depth.rank,
            )
            for number in range(depth.layers)
        )
        self.final = nn.Parameter(torch.ones(WIDTH))
        self.head = nn.Linear(WIDTH, 2)

    def fill(self, file: GgufFile, dtype: torch.dtype) -> None:
        """Takes the frozen matrices from the model's file."""
        for number, block in enumerate(self.blocks):
            for name in SHAPES:
                tensor = torch.tensor(file.tensor(f"blk.{number}.{name}.weight")).to(dtype)
                getattr(block, name).register_buffer("weight", tensor, persistent=False)
            for name in NORMS:
                tensor = torch.tensor(file.tensor(f"blk.{number}.{name}.weight"))
                block.register_buffer(name, tensor, persistent=False)

    def lower(self, states: Tensor, present: Tensor) -> Tensor:
        """The states after the causal layers: no gradient is needed below."""
        length = states.shape[1]
        seen = torch.ones(length, length, dtype=torch.bool).tril()[None, None]
        return self._run(states, seen & present[:, None, None, :], 0, self.depth.causal)

    def upper(self, states: Tensor, present: Tensor) -> Tensor:
        """(count, length, 2) scores from the states after the causal layers."""
        mask = present[:, None, None, :]
        states = self._run(states, mask, self.depth.causal, self.depth.layers)
        scores: Tensor = self.head(_norm(states, self.final).float())
        return scores

    def forward(self, states: Tensor, present: Tensor) -> Tensor:
        return self.upper(self.lower(states, present), present)

    def fold(self) -> None:
        """Makes the fitted additions part of the matrices."""
        for module in self.modules():
            if isinstance(module, LowRank):
                module.fold()

    def _run(self, states: Tensor, mask: Tensor, first: int, last: int) -> Tensor:
        for block in list(self.blocks)[first:last]:
            states = block(states, mask)
        return states


def embedded(file: GgufFile, numbers: np.ndarray[Any, np.dtype[np.int64]]) -> Tensor:
    """(count, length, width) scaled embeddings; only the rows that occur are unpacked."""
    unique, places = np.unique(numbers, return_inverse=True)
    rows = file.rows("token_embd.weight", unique) * np.float32(WIDTH**0.5)
    return torch.from_numpy(rows[places.reshape(numbers.shape)])
