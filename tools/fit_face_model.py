"""Make `spooftrace/simulation/people/face_model.npz`: a statistical model of people's looks.

    python tools/fit_face_model.py PORTRAITS [--out FILE]

`PORTRAITS` is a folder with pictures and a `manifest.csv` (columns file, person, expression,
split); the rows of split "train" are used. The shipped file was made from the Face Research Lab
London Set (see NOTICE). It keeps means and principal components of about a hundred people and
their mirror images, no picture and no single person's coefficients.

Every portrait is warped to the mean face. Identity is fitted to one picture of each person, not
smiling; a smile is the mean difference of the same people's two pictures. Skin hidden by hair is
filled in by what the components of the others say (principal components with missing data).
"""

import argparse
import itertools
from pathlib import Path
from typing import Any

import cv2
import measure_people
import numpy as np
from numpy.typing import NDArray
from people_statistics import completed, components, joint, quantised
from scipy.ndimage import distance_transform_edt

from spooftrace.simulation.people import face_model as pm
from spooftrace.simulation.people import head_mesh

COMPONENTS = {"shape": 30, "texture": 46, "hair": 14, "outline": 5, "detail": 6, "colour": 3}
SEEN = 0.3
"""Share of people whose skin must be seen at a pixel for it to be modelled."""

OUT = Path("spooftrace/simulation/people/face_model.npz")

Floats = NDArray[Any]


def main() -> None:
    """Measure, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("portraits", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    measured = measure_people.mirrored(measure_people.measure(arguments.portraits))
    arrays = fit(measured)
    np.savez_compressed(arguments.out, **arrays)
    size = arguments.out.stat().st_size / 1e6
    print(f"{arguments.out}: {len(set(measured.person))} people, {size:.2f} MB")


def fit(measured: measure_people.Measured) -> dict[str, Floats]:
    """The arrays of the file; `spooftrace.simulation.people.face_model` says what they are."""
    pairs = zip(measured.textures, measured.mattes, strict=True)
    hair, skin = map(np.stack, zip(*(measure_people.labels(*pair) for pair in pairs), strict=True))
    first = identities(measured)
    vectors, seen, coarse_mask, fine_mask = texture_vectors(measured.textures, hair, skin)
    match_studios(vectors, measured.studio, 3 * int(coarse_mask.sum()))
    filled = completed(vectors[first], seen[first])
    rows = {
        "shape": measured.shapes[first].reshape(len(first), -1),
        "texture": filled,
        "hair": hair_distances(hair[first]),
        "outline": outline_distances(measured.mattes[first], hair[first]),
        "colour": hair_colours(measured.textures[first], hair[first]),
    }
    fitted = {name: components(values, COMPONENTS[name]) for name, values in rows.items()}
    mean, basis, scores = fitted["texture"]
    residual = (mean + scores @ basis, coarse_mask, fine_mask)
    fitted["detail"] = components(details(measured.textures[first], skin[first], *residual), 6)
    ordered = {name: fitted[name] for name in COMPONENTS}
    arrays: dict[str, Floats] = {"parts": np.array(list(ordered))}
    for name, (mean, basis, _) in ordered.items():
        arrays |= quantised(name, mean, basis)
    groups, spread = joint([scores for _, _, scores in ordered.values()])
    shape_smile, texture_smile = smiles(measured, vectors, seen)
    return arrays | {
        "groups": groups.astype(np.float16),
        "spread": spread.astype(np.float16),
        "smile_shape": shape_smile.astype(np.float16),
        "smile_texture": texture_smile.astype(np.float16),
        "coarse_mask": coarse_mask,
        "fine_mask": fine_mask,
    }


def identities(measured: measure_people.Measured) -> Floats:
    """Index of one picture of each person, not smiling where there is a choice."""
    order = np.argsort(measured.smiles, kind="stable")
    _, first = np.unique(measured.person[order], return_index=True)
    return np.sort(order[first])


def texture_vectors(textures: Floats, hair: Floats, skin: Floats) -> tuple[Floats, ...]:
    """Vectors (n, v) with the pixels that are seen (n, v), and the two masks.

    A vector is the coarse Y'CrCb of the whole texture, then the fine brightness of the face less
    the coarse one, both in [0, 1] and gamma-encoded.
    """
    coarse_seen = [shrink(s, pm.COARSE_SIZE) > 0.98 for s in skin]
    fine_seen = [shrink(window(s.astype(np.float32)), pm.FINE_SIZE) > 0.98 for s in skin]
    coarse_mask = np.mean(coarse_seen, axis=0) > SEEN
    fine_mask = (np.mean(fine_seen, axis=0) > SEEN) & oval(pm.FINE_SIZE, pm.FINE_SPAN)
    rows, seen = [], []
    for texture, see_coarse, see_fine in zip(textures, coarse_seen, fine_seen, strict=True):
        coarse, fine = levels(texture)
        rows.append(np.concatenate([coarse[coarse_mask].ravel(), fine[fine_mask]]))
        seen.append(np.concatenate([np.repeat(see_coarse[coarse_mask], 3), see_fine[fine_mask]]))
    return np.array(rows), np.array(seen), coarse_mask, fine_mask


def match_studios(vectors: Floats, studio: Floats, count: int) -> None:
    """Give the pictures of every set the median colour of the largest one's, in place.

    The sets were lit and developed differently; `count` entries are coarse colours.
    """
    names, sizes = np.unique(studio, return_counts=True)
    means = vectors[:, :count].reshape(len(vectors), -1, 3).mean(1)
    wanted = np.median(means[studio == names[sizes.argmax()]], axis=0)
    for name in names:
        shift = wanted - np.median(means[studio == name], axis=0)
        vectors[studio == name, :count] += np.tile(shift, count // 3).astype(np.float32)


def levels(texture: Floats) -> tuple[Floats, Floats]:
    """Coarse Y'CrCb (96, 96, 3) and what the fine brightness (256, 256) has beyond it."""
    ycc = cv2.cvtColor(texture, cv2.COLOR_RGB2YCrCb).astype(np.float32) / 255
    coarse = cv2.resize(ycc, (pm.COARSE_SIZE,) * 2, interpolation=cv2.INTER_AREA)
    smooth = cv2.resize(coarse[..., 0], ycc.shape[:2], interpolation=cv2.INTER_LINEAR)
    return coarse, shrink(window(ycc[..., 0] - smooth), pm.FINE_SIZE)


def window(image: Floats) -> Floats:
    """The part of a map of the texture that lies in the window of the face, 768 px a texture."""
    full = cv2.resize(image, (head_mesh.TEXTURE_SIZE,) * 2, interpolation=cv2.INTER_LINEAR)
    edge = round((1 - pm.FINE_SPAN / head_mesh.SPAN) / 2 * head_mesh.TEXTURE_SIZE)
    return full[edge:-edge, edge:-edge]


def shrink(image: Floats, size: int) -> Floats:
    """A map at another size, averaged."""
    return cv2.resize(np.float32(image), (size, size), interpolation=cv2.INTER_AREA)


def oval(size: int, span: float) -> Floats:
    """Where the face is, with a rim round it."""
    grid = ((np.arange(size) + 0.5) / size * 2 - 1) * span
    return (grid[None] / 0.46) ** 2 + (grid[:, None] / 0.56) ** 2 < 1


def hair_distances(hair: Floats) -> Floats:
    """Signed distance to the hair's edge, in heights of the face, positive in hair: (n, 96^2)."""
    rows = np.array([distance(mask).ravel() for mask in hair])
    # Who is bald, or as fair as his skin, says nothing of how hair is worn.
    has_hair = hair.sum(axis=(1, 2)) > 600
    rows[~has_hair] = rows[has_hair].mean(0)
    return rows


def outline_distances(mattes: Floats, hair: Floats) -> Floats:
    """The same of the person without hair: what hair hides is the median of the others."""
    size = measure_people.LABEL_SIZE
    person = np.array([shrink(matte / 255, size) > 0.5 for matte in mattes])
    shown = np.where(hair, np.nan, person)
    with np.errstate(all="ignore"):
        usual = np.nan_to_num(np.nanmean(shown, axis=0)) > 0.5
    return np.array(
        [distance(np.where(h, usual, p)).ravel() for p, h in zip(person, hair, strict=True)]
    )


def distance(mask: Floats, furthest: float = 0.15) -> Floats:
    """Signed distance (96, 96) to a mask's edge, positive inside, clipped."""
    unit = 2 * head_mesh.SPAN / len(mask)
    inside = distance_transform_edt(np.pad(mask, 1, mode="edge"))[1:-1, 1:-1]
    outside = distance_transform_edt(~np.pad(mask, 1, mode="edge"))[1:-1, 1:-1]
    signed = np.clip((inside - outside) * unit, -furthest, furthest)
    return cv2.GaussianBlur(shrink(signed, pm.COARSE_SIZE), (0, 0), 1.2)


def hair_colours(textures: Floats, hair: Floats) -> Floats:
    """Mean logarithm of the linear colour of each person's hair (n, 3); the median if bald."""
    colours = np.full((len(hair), 3), np.nan)
    for index, (texture, mask) in enumerate(zip(textures, hair, strict=True)):
        if mask.sum() > 150:
            small = shrink(texture / 255, measure_people.LABEL_SIZE)[mask]
            colours[index] = np.log(np.maximum(small, 0.02) ** 2.2).mean(0)
    return np.where(np.isnan(colours), np.nanmedian(colours, axis=0), colours)


def details(
    textures: Floats, skin: Floats, modelled: Floats, coarse_mask: Floats, fine_mask: Floats
) -> Floats:
    """Log deviation of what the model leaves out, in bands of brightness: (n, 3 * 32^2)."""
    rows = []
    known = shrink(fine_mask, pm.DETAIL_SIZE) > 0.9
    for texture, is_skin, vector in zip(textures, skin, modelled, strict=True):
        inside = known & (shrink(window(is_skin.astype(np.float32)), pm.DETAIL_SIZE) > 0.95)
        _, fine = levels(texture)
        error = np.zeros_like(fine)
        error[fine_mask] = fine[fine_mask] - vector[-fine_mask.sum() :]
        raw = window(cv2.cvtColor(texture, cv2.COLOR_RGB2YCrCb)[..., 0].astype(np.float32) / 255)
        sharp = raw - cv2.resize(
            shrink(raw, pm.FINE_SIZE), raw.shape[::-1], interpolation=cv2.INTER_LINEAR
        )
        rest = sharp + cv2.resize(error, raw.shape[::-1], interpolation=cv2.INTER_LINEAR)
        rows.append(np.concatenate([band_map(band, inside) for band in bands(rest)]))
    return np.array(rows)


def bands(image: Floats) -> list[Floats]:
    """An image split by Gaussians of the deviations in `DETAIL_BANDS`."""
    blurred = [image, *(cv2.GaussianBlur(image, (0, 0), s) for s in pm.DETAIL_BANDS[1:])]
    return [finer - coarser for finer, coarser in itertools.pairwise(blurred)]


def band_map(band: Floats, inside: Floats) -> Floats:
    """Log deviation (32^2,) of a band, its median where skin is not seen."""
    power = shrink(np.minimum(band**2, 0.02), pm.DETAIL_SIZE)
    log = 0.5 * np.log(power + 1e-7)
    return np.where(inside, log, np.median(log[inside])).ravel()


def smiles(measured: measure_people.Measured, vectors: Floats, seen: Floats) -> tuple[Floats, ...]:
    """Mean difference in shape (468, 3) and texture between a person smiling and not."""
    smiling = np.flatnonzero(measured.smiles)
    still = [
        int(np.flatnonzero((measured.person == measured.person[i]) & ~measured.smiles)[0])
        for i in smiling
    ]
    both = seen[smiling] & seen[still]
    change = ((vectors[smiling] - vectors[still]) * both).sum(0) / np.maximum(both.sum(0), 8)
    return (measured.shapes[smiling] - measured.shapes[still]).mean(0), change


if __name__ == "__main__":
    main()
