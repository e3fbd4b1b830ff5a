import pytest


@pytest.fixture(autouse=True)
def wingback(mockserver, monkeypatch):
    monkeypatch.setenv("WINGBACK_URL", mockserver.url)
    monkeypatch.setenv("WINGBACK_KEY", mockserver.api_key)
    return mockserver
