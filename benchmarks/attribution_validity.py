"""Planted truth: does the attribution find what drives simulated worlds?

Each world draws a table of trials from known expected responses. Evidence, generation, both, an
interaction or nothing drives quality; the response is Bernoulli or continuous; 10 to 300
questions, three shapes of question effects up to most of the variance, 1 to 4 replicates, cells
missing. The true shares are those of the definitions in ``ragcheck.attribution.variance``,
computed from the expected responses of 20,000 questions of the same world.

    python benchmarks/attribution_validity.py --worlds 500 --seed 1

prints, for each kind of world: coverage of the 95 % intervals (target 92 to 98 %), bias of the
shares (under 0.02), and verdicts (with no effect, one side in at most 5 %; with a share of 20 %
and 60 questions, the right one in at least 90 %). The exit code is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from ragcheck.attribution import attribute
from ragcheck.rng import generator

KINDS = ("evidence", "generation", "both", "interaction", "nothing")
RESPONSES = ("continuous", "bernoulli")
SHARES = ("evidence", "generation", "interaction", "noise", "unit")
SIZES = (10, 15, 25, 40, 60, 100, 180, 300)
POPULATION = 20_000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class World:
    """Expected responses: ``effect`` is (evidence cells, generation cells), on the logit scale
    for Bernoulli responses; ``own`` scales what each question does with the evidence alone."""

    kind: str
    response: str
    effect: Floats
    own: float
    unit_shape: str
    unit_scale: float
    noise: float
    questions: int
    replicates: tuple[int, int]
    missing: float

    def expected(self, questions: int, rng: np.random.Generator) -> Floats:
        """(questions, evidence cells, generation cells) expected responses."""
        base = _unit_effects(self.unit_shape, questions, rng) * self.unit_scale
        private = rng.normal(size=(questions, self.effect.shape[0], 1)) * self.own
        raw = base[:, None, None] + self.effect + private
        return 1 / (1 + np.exp(-raw)) if self.response == "bernoulli" else raw

    def truth(self, rng: np.random.Generator, questions: int = POPULATION) -> Floats:
        """The five shares, in the order of ``SHARES``, from that many questions."""
        m = self.expected(questions, rng)
        e, g, u = m.mean(axis=2), m.mean(axis=1), m.mean(axis=(1, 2))
        joint = m - e[:, :, None] - g[:, None, :] + u[:, None, None]
        noise = float((m * (1 - m)).mean()) if self.response == "bernoulli" else self.noise**2
        parts = np.array(
            [
                ((e - u[:, None]) ** 2).mean(),
                ((g - u[:, None]) ** 2).mean(),
                (joint**2).mean(),
                noise,
                u.var(),
            ]
        )
        parts[parts < 1e-15] = 0.0
        return parts / parts.sum()

    def trials(self, rng: np.random.Generator) -> dict[str, Floats]:
        """A results table: one entry a trial in each column."""
        m = self.expected(self.questions, rng)
        low, high = self.replicates
        count = rng.integers(low, high + 1, size=m.shape)
        count[rng.random(m.shape) < self.missing] = 0
        cell = np.repeat(np.arange(m.size), count.ravel())
        unit, evidence, generation = np.unravel_index(cell, m.shape)
        mean = m.ravel()[cell]
        if self.response == "bernoulli":
            value = (rng.random(mean.size) < mean).astype(float)
        else:
            value = mean + rng.normal(size=mean.size) * self.noise
        return {"question": unit, "chunker": evidence, "temperature": generation, "score": value}


def draw_world(kind: str, response: str, rng: np.random.Generator) -> World:
    """A world of one kind, everything else at random."""
    shape = (int(rng.integers(2, 5)), int(rng.integers(2, 4)))
    strength = float(rng.uniform(0.3, 1.0)) * (1.6 if response == "bernoulli" else 1.0)
    low = int(rng.integers(1, 4))
    high = 1 if rng.random() < 0.15 else max(low, int(rng.integers(2, 5)))
    follows = kind in ("evidence", "both")
    return World(
        kind=kind,
        response=response,
        effect=strength * _effect(kind, shape, rng),
        own=float(rng.choice([0.0, 0.5])) * strength if follows else 0.0,
        unit_shape=str(rng.choice(["normal", "two groups", "skewed"])),
        unit_scale=float(rng.choice([0.3, 1.0, 2.5])),
        noise=float(rng.uniform(0.4, 1.2)),
        questions=int(rng.choice(SIZES)),
        replicates=(min(low, high), high),
        missing=float(rng.choice([0.0, 0.0, 0.1, 0.3])),
    )


def power_world(kind: str, response: str, rng: np.random.Generator) -> World:
    """60 questions, and each planted component is 20 % of the total variance.

    Effects that cannot reach it under the ceiling of a Bernoulli response are drawn again.
    Replicates are 2 or 3, a tenth of the cells is missing, and the question effects are normal.
    """
    planted = {"both": [0, 1], "generation": [1], "interaction": [2]}.get(kind, [0])
    while True:
        effect = _effect(kind, (int(rng.integers(2, 4)), 2), rng)
        for strength in np.geomspace(0.3, 4.0, 60):
            scaled = float(strength) * effect
            world = World(kind, response, scaled, 0.0, "normal", 0.7, 1.0, 60, (2, 3), 0.1)
            share = world.truth(np.random.default_rng(0), 2_000)[planted].min()
            if share >= 0.2:
                return world


def _effect(kind: str, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Effects of the cells with a standard deviation of 1 for each planted component."""
    e, g = _unit_spread(rng.normal(size=shape[0])), _unit_spread(rng.normal(size=shape[1]))
    effect = np.zeros(shape)
    if kind in ("evidence", "both"):
        effect = effect + e[:, None]
    if kind in ("generation", "both"):
        effect = effect + g[None, :]
    if kind == "interaction":
        if rng.random() < 0.5:  # the knob matters only where the evidence is broken
            broken, hot = int(rng.integers(shape[0])), int(rng.integers(shape[1]))
            effect[broken, hot] = -2.0
        else:  # the best knob depends on the evidence
            effect = effect + e[:, None] * g[None, :]
    return effect


def _unit_spread(values: Floats) -> Floats:
    centred = values - values.mean()
    return centred / centred.std()


def _unit_effects(shape: str, count: int, rng: np.random.Generator) -> Floats:
    if shape == "two groups":
        return rng.choice([-1.0, 1.0], size=count)
    if shape == "skewed":
        return (rng.gamma(4.0, size=count) - 4.0) / 2.0
    return rng.normal(size=count)


@dataclass(frozen=True)
class Outcome:
    """One analysed world. The arrays have one entry a share; undefined shares are NaN."""

    world: World
    truth: Floats
    value: Floats
    low: Floats
    high: Floats
    verdict: str


def analyse(
    draw: Callable[[str, str, np.random.Generator], World],
    kind: str,
    response: str,
    seed: int,
    index: int,
) -> Outcome:
    """Draw a world and a table of it, and attribute."""
    rng = generator(seed, draw.__name__, kind, response, str(index))
    world = draw(kind, response, rng)
    found = attribute(
        world.trials(rng), response="score", unit="question", evidence=["chunker"],
        generation=["temperature"], rng=rng,
    )  # fmt: skip
    shares = [found.shares[name] for name in SHARES]

    def numbers(values: Sequence[float | None]) -> Floats:
        return np.array([np.nan if value is None else value for value in values])

    return Outcome(
        world,
        world.truth(rng),
        numbers([share.value for share in shares]),
        numbers([share.low for share in shares]),
        numbers([share.high for share in shares]),
        found.verdict,
    )


@dataclass(frozen=True)
class Summary:
    """Figures over many worlds of one kind."""

    coverage: Floats
    bias: Floats
    verdicts: Mapping[str, float]
    worlds: int


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """Coverage, bias and verdict rates."""
    truth = np.array([o.truth for o in outcomes])
    value = np.array([o.value for o in outcomes])
    low, high = np.array([o.low for o in outcomes]), np.array([o.high for o in outcomes])
    known = ~np.isnan(value)
    covered = ((low <= truth + 1e-12) & (truth - 1e-12 <= high)).sum(axis=0) / known.sum(axis=0)
    verdicts = Counter(o.verdict for o in outcomes)
    rates = {name: count / len(outcomes) for name, count in verdicts.most_common()}
    return Summary(covered, np.nanmean(value - truth, axis=0), rates, len(outcomes))


def right(kind: str, verdict: str) -> bool:
    """Whether a verdict fits a world; where nothing matters, doubt is right too."""
    return verdict in ("neither", "inconclusive") if kind == "nothing" else verdict == kind


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the suite and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=500, help="worlds of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sizes", action="store_true", help="also by number of questions")
    options = parser.parse_args(arguments)
    missed: list[str] = []
    for draw in (draw_world, power_world):
        title = "worlds at random" if draw is draw_world else "a share of 20 %, 60 questions"
        print(f"\n{title}: {options.worlds} of each kind, seed {options.seed}")
        header = "  ".join(f"{name[:11]:>11}" for name in SHARES)
        print(f"{'':23} coverage and bias of {header}")
        kept: list[Outcome] = []
        for response in RESPONSES:
            for kind in KINDS:
                if draw is power_world and kind == "nothing":
                    continue
                outcomes = Parallel(n_jobs=options.jobs)(
                    delayed(analyse)(draw, kind, response, options.seed, index)
                    for index in range(options.worlds)
                )
                kept += outcomes
                missed += _report(kind, response, summarise(outcomes), draw is power_world)
        if options.sizes and draw is draw_world:
            for size in SIZES:
                of_size = summarise([o for o in kept if o.world.questions == size])
                print(f"{size:>4} questions {_figures(of_size)}")
    print("\nmissed: " + ("; ".join(missed) if missed else "no target"))
    return 1 if missed else 0


def _figures(summary: Summary) -> str:
    pairs = zip(summary.coverage, summary.bias, strict=True)
    return "  ".join(f"{cover:5.1%} {bias:+.3f}" for cover, bias in pairs)


def _report(kind: str, response: str, summary: Summary, power: bool) -> list[str]:
    rates = "  ".join(f"{name} {rate:.1%}" for name, rate in summary.verdicts.items())
    print(f"{response:>10} {kind:<11} {_figures(summary)}   {rates}", flush=True)
    name = f"{response} {kind}"
    missed = []
    # Coverage of 500 worlds has a standard error of 1 %; the target itself is checked.
    for share, cover, bias in zip(SHARES, summary.coverage, summary.bias, strict=True):
        if not 0.92 <= cover <= 0.98:
            missed.append(f"{name}: coverage of {share} {cover:.1%}")
        if abs(bias) >= 0.02:
            missed.append(f"{name}: bias of {share} {bias:+.3f}")
    one_side = summary.verdicts.get("evidence", 0.0) + summary.verdicts.get("generation", 0.0)
    if kind == "nothing" and one_side > 0.05:
        missed.append(f"{name}: one side in {one_side:.1%}")
    if power:
        hit = sum(rate for verdict, rate in summary.verdicts.items() if right(kind, verdict))
        if hit < 0.9:
            missed.append(f"{name}: right in {hit:.1%}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
