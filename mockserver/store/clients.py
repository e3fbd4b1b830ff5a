"""Makes clients for the URLs of stores: Redis or Valkey, Sentinel, and clusters."""

from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from redis import exceptions
from redis.asyncio import Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff

from mockserver.errors import UsageError

_CLUSTER: Final = ("redis+cluster", "rediss+cluster")
_SENTINEL: Final = ("redis+sentinel", "rediss+sentinel")
_SENTINEL_PORT: Final = 26379
_ONE_SLOT: Final = "one_slot"
"""The option of a cluster that keeps all keys in one slot."""
_OF_SENTINELS: Final = "sentinel_"
"""The prefix of options that are for Sentinels only."""
_OF_PRIMARY: Final = ("username", "password", "db")
"""Options that are not for Sentinels."""
_OPTIONS: Final = frozenset(
    {
        *("username", "password", "db", "protocol", "client_name", "health_check_interval"),
        *("socket_connect_timeout", "socket_keepalive", "socket_read_size"),
        *("ssl", "ssl_ca_certs", "ssl_ca_data", "ssl_ca_path", "ssl_certfile", "ssl_keyfile"),
        *("ssl_password", "ssl_check_hostname", "ssl_cert_reqs", "ssl_ciphers", "ssl_min_version"),
    }
)
"""The options of redis-py that a URL can have."""
_VALUES: Final = {
    "protocol": {"2", "3"},
    "ssl": {"yes", "no"},
    "ssl_cert_reqs": {"none", "optional", "required"},
}
"""The values of options that redis-py checks too late."""


def has_slots(url: str) -> bool:
    """Whether each namespace has a slot of its own. Raises UsageError: an option of the URL has a wrong value."""
    scheme, _, rest = url.partition("://")
    if scheme not in _CLUSTER:
        return False
    value = dict(parse_qsl(rest.partition("?")[2], keep_blank_values=True)).get(_ONE_SLOT, "no")
    if value not in {"yes", "no"}:
        raise UsageError(f"--store cannot be used: its option {_ONE_SLOT} takes yes or no")
    return value == "no"


def client_of(url: str, *, seconds: float) -> Any:
    """A client that connects within `seconds`. Raises UsageError: the URL is not valid."""
    options: dict[str, Any] = {
        "decode_responses": True,
        "socket_timeout": None,
        "socket_connect_timeout": seconds,
        "retry": Retry(NoBackoff(), 0),
        "client_name": "mockserver",
    }
    try:
        parts = urlsplit(url)
        _check(parts)
        if parts.scheme in _CLUSTER:
            return _cluster_client(parts, options)
        client: Any = _sentinel_client(parts, options) if parts.scheme in _SENTINEL else _single_client(url, options)
        # This does not connect yet, but it checks the options of the URL.
        client.connection_pool.make_connection()
    except (AttributeError, ValueError, TypeError, exceptions.RedisError):
        # The text of the error can contain a part of the password.
        raise UsageError(
            "--store cannot be used: the URL is not valid, or has an unknown option after ?. Write it as in "
            "redis://user:password@host:6379/0, and percent-encode characters such as / ? # @ in user and password"
        ) from None
    return client


def _check(parts: SplitResult) -> None:
    """Check what redis-py checks too late, or not at all. Raises ValueError."""
    if parts.fragment:
        raise ValueError("a number sign is not encoded")
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        own = name.removeprefix(_OF_SENTINELS) if parts.scheme in _SENTINEL else name
        if own not in _OPTIONS and not (own == _ONE_SLOT and parts.scheme in _CLUSTER):
            raise ValueError("an option is unknown")
        if value not in _VALUES.get(own, {value}) or not value:
            raise ValueError("the value of an option is unknown")


def _single_client(url: str, options: dict[str, Any]) -> Redis:
    parts = urlsplit(url)
    if parts.scheme != "unix" and parts.path.strip("/"):
        # redis-py ignores a database that is not a number.
        int(parts.path.strip("/"))
    return Redis.from_url(url, **options)


def _cluster_client(parts: SplitResult, options: dict[str, Any]) -> RedisCluster:
    """The client for `redis+cluster://[[user]:password@]host[:port][,host[:port]…]`."""
    addresses, own = _read(parts)
    own.pop(_ONE_SLOT, None)
    if own.pop("db", 0) or parts.path.strip("/0"):
        raise UsageError("--store cannot be used: a cluster has no databases, so write nothing after its port")
    nodes = [ClusterNode(host, port) for host, port in addresses]
    return RedisCluster(startup_nodes=nodes, **{**options, **own})


def _sentinel_client(parts: SplitResult, options: dict[str, Any]) -> Redis:
    """The client for `redis+sentinel://[[user]:password@]host[:port][,host[:port]…]/name[/database]`.

    User, password and database are those of the primary. Options that begin with `sentinel_` are for the Sentinels
    only, all others for both.
    """
    name, _, database = parts.path.strip("/").partition("/")
    if not name:
        raise UsageError(f"--store {parts.scheme}://host:port/name needs the name of the service at its end")
    given = parse_qsl(parts.query)
    common = [(key, value) for key, value in given if not key.startswith(_OF_SENTINELS)]
    shared = [(key, value) for key, value in common if key not in _OF_PRIMARY]
    theirs = [(key.removeprefix(_OF_SENTINELS), value) for key, value in given if key.startswith(_OF_SENTINELS)]
    _, own = _read(parts._replace(path=f"/{int(database or 0)}", query=urlencode(common)))
    hosts = parts.netloc.rpartition("@")[2]
    # If an option is given twice, redis-py takes the first one.
    addresses, of_sentinels = _read(
        parts._replace(netloc=hosts, path="", query=urlencode([*theirs, *shared])), port=_SENTINEL_PORT
    )
    sentinel_options = {
        # A Sentinel that does not answer must leave time to ask the others.
        "socket_connect_timeout": options["socket_connect_timeout"] / 4,
        "retry": options["retry"],
        **of_sentinels,
    }
    sentinel: Any = Sentinel(addresses, sentinel_kwargs=sentinel_options, **options)  # type: ignore[no-untyped-call]  # redis-py has no types here
    client: Redis = sentinel.master_for(name, **own)
    return client


def _read(parts: SplitResult, *, port: int = 6379) -> tuple[list[tuple[str, int]], dict[str, Any]]:
    """The addresses and the options of a URL with one or more addresses. Raises ValueError."""
    credentials, at, hosts = parts.netloc.rpartition("@")
    scheme = parts.scheme.partition("+")[0]
    addresses, options = list[tuple[str, int]](), dict[str, Any]()
    for each in hosts.split(","):
        host = urlsplit(f"//{each}")
        if not host.hostname:
            raise ValueError("a host is missing")
        addresses.append((host.hostname, host.port or port))
        # This decodes the user and the password, and converts the values of options.
        options = dict(parse_url(parts._replace(scheme=scheme, netloc=credentials + at + each).geturl()))
    for key in ("host", "port", "connection_class"):
        options.pop(key, None)
    return addresses, {**options, "ssl": options.get("ssl", "yes" if scheme == "rediss" else "no") == "yes"}
