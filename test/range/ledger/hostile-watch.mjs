// Loaded first in every thread of a watched server: says on descriptor 3 whatever it connects to.
import { writeSync } from 'node:fs'
import { isIP, Socket } from 'node:net'
import dgram from 'node:dgram'
import dns from 'node:dns'

const tell = (what, args) => writeSync(3, `${JSON.stringify([what, ...args.map(String)])}\n`)
const { connect } = Socket.prototype
Socket.prototype.connect = function (...args) {
  tell(
    'connect',
    args.map((arg) => JSON.stringify(arg)),
  )
  return connect.apply(this, args)
}
for (const [where, name] of [
  [dgram.Socket.prototype, 'bind'],
  [dgram.Socket.prototype, 'send'],
  [dns, 'lookup'],
  [dns, 'resolve'],
]) {
  const own = where[name]
  where[name] = function (...args) {
    // To listen at an address of one's own is no connection.
    if (name !== 'lookup' || isIP(args[0]) === 0) tell(name, args)
    return own.apply(this, args)
  }
}
