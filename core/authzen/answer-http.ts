import type { IncomingMessage } from 'node:http';
import type { Answer } from '../process/problem-answer.ts';
import { readBody } from '../process/read-body.ts';
import type { QuestionAnswerer } from './answer-question.ts';
import type { Asker } from './asker.ts';
import { invalidAnswer, jsonAnswer, notFoundAnswer, tooLargeAnswer, wrongMethodAnswer } from './decision-answer.ts';
import { askedAt } from './endpoint.ts';

/** Metadata changes with the configuration only. */
const METADATA_CACHE = 'max-age=300';

export interface AuthzenHttp {
  readonly questions: QuestionAnswerer;
  /** The metadata document. */
  readonly metadata: () => object;
  readonly maxBodyBytes: number;
  /** Who is asking, or the refusal. Not called for the metadata, which everybody may read. */
  readonly admit: (request: IncomingMessage) => Asker | Answer | Promise<Asker | Answer>;
}

/** The HTTPS JSON binding of AuthZEN Authorization API 1.0, whoever listens. @throws when the client goes away */
export async function answerHttp(request: IncomingMessage, path: string, api: AuthzenHttp): Promise<Answer> {
  const asked = askedAt(path);
  if (asked === null) return notFoundAnswer();
  if (asked === 'metadata') {
    if (request.method !== 'GET' && request.method !== 'HEAD') return wrongMethodAnswer('GET');
    return jsonAnswer(api.metadata(), METADATA_CACHE);
  }
  if (request.method !== 'POST') return wrongMethodAnswer('POST');
  const asker = await api.admit(request);
  if ('status' in asker) return asker;
  if (!/^application\/json *(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
    return invalidAnswer([{ field: '', message: 'The body must be JSON; send Content-Type: application/json.' }]);
  }
  const body = await readBody(request, api.maxBodyBytes);
  if (body.ok) return api.questions.answer(asked, body.text, asker);
  if (body.reason === 'too-large') return tooLargeAnswer(api.maxBodyBytes);
  return invalidAnswer([{ field: '', message: 'The body is not UTF-8.' }]);
}
