import { AsyncLocalStorage } from 'node:async_hooks';
import type { TracingChannel } from 'node:diagnostics_channel';
import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { calls, requestNow, requests, transactions } from '../terms/underway.ts';
import { outcomeOf } from './ended.ts';

export interface Traces {
  /** Sends what is left, and traces no more. */
  close(): Promise<void>;
}

/**
 * Traces what is under way from now on: a span a request, a call and a transaction, under whatever the caller traced (`traceparent` over
 * HTTP, `_meta.traceparent` over MCP). Where to it is sent, the environment's own variables of OpenTelemetry say. A span holds what
 * happened to which operation: no argument, no id, no name.
 */
export function openTraces({ version, share = 1 }: { version: string; share?: number | undefined }): Traces {
  const provider = new TracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'postern', 'service.version': version }))
      .merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(share) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer('postern', version);
  const above = new AsyncLocalStorage<Span>();

  /** A span from the beginning of what a channel tells to its end, above all that happens in between. */
  function spans<C extends object>(
    channel: TracingChannel<unknown, C>,
    begin: (told: C) => Begun,
    end: (told: C) => Ended,
  ) {
    const begun = new WeakMap<C, Span>();
    const enter = (told: C): Span => {
      const { name, kind, attributes, from } = begin(told);
      const remote = from && parseTraceParent(from);
      const parent: SpanContext | undefined = remote ? { ...remote, isRemote: true } : above.getStore()?.spanContext();
      const span = tracer.startSpan(
        name,
        { kind, attributes },
        parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
      );
      begun.set(told, span);
      return span;
    };
    const leave = {
      asyncEnd(told: C) {
        const span = begun.get(told);
        const { name, attributes, failed } = end(told);
        if (name !== undefined) span?.updateName(name);
        span?.setAttributes(attributes);
        if (failed) span?.setStatus({ code: SpanStatusCode.ERROR });
        span?.end();
      },
    } as Parameters<typeof channel.subscribe>[0];
    channel.start.bindStore(above as never, enter as never);
    channel.subscribe(leave);
    return () => {
      channel.start.unbindStore(above as never);
      channel.unsubscribe(leave);
    };
  }

  const stop = [
    spans(
      requests,
      ({ method, traceparent }) => ({
        name: method,
        kind: SpanKind.SERVER,
        attributes: { 'http.request.method': method },
        from: traceparent,
      }),
      ({ method, path, status = 500 }) => ({
        name: path === undefined ? method : `${method} ${path}`,
        attributes: {
          'http.response.status_code': status,
          ...(path !== undefined && { 'http.route': path }),
          ...(status >= 500 && { 'error.type': String(status) }),
        },
        failed: status >= 500,
      }),
    ),
    spans(
      calls,
      ({ operation, origin }) => ({
        name: origin ? `${origin.method} ${operation}` : operation,
        kind: origin ? SpanKind.SERVER : SpanKind.INTERNAL,
        attributes: {
          'postern.operation': operation,
          'postern.door': requestNow()?.door ?? 'stdio',
          ...(origin && {
            'mcp.method.name': origin.method,
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': operation,
          }),
        },
        from: origin?.traceparent,
      }),
      refusalOf,
    ),
    spans(
      transactions,
      ({ mode }) => ({
        name: `transaction ${mode}`,
        kind: SpanKind.CLIENT,
        attributes: { 'db.system.name': 'postgresql', 'postern.transaction': mode },
      }),
      refusalOf,
    ),
  ];
  return {
    async close() {
      for (const each of stop) each();
      await provider.shutdown();
    },
  };
}

interface Begun {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  /** The `traceparent` that a caller sent. */
  readonly from?: string | undefined;
}

interface Ended {
  readonly name?: string;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

/** A refusal is an answer like another; only what was not foreseen has failed. */
function refusalOf(told: object): Ended {
  const outcome = outcomeOf(told);
  return { attributes: outcome === 'ok' ? {} : { 'error.type': outcome }, failed: outcome === 'internal' };
}
