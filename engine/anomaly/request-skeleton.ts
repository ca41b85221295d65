/**
 * Words that mean something to a database, a browser, a shell, a file system, or a run time and its
 * neighbours, in this order.
 */
const KEPT: ReadonlySet<string> = new Set(
  `
  select union insert update delete drop from where or and xor not like in between sleep
  benchmark waitfor delay having group by order limit offset concat char chr ascii ord substring
  substr mid exec execute cast convert null case when then else end if table database schema
  version user into outfile dumpfile load_file pg_sleep values information_schema table_name
  column_name sqlite_master sysobjects pg_catalog xp_cmdshell shutdown truncate alter create
  declare all distinct exists count extractvalue updatexml rlike regexp is dual procedure
  analyse utl_inaddr dbms_pipe receive_message current_user session_user system_user randomblob
  hex unhex elt make_set
  script img svg iframe body object embed style link input form video audio details marquee math
  base meta a div src href srcdoc xlink action formaction alert prompt confirm eval document
  cookie location window fromcharcode javascript vbscript data settimeout function constructor
  innerhtml fetch import expression xmlhttprequest atob
  cat ls id whoami uname wget curl nc netcat bash sh ping nslookup dig ifconfig ipconfig netstat
  ps dir echo type perl python python3 php ruby powershell cmd exe rm chmod env printenv
  systeminfo hostname pwd touch kill net tail head more less
  bin tmp dev tcp usr sbin etc passwd shadow hosts issue proc self environ cmdline windows winnt
  win ini boot system32 system config htaccess htpasswd ssh id_rsa web-inf wp-config var log
  inetpub drivers sam access_log git
  jndi ldap rmi dns file gopher dict phar expect filter resource runtime getruntime class
  forname invoke subclasses mro globals builtins popen os request application processbuilder
  ognl doctype entity metadata meta-data latest localhost ne gt regex ifs true false
  `
    .trim()
    .split(/\s+/),
)

export interface Token {
  readonly text: string
  /** Offsets in the decoded text. */
  readonly start: number
  readonly end: number
}

export const TOKENS_MAX = 2048
const TOKEN =
  /0x[0-9a-f]+|[\p{L}_][\p{L}\p{M}\p{N}_]*|\p{N}+(?:[.,]\p{N}+)*|\.\.+|--+|\|\||&&|<!--|\S/gu

/**
 * A decoded value as a row of tokens: words of KEPT stay as they are, other words become `w`,
 * numbers `n`, signs stay. So what is learnt is grammar, not vocabulary: O'Brien is `w'w`, an
 * always true condition `' or n = n`, in whatever words. At most TOKENS_MAX; linear in the text.
 */
export function skeletonOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const found of text.matchAll(TOKEN)) {
    if (tokens.length >= TOKENS_MAX) break
    const [word] = found
    const start = found.index
    tokens.push({ text: nameOf(word, text, start), start, end: start + word.length })
  }
  return tokens
}

function nameOf(word: string, text: string, start: number): string {
  const first = word.charCodeAt(0)
  if (word.startsWith('0x')) return word.length > 4 ? '0x' : 'n'
  if (/^\p{N}/u.test(word)) return 'n'
  if (word === "'" && apostrophe(text, start)) return '’'
  if (first === 0x5f || /^\p{L}/u.test(word)) {
    if (KEPT.has(word)) return word
    if (
      /^on[a-z]{3,18}$/.test(word) &&
      /^\s*=/.test(text.slice(start + word.length, start + word.length + 4))
    )
      return 'on*'
    return word.length === 1 ? 'l' : 'w'
  }
  if (word.startsWith('..')) return '..'
  if (word.startsWith('--')) return '--'
  return first > 127 ? 'u' : word
}

/** Between letters, and not before a word of a database: an apostrophe, not a quote. */
function apostrophe(text: string, at: number): boolean {
  const before = text[at - 1] ?? ''
  const after = /^(\p{L}+)(.?)/u.exec(text.slice(at + 1, at + 16))
  if (after === null || !/\p{L}/u.test(before)) return false
  const word = after[1] ?? ''
  return !KEPT.has(word) && after[2] !== "'"
}
