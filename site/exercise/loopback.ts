/**
 * Whether only this computer can open an address: `localhost`, 127.0.0.0/8 and `[::1]`, as
 * `location.hostname` gives them.
 */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    hostname === '[::1]'
  )
}
