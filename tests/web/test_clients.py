"""Real clients: curl, Node and Java, each with the kind of first POST that it sends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.live import Live
from tests.support.needs import command

BODY = '{"operation":"add_method","address":true}'

NODE = """
const [url, body] = process.argv.slice(1);
const ask = async (options) => (await (await fetch(url, options)).json()).body;
const post = (data) => ask({method: "POST", headers: {"Content-Type": "application/json"}, body: data, duplex: "half"});
const stream = new ReadableStream({start(c) { c.enqueue(new TextEncoder().encode(body)); c.close(); }});
const long = await fetch(url, {method: "POST", body: "a".repeat(5000000)});
console.log(JSON.stringify([await post(body), await post(stream), long.status]));
"""

JAVA = """
import java.net.URI;
import java.net.http.*;
import java.net.http.HttpRequest.BodyPublishers;

public class Ask {
    public static void main(String[] args) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            var publisher = i == 1
                ? BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(args[1].getBytes()))
                : BodyPublishers.ofString(args[1]);
            var request = HttpRequest.newBuilder(URI.create(args[0])).POST(publisher).build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            out.append(response.version()).append(' ').append(response.body()).append('\\n');
        }
        System.out.print(out);
    }
}
"""


def run(*command_line: str) -> str:
    done = subprocess.run(command_line, capture_output=True, text=True, timeout=60, check=False)
    assert 0 == done.returncode, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "options",
    [
        pytest.param([], id="plain"),
        pytest.param(["--http2"], id="h2c offer"),
        pytest.param(["--http1.0"], id="HTTP/1.0"),
        pytest.param(["-H", "Transfer-Encoding: chunked"], id="chunked"),
        pytest.param(["--http2", "-H", "Transfer-Encoding: chunked"], id="h2c offer, chunked"),
        pytest.param(["-H", "Expect: 100-continue"], id="Expect"),
        pytest.param(["--http2", "-H", "Expect: 100-continue"], id="h2c offer, Expect"),
    ],
)
def test_curl(one_server: Live, options: list[str]) -> None:
    """A curl command sends two requests over one connection."""
    url = f"{one_server.url}/v1/x"
    out = run(command("curl"), "-sS", *options, "--json", BODY, "-w", "\\n%{http_version} %{num_connects}\\n", url, url)
    replies, versions = out.splitlines()[::2], out.splitlines()[1::2]

    assert [BODY, BODY] == [json.loads(reply)["body"] for reply in replies]
    assert ["1.1 1", "1.1 1" if "--http1.0" in options else "1.1 0"] == versions


def test_curl_with_a_long_body(one_server: Live, tmp_path: Path) -> None:
    """Curl sends Expect first, and does not upload a body over the limit."""
    (tmp_path / "long").write_bytes(b"a" * 5_000_000)
    curl = [
        command("curl"),
        "-sS",
        "-o",
        "-",
        "--data-binary",
        f"@{tmp_path / 'long'}",
        "-w",
        "\\n%{http_code} %{size_upload}",
    ]

    assert "413 0" == run(*curl, f"{one_server.url}/v1/x").splitlines()[-1]


def test_node(one_server: Live) -> None:
    """Node's fetch sends a text, a stream, and a body over the limit."""
    out = run(command("node"), "--input-type=module", "-e", NODE, "--", f"{one_server.url}/v1/x", BODY)

    assert [BODY, BODY, 413] == json.loads(out)


def test_java(one_server: Live, tmp_path: Path) -> None:
    """Java's HttpClient offers h2c with its first POST."""
    java = command("java")
    (tmp_path / "Ask.java").write_text(JAVA, "utf-8")
    lines = run(java, str(tmp_path / "Ask.java"), f"{one_server.url}/v1/x", BODY).splitlines()

    assert ["HTTP_1_1"] * 3 == [line.split(" ", 1)[0] for line in lines]
    assert [BODY] * 3 == [json.loads(line.split(" ", 1)[1])["body"] for line in lines]
