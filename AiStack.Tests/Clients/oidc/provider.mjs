// An OpenID Connect provider for the tests: node provider.mjs PORT CONSOLE. Whoever signs in as admin, operator or
// viewer has that role; anybody else has none. Any password will do.
import * as oidc from 'oidc-provider';

const [port, consoleAddress] = process.argv.slice(2);
const known = ['admin', 'operator', 'viewer'];

const provider = new oidc.Provider(`http://127.0.0.1:${port}`, {
    clients: [{
        client_id: 'aistack',
        client_secret: 'the-secret-of-the-tests',
        redirect_uris: [`${consoleAddress}/signin-oidc`],
        post_logout_redirect_uris: [`${consoleAddress}/signout-callback-oidc`],
    }],
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'roles'] },
    findAccount: (context, id) => ({
        accountId: id,
        claims: () => ({
            sub: id,
            name: `Test ${id}`,
            roles: known.includes(id) ? ['staff', `aistack-${id}`] : ['staff'],
        }),
    }),
    cookies: { keys: ['only-for-tests'] },
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
