# The service: the detector without torch, as a user without rights, on a file system that it never writes to.
#
#   docker build -t spooftrace .
#   docker run --rm --read-only -p 127.0.0.1:8000:8000 -v ./model.onnx:/model.onnx:ro spooftrace
#
# `--build-arg EXTRAS=serve` leaves the video decoder out (100 MB): pictures only; EXTRAS=page,video
# adds the page.
ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS build
ARG EXTRAS=serve,video
COPY pyproject.toml README.md LICENSE NOTICE /source/
COPY spooftrace /source/spooftrace
COPY tools/one_ffmpeg.py /source/tools/one_ffmpeg.py
# What the packages bring and a running service does not load: tests, tools that convert models, a
# second copy of ONNX Runtime for programs in C, a second FFmpeg, OpenCV's old face detectors, stubs of
# types, pip.
RUN python -m venv /venv \
 && /venv/bin/python -m pip install --no-cache-dir --no-compile "/source[${EXTRAS}]" \
 && /venv/bin/python /source/tools/one_ffmpeg.py /venv/lib/python*/site-packages \
 && /venv/bin/python -m pip uninstall --yes pip setuptools \
 && rm -rf /venv/lib/python*/site-packages/onnxruntime/transformers \
           /venv/lib/python*/site-packages/onnxruntime/quantization \
           /venv/lib/python*/site-packages/onnxruntime/tools \
           /venv/lib/python*/site-packages/onnxruntime/capi/libonnxruntime.so* \
           /venv/lib/python*/site-packages/cv2/data/*.xml \
 && find /venv -depth -type d -name tests -exec rm -rf {} + \
 && find /venv -name '*.pyi' -not -path '*/gradio/*' -delete \
 && /venv/bin/python -B -c 'import cv2, onnxruntime'

FROM python:${PYTHON}-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin spooftrace
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    OMP_NUM_THREADS=1 \
    SPOOFTRACE_MODEL=/model.onnx
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["spooftrace", "serve", "--host", "0.0.0.0"]
CMD ["--port", "8000"]
