"""An ONNX Runtime session that threads share, and that survives a fork.

A session belongs to the process that opened it: its threads and locks do not come along when that
process forks. Here the model's bytes are kept, and each process opens a session of its own from
them when it first runs one; what the parent's session left behind in the child is never touched.
"""

import ctypes
import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from spooftrace.errors import ConfigError


class OnnxSession:
    """One model; any number of threads may run it at once.

    Args:
        model: the file's bytes.
        threads: threads of one run; None is as many as there are cores. With one there are none
            but the caller's, and the result does not depend on the machine's number of cores.
    """

    def __init__(self, model: bytes, *, threads: int | None = 1) -> None:
        if threads is not None and threads < 1:
            raise ConfigError(f"threads: expected at least 1, got {threads}")
        self._model: bytes | None = model
        self._threads = threads
        self._session: Any = None
        self._opening = threading.Lock()
        _sessions.add(self)

    def run(self, outputs: Sequence[str], inputs: Mapping[str, Any]) -> list[Any]:
        """The named outputs. Raises ConfigError after `close`."""
        results: list[Any] = self.open().run(list(outputs), dict(inputs))
        return results

    def open(self) -> Any:
        """This process's session of ONNX Runtime.

        Raises ConfigError after `close`, and ONNX Runtime's errors where the bytes are no model.
        """
        session = self._session
        if session is None:
            with self._opening:
                session = self._session = self._session or self._opened()
        return session

    def close(self) -> None:
        """Free the session and the model. Runs that have begun end well; none can begin."""
        with self._opening:
            self._session = self._model = None

    def _opened(self) -> Any:
        # From 1.29 on ONNX Runtime reports to its makers, by a thread that begins with its import
        # and holds up the exit of a forked child for ever. Nothing leaves the machine from here.
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime as ort

        if self._model is None:
            raise ConfigError(
                "expected an open model, got one that was closed; make or load it anew"
            )
        options = ort.SessionOptions()
        options.log_severity_level = 4  # fatal: what goes wrong is raised, and stderr is not ours
        options.inter_op_num_threads = 1
        # Weights kept in eight bits become floats once, now, and not at every run.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        if self._threads is not None:
            options.intra_op_num_threads = self._threads
        return ort.InferenceSession(self._model, options, providers=["CPUExecutionProvider"])

    def _after_fork(self) -> None:
        if self._session is not None:
            # Freeing it would wait for threads that only the parent has: keep it for ever.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._session))
        self._session, self._opening = None, threading.Lock()


_sessions: "weakref.WeakSet[OnnxSession]" = weakref.WeakSet()


def _forget_sessions() -> None:
    for session in list(_sessions):
        session._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_sessions)
