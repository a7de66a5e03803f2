export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body where it is JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into bodies whose shape is what they test
  readonly body: any;
}

export interface HttpClient {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  send(method: string, path: string, options?: { body?: string; headers?: Record<string, string> }): Promise<Answer>;
}

/** Speaks to one base URL as one caller; follows no redirect. */
export function httpClient(baseUrl: string, token: string | null): HttpClient {
  const send: HttpClient['send'] = async (method, path, options = {}) => {
    const response = await fetch(baseUrl + path, {
      method,
      redirect: 'manual',
      headers: {
        // A port may have been another server's a moment ago, and fetch keeps the connections to it that are dead by now.
        connection: 'close',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
  return {
    send,
    get: (path, headers = {}) => send('GET', path, { headers }),
    post: (path, body, headers = {}) =>
      send('POST', path, { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }),
  };
}
