const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * `name=value,name=value`, values percent-encoded: the form of OTEL_EXPORTER_OTLP_HEADERS (OpenTelemetry, "OTLP Exporter
 * Configuration").
 * @returns null for anything else; what was wrong is not told, since all of it may be secret
 */
export function readOtlpHeaders(text: string): Readonly<Record<string, string>> | null {
  const headers: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    const name = pair.slice(0, Math.max(0, equals)).trim();
    const value = decode(pair.slice(equals + 1).trim());
    if (!NAME.test(name) || value === null || /[^\t\x20-\x7e]/.test(value)) return null;
    headers[name] = value;
  }
  return headers;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
