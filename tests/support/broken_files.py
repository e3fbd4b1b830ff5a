"""Broken scenario files by name, each with all its problems: line, column, key and message."""

from __future__ import annotations

from tests.support.scenario_files import HEAD, reply, stub

__all__ = ["BROKEN"]

BROKEN: dict[str, tuple[str | bytes, list[str]]] = {
    "empty": ("", ["1:1: the file is empty"]),
    "a text": ("hello\n", ["1:1: expected a mapping, found the text 'hello'"]),
    "null": ("---\n", ["2:1: expected a mapping, found null"]),
    "a list": ("- about: x\n", ["1:1: expected a mapping, found a list"]),
    "tab": ("about: x\nstubs:\n\t- name: a\n", ["3:1: a tab; YAML is indented with spaces"]),
    "two documents": (
        HEAD + "    fault: hang\n---\nabout: y\n",
        ["6:1: a second document begins here; a file holds one"],
    ),
    "repeated key": (
        "about: x\nabout: y\nstubs: []\n",
        ["2:1: the key 'about' is repeated (first in line 1)"],
    ),
    "repeated key deep": (
        reply("status: 200\nbody: {a: 1, a: 2}"),
        ["7:20: the key 'a' is repeated (first in line 7)"],
    ),
    "alias bomb": (
        "a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 10)}]\n" for i in range(8)),
        ["6:11: more than 200,000 values, including those that aliases repeat"],
    ),
    "recursive alias": ("about: &a [*a]\n", ["1:12: the alias *a is inside the value that it refers to"]),
    "unknown tag": ("about: !!python/name:os.system x\n", ["1:8: the tag !!python/name:os.system is not supported"]),
    "unclosed": (
        "about: 'x\nstubs: []\n",
        ["3:1: found unexpected end of stream, while scanning a quoted scalar that begins in line 1"],
    ),
    "not utf-8": (b"about: \xff\n", ["1:8: the byte 0xff is not UTF-8; save the file as UTF-8"]),
    "nested too deep": ("about: " + "[" * 200, ["1:107: nested deeper than 100 levels"]),
    "colon in about": (
        "about: It waits: then answers.\nstubs: []\n",
        ["1:16: a colon where no key is possible: check the indentation, or write the text in quotes"],
    ),
    "no about, no stubs": (
        "when: {path: {a: b}}\n",
        ["1:1: about: required, but missing", "1:1: stubs: required, but missing"],
    ),
    "unknown top key": (stub("fault: hang") + "exmaple: []\n", ["6:1: exmaple: unknown key; did you mean 'example'?"]),
    "unknown stub key": (stub("fault: hang\ndelya: 2s"), ["6:5: stubs[0].delya: unknown key; did you mean 'delay'?"]),
    "unknown key without neighbour": (
        stub("fault: hang\nzzz: 2s"),
        ["6:5: stubs[0].zzz: unknown key; known are delay, fault, name, operation, reply, times, when"],
    ),
    "no stubs": ("about: x\nstubs: []\n", ["2:8: stubs: expected at least one, found none"]),
    "stubs a mapping": ("about: x\nstubs: {name: a}\n", ["2:8: stubs: expected a list, found a mapping"]),
    "stub a text": ("about: x\nstubs: [a]\n", ["2:9: stubs[0]: expected a mapping, found the text 'a'"]),
    "about a number": (
        "about: 12\nstubs:\n  - {name: a, operation: c_create_payment_session, fault: hang}\n",
        ["1:8: about: expected text, found the number 12; write it in quotes"],
    ),
    "about empty": (
        "about: ''\nstubs:\n  - {name: a, operation: c_create_payment_session, fault: hang}\n",
        ["1:8: about: expected one line of text, found the text ''"],
    ),
    "about ambiguous": (
        "about: no\nstubs:\n  - {name: a, operation: c_create_payment_session, fault: hang}\n",
        ["1:8: about: other YAML readers read no without quotes as the truth value false; write it in quotes"],
    ),
    "unknown operation": (
        "about: x\nstubs:\n  - {name: a, operation: c_create_payment_sesion, fault: hang}\n",
        [
            "3:26: stubs[0].operation: the contract has no operation 'c_create_payment_sesion'; did you mean 'c_create_payment_session'?"
        ],
    ),
    "operation ambiguous": (
        "about: x\nstubs:\n  - {name: a, operation: on, fault: hang}\n",
        [
            "3:26: stubs[0].operation: other YAML readers read on without quotes as the truth value true; write it in quotes"
        ],
    ),
    "no name": (
        "about: x\nstubs:\n  - operation: c_create_payment_session\n    fault: hang\n",
        ["3:5: stubs[0].name: required, but missing"],
    ),
    "name repeated": (
        HEAD + "    fault: hang\n  - name: a\n    operation: c_create_payment_session\n    fault: hang\n",
        ["6:11: stubs[1].name: the name is repeated; stubs[0] has the same name"],
    ),
    "name with a line break": (
        'about: x\nstubs:\n  - {name: "a\\nb", operation: c_create_payment_session, fault: hang}\n',
        ["3:12: stubs[0].name: expected 1 to 100 printable ASCII characters, found the text 'a\\nb'"],
    ),
    "reply and fault": (
        stub("fault: hang\nreply: {status: 200}"),
        ["3:5: stubs[0]: expected exactly one of reply, fault, found reply and fault"],
    ),
    "neither": (HEAD, ["3:5: stubs[0]: expected exactly one of reply, fault, found none"]),
    "reply null": (stub("reply:"), ["5:11: stubs[0].reply: expected a mapping, found null"]),
    "times zero": (
        stub("times: 0\nfault: hang"),
        ["5:12: stubs[0].times: expected a whole number from 1 to 1000000, found the number 0"],
    ),
    "times text": (
        stub("times: twice\nfault: hang"),
        ["5:12: stubs[0].times: expected a whole number from 1 to 1000000, found the text 'twice'"],
    ),
    "times octal": (
        stub("times: 012\nfault: hang"),
        ["5:12: stubs[0].times: expected a whole number from 1 to 1000000, found the text '012'"],
    ),
    "times true": (
        stub("times: true\nfault: hang"),
        ["5:12: stubs[0].times: expected a whole number from 1 to 1000000, found true"],
    ),
    "delay without unit": (
        stub("delay: 200\nfault: hang"),
        ["5:12: stubs[0].delay: expected a duration such as 200ms or 1.5s, found the number 200"],
    ),
    "delay of minutes": (
        stub("delay: 2m\nfault: hang"),
        ["5:12: stubs[0].delay: expected a duration such as 200ms or 1.5s, found the text '2m'"],
    ),
    "delay too long": (
        stub("delay: 3601s\nfault: hang"),
        ["5:12: stubs[0].delay: expected at most 3600s, found the text '3601s'"],
    ),
    "delay ambiguous": (
        stub("delay: 12:30\nfault: hang"),
        ["5:12: stubs[0].delay: expected a duration such as 200ms or 1.5s, found the text '12:30'"],
    ),
    "delay misspelled": (
        stub("delay: {unifrom: [1s, 2s]}\nfault: hang"),
        ["5:13: stubs[0].delay.unifrom: unknown key; did you mean 'uniform'?"],
    ),
    "delay two": (
        stub("delay: {uniform: [1s, 2s], lognormal: {median: 1s, sigma: 1}}\nfault: hang"),
        ["5:12: stubs[0].delay: expected exactly one of uniform, lognormal, found uniform and lognormal"],
    ),
    "uniform upside down": (
        stub("delay: {uniform: [2s, 1s]}\nfault: hang"),
        ["5:22: stubs[0].delay.uniform: expected the shorter duration first"],
    ),
    "uniform of one": (
        stub("delay: {uniform: [2s]}\nfault: hang"),
        ["5:22: stubs[0].delay.uniform: expected two durations such as [50ms, 200ms], found a list"],
    ),
    "uniform of a number": (
        stub("delay: {uniform: [1s, 2]}\nfault: hang"),
        ["5:27: stubs[0].delay.uniform[1]: expected a duration such as 200ms or 1.5s, found the number 2"],
    ),
    "lognormal without sigma": (
        stub("delay: {lognormal: {median: 80ms}}\nfault: hang"),
        ["5:24: stubs[0].delay.lognormal.sigma: required, but missing"],
    ),
    "lognormal median 0": (
        stub("delay: {lognormal: {median: 0s, sigma: 1}}\nfault: hang"),
        ["5:33: stubs[0].delay.lognormal.median: expected a duration greater than 0, found the text '0s'"],
    ),
    "lognormal sigma": (
        stub("delay: {lognormal: {median: 1s, sigma: -1}}\nfault: hang"),
        ["5:44: stubs[0].delay.lognormal.sigma: expected a number from 0 to 5, found the number -1"],
    ),
    "fault misspelled": (
        stub("fault: conection_reset"),
        [
            "5:12: stubs[0].fault: expected one of connection_reset, empty_reply, truncated_body, malformed_json, hang, dribble, found the text 'conection_reset'; did you mean 'connection_reset'?"
        ],
    ),
    "fault number": (
        stub("fault: 5"),
        [
            "5:12: stubs[0].fault: expected one of connection_reset, empty_reply, truncated_body, malformed_json, hang, dribble, found the number 5"
        ],
    ),
    "fault with a value": (
        stub("fault: {hang: 5s}"),
        ["5:12: stubs[0].fault: hang takes no value: write the word alone"],
    ),
    "dribble bare": (
        stub("fault: dribble"),
        ["5:12: stubs[0].fault: dribble needs a value: {dribble: …}"],
    ),
    "dribble chunks": (
        stub("fault: {dribble: {chunks: 0, over: 1s}}"),
        ["5:31: stubs[0].fault.dribble.chunks: expected a whole number from 1 to 10000, found the number 0"],
    ),
    "dribble over": (
        stub("fault: {dribble: {chunks: 3, over: 1}}"),
        ["5:40: stubs[0].fault.dribble.over: expected a duration such as 200ms or 1.5s, found the number 1"],
    ),
    "dribble without over": (
        stub("fault: {dribble: {chunks: 3}}"),
        ["5:22: stubs[0].fault.dribble.over: required, but missing"],
    ),
    "dribble misspelled": (
        stub("fault: {drible: {chunks: 3, over: 1s}}"),
        ["5:13: stubs[0].fault.drible: unknown key; did you mean 'dribble'?"],
    ),
    "status text": (
        reply("status: '200'"),
        ["6:15: stubs[0].reply.status: expected a whole number from 200 to 599, found the text '200'"],
    ),
    "status 99": (
        reply("status: 99"),
        ["6:15: stubs[0].reply.status: expected a whole number from 200 to 599, found the number 99"],
    ),
    "status octal": (
        reply("status: 0o310"),
        ["6:15: stubs[0].reply.status: expected a whole number from 200 to 599, found the text '0o310'"],
    ),
    "empty reply": (
        stub("reply: {}"),
        ["5:12: stubs[0].reply: expected at least one of status, headers, payment_session, body"],
    ),
    "unknown reply key": (
        reply("status: 200\npayment_sesion: {}"),
        ["7:7: stubs[0].reply.payment_sesion: unknown key; did you mean 'payment_session'?"],
    ),
    "both bodies": (
        reply("payment_session: {}\nbody: {}"),
        ["7:13: stubs[0].reply.body: expected at most one of payment_session, body, found both"],
    ),
    "body with 204": (
        reply("status: 204\nbody: {}"),
        ["7:13: stubs[0].reply.body: a reply with status 204 has no body"],
    ),
    "payment session null": (
        reply("payment_session:"),
        ["6:23: stubs[0].reply.payment_session: expected a mapping, found null; to override nothing, write {}"],
    ),
    "payment session list": (
        reply("payment_session: []"),
        ["6:24: stubs[0].reply.payment_session: expected a mapping of members to override, found a list"],
    ),
    "off_contract true": (
        reply("status: 503\noff_contract: true"),
        ["7:21: stubs[0].reply.off_contract: expected the reason in words, found true"],
    ),
    "off_contract empty": (
        reply("status: 503\noff_contract: ''"),
        ["7:21: stubs[0].reply.off_contract: expected the reason in words, found the text ''"],
    ),
    "header number": (
        reply("status: 503\nheaders: {Retry-After: 1}"),
        ["7:30: stubs[0].reply.headers.Retry-After: expected text, found the number 1; write it in quotes"],
    ),
    "header null": (
        reply("status: 503\nheaders: {Retry-After: }"),
        ["7:30: stubs[0].reply.headers.Retry-After: expected text, found null; write it in quotes"],
    ),
    "header name": (
        reply("status: 503\nheaders: {'Retry After': '1'}"),
        ["7:17: stubs[0].reply.headers.Retry After: 'Retry After' is not a valid header name"],
    ),
    "header repeated": (
        reply("status: 503\nheaders: {Retry-After: '1', retry-after: '2'}"),
        ["7:35: stubs[0].reply.headers.retry-after: the header Retry-After is repeated"],
    ),
    "header value break": (
        reply('status: 503\nheaders: {X: "a\\r\\nSet-Cookie: b"}'),
        ["7:20: stubs[0].reply.headers.X: expected printable ASCII, found the text 'a\\r\\nSet-Cookie: b'"],
    ),
    "header framing": (
        reply("status: 503\nheaders: {Content-Length: '1'}"),
        [
            "7:17: stubs[0].reply.headers.Content-Length: the server sets Content-Length itself; to break the connection, use a fault"
        ],
    ),
    "header ours": (
        reply("status: 503\nheaders: {Mock-Refused: 'no'}"),
        ["7:17: stubs[0].reply.headers.Mock-Refused: headers that begin with Mock- are the mock server's own"],
    ),
    "headers a list": (
        reply("status: 503\nheaders: [a]"),
        ["7:16: stubs[0].reply.headers: expected a mapping of header names, found a list"],
    ),
    "media type": (
        reply("headers: {Content-Type: html}\nbody: x"),
        [
            "6:31: stubs[0].reply.headers.Content-Type: expected a media type such as text/plain, without expressions, found the text 'html'"
        ],
    ),
    "media type expression": (
        reply("headers: {Content-Type: '{$request.header.accept}'}\nbody: x"),
        [
            "6:31: stubs[0].reply.headers.Content-Type: expected a media type such as text/plain, without expressions, found the text '{$request.header.accept}'"
        ],
    ),
    "text body an object": (
        reply("headers: {Content-Type: text/html}\nbody: {a: 1}"),
        ["7:13: stubs[0].reply.body: expected text, because the Content-Type is text/html"],
    ),
    "payment session as text": (
        reply("headers: {Content-Type: text/html}\npayment_session: {}"),
        ["7:24: stubs[0].reply.payment_session: a payment session is JSON, but the Content-Type is text/html"],
    ),
    "body ambiguous": (
        reply("body: {a: yes, b: 2020-01-01, c: [1_000], d: 12:30, on: 1, 5: x}"),
        [
            "6:17: stubs[0].reply.body.a: other YAML readers read yes without quotes as the truth value true; write it in quotes",
            "6:25: stubs[0].reply.body.b: other YAML readers read 2020-01-01 without quotes as a date; write it in quotes",
            "6:41: stubs[0].reply.body.c[0]: other YAML readers read 1_000 without quotes as a number; write it in quotes",
            "6:52: stubs[0].reply.body.d: other YAML readers read 12:30 without quotes as a number to the base of 60; write it in quotes",
            "6:59: stubs[0].reply.body.on: other YAML readers read on without quotes as the truth value true; write it in quotes",
            "6:66: stubs[0].reply.body.5: other YAML readers read 5 without quotes as a number; write it in quotes",
        ],
    ),
    "expression misspelled": (
        reply("body: {a: '{$request.pth.customer_id}'}"),
        [
            "6:17: stubs[0].reply.body.a: {$request.pth.customer_id} is not an expression; did you mean '$request.path.…'?"
        ],
    ),
    "expression nameless": (
        reply("body: {a: '{$request.path}'}"),
        ["6:17: stubs[0].reply.body.a: {$request.path}: expected a name after $request.path."],
    ),
    "expression pointer": (
        reply("body: {a: '{$request.body#provider}'}"),
        [
            "6:17: stubs[0].reply.body.a: {$request.body#provider}: expected a JSON pointer after the #, such as #/provider"
        ],
    ),
    "expression of reply": (
        reply("body: ['{$response.body#/x}']"),
        ["6:14: stubs[0].reply.body[0]: {$response.body#/x} is not an expression; did you mean '$request.body#/…'?"],
    ),
    "expression header": (
        reply("body: ['{$request.header.a b}']"),
        ["6:14: stubs[0].reply.body[0]: {$request.header.a b}: 'a b' is not a valid header name"],
    ),
    "expression open": (
        reply("body: 'x{$request.path.a'"),
        ["6:13: stubs[0].reply.body: an expression that begins with {$ does not end with }"],
    ),
    "expression in key": (
        reply("body: {'{$request.path.a}': 1}"),
        ["6:14: stubs[0].reply.body.{$request.path.a}: expressions are allowed in values, not in keys"],
    ),
    "expression fake": (
        reply("body: '{$fake.ibn}'"),
        ["6:13: stubs[0].reply.body: {$fake.ibn}: Faker has no value named 'ibn' that needs no arguments"],
    ),
    "expression in header": (
        reply("status: 503\nheaders: {X: '{$nope}'}"),
        [
            "7:20: stubs[0].reply.headers.X: {$nope} is not an expression; known are $fake.…, $method, $request.body#/…, $request.header.…, $request.path.…, $request.query.…, $url"
        ],
    ),
    "on_confirm misspelled": (
        reply("payment_session: {}\non_confirm: succed"),
        [
            "7:19: stubs[0].reply.on_confirm: expected one of test_card, succeed, processing, expired, decline, authenticate, fault, found the text 'succed'; did you mean 'succeed'?"
        ],
    ),
    "on_confirm bare decline": (
        reply("payment_session: {}\non_confirm: decline"),
        ["7:19: stubs[0].reply.on_confirm: decline needs a value: {decline: …}"],
    ),
    "on_confirm code": (
        reply("payment_session: {}\non_confirm: {decline: 51}"),
        [
            "7:29: stubs[0].reply.on_confirm.decline: expected a decline code of Stripe, such as insufficient_funds, found the number 51"
        ],
    ),
    "on_confirm authenticate": (
        reply("payment_session: {}\non_confirm: {authenticate: chalenge}"),
        [
            "7:34: stubs[0].reply.on_confirm.authenticate: expected one of challenge, pass, fail, found the text 'chalenge'; did you mean 'challenge'?"
        ],
    ),
    "on_confirm two": (
        reply("payment_session: {}\non_confirm: {succeed: true, processing: true}"),
        [
            "7:19: stubs[0].reply.on_confirm: expected exactly one of test_card, succeed, processing, expired, decline, authenticate, fault, found succeed and processing"
        ],
    ),
    "on_confirm key": (
        reply("payment_session: {}\non_confirm: {succeed: true, dealy: 1s}"),
        ["7:35: stubs[0].reply.on_confirm.dealy: unknown key; did you mean 'delay'?"],
    ),
    "on_confirm delay": (
        reply("payment_session: {}\non_confirm: {succeed: true, delay: soon}"),
        ["7:42: stubs[0].reply.on_confirm.delay: expected a duration such as 200ms or 1.5s, found the text 'soon'"],
    ),
    "on_confirm fault": (
        reply("payment_session: {}\non_confirm: {fault: hangs}"),
        [
            "7:27: stubs[0].reply.on_confirm.fault: expected one of connection_reset, empty_reply, truncated_body, malformed_json, hang, dribble, found the text 'hangs'; did you mean 'hang'?"
        ],
    ),
    "types beside a body": (
        reply("body: {}\npayment_method_types: [card]\non_confirm: succeed"),
        [
            "7:29: stubs[0].reply.payment_method_types: only a reply with payment_session can have this key",
            "8:19: stubs[0].reply.on_confirm: only a reply with payment_session can have this key",
        ],
    ),
    "an account beside a body": (
        reply("body: {}\nstripe_account: optional"),
        ["7:23: stubs[0].reply.stripe_account: only a reply with payment_session can have this key"],
    ),
    "an account of another kind": (
        reply("payment_session: {}\nstripe_account: acct_1"),
        ["7:23: stubs[0].reply.stripe_account: expected one of required, optional, found the text 'acct_1'"],
    ),
    "types misspelled": (
        reply("payment_session: {}\npayment_method_types: [card, sepa_debt]"),
        [
            "7:36: stubs[0].reply.payment_method_types[1]: expected one of card, sepa_debit, found the text 'sepa_debt'; did you mean 'sepa_debit'?"
        ],
    ),
    "types twice": (
        reply("payment_session: {}\npayment_method_types: [card, card]"),
        ["7:36: stubs[0].reply.payment_method_types[1]: card is repeated"],
    ),
    "types number": (
        reply("payment_session: {}\npayment_method_types: [1]"),
        ["7:30: stubs[0].reply.payment_method_types[0]: expected one of card, sepa_debit, found the number 1"],
    ),
    "types text": (
        reply("payment_session: {}\npayment_method_types: card"),
        ["7:29: stubs[0].reply.payment_method_types: expected a list, found the text 'card'"],
    ),
    "types empty": (
        reply("payment_session: {}\npayment_method_types: []"),
        ["7:29: stubs[0].reply.payment_method_types: expected at least one, found none"],
    ),
    "on_confirm false": (
        reply("payment_session: {}\non_confirm: {succeed: false}"),
        ["7:29: stubs[0].reply.on_confirm.succeed: expected true, found false"],
    ),
    "on_confirm number": (
        reply("payment_session: {}\non_confirm: 1"),
        [
            "7:19: stubs[0].reply.on_confirm: expected one of test_card, succeed, processing, expired, decline, authenticate, fault, found the number 1"
        ],
    ),
    "when empty": (
        stub("when: {}\nfault: hang"),
        ["5:11: stubs[0].when: expected at least one of path, query, header, cookie, body"],
    ),
    "when null": (stub("when:\nfault: hang"), ["5:10: stubs[0].when: expected a mapping, found null"]),
    "when misspelled": (
        stub("when: {boddy: {a: 1}}\nfault: hang"),
        ["5:12: stubs[0].when.boddy: unknown key; did you mean 'body'?"],
    ),
    "when number": (
        stub("when: {query: {limit: 10}}\nfault: hang"),
        [
            "5:27: stubs[0].when.query.limit: expected text or one of the operators matches, one_of, absent, present, found the number 10; write it in quotes"
        ],
    ),
    "when ambiguous": (
        stub("when: {path: {id: 012}}\nfault: hang"),
        [
            "5:23: stubs[0].when.path.id: other YAML readers read 012 without quotes as an octal number; write it in quotes"
        ],
    ),
    "when null value": (
        stub("when: {cookie: {a: ~}}\nfault: hang"),
        [
            "5:24: stubs[0].when.cookie.a: expected text or one of the operators matches, one_of, absent, present, found null; write it in quotes"
        ],
    ),
    "when operator": (
        stub("when: {header: {a: {match: x}}}\nfault: hang"),
        ["5:25: stubs[0].when.header.a.match: unknown key; did you mean 'matches'?"],
    ),
    "when two operators": (
        stub("when: {header: {a: {matches: x, present: true}}}\nfault: hang"),
        [
            "5:24: stubs[0].when.header.a: expected exactly one of matches, one_of, absent, present, found matches and present"
        ],
    ),
    "when header twice": (
        stub("when: {header: {A: x, a: y}}\nfault: hang"),
        ["5:27: stubs[0].when.header.a: the header A is repeated"],
    ),
    "when list": (
        stub("when: {header: {A: [x]}}\nfault: hang"),
        [
            "5:24: stubs[0].when.header.A: expected text or one of the operators matches, one_of, absent, present, found a list"
        ],
    ),
    "when section list": (
        stub("when: {path: [a]}\nfault: hang"),
        ["5:18: stubs[0].when.path: expected a mapping, found a list"],
    ),
    "bad regex": (
        stub("when: {body: {a: {b: {matches: '(['}}}}\nfault: hang"),
        ["5:36: stubs[0].when.body.a.b.matches: the pattern '([' cannot be used: a [ without its ] at character 3"],
    ),
    "regex number": (
        stub("when: {body: {a: {matches: 5}}}\nfault: hang"),
        [
            "5:32: stubs[0].when.body.a.matches: expected a regular expression as text, found the number 5; write it in quotes"
        ],
    ),
    "absent false": (
        stub("when: {body: {a: {absent: false}}}\nfault: hang"),
        ["5:31: stubs[0].when.body.a.absent: expected true, found false"],
    ),
    "one_of text": (
        stub("when: {body: {a: {one_of: x}}}\nfault: hang"),
        ["5:31: stubs[0].when.body.a.one_of: expected a list, found the text 'x'"],
    ),
    "one_of empty": (
        stub("when: {body: {a: {one_of: []}}}\nfault: hang"),
        ["5:31: stubs[0].when.body.a.one_of: expected at least one, found none"],
    ),
    "one_of numbers in query": (
        stub("when: {query: {a: {one_of: ['1', 2]}}}\nfault: hang"),
        ["5:38: stubs[0].when.query.a.one_of[1]: expected text, found the number 2; write it in quotes"],
    ),
    "operator with others": (
        stub("when: {body: {a: {absent: true, b: 1}}}\nfault: hang"),
        ["5:23: stubs[0].when.body.a.absent: absent is an operator: it must be the only key"],
    ),
    "operator in list": (
        stub("when: {body: {a: [{matches: x}]}}\nfault: hang"),
        ["5:23: stubs[0].when.body.a[0]: an operator does not work inside a list: a list is compared as a whole"],
    ),
    "example not list": (
        stub("fault: hang") + "example: {request: 1}\n",
        ["6:10: example: expected a list, found a mapping"],
    ),
    "example without reply": (
        stub("fault: hang") + "example:\n  - request: {method: GET, path: /}\n",
        ["7:5: example[0]: expected exactly one of reply, fault, found none"],
    ),
    "example method": (
        stub("fault: hang") + "example:\n  - request: {method: get, path: /}\n    fault: hang\n",
        ["7:23: example[0].request.method: expected a method such as POST, found the text 'get'"],
    ),
    "example path": (
        stub("fault: hang") + "example:\n  - request: {method: GET, path: 'a b'}\n    fault: hang\n",
        [
            "7:34: example[0].request.path: expected a path that begins with / and is percent-encoded, found the text 'a b'"
        ],
    ),
    "example fault": (
        stub("fault: hang") + "example:\n  - request: {method: GET, path: /}\n    fault: hangs\n",
        [
            "8:12: example[0].fault: expected one of connection_reset, empty_reply, truncated_body, malformed_json, hang, dribble, found the text 'hangs'; did you mean 'hang'?"
        ],
    ),
    "example header": (
        stub("fault: hang")
        + "example:\n  - request: {method: GET, path: /, headers: {a: 1}}\n    reply: {status: 200, headers: {b: 2}}\n",
        [
            "7:50: example[0].request.headers.a: expected text, found the number 1; write it in quotes",
            "8:39: example[0].reply.headers.b: expected text or one of the operators matches, one_of, absent, present, found the number 2; write it in quotes",
        ],
    ),
    "example status": (
        stub("fault: hang") + "example:\n  - request: {method: GET, path: /}\n    reply: {body: {a: 1}}\n",
        ["8:12: example[0].reply.status: required, but missing"],
    ),
    "several": (
        "abuot: x\nstubs:\n  - name: a\n    operation: nope\n    times: no\n    delay: 5\n    reply: {status: 20, body: '{$x}'}\n  - operation: c_create_payment_session\n    when: {body: {a: {matches: '('}}}\n",
        [
            "1:1: about: required, but missing",
            "1:1: abuot: unknown key; did you mean 'about'?",
            "4:16: stubs[0].operation: the contract has no operation 'nope'; known are c_create_payment_session",
            "5:12: stubs[0].times: expected a whole number from 1 to 1000000, found the text 'no'",
            "6:12: stubs[0].delay: expected a duration such as 200ms or 1.5s, found the number 5",
            "7:21: stubs[0].reply.status: expected a whole number from 200 to 599, found the number 20",
            "7:31: stubs[0].reply.body: {$x} is not an expression; known are $fake.…, $method, $request.body#/…, $request.header.…, $request.path.…, $request.query.…, $url",
            "8:5: stubs[1].name: required, but missing",
            "9:32: stubs[1].when.body.a.matches: the pattern '(' cannot be used: a ( without its ) at character 2",
        ],
    ),
}
