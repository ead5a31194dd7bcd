"""The service does what its own OpenAPI says, whatever is sent: Schemathesis tries."""

import asyncio

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance
from toy_service import asked, served, toy_app

from spooftrace.service.problems import Code

OPERATIONS = [
    ("POST", "/v1/analyze"),
    ("GET", "/v1/model"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
]
BUDGET = settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """The document of a service that listens on a free port of this machine."""
    app = toy_app(tmp_path_factory.mktemp("openapi"), queue=100)
    with served(app) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_is_sent_is_answered_as_documented(api, method, path):
    seen = set()

    @given(case=api[path][method].as_strategy())
    @BUDGET
    def holds(case):
        # That bytes are a picture is more than a schema can say.
        response = case.call_and_validate(excluded_checks=[positive_data_acceptance])
        seen.add(response.status_code)

    holds()
    assert seen <= {200, 400, 413, 415, 422}
    assert seen & ({200} if method == "GET" else {400, 422})


def test_every_route_and_refusal_is_documented(tmp_path):
    async def whole():
        async with asked(toy_app(tmp_path)) as client:
            return (await client.get("/openapi.json")).json()

    document = asyncio.run(whole())
    assert {path for _, path in OPERATIONS} == set(document["paths"])
    said = document["paths"]["/v1/analyze"]["post"]["responses"]
    words = " ".join(response["description"] for response in said.values())
    framework = {Code.NOT_FOUND, Code.METHOD_NOT_ALLOWED, Code.INTERNAL_ERROR}
    unsaid = [code.word for code in Code if f"`{code.word}`" not in words]
    assert unsaid == [code.word for code in Code if code in framework]
