import assert from 'node:assert/strict';
import test from 'node:test';
import { newProject } from './project.mjs';

const length = (vector) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
const cosine = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

test('Floats and base64 are the same vectors and near texts have near vectors', async () => {
  const client = await newProject();
  const input = ['paid holiday and leave', 'vacation days off work', 'the parking garage opens early'];

  // Asked for nothing, the client asks for base64 and decodes it itself.
  const decoded = await client.embeddings.create({ model: 'default', input });
  const floats = await client.embeddings.create({ model: 'default', input, encoding_format: 'float' });

  const vectors = floats.data.map((item) => item.embedding);
  assert.deepEqual(floats.data.map((item) => item.index), [0, 1, 2]);
  assert.equal(floats.object, 'list');
  assert.ok(floats.usage.total_tokens > 0);
  decoded.data.forEach((item, i) => assert.deepEqual([...item.embedding], vectors[i].map(Math.fround)));
  vectors.forEach((vector) => assert.ok(Math.abs(length(vector) - 1) < 1e-3));
  assert.ok(cosine(vectors[0], vectors[1]) > cosine(vectors[0], vectors[2]));
});

test('Fewer dimensions give shorter vectors of the same length', async () => {
  const client = await newProject();

  const { data } = await client.embeddings.create({ model: 'default', input: 'paid holiday', dimensions: 64 });

  assert.equal(data[0].embedding.length, 64);
  assert.ok(Math.abs(length([...data[0].embedding]) - 1) < 1e-3);
});

test('An unknown embedding model too many dimensions and no text are refused by name', async () => {
  const client = await newProject();
  const create = (fields) => client.embeddings.create({ model: 'default', input: 'a text', ...fields });

  await assert.rejects(create({ model: 'text-embedding-9' }), { status: 404, param: 'model', code: 'model_not_found' });
  await assert.rejects(create({ dimensions: 100_000 }), { status: 400, param: 'dimensions' });
  await assert.rejects(create({ input: '' }), { status: 400 });
  await assert.rejects(create({ input: [] }), { status: 400, param: 'input' });
});
