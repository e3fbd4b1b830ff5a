import django
from django.conf import settings
from django.http import JsonResponse
from django.test import Client
from django.urls import path
from signup import payment_session

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["testserver"], SECRET_KEY="only-for-tests")
django.setup()


def signup(request, customer: str) -> JsonResponse:
    status, body = payment_session(customer)
    return JsonResponse(body, status=status)


urlpatterns = [path("signup/<customer>", signup)]


def test_signup(wingback):
    reply = Client().post("/signup/Cust_1")

    assert (201, wingback.payment_sessions[0]["token"]) == (reply.status_code, reply.json()["token"])


def test_an_error(wingback):
    wingback.scenario("server_error")

    assert 502 == Client().post("/signup/Cust_1").status_code
