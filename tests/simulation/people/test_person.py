import dataclasses

import numpy as np
import pytest

from spooftrace.faces.face_mesh import FaceMesh
from spooftrace.simulation.people import poses
from spooftrace.simulation.people.person import draw_person, look, render
from spooftrace.simulation.scene.light import encode, to_picture
from spooftrace.simulation.scene.portrait import PORTRAIT_SIZE

# MediaPipe's landmarks.
NOSE, RIGHT_EYE, LEFT_EYE, UPPER_LIP, LOWER_LIP = 1, 33, 263, 13, 14
STRAIGHT = poses.Pose(yaw=0, pitch=0, smile=0, jaw=0, lids=0, brows=0, gaze=(0.0, 0.0), distance=5)


@pytest.fixture(scope="module")
def person():
    return draw_person(np.random.default_rng(1))


@pytest.fixture(scope="module")
def straight(person):
    return look(person, STRAIGHT)


def posed(**changes):
    return dataclasses.replace(STRAIGHT, **changes)


def picture_of(portrait):
    behind = np.float32(0.3)
    return to_picture(encode(behind + portrait.matte[..., None] * (portrait.light - behind)))


def test_a_portrait_is_light_mesh_and_matte(straight):
    assert straight.light.shape == (PORTRAIT_SIZE, PORTRAIT_SIZE, 3)
    assert straight.light.dtype == straight.matte.dtype == straight.mesh.dtype == np.float32
    assert straight.light.min() >= 0
    assert straight.light.max() <= 1
    assert straight.matte.min() == 0
    assert straight.matte.max() == 1
    assert straight.mesh.shape == (468, 3)
    assert np.isfinite(straight.mesh).all()


def test_the_face_is_half_as_large_as_the_portrait_and_in_its_middle(straight):
    low, high = straight.mesh[:, :2].min(0), straight.mesh[:, :2].max(0)
    assert (high - low).max() == pytest.approx(PORTRAIT_SIZE / 2, abs=0.01)
    np.testing.assert_allclose((low + high) / 2, (PORTRAIT_SIZE - 1) / 2, atol=0.01)
    # The nose is nearer to the camera than the eyes.
    assert straight.mesh[NOSE, 2] < straight.mesh[[RIGHT_EYE, LEFT_EYE], 2].min() - 40


def test_the_matte_holds_the_face_and_not_the_corners_above(straight):
    columns, rows = np.round(straight.mesh[:, :2]).astype(int).T
    assert straight.matte[rows, columns].mean() > 0.98
    assert straight.matte[:20, :100].max() == 0
    assert straight.matte[-1, PORTRAIT_SIZE // 2] == 1


def test_a_seed_gives_one_person_and_one_look():
    first, second, other = (
        render(draw_person(np.random.default_rng(seed)), np.random.default_rng(9))
        for seed in (7, 7, 8)
    )
    np.testing.assert_array_equal(first.light, second.light)
    np.testing.assert_array_equal(first.mesh, second.mesh)
    assert np.abs(first.light - other.light).mean() > 0.02


def test_looking_at_a_person_changes_nothing_of_him(person):
    before = [np.copy(value) for value in (person.face, person.texture, person.cover, person.hair)]
    look(person, posed(yaw=20, smile=1, lids=0.5, jaw=0.02, brows=0.01))
    after = (person.face, person.texture, person.cover, person.hair)
    for old, new in zip(before, after, strict=True):
        np.testing.assert_array_equal(old, new)


def cheeks(portrait):
    """Mean colour, gamma-encoded, around the middle of each cheek."""
    spots = np.round(portrait.mesh[[50, 280], :2]).astype(int)
    light = encode(portrait.light)
    return np.mean([light[y - 9 : y + 10, x - 9 : x + 10].mean((0, 1)) for x, y in spots], axis=0)


def test_looks_of_one_person_are_more_alike_than_two_people():
    crowd = [draw_person(np.random.default_rng(seed)) for seed in range(8)]
    poses = (posed(yaw=18, pitch=6), posed(yaw=-14, smile=0.8))
    colours = np.array([[cheeks(look(p, pose)) for pose in poses] for p in crowd])
    within = np.abs(colours[:, 0] - colours[:, 1]).mean()
    between = np.abs(colours[:, None, 0] - colours[None, :, 0]).sum() / (8 * 7 * 3)
    assert within < 0.02
    assert between > 2 * within


@pytest.mark.parametrize(("change", "axis"), [({"yaw": 20.0}, 0), ({"pitch": 12.0}, 1)])
def test_turning_the_head_moves_the_nose(person, straight, change, axis):
    turned = look(person, posed(**change))
    moved = (turned.mesh[NOSE] - turned.mesh.mean(0)) - (
        straight.mesh[NOSE] - straight.mesh.mean(0)
    )
    assert moved[axis] > 15


def test_a_falling_jaw_opens_the_mouth_and_shows_the_dark_in_it(person, straight):
    opened = look(person, posed(jaw=0.03))
    gap = opened.mesh[LOWER_LIP, 1] - opened.mesh[UPPER_LIP, 1]
    assert straight.mesh[LOWER_LIP, 1] - straight.mesh[UPPER_LIP, 1] < 3
    assert gap > 7
    x, y = np.round(opened.mesh[LOWER_LIP, :2]).astype(int)
    assert encode(opened.light)[y - 3, x].max() < 0.45


def test_closing_lids_cover_the_eye_but_never_wholly(person, straight):
    half = look(person, posed(lids=0.5))
    openings = [look.mesh[145, 1] - look.mesh[159, 1] for look in (straight, half)]
    assert openings[1] < 0.65 * openings[0]
    assert openings[1] > 2


def test_poses_stay_within_their_bounds():
    rng = np.random.default_rng(0)
    drawn = [poses.draw_pose(rng) for _ in range(2000)]
    assert max(abs(pose.yaw) for pose in drawn) <= poses.LARGEST_YAW
    assert max(abs(pose.pitch) for pose in drawn) <= poses.LARGEST_PITCH
    assert np.std([pose.yaw for pose in drawn]) > 8


def test_behind_the_matte_stand_the_colours_of_the_person_not_black(straight):
    border = (straight.matte > 0.02) & (straight.matte < 0.2)
    assert border.sum() > 100
    inside = straight.light[straight.matte > 0.99].mean()
    assert straight.light[border].mean() > 0.15 * inside


@pytest.mark.slow
def test_mediapipe_finds_the_face_where_the_mesh_is():
    landmarker = FaceMesh()
    errors = []
    for seed in range(50):
        rng = np.random.default_rng([99, seed])
        portrait = render(draw_person(rng), rng)
        faces = landmarker.find(picture_of(portrait))
        if len(faces) == 1:
            away = np.linalg.norm(faces[0].points - portrait.mesh[:, :2], axis=1)
            errors.append(away.mean() / (PORTRAIT_SIZE / 2))
    assert len(errors) >= 49
    assert np.mean(errors) < 0.015
    assert np.max(errors) < 0.035
