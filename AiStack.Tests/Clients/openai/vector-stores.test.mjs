import assert from 'node:assert/strict';
import test from 'node:test';
import { toFile } from 'openai';
import { expenses, leave, newProject, parking, storeOf, upload } from './project.mjs';

const counts = (total, completed, failed = 0) => ({ total, completed, failed, in_progress: 0, cancelled: 0 });

test('A vector store is created read changed listed and deleted', async () => {
  const client = await newProject();

  const store = await client.vectorStores.create({
    name: 'handbook', metadata: { team: 'people' }, expires_after: { anchor: 'last_active_at', days: 7 },
  });
  const renamed = await client.vectorStores.update(store.id, { name: 'new handbook' });
  const other = await client.vectorStores.create({});
  const listed = [];
  for await (const one of client.vectorStores.list({ limit: 1, order: 'asc' })) {
    listed.push(one.id);
  }

  assert.equal(store.object, 'vector_store');
  assert.equal(store.status, 'completed');
  assert.deepEqual(store.metadata, { team: 'people' });
  assert.deepEqual(store.file_counts, counts(0, 0));
  assert.equal(store.expires_at, store.last_active_at + 7 * 24 * 3600);
  assert.equal(renamed.name, 'new handbook');
  assert.equal((await client.vectorStores.retrieve(store.id)).name, 'new handbook');
  assert.deepEqual(listed, [store.id, other.id]);
  assert.deepEqual(
    await client.vectorStores.delete(store.id), { id: store.id, object: 'vector_store.deleted', deleted: true });
  await assert.rejects(client.vectorStores.retrieve(store.id), { status: 404 });
});

test('An attached file is polled until it is completed', async () => {
  const client = await newProject();
  const store = await client.vectorStores.create({ name: 'handbook' });
  const file = await upload(client, leave);

  const attached = await client.vectorStores.files.createAndPoll(store.id, {
    file_id: file.id,
    attributes: { team: 'people', year: 2026, binding: true },
    chunking_strategy: { type: 'static', static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 20 } },
  });

  assert.equal(attached.object, 'vector_store.file');
  assert.equal(attached.id, file.id);
  assert.equal(attached.vector_store_id, store.id);
  assert.equal(attached.status, 'completed');
  assert.equal(attached.last_error, null);
  assert.deepEqual(attached.attributes, { team: 'people', year: 2026, binding: true });
  assert.deepEqual(
    attached.chunking_strategy,
    { type: 'static', static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 20 } });
  assert.ok(attached.usage_bytes > 0);
  assert.deepEqual((await client.vectorStores.retrieve(store.id)).file_counts, counts(1, 1));
});

test('A file is uploaded and attached in one call and its text can be read', async () => {
  const client = await newProject();
  const store = await client.vectorStores.create({ name: 'handbook' });

  const file = await client.vectorStores.files.uploadAndPoll(store.id, await toFile(Buffer.from(leave[1]), leave[0]));
  const content = await client.vectorStores.files.content(file.id, { vector_store_id: store.id });

  assert.equal(file.status, 'completed');
  assert.match(content.data.map((part) => part.text).join(''), /27 days of paid holiday/);
});

test('A file that cannot be read is failed and says why', async () => {
  const client = await newProject();
  const store = await client.vectorStores.create({ name: 'handbook' });
  const file = await upload(client, ['broken.pdf', '%PDF-1.7 and then nothing']);

  const failed = await client.vectorStores.files.createAndPoll(store.id, { file_id: file.id });

  assert.equal(failed.status, 'failed');
  assert.equal(failed.last_error.code, 'invalid_file');
  assert.ok(failed.last_error.message.length > 10);
  assert.deepEqual((await client.vectorStores.retrieve(store.id)).file_counts, counts(1, 0, 1));
});

test('A batch of files is uploaded and polled and its counts are right', async () => {
  const client = await newProject();
  const store = await client.vectorStores.create({ name: 'handbook' });
  const files = await Promise.all([leave, expenses, parking, ['lie.docx', 'no zip at all']]
    .map(([name, text]) => toFile(Buffer.from(text), name)));

  const batch = await client.vectorStores.fileBatches.uploadAndPoll(store.id, { files });
  const failed = await client.vectorStores.fileBatches.listFiles(
    batch.id, { vector_store_id: store.id, filter: 'failed' });

  assert.equal(batch.object, 'vector_store.files_batch');
  assert.equal(batch.status, 'completed');
  assert.deepEqual(batch.file_counts, counts(4, 3, 1));
  assert.equal(failed.data.length, 1);
});

test('Files of a store are listed by state and detached', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave, expenses, parking);
  const listed = [];
  for await (const file of client.vectorStores.files.list(store.id, { limit: 2, filter: 'completed' })) {
    listed.push(file.id);
  }

  const [first] = store.files;
  const detached = await client.vectorStores.files.delete(first.id, { vector_store_id: store.id });

  assert.deepEqual(listed.toSorted(), store.files.map((file) => file.id).toSorted());
  assert.deepEqual(detached, { id: first.id, object: 'vector_store.file.deleted', deleted: true });
  assert.deepEqual((await client.vectorStores.retrieve(store.id)).file_counts, counts(2, 2));
  assert.equal((await client.files.retrieve(first.id)).filename, 'leave.md');
});

test('A search finds the passage and says where it is', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave, expenses, parking);

  const found = await client.vectorStores.search(store.id, {
    query: 'How many days of holiday are paid?', max_num_results: 2, ranking_options: { score_threshold: 0.01 },
  });

  const [best] = found.data;
  assert.equal(found.object, 'vector_store.search_results.page');
  assert.ok(found.data.length <= 2);
  assert.equal(best.filename, 'leave.md');
  assert.equal(best.file_id, store.files[0].id);
  assert.ok(best.score > 0 && best.score <= 1);
  assert.equal(best.content[0].type, 'text');
  assert.match(best.content[0].text, /27 days/);
  assert.equal(best.heading, 'Leave');
});

test('Filters leave out what they exclude and follow changed attributes', async () => {
  const client = await newProject();
  const store = await client.vectorStores.create({ name: 'handbook' });
  for (const [document, year] of [[leave, 2025], [expenses, 2026]]) {
    const file = await upload(client, document);
    await client.vectorStores.files.createAndPoll(store.id, { file_id: file.id, attributes: { year, team: 'people' } });
  }
  const search = async (filters) => {
    const found = await client.vectorStores.search(store.id, { query: 'days', filters });
    return [...new Set(found.data.map((result) => result.filename))].toSorted();
  };

  const byYear = await search({ type: 'gte', key: 'year', value: 2026 });
  const either = await search({
    type: 'or',
    filters: [{ type: 'eq', key: 'year', value: 2025 }, { type: 'eq', key: 'year', value: 2026 }],
  });
  const [file] = (await client.vectorStores.files.list(store.id, { order: 'asc' })).data;
  await client.vectorStores.files.update(file.id, { vector_store_id: store.id, attributes: { year: 2027 } });
  const moved = await search({ type: 'gt', key: 'year', value: 2026 });

  assert.deepEqual(byYear, ['expenses.md']);
  assert.deepEqual(either, ['expenses.md', 'leave.md']);
  assert.deepEqual(moved, ['leave.md']);
});

test('Wrong searches and unknown ids are refused by name', async () => {
  const client = await newProject();
  const store = await client.vectorStores.create({});
  const search = (fields) => client.vectorStores.search(store.id, { query: 'days', ...fields });

  await assert.rejects(search({ max_num_results: 0 }), { status: 400, param: 'max_num_results' });
  await assert.rejects(search({ max_num_results: 51 }), { status: 400, param: 'max_num_results' });
  await assert.rejects(search({ query: 7 }), { status: 400, param: 'query' });
  await assert.rejects(search({ best_of: 3 }), { status: 400, param: 'best_of' });
  await assert.rejects(
    search({ filters: { type: 'like', key: 'year', value: 1 } }), { status: 400, param: 'filters.type' });
  await assert.rejects(client.vectorStores.search('vs_unknown', { query: 'days' }), { status: 404 });
  await assert.rejects(
    client.vectorStores.files.create(store.id, { file_id: 'file-unknown' }), { status: 404, param: 'file_id' });
});
