"""Published data sets with their published analyses."""

from __future__ import annotations

# Montgomery, Design and Analysis of Experiments, measurement systems capability study: 20 parts
# (rows), 3 operators, 2 measurements each.
GAUGE = """
21 20 20 20 19 21; 24 23 24 24 23 24; 20 21 19 21 20 22; 27 27 28 26 27 28; 19 18 19 18 18 21
23 21 24 21 23 22; 22 21 22 24 22 20; 19 17 18 20 19 18; 24 23 25 23 24 24; 25 23 26 25 24 25
21 20 20 20 21 20; 18 19 17 19 18 19; 23 25 25 25 25 25; 24 24 23 25 24 25; 29 30 30 28 31 30
26 26 25 26 25 27; 20 20 19 20 20 20; 19 21 19 19 21 23; 25 26 25 24 25 25; 19 19 18 17 19 17
"""
# As printed there: sums of squares, and the components of variance of the random model.
GAUGE_SUMS = {"parts": 1185.425, "operators": 2.617, "interaction": 27.050, "error": 59.500}
GAUGE_COMPONENTS = {"parts": 10.2798, "operators": 0.0149, "interaction": -0.1399, "error": 0.9917}

# Yates (1935), Complex experiments: yields of oats in 6 blocks (rows), 3 varieties (Victory,
# Golden Rain, Marvellous) and 4 doses of nitrogen (0, 0.2, 0.4, 0.6 cwt an acre).
OATS = """
111 130 157 174 117 114 161 141 105 140 118 156; 61 91 97 100 70 108 126 149 96 124 121 144
68 64 112 86 60 102 89 96 89 129 132 124; 74 89 81 122 64 103 132 133 70 89 104 117
62 90 100 116 80 82 94 126 63 70 109 99; 53 74 118 113 89 82 86 104 97 99 119 121
"""
# Venables and Ripley, Modern Applied Statistics with S, analysis of the split plots.
OATS_SUMS = {
    "blocks": 15875.3,
    "varieties": 1786.4,
    "blocks x varieties": 6013.3,
    "nitrogen": 20020.5,
    "varieties x nitrogen": 321.75,
    "within plots": 7968.75,
}


def gauge_rows() -> list[dict[str, object]]:
    """One row a measurement: part, operator, value."""
    return [
        {"part": part, "operator": index // 2, "value": value}
        for part, values in enumerate(_numbers(GAUGE))
        for index, value in enumerate(values)
    ]


def oats_rows() -> list[dict[str, object]]:
    """One row a plot: block, variety, nitrogen, yield."""
    return [
        {
            "block": block,
            "variety": ("Victory", "Golden Rain", "Marvellous")[index // 4],
            "nitrogen": round(0.2 * (index % 4), 1),
            "yield": value,
        }
        for block, values in enumerate(_numbers(OATS))
        for index, value in enumerate(values)
    ]


def _numbers(text: str) -> list[list[float]]:
    lines = text.strip().replace("\n", ";").split(";")
    return [[float(value) for value in line.split()] for line in lines]
