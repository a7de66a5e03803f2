import type { AuditFilter } from '../../admin-api/audit/audit-filter.ts';
import { COMMON_WORD, FIRST_TIME_MS, FORGOTTEN_WORD, GONE_PERSON, RARE_WORD } from './load-audit-entries.ts';

const day = (days: number): string => new Date(FIRST_TIME_MS + days * 86_400_000).toISOString();
const LONG_AGO = { from: day(30), to: day(31) };

/** What people look for, and what is hard to find; each is asked from the end of the log and from its middle. */
export const AUDIT_QUERIES: Readonly<Record<string, AuditFilter>> = {
  everything: {},
  'a common type': { type: ['grant.created'] },
  'a type that never was': { type: ['scope.deleted'] },
  'three types': { type: ['grant.created', 'grant.expired', 'scope.created'] },
  'an actor': { actor: 'per_5' },
  'an actor of long ago': { actor: GONE_PERSON },
  'a subject': { subject: 'per_77' },
  'a resource': { resource: 'connection:service-7' },
  'a resource that never was': { resource: 'connection:nowhere' },
  'a day long ago': LONG_AGO,
  'a common word': { q: COMMON_WORD },
  'a rare word': { q: RARE_WORD },
  'a word of long ago': { q: FORGOTTEN_WORD },
  'a word that never was': { q: 'zeppelin' },
  'two common words that never meet': { q: `${COMMON_WORD} look` },
  'a person of long ago, by name': { q: 'gone' },
  'a common and a forgotten word': { q: `${COMMON_WORD} ${FORGOTTEN_WORD}` },
  'actor + a day': { actor: 'per_5', ...LONG_AGO },
  'actor + type that never meet': { actor: 'per_5', type: ['grant.created'] },
  'common word + type': { q: COMMON_WORD, type: ['access-request.submitted'] },
  'common word + type that never meet': { q: COMMON_WORD, type: ['session.started'] },
  'forgotten word + type': { q: FORGOTTEN_WORD, type: ['access-request.approved'] },
  'common word + a month': { q: COMMON_WORD, from: day(60), to: day(90) },
  'subject of long ago + two types': { subject: GONE_PERSON, type: ['grant.created', 'grant.expired'] },
  'resource + subject of long ago': { resource: 'connection:service-7', subject: GONE_PERSON },
  'word, type, subject and resource': {
    q: COMMON_WORD,
    type: ['access-request.submitted'],
    subject: GONE_PERSON,
    resource: 'connection:service-8',
  },
  'a request, by its id': { q: `req_${(5_000).toString(16).padStart(32, '0')}` },
  'a beginning (star) of long ago': { q: 'mainfr*' },
};
