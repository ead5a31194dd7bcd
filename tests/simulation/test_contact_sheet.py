"""The contact sheet: live, spoof and trace side by side."""

import numpy as np

from spooftrace.simulation.contact_sheet import _HEAD, contact_sheet


def test_a_sheet_shows_live_spoof_and_trace_about_grey():
    live = np.full((256, 256, 3), 120, np.uint8)
    spoof = np.full((256, 256, 3), 150, np.uint8)
    trace = np.full((256, 256, 3), 30 / 255, np.float16)
    sheet = contact_sheet("print", [live] * 3, [spoof] * 3, [trace] * 3)
    assert sheet.shape == (_HEAD + 2 * 262, 2 * (3 * 256 + 6), 3)
    row = sheet[_HEAD + 100]
    assert (row[100, 0], row[356, 0], row[612, 0]) == (120, 150, 157)
    assert (sheet[_HEAD + 262 + 100, 774 + 100] == 255).all()  # nothing in the fourth place
