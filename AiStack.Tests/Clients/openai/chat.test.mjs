import assert from 'node:assert/strict';
import test from 'node:test';
import { expenses, leave, newProject, storeOf, unanswerable } from './project.mjs';

const model = 'default';
const messages = [
  { role: 'system', content: 'Answer in one sentence.' },
  { role: 'user', content: 'How many days of paid holiday does a full-time job have?' },
];

test('A chat answers from its vector stores and cites them', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave, expenses);

  const completion = await client.chat.completions.create({ model, messages, vector_store_ids: [store.id] });

  const [choice] = completion.choices;
  assert.equal(completion.object, 'chat.completion');
  assert.equal(choice.finish_reason, 'stop');
  assert.equal(choice.message.role, 'assistant');
  assert.match(choice.message.content, /27 days/);
  assert.equal(choice.message.annotations[0].type, 'file_citation');
  assert.equal(choice.message.annotations[0].filename, 'leave.md');
  assert.equal(
    completion.usage.total_tokens, completion.usage.prompt_tokens + completion.usage.completion_tokens);
});

test('A streamed chat adds up to the same words and ends with its usage', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave, expenses);
  const request = { model, messages, vector_store_ids: [store.id] };
  const whole = await client.chat.completions.create(request);
  const chunks = [];

  const stream = await client.chat.completions.create(
    { ...request, stream: true, stream_options: { include_usage: true } });
  for await (const chunk of stream) {
    chunks.push(chunk);
  }

  const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('');
  assert.equal(text, whole.choices[0].message.content);
  assert.equal(chunks[0].object, 'chat.completion.chunk');
  assert.equal(chunks[0].choices[0].delta.role, 'assistant');
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  assert.deepEqual(chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean), ['stop']);
  assert.deepEqual(chunks.at(-1).choices, []);
  assert.ok(chunks.at(-1).usage.completion_tokens > 0);
});

test('The streaming helper of the client puts the chat together', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave);

  const stream = client.chat.completions.stream({ model, messages, vector_store_ids: [store.id] });
  const completion = await stream.finalChatCompletion();

  assert.match(completion.choices[0].message.content, /27 days/);
});

test('A chat refuses what its sources do not answer', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave);

  const completion = await client.chat.completions.create(
    { model, messages: [{ role: 'user', content: unanswerable }], vector_store_ids: [store.id] });

  assert.equal(
    completion.choices[0].message.content, 'The sources do not contain an answer to this question.');
  assert.deepEqual(completion.choices[0].message.annotations ?? [], []);
});

test('A chat without sources says how to give it some', async () => {
  const client = await newProject();

  const completion = await client.chat.completions.create({ model, messages });

  assert.match(completion.choices[0].message.content, /vector_store_ids/);
});

test('A stream that is left early does no harm', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave);
  const request = { model, messages, vector_store_ids: [store.id] };

  for await (const chunk of await client.chat.completions.create({ ...request, stream: true })) {
    assert.ok(chunk.id);
    break;
  }

  const whole = await client.chat.completions.create(request);
  assert.match(whole.choices[0].message.content, /27 days/);
});

test('Wrong chats are refused by name', async () => {
  const client = await newProject();
  const create = (fields) => client.chat.completions.create({ model, messages, ...fields });

  await assert.rejects(create({ model: 'gpt-9' }), { status: 404, param: 'model', code: 'model_not_found' });
  await assert.rejects(create({ messages: [] }), { status: 400, param: 'messages' });
  await assert.rejects(create({ messages: [{ role: 'wizard', content: 'hi' }] }), { status: 400 });
  await assert.rejects(create({ n: 2 }), { status: 400, param: 'n' });
  await assert.rejects(create({ logprobs: true }), { status: 400, param: 'logprobs' });
  await assert.rejects(create({ best_of: 3 }), { status: 400, param: 'best_of' });
  await assert.rejects(create({ vector_store_ids: ['vs_unknown'] }), { status: 404, param: 'vector_store_ids' });
});
