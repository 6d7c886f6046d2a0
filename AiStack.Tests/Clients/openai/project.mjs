// What the tests share: OpenAI's client in a project of its own, and a few documents to ask about.
import OpenAI, { toFile } from 'openai';

export const leave = ['leave.md', `# Leave

Everybody in a full-time job has 27 days of paid holiday a year.
Unused holiday can be carried over until the end of March.
`];

export const expenses = ['expenses.md', `# Expenses

Hand in your expense claims within 30 days of the purchase.
Claims above 500 euros need the approval of your manager.
`];

export const parking = ['parking.txt', 'The car park behind the office opens at six in the morning.\n'];

export const unanswerable = 'Which chess opening did the Mongolian ambassador prefer?';

/** OpenAI's client, in a project that no other test sees. The environment names the server and the first key. */
export async function newProject() {
  const api = process.env.OPENAI_BASE_URL.replace(/\/v1\/?$/, '');
  const response = await fetch(`${api}/api/projects`, {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.OPENAI_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: `node-${crypto.randomUUID()}` }),
  });
  if (!response.ok) {
    throw new Error(`No project: ${response.status} ${await response.text()}`);
  }

  return new OpenAI({ apiKey: (await response.json()).secret, maxRetries: 0 });
}

export const upload = async (client, [name, text], purpose = 'assistants') =>
  client.files.create({ file: await toFile(Buffer.from(text), name), purpose });

/** A store in which the documents are ready to be searched. */
export async function storeOf(client, ...documents) {
  const files = await Promise.all(documents.map((document) => upload(client, document)));
  const store = await client.vectorStores.create({ name: 'handbook' });
  await client.vectorStores.fileBatches.createAndPoll(store.id, { file_ids: files.map((file) => file.id) });
  return { id: store.id, files };
}

export const fileSearch = (store, more = {}) => ({ type: 'file_search', vector_store_ids: [store.id], ...more });
