// Runs declarative Jenkinsfiles as far as it goes without Jenkins: the file is compiled by Groovy, its blocks are checked and its
// steps are stubbed, but `sh` runs for real and the branches of `post` are taken. What is not known here fails.
//
// Usage: groovy jenkins.groovy JENKINSFILE RESULT BRANCH [JENKINSFILE RESULT BRANCH]...
// Credentials: CREDENTIAL_<id> holds user:password, or the content of a secret file or text. The repository is one of repository's making.
// A Jenkinsfile's library is the folder vars beside it. AGENT=windows only shows what PowerShell would be given.

import org.codehaus.groovy.control.CompilerConfiguration

class Interrupted extends Exception {}

class Build {
    Map<String, String> environment
    File workspace
    File temporary
    File jenkinsfile
    List<String> secrets = []
    String result = 'SUCCESS'
}

/** Steps: what a Jenkinsfile may call anywhere. */
abstract class Steps extends Script {
    // A script keeps what it is given in its binding.
    private Build getBuild() { (Build) binding.getVariable('build') }

    def getCurrentBuild() { [currentResult: build.result] }

    boolean isUnix() { System.getenv('AGENT') != 'windows' }

    void error(String message) { throw new Exception(message) }

    void catchError(Map given, Closure body) {
        // That is what these two lines of the example rest on: no failure, and an abort is an abort.
        assert given.buildResult == 'SUCCESS' && given.stageResult == 'SUCCESS' && given.catchInterruptions == false
        try { body() } catch (Interrupted e) { throw e } catch (Exception e) { println "ERROR: $e.message\n$given.message" }
    }

    void library(String name) {
        new File(build.jenkinsfile.parentFile, 'vars').eachFile { file ->
            def configuration = new CompilerConfiguration(scriptBaseClass: Steps.name)
            def step = new GroovyShell(this.class.classLoader, binding, configuration).parse(file)
            this.metaClass."${file.name - '.groovy'}" = { Map given -> step.call(given) }
        }
    }

    void container(String name, Closure body) {
        println "[container] $name"
        body()
    }

    void powershell(String script) {
        build.secrets.each { assert !script.contains(it) : 'Groovy put a secret into a script' }
        println "[powershell, not run]$script"
    }

    def getDocker() {
        [image: { String image -> [inside: { String args, Closure body -> println "[docker] $image $args"; body() }] }]
    }

    void echo(String text) { println text }

    Map usernamePassword(Map given) { only(given, ['credentialsId', 'usernameVariable', 'passwordVariable']) }

    Map file(Map given) { only(given, ['credentialsId', 'variable']) }

    Map string(Map given) { only(given, ['credentialsId', 'variable']) + [text: true] }

    private static Map only(Map given, List names) {
        assert given.keySet() == names as Set
        given
    }

    void withCredentials(List<Map> bindings, Closure body) {
        Map<String, String> bound = [:]
        bindings.each { binding ->
            String secret = System.getenv("CREDENTIAL_${binding.credentialsId.replace('-', '_')}")
            if (!secret) error "Could not find credentials entry with ID '${binding.credentialsId}'"
            if (binding.text) {
                bound[binding.variable] = secret
                build.secrets << secret
            } else if (binding.variable) {
                File held = File.createTempFile('secret', '', build.temporary)
                held.text = secret
                bound[binding.variable] = held.path
                build.secrets << secret
            } else {
                def (user, password) = secret.split(':', 2)
                bound[binding.usernameVariable] = user
                bound[binding.passwordVariable] = password
                build.secrets << password
            }
        }
        scoped(bound, body)
    }

    void withEnv(List<String> pairs, Closure body) {
        scoped(pairs.collectEntries { it.toString().split('=', 2).toList() }, body)
    }

    private void scoped(Map<String, String> more, Closure body) {
        Map<String, String> before = build.environment
        build.environment = before + more
        try { body() } finally { build.environment = before }
    }

    void sh(String script) {
        // A Groovy string was already interpolated: whatever it held would stand in the script itself.
        build.secrets.each { assert !script.contains(it) : 'Groovy put a secret into a script' }
        File file = new File(build.temporary, 'script.sh')
        file.text = script
        def builder = new ProcessBuilder('sh', '-xe', file.path).directory(build.workspace).redirectErrorStream(true)
        builder.environment().keySet().removeAll { it.startsWith('CREDENTIAL_') }
        builder.environment().putAll(build.environment)
        def process = builder.start()
        process.outputStream.close()
        String log = process.inputStream.text
        print log
        build.secrets.each { assert !log.contains(it) : 'a secret stands in the log' }
        int code = process.waitFor()
        if (code == 143) throw new Interrupted()
        if (code != 0) throw new Exception("script returned exit code $code")
    }
}

/** A block that takes the named directives and nothing else. */
class Block {
    Map<String, Closure> directives
    def invokeMethod(String name, Object args) {
        assert directives.containsKey(name) : "unknown directive $name"
        directives[name](*(args as List))
    }
    def propertyMissing(String name) {
        assert name == 'any' : "unknown word $name"
        name
    }
    static void read(Closure body, Map<String, Closure> directives) {
        body.delegate = new Block(directives: directives)
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body()
    }
}

class Assignments {
    Map<String, String> read = [:]
    void setProperty(String name, Object value) { read[name] = value.toString() }
}

String perform(File jenkinsfile, String scenario, String branch) {
    def configuration = new CompilerConfiguration(scriptBaseClass: Steps.name)
    File workspace = File.createTempDir()
    File temporary = new File("${workspace}@tmp")
    temporary.mkdir()
    String repository = new File(getClass().protectionDomain.codeSource.location.path).parent + '/repository'
    def tool = { String... words ->
        def done = new ProcessBuilder([repository] + (words as List)).inheritIO().start()
        assert done.waitFor() == 0 : 'the repository is not as it was'
    }
    tool('make', workspace.path, [SUCCESS: '0', FAILURE: '1', ABORTED: '143'][scenario])
    def build = new Build(workspace: workspace, temporary: temporary, jenkinsfile: jenkinsfile.absoluteFile, environment: [
        BRANCH_NAME: branch, BUILD_NUMBER: '42', BUILD_URL: "https://ci.example.com/job/$scenario/42/".toString(),
        JENKINS_URL: 'https://ci.example.com/', WORKSPACE: workspace.path, WORKSPACE_TMP: temporary.path])
    Steps script = (Steps) new GroovyShell(this.class.classLoader, new Binding(build: build), configuration).parse(jenkinsfile)
    def steps = { Closure body ->
        body.delegate = script
        body.resolveStrategy = Closure.DELEGATE_ONLY
        body()
    }
    def guarded = { Closure work ->
        try { work() } catch (Interrupted e) { build.result = 'ABORTED' } catch (Exception e) {
            println "ERROR: $e.message"
            build.result = 'FAILURE'
        }
    }
    boolean ran = false
    script.metaClass.pipeline = { Closure body ->
        ran = true
        def stages = [], post = [:]
        Block.read(body, [
            agent: { assert it == 'any' },
            options: { Block.read(it, [timeout: { Map limit -> assert limit.time && limit.unit }]) },
            environment: {
                def assignments = new Assignments()
                it.delegate = assignments
                it.resolveStrategy = Closure.DELEGATE_ONLY
                it()
                build.environment += assignments.read
            },
            stages: { Block.read(it, [stage: { String name, Closure stage -> stages << [name, stage] }]) },
            post: { Closure branches ->
                def keep = { String condition -> { Closure steps_ -> post[condition] = steps_ } }
                Block.read(branches, ['always', 'success', 'unstable', 'failure', 'aborted', 'cleanup'].collectEntries { [(it): keep(it)] })
            },
        ])
        guarded {
            stages.each { name, stage ->
                println "[stage] $name"
                Block.read(stage, [steps: steps])
            }
        }
        def taken = ['always', build.result.toLowerCase(), 'cleanup'].findAll { post[it] }
        taken.each { condition ->
            println "[post] $condition"
            guarded { steps(post[condition]) }
        }
    }
    script.run()
    assert ran : 'there is no pipeline'
    tool('untouched', workspace.path)
    workspace.deleteDir()
    temporary.deleteDir()
    build.result
}

args.toList().collate(3).each { path, scenario, branch ->
    println "== $path: $scenario on $branch"
    String result = perform(new File(path), scenario, branch)
    assert result == scenario
    println "Finished: $result"
}
