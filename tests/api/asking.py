"""What tests of the API share: the address, and what a problem must look like."""

ADDRESS = "http://127.0.0.1:8000"
OURS = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
OCTETS = {"Content-Type": "application/octet-stream"}
MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


def assert_problem(answer, status, code):
    """The problem of an answer, which must be whole and of this status and code."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert problem["status"] == status
    assert problem.keys() - {"errors"} == MEMBERS
    assert problem["type"] == f"/docs#problem-{code}"
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem
