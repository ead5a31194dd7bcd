"""What a service is told: environment variables `SPOOFTRACE_*`, each with a default that is safe.

The table of docs/deploy.md is made of these fields; a test holds the two together.
"""

import os
from typing import Annotated, Final

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from spooftrace.errors import ConfigError, did_you_mean

PREFIX: Final = "SPOOFTRACE_"
SHORTEST_KEY: Final = 16
"""Letters of an API key: one that can be guessed is none."""


class Settings(BaseSettings):
    """One frozen record of limits and switches.

    Construction reads the environment and raises pydantic's ValidationError; `from_environment`
    says the same as a ConfigError of one line.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    model: str | None = Field(None, description="Bundle, or run folder with its model.onnx.")
    limits: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Of the quality gate, e.g. `min_size_px=100,min_colour=0`."
    )
    average: bool = Field(False, description="Judge each face by the mean score of five crops.")
    workers: int = Field(2, ge=1, le=256, description="Threads that decode pictures, find faces.")
    threads: int = Field(1, ge=1, le=256, description="Threads of one run of the network.")
    batch: int = Field(8, ge=1, le=256, description="Most faces of one run of the network.")
    queue: int = Field(
        16, ge=0, description="Requests that may wait for a worker; one more is answered 503."
    )
    max_bytes: int = Field(20_000_000, ge=1, description="Of a request's body.")
    max_files: int = Field(16, ge=1, le=1000, description="Pictures of one request.")
    max_pixels: int = Field(
        25_000_000, ge=1, le=80_000_000, description="Of a picture or frame, before it is decoded."
    )
    max_frames: int = Field(900, ge=1, description="Of a clip, judged or not.")
    max_duration_s: float = Field(30.0, gt=0, description="Of a clip, in seconds.")
    every: int = Field(10, ge=1, description="Of a clip, every n-th frame is judged.")
    timeout_s: float = Field(30.0, gt=0, description="To the answer, once the body is there.")
    upload_timeout_s: float = Field(30.0, gt=0, description="To the end of the body.")
    page: bool = Field(True, description="Whether `/` answers with the page.")
    drain_s: float = Field(30.0, gt=0, description="For requests in hand, when told to stop.")
    api_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (), description=f"Comma between them, {SHORTEST_KEY} letters at least; none: open to all."
    )
    rate_per_minute: int = Field(0, ge=0, description="Requests of one key or address; 0: no end.")
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins whose pages may call, comma between them; none: no page may."
    )

    @field_validator("limits", "api_keys", "cors_origins", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("api_keys")
    @classmethod
    def _long_enough(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < SHORTEST_KEY for key in keys):
            raise ValueError(f"expected keys of at least {SHORTEST_KEY} letters, got a shorter one")
        return keys

    @property
    def capacity(self) -> int:
        """Requests that may be in hand at once."""
        return self.workers + self.queue


def from_environment(**flags: object) -> Settings:
    """The environment's settings, with the flags of a command laid over them; None is no flag.

    Raises:
        ConfigError: a variable does not hold; secrets are not repeated in the message.
    """
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            raise ConfigError(f"{name}: no such setting; {did_you_mean(name, known)}")
    try:
        return Settings(**{name: flag for name, flag in flags.items() if flag is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        name = f"{PREFIX}{str(problem['loc'][0]).upper()}" if problem["loc"] else PREFIX
        raise ConfigError(f"{name}: {problem['msg']}; docs/deploy.md lists all settings") from error
