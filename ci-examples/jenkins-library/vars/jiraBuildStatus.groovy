// A step of a shared library: jiraBuildStatus field: 'customfield_10314', value: currentBuild.currentResult
// Put this file into vars/ of a library that Jenkins knows (Manage Jenkins, System, Global Trusted Pipeline Libraries).
// A Jira, a download or a credential that fails is in the log, and fails no build.
//
// baseUrl, project, field, value, valueMap, issue, type   as JIRA_BASE_URL and the others of the book's page Settings
// fields           further fields, a list of 'FIELD=TEXT'
// credentialsId    'jira': kind "Username with password"
// tokenId          instead: kind "Secret text", a personal access token
// container        where the build runs in a Kubernetes pod: the container of the pod with the image ...:0.1.0-shell; nothing is installed
// version          of the release that is installed otherwise, on agents with Linux, macOS or Windows
def call(Map given) {
    def settings = [
        baseUrl: 'JIRA_BASE_URL', project: 'JIRA_PROJECT_KEYS', field: 'JIRA_FIELD_ID', value: 'JIRA_FIELD_VALUE',
        valueMap: 'JIRA_VALUE_MAP', issue: 'JIRA_ISSUE_KEY', type: 'JIRA_FIELD_TYPE',
    ]
    def others = ['fields', 'credentialsId', 'tokenId', 'container', 'version']
    def unknown = given.keySet() - settings.keySet() - others
    if (unknown) {
        error "jiraBuildStatus knows no ${unknown.join(', ')}"
    }
    def environment = ['JIRA_ISSUES_FROM=ci', 'JIRA_IF_NO_ISSUE=skip', "VERSION=${given.version ?: '0.1.0'}"]
    settings.each { name, variable ->
        if (given[name] != null) {
            environment << "${variable}=${given[name]}"
        }
    }
    if (!given.valueMap) {
        environment << 'JIRA_VALUE_MAP=RUNNING=Running, SUCCESS=Passed, ABORTED=, NOT_BUILT=, *=Failed'
    }
    if (given.fields) {
        environment << "JIRA_FIELDS=${given.fields.join('\n')}"
    }
    def credentials = given.tokenId
        ? string(credentialsId: given.tokenId, variable: 'JIRA_PERSONAL_TOKEN')
        : usernamePassword(credentialsId: given.credentialsId ?: 'jira', usernameVariable: 'JIRA_USERNAME', passwordVariable: 'JIRA_PASSWORD')

    catchError(buildResult: 'SUCCESS', stageResult: 'SUCCESS', catchInterruptions: false, message: 'Jira was not told') {
        withCredentials([credentials]) {
            withEnv(environment) {
                if (given.container) {
                    container(given.container) {
                        sh 'jira-build-status'
                    }
                } else if (isUnix()) {
                    sh installed()
                } else {
                    powershell installedOnWindows()
                }
            }
        }
    }
}

// Outside of the checkout. The installers compare the archive's checksum and, where gh is logged in, verify its attestation:
// gh attestation verify ARCHIVE --repo OWNER/jira-build-status
private String installed() {
    '''
        export BIN_DIR="$WORKSPACE_TMP/jira-build-status-$VERSION"
        if [ ! -x "$BIN_DIR/jira-build-status" ]; then
            mkdir -p "$BIN_DIR"
            curl -fsSL "https://github.com/OWNER/jira-build-status/releases/download/v$VERSION/install.sh" -o "$BIN_DIR/install.sh"
            sh "$BIN_DIR/install.sh"
        fi
        "$BIN_DIR/jira-build-status"
    '''
}

private String installedOnWindows() {
    '''
        $ErrorActionPreference = 'Stop'
        $env:BIN_DIR = "$env:WORKSPACE_TMP\\jira-build-status-$env:VERSION"
        if (-not (Test-Path "$env:BIN_DIR\\jira-build-status.exe")) {
            New-Item -ItemType Directory -Force -Path $env:BIN_DIR | Out-Null
            $release = "https://github.com/OWNER/jira-build-status/releases/download/v$env:VERSION"
            Invoke-WebRequest -UseBasicParsing "$release/install.ps1" -OutFile "$env:BIN_DIR\\install.ps1"
            powershell -NoProfile -ExecutionPolicy Bypass -File "$env:BIN_DIR\\install.ps1"
            if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
        }
        & "$env:BIN_DIR\\jira-build-status.exe"
        exit $LASTEXITCODE
    '''
}
