from flask import Flask
from signup import payment_session

app = Flask(__name__)


@app.post("/signup/<customer>")
def signup(customer: str):
    status, body = payment_session(customer)
    return body, status


def test_signup(wingback):
    reply = app.test_client().post("/signup/Cust_1")

    assert (201, wingback.payment_sessions[0]["token"]) == (reply.status_code, reply.json["token"])


def test_an_error(wingback):
    wingback.scenario("server_error")

    assert 502 == app.test_client().post("/signup/Cust_1").status_code
