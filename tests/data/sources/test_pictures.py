import io
import os
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_files import corner_colours, corners, save
from PIL import Image, TiffImagePlugin, features

from spooftrace.data.sources import pictures
from spooftrace.data.sources.pictures import decode_picture, read_picture
from spooftrace.errors import PictureError

RNG = np.random.default_rng(0)
NOISE = RNG.integers(0, 256, (40, 60, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.png", {}),
        ("a.bmp", {}),
        ("a.tif", {}),
        ("a.ppm", {}),
        ("a.webp", {"lossless": True}),
    ],
)
def test_lossless_formats_come_back_bit_for_bit(tmp_path, name, options):
    picture = read_picture(save(tmp_path / name, NOISE, **options))
    assert picture.dtype == np.uint8
    assert picture.flags.writeable
    np.testing.assert_array_equal(picture, NOISE)


def test_jpeg_is_rgb(tmp_path):
    assert corners(read_picture(save(tmp_path / "a.jpg"))) == "rgbw"


@pytest.mark.parametrize("name", ["a.jpg", "b.mp4", "c.txt", "d"])
def test_the_content_counts_and_not_the_extension(tmp_path, name):
    np.testing.assert_array_equal(read_picture(save(tmp_path / name, NOISE, format="PNG")), NOISE)


def test_grey_becomes_three_channels(tmp_path):
    grey = NOISE[:, :, 0]
    picture = read_picture(save(tmp_path / "a.png", grey))
    np.testing.assert_array_equal(picture, np.repeat(grey[:, :, None], 3, axis=2))


def test_black_and_white_bits(tmp_path):
    bits = NOISE[:, :, 0] > 128
    Image.fromarray(bits).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_picture(tmp_path / "a.png")[:, :, 1], bits * np.uint8(255))


def test_a_palette_is_looked_up(tmp_path):
    image = Image.fromarray(corner_colours()).quantize(8)
    image.save(tmp_path / "a.png")
    image.save(tmp_path / "a.gif")
    for name in ("a.png", "a.gif"):
        assert corners(read_picture(tmp_path / name)) == "rgbw"


@pytest.mark.parametrize("suffix", ["png", "tiff", "pgm"])
def test_of_16_bit_grey_the_high_byte_is_kept(tmp_path, suffix):
    deep = RNG.integers(0, 65536, (40, 60), dtype=np.uint16)
    deep[0, :2] = 65535, 255
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), deep)
    picture = read_picture(tmp_path / f"a.{suffix}")
    np.testing.assert_array_equal(picture[:, :, 2], deep // 256)
    assert picture[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_of_16_bit_colour_the_high_byte_is_kept(tmp_path, suffix):
    deep = RNG.integers(0, 65536, (40, 60, 3), dtype=np.uint16)
    cv2.imwrite(str(tmp_path / f"a.{suffix}"), deep[:, :, ::-1])
    np.testing.assert_array_equal(read_picture(tmp_path / f"a.{suffix}"), deep // 256)


def test_floats_are_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "a.tiff"), np.zeros((40, 60), np.float32))
    with pytest.raises(
        PictureError, match=r"a\.tiff: TIFF of 32-bit numbers; save it with 8 or 16"
    ):
        read_picture(tmp_path / "a.tiff")


def test_cmyk_becomes_rgb(tmp_path):
    Image.fromarray(corner_colours()).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.mode == "CMYK"
    assert corners(read_picture(tmp_path / "a.jpg")) == "rgbw"


def test_alpha_is_laid_on_white(tmp_path):
    rgba = np.dstack([corner_colours(), np.full((40, 60), 255, np.uint8)])
    rgba[:, :, 3][:20] = 0
    rgba[0, 0] = 0, 0, 0, 51
    picture = read_picture(save(tmp_path / "a.png", rgba))
    assert picture[0, 0].tolist() == [204, 204, 204]
    assert picture[5, 30].tolist() == [255, 255, 255]
    assert corners(picture) == "wwbw"


@pytest.mark.parametrize("mode", ["LA", "P"])
def test_alpha_of_grey_and_of_palettes(tmp_path, mode):
    if mode == "LA":
        Image.new("LA", (60, 40), (0, 0)).save(tmp_path / "a.png")
    else:
        Image.new("P", (60, 40), 0).save(tmp_path / "a.png", transparency=0)
    assert (read_picture(tmp_path / "a.png") == 255).all()


# The corners "rgbw" as a viewer shows them when the stored picture is turned by each orientation.
@pytest.mark.parametrize(
    ("orientation", "expected"),
    list(enumerate(["rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"], start=1)),
)
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tif"])
def test_the_exif_orientation_is_applied(tmp_path, orientation, expected, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(save(tmp_path / f"a.{suffix}", exif=exif))
    assert corners(picture) == expected
    assert picture.shape == ((60, 40, 3) if orientation > 4 else (40, 60, 3))


def test_an_unknown_orientation_is_ignored(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 77
    assert corners(read_picture(save(tmp_path / "a.jpg", exif=exif))) == "rgbw"


@pytest.mark.parametrize("form", ["GIF", "PNG", "WEBP", "TIFF"])
def test_animated_pictures_are_refused(tmp_path, form):
    other = Image.fromarray(NOISE)
    save(tmp_path / "a", format=form, save_all=True, append_images=[other, other.rotate(180)])
    with pytest.raises(PictureError, match=rf"animated or many-paged {form} of 3 pictures; save"):
        read_picture(tmp_path / "a")


def test_of_a_multi_picture_jpeg_the_first_is_taken(tmp_path):
    other = Image.fromarray(np.zeros_like(NOISE))
    save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[other])
    assert corners(read_picture(tmp_path / "a.jpg")) == "rgbw"


def encoded(form):
    file = io.BytesIO()
    Image.fromarray(NOISE).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_pictures_are_refused(form, share):
    data = encoded(form)
    with pytest.raises(PictureError, match=r"x: (the picture is broken|expected a picture)"):
        decode_picture(data[: int(len(data) * share)], "x")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    form=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF"]),
    place=st.floats(0, 1, exclude_max=True),
    junk=st.binary(min_size=1, max_size=40),
)
@pytest.mark.filterwarnings("ignore")
def test_damaged_pictures_are_read_or_refused_and_nothing_else(form, place, junk):
    data = bytearray(encoded(form))
    start = int(place * len(data))
    data[start : start + len(junk)] = junk
    try:
        picture = decode_picture(bytes(data), "x")
    except PictureError:
        return
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 3


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_avif_is_read_upright(tmp_path):
    plain = save(tmp_path / "a.avif", format="AVIF", quality=95)
    assert corners(read_picture(plain)) == "rgbw"
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = save(tmp_path / "b.avif", format="AVIF", quality=95, exif=exif)
    assert corners(read_picture(turned)) == "brwg"


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow reads no AVIF")
def test_an_avif_of_many_pictures_is_refused(tmp_path):
    second = Image.fromarray(corner_colours()[::-1])
    path = save(tmp_path / "a.avif", format="AVIF", save_all=True, append_images=[second])
    with pytest.raises(PictureError, match="an animated or many-paged AVIF of 2 pictures"):
        read_picture(path)


def test_the_preview_of_a_dng_is_not_judged(tmp_path):
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags.tagtype[50706] = 1
    tags[50706] = b"\x01\x04\x00\x00"
    path = save(tmp_path / "a.tif", tiffinfo=tags)
    with pytest.raises(PictureError, match=r"a DNG, of which only a small preview .* develop it"):
        read_picture(path)


def test_an_empty_file(tmp_path):
    (tmp_path / "a.png").touch()
    with pytest.raises(PictureError, match=r"a\.png: the file is empty"):
        read_picture(tmp_path / "a.png")


@pytest.mark.parametrize("name", ["none.png", "folder"])
def test_no_file(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(PictureError, match="cannot be read"):
        read_picture(tmp_path / name)


def test_what_is_neither_file_nor_folder(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    with pytest.raises(PictureError, match=r"pipe\.png: cannot be read \(not a regular file\)"):
        read_picture(tmp_path / "pipe.png")


def test_colours_of_32_bits_are_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "a.tiff"), np.zeros((40, 60, 3), np.float32))
    with pytest.raises(PictureError, match=r"a TIFF that is broken or of a rare kind"):
        read_picture(tmp_path / "a.tiff")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        *(
            (b"\x00\x00\x00\x18ftyp" + brand + bytes(12), "a HEIC; convert it to JPEG or PNG")
            for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
        ),
        (b"\x00\x00\x00\x18ftypmif1\0\0\0\0mif1heic", "a HEIC; convert it to JPEG or PNG"),
        (b"\x00\x00\x00\x18ftypmif1\0\0\0\0mif1avif", "an AVIF.*; convert it to JPEG or PNG"),
        (b"\x00\x00\x00\x18ftypavis\0\0\0\0avismsf1", "an AVIF.*; convert it to JPEG or PNG"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "a video"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "something else"),
        (b"GIF", "something else"),
        (b"GIF89a", "a GIF that is broken or of a rare kind; save it as PNG"),
        (b"II*\x00\x08\x00\x00\x00", "a TIFF that is broken or of a rare kind; save it as PNG"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "a video"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_other_formats_are_named(data, said):
    with pytest.raises(PictureError, match=rf"expected a picture \(.*\), found {said}"):
        decode_picture(data, "x")


def png_header(width, height):
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))


@pytest.mark.parametrize("side", [9_000, 10_000, 60_000])
def test_decompression_bombs_are_refused_before_decoding(side):
    with pytest.raises(PictureError, match=r"pixels.*make it smaller"):
        decode_picture(png_header(side, side), "x")


def test_suffixes():
    for name in ("A.JPG", "a.jfif", "a.mpo", "a.pnm", "a.apng"):
        assert pictures.is_picture(pictures.Path(name))
    assert pictures.is_video(pictures.Path("a.MoV"))
    assert not pictures.is_video(pictures.Path("a.png"))
    assert not pictures.is_picture(pictures.Path("a.npy"))


@pytest.mark.parametrize("suffix", ["png", "tiff"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14])
@pytest.mark.parametrize("channels", [1, 3])
def test_few_bits_in_a_wide_type_are_refused(tmp_path, suffix, bits, channels):
    shape = (40, 60, 3) if channels == 3 else (40, 60)
    narrow = np.random.default_rng(0).integers(0, 2**bits, shape, dtype=np.uint16)
    path = tmp_path / f"a.{suffix}"
    cv2.imwrite(str(path), narrow)
    with pytest.raises(PictureError, match="16-bit numbers of which none reaches a quarter of the"):
        read_picture(path)
    cv2.imwrite(str(path), narrow << (16 - bits))
    high = (narrow << (16 - bits) >> 8).astype(np.uint8)
    expected = high[..., ::-1] if channels == 3 else np.stack([high] * 3, axis=-1)
    assert np.array_equal(read_picture(path), expected)
