// An OpenID provider as it should be, for the tests: `node honest.mjs LIBRARY PORT REDIRECT SECRET`. Nobody types a password:
// whoever the browser says it is in `x-account` is signed in.
import { pathToFileURL } from 'node:url';

const [library, port, redirect, secret] = process.argv.slice(2);
const { default: Provider } = await import(pathToFileURL(library).href);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'friminutt',
    client_secret: secret,
    redirect_uris: [redirect],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  cookies: { keys: ['of the tests'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({
      clientId: ctx.oidc.client.clientId,
      accountId: ctx.oidc.session.accountId,
    });
    grant.addOIDCScope('openid');
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: ctx.get('x-account') } });
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
