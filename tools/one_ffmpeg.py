"""One FFmpeg for OpenCV and PyAV: of the two that their wheels bring, PyAV's stays.

Run as `python tools/one_ffmpeg.py SITE_PACKAGES`, in an image that is to be small (35 MB less).
OpenCV cannot be imported without FFmpeg's libraries, though nothing here reads a video with it. So
links to PyAV's take their place where the major version of each, which stands for its binary
interface, is the same; else all stays as it is. Libraries that only OpenCV's own needed go too.
"""

import re
import sys
from pathlib import Path

FFMPEG = ("libavcodec", "libavformat", "libavutil", "libswscale", "libswresample")


def versions(folder: Path) -> dict[tuple[str, str], Path]:
    """FFmpeg's libraries in a folder, by name and major version."""
    found = {}
    for path in folder.glob("*.so.*"):
        named = re.fullmatch(r"(lib\w+)-[0-9a-f]+\.so\.(\d+)[.\d]*", path.name)
        if named and named[1] in FFMPEG:
            found[named[1], named[2]] = path
    return found


def main(packages: Path) -> None:
    """Put links in their place, remove what is not needed any more."""
    opencv, pyav = packages / "opencv_python_headless.libs", packages / "av.libs"
    theirs, ours = versions(opencv), versions(pyav)
    if not theirs or not theirs.keys() <= ours.keys():
        sys.stdout.write("OpenCV and PyAV bring different FFmpegs: both stay\n")
        return
    targets = {path.name: path for path in pyav.iterdir()}
    targets |= {theirs[kind].name: ours[kind] for kind in theirs}
    for name, target in targets.items():
        # PyAV's own dependencies as well: the loader looks for them beside the link.
        (opencv / name).unlink(missing_ok=True)
        (opencv / name).symlink_to(Path("..") / pyav.name / target.name)
    while unneeded := _unneeded(packages / "cv2", opencv):
        for path in unneeded:
            path.unlink()


def _unneeded(package: Path, libraries: Path) -> list[Path]:
    """Files among the libraries whose name stands in no other binary."""
    files = [path for path in libraries.iterdir() if not path.is_symlink()]
    binaries = {path: path.read_bytes() for path in [*package.glob("*.so"), *files]}
    return [
        path
        for path in files
        if not any(path.name.encode() in content for at, content in binaries.items() if at != path)
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
