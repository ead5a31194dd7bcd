"""Videos of every kind, made here by an encoder, and what must be read from them."""

import subprocess
import sys
from fractions import Fraction

import av
import numpy as np
import pytest
from made_files import corner_colours, corners, rotate_metadata, save, write_video

from spooftrace.data.sources import shown_frame, video
from spooftrace.data.sources.video import frames
from spooftrace.errors import PictureError

SHAPE = (48, 64, 3)


def numbered(count, shape=SHAPE):
    """Grey frames whose brightness tells their number."""
    return [np.full(shape, 8 * number, np.uint8) for number in range(count)]


def encode(
    path,
    pictures,
    *,
    codec="mpeg4",
    rate=10,
    times=None,
    form=None,
    stream=None,
    options=None,
    **frame,
):
    """A video of RGB pictures; `times` in ms, `stream` and `frame` are attributes."""
    with av.open(str(path), "w", format=form, options=options or {}) as container:
        out = container.add_stream(codec, rate=rate)
        out.height, out.width = pictures[0].shape[:2]
        out.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if times:
            out.codec_context.time_base = Fraction(1, 1000)
        for name, value in (stream or {}).items():
            setattr(out.codec_context, name, value)
        for number, picture in enumerate(pictures):
            made = av.VideoFrame.from_ndarray(picture, format="rgb24")
            made = made.reformat(format=out.pix_fmt, **frame)
            made.pts = times[number] if times else number
            made.time_base = Fraction(1, 1000) if times else Fraction(1, rate)
            container.mux(out.encode(made))
        container.mux(out.encode(None))
    return path


def numbers(read):
    return [frame.number for frame in read]


def brightness(read):
    """The number that each frame was made with."""
    return [round(float(frame.picture.mean()) / 8) for frame in read]


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        ("mp4", "mpeg4"), ("mov", "mjpeg"), ("avi", "mjpeg"), ("webm", "libvpx"),
        ("webm", "libvpx-vp9"), ("mkv", "mpeg4"), ("mts", "mpeg2video"), ("m2ts", "mpeg2video"),
        ("mpg", "mpeg2video"), ("mjpeg", "mjpeg"), ("m2v", "mpeg2video"), ("mp4", "libx264"),
    ],
)  # fmt: skip
def test_every_nth_frame_with_its_number_and_time(tmp_path, suffix, codec):
    if codec not in av.codecs_available:
        pytest.skip(f"this FFmpeg has no encoder {codec}")
    forms = {"mts": "mpegts", "m2ts": "mpegts", "m2v": "mpeg2video"}
    rate = 25 if codec == "mpeg2video" else 10
    path = encode(
        tmp_path / f"a.{suffix}", numbered(20), codec=codec, rate=rate, form=forms.get(suffix)
    )
    read = list(frames(path, every=3))
    assert numbers(read) == [0, 3, 6, 9, 12, 15, 18]
    assert brightness(read) == numbers(read)
    for frame in read:
        assert frame.picture.shape == SHAPE
        assert frame.picture.dtype == np.uint8
        if suffix not in ("mjpeg", "m2v"):
            assert frame.time_s == pytest.approx(frame.number / rate, abs=2e-3)


def test_frames_are_rgb(tmp_path):
    path = encode(tmp_path / "a.mp4", [corner_colours(SHAPE)] * 3)
    assert [corners(frame.picture) for frame in frames(path)] == ["rgbw"] * 3


@pytest.mark.parametrize(
    ("degrees", "expected"), [(0, "rgbw"), (90, "brwg"), (180, "wbgr"), (270, "gwrb")]
)
def test_the_display_matrix_turns(tmp_path, degrees, expected):
    path = rotate_metadata(write_video(tmp_path / "a.mp4", [corner_colours(SHAPE)] * 3), degrees)
    read = list(frames(path))
    assert len(read) == 3
    for frame in read:
        assert corners(frame.picture) == expected
        assert frame.picture.shape == (SHAPE if degrees in (0, 180) else (64, 48, 3))


@pytest.mark.parametrize(
    ("matrix", "expected"),
    [
        ((1, 0, 0, 1), "rgbw"), ((-1, 0, 0, 1), "grwb"), ((1, 0, 0, -1), "bwrg"),
        ((0, 1, 1, 0), "rbgw"), ((0, -1, -1, 0), "wgbr"), ((0, 1, -1, 0), "brwg"),
    ],
)  # fmt: skip
def test_mirrors_and_turns(matrix, expected):
    assert corners(shown_frame._turned(corner_colours(), matrix)) == expected


def test_times_of_a_varying_rate(tmp_path):
    times = [0, 40, 80, 500, 520, 2000]
    read = list(frames(encode(tmp_path / "a.mkv", numbered(6), times=times)))
    assert [frame.time_s for frame in read] == pytest.approx([at / 1000 for at in times])
    assert brightness(read) == numbers(read)


def atom(name, body):
    return (8 + len(body)).to_bytes(4, "big") + name + body


def with_edit_list(path, start, length):
    """Let an MP4's track begin `start` and end `length` ticks of its media later (`elst`)."""
    data = bytearray(path.read_bytes())
    track = data.index(b"trak") - 4
    size = int.from_bytes(data[track : track + 4], "big")
    edits = data.find(b"edts", track, track + size)
    removed = int.from_bytes(data[edits - 4 : edits], "big") if edits > 0 else 0
    if edits > 0:
        del data[edits - 4 : edits - 4 + removed]
    movie = data.index(b"mvhd")
    scale = int.from_bytes(data[movie + 16 : movie + 20], "big")
    media = data.index(b"mdhd")
    media_scale = int.from_bytes(data[media + 16 : media + 20], "big")
    duration = round(length / media_scale * scale)
    entry = duration.to_bytes(4, "big") + start.to_bytes(4, "big") + b"\0\1\0\0"
    box = atom(b"edts", atom(b"elst", b"\0\0\0\0" + (1).to_bytes(4, "big") + entry))
    header = data.index(b"tkhd") - 4
    at = header + int.from_bytes(data[header : header + 4], "big")
    data[at:at] = box
    grown = len(box) - removed
    for name in (b"trak", b"moov"):
        place = data.index(name) - 4
        changed = int.from_bytes(data[place : place + 4], "big") + grown
        data[place : place + 4] = changed.to_bytes(4, "big")
    data[movie + 20 : movie + 24] = duration.to_bytes(4, "big")
    # The samples lie before the index here, so that no offset moves.
    assert data.index(b"mdat") < data.index(b"moov")
    path.write_bytes(data)
    return path


def test_frames_that_an_edit_list_cuts_away_are_not_shown(tmp_path):
    path = encode(tmp_path / "a.mp4", numbered(20))
    with av.open(str(path)) as container:
        tick = int(1 / (10 * container.streams.video[0].time_base))
    read = list(frames(with_edit_list(path, start=5 * tick, length=8 * tick)))
    assert brightness(read) == [5, 6, 7, 8, 9, 10, 11, 12]
    assert numbers(read) == list(range(8))
    assert [frame.time_s for frame in read] == pytest.approx([number / 10 for number in range(8)])


def test_a_stream_that_changes_its_size_is_read_in_each_frames_own(tmp_path):
    small, large = corner_colours(SHAPE), corner_colours((96, 160, 3))
    first = encode(tmp_path / "1.mjpeg", [small] * 3, codec="mjpeg")
    second = encode(tmp_path / "2.mjpeg", [large] * 3, codec="mjpeg")
    both = tmp_path / "both.mjpeg"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    read = list(frames(both))
    assert [frame.picture.shape for frame in read] == [SHAPE] * 3 + [(96, 160, 3)] * 3
    assert [corners(frame.picture) for frame in read] == ["rgbw"] * 6


COLOUR = np.array([200, 60, 90], np.uint8)
MATRIX = {"itu601": 5, "itu709": 1}
"""As streams state it (ITU-T H.273)."""


def plain(height, width):
    return np.full((height, width, 3), COLOUR, np.uint8)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("name", MATRIX)
@pytest.mark.parametrize("size", [(48, 64), (720, 1280)])
def test_the_colours_that_went_in_come_out_where_the_stream_states_them(tmp_path, name, full, size):
    path = encode(
        tmp_path / "a.mkv",
        [plain(*size)] * 2,
        codec="libvpx-vp9" if full else "mpeg2video",
        rate=25,
        stream={"colorspace": MATRIX[name], "color_range": 2 if full else 1, "bit_rate": 8_000_000},
        dst_colorspace=name,
        src_color_range="JPEG",
        dst_color_range="JPEG" if full else "MPEG",
    )
    for frame in frames(path):
        assert np.abs(frame.picture.mean((0, 1)) - COLOUR).max() < 4


@pytest.mark.parametrize(("size", "rule"), [((48, 64), "itu601"), ((720, 1280), "itu709")])
def test_unstated_colours_follow_the_size(tmp_path, size, rule):
    path = encode(
        tmp_path / "a.avi",
        [plain(*size)] * 2,
        stream={"colorspace": 2, "color_range": 0, "bit_rate": 8_000_000},
        dst_colorspace=rule,
        src_color_range="JPEG",
        dst_color_range="MPEG",
    )
    for frame in frames(path):
        assert np.abs(frame.picture.mean((0, 1)) - COLOUR).max() < 4


@pytest.mark.parametrize(("aspect", "shape"), [((4, 3), (48, 85)), ((1, 2), (96, 64))])
def test_pixels_that_are_not_square_are_made_square(tmp_path, aspect, shape):
    path = encode(
        tmp_path / "a.mkv",
        [corner_colours(SHAPE)] * 2,
        stream={"sample_aspect_ratio": Fraction(*aspect)},
    )
    for frame in frames(path):
        assert frame.picture.shape == (*shape, 3)
        assert corners(frame.picture) == "rgbw"


@pytest.mark.parametrize(
    ("suffix", "codec"), [("avi", "mjpeg"), ("webm", "libvpx"), ("mkv", "mpeg4")]
)
def test_a_truncated_video_gives_its_frames_and_then_says_so(tmp_path, suffix, codec):
    noise = np.random.default_rng(0).integers(0, 256, (40, *SHAPE), dtype=np.uint8)
    path = encode(tmp_path / f"a.{suffix}", list(noise), codec=codec)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    read = []
    with pytest.raises(PictureError, match=r"a\.\w+: the video breaks off; \d+.* were read"):
        read.extend(frames(path))
    assert 5 <= len(read) <= 35


@pytest.mark.skipif("libvpx-vp9" not in av.codecs_available, reason="no VP9 encoder")
def test_the_frame_that_a_cut_runs_through_is_passed_over(tmp_path):
    """The index stands first: the reader knows the packet's length, and that less of it came."""
    noise = np.random.default_rng(0).integers(0, 256, (20, *SHAPE), dtype=np.uint8)
    path = encode(
        tmp_path / "a.mp4", list(noise), codec="libvpx-vp9", options={"movflags": "faststart"}
    )
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    assert len(packets) == 20
    position, size = packets[9]
    path.write_bytes(path.read_bytes()[: position + size // 2])
    read = []
    with pytest.raises(PictureError, match=r"the video breaks off"):
        read.extend(frames(path))
    assert numbers(read) == list(range(9))


def test_a_codec_that_nobody_knows(tmp_path):
    path = encode(tmp_path / "a.avi", numbered(3), codec="mjpeg")
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"XXXX"))
    with pytest.raises(PictureError, match="of a codec that is not known here"):
        list(frames(path))


def broken_from(path, numbers):
    """An AVI of JPEGs, some of which hold nothing any more."""
    encode(path, numbered(20), codec="mjpeg")
    data = bytearray(path.read_bytes())
    starts = [at for at in range(len(data)) if data[at : at + 3] == b"\xff\xd8\xff"]
    assert len(starts) == 20
    for number in numbers:
        length = int.from_bytes(data[starts[number] - 4 : starts[number]], "little")
        data[starts[number] : starts[number] + length] = bytes(length)
    path.write_bytes(data)
    return path


def test_what_comes_after_a_broken_packet_is_read(tmp_path):
    path = broken_from(tmp_path / "a.avi", [10])
    assert brightness(frames(path)) == [*range(10), *range(11, 20)]


def test_the_end_of_an_undecodable_video_says_from_where_and_why(tmp_path):
    path = broken_from(tmp_path / "a.avi", range(12, 20))
    read = []
    with pytest.raises(PictureError, match=r"none after frame 11 can be decoded \(Invalid data"):
        read.extend(frames(path))
    assert numbers(read) == list(range(12))


def test_the_same_file_gives_the_same_frames(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (12, 240, 320, 3), dtype=np.uint8)
    path = encode(tmp_path / "a.webm", list(noise), codec="libvpx")
    first, second = ([frame.picture for frame in frames(path)] for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.skipif("libx264" not in av.codecs_available, reason="no H.264 encoder")
def test_a_damaged_file_gives_the_same_frames_on_any_number_of_threads(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:96, :128]
    waves = [128 + 90 * np.sin((x + 3 * n) / 7) * np.cos((y - 2 * n) / 5) for n in range(24)]
    whole = encode(
        tmp_path / "whole.mkv",
        [np.repeat(wave[..., None], 3, axis=-1).astype(np.uint8) for wave in waves],
        codec="libx264",
        stream={"gop_size": 8},
    )
    data = whole.read_bytes()

    def read(path, threads):
        monkeypatch.setattr(video, "THREADS", threads)
        found = []
        try:
            found.extend((f.number, f.time_s, f.picture.tobytes()) for f in frames(path))
        except PictureError as error:
            found.append(str(error))
        return found

    intact, changed = read(whole, 2), 0
    assert len(intact) == 24
    for number in range(12):
        broken = bytearray(data)
        for at in rng.integers(len(data) // 4, len(data), 3):
            broken[at] ^= 1 << int(rng.integers(8))
        path = tmp_path / f"{number}.mkv"
        path.write_bytes(broken)
        first = read(path, 1)
        assert read(path, 2) == first
        assert read(path, 5) == first
        changed += first != intact
    assert changed >= 6


def test_an_mp4_without_its_index_is_refused(tmp_path):
    path = encode(tmp_path / "a.mp4", numbered(20))
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(PictureError, match=r"a\.mp4: not a video, or a truncated one"):
        list(frames(path))


@pytest.mark.parametrize("data", [b"", b"no video at all" * 100])
def test_no_video(tmp_path, data):
    (tmp_path / "a.mp4").write_bytes(data)
    with pytest.raises(PictureError, match=r"a\.mp4: (the file is empty|not a video)"):
        list(frames(tmp_path / "a.mp4"))


def test_sound_alone_is_no_video(tmp_path):
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        out = container.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        sound.sample_rate, sound.pts = 8000, 0
        container.mux(out.encode(sound))
    with pytest.raises(PictureError, match=r"a\.mkv: expected a video, found none beside"):
        list(frames(path))


def test_nothing_is_said_beside_the_refusal(tmp_path, capfd):
    (tmp_path / "a.mp4").write_bytes(b"no video at all" * 100)
    with pytest.raises(PictureError, match="not a video"):
        list(frames(tmp_path / "a.mp4"))
    assert capfd.readouterr() == ("", "")


def test_no_file(tmp_path):
    with pytest.raises(PictureError, match="no such file"):
        list(frames(tmp_path / "a.mp4"))


@pytest.mark.parametrize("name", ["b.mp4", "b.avi"])
@pytest.mark.parametrize("kind", ["m3u8", "concat"])
def test_a_playlist_opens_no_other_file(tmp_path, kind, name):
    other = encode(tmp_path / "a.avi", [corner_colours()] * 3, codec="mjpeg")
    text = {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{other}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{other}'\n",
    }[kind]
    (tmp_path / name).write_text(text)
    with pytest.raises(PictureError, match=r"b\.\w+: not a video, but a list that names other"):
        list(frames(tmp_path / name))
    (tmp_path / name).write_text("\n" + text)  # not recognised by its beginning
    with pytest.raises(PictureError, match=r"b\.\w+: not a video"):
        list(frames(tmp_path / name))


def test_a_name_that_looks_like_a_number_pattern(tmp_path):
    for number in range(3):
        save(tmp_path / f"a_{number:02d}.png")
    with pytest.raises(PictureError, match="no such file"):
        list(frames(tmp_path / "a_%02d.png"))


def test_names_with_colons_and_percents_are_names(tmp_path):
    path = encode(tmp_path / "plain.avi", numbered(3), codec="mjpeg")
    odd = path.rename(tmp_path / "concat:a %d?.avi")
    assert len(list(frames(odd))) == 3


def test_every_is_positive(tmp_path):
    with pytest.raises(ValueError, match="at least 1, got 0"):
        list(frames(tmp_path / "a.mp4", every=0))


def test_leaving_early_closes_the_file(tmp_path):
    path = encode(tmp_path / "a.mp4", numbered(20))
    before = open_files()
    for _ in frames(path):
        break
    assert open_files() == before


def open_files():
    from pathlib import Path

    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


def test_a_camera_that_is_not_there():
    with pytest.raises(PictureError, match="camera:99: no camera or stream could be opened"):
        next(video.stream("camera:99"))


def test_a_stream_over_http(tmp_path):
    path = encode(tmp_path / "a.webm", numbered(12), codec="libvpx")
    serving = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        port = serving.stdout.readline().split(" port ")[1].split()[0]
        read = list(video.stream(f"http://127.0.0.1:{port}/{path.name}"))
    finally:
        serving.kill()
        serving.communicate()
    assert brightness(read) == list(range(12))
