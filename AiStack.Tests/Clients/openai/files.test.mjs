import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { toFile } from 'openai';
import { leave, newProject, parking, upload } from './project.mjs';

test('A large file is uploaded as a stream and read back byte for byte', async (t) => {
  const client = await newProject();
  const folder = await mkdtemp(join(tmpdir(), 'aistack-'));
  t.after(() => rm(folder, { recursive: true }));
  const bytes = randomBytes(24 << 20);
  const path = join(folder, 'recording.bin');
  await writeFile(path, bytes);

  const file = await client.files.create({ file: createReadStream(path), purpose: 'user_data' });
  const content = await client.files.content(file.id);

  assert.equal(file.object, 'file');
  assert.equal(file.bytes, bytes.length);
  assert.equal(file.filename, 'recording.bin');
  assert.equal(file.status, 'processed');
  assert.equal(hash(Buffer.from(await content.arrayBuffer())), hash(bytes));
});

test('Files are listed by purpose and over several pages', async () => {
  const client = await newProject();
  const uploaded = [];
  for (const name of ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'e.txt']) {
    uploaded.push(await upload(client, [name, `This is ${name}.`]));
  }
  await upload(client, ['questions.jsonl', '{}\n'], 'evals');

  const listed = [];
  for await (const file of client.files.list({ limit: 2, order: 'asc', purpose: 'assistants' })) {
    listed.push(file);
  }

  assert.deepEqual(listed, uploaded);
});

test('A deleted file is gone', async () => {
  const client = await newProject();
  const file = await upload(client, leave);
  assert.deepEqual(await client.files.retrieve(file.id), file);

  const deleted = await client.files.delete(file.id);

  assert.deepEqual(deleted, { id: file.id, object: 'file', deleted: true });
  await assert.rejects(client.files.retrieve(file.id), { name: 'Error', status: 404 });
  await assert.rejects(client.files.content(file.id), { status: 404 });
  assert.deepEqual((await client.files.list()).data, []);
});

test('A name in another script survives the upload', async () => {
  const client = await newProject();

  const file = await upload(client, ['Überstunden “2026” 规则.txt', parking[1]]);

  assert.equal((await client.files.retrieve(file.id)).filename, 'Überstunden “2026” 规则.txt');
});

test('An empty file and an unknown purpose are refused by name', async () => {
  const client = await newProject();

  await assert.rejects(
    client.files.create({ file: await toFile(Buffer.alloc(0), 'empty.txt'), purpose: 'assistants' }),
    { status: 400, param: 'file', type: 'invalid_request_error' });
  await assert.rejects(upload(client, parking, 'amusement'), { status: 400, param: 'purpose' });
});

test('A file is uploaded in parts and joined in the order asked for', async () => {
  const client = await newProject();
  const parts = ['Everybody has ', '27 days ', 'of holiday.'];
  const bytes = parts.join('').length;

  const upload = await client.uploads.create({
    filename: 'leave.txt', purpose: 'assistants', mime_type: 'text/plain', bytes,
  });
  const added = await Promise.all(parts.map(async (part) =>
    client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from(part), 'part') })));
  const completed = await client.uploads.complete(upload.id, { part_ids: added.map((part) => part.id) });
  const content = await client.files.content(completed.file.id);

  assert.equal(upload.status, 'pending');
  assert.equal(completed.status, 'completed');
  assert.equal(completed.file.bytes, bytes);
  assert.equal(await content.text(), parts.join(''));
});

test('A cancelled upload leaves no file', async () => {
  const client = await newProject();
  const upload = await client.uploads.create({
    filename: 'leave.txt', purpose: 'assistants', mime_type: 'text/plain', bytes: 4,
  });
  const part = await client.uploads.parts.create(upload.id, { data: await toFile(Buffer.from('text'), 'part') });

  const cancelled = await client.uploads.cancel(upload.id);

  assert.equal(cancelled.status, 'cancelled');
  await assert.rejects(client.uploads.complete(upload.id, { part_ids: [part.id] }), { name: 'Error' });
  assert.deepEqual((await client.files.list()).data, []);
});

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
