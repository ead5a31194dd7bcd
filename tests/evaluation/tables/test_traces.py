"""Trace accuracy per medium."""

import math

import numpy as np
import pytest

from spooftrace.evaluation.tables.traces import trace_table

FIGURES = ("psnr", "ssim", "correlation", "localisation", "energy")


def columns(media, subjects):
    count = len(media)
    return {
        "id": [str(number) for number in range(count)],
        "label": [int(medium != "live") for medium in media],
        "medium": media,
        "clip": [None] * count,
        "subject": subjects,
        "database": ["made"] * count,
    }


def made(people=8):
    """Every person once live, once printed, twice replayed."""
    media = ["live", "print", "replay", "replay"] * people
    subjects = [f"p{number // 4}" for number in range(4 * people)]
    rng = np.random.default_rng(0)
    is_live = np.array([medium == "live" for medium in media])
    estimate = {name: rng.uniform(0.1, 0.9, len(media)) for name in FIGURES}
    nothing = {name: rng.uniform(0.1, 0.9, len(media)) for name in FIGURES}
    for side in (estimate, nothing):
        for name in FIGURES[:-1]:
            side[name][is_live] = np.nan
    return columns(media, subjects), np.arange(len(media)), estimate, nothing


def test_means_by_medium():
    known, rows, estimate, nothing = made()
    table = trace_table(known, rows, estimate, nothing)
    by_name = {row[0]: row for row in table.rows}
    assert list(by_name) == ["print", "replay", "all attacks", "live"]
    assert [by_name[name][1] for name in by_name] == [8, 16, 24, 8]
    replay = np.array([medium == "replay" for medium in known["medium"]])
    at = {heading: number for number, heading in enumerate(table.columns)}
    cell = by_name["replay"][at["PSNR"]]
    assert cell.value == pytest.approx(estimate["psnr"][replay].mean())
    assert cell.interval.low < cell.value < cell.interval.high
    assert by_name["replay"][at["SSIM of 0"]].value == pytest.approx(nothing["ssim"][replay].mean())
    assert by_name["live"][at["PSNR"]] is None
    live = np.array([medium == "live" for medium in known["medium"]])
    assert by_name["live"][at["energy"]].value == pytest.approx(
        1000 * estimate["energy"][live].mean()
    )
    share = by_name["live"][at["share"]]
    assert share.value == pytest.approx(
        estimate["energy"][live].mean() / estimate["energy"][~live].mean()
    )
    assert share.interval.low < share.value < share.interval.high
    assert "by subject" in table.note


def test_undefined_figures_are_left_out_of_a_mean():
    known, rows, estimate, nothing = made()
    prints = np.flatnonzero([medium == "print" for medium in known["medium"]])
    estimate["correlation"][prints[1:]] = math.nan
    table = trace_table(known, rows, estimate, nothing)
    at = table.columns.index("corr.")
    assert table.rows[0][at].value == pytest.approx(estimate["correlation"][prints[0]])
    assert table.rows[0][at].interval is None  # of one person


def test_rows_of_a_part_of_the_store():
    known, rows, estimate, nothing = made()
    half = {name: values[16:] for name, values in estimate.items()}
    zero = {name: values[16:] for name, values in nothing.items()}
    table = trace_table(known, rows[16:], half, zero)
    assert [row[1] for row in table.rows] == [4, 8, 12, 4]


def test_attacks_alone():
    known = columns(["print"] * 6, [f"p{number}" for number in range(6)])
    values = {name: np.linspace(0.1, 0.6, 6) for name in FIGURES}
    table = trace_table(known, np.arange(6), values, values)
    assert [row[0] for row in table.rows] == ["print"]
    assert table.rows[0][-1] is None
