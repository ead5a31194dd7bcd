"""Of two FFmpegs one stays, where they are the same."""

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools/one_ffmpeg.py"


@pytest.fixture
def one_ffmpeg():
    spec = importlib.util.spec_from_file_location("one_ffmpeg", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packages(folder, *, major=62):
    """OpenCV that needs avcodec and openblas, avcodec that needs vpx; PyAV with its own."""
    content = {
        "cv2/cv2.abi3.so": "libavcodec-aaaa.so.62.1.2 libopenblas-cccc.so",
        "opencv_python_headless.libs/libavcodec-aaaa.so.62.1.2": "libvpx-bbbb.so.11 libdrm-ffff",
        "opencv_python_headless.libs/libvpx-bbbb.so.11": "",
        "opencv_python_headless.libs/libdrm-ffff.so.2": "the same in both",
        "opencv_python_headless.libs/libopenblas-cccc.so": "libgfortran-9999.so.5",
        "opencv_python_headless.libs/libgfortran-9999.so.5": "",
        f"av.libs/libavcodec-dddd.so.{major}.3.4": "libx265-eeee.so.216",
        "av.libs/libx265-eeee.so.216": "",
        "av.libs/libdrm-ffff.so.2": "the same in both",
    }
    for name, text in content.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_pyavs_takes_the_place_of_opencvs(one_ffmpeg, tmp_path):
    one_ffmpeg.main(packages(tmp_path))
    opencv = tmp_path / "opencv_python_headless.libs"
    kept = {path.name for path in opencv.iterdir() if not path.is_symlink()}
    assert kept == {"libopenblas-cccc.so", "libgfortran-9999.so.5"}
    # What OpenCV is linked with leads to PyAV's, and what that needs lies beside the link.
    for name, target in (
        ("libavcodec-aaaa.so.62.1.2", "libavcodec-dddd.so.62.3.4"),
        ("libx265-eeee.so.216", "libx265-eeee.so.216"),
        ("libdrm-ffff.so.2", "libdrm-ffff.so.2"),
    ):
        assert (opencv / name).resolve() == tmp_path / "av.libs" / target
    assert sorted(path.name for path in (tmp_path / "av.libs").iterdir()) == [
        "libavcodec-dddd.so.62.3.4",
        "libdrm-ffff.so.2",
        "libx265-eeee.so.216",
    ]


def test_another_interface_stays(one_ffmpeg, tmp_path, capsys):
    before = sorted(packages(tmp_path, major=63).rglob("*"))
    one_ffmpeg.main(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    assert not any(path.is_symlink() for path in before)
    assert "both stay" in capsys.readouterr().out


def test_an_image_without_the_decoder_is_left_alone(one_ffmpeg, tmp_path):
    for path in packages(tmp_path).glob("av.libs/*"):
        path.unlink()
    one_ffmpeg.main(tmp_path)
    assert len(list((tmp_path / "opencv_python_headless.libs").iterdir())) == 5
