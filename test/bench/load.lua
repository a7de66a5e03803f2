-- Run by wrk: the same requests for everything that is compared, each with the token of another person.
-- Arguments: path, file with one token a line, bytes of an upload (0: GET). Prints one line of JSON.
local MOST_UPLOADS = 8

local requests = {}
local next_request = 0

function init(args)
  local upload = tonumber(args[3])
  local body = upload > 0 and string.rep('z', upload) or nil
  for token in io.lines(args[2]) do
    if body and #requests == MOST_UPLOADS then break end
    local headers = { ['Authorization'] = 'Bearer ' .. token, ['Host'] = wrk.host }
    requests[#requests + 1] = wrk.format(body and 'POST' or 'GET', args[1], headers, body)
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'result {"requests":%d,"bytes":%.0f,"duration_us":%d,"p50_us":%d,"p90_us":%d,"p95_us":%d,"p99_us":%d,"max_us":%d,"status_errors":%d,"socket_errors":%d}\n',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(90), latency:percentile(95),
    latency:percentile(99), latency.max, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
