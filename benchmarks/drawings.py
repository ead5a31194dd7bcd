"""Drawn pictures without a face, and those in which people see one: each 256 px, uint8 RGB."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]


def _canvas(rng: np.random.Generator) -> Picture:
    """A background: flat, or clouds of some roughness."""
    base = rng.integers(40, 256, 3).astype(np.float32)
    if rng.random() < 0.5:
        grid = int(rng.integers(2, 40))
        clouds = rng.normal(0, 20, (grid, grid, 1)).astype(np.float32)
        base = base + cv2.resize(clouds, (256, 256), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(np.broadcast_to(base, (256, 256, 3)), 0, 255).astype(np.uint8).copy()


def _ink(rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(int(value) for value in rng.integers(0, 256, 3))


def smiley(rng: np.random.Generator) -> Picture:
    """A round face of lines, two eyes and a mouth."""
    picture, ink, skin = _canvas(rng), _ink(rng), _ink(rng)
    x, y, r = (int(value) for value in rng.uniform([100, 100, 50], [156, 156, 120]))
    cv2.circle(picture, (x, y), r, skin, -1, cv2.LINE_AA)
    thick = int(rng.integers(1, 8))
    cv2.circle(picture, (x, y), r, ink, thick, cv2.LINE_AA)
    eye = int(r * rng.uniform(0.06, 0.2))
    for side in (-1, 1):
        place = (int(x + side * r * rng.uniform(0.3, 0.45)), int(y - r * 0.25))
        cv2.ellipse(picture, place, (eye, int(eye * rng.uniform(0.8, 2))), 0, 0, 360, ink, -1)
    if rng.random() < 0.5:
        cv2.circle(picture, (x, int(y + 0.08 * r)), max(2, r // 12), ink, -1, cv2.LINE_AA)
    bend = int(r * rng.uniform(0.1, 0.5))
    turn = 0 if rng.random() < 0.7 else 180
    mouth = (x, int(y + r * 0.3))
    cv2.ellipse(picture, mouth, (int(r * 0.5), bend), 0, turn, turn + 180, ink, thick, cv2.LINE_AA)
    return picture


def socket(rng: np.random.Generator) -> Picture:
    """A wall socket: a plate, two holes or slots, perhaps a third below."""
    picture = _canvas(rng)
    plate = tuple(int(value) for value in rng.integers(180, 256, 3))
    dark = tuple(int(value) for value in rng.integers(0, 90, 3))
    x, y, r = (int(value) for value in rng.uniform([100, 100, 60], [156, 156, 110]))
    cv2.rectangle(picture, (x - r, y - r), (x + r, y + r), plate, -1)
    if rng.random() < 0.7:
        shade = tuple(int(value * 0.85) for value in plate)
        cv2.circle(picture, (x, y), int(r * 0.75), shade, -1, cv2.LINE_AA)
    hole = max(3, int(r * rng.uniform(0.06, 0.14)))
    for side in (-1, 1):
        place = (int(x + side * r * 0.3), int(y - r * rng.uniform(0, 0.2)))
        tall = hole if rng.random() < 0.5 else 2 * hole
        cv2.ellipse(picture, place, (hole, tall), 0, 0, 360, dark, -1, cv2.LINE_AA)
    if rng.random() < 0.6:
        cv2.ellipse(picture, (x, int(y + r * 0.35)), (hole, hole), 0, 0, 360, dark, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 1.2), np.uint8)


def headlights(rng: np.random.Generator) -> Picture:
    """The front of a car: two lamps, a grille and a bumper."""
    picture, paint, dark = _canvas(rng), _ink(rng), (20, 20, 25)
    cv2.rectangle(picture, (30, 70), (226, 210), paint, -1)
    cv2.rectangle(picture, (70, 80), (186, 120), (150, 170, 190), -1)
    for x in (65, 191):
        cv2.ellipse(picture, (x, 150), (24, 16), 0, 0, 360, (250, 250, 230), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, 150), 8, dark, -1, cv2.LINE_AA)
    for row in range(175, 200, 6):
        cv2.line(picture, (90, row), (166, row), dark, 3)
    return picture


def blobs(rng: np.random.Generator) -> Picture:
    """Ellipses anywhere."""
    picture = _canvas(rng)
    for _ in range(int(rng.integers(3, 40))):
        place = tuple(int(value) for value in rng.integers(0, 256, 2))
        axes = tuple(int(value) for value in rng.integers(3, 60, 2))
        angle = float(rng.uniform(0, 180))
        cv2.ellipse(picture, place, axes, angle, 0, 360, _ink(rng), -1, cv2.LINE_AA)
    return picture


def wood(rng: np.random.Generator) -> Picture:
    """Grain that flows round two or three knots."""
    y, x = np.mgrid[:256, :256].astype(np.float32)
    field = y / 6 + 3 * np.sin(x / rng.uniform(20, 60))
    for _ in range(int(rng.integers(2, 4))):
        a, b, s = rng.uniform([40, 40, 10], [216, 216, 30])
        field += rng.uniform(2, 6) * np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * s * s))
    tone = (0.5 + 0.5 * np.sin(field)) * rng.uniform(0.3, 0.6) + 0.4
    return np.asarray(tone[..., None] * rng.uniform([150, 90, 50], [230, 170, 120]), np.uint8)


def noise(rng: np.random.Generator) -> Picture:
    """Noise whose power falls with frequency, as in nature."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256))) + 1 / 256
    shape = frequency ** -rng.uniform(0, 2.2)
    phase = np.exp(2j * np.pi * rng.random((3, 256, 256)))
    planes = np.fft.ifft2(shape * phase).real
    mix = planes[0] + rng.uniform(0, 1) * (planes - planes[0])
    spread = mix.std(axis=(1, 2), keepdims=True) + 1e-9
    tones = (mix - mix.mean(axis=(1, 2), keepdims=True)) / spread
    return np.clip(tones.transpose(1, 2, 0) * 45 + 128, 0, 255).astype(np.uint8)


def window_front(rng: np.random.Generator) -> Picture:
    """A house: windows, a door, a roof."""
    picture, wall, glass = _canvas(rng), _ink(rng), _ink(rng)
    cv2.rectangle(picture, (50, 90), (206, 240), wall, -1)
    roof = np.int32([[40, 90], [216, 90], [128, int(rng.integers(20, 60))]])
    cv2.fillPoly(picture, [roof], _ink(rng), cv2.LINE_AA)
    for x in (72, 152):
        cv2.rectangle(picture, (x, 115), (x + 32, 150), glass, -1)
        cv2.line(picture, (x + 16, 115), (x + 16, 150), wall, 2)
    cv2.rectangle(picture, (108, 180), (148, 240), _ink(rng), -1)
    return picture


def clock_face(rng: np.random.Generator) -> Picture:
    """A round dial with marks and two hands, perhaps two keyholes and a maker's name below."""
    picture, ink = _canvas(rng), tuple(int(value) for value in rng.integers(0, 100, 3))
    x, y, r = (int(value) for value in rng.uniform([100, 100, 60], [156, 156, 120]))
    cv2.circle(picture, (x, y), r, tuple(int(value) for value in rng.integers(190, 256, 3)), -1)
    cv2.circle(picture, (x, y), r, _ink(rng), int(rng.integers(2, 12)), cv2.LINE_AA)
    for hour in range(12):
        way = np.array([np.sin(hour * np.pi / 6), -np.cos(hour * np.pi / 6)])
        ends = [tuple((np.array([x, y]) + way * r * at).astype(int)) for at in (0.8, 0.92)]
        cv2.line(picture, ends[0], ends[1], ink, int(rng.integers(1, 6)), cv2.LINE_AA)
    if rng.random() < 0.5:
        for side in (-1, 1):
            cv2.circle(picture, (x + side * r // 3, y - r // 8), max(3, r // 12), ink, -1)
        cv2.ellipse(picture, (x, y + r // 2), (r // 3, r // 12), 0, 0, 360, ink, 2, cv2.LINE_AA)
    for length in (0.5, 0.75):
        angle = rng.uniform(0, 2 * np.pi)
        tip = (int(x + length * r * np.sin(angle)), int(y - length * r * np.cos(angle)))
        cv2.line(picture, (x, y), tip, ink, int(rng.integers(2, 7)), cv2.LINE_AA)
    return picture


def halftone(rng: np.random.Generator) -> Picture:
    """Dots or lines of a screen whose size follows clouds."""
    y, x = np.mgrid[:256, :256].astype(np.float32)
    angle, pitch = rng.uniform(0, np.pi / 2), rng.uniform(3, 16)
    along = np.cos(angle) * x + np.sin(angle) * y
    across = np.cos(angle) * y - np.sin(angle) * x
    screen = np.cos(2 * np.pi * along / pitch)
    if rng.random() < 0.7:
        screen = (screen + np.cos(2 * np.pi * across / pitch)) / 2
    grid = int(rng.integers(2, 9))
    clouds = rng.normal(0, 0.6, (grid, grid)).astype(np.float32)
    level = cv2.resize(clouds, (256, 256), interpolation=cv2.INTER_CUBIC)
    paper, ink = (rng.uniform(low, low + 100, 3) for low in (150, 0))
    return np.asarray(np.where((screen > level)[..., None], paper, ink), np.uint8)


def gradient(rng: np.random.Generator) -> Picture:
    """Light that falls off to one side or from a spot, and dark places in it."""
    y, x = np.mgrid[:256, :256].astype(np.float32) / 256
    spots = np.zeros((256, 256), np.float32)
    for _ in range(int(rng.integers(1, 5))):
        a, b, s = rng.uniform([0, 0, 0.05], [1, 1, 0.6])
        spots += rng.uniform(-1, 1) * np.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * s * s))
    light = spots + rng.uniform(-1, 1) * x + rng.uniform(-1, 1) * y
    light = (light - light.min()) / (np.ptp(light) + 1e-6)
    ends = rng.uniform(0, 255, (2, 3))
    return np.asarray(ends[0] + light[..., None] * (ends[1] - ends[0]), np.uint8)


def cat(rng: np.random.Generator) -> Picture:
    """A drawn head of an animal: ears, round eyes, a muzzle with nose and whiskers."""
    picture, fur, ink = _canvas(rng), _ink(rng), (15, 15, 20)
    x, y, r = (int(value) for value in rng.uniform([105, 115, 60], [150, 150, 100]))
    pointed = rng.random() < 0.5
    for side in (-1, 1):
        ear = [[side * 0.95, -1.35], [side * 0.95, -0.3], [side * 0.2, -0.85]]
        if pointed:
            cv2.fillPoly(picture, [np.int32(np.array(ear) * r + [x, y])], fur, cv2.LINE_AA)
        else:
            cv2.circle(picture, (x + int(side * 0.75 * r), y - int(0.75 * r)), r // 3, fur, -1)
    cv2.ellipse(picture, (x, y), (r, int(r * rng.uniform(0.8, 1.1))), 0, 0, 360, fur, -1)
    pale = tuple(min(255, value + 60) for value in fur)
    cv2.ellipse(picture, (x, y + int(0.4 * r)), (r // 2, int(0.35 * r)), 0, 0, 360, pale, -1)
    for side in (-1, 1):
        place = (x + int(side * 0.4 * r), y - int(0.15 * r))
        cv2.circle(picture, place, max(4, r // 6), (235, 235, 220), -1, cv2.LINE_AA)
        cv2.circle(picture, place, max(2, r // int(rng.integers(7, 14))), ink, -1, cv2.LINE_AA)
        for bend in (-8, 0, 8):
            tip = (x + int(side * 1.1 * r), y + int(0.35 * r) + bend)
            cv2.line(picture, (x + int(side * 0.3 * r), y + int(0.35 * r)), tip, ink, 1)
    cv2.ellipse(picture, (x, y + int(0.25 * r)), (r // 8, r // 12), 0, 0, 360, ink, -1, cv2.LINE_AA)
    for side in (-1, 1):
        place = (x + side * r // 6, y + int(0.4 * r))
        cv2.ellipse(picture, place, (r // 6, r // 8), 0, 0, 180, ink, 2, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.5, 2))), np.uint8)


def pumpkin(rng: np.random.Generator) -> Picture:
    """A carved pumpkin: ribs, and openings that glow or are dark."""
    picture = _canvas(rng)
    x, y, r = (int(value) for value in rng.uniform([110, 120, 70], [146, 140, 105]))
    skin = np.array([225, 120, 30]) * rng.uniform(0.6, 1.1)
    for rib in np.linspace(-0.7, 0.7, 7)[[0, 6, 1, 5, 2, 4, 3]]:
        shade = tuple(float(value) for value in np.clip(skin * (1 - 0.5 * abs(rib)), 0, 255))
        cv2.ellipse(picture, (x + int(rib * r), y), (int(0.45 * r), r), 0, 0, 360, shade, -1)
    glow = (255, 220, 90) if rng.random() < 0.5 else (25, 15, 10)
    openings = [
        *([[side * 0.55, -0.1], [side * 0.15, -0.1], [side * 0.35, -0.5]] for side in (-1, 1)),
        [[-0.1, 0.2], [0.1, 0.2], [0, 0]],
        [[-0.6, 0.3], [-0.2, 0.45], [0.2, 0.45], [0.6, 0.3], [0.3, 0.7], [0, 0.6], [-0.3, 0.7]],
    ]
    for opening in openings:
        cv2.fillPoly(picture, [np.int32(np.array(opening) * r + [x, y])], glow, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.5, 3))), np.uint8)


def relief(rng: np.random.Generator) -> Picture:
    """Hills and hollows of skin's colour, lit from one side: cushions, dough, rock."""
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256))) + 1 / 256
    phase = np.exp(2j * np.pi * rng.random((256, 256)))
    height = np.fft.ifft2(frequency ** -rng.uniform(1.5, 3) * phase).real
    down, right = np.gradient(height / height.std() * rng.uniform(5, 30))
    lamp = rng.normal(0, 1, 2)
    normal = np.sqrt(1 + down**2 + right**2)
    light = np.clip((0.8 - lamp[0] * right - lamp[1] * down) / normal, 0.02, 1.3)
    albedo = rng.uniform([150, 100, 70], [235, 190, 170])
    return np.clip(light[..., None] * albedo, 0, 255).astype(np.uint8)


DRAWINGS: tuple[Callable[[np.random.Generator], Picture], ...] = (
    smiley,
    socket,
    headlights,
    blobs,
    wood,
    noise,
    window_front,
    clock_face,
    halftone,
    gradient,
    cat,
    pumpkin,
    relief,
)
