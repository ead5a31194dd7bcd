import dataclasses

import numpy as np
import pytest

from spooftrace.faces import mesh
from spooftrace.simulation import camera, demo_attacks, head_shape, rendered_face

# MediaPipe's landmarks.
NOSE, CHIN, RIGHT_EYE, LEFT_EYE = 1, 152, 33, 263


@pytest.fixture(scope="module")
def person():
    return rendered_face.draw_person(np.random.default_rng(1))


@pytest.fixture(scope="module")
def view():
    view = rendered_face.draw_view(np.random.default_rng(2))
    return dataclasses.replace(view, angles=np.zeros(3), centre=np.array([0.5, 0.5]), scale=0.25)


def test_a_render_is_light(person, view):
    light = rendered_face.render(person, view, 128)
    assert light.shape == (128, 128, 3)
    assert light.dtype == np.float32
    assert light.min() >= 0
    assert light.max() < 4


def test_the_same_generator_gives_the_same_face(view):
    first, second, other = (
        rendered_face.render(rendered_face.draw_person(np.random.default_rng(seed)), view, 96)
        for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first, second)
    assert np.abs(first - other).mean() > 0.01


def test_a_frontal_face_lies_where_the_view_says(person, view):
    points = rendered_face.landmarks(person, view, 512)
    assert points.shape == (468, 2)
    width = points[:, 0].max() - points[:, 0].min()
    assert width == pytest.approx(2 * 0.25 * 512, rel=0.15)
    assert points[NOSE, 0] == pytest.approx(256, abs=6)
    assert points[RIGHT_EYE, 0] < points[NOSE, 0] < points[LEFT_EYE, 0]
    assert points[RIGHT_EYE, 1] < points[NOSE, 1] < points[CHIN, 1]


@pytest.mark.parametrize(("angle", "axis", "sign"), [(0, 0, -1), (1, 1, 1)])
def test_turning_the_head_moves_the_nose(person, view, angle, axis, sign):
    angles = np.zeros(3)
    angles[angle] = 20
    turned = rendered_face.landmarks(person, dataclasses.replace(view, angles=angles), 512)
    straight = rendered_face.landmarks(person, view, 512)
    relative = (turned[NOSE] - turned.mean(0)) - (straight[NOSE] - straight.mean(0))
    assert sign * relative[axis] > 10


def test_roll_turns_clockwise_on_the_screen(person, view):
    rolled = rendered_face.landmarks(
        person, dataclasses.replace(view, angles=np.array([0, 0, 12.0])), 512
    )
    across = rolled[LEFT_EYE] - rolled[RIGHT_EYE]
    assert np.degrees(np.arctan2(across[1], across[0])) == pytest.approx(12, abs=1.5)


def test_the_lit_side_is_brighter(person, view):
    left, right = (
        rendered_face.render(
            person, dataclasses.replace(view, light=np.array([side, 0, -0.3]), ambient=0.2), 256
        )
        for side in (-1.0, 1.0)
    )
    cheeks = rendered_face.landmarks(person, view, 256)[[50, 280]].astype(int)
    (lx, ly), (rx, ry) = cheeks
    assert left[ly, lx].sum() > 1.5 * left[ry, rx].sum()
    assert right[ry, rx].sum() > 1.5 * right[ly, lx].sum()


def test_heads_differ_but_stay_near_the_mean_face():
    heads = np.stack(
        [head_shape.draw_head(np.random.default_rng(s)).points[:468] for s in range(20)]
    )
    assert heads.std(0).mean() > 0.02
    assert np.abs(heads - head_shape.canonical()).mean() < 0.1
    for head in heads:  # alike left and right
        mirrored = head[mesh.MIRROR_468] * (-1, 1, 1)
        assert np.abs(mirrored - head).max() < 0.05


def test_every_triangle_names_a_vertex_and_the_head_is_closed():
    head = head_shape.draw_head(np.random.default_rng(0))
    assert head.triangles.min() == 0
    assert head.triangles.max() == len(head.points) - 1
    sides = np.sort(
        np.concatenate([head.triangles[:, [a, b]] for a, b in ((0, 1), (1, 2), (2, 0))])
    )
    _, counts = np.unique(sides, axis=0, return_counts=True)
    # Only the last ring, at the back of the head, is open.
    assert (counts == 1).sum() == 36
    assert counts.max() == 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["live", "print", "replay"])
def test_mediapipe_finds_the_faces_where_they_are(kind):
    from spooftrace.faces.mediapipe_mesh import MediaPipeLandmarker

    rng, landmarker = np.random.default_rng(11), MediaPipeLandmarker()
    attack = {"print": demo_attacks.on_paper, "replay": demo_attacks.on_screen}.get(kind)
    found, errors = 0, []
    for _ in range(40):
        person, view = rendered_face.draw_person(rng), rendered_face.draw_view(rng)
        light = rendered_face.render(person, view)
        if attack:
            light = attack(camera.capture(light, camera.attackers_camera(), rng), rng)
        meshes = landmarker.find(camera.capture(light, camera.draw_camera(rng), rng))
        found += len(meshes) == 1
        if len(meshes) == 1 and not attack:  # an attack is held askew: its face lies elsewhere
            truth = rendered_face.landmarks(person, view)
            error = np.linalg.norm(meshes[0].points - truth, axis=1).mean()
            errors.append(error / np.linalg.norm(truth[RIGHT_EYE] - truth[LEFT_EYE]))
    assert found >= 38
    assert not errors or (np.mean(errors) < 0.05 and np.max(errors) < 0.15)
