"""What is on the page, and where; `page.js` is what it does."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import gradio as gr
from fastapi import FastAPI

_FOLDER: Final = Path(__file__).parent
_SANS: Final = ("system-ui", "sans-serif")
_MONO: Final = ("ui-monospace", "monospace")
"""Fonts that the visitor has: no other server is asked."""
_SOURCE: Final = """
<input type="file" id="st-file" accept="image/*,video/*" hidden>
<div id="st-source"><p class="st-faint">A picture, or a clip of a few seconds.<br>
It goes to this service, which keeps nothing of it.</p></div>
"""
_ANSWER: Final = """
<div id="st-answer" role="status" aria-live="polite"></div>
<div id="st-curve"></div>
<div id="st-panel"></div>
"""


def drawn_by_gradio(*, needs_key: bool, highest: float) -> FastAPI:
    """Gradio's application of the page.

    Args:
        needs_key: puts a field for the API key on it.
        highest: threshold that can be asked for.
    """
    # Where no event loop runs, Gradio makes two and leaves them open.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, _drawn(needs_key, highest)).result()


async def _drawn(needs_key: bool, highest: float) -> FastAPI:
    with gr.Blocks(title="spooftrace", analytics_enabled=False) as page:
        gr.Markdown("# spooftrace\nA living face, or a print, a screen, a mask? With the evidence.")
        with gr.Row(elem_id="st-whole"):
            with gr.Column(min_width=300, elem_id="st-left"):
                key = gr.Textbox(
                    label="API key", type="password", visible=needs_key, elem_id="st-key"
                )
                gr.HTML(_SOURCE)
                with gr.Row():
                    choose = gr.Button("Choose a file", min_width=120)
                    camera = gr.Button("Camera", min_width=120)
                with gr.Row(elem_id="st-taking"):
                    picture = gr.Button("Picture", variant="primary", min_width=120)
                    clip = gr.Button("Clip of 3 s", variant="primary", min_width=120)
                with gr.Column(elem_id="st-tuning"):
                    threshold = gr.Slider(
                        0,
                        highest,
                        highest / 2,
                        step=0.001,
                        label="Threshold",
                        info="A spoof from this score on.",
                        buttons=[],
                    )
                    gr.HTML('<div id="st-meaning" class="st-faint"></div>')
            with gr.Column(scale=2, min_width=300, elem_id="st-right"):
                gr.HTML(_ANSWER, elem_id="st-outcome")
        for button, does in (
            (choose, "choose()"),
            (camera, "switchCamera()"),
            (picture, "takePicture()"),
            (clip, "takeClip()"),
        ):
            button.click(None, js=f"() => {{ spooftrace.{does}; }}")
        threshold.change(None, threshold, js="(value) => { spooftrace.moveTo(value); }")
        threshold.release(None, js="() => { spooftrace.judgeAgain(); }")
        # Each gives the slider the bundle's own threshold.
        for given in (key.submit, key.blur):
            given(None, key, threshold, js="(value) => spooftrace.begin(value)")
        page.load(None, None, threshold, js="() => spooftrace.begin('')")
    app: FastAPI = gr.mount_gradio_app(
        FastAPI(docs_url=None, redoc_url=None, openapi_url=None),
        page,
        "/",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        theme=gr.themes.Default(primary_hue="blue", font=_SANS, font_mono=_MONO),
        css=(_FOLDER / "page.css").read_text("utf-8"),
        head=f"<script>{(_FOLDER / 'page.js').read_text('utf-8')}</script>",
    )
    return app
