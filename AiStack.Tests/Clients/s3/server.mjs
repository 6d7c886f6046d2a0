// A small server with S3's protocol, for the tests of sources: node server.mjs <port> <folder>
// It takes the key "key-of-s3" with the secret "secret of s3", until a line is written to its input.
import S3rver from 's3rver'
import Account from 's3rver/lib/models/account.js'

const [port, directory] = process.argv.slice(2)
const account = new Account(1, 'test')
account.createKeyPair('key-of-s3', 'secret of s3')
await new S3rver({
    port: Number(port),
    address: '127.0.0.1',
    directory,
    silent: true,
    allowMismatchedSignatures: false,
    configureBuckets: [{ name: 'documents' }]
}).run()
process.stdin.once('data', () => {
    account.revokeAccessKey('key-of-s3')
    console.log('revoked')
})
console.log('ready')
