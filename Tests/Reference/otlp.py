#!/usr/bin/env python3
"""Writes the messages of OTLP that ApeReportTests checks the encoder against, with the published protobuf classes.

    pip install opentelemetry-proto && python3 Tests/Reference/otlp.py > Tests/Reference/otlp.txt

Lines are `NAME HEX`: a trace of a failed session, a trace of a script that succeeded, and metrics of each kind.
"""
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span, Status

SCHEMA = "https://opentelemetry.io/schemas/1.41.1"
TRACE = bytes.fromhex("0af7651916cd43dd8448eb211c80319c")
ROOT = TRACE[8:]
START = 1_700_000_000_000_000


def value(of):
    kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
    return AnyValue(**{kinds[type(of)]: of})


def attributes(**pairs):
    return [KeyValue(key=key.replace("__", "."), value=value(of)) for key, of in pairs.items()]


RESOURCE = Resource(
    attributes=attributes(
        service__name="ape", service__version="9.9", service__instance__id="r-1", ape__run__id="r-1", ape__scenario="shöp"
    )
)
SCOPE = InstrumentationScope(name="ape", version="9.9")


def show(name, message):
    print(name, message.SerializeToString(deterministic=True).hex())


def span(at, took, **members):
    return Span(
        trace_id=TRACE,
        start_time_unix_nano=(START + at) * 1000,
        end_time_unix_nano=(START + at + took) * 1000,
        flags=0x101,
        **members,
    )


def traces(name, spans):
    scope = ScopeSpans(scope=SCOPE, spans=spans, schema_url=SCHEMA)
    resource = ResourceSpans(resource=RESOURCE, scope_spans=[scope], schema_url=SCHEMA)
    show(name, ExportTraceServiceRequest(resource_spans=[resource]))


traces(
    "failed",
    [
        span(
            0,
            900_000,
            span_id=ROOT,
            name="session buy",
            kind=Span.SPAN_KIND_INTERNAL,
            attributes=attributes(
                ape__goal="buy",
                ape__agent=7,
                ape__worker="alpha",
                ape__session__outcome="failed",
                error__type="target_5xx",
                ape__failure__party="target",
                ape__failed_check="paid",
                ape__steps_left_out=3,
            ),
            status=Status(code=Status.STATUS_CODE_ERROR, message="the target answered 503"),
        ),
        span(
            0,
            300_000,
            span_id=bytes.fromhex("00f067aa0ba902b7"),
            parent_span_id=ROOT,
            name="chat llama",
            kind=Span.SPAN_KIND_CLIENT,
            attributes=attributes(
                gen_ai__operation__name="chat",
                gen_ai__provider__name="openai",
                gen_ai__request__model="llama",
                gen_ai__request__stream=True,
                gen_ai__usage__input_tokens=812,
                gen_ai__usage__output_tokens=41,
                gen_ai__usage__cache_read__input_tokens=512,
                ape__tokens_estimated=True,
                ape__first_token_seconds=0.12,
            ),
            events=[Span.Event(name="ape.first_token", time_unix_nano=(START + 120_000) * 1000)],
        ),
        span(
            310_000,
            590_000,
            span_id=bytes.fromhex("b7ad6b7169203331"),
            parent_span_id=ROOT,
            name="POST /api/orders",
            kind=Span.SPAN_KIND_CLIENT,
            attributes=attributes(
                http__request__resend_count=2,
                http__request__method="POST",
                url__template="/api/orders",
                http__response__status_code=503,
                error__type="503",
            ),
            status=Status(code=Status.STATUS_CODE_ERROR),
        ),
    ],
)

traces(
    "script",
    [
        span(
            0,
            5,
            span_id=ROOT,
            name="session look",
            kind=Span.SPAN_KIND_INTERNAL,
            attributes=attributes(ape__goal="look", ape__worker="alpha", ape__session__outcome="succeeded"),
        ),
        span(
            1,
            2,
            span_id=bytes.fromhex("ffffffffffffffff"),
            parent_span_id=ROOT,
            name="GET /",
            kind=Span.SPAN_KIND_CLIENT,
            attributes=attributes(
                ape__verification=True, http__request__method="GET", url__template="/", http__response__status_code=200
            ),
        ),
    ],
)

TIMES = {"start_time_unix_nano": START * 1000, "time_unix_nano": (START + 1_500_000) * 1000}
CUMULATIVE = {"aggregation_temporality": AGGREGATION_TEMPORALITY_CUMULATIVE}
metrics = [
    Metric(
        name="ape_agent_sessions",
        description="Sessions that agents began.",
        unit="{session}",
        sum=Sum(
            data_points=[
                NumberDataPoint(as_int=0, **TIMES),
                NumberDataPoint(as_int=-5, attributes=attributes(reason="target_5xx"), **TIMES),
            ],
            is_monotonic=True,
            **CUMULATIVE,
        ),
    ),
    Metric(
        name="ape_worker_cpu",
        unit="%",
        gauge=Gauge(data_points=[NumberDataPoint(as_double=12.5, time_unix_nano=TIMES["time_unix_nano"])]),
    ),
    Metric(
        name="ape_inference_ttft",
        unit="s",
        histogram=Histogram(
            data_points=[
                HistogramDataPoint(count=6, sum=0.25, bucket_counts=[1, 2, 3], explicit_bounds=[0.001, 0.01], **TIMES)
            ],
            **CUMULATIVE,
        ),
    ),
]
scope = ScopeMetrics(scope=SCOPE, metrics=metrics, schema_url=SCHEMA)
resource = ResourceMetrics(resource=RESOURCE, scope_metrics=[scope], schema_url=SCHEMA)
show("metrics", ExportMetricsServiceRequest(resource_metrics=[resource]))
