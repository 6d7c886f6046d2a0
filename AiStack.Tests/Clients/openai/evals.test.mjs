import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'node:test';
import { expenses, fileSearch, leave, newProject, storeOf, unanswerable, upload } from './project.mjs';

const questions = [
  { question: 'How many days of paid holiday does a full-time job have?', filename: 'leave.md', answer: '27 days' },
  { question: 'Within how many days are expense claims handed in?', filename: 'expenses.md', answer: '30 days' },
  { question: unanswerable, answerable: false },
];

const criteria = [
  { type: 'source_cited', name: 'right source' },
  { type: 'refusal', name: 'refusal' },
];

const evalOf = (client, testing_criteria) => client.evals.create({
  name: 'handbook',
  data_source_config: {
    type: 'custom',
    item_schema: { type: 'object', properties: { question: { type: 'string' } }, required: ['question'] },
  },
  testing_criteria,
});

async function ended(client, run) {
  for (let tries = 0; tries < 600; tries++) {
    const now = await client.evals.runs.retrieve(run.id, { eval_id: run.eval_id });
    if (!['queued', 'in_progress'].includes(now.status)) {
      return now;
    }
    await pause(100);
  }
  throw new Error(`The run ${run.id} did not end.`);
}

test('A run over an uploaded dataset is graded item by item', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave, expenses);
  const dataset = await upload(
    client, ['questions.jsonl', questions.map((item) => JSON.stringify(item)).join('\n')], 'evals');
  const created = await evalOf(client, criteria);

  const run = await client.evals.runs.create(created.id, {
    name: 'first',
    data_source: {
      type: 'responses', model: 'default', source: { type: 'file_id', id: dataset.id },
      sampling_params: { tools: [fileSearch(store)] },
    },
  });
  const done = await ended(client, run);
  const items = [];
  for await (const item of client.evals.runs.outputItems.list(run.id, { eval_id: created.id, limit: 2 })) {
    items.push(item);
  }

  assert.equal(created.object, 'eval');
  assert.equal(run.object, 'eval.run');
  assert.equal(done.status, 'completed');
  assert.deepEqual(done.result_counts, { total: 3, passed: 3, failed: 0, errored: 0 });
  assert.deepEqual(
    done.per_testing_criteria_results.map((result) => [result.testing_criteria, result.passed, result.failed]),
    [['right source', 2, 0], ['refusal', 3, 0]]);
  assert.equal(done.metrics.recall_at_5.value, 1);
  assert.equal(done.metrics.refusals_right.value, 1);
  assert.deepEqual(items.map((item) => item.status), ['pass', 'pass', 'pass']);
  assert.match(items[0].sample.output[0].content, /27 days/);
});

test('Evals and runs are listed canceled and deleted', async () => {
  const client = await newProject();
  const store = await storeOf(client, leave);
  const created = await evalOf(client, criteria);
  const content = [{ item: questions[0] }];
  const data_source = {
    type: 'responses', model: 'default', source: { type: 'file_content', content },
    sampling_params: { tools: [fileSearch(store)] },
  };
  const run = await client.evals.runs.create(created.id, { name: 'only', data_source });
  await ended(client, run);

  const renamed = await client.evals.update(created.id, { name: 'renamed' });
  const evals = await client.evals.list();
  const runs = await client.evals.runs.list(created.id);
  await assert.rejects(client.evals.runs.cancel(run.id, { eval_id: created.id }), { status: 409 });
  const gone = await client.evals.runs.delete(run.id, { eval_id: created.id });
  await client.evals.delete(created.id);

  assert.equal(renamed.name, 'renamed');
  assert.deepEqual(evals.data.map((one) => one.id), [created.id]);
  assert.deepEqual(runs.data.map((one) => one.id), [run.id]);
  assert.equal(gone.deleted, true);
  await assert.rejects(client.evals.retrieve(created.id), { status: 404 });
});

test('A grader or a data source that would not be used is refused by name', async () => {
  const client = await newProject();
  const judge = { type: 'label_model', name: 'judge', model: 'gpt-9', input: [], labels: ['a'], passing_labels: ['a'] };

  await assert.rejects(evalOf(client, [judge]), { status: 400, param: 'testing_criteria[0].type' });
  const created = await evalOf(client, criteria);
  await assert.rejects(
    client.evals.runs.create(created.id, { data_source: { type: 'jsonl', source: { type: 'file_id', id: 'file-1' } } }),
    { status: 400, param: 'data_source.type' });
});
