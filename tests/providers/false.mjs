// An OpenID provider that says whatever the test wants: `node false.mjs PORT SECRET`. The code that it is asked with is the wish, as
// JSON in base64url: `claims` of the token, `alg`, `kid`, `key` (whose it is signed with), `status` and `size` of the answer.
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';

const [port, secret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = { own: pair(), next: pair(), other: pair() };
const published = ['own'];
let fetched = 0;

const jwk = (name) => ({
  ...keys[name].publicKey.export({ format: 'jwk' }), kid: name, use: 'sig', alg: 'RS256',
});
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token({ claims, alg = 'RS256', kid = 'own', key = 'own' }) {
  const now = Math.floor(Date.now() / 1000);
  const body = { iss: issuer, aud: 'friminutt', iat: now, exp: now + 60, auth_time: now, ...claims };
  const signed = `${part({ alg, kid, typ: 'JWT' })}.${part(body)}`;
  const pem = () => keys.own.publicKey.export({ format: 'pem', type: 'spki' });
  const signatures = {
    none: () => '',
    HS256: () => createHmac('sha256', key === 'secret' ? secret : pem()).update(signed).digest('base64url'),
    RS256: () => sign('sha256', Buffer.from(signed), keys[key].privateKey).toString('base64url'),
    RS512: () => sign('sha512', Buffer.from(signed), keys[key].privateKey).toString('base64url'),
  };
  return `${signed}.${signatures[alg]()}`;
}

const description = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none', 'RS512'],
};

createServer((request, answer) => {
  let body = '';
  const say = (value, status = 200) => {
    const text = JSON.stringify(value);
    const length = Buffer.byteLength(text);
    answer.writeHead(status, { 'content-type': 'application/json', 'content-length': length });
    answer.end(text);
  };
  request.on('data', (chunk) => { body += chunk; });
  request.on('end', () => {
    if (request.url === '/.well-known/openid-configuration') return say(description);
    if (request.url === '/keys') {
      fetched += 1;
      return say({ keys: published.map(jwk) });
    }
    if (request.url === '/fetched') return say(fetched);
    if (request.url === '/rotate') return say(published.push('next'));
    if (request.url !== '/token') return say({}, 404);
    const wish = JSON.parse(Buffer.from(new URLSearchParams(body).get('code'), 'base64url'));
    if (wish.status) return say({ error: 'invalid_grant', error_description: '<script>alert(1)</script>' }, wish.status);
    const padding = 'x'.repeat(wish.size ?? 0);
    return say({ access_token: 'a', token_type: 'Bearer', id_token: token(wish), padding });
  });
}).listen(Number(port), '127.0.0.1', () => console.log('ready'));
