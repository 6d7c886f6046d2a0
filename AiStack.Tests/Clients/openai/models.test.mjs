import assert from 'node:assert/strict';
import test from 'node:test';
import OpenAI from 'openai';
import { newProject } from './project.mjs';

test('Models are listed and the default one can be read', async () => {
  const client = await newProject();
  const models = [];
  for await (const model of client.models.list()) {
    models.push(model);
  }

  const one = await client.models.retrieve('default');

  assert.ok(models.some((model) => model.id === 'default' && model.object === 'model'));
  assert.equal(one.id, 'default');
  await assert.rejects(client.models.retrieve('gpt-9'), { status: 404, code: 'model_not_found' });
});

test('A wrong key is an authentication error', async () => {
  const client = new OpenAI({ apiKey: 'sk-aistack-wrong', maxRetries: 0 });

  await assert.rejects(client.models.list(), OpenAI.AuthenticationError);
});

test('A path that does not exist is not found in the same shape', async () => {
  const client = await newProject();

  await assert.rejects(client.get('/assistants'), OpenAI.NotFoundError);
});
