-- Run by wrk: the same requests for everything that is compared, each with the token of another person.
-- Arguments: path, file with one token a line. Prints one line of JSON.
local requests = {}
local next_request = 0

function init(args)
  for token in io.lines(args[2]) do
    requests[#requests + 1] = wrk.format('GET', args[1], { ['Authorization'] = 'Bearer ' .. token, ['Host'] = wrk.host })
  end
end

function request()
  next_request = next_request % #requests + 1
  return requests[next_request]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'result {"requests":%d,"duration_us":%d,"p50_us":%d,"p90_us":%d,"p95_us":%d,"p99_us":%d,"max_us":%d,"status_errors":%d,"socket_errors":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(90), latency:percentile(95),
    latency:percentile(99), latency.max, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
