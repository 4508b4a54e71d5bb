// Runs the steps of a pipeline's file for real, with the variables that its CI system sets, as far as it goes without that system.
// What is not known here fails.
//
// Usage: node steps.mjs github|bitbucket|azure|circleci FILE RESULT BRANCH SECRET
// The environment of the process wins over the example's: its Jira is at another address.

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [system, file, scenario, branch, secret] = process.argv.slice(2);
// From the folder that npm installed into.
const { parse } = createRequire(join(process.env.NODE_TOOLS, "tools.js"))("yaml");
const pipeline = parse(readFileSync(file, "utf8"));
const workspace = mkdtempSync(join(tmpdir(), "pipeline-"));
const exit = { success: 0, failure: 1, cancelled: 143 }[scenario];
writeFileSync(join(workspace, "build.sh"), `#!/bin/sh\nexit ${exit}\n`, { mode: 0o755 });

function fail(message) {
  console.error(`error: ${file}: ${message}`);
  process.exit(1);
}

function known(object, ...names) {
  for (const name of Object.keys(object)) {
    if (!names.includes(name)) fail(`${name} is not known`);
  }
}

/** Runs a command with exactly this environment, shows its log, and returns its exit code. */
function run(name, command, environment) {
  console.log(`[step] ${name}`);
  const base = { PATH: process.env.PATH, HOME: workspace, JIRA_CA_BUNDLE: process.env.JIRA_CA_BUNDLE, DIST: process.env.DIST };
  const done = spawnSync(command[0], command.slice(1), { cwd: workspace, env: { ...base, ...environment }, encoding: "utf8" });
  if (done.error) fail(done.error.message);
  process.stdout.write(done.stdout + done.stderr);
  const log = (done.stdout + done.stderr).split("\n").filter((line) => !line.startsWith("::add-mask::"));
  if (log.some((line) => line.includes(secret))) fail("a secret stands in the log");
  return done.status;
}

/** The example's values, but for those that this machine sets. */
const here = (values) => {
  const own = Object.entries(values).map(([name, value]) => [name, process.env[name] ?? String(value)]);
  return Object.fromEntries(own);
};

function github() {
  for (const [name, job] of Object.entries(pipeline.jobs)) {
    known(job, "runs-on", "permissions", "env", "steps");
    const files = Object.fromEntries(
      ["OUTPUT", "STEP_SUMMARY", "PATH"].map((what) => [`GITHUB_${what}`, join(workspace, `${name}.${what}`)]),
    );
    const event = join(workspace, "event.json");
    writeFileSync(event, JSON.stringify({ ref: `refs/heads/${branch}`, head_commit: { message: "MKY-1: not the branch" } }));
    const github = {
      run_number: "42", run_id: "4242", server_url: "https://github.com", repository: "acme/rocket",
    };
    const actions = {
      GITHUB_ACTIONS: "true", CI: "true", GITHUB_REF_NAME: branch, GITHUB_HEAD_REF: "", GITHUB_EVENT_PATH: event,
      GITHUB_RUN_NUMBER: github.run_number, GITHUB_RUN_ID: github.run_id, GITHUB_SERVER_URL: github.server_url,
      GITHUB_REPOSITORY: github.repository, RUNNER_TEMP: workspace, ...files,
    };
    const vars = { JIRA_BASE_URL: process.env.JIRA_BASE_URL, JIRA_USER_EMAIL: "ci@example.com" };
    const context = { github, vars, secrets: { JIRA_API_TOKEN: secret }, job: { status: "success" }, steps: {} };
    const evaluate = (text) =>
      String(text).replace(/\$\{\{\s*([\w.]+)\s*\}\}/g, (_, path) => {
        const value = path.split(".").reduce((at, key) => at?.[key], context);
        if (value === undefined && !path.startsWith("steps.")) fail(`no value for ${path}`);
        return value ?? "";
      });
    const evaluated = (values) => Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, evaluate(value)]));
    let path = process.env.PATH;
    for (const step of job.steps) {
      known(step, "name", "id", "if", "uses", "with", "env", "run");
      if (step.if !== undefined && step.if !== "always()") fail(`if: ${step.if} is not known`);
      if (context.job.status !== "success" && step.if !== "always()") continue;
      for (const target of Object.values(files)) writeFileSync(target, "");
      const environment = { ...evaluated(pipeline.env), ...evaluated(job.env), ...evaluated(step.env), ...actions, PATH: path };
      let command;
      if (step.run !== undefined) {
        if (/\$\{\{/.test(step.run)) fail("an expression stands in a script");
        command = ["bash", "-e", "-c", step.run];
      } else if (/^docker:\/\/ghcr\.io\/OWNER\/jira-build-status:\d+\.\d+\.\d+$/.test(step.uses)) {
        command = [process.env.BINARY];
      } else if (/^actions\/checkout@[0-9a-f]{40}$/.test(step.uses)) {
        continue;
      } else fail(`${step.uses} is not known`);
      const code = run(`${name}: ${step.name}`, command, environment);
      if (code !== 0) context.job.status = code === 143 ? "cancelled" : "failure";
      path = [...readFileSync(files.GITHUB_PATH, "utf8").split("\n").filter(Boolean), path].join(":");
      if (step.id) context.steps[step.id] = { outputs: outputs(readFileSync(files.GITHUB_OUTPUT, "utf8")) };
      const summary = readFileSync(files.GITHUB_STEP_SUMMARY, "utf8");
      if (summary) console.log(`[summary]\n${summary}`);
    }
    if (context.job.status !== scenario) fail(`the job ended as ${context.job.status}`);
    if (context.steps.jira && context.steps.jira.outputs.outcome !== "written") fail("the step has no outputs");
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
  const ours = { JIRA_BASE_URL: process.env.JIRA_BASE_URL, JIRA_USER_EMAIL: "ci@example.com", JIRA_API_TOKEN: secret };
  const variables = { ...ours, BITBUCKET_BRANCH: branch, BITBUCKET_BUILD_NUMBER: "42", BITBUCKET_REPO_FULL_NAME: "acme/rocket" };
  for (const { step } of pipeline.pipelines.default) {
    known(step, "name", "script", "after-script");
    // The image's packages are here already.
    const script = step.script.filter((line) => !line.startsWith("apt-get "));
    const code = run(step.name, ["bash", "-e", "-c", script.join("\n")], variables);
    run("after-script", ["bash", "-e", "-c", step["after-script"].join("\n")], { ...variables, BITBUCKET_EXIT_CODE: code ? "1" : "0" });
    if ((code === 0) !== (scenario === "success")) fail(`the step ended with ${code}`);
  }
}

function azure() {
  const variables = {
    ...here(pipeline.variables), JIRA_BASE_URL: process.env.JIRA_BASE_URL, JIRA_USERNAME: "ci-bot",
    BUILD_SOURCEBRANCH: `refs/heads/${branch}`, BUILD_SOURCEVERSIONMESSAGE: "MKY-1: not the branch",
    BUILD_BUILDNUMBER: "42", BUILD_BUILDID: "4242", TF_BUILD: "True",
    SYSTEM_COLLECTIONURI: "https://dev.azure.com/acme/", SYSTEM_TEAMPROJECT: "rocket",
  };
  let status = "Succeeded";
  for (const step of pipeline.steps) {
    known(step, "script", "displayName", "condition", "env");
    if (step.condition !== undefined && step.condition !== "always()") fail(`condition: ${step.condition} is not known`);
    if (status !== "Succeeded" && step.condition !== "always()") continue;
    if (/\$\(/.test(step.script)) fail("a macro stands in a script");
    const macros = { "$(JIRA_PASSWORD)": secret, "$(Agent.JobStatus)": status };
    const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, String(value).replace(/\$\([\w.]+\)/g, (macro) => macros[macro] ?? fail(`${macro} is not known`))]);
    const code = run(step.displayName, ["bash", "--noprofile", "--norc", "-c", step.script], { ...variables, ...Object.fromEntries(own), AGENT_JOBSTATUS: status });
    if (code !== 0) status = code === 143 ? "Canceled" : "Failed";
  }
  if (status !== { success: "Succeeded", failure: "Failed", cancelled: "Canceled" }[scenario]) fail(`the job ended as ${status}`);
}

function circleci() {
  const ours = { JIRA_BASE_URL: process.env.JIRA_BASE_URL, JIRA_USER_EMAIL: "ci@example.com", JIRA_API_TOKEN: secret };
  const variables = { ...ours, CIRCLECI: "true", CIRCLE_BRANCH: branch, CIRCLE_BUILD_NUM: "42", CIRCLE_BUILD_URL: "https://circleci.com/gh/acme/rocket/42" };
  const job = pipeline.jobs.build;
  known(job, "docker", "environment", "steps");
  let failed = false;
  const perform = (given) => {
    const step = typeof given === "string" ? { name: given, command: given } : given;
    known(step, "name", "when", "environment", "command");
    if ((step.when === "on_fail") !== failed) return;
    const code = run(step.name ?? step.command, ["bash", "-eo", "pipefail", "-c", step.command], { ...variables, ...here(job.environment), ...step.environment });
    if (code !== 0) failed = true;
  };
  for (const step of job.steps) {
    if (step === "checkout") continue;
    known(step, "run", "jira");
    if (step.run !== undefined) perform(step.run);
    else {
      const { parameters, steps } = pipeline.commands.jira;
      const values = Object.fromEntries(Object.entries(parameters).map(([name, { default: value }]) => [name, step.jira[name] ?? value]));
      known(step.jira, ...Object.keys(parameters));
      const filled = JSON.stringify(steps).replace(/<< parameters\.(\w+) >>/g, (_, name) => values[name] ?? fail(`${name} is missing`));
      for (const { run: inner } of JSON.parse(filled)) perform(inner);
    }
  }
  if (failed !== (scenario !== "success")) fail("the job did not end as it should");
}

console.log(`== ${file}: ${scenario} on ${branch}`);
const systems = { github, bitbucket, azure, circleci };
(systems[system] ?? fail(`${system} is not known`))();
if (existsSync(workspace)) rmSync(workspace, { recursive: true });
