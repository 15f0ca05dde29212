from __future__ import annotations

import pytest
import torch

from ragcheck.judges.readers.encoder import SHAPES, WIDTH, Depth, GemmaEncoder


@pytest.fixture(scope="module")
def encoder():
    """One causal and one fitted layer with small random matrices."""
    torch.manual_seed(3)
    built = GemmaEncoder(Depth(2, 1, 4))
    for block in built.blocks:
        for name, shape in SHAPES.items():
            getattr(block, name).weight = torch.randn(shape) * 0.03
    with torch.no_grad():
        for name, parameter in built.named_parameters():
            if name.endswith(".up"):
                parameter.normal_(0, 0.1)
    return built.eval()


def present(length, kept=None):
    return torch.arange(length)[None] < (length if kept is None else kept)


def test_the_causal_layers_do_not_see_ahead_and_the_others_do(encoder):
    states = torch.randn(1, 6, WIDTH)
    changed = states.clone()
    changed[:, -1] += 1
    with torch.inference_mode():
        lower = [encoder.lower(each, present(6)) for each in (states, changed)]
        both = [encoder(each, present(6)) for each in (states, changed)]
    torch.testing.assert_close(lower[0][:, :-1], lower[1][:, :-1])
    assert (both[0][:, 0] - both[1][:, 0]).abs().max() > 1e-4


def test_what_is_not_present_changes_nothing(encoder):
    states = torch.randn(1, 5, WIDTH)
    longer = torch.cat((states, torch.randn(1, 3, WIDTH)), dim=1)
    with torch.inference_mode():
        alone = encoder(states, present(5))
        padded = encoder(longer, present(8, 5))[:, :5]
    torch.testing.assert_close(alone, padded, rtol=1e-4, atol=1e-5)


def test_order_matters(encoder):
    states = torch.randn(1, 4, WIDTH)
    with torch.inference_mode():
        there, back = encoder(states, present(4)), encoder(states.flip(1), present(4)).flip(1)
    assert (there - back).abs().max() > 1e-4


def test_folding_keeps_the_scores(encoder):
    import copy

    states, folded = torch.randn(1, 5, WIDTH), copy.deepcopy(encoder)
    folded.fold()
    with torch.inference_mode():
        before, after = encoder(states, present(5)), folded(states, present(5))
    torch.testing.assert_close(before, after, rtol=1e-3, atol=1e-4)
    assert all("down" not in name.split(".") for name, _ in folded.named_parameters())
