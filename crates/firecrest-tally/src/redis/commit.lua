-- Adds a batch to the counters, once, and tells everybody.
--
-- KEYS: 1 the counters, 2 the number of the writer's last batch, 3 the revision of the store.
-- ARGV: 1 where to tell, 2 the writer's id, 3 the number of this batch, 4 for how many seconds to remember it, then names and
-- deltas in turn.
-- Answers what went wrong with telling, if anything, the revision, and the values of the counters.
--
-- Values are never numbers here: Lua's are exact only up to 2^53.

local counters, last_batch, store_revision = KEYS[1], KEYS[2], KEYS[3]
local channel, writer, number, remembered = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local names, deltas = {}, {}
for at = 5, #ARGV, 2 do
  names[#names + 1] = ARGV[at]
  deltas[#deltas + 1] = ARGV[at + 1]
end

local function answer(problem, revision, values)
  local fields = { problem, revision }
  for at = 1, #values do
    fields[at + 2] = values[at] or '0'
  end
  return fields
end

local last = redis.call('GET', last_batch) or '0'
local revision = redis.call('GET', store_revision) or '0'
local before = redis.call('HMGET', counters, unpack(names))
if tonumber(number) <= tonumber(last) then
  return answer('', revision, before)
end

-- By the clock, so that revisions go on growing on a server that has lost the last ones.
local clock = redis.call('TIME')
revision = string.format('%.0f', math.max(tonumber(revision) + 1, clock[1] * 1000000 + clock[2]))
redis.call('SET', store_revision, revision)
redis.call('SET', last_batch, number, 'EX', remembered)

-- All or nothing: what has been added is taken back when something cannot be.
local function refuse(failed, reason)
  for at = 1, failed - 1 do
    if before[at] then
      redis.call('HSET', counters, names[at], before[at])
    else
      redis.call('HDEL', counters, names[at])
    end
  end
  redis.call('SET', last_batch, last, 'EX', remembered)
  return redis.error_reply('COUNTER ' .. failed .. ' ' .. reason)
end

for at = 1, #names do
  local added = redis.pcall('HINCRBY', counters, names[at], deltas[at])
  if type(added) == 'table' and added.err then
    if not string.find(added.err, 'overflow', 1, true) then
      return refuse(at, added.err)
    end
    local rises = string.sub(deltas[at], 1, 1) ~= '-'
    redis.call('HSET', counters, names[at], rises and '9223372036854775807' or '-9223372036854775808')
  end
end

local after = redis.call('HMGET', counters, unpack(names))
local message = { writer }
for at = 1, #names do
  message[at + 1] = #names[at] .. ':' .. names[at] .. ' ' .. after[at] .. ' ' .. revision .. ';'
end
-- It has been added, whether others are told or not.
local told = redis.pcall('PUBLISH', channel, table.concat(message))
return answer(type(told) == 'table' and told.err or '', revision, after)
