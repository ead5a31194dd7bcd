"""The page in a browser, whose camera sees a video of a rendered person.

The shots of the page are kept below pytest's folder (`--basetemp`), to be looked at.
"""

import io
import json
import shutil
from contextlib import ExitStack
from dataclasses import replace

import pytest
from PIL import Image
from toy_service import KEY, served

from spooftrace.building.portraits import Modelled, people_of_model
from spooftrace.detector.bundle import Bundle
from spooftrace.detector.detector import SpoofDetector
from spooftrace.detector.development import errors_by_threshold
from spooftrace.detector.panel import WIDTH
from spooftrace.labels import Medium
from spooftrace.metrics.thresholds import fixed_threshold
from spooftrace.service.app import create_app
from spooftrace.service.settings import Settings
from spooftrace.simulation.attacks import present
from spooftrace.simulation.seeds import seed_of

pytest.importorskip("gradio", reason="the page needs the extra 'page'")
driver = pytest.importorskip("playwright.sync_api", reason="no Playwright")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium"),
]
PATIENCE_MS = 120_000
FRAMES = 30
OWN = 0.3


@pytest.fixture(scope="module")
def picture():
    """A person who does not exist, before the camera of a laptop."""
    job = people_of_model(8, seed=0).jobs[0]
    shown = present(Modelled().portrait(job, 0), Medium.LIVE, seed_of(job.file, "live"))
    whole = Image.new("RGB", (640, 480), (96, 104, 112))
    whole.paste(Image.fromarray(shown.picture).resize((360, 360)), (140, 60))
    return whole


@pytest.fixture(scope="module")
def camera(picture, tmp_path_factory):
    """A video file: the person moves from left to right and back."""
    path = tmp_path_factory.mktemp("camera") / "person.mjpeg"
    with path.open("wb") as file:
        for number in range(FRAMES):
            moved = picture.transform(
                picture.size, Image.Transform.AFFINE, (1, 0, abs(number - FRAMES / 2), 0, 1, 0)
            )
            moved.save(file, "JPEG", quality=92)
    return path


@pytest.fixture(scope="module")
def browser(camera):
    with driver.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={camera}",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address():
    bundle = Bundle.load("standard", threads=1)
    seen = errors_by_threshold(
        {"print": [0.2, 0.6]}, [0.05, 0.1, 0.2, 0.5], OWN, presentations="clips"
    )
    info = replace(bundle.info, threshold=fixed_threshold(OWN, "a test"), development=seen)
    detector = SpoofDetector.load(replace(bundle, info=info))
    with served(create_app(detector, Settings(timeout_s=100, max_bytes=5_000_000))) as address:
        yield address


class Visit:
    """The page at an address, and what was asked for and answered while it was open."""

    def __init__(self, browser, address, **kind):
        self.page = browser.new_context(**kind).new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.asked, self.faults, self.answers = [], [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("response", self._keep)
        self._address = address
        self.page.goto(address)
        self.page.get_by_role("button", name="Choose a file").wait_for()

    def _keep(self, response):
        if "/v1/analyze" in response.url:
            self.answers.append(response)

    @property
    def answer(self):
        """What the API said last, of one file."""
        return json.loads(self.answers[-1].body())["results"][0]

    @property
    def decision(self):
        """What the page says, once it says something."""
        badge = self.page.locator(".st-decision")
        badge.wait_for()
        return badge.inner_text()

    def choose(self, name, data, kind="image/png"):
        self.page.locator("#st-file").evaluate(
            "input => { input.onchange || (input.click = () => {}, spooftrace.choose()) }"
        )
        self.page.set_input_files("#st-file", {"name": name, "mimeType": kind, "buffer": data})

    def said(self, part):
        return " ".join(self.page.locator(f"#st-{part}").inner_text().split())

    def close(self):
        self.page.context.close()
        elsewhere = [
            url for url in self.asked if not url.startswith((self._address, "blob:", "data:"))
        ]
        assert elsewhere == []
        assert self.faults == []


@pytest.fixture
def visit(browser, address):
    with ExitStack() as opened:

        def begin(**kind):
            visit = Visit(browser, kind.pop("address", address), **kind)
            opened.callback(visit.close)
            return visit

        yield begin


def png_of(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


WINDOWS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 400, "height": 800}},
    "dark-phone": {"color_scheme": "dark", "viewport": {"width": 400, "height": 800}},
}


@pytest.mark.parametrize("window", WINDOWS)
def test_a_chosen_picture_is_judged(visit, picture, tmp_path, window):
    seen = visit(**WINDOWS[window])
    seen.choose("person.png", png_of(picture))
    assert seen.decision == seen.answer["decision"].upper() != "NO_ANSWER"
    assert seen.answer["explanation"] in seen.said("answer")
    sign = "<" if seen.decision == "LIVE" else ">="
    score, threshold = seen.answer["score"], seen.answer["threshold"]
    assert f"{score:.4f} {sign} {threshold:.4f}" in seen.said("answer")
    panel = seen.page.locator("#st-panel img")
    assert panel.evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH
    seen.page.screenshot(path=tmp_path / f"{window}.png", full_page=True)
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= WINDOWS[window]["viewport"]["width"]
    paper = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, paper.removeprefix("rgb(").removesuffix(")").split(","))) / 765
    assert (brightness < 0.3) == ("dark" in window)


def test_the_threshold_is_moved_and_says_what_it_means(visit, picture):
    seen = visit()
    slider = seen.page.get_by_label("Threshold").locator("visible=true").first
    own = "The bundle's own threshold: 0.3000, fixed. On the scores that it was chosen on, 0.3000 "
    own += "calls at most 25.0 % of 4 living clips a spoof, and lets at most 50.0 % of the attacks"
    assert own in seen.said("meaning")
    seen.choose("person.png", png_of(picture))
    assert seen.decision == seen.answer["decision"].upper()
    assert "threshold=" not in seen.answers[-1].url
    slider.fill("1")
    seen.page.locator(".st-decision.live").wait_for()
    slider.fill("0.001")
    seen.page.locator(".st-decision.spoof").wait_for()
    assert ">= 0.0010" in seen.said("answer")
    assert "The bundle's own threshold is 0.3000" in seen.said("meaning")
    low = "0.0010 calls at most 100.0 % of 4 living clips a spoof, and lets at most 0.0 %"
    assert low in seen.said("meaning")
    slider.fill("0.15")  # between 0.1, where three of four are refused, and 0.2
    between = "0.1500 calls at most 75.0 % of 4 living clips a spoof, and lets at most 0.0 %"
    seen.page.get_by_text(between).wait_for()
    assert len(seen.answers) == 1  # decided anew in the page, by the score that it has


def test_a_picture_and_a_clip_of_the_camera(visit, tmp_path):
    seen = visit(permissions=["camera"])
    page = seen.page
    page.get_by_role("button", name="Camera").click()
    page.wait_for_function("document.querySelector('#st-source video')?.videoWidth > 0")
    page.get_by_role("button", name="Picture").click()
    assert seen.decision == seen.answer["decision"].upper() != "NO_ANSWER"
    assert not page.get_by_role("button", name="Picture").is_visible()  # the camera is off again
    page.get_by_role("button", name="Camera").click()
    page.wait_for_function("document.querySelector('#st-source video')?.videoWidth > 0")
    page.get_by_role("button", name="Clip").click()
    page.locator("#st-curve svg").wait_for()
    clip = seen.answer
    assert (clip["kind"], clip["every"]) == ("video", 3)
    # A busy machine's camera may give too few frames for an answer.
    enough = clip["answered"] >= 3
    assert clip["answered"] >= 1
    assert seen.decision == clip["decision"].upper().replace("_", " ")
    assert (clip["decision"] == "no_answer") == (not enough)
    assert page.locator("#st-curve circle").count() == clip["answered"]
    assert f"{clip['answered']} of {clip['frames_seen']} frames" in seen.said("answer")
    page.locator("#st-panel img").wait_for()
    page.screenshot(path=tmp_path / "clip.png", full_page=True)


def test_what_has_no_answer_says_what_to_do(visit, tmp_path):
    seen = visit(viewport={"width": 400, "height": 800})
    seen.choose("grey.png", png_of(Image.new("RGB", (300, 300), (120, 130, 140))))
    assert seen.decision == "NO ANSWER"
    assert "Look into the camera." in seen.said("answer")
    assert seen.page.locator("#st-panel img").count() == 0
    seen.page.screenshot(path=tmp_path / "refused.png", full_page=True)
    seen.choose("text.png", b"<b>not a picture</b>")
    seen.page.get_by_text("expected a picture").wait_for()
    seen.choose("large.png", bytes(6_000_000))
    seen.page.get_by_text("expected a body of at most 5000000 bytes").wait_for()


def test_with_keys_the_page_asks_for_one(visit, picture):
    detector = SpoofDetector.load(threads=1)
    with served(create_app(detector, Settings(timeout_s=100, api_keys=KEY))) as address:
        seen = visit(address=address)
        seen.choose("person.png", png_of(picture))
        seen.page.get_by_text("expected an API key of this service").wait_for()
        seen.page.get_by_label("API key").fill(KEY)
        seen.page.get_by_label("API key").press("Enter")
        seen.page.get_by_text("The bundle's own threshold").wait_for()
        seen.choose("person.png", png_of(picture))
        assert seen.decision == seen.answer["decision"].upper()
        assert all(KEY not in url for url in seen.asked)
        assert sum("/v1/model" in url for url in seen.asked) <= 3  # not at every letter
        seen.close = lambda: None  # the server ends before the visit is looked at
        seen.page.context.close()
