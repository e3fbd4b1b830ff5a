from fastapi import FastAPI, Response
from fastapi.testclient import TestClient
from signup import payment_session

app = FastAPI()


@app.post("/signup/{customer}")
def signup(customer: str, response: Response) -> dict:
    response.status_code, body = payment_session(customer)
    return body


def test_signup(wingback):
    reply = TestClient(app).post("/signup/Cust_1")

    assert (201, wingback.payment_sessions[0]["token"]) == (reply.status_code, reply.json()["token"])


def test_an_error(wingback):
    wingback.scenario("server_error")

    assert 502 == TestClient(app).post("/signup/Cust_1").status_code
