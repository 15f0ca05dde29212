"""Every way in which an endpoint can fail gives an answer with a reason, over real HTTP."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest

from ragcheck.errors import EndpointError
from ragcheck.generation.client import LlamaIndexGenerator, Patience
from ragcheck.generation.connect import connect_endpoint
from ragcheck.generation.prompts import MESSAGE_SEPARATOR
from ragcheck.records.trials import GenerationParameters, GenerationRequest

QUICK = Patience(tries=3, first_wait=0.01, longest_wait=0.02, total=5.0)


def generator(
    server: Any, *, chat: bool = False, timeout: float = 5.0, **options: object
) -> LlamaIndexGenerator:
    settings = {"patience": QUICK, "concurrency": 1, **options}
    return connect_endpoint(server.url, model="fake", chat=chat, timeout=timeout, **settings)


def request(prompt: str = "Question: why?\nAnswer:", **parameters: object) -> GenerationRequest:
    return GenerationRequest(prompt, GenerationParameters(**parameters), stop=("\n",))


def failure(server: Any, **options: object) -> str:
    (answer,) = generator(server, **options).generate([request()])
    assert answer.text is None
    assert answer.failure
    return answer.failure


def test_a_call_carries_every_parameter(server: Any) -> None:
    wanted = request(temperature=0.7, top_p=0.9, top_k=40, seed=5, max_tokens=9)
    (answer,) = generator(server).generate([wanted])
    assert (answer.text, answer.prompt_tokens, answer.completion_tokens) == ("fine", 7, 3)
    sent = server.bodies[0]
    assert server.paths == ["/v1/completions"]
    expected = {
        "prompt": wanted.prompt, "temperature": 0.7, "top_p": 0.9, "top_k": 40, "seed": 5,
        "max_tokens": 9, "stop": ["\n"], "model": "fake",
    }  # fmt: skip
    assert {name: sent[name] for name in expected} == expected


def test_an_unset_parameter_is_left_to_the_server(server: Any) -> None:
    generator(server).generate([request()])
    assert not {"top_p", "top_k", "seed"} & server.bodies[0].keys()
    assert server.bodies[0]["temperature"] == 0.0


def test_a_chat_model_gets_system_and_user_messages(server: Any) -> None:
    prompt = f"be short{MESSAGE_SEPARATOR}why?"
    (answer,) = generator(server, chat=True).generate([request(prompt)])
    assert answer.text == "fine"
    assert server.paths == ["/v1/chat/completions"]
    assert [(m["role"], m["content"]) for m in server.bodies[0]["messages"]] == [
        ("system", "be short"),
        ("user", "why?"),
    ]


def test_text_after_a_stop_is_cut_where_the_server_leaves_it(server: Any) -> None:
    server.reply = server.answering(" 30 days\nQuestion: next?")
    assert generator(server).generate([request()])[0].text == "30 days"


def test_answers_come_in_request_order_and_equal_requests_are_sent_once(
    server: Any,
) -> None:
    server.reply = server.answering(lambda body: body["prompt"].upper())
    requests = [request("long prompt"), request("b"), request("long prompt"), request("a")]
    answers = generator(server).generate(requests)
    assert [answer.text for answer in answers] == ["LONG PROMPT", "B", "LONG PROMPT", "A"]
    assert [body["prompt"] for body in server.bodies] == ["a", "b", "long prompt"]


def test_greedy_requests_that_differ_in_the_seed_are_one(server: Any) -> None:
    generator(server).generate([request(seed=1), request(seed=2)])
    assert len(server.bodies) == 1


def test_requests_run_side_by_side_up_to_the_limit(server: Any) -> None:
    import threading

    together = threading.Barrier(3)

    def reply(handler: Any, body: dict[str, str]) -> None:
        together.wait(timeout=5)
        server.answering(body["prompt"])(handler, body)

    server.reply = reply
    requests = [request(str(number)) for number in range(6)]
    answers = generator(server, concurrency=3).generate(requests)
    assert [answer.text for answer in answers] == list("012345")
    assert server.most_active == 3


def test_one_failure_leaves_the_other_answers(server: Any) -> None:
    def reply(handler: Any, body: dict[str, str]) -> None:
        chosen = server.raw(b"{}", status=400) if body["prompt"] == "b" else server.answering("ok")
        chosen(handler, body)

    server.reply = reply
    answers = generator(server).generate([request("a"), request("b"), request("c")])
    assert [answer.text for answer in answers] == ["ok", None, "ok"]
    assert answers[1].failure is not None
    assert answers[1].failure.startswith("HTTP 400")


def test_busy_then_ready(server: Any) -> None:
    busy = server.raw(b'{"error": "busy"}', status=429, headers={"Retry-After": "0"})
    server.reply = server.in_turn(busy, busy, server.answering("at last"))
    assert generator(server).generate([request()])[0].text == "at last"
    assert len(server.bodies) == 3


def test_the_wait_that_a_server_asks_for_is_kept_or_refused(server: Any) -> None:
    server.reply = server.raw(b"{}", status=429, headers={"Retry-After": "3600"})
    assert failure(server).startswith("HTTP 429")
    assert len(server.bodies) == 1, "an hour does not fit into the total time"


def test_retry_after_may_be_a_date(server: Any) -> None:
    past = server.raw(b"{}", status=503, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"})
    server.reply = server.in_turn(past, server.answering("back"))
    assert generator(server).generate([request()])[0].text == "back"


def test_server_error_then_ready(server: Any) -> None:
    broken = server.raw(b"oops", status=500, kind="text/plain")
    server.reply = server.in_turn(broken, server.answering("fine"))
    assert generator(server).generate([request()])[0].text == "fine"


def test_lasting_server_error_ends_after_the_tries(server: Any) -> None:
    server.reply = server.raw(b"oops", status=503, kind="text/plain")
    assert failure(server).startswith("HTTP 503")
    assert len(server.bodies) == QUICK.tries


@pytest.mark.parametrize("status", [400, 401, 404, 422])
def test_a_refusal_is_not_sent_again(server: Any, status: int) -> None:
    server.reply = server.raw(b'{"error": {"message": "no"}}', status=status)
    assert failure(server).startswith(f"HTTP {status}")
    assert len(server.bodies) == 1


@pytest.mark.parametrize("chat", [False, True])
@pytest.mark.parametrize(
    "body",
    [
        b'{"choices": [{"text": "hal',
        b'{"choices": []}',
        b"{}",
        b"[]",
        b"null",
        b"",
        b'"text"',
        b'{"choices": [{"index": 0, "text": null}]}',
        b'{"choices": [{"index": 0, "message": {"role": "assistant", "content": null}}]}',
    ],
    ids=["truncated", "no choices", "object", "list", "null", "empty", "string", "none", "none-c"],
)
def test_malformed_replies_are_failures(server: Any, body: bytes, chat: bool) -> None:
    server.reply = server.raw(body)
    assert "repl" in failure(server, chat=chat)


@pytest.mark.parametrize("chat", [False, True])
def test_html_is_a_failure(server: Any, chat: bool) -> None:
    server.reply = server.raw(b"<html><body>Sign in</body></html>", kind="text/html")
    assert "repl" in failure(server, chat=chat)


def test_a_reply_shorter_than_announced_is_tried_again(server: Any) -> None:
    def cut(handler: Any, _: dict[str, str]) -> None:
        handler.send(server.completion("half")[:20], length=500)
        handler.close_connection = True

    server.reply = server.in_turn(cut, server.answering("whole"))
    assert generator(server).generate([request()])[0].text == "whole"


def test_a_huge_reply_is_cut_off(server: Any) -> None:
    server.reply = server.raw(server.completion("x" * 10_000_000))
    assert "longer than 1000000 bytes" in failure(server)
    assert len(server.bodies) == 1


def test_a_compressed_reply_is_refused(server: Any) -> None:
    import gzip

    server.reply = server.raw(
        gzip.compress(server.completion("x" * 10_000_000)), headers={"Content-Encoding": "gzip"}
    )
    assert "compressed" in failure(server)
    assert server.headers[0]["accept-encoding"] == "identity"


def test_a_redirect_is_not_followed(server: Any) -> None:
    server.reply = server.raw(b"", status=302, headers={"Location": "http://127.0.0.1:1/"})
    assert failure(server).startswith("HTTP 302")


def test_a_silent_server_times_out(server: Any) -> None:
    import threading

    release = threading.Event()
    server.reply = lambda handler, body: release.wait(5) and None
    reason = failure(server, timeout=0.1, patience=Patience(tries=1))
    release.set()
    assert "no answer in time" in reason


def test_a_dripping_server_times_out(server: Any) -> None:
    server.reply = server.dripping(0.02)
    assert "no answer in time" in failure(server, timeout=0.2, patience=Patience(tries=1))


def test_an_unreachable_endpoint_stops_the_run_with_where_and_mend() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    there = connect_endpoint(f"http://127.0.0.1:{port}/v1", model="m", patience=QUICK)
    with pytest.raises(EndpointError) as caught:
        there.check_reachable()
    assert caught.value.where == f"http://127.0.0.1:{port}/v1"
    assert "start the server" in (caught.value.mend or "")
    assert there.generate([request()])[0].failure is not None


@pytest.mark.parametrize(
    ("status", "word"), [(401, "api_key_env"), (404, "model's name"), (500, "refuses")]
)
def test_a_refusing_endpoint_says_what_to_mend(server: Any, status: int, word: str) -> None:
    server.reply = server.raw(b'{"error": {"message": "no"}}', status=status)
    with pytest.raises(EndpointError) as caught:
        generator(server).check_reachable()
    assert word in (caught.value.mend or "")


def test_a_reachable_endpoint_passes(server: Any) -> None:
    generator(server).check_reachable()
    assert server.bodies[0]["max_tokens"] == 1


def test_a_foreign_model_that_raises_is_a_failure() -> None:
    class Broken:
        class metadata:  # noqa: N801
            is_chat_model = False

        def complete(self, prompt: str, **options: object) -> object:
            raise RuntimeError("out of memory\nwhile thinking")

    (answer,) = LlamaIndexGenerator(Broken(), key="broken").generate([request()])
    assert answer.failure == "RuntimeError: out of memory while thinking"


def test_an_engine_with_one_context_takes_one_request_at_a_time() -> None:
    class Engine:
        def prepare(self, prompt: str) -> None:
            return

    with pytest.raises(ValueError, match="one request at a time"):
        LlamaIndexGenerator(object(), key="x", engine=Engine(), concurrency=2)


def test_a_reply_sent_twice_answers_one_question(server: Any) -> None:
    def twice(handler: Any, body: dict[str, str]) -> None:
        sent = server.completion(body["prompt"])
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(sent)}\r\n"
        head += "Content-Type: application/json\r\n\r\n"
        handler.wfile.write((head.encode() + sent) * 2)

    server.reply = twice
    prompts = ["a", "b", "c", "d"]
    answers = generator(server).generate([request(prompt) for prompt in prompts])
    assert [answer.text for answer in answers] == prompts


def test_headers_that_drip_time_out(server: Any) -> None:
    def drip(handler: Any, body: dict[str, str]) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Wait: ")
        for _turn in range(150):
            time.sleep(0.02)
            handler.wfile.write(b"x")
            handler.wfile.flush()

    server.reply = drip
    assert "no answer in time" in failure(server, timeout=0.2, patience=Patience(tries=1))


@pytest.mark.parametrize("blank", ["", " \n\t"])
def test_an_empty_answer_is_no_refusal(server: Any, blank: str) -> None:
    server.reply = server.answering(blank)
    assert failure(server) == "the answer is empty"


def test_an_answer_of_another_model_is_tried_again_and_then_unscored(server: Any) -> None:
    def other(handler: Any, body: dict[str, str]) -> None:
        sent = server.completion("elsewhere").replace(b'"fake"', b'"other"')
        handler.send(sent)

    fine = server.answering("fine")
    server.reply = server.in_turn(fine, other, fine)
    asked = generator(server)
    answers = asked.generate([request("a"), request("b")])
    assert [answer.text for answer in answers] == ["fine", "fine"]
    server.reply = other
    assert "'other'" in (asked.generate([request("c")])[0].failure or "")


@pytest.mark.parametrize("asked", ["99999999999999999999:1 Jan 1", "soon", "nan"])
def test_a_wait_that_is_no_time_is_passed_over(server: Any, asked: str) -> None:
    busy = server.raw(b"{}", status=429, headers={"Retry-After": asked})
    server.reply = server.in_turn(busy, server.answering("fine"))
    assert generator(server).generate([request()])[0].text == "fine"


def test_all_tries_begin_within_the_time_that_they_have(server: Any) -> None:
    server.reply = server.raw(b"{}", status=503, headers={"Retry-After": "20"})
    patient = Patience(tries=3, first_wait=0.01)
    assert failure(server, timeout=5.0, patience=patient).startswith("HTTP 503")
    assert len(server.bodies) == 1, "20 seconds do not fit into 3 tries of 5"
