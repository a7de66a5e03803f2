/**
 * The part of Envoy's external authorization that is read and written here, as protobuf reflection reads it. Names,
 * numbers and types are those of the published contract, so the bytes are the same; what is left out is skipped when read:
 * envoy/service/auth/v3/external_auth.proto and attribute_context.proto, envoy/config/core/v3/address.proto and
 * base.proto, envoy/type/v3/http_status.proto (envoyproxy/envoy v1.40.0, api/), google/rpc/status.proto,
 * google/protobuf/struct.proto, and grpc/health/v1/health.proto (grpc/grpc-proto).
 */
export const EXT_AUTHZ_CONTRACT = {
  nested: {
    envoy: {
      nested: {
        service: { nested: { auth: { nested: { v3: { nested: authorization() } } } } },
        config: { nested: { core: { nested: { v3: { nested: core() } } } } },
        type: { nested: { v3: { nested: { HttpStatus: message({ code: ['int32', 1] }) } } } },
      },
    },
    google: {
      nested: {
        rpc: { nested: { Status: message({ code: ['int32', 1], message: ['string', 2] }) } },
        protobuf: { nested: { Struct: struct(), Value: message({ string_value: ['string', 3] }) } },
      },
    },
    grpc: { nested: { health: { nested: { v1: { nested: health() } } } } },
  },
};

type Field = { readonly type: string; readonly id: number; readonly rule?: string; readonly keyType?: string };

function message(fields: Readonly<Record<string, [type: string, id: number, rule?: 'repeated']>>): {
  fields: Record<string, Field>;
} {
  const entries = Object.entries(fields).map(([name, [type, id, rule]]) => {
    return [name, rule === undefined ? { type, id } : { type, id, rule }] as const;
  });
  return { fields: Object.fromEntries(entries) };
}

function map(type: string, id: number): Field {
  return { keyType: 'string', type, id };
}

function authorization(): object {
  const header = 'envoy.config.core.v3.HeaderValueOption';
  const http = message({
    method: ['string', 2],
    path: ['string', 4],
    host: ['string', 5],
    header_map: ['envoy.config.core.v3.HeaderMap', 13],
  });
  return {
    Authorization: {
      methods: { Check: { requestType: 'CheckRequest', responseType: 'CheckResponse' } },
    },
    CheckRequest: message({ attributes: ['AttributeContext', 1] }),
    AttributeContext: {
      ...message({ source: ['Peer', 1], request: ['Request', 4] }),
      nested: {
        Peer: message({ address: ['envoy.config.core.v3.Address', 1] }),
        Request: message({ http: ['HttpRequest', 2] }),
        HttpRequest: { fields: { ...http.fields, headers: map('string', 3) } },
      },
    },
    CheckResponse: {
      ...message({
        status: ['google.rpc.Status', 1],
        denied_response: ['DeniedHttpResponse', 2],
        ok_response: ['OkHttpResponse', 3],
        dynamic_metadata: ['google.protobuf.Struct', 4],
      }),
      oneofs: { http_response: { oneof: ['denied_response', 'ok_response'] } },
    },
    DeniedHttpResponse: message({
      status: ['envoy.type.v3.HttpStatus', 1],
      headers: [header, 2, 'repeated'],
      body: ['string', 3],
    }),
    OkHttpResponse: message({ headers: [header, 2, 'repeated'], headers_to_remove: ['string', 5, 'repeated'] }),
  };
}

function core(): object {
  return {
    Address: message({ socket_address: ['SocketAddress', 1] }),
    SocketAddress: message({ address: ['string', 2] }),
    HeaderMap: message({ headers: ['HeaderValue', 1, 'repeated'] }),
    HeaderValue: message({ key: ['string', 1], value: ['string', 2], raw_value: ['bytes', 3] }),
    HeaderValueOption: message({ header: ['HeaderValue', 1], append_action: ['int32', 3] }),
  };
}

function struct(): object {
  return { fields: { fields: map('Value', 1) } };
}

function health(): object {
  return {
    Health: { methods: { Check: { requestType: 'HealthCheckRequest', responseType: 'HealthCheckResponse' } } },
    HealthCheckRequest: message({ service: ['string', 1] }),
    HealthCheckResponse: message({ status: ['int32', 1] }),
  };
}

/** `HeaderValueOption.HeaderAppendAction`: whatever the client sent under that name is gone. */
export const OVERWRITE_IF_EXISTS_OR_ADD = 2;

/** `HealthCheckResponse.ServingStatus`. */
export const SERVING = 1;
export const NOT_SERVING = 2;

export interface HeaderValue {
  readonly key: string;
  readonly value?: string;
  readonly raw_value?: Uint8Array;
}

export interface CheckRequest {
  readonly attributes?: {
    readonly source?: { readonly address?: { readonly socket_address?: { readonly address?: string } } };
    readonly request?: {
      readonly http?: {
        readonly method?: string;
        readonly path?: string;
        readonly host?: string;
        readonly headers?: Readonly<Record<string, string>>;
        readonly header_map?: { readonly headers?: readonly HeaderValue[] };
      };
    };
  };
}

export interface HeaderValueOption {
  readonly header: HeaderValue;
  readonly append_action: number;
}

export interface CheckResponse {
  /** google.rpc.Status: 0 lets the request pass, anything else does not. */
  readonly status: { readonly code: number; readonly message?: string };
  readonly ok_response?: {
    readonly headers: readonly HeaderValueOption[];
    readonly headers_to_remove: readonly string[];
  };
  readonly denied_response?: {
    readonly status: { readonly code: number };
    readonly headers: readonly HeaderValueOption[];
    readonly body: string;
  };
  readonly dynamic_metadata?: { readonly fields: Readonly<Record<string, { readonly string_value: string }>> };
}
