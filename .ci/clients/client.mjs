// jira.js, for .ci/checks/clients: HOST EMAIL TOKEN. A line for each step: client, step, outcome.
import { createCloudClient } from "jira.js";

const [host, email, token] = process.argv.slice(2);
const client = (apiToken) => createCloudClient({ host, auth: { type: "basic", email, apiToken } });
const issue = { issueIdOrKey: "HSP-1" };
const write = (value) => client(token).issues.editIssue({ ...issue, fields: { customfield_10314: { value } } });
const text = { type: "doc", version: 1, content: [{ type: "paragraph", content: [{ type: "text", text: "of jira.js" }] }] };

async function step(name, call, refused) {
  let outcome = "ok";
  try {
    await call();
    if (refused) outcome = "not refused";
  } catch (error) {
    if (!refused || error.status !== refused) outcome = `${error.status}: ${error.message}`;
  }
  console.log(["jira.js", name, outcome.replaceAll("\n", " ").slice(0, 200)].join("\t"));
}

await step("log in", () => client(token).myself.getCurrentUser());
await step("edit", () => write("Passed"));
await step("read", async () => {
  const { key, fields } = await client(token).issues.getIssue(issue);
  if (key !== "HSP-1" || fields.customfield_10314.value !== "Passed") throw new Error(`${key} holds ${JSON.stringify(fields)}`);
});
await step("comment", () => client(token).issueComments.addComment({ ...issue, body: text }));
await step("wrong option", () => write("Nonsense"), 400);
// Cloud answers a wrong token as it answers strangers.
await step("wrong credentials", () => client("wrong").issues.getIssue(issue), 404);
