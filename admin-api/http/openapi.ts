import { z } from 'zod';
import type { Operation } from './operation.ts';

const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
    request_id: { type: 'string' },
  },
} as const;

/** An OpenAPI 3.1 document from the schemas that validate; a field can't be documented and not checked, or the reverse. */
export function buildOpenApi(operations: readonly Operation[], serverUrl: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const item of operations) {
    paths[item.path] = { ...paths[item.path], [item.method]: describeOperation(item) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hallpass admin API',
      version: '1',
      description:
        'Access requests, reviews, grants and the audit log. Errors are problem+json (RFC 9457), times RFC 3339.',
    },
    servers: [{ url: serverUrl }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: PROBLEM_SCHEMA },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        session: { type: 'apiKey', in: 'cookie', name: 'hallpass_session' },
      },
    },
  };
}

function describeOperation(item: Operation): object {
  const responses: Record<string, object> = {
    default: {
      description: 'Refused',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  };
  for (const [status, response] of Object.entries(item.responses)) {
    responses[status] = {
      description: response.description,
      ...(response.schema === undefined
        ? {}
        : {
            content: { [response.mediaType ?? 'application/json']: { schema: jsonSchema(response.schema, 'output') } },
          }),
    };
  }
  const isWrite = item.method !== 'get';
  return {
    operationId: `${item.method}_${item.path.replaceAll(/[^a-z]+/gi, '_').replace(/_$/, '')}`,
    tags: [item.tag],
    summary: item.summary,
    ...(item.minimumRole === undefined ? {} : { 'x-minimum-role': item.minimumRole }),
    parameters: [
      ...parametersOf(item.params, 'path'),
      ...parametersOf(item.query, 'query'),
      ...(isWrite
        ? [{ name: 'Idempotency-Key', in: 'header', required: false, schema: { type: 'string', maxLength: 255 } }]
        : []),
    ],
    ...(item.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(item.body, 'input') } } },
        }),
    responses,
  };
}

function parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query'): object[] {
  if (schema === undefined) return [];
  return Object.entries(schema.shape).map(([name, member]) => ({
    name,
    in: where,
    required: where === 'path' || !(member as z.ZodType).safeParse(undefined).success,
    schema: jsonSchema(member as z.ZodType, 'input'),
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
