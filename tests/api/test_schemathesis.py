"""Whatever the description allows, and much that it does not, is answered as described."""

import json

import hypothesis
import pytest
import schemathesis
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from api.app import create_app
from api.settings import Settings
from geo_alerts.audiences.disclosure import Role
from tests.api.test_openapi import SNAPSHOT
from tests.conftest import PROVE

# Left out: `negative_data_rejection` and `positive_data_acceptance`, since what is drawn may name
# no team or fit another JSON type that a query's text is read as; the rest holds without exception.
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "ignored_auth",
    "allow_header_conformance",
)
EXAMPLES = 1_000 if PROVE else 30


@pytest.fixture
def described(store, world):
    """The application as schemathesis reads it, asked by an admin."""
    settings = Settings(
        allowed_hosts=("*",),
        failed_sign_ins_per_minute=10**6,
        anonymous_requests_per_minute=10**6,
    )
    app = create_app(settings, store=store)
    generation = GenerationConfig(modes=list(GenerationMode), deterministic=True)
    project = ProjectConfig(
        generation=generation, headers={"Authorization": f"Bearer {world.tokens[Role.ADMIN]}"}
    )
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    return schemathesis.openapi.from_asgi("/v1/openapi.json", app, config=config)


def described_calls():
    """Every call as it says and otherwise; one that is given nothing cannot be asked wrongly."""
    for path, methods in json.loads(SNAPSHOT.read_text(encoding="utf-8"))["paths"].items():
        for method, call in methods.items():
            yield pytest.param(
                method, path, GenerationMode.POSITIVE, id=f"{method} {path} as it says"
            )
            if "requestBody" in call or "parameters" in call:
                name = f"{method} {path} otherwise"
                yield pytest.param(method, path, GenerationMode.NEGATIVE, id=name)


@pytest.mark.parametrize(("method", "path", "mode"), list(described_calls()))
def test_no_request_is_answered_otherwise_than_described(method, path, mode, described):
    checked = [CHECKS.get_one(name) for name in CHECKED]
    cases = described[path][method.upper()].as_strategy(generation_mode=mode)

    @hypothesis.settings(max_examples=EXAMPLES, suppress_health_check=hypothesis.HealthCheck)
    @hypothesis.given(case=cases)
    def ask(case):
        case.validate_response(case.call(), checks=checked)

    ask()
