from litestar import Litestar, Response, post
from litestar.testing import TestClient
from signup import payment_session


@post("/signup/{customer:str}", sync_to_thread=True)
def signup(customer: str) -> Response[dict]:
    status, body = payment_session(customer)
    return Response(body, status_code=status)


def test_signup(wingback):
    with TestClient(Litestar([signup])) as client:
        reply = client.post("/signup/Cust_1")

    assert (201, wingback.payment_sessions[0]["token"]) == (reply.status_code, reply.json()["token"])


def test_an_error(wingback):
    wingback.scenario("server_error")

    with TestClient(Litestar([signup])) as client:
        assert 502 == client.post("/signup/Cust_1").status_code
