"""A scenario may give several callers the same client secret or key. Each caller still has its own setup intent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver.settings import Settings
from tests.support.mock import Mock, mock_of
from tests.support.scenario_files import write_replies
from tests.support.shop import SECRET_KEY, Setup, card_data, prepared

SECRET = "seti_Fixed_secret_Fixed"
STRIPE = {
    "same_secret": {"client_secret": SECRET},
    "same_key": {"pk_key": "pk_test_mine"},
    "same_both": {"client_secret": SECRET, "pk_key": "pk_test_mine"},
}


@pytest.fixture(scope="module")
def shared_mock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mock]:
    replies = {name: {"payment_session": {"setup_intent": {"stripe": stripe}}} for name, stripe in STRIPE.items()}
    folder = write_replies(tmp_path_factory.mktemp("scenarios"), replies)
    with mock_of(Settings(seed=1, scenarios=folder, stripe_account="optional")) as mock:
        yield mock


def two(mock: Mock, scenario: str) -> tuple[Setup, Setup]:
    """Two callers, each with a payment session."""
    one, other = (prepared(mock.caller(f"api_key_{name}"), scenario=scenario) for name in ("A", "B"))
    return one, other


def test_the_key_identifies_the_caller(mock: Mock) -> None:
    """A page sends the publishable key of its session, which identifies its setup intent."""
    one, other = two(mock, "same_secret")
    replies = [one.retrieve(), one.confirm(), other.retrieve()]

    assert [200, 200, 200] == [reply.status_code for reply in replies]
    assert ("succeeded", "created") == (one.status, other.status)
    assert (1, 0) == (len(one.saved()), len(other.saved()))
    seen = [[entry["operation"] for entry in each.mock.get("journal")["entries"]] for each in (one, other)]
    assert (True, False) == tuple("confirm_setup_intent" in operations for operations in seen)


@pytest.mark.parametrize("scenario", ["same_secret", "same_both"])
def test_the_namespace_identifies_the_caller(mock: Mock, scenario: str) -> None:
    """A backend can send its namespace or its key for Wingback. Without them, only the last remaining one is found."""
    one, other = two(mock, scenario)
    path = "/v1/setup_intents/seti_Fixed"
    backend = {"authorization": f"Bearer {SECRET_KEY}"}
    mock.browser({**backend, "wb-key": "api_key_A"}).post(f"{path}/confirm", json={"payment_method": "pm_card_visa"})

    assert ("succeeded", "created") == (one.status, other.status)
    assert 404 == mock.browser(backend).get(path).status_code
    other.mock.http.post("/__mock/reset")
    assert "succeeded" == mock.browser(backend).get(path).json()["status"]
    one.mock.http.post("/__mock/reset")
    assert 404 == mock.browser(backend).get(path).status_code


NO_OTHER, NOT_CLEAR = "No such setupintent: 'seti_Fixed'", "No such setupintent: 'seti_Fixed'. A scenario gave"
# What a request sends, and whose setup intent it gets, or the beginning of the message; A and B share the secret.
LOOKUPS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "the key of A": ("same_secret", ("key A",), "A"),
    "the key of B": ("same_secret", ("key B",), "B"),
    "a key without a session": ("same_secret", ("key of nobody",), NOT_CLEAR),
    "a key of other sessions": ("same_secret", ("key C",), NOT_CLEAR),
    "the key of A, the account of B": ("same_secret", ("key A", "account B"), NOT_CLEAR),
    "no key but the account": ("same_secret", ("secret key", "account A"), "A"),
    "a secret key": ("same_secret", ("secret key",), NOT_CLEAR),
    "the shared key": ("same_both", ("key A",), NOT_CLEAR),
    "the shared key and the account of A": ("same_both", ("key A", "account A"), "A"),
    "the shared key and the account of B": ("same_both", ("key A", "account B"), "B"),
    "the shared key and an unknown account": ("same_both", ("key A", "account C"), NOT_CLEAR),
    "the shared key and the namespace of A": ("same_both", ("key A", "wb-key A"), "A"),
    "the shared key and the namespace of B": ("same_both", ("key A", "wb-key B"), "B"),
    "the key of A and the namespace of C": ("same_secret", ("key A", "wb-key C"), "A"),
    "another namespace by name": ("same_secret", ("key A", "namespace"), NO_OTHER),
}


@pytest.mark.parametrize("name", LOOKUPS)
def test_promise_10_no_caller_gets_the_setup_intent_of_another(mock: Mock, name: str) -> None:
    """A request gets the setup intent that it shows to be its own, or none. It is in no other caller's journal."""
    scenario, sends, expected = LOOKUPS[name]
    setups = dict(zip("AB", two(mock, scenario), strict=True)) | {"C": prepared(mock.caller("api_key_C"))}
    seen = {caller: len(setup.mock.get("journal")["entries"]) for caller, setup in setups.items()}
    headers: dict[str, str] = {}
    for each in sends:
        what, _, caller = each.rpartition(" ")
        match what:
            case "key":
                headers["authorization"] = f"Bearer {setups[caller].key}"
            case "key of":
                headers["authorization"] = "Bearer pk_test_nobody"
            case "secret":
                headers["authorization"] = f"Bearer {SECRET_KEY}"
            case "account":
                headers["stripe-account"] = setups[caller].account
            case "wb-key":
                headers["wb-key"] = f"api_key_{caller}"
            case _:
                headers["mock-namespace"] = "another"
    reply = mock.browser(headers).post(
        "/v1/setup_intents/seti_Fixed/confirm", data={"client_secret": SECRET, "payment_method": "pm_card_visa"}
    )
    changed = [caller for caller, setup in setups.items() if setup.status == "succeeded"]
    named = [c for c, setup in setups.items() if len(setup.mock.get("journal")["entries"]) > seen[c]]

    if expected in setups:
        assert (200, [expected], [expected]) == (reply.status_code, changed, named)
    else:
        error = reply.json()["error"]
        assert (404, "resource_missing", []) == (reply.status_code, error["code"], changed)
        assert error["message"].startswith(expected)
        assert (expected == NOT_CLEAR) == ("Mock-Namespace" in error["message"])


def test_methods_from_a_shared_key_have_no_owner(mock: Mock) -> None:
    """A payment method that was created with a shared key stays when one caller resets its state."""
    one, other = two(mock, "same_key")
    made = one.http.post("/v1/payment_methods", json=card_data()).json()
    other.mock.http.post("/__mock/reset")

    assert "succeeded" == one.confirm_with(made["id"]).json()["status"]


def test_a_named_namespace_has_its_own_key(mock: Mock) -> None:
    """Namespaces with the same credential have different keys, so that a page's calls belong to the right namespace."""
    keys = []
    for name in ("t1", "t2"):
        mock.http.headers["mock-namespace"] = name
        setup = prepared(mock)
        setup.http.post("/v1/payment_methods", json=card_data())
        keys.append((setup.key, setup.account, [entry["operation"] for entry in mock.get("journal")["entries"]]))
        del mock.http.headers["mock-namespace"]
    (one, account, seen), (other, same, _) = keys

    assert one != other
    assert account == same
    assert ["c_create_payment_session", "create_payment_method"] == seen


@pytest.mark.parametrize("way", ["form", "encoded form", "JSON", "query"])
def test_the_key_can_be_sent_in_several_ways(mock: Mock, way: str) -> None:
    """The key is found in a form, percent-encoded or not, in JSON and in the query."""
    setup = prepared(mock)
    card = "type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=34"
    kind = {"content-type": "application/x-www-form-urlencoded"}
    client = mock.browser({})
    match way:
        case "form":
            reply = client.post("/v1/payment_methods", content=f"{card}&key={setup.key}", headers=kind)
        case "encoded form":
            key = setup.key.replace("_", "%5f")
            reply = client.post("/v1/payment_methods", content=f"{card}&%6bey={key}", headers=kind)
        case "JSON":
            reply = client.post("/v1/payment_methods", json=card_data() | {"key": setup.key})
        case _:
            reply = client.post(f"/v1/payment_methods?key={setup.key}", content=card, headers=kind)

    assert 200 == reply.status_code, reply.text
    assert "create_payment_method" == mock.get("journal")["entries"][-1]["operation"]


def test_a_repeated_secret_is_not_replayed(mock: Mock) -> None:
    """An idempotency key does not carry over to a new session with the same secret."""
    confirm = {"payment_method": "pm_card_visa"}
    first = prepared(mock, scenario="same_both")
    first.call("confirm", confirm, idempotency_key="1")
    again = prepared(mock, scenario="same_both")
    reply = again.call("confirm", confirm, idempotency_key="1")

    assert None is reply.headers.get("idempotent-replayed")
    assert ("succeeded", "succeeded") == (reply.json()["status"], again.status)
