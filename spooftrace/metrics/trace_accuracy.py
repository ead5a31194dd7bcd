"""How near an estimated spoof trace comes to the true one, where the attack was simulated.

Pictures   (h, w, 3) RGB, any float, [0, 1]; traces likewise, signed (Eq. 1: spoof - live).
Numbers    computed in float32, one picture in a few milliseconds; SSIM keeps four digits.
Undefined  NaN: the correlation with a constant trace, localisation where all or nothing is touched.

docs/metrics.md says what the figures mean, and what the *do-nothing* baseline (a trace of zero) is.
"""

from dataclasses import dataclass, fields
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from spooftrace.errors import ConfigError

Picture = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]

MOST_PSNR_DB: Final = 100.0
"""Of equal pictures. True traces are stored in 16-bit floats, and are exact to about 80 dB."""

_WINDOW, _SIGMA = 11, 1.5
_C1, _C2 = 0.01**2, 0.03**2
"""Wang et al. 2004, Sec. III.B: K1 = 0.01, K2 = 0.03, L = 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceAccuracy:
    """The figures of one spoof face and one estimate of its trace."""

    psnr: float
    """Of the reconstructed live face against the true one, in dB."""
    ssim: float
    """Of the same two."""
    correlation: float
    """Of the estimated trace with the true one."""
    localisation: float
    """Area under the ROC of the size of the estimated trace against the touched pixels."""
    energy: float
    """Mean square of the estimated trace."""


FIGURES: Final = tuple(field.name for field in fields(TraceAccuracy))


def trace_accuracy(
    spoof: Picture, true_trace: Picture, estimate: Picture, touched: Mask
) -> TraceAccuracy:
    """All figures of one face.

    The reconstructed live face is `spoof - estimate`, the true one `spoof - true_trace` (Eq. 1);
    both are clipped to [0, 1], as they would be shown. `touched` (h, w) marks the pixels that the
    medium changed; who simulated the attack says which these are.
    """
    live, reconstructed = (
        np.clip(spoof.astype(np.float32) - trace, 0, 1) for trace in (true_trace, estimate)
    )
    return TraceAccuracy(
        psnr=psnr(reconstructed, live),
        ssim=ssim(reconstructed, live),
        correlation=correlation(estimate, true_trace),
        localisation=localisation(estimate, touched),
        energy=energy(estimate),
    )


def psnr(picture: Picture, truth: Picture) -> float:
    """Peak signal-to-noise ratio for a peak of 1, in dB: -10 log10 of the mean squared error.

    At most `MOST_PSNR_DB`, which equal pictures get instead of infinity, so that means exist.
    """
    _check_same_shape("PSNR", picture, truth)
    error = float(np.square(np.subtract(picture, truth, dtype=np.float32)).mean(dtype=np.float64))
    return float(-10 * np.log10(max(error, 10 ** (-MOST_PSNR_DB / 10))))


def ssim(picture: Picture, truth: Picture) -> float:
    """Structural similarity (Wang et al. 2004, Eq. 13): mean over pixels and the three colours.

    Gaussian window of 11 x 11 pixels, sigma 1.5; windows that leave the picture are left out.

    Raises:
        ConfigError: the pictures differ in shape, or are smaller than the window.
    """
    _check_same_shape("SSIM", picture, truth)
    if min(picture.shape[:2]) < _WINDOW:
        raise ConfigError(f"SSIM: expected at least {_WINDOW} px a side, got {picture.shape[:2]}")
    # Second moments about the middle of the range lose fewer digits; they do not depend on it.
    x, y = (np.subtract(each, 0.5, dtype=np.float32) for each in (picture, truth))
    mean_x, mean_y, xx, yy, xy = (_windowed(each) for each in (x, y, x * x, y * y, x * y))
    spread = xx - mean_x**2 + yy - mean_y**2
    common = xy - mean_x * mean_y
    light_x, light_y = mean_x + 0.5, mean_y + 0.5
    luminance = (2 * light_x * light_y + _C1) / (light_x**2 + light_y**2 + _C1)
    similarity = luminance * (2 * common + _C2) / (spread + _C2)
    return float(similarity.mean(dtype=np.float64))


def correlation(estimate: Picture, truth: Picture) -> float:
    """Pearson's correlation of two traces over all pixels and colours; NaN where one is constant.

    It is blind to the size of a trace, and to one constant added to all three colours.
    """
    _check_same_shape("correlation", estimate, truth)
    first, second = (
        each - each.mean(dtype=np.float64)
        for each in (estimate.astype(np.float64), truth.astype(np.float64))
    )
    size = np.sqrt(np.square(first).sum() * np.square(second).sum())
    return float((first * second).sum() / size) if size > 1e-12 * first.size else float("nan")


def energy(trace: Picture) -> float:
    """Mean square of a trace over all pixels and colours."""
    return float(np.square(trace, dtype=np.float64).mean())


def strength(trace: Picture) -> NDArray[np.float32]:
    """|G| of each pixel: the mean over the colours of the trace's size, (h, w)."""
    size: NDArray[np.float32] = np.abs(trace).mean(axis=-1, dtype=np.float32)
    return size


def localisation(estimate: Picture, touched: Mask) -> float:
    """Chance that a touched pixel has a larger |G| than an untouched one, ties counting half.

    The area under the ROC of |G| against `touched` (h, w); 0.5 for a trace of zero, NaN where all
    pixels are touched, or none.

    Raises:
        ConfigError: the mask is not of the trace's height and width.
    """
    if touched.shape != estimate.shape[:2]:
        raise ConfigError(
            f"localisation: expected a mask of {estimate.shape[:2]}, got {touched.shape}"
        )
    size = strength(estimate)
    inside, outside = np.sort(size[touched]), np.sort(size[~touched])
    if not inside.size or not outside.size:
        return float("nan")
    # Mann and Whitney's count. Both sides sorted, the search walks memory in order.
    below = np.searchsorted(outside, inside, "left") + np.searchsorted(outside, inside, "right")
    return float(below.mean() / 2 / outside.size)


def _windowed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gaussian means around every pixel whose window lies inside the picture."""
    margin = _WINDOW // 2
    blurred = cv2.GaussianBlur(values, (_WINDOW, _WINDOW), _SIGMA)
    return np.asarray(blurred[margin:-margin, margin:-margin], np.float32)


def _check_same_shape(what: str, first: Picture, second: Picture) -> None:
    if first.shape != second.shape:
        raise ConfigError(
            f"{what}: expected two pictures of one shape, got {first.shape} and {second.shape}"
        )
