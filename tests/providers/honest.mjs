// An OpenID provider as it should be, for the tests: `node honest.mjs LIBRARY PORT REDIRECT SECRET`. Nobody types a password:
// whoever the browser says it is in `x-account` is signed in.
import { pathToFileURL } from 'node:url';

const [library, port, redirect, secret] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(library).href);

const groups = new Map();
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'friminutt',
    client_secret: secret,
    redirect_uris: [redirect],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  cookies: { keys: ['of the tests'] },
  scopes: ['openid', 'groups-edu'],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid groups-edu');
    await grant.save();
    return grant;
  },
});

// Its groups API, for the access tokens that it has given: it says of an account what the test has told it to.
provider.use(async (ctx, next) => {
  if (ctx.path === '/tests/groups') {
    let body = '';
    for await (const chunk of ctx.req) body += chunk;
    const { account, answer } = JSON.parse(body);
    groups.set(account, answer);
    ctx.body = '';
    ctx.status = 200;
    return;
  }
  if (ctx.path !== '/api/groups/me/groups') return next();
  const token = await provider.AccessToken.find(ctx.get('authorization').replace(/^Bearer /, ''));
  if (!token?.scopes.has('groups-edu')) {
    ctx.status = 401;
    return;
  }
  const { status = 200, body = '[]', delay_ms = 0, times = 1 } = groups.get(token.accountId) ?? {};
  await new Promise((resolve) => setTimeout(resolve, delay_ms));
  ctx.status = status;
  ctx.body = body.repeat(times);
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: ctx.get('x-account') } });
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
