// Runs the steps of a pipeline's file for real, with the variables that its CI system sets, as far as it goes without that system.
// What is not known here fails.
//
// Usage: node steps.mjs github|bitbucket|azure|circleci FILE RESULT BRANCH SECRET
// An empty secret is one that the system does not hand out: a fork's build. The repository is one of repository's making.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [system, file, scenario, branch, secret] = process.argv.slice(2);
const here = dirname(fileURLToPath(import.meta.url));
// From the folder that npm installed into.
const { parse } = createRequire(join(process.env.NODE_TOOLS, "tools.js"))("yaml");
const read = (path) => parse(readFileSync(path, "utf8"), { merge: true });
const pipeline = read(file);
const base = mkdtempSync(join(tmpdir(), "pipeline-"));
const [workspace, home, temporary] = ["checkout", "home", "temporary"].map((name) => join(base, name));
for (const folder of [workspace, home, temporary]) mkdirSync(folder);
const exit = { success: 0, failure: 1, cancelled: 143 }[scenario];
repository("make", workspace, String(exit));

function fail(message) {
  console.error(`error: ${file}: ${message}`);
  process.exit(1);
}

function repository(...words) {
  const done = spawnSync(join(here, "repository"), words, { encoding: "utf8" });
  if (done.status !== 0) fail(done.stderr);
}

function known(object, ...names) {
  for (const name of Object.keys(object)) {
    if (!names.includes(name)) fail(`${name} is not known`);
  }
}

/** Runs a command with exactly this environment, shows its log, and returns its exit code. */
function run(name, command, environment) {
  console.log(`[step] ${name}`);
  const begun = process.hrtime.bigint();
  const { PATH, JIRA_CA_BUNDLE, JIRA_MAX_RETRIES, CURL_HOME, CANARY } = process.env;
  const given = { PATH, HOME: home, JIRA_CA_BUNDLE, JIRA_MAX_RETRIES: JIRA_MAX_RETRIES ?? "4", CURL_HOME, CANARY: CANARY ?? "" };
  // With node's socket as its input bash would take itself for a remote shell, and not read BASH_ENV.
  const options = { cwd: workspace, env: { ...given, ...environment }, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] };
  const done = spawnSync(command[0], command.slice(1), options);
  if (done.error) fail(done.error.message);
  process.stdout.write(done.stdout + done.stderr);
  console.log(`[took] ${(process.hrtime.bigint() - begun) / 1_000_000n} ms`);
  const log = (done.stdout + done.stderr).split("\n").filter((line) => !line.startsWith("::add-mask::"));
  if (secret && log.some((line) => line.includes(secret))) fail("a secret stands in the log");
  return done.status;
}

const strings = (values) => Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [name, String(value)]));

function github() {
  for (const [name, job] of Object.entries(pipeline.jobs)) {
    known(job, "runs-on", "permissions", "env", "steps");
    const files = Object.fromEntries(["OUTPUT", "STEP_SUMMARY", "PATH"].map((what) => [`GITHUB_${what}`, join(temporary, `${name}.${what}`)]));
    const event = join(temporary, "event.json");
    writeFileSync(event, JSON.stringify({ ref: `refs/heads/${branch}`, head_commit: { message: "MKY-1: not the branch" } }));
    const github = { run_number: "42", run_id: "4242", server_url: "https://github.com", repository: "acme/rocket", token: "" };
    const actions = {
      GITHUB_ACTIONS: "true", CI: "true", GITHUB_REF_NAME: branch, GITHUB_HEAD_REF: "", GITHUB_EVENT_PATH: event,
      GITHUB_RUN_NUMBER: github.run_number, GITHUB_RUN_ID: github.run_id, GITHUB_SERVER_URL: github.server_url,
      GITHUB_REPOSITORY: github.repository, RUNNER_TEMP: temporary, RUNNER_OS: "Linux", ...files,
    };
    const context = { github, secrets: { JIRA_API_TOKEN: secret }, job: { status: "success" }, steps: {} };
    const evaluator = (context) => (text) =>
      String(text).replace(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression) => {
        const [path, wanted, chosen] = /^([\w.]+) == '(.*)' && ([\w.]+) \|\| ''$/.exec(expression)?.slice(1) ?? [expression];
        if (!/^[\w.-]+$/.test(path)) fail(`the expression ${expression} is not known`);
        const look = (path) => path.split(".").reduce((at, key) => at?.[key], context);
        const value = wanted === undefined ? look(path) : look(path) === wanted ? look(chosen) : "";
        if (value === undefined && !path.startsWith("steps.")) fail(`no value for ${path}`);
        return value ?? "";
      });
    const evaluate = evaluator(context);
    const evaluated = (values, evaluate) => Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, evaluate(value)]));
    let path = process.env.PATH;
    const perform = (label, command, environment) => {
      for (const target of Object.values(files)) writeFileSync(target, "");
      const code = run(label, command, { ...environment, ...actions, PATH: path });
      path = [...readFileSync(files.GITHUB_PATH, "utf8").split("\n").filter(Boolean), path].join(":");
      const summary = readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
      if (summary) console.log(`[summary]\n${summary}`);
      return [code, outputs(readFileSync(files.GITHUB_OUTPUT, "utf8"))];
    };
    /** The steps of this repository's own action. */
    const composite = (step, environment) => {
      const action = read(join(here, "../../action.yml"));
      known(step.with ?? {}, ...Object.keys(action.inputs));
      const defaults = Object.entries(action.inputs).map(([key, { default: value }]) => [key, value ?? ""]);
      const inputs = { ...Object.fromEntries(defaults), ...evaluated(step.with, evaluate) };
      const inner = { github, inputs, steps: {} };
      if (action.runs.using !== "composite") fail("action.yml is no composite action");
      for (const each of action.runs.steps) {
        known(each, "id", "shell", "env", "run");
        if (each.shell !== "bash") fail(`the shell ${each.shell} is not known`);
        const more = { ...evaluated(each.env, evaluator(inner)), GITHUB_ACTION_PATH: resolve(here, "../..") };
        const command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", each.run];
        const [code, outputs] = perform(`${name}: ${step.name}`, command, { ...environment, ...more });
        inner.steps[each.id] = { outputs };
        if (code !== 0) return [code, {}];
      }
      return [0, evaluated(Object.fromEntries(Object.entries(action.outputs).map(([key, { value }]) => [key, value])), evaluator(inner))];
    };
    for (const step of job.steps) {
      known(step, "name", "id", "if", "uses", "with", "env", "run");
      if (step.if !== undefined && step.if !== "always()") fail(`if: ${step.if} is not known`);
      if (context.job.status !== "success" && step.if !== "always()") continue;
      const environment = { ...evaluated(pipeline.env, evaluate), ...evaluated(job.env, evaluate), ...evaluated(step.env, evaluate) };
      let done;
      if (step.run !== undefined) {
        if (/\$\{\{/.test(step.run)) fail("an expression stands in a script");
        done = perform(`${name}: ${step.name}`, ["bash", "-e", "-c", step.run], environment);
      } else if (/^docker:\/\/ghcr\.io\/[\w-]+\/jira-build-status:\d+\.\d+\.\d+$/.test(step.uses)) {
        done = perform(`${name}: ${step.name}`, [process.env.BINARY], environment);
      } else if (/^[\w-]+\/jira-build-status@v\d+\.\d+\.\d+$/.test(step.uses)) {
        done = composite(step, environment);
      } else if (/^actions\/checkout@[0-9a-f]{40}$/.test(step.uses)) {
        continue;
      } else fail(`${step.uses} is not known`);
      const [code, outputs] = done;
      if (code !== 0) context.job.status = code === 143 ? "cancelled" : "failure";
      if (step.id) context.steps[step.id] = { outputs };
    }
    if (context.job.status !== scenario) fail(`the job ended as ${context.job.status}, not as ${scenario}`);
  }
}

/** Outputs as GitHub's runner reads them. */
function outputs(text) {
  const found = {};
  const lines = text.split("\n");
  while (lines.length > 1) {
    const [name, delimiter] = lines.shift().split("<<");
    const value = lines.splice(0, lines.indexOf(delimiter));
    lines.shift();
    found[name] = value.join("\n");
  }
  return found;
}

function bitbucket() {
  const variables = {
    ...(secret && { JIRA_API_TOKEN: secret }), CI: "true", BITBUCKET_BRANCH: branch, BITBUCKET_BUILD_NUMBER: "42", BITBUCKET_REPO_FULL_NAME: "acme/rocket",
  };
  /** Lines of a script are one shell, pipes are containers between them that see their own variables. */
  const perform = (name, script, more) => {
    const environment = { ...variables, ...more };
    let lines = [];
    const flush = () => {
      const code = lines.length ? run(name, ["bash", "-e", "-c", lines.join("\n")], environment) : 0;
      lines = [];
      return code;
    };
    for (const line of script) {
      if (typeof line === "string") {
        lines.push(line);
        continue;
      }
      known(line, "pipe", "variables");
      if (!/^docker:\/\/ghcr\.io\/[\w-]+\/jira-build-status:\d+\.\d+\.\d+$/.test(line.pipe)) fail(`the pipe ${line.pipe} is not known`);
      const code = flush();
      if (code !== 0) return code;
      const own = Object.entries(line.variables).map(([key, value]) => [key, String(value).replace(/^\$(\w+)$/, (_, name) => environment[name] ?? "")]);
      const { JIRA_API_TOKEN: _, ...defaults } = environment;
      const piped = run(`${name}: ${line.pipe}`, [process.env.BINARY], { ...defaults, ...Object.fromEntries(own) });
      if (piped !== 0) return piped;
    }
    return flush();
  };
  for (const { step } of pipeline.pipelines.default) {
    known(step, "name", "script", "after-script");
    const code = perform(step.name, step.script, {});
    perform("after-script", step["after-script"], { BITBUCKET_EXIT_CODE: code ? "1" : "0" });
    if ((code === 0) !== (scenario === "success")) fail(`the step ended with ${code}`);
  }
}

function azure() {
  const predefined = {
    BUILD_SOURCEBRANCH: `refs/heads/${branch}`, BUILD_SOURCEVERSIONMESSAGE: "MKY-1: not the branch",
    BUILD_BUILDNUMBER: "42", BUILD_BUILDID: "4242", TF_BUILD: "True", AGENT_TEMPDIRECTORY: temporary, AGENT_OS: "Linux",
    SYSTEM_COLLECTIONURI: "https://dev.azure.com/acme/", SYSTEM_TEAMPROJECT: "rocket",
  };
  /** The steps of a template in place of the step that names it. */
  const expand = (step) => {
    if (step.template === undefined) return [step];
    const template = read(join(dirname(file), step.template));
    const values = Object.fromEntries(template.parameters.map(({ name, default: value }) => [name, step.parameters[name] ?? value ?? fail(`the parameter ${name} is missing`)]));
    known(step.parameters, ...Object.keys(values));
    return template.steps.flatMap((each) => {
      const list = Object.entries(each).find(([key]) => key.startsWith("${{ each "));
      if (list) return values[/ in parameters\.(\w+) /.exec(list[0])[1]];
      return [JSON.parse(JSON.stringify(each).replace(/\$\{\{ parameters\.(\w+) \}\}/g, (_, name) => JSON.stringify(String(values[name] ?? fail(`${name} is not known`))).slice(1, -1)))];
    });
  };
  let status = "Succeeded";
  for (const step of pipeline.steps.flatMap(expand)) {
    known(step, "script", "bash", "displayName", "condition", "env");
    if (step.condition !== undefined && step.condition !== "always()") fail(`condition: ${step.condition} is not known`);
    if (status !== "Succeeded" && step.condition !== "always()") continue;
    const script = step.script ?? step.bash;
    if (/\$\([A-Z]\w+\)/.test(script)) fail("a macro stands in a script");
    // A macro that is not set stays as it is.
    const macros = { "$(Agent.JobStatus)": status, ...(secret && { "$(JIRA_PASSWORD)": secret }) };
    const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, String(value).replace(/\$\([\w.]+\)/g, (macro) => macros[macro] ?? macro)]);
    const environment = { ...predefined, ...strings(pipeline.variables), AGENT_JOBSTATUS: status, ...Object.fromEntries(own) };
    const code = run(step.displayName, ["bash", "--noprofile", "--norc", "-c", script], environment);
    if (code !== 0) status = code === 143 ? "Canceled" : "Failed";
  }
  if (status !== { success: "Succeeded", failure: "Failed", cancelled: "Canceled" }[scenario]) fail(`the job ended as ${status}`);
}

function circleci() {
  const exports = join(temporary, "bash-env");
  writeFileSync(exports, "");
  const variables = {
    ...(secret && { JIRA_API_TOKEN: secret }), CI: "true", CIRCLECI: "true", CIRCLE_BRANCH: branch, CIRCLE_BUILD_NUM: "42",
    CIRCLE_BUILD_URL: "https://circleci.com/gh/acme/rocket/42", BASH_ENV: exports,
  };
  const commands = { ...pipeline.commands };
  // An orb's commands, from the file beside it in place of the registry.
  for (const name of Object.keys(pipeline.orbs ?? {})) {
    for (const [command, body] of Object.entries(read(join(dirname(file), "orb.yml")).commands)) commands[`${name}/${command}`] = body;
  }
  const job = pipeline.jobs.build;
  known(job, "docker", "environment", "steps");
  let failed = false;
  const perform = (given) => {
    const step = typeof given === "string" ? { name: given, command: given } : given;
    known(step, "name", "when", "environment", "command");
    if (failed ? !["always", "on_fail"].includes(step.when) : step.when === "on_fail") return;
    const code = run(step.name ?? step.command, ["bash", "-eo", "pipefail", "-c", step.command], { ...variables, ...strings(job.environment), ...strings(step.environment) });
    if (code !== 0) failed = true;
  };
  for (const step of job.steps) {
    if (step === "checkout") continue;
    const [[name, given]] = Object.entries(typeof step === "string" ? { [step]: {} } : step);
    if (name === "run") perform(given);
    else {
      const { parameters = {}, steps } = commands[name] ?? fail(`${name} is not known`);
      const values = Object.fromEntries(Object.entries(parameters).map(([key, { default: value }]) => [key, given[key] ?? value]));
      known(given, ...Object.keys(parameters));
      const filled = JSON.stringify(steps).replace(/<< parameters\.([\w-]+) >>/g, (_, key) => values[key] ?? fail(`${key} is missing`));
      for (const { run: inner } of JSON.parse(filled)) perform(inner);
    }
  }
  if (failed !== (scenario !== "success")) fail("the job did not end as it should");
}

console.log(`== ${file}: ${scenario} on ${branch}`);
const systems = { github, bitbucket, azure, circleci };
(systems[system] ?? fail(`${system} is not known`))();
repository("untouched", workspace);
rmSync(base, { recursive: true });
