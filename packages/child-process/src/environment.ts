/** What every command line program may need: where things are, its language, its way to the network. */
const EVERYDAY = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'LC_*',
  'TZ',
  'TMPDIR',
  'TERM',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]

/**
 * Picks from an environment what a program may know: an everyday list (`PATH`, `HOME`, the user, the language, `TMPDIR`,
 * `TERM`, proxies, certificates) and the names given. A name that ends with `*` stands for all that begin so.
 *
 * @example pickEnvironment(process.env, ['ANTHROPIC_*'])
 */
export function pickEnvironment(
  source: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = [],
): Record<string, string> {
  const wanted = [...EVERYDAY, ...names]
  const picked: Record<string, string> = {}
  for (const [name, value] of Object.entries(source)) {
    if (value !== undefined && wanted.some((pattern) => isMatch(pattern, name))) picked[name] = value
  }
  return picked
}

function isMatch(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}
